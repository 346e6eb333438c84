// The passages that go with every question: how files and pasted texts become them, and the list in which they stand. A file that is not
// taken whole is not taken. Knows no conversation.
import { at, tell, word } from "../shared/language.js";
import { cut } from "./passages.js";

const LARGEST_FILE = 256 * 1024;
const MOST_PASSAGES = 200;
let passages = [], made = 0;

/** The passages as a request carries them, in the list's order; empty where there are none. */
export const documents = () => passages.map(({ id, title, text }) => ({ id, title, text }));

/** Marks the passage of this id, if it still stands in the list, and no other. */
export function point(id) {
  for (const passage of passages) passage.item.classList.toggle("cited", passage.id === id);
}

export function takeDocuments() {
  tell(at("note"), words => words.note(LARGEST_FILE / 1024, MOST_PASSAGES));
  at("choose").addEventListener("click", () => at("files").click());
  at("files").addEventListener("change", async () => {
    await takeFiles([...at("files").files]);
    at("files").value = "";
  });
  at("paste").addEventListener("submit", event => {
    event.preventDefault();
    at("document-refusals").replaceChildren();
    if (take(word("pasted"), at("pasted").value)) at("pasted").value = "";
  });
  at("remove-all").addEventListener("click", () => {
    removeAll();
    at("choose").focus();
  });
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, drag);
  window.addEventListener("dragleave", event => event.relatedTarget ?? document.body.classList.remove("dragging"));
}

function drag(event) {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  document.body.classList.toggle("dragging", event.type === "dragover");
  if (event.type === "drop" && !at("work").hidden) takeFiles([...event.dataTransfer.files]);
}

async function takeFiles(files) {
  at("document-refusals").replaceChildren();
  for (const file of files) {
    if (!/\.(txt|md)$/i.test(file.name)) refuse(words => words.kind(file.name));
    else if (file.size > LARGEST_FILE) refuse(words => words.large(file.name, LARGEST_FILE / 1024));
    else take(file.name, await file.arrayBuffer().then(decode, () => null));
  }
}

/** Null for what is no text in UTF-8; no text holds a zero. */
function decode(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

function take(title, text) {
  if (text === null) return refuse(words => words.coding(title));
  const found = cut(text);
  if (found.length === 0) return refuse(words => words.empty(title));
  if (passages.length + found.length > MOST_PASSAGES) return refuse(words => words.many(title, found.length, MOST_PASSAGES));
  for (const passage of found) add(title, passage);
  number();
  tell(at("document-news"), words => words.added(found.length, title));
  return true;
}

function refuse(what) {
  const line = document.createElement("li");
  at("document-refusals").append(line);
  tell(line, what);
  return false;
}

function add(title, text) {
  const passage = { id: `passage-${++made}`, title, text, item: document.createElement("li"), remove: document.createElement("button") };
  const [name, body] = [document.createElement("bdi"), document.createElement("p")];
  [name.textContent, body.textContent, body.dir] = [title, text, "auto"];
  passage.remove.type = "button";
  passage.remove.textContent = "×";
  passage.remove.addEventListener("click", () => {
    const next = passages[passages.indexOf(passage) + 1] ?? passages[passages.indexOf(passage) - 1];
    remove(passage);
    (next?.remove ?? at("choose")).focus();
  });
  passage.item.append(name, passage.remove, body);
  at("passages").append(passage.item);
  passages.push(passage);
}

function remove(passage) {
  passage.item.remove();
  passages = passages.filter(other => other !== passage);
  number();
  tell(at("document-news"), words => words.removed(passages.length));
}

export function removeAll() {
  while (passages.length > 0) remove(passages[0]);
}

// A passage's number is its place: so does the model count what it is given.
function number() {
  at("remove-all").hidden = passages.length === 0;
  passages.forEach((passage, index) => tell(passage.remove, words => words.remove(index + 1, passage.title), "ariaLabel"));
}

// The conversation: what was said, the answer that runs, and how it is stopped. Nothing of it outlives the page.
import { at, speak, tell } from "../shared/language.js";
import { arrive, failed } from "../shared/session.js";
import { events, failure, post } from "../shared/wire.js";
import { Answer } from "./answer.js";
import { documents, point, removeAll, takeDocuments } from "./documents.js";
import { Sources } from "./sources.js";
import { Thought } from "./thought.js";
import { answered, look, watchVersion } from "./version.js";
import { words } from "./words.js";

/** How far, in pixels, the end of the conversation may be below what is seen while its growth is still followed. */
const NEAR = 48;
let turns = [], running = null;

async function ask(event) {
  event.preventDefault();
  const question = at("prompt").value.trim();
  if (!question || running) return;
  const [talk, run, sent] = [turns, new AbortController(), documents()];
  talk.push({ role: "user", content: question });
  const articles = [article("you", question), article("model")];
  const thought = new Thought(articles[1].appendChild(document.createElement("div")));
  const answer = new Answer(articles[1], new Sources(sent, point));
  begin(run);
  const end = await follow(run, request(sent), { answer, thought }, articles[1]);
  if (turns !== talk) return;
  if (answer.text || !end.error && !run.signal.aborted) talk.push({ role: "assistant", content: answer.text });
  else {
    talk.pop();
    for (const one of articles) one.remove();
    at("prompt").value ||= question;
  }
  finish(end);
}

/** Reads an answer to its end, and gives what is to be said of the end. */
async function follow(run, body, parts, place) {
  const about = line(place, "about");
  let last = null, model = null;
  place.ariaBusy = "true";
  try {
    for await (const chunk of events(await post("/v1/chat/completions", body, run.signal))) {
      model ??= chunk.model;
      const tokens = chunk.usage?.completion_tokens ?? null;
      tell(about, words => words.by(model, tokens));
      last = chunk.choices[0]?.finish_reason ?? last;
      if (chunk.choices.length > 0) inView(() => take(chunk.choices[0].delta, parts));
    }
    return { says: last === "length" ? words => words.cut : words => words.done };
  } catch (error) {
    const says = run.signal.aborted ? words => words.stopped : words => words.broken;
    tell(line(place, "end"), says);
    return run.signal.aborted ? { says } : { says: () => "", error };
  } finally {
    place.ariaBusy = "false";
    if (model) answered(model);
  }
}

function take(delta, { answer, thought }) {
  if (delta.reasoning) thought.add(delta.reasoning);
  if (delta.content) answer.add(delta.content);
  if (delta.citations) answer.cite(delta.citations);
}

function request(sent) {
  const body = { model: "current", messages: turns, stream: true, stream_options: { include_usage: true } };
  if (sent.length > 0) body.documents = sent;
  if (at("temperature").value) body.temperature = at("temperature").valueAsNumber;
  if (at("longest").value) body.max_tokens = at("longest").valueAsNumber;
  return body;
}

function article(kind, text) {
  const [place, heading] = [document.createElement("article"), document.createElement("h2")];
  place.className = `turn ${kind}`;
  tell(heading, words => words[kind]);
  place.append(heading);
  at("turns").append(place);
  if (text) {
    const said = line(place, "text");
    [said.textContent, said.dir] = [text, "auto"];
  }
  return place;
}

function line(place, kind) {
  const made = document.createElement("p");
  made.className = kind;
  place.append(made);
  return made;
}

/** Lets the end of the conversation grow without sliding under the question, unless somebody reads further up. */
function inView(grow) {
  const below = () => at("turns").getBoundingClientRect().bottom - Math.min(at("ask").getBoundingClientRect().top, innerHeight);
  const follows = below() < NEAR;
  grow();
  if (follows && below() > 0) window.scrollBy(0, below());
}

function begin(run) {
  running = run;
  tell(at("doing"), words => words.writing);
  tell(at("problem"), () => "");
  at("prompt").value = "";
  at("prompt").focus();
  at("turns").lastElementChild.scrollIntoView({ block: "nearest" });
  buttons();
}

function finish({ says, error }) {
  running = null;
  tell(at("doing"), says);
  if (error) {
    tell(at("problem"), failure(error));
    failed(error);
  }
  buttons();
}

function buttons() {
  if (!running && document.activeElement === at("stop")) at("prompt").focus();
  at("send").disabled = running !== null;
  at("stop").hidden = running === null;
}

function clear() {
  running?.abort();
  turns = [];
  at("turns").replaceChildren();
  finish({ says: () => "" });
}

function fresh() {
  clear();
  tell(at("problem"), () => "");
  tell(at("doing"), words => words.begun);
  at("prompt").focus();
}

at("ask").addEventListener("submit", ask);
at("ask").addEventListener("invalid", () => at("settings").open = true, true);
at("prompt").addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("ask").requestSubmit();
});
at("stop").addEventListener("click", () => running?.abort());
at("fresh").addEventListener("click", fresh);
speak(words);
takeDocuments();
watchVersion();
arrive("inference", look, () => {
  clear();
  removeAll();
});

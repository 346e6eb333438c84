// Who sits at the page: signing in by key or invitation, and out. It keeps nothing: either becomes a cookie that no script reads.
// Knows no page's work.
import { at, say } from "./language.js";
import { failure, post, send } from "./wire.js";

const PATH = "/v1/arena/session";
let work = null;

/**
 * Shows the work to whoever may do it, and asks others for a key.
 * @param role what the work takes
 * @param shown is told after every look whether the work is open
 * @param left is told when somebody has signed out
 */
export function arrive(role, shown, left) {
  work = { role, shown, left };
  at("enter").addEventListener("submit", event => {
    event.preventDefault();
    enter({ key: at("key").value });
  });
  at("leave").addEventListener("click", leave);
  window.addEventListener("hashchange", come);
  return come();
}

/** Is told of every failure: whose session has ended hears it, and is asked for a key again. */
export function failed(error) {
  if (error.status !== 401) return;
  show(null);
  say(failure(error));
}

/** Asks the server who sits here. */
export async function look() {
  try {
    show(await (await send(PATH)).json());
  } catch (error) {
    show(null);
    if (error.status !== 401) say(failure(error));
  }
}

async function come() {
  const invitation = new URLSearchParams(location.hash.slice(1)).get("invitation");
  if (!invitation) return look();
  history.replaceState(null, "", location.pathname);
  await enter({ invitation });
}

async function enter(given) {
  try {
    show(await (await post(PATH, given)).json());
    say(() => "");
  } catch (error) {
    await look();
    say(failure(error));
  }
  at("key").value = "";
}

async function leave() {
  try {
    await send(PATH, { method: "DELETE" });
    work.left();
    await look();
    say(words => words.left);
  } catch (error) { say(failure(error)); }
}

function show(session) {
  const may = session?.roles.includes(work.role) ?? false;
  at("enter").hidden = session !== null;
  at("elsewhere").hidden = session === null || may;
  at("work").hidden = !may;
  const named = session !== null && session.name !== "anonymous";
  at("who").textContent = named ? session.name : "";
  at("leave").hidden = !named;
  work.shown(may);
}

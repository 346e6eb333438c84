// The arena: how to open a battle, how to hold a vote for five seconds, how to send it, how to have all of it erased.
import { apart, at, say, speak, tell, word } from "../shared/language.js";
import { arrive, failed, look } from "../shared/session.js";
import { events, failure, post, send } from "../shared/wire.js";
import { words } from "./words.js";

const HOLD_SECONDS = 5;
const LONGEST_ANSWER = 512;
const SIDES = ["a", "b"];
let battle = null, ready = 0, held = null;

function nameSides(sides) {
  for (const side of SIDES)
    tell(at(`name-${side}`), words => words[`side_${side}`] + (sides ? ` · ${apart(sides[side].model)}` : ""));
}
function judging(open) { for (const button of at("verdicts").children) button.disabled = !open; }

function fail(error) {
  failed(error);
  say(failure(error));
}
async function ask(event) {
  event.preventDefault();
  undo();
  clear();
  at("send").disabled = true;
  say(words => words.writing);
  try {
    const question = { messages: [{ role: "user", content: at("prompt").value }], max_tokens: LONGEST_ANSWER };
    for await (const item of events(await post("/v1/arena/battles", question))) take(item);
    if (!battle) throw new TypeError("The battle did not become ready.");
    ready = performance.now();
    judging(true);
    say(words => words.choose);
  } catch (error) { fail(error); }
  at("send").disabled = false;
}
function take(item) {
  if (item.side) at(`answer-${item.side}`).textContent += item.delta.content ?? "";
  if (item.object === "arena.battle.ready") battle = item.id;
}
function hold(verdict) {
  undo();
  const dwell = Math.round(performance.now() - ready);
  let left = HOLD_SECONDS;
  const sayLeft = () => say(words => words.holding(left));
  at("undo").hidden = false;
  judging(false);
  sayLeft();
  held = setInterval(() => --left > 0 ? sayLeft() : vote(verdict, dwell), 1000);
}
function letGo() {
  clearInterval(held);
  held = null;
  at("undo").hidden = true;
}
function undo() {
  if (held === null) return;
  letGo();
  judging(true);
  say(words => words.choose);
}
async function vote(verdict, dwell) {
  letGo();
  try {
    const reply = await post(`/v1/arena/battles/${battle}/vote`, { verdict, dwell_ms: dwell });
    nameSides((await reply.json()).sides);
    say(words => words.sent);
  } catch (error) {
    judging(true);
    fail(error);
  }
}
function clear() {
  [battle, ready] = [null, 0];
  judging(false);
  nameSides();
  for (const side of SIDES) at(`answer-${side}`).textContent = "";
}
function leaveNothing() {
  clear();
  at("prompt").value = "";
}
async function forget() {
  if (!confirm(word("sure"))) return;
  undo();
  try {
    const gone = await (await send("/v1/arena/me", { method: "DELETE" })).json();
    leaveNothing();
    await look();
    say(words => words.forgotten(gone.erased, gone.versions.map(version => version.id)));
  } catch (error) { fail(error); }
}
at("ask").addEventListener("submit", ask);
at("verdicts").addEventListener("click", event => event.target.dataset.verdict && hold(event.target.dataset.verdict));
at("undo").addEventListener("click", undo);
at("leave").addEventListener("click", undo);
at("forget").addEventListener("click", forget);
speak(words);
clear();
arrive("rater", open => at("mine").hidden = !open, leaveNothing);

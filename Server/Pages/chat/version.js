// Which version answers: asked for gently while the page is looked at, and said in one line when it changes. Knows no conversation.
import { at, tell } from "../shared/language.js";
import { failed } from "../shared/session.js";
import { send } from "../shared/wire.js";

const PAUSE_MS = 15_000;
let known = null;

export function watchVersion() {
  setInterval(look, PAUSE_MS);
  document.addEventListener("visibilitychange", look);
}

/** An answer's version: another than the known one is asked about at once. */
export function answered(version) {
  if (version !== known?.version) look();
}

export async function look() {
  if (document.visibilityState !== "visible" || at("work").hidden) return;
  try {
    const models = await (await send("/v1/models")).json();
    take(models.data.find(model => model.id === "current"));
  } catch (error) {
    // A server that is away is asked again after the pause; a chat says so, not this line.
    failed(error);
  }
}

function take(card) {
  if (card.version === known?.version) return;
  const learnt = known !== null && card.votes > 0 && card.created >= known.created;
  tell(at("version"), known === null ? words => words.answers(card.version)
    : learnt ? words => words.learnt(card.version, card.votes) : words => words.now(card.version));
  known = card;
}

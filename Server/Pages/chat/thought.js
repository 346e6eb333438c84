// What a model thinks before it answers: folded, and opened by who wants to read it. All of it is inserted as text. Knows no request.
import { tell } from "../shared/language.js";

export class Thought {
  #place;
  #text = null;

  /** @param place Where it stands, before the answer. */
  constructor(place) {
    this.#place = place;
  }

  add(text) {
    this.#text ??= this.#fold();
    this.#text.data += text;
  }

  #fold() {
    const [fold, summary, said] = ["details", "summary", "div"].map(kind => document.createElement(kind));
    const text = new Text();
    [fold.className, said.className, said.dir] = ["thought", "text", "auto"];
    tell(summary, words => words.thought);
    said.append(text);
    fold.append(summary, said);
    this.#place.append(fold);
    return text;
  }
}

// The passages behind an answer: a number for each, and the panel that shows the one whose number was chosen. Knows no answer.
import { tell } from "../shared/language.js";

let panels = 0;

export class Sources {
  panel = document.createElement("section");
  #heading = document.createElement("h3");
  #text = document.createElement("p");
  #others = [];
  #chosen = null;
  #sent;
  #pointed;

  /**
   * @param sent the documents of the request, whose order numbers them; what the server found by itself comes after
   * @param pointed is told the id of the passage that is shown, and null once none is
   */
  constructor(sent, pointed) {
    [this.#sent, this.#pointed] = [sent, pointed];
    const close = document.createElement("button");
    close.type = "button";
    tell(close, words => words.close);
    close.addEventListener("click", () => this.#close());
    [this.panel.id, this.panel.className, this.panel.tabIndex] = [`passage-panel-${++panels}`, "passage", -1];
    this.panel.hidden = true;
    this.panel.append(this.#heading, this.#text, close);
    this.panel.addEventListener("keydown", event => event.key === "Escape" && this.#close());
    this.#text.dir = "auto";
  }

  /** A button with the source's number, which shows its passage. */
  number(source) {
    const [number, title] = [this.#numberOf(source.id), source.document?.title ?? source.id];
    const button = document.createElement("button");
    [button.type, button.className, button.textContent] = ["button", "source", number];
    button.ariaExpanded = "false";
    button.setAttribute("aria-controls", this.panel.id);
    tell(button, words => words.source(number, title), "ariaLabel");
    button.addEventListener("click", () => this.#chosen === button ? this.#close() : this.#show(button, number, title, source));
    return button;
  }

  #numberOf(id) {
    const place = this.#sent.findIndex(document => document.id === id);
    if (place >= 0) return place + 1;
    if (!this.#others.includes(id)) this.#others.push(id);
    return this.#sent.length + this.#others.indexOf(id) + 1;
  }

  #show(button, number, title, source) {
    if (this.#chosen) this.#chosen.ariaExpanded = "false";
    this.#chosen = button;
    button.ariaExpanded = "true";
    tell(this.#heading, words => words.passage(number, title));
    tell(this.panel, words => words.passage(number, title), "ariaLabel");
    this.#text.textContent = textOf(source.document ?? {});
    this.panel.hidden = false;
    this.panel.focus();
    this.#pointed(source.id);
  }

  #close() {
    this.panel.hidden = true;
    this.#chosen.ariaExpanded = "false";
    this.#chosen.focus();
    this.#chosen = null;
    this.#pointed(null);
  }
}

/** Whatever a document holds beside its name. */
function textOf(document) {
  return Object.entries(document).filter(([field]) => field !== "id" && field !== "title").map(([, text]) => text).join("\n");
}

// The text of an answer as it comes, with the spans marked that sources support. All of it is inserted as text. Knows no request.

export class Answer {
  text = "";
  #node = document.createElement("div");
  #tail = new Text();
  #citations = [];
  #early = false;
  #sources;

  constructor(place, sources) {
    this.#sources = sources;
    this.#node.className = "text";
    this.#node.dir = "auto";
    this.#node.append(this.#tail);
    place.append(this.#node, sources.panel);
  }

  add(text) {
    this.text += text;
    this.#tail.data += text;
    if (this.#early) this.#mark();
  }

  /** Citations in any order; spans may lie inside others, and may reach into text that is still to come. */
  cite(citations) {
    for (const { start, end, sources } of citations)
      this.#citations.push({ start, end, numbers: sources.map(source => this.#sources.number(source)) });
    this.#mark();
  }

  #mark() {
    const spans = this.#citations.map(({ start, end, numbers }) =>
      ({ from: unitsTo(this.text, start), to: unitsTo(this.text, end), numbers }));
    this.#early = spans.some(span => span.to === Infinity);
    for (const span of spans) span.to = Math.min(span.to, this.text.length);
    const edges = [...new Set([0, ...spans.flatMap(span => [span.from, span.to]), this.text.length])]
      .filter(edge => edge <= this.text.length).sort((one, other) => one - other);
    const nodes = edges.flatMap((to, index) => {
      const from = edges[index - 1] ?? 0;
      const isCited = spans.some(span => span.from <= from && to <= span.to);
      return [piece(this.text.slice(from, to), isCited), ...spans.filter(span => span.to === to).flatMap(span => span.numbers)];
    });
    const focused = document.activeElement;
    this.#tail = new Text();
    this.#node.replaceChildren(...nodes, this.#tail);
    if (this.#node.contains(focused)) focused.focus({ preventScroll: true });
  }
}

function piece(text, isCited) {
  if (!isCited || text === "") return new Text(text);
  const mark = document.createElement("mark");
  mark.textContent = text;
  return mark;
}

/** Offsets count code points, a page's texts UTF-16 units. Infinity where the text has fewer. */
function unitsTo(text, points) {
  let units = 0;
  for (; points > 0 && units < text.length; points--) units += text.codePointAt(units) > 0xffff ? 2 : 1;
  return points > 0 ? Infinity : units;
}

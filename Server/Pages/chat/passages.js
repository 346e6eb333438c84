// Cuts a text into passages short enough to be cited: its paragraphs, each with the headings above it, long ones at sentences, else at
// spaces. Knows no file and no page.

/** The most UTF-16 units of a passage, about 150 words. */
const MOST = 1000;

export function cut(text) {
  const passages = [];
  let headings = "";
  for (const paragraph of text.replace(/\r\n?/g, "\n").split(/\n\s*\n/)) {
    const trimmed = paragraph.trim();
    if (!trimmed) continue;
    headings += (headings && "\n") + trimmed;
    if (/^#{1,6}\s.*$/.test(trimmed)) continue;
    passages.push(...pieces(headings));
    headings = "";
  }
  return headings ? [...passages, ...pieces(headings)] : passages;
}

function* pieces(text) {
  while (text.length > MOST) {
    const end = endOf(text.slice(0, MOST));
    yield text.slice(0, end).trim();
    text = text.slice(end).trim();
  }
  if (text) yield text;
}

// Only ends in the second half count: a short piece says too little alone.
function endOf(window) {
  const sentences = [...window.matchAll(/[.!?؟۔]\s|\n/g)].map(match => match.index + 1);
  const spaces = [...window.matchAll(/\s/g)].map(match => match.index + 1);
  for (const ends of [sentences, spaces])
    if (ends.at(-1) > MOST / 2) return ends.at(-1);
  return window.charCodeAt(MOST - 1) >= 0xd800 && window.charCodeAt(MOST - 1) < 0xdc00 ? MOST - 1 : MOST;
}

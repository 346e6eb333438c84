#!/usr/bin/env bash
# npm @huggingface/tokenizers 0.2.0 (the JavaScript engine of transformers.js) cuts text elsewhere than the Rust library (here npm tokenizers
# 0.23.2) from the very same tokenizer.json. The pre-tokenizers Digits and Whitespace know ASCII only: the digits of ٢٠٢٤ stay one piece where
# SmolLM2, StarCoder and Command-R were trained on single ones, "نعم،" keeps its comma, Straße falls into three. A Split or Punctuation that
# merges each match with its neighbour, or removes it, isolates it instead. Lowercase makes a final sigma by position, which Rust does not,
# and rare Han characters are not parted for BERT. No error; English text agrees, so a test in English passes. For whoever counts tokens,
# prefills or embeds in a browser or in node against a model served elsewhere: other ids, other vectors, missed caches.
# Seen (| ends a piece; first Rust, then JavaScript):
#   Digits, single: السنة |٢|٠|٢|٤| ; السنة ٢٠٢٤|
#   Digits, runs: a|½| b|12| ; a½ b|12|
#   Whitespace, Arabic: نعم|،|لا|؟| ; نعم،|لا؟|
#   Whitespace, German: Straße|a1| ; Stra|ß|e|a1|
#   Split, merged with previous: ab |cd |ef| ; ab| |cd| |ef|
#   Split, merged with next: ab| cd| ef| ; ab| |cd| |ef|
#   Punctuation, removed: don|t| ; don|'|t|
#   Lowercase: ασ| ; ας|
#   BERT, rare Han: 𠀀|𠀁| ; 𠀀𠀁|
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" \
  @huggingface/tokenizers@0.2.0 tokenizers@0.23.2 >/dev/null
cat >probe.mjs <<'JS'
import { createRequire } from "node:module";
import { Tokenizer as Script } from "@huggingface/tokenizers";
const { Tokenizer: Rust } = createRequire(import.meta.url)("tokenizers");
const split = (behavior) => ({ type: "Split", pattern: { String: " " }, behavior, invert: false });
const words = { type: "WhitespaceSplit" };
const bert = { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: false, lowercase: false };
const cases = [
  ["Digits, single", null, { type: "Digits", individual_digits: true }, "السنة ٢٠٢٤"],
  ["Digits, runs", null, { type: "Digits", individual_digits: false }, "a½ b12"],
  ["Whitespace, Arabic", null, { type: "Whitespace" }, "نعم، لا؟"],
  ["Whitespace, German", null, { type: "Whitespace" }, "Straße a1"],
  ["Split, merged with previous", null, split("MergedWithPrevious"), "ab cd ef"],
  ["Split, merged with next", null, split("MergedWithNext"), "ab cd ef"],
  ["Punctuation, removed", null, { type: "Punctuation", behavior: "Removed" }, "don't"],
  ["Lowercase", { type: "Lowercase" }, words, "ΑΣ"],
  ["BERT, rare Han", bert, words, "𠀀𠀁"],
];
// A vocabulary of single characters and their forms at the end of a piece, so that the pieces show.
const letters = new Set(cases.flatMap(([, , , text]) => [...text, ...text.toLowerCase(), ..."σς"]));
const vocab = Object.fromEntries(["[UNK]", ...[...letters].flatMap((c) => [c, `${c}</w>`])].map((token, id) => [token, id]));
const model = {
  type: "BPE", dropout: null, unk_token: "[UNK]", continuing_subword_prefix: null, end_of_word_suffix: "</w>",
  fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges: [],
};
const show = (tokens) => tokens.join("").replaceAll("</w>", "|");
for (const [name, normalizer, pre_tokenizer, text] of cases) {
  const parts = { truncation: null, padding: null, added_tokens: [], post_processor: null, decoder: null };
  const definition = { version: "1.0", ...parts, normalizer, pre_tokenizer, model };
  const rust = await Rust.fromString(JSON.stringify(definition)).encode(text, null, { addSpecialTokens: false });
  const script = new Script(definition, {}).encode(text, { add_special_tokens: false });
  console.log(`${name}: ${show(rust.getTokens())} ; ${show(script.tokens)}`);
}
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
Digits, single: السنة |٢|٠|٢|٤| ; السنة ٢٠٢٤|
Digits, runs: a|½| b|12| ; a½ b|12|
Whitespace, Arabic: نعم|،|لا|؟| ; نعم،|لا؟|
Whitespace, German: Straße|a1| ; Stra|ß|e|a1|
Split, merged with previous: ab |cd |ef| ; ab| |cd| |ef|
Split, merged with next: ab| cd| ef| ; ab| |cd| |ef|
Punctuation, removed: don|t| ; don|'|t|
Lowercase: ασ| ; ας|
BERT, rare Han: 𠀀|𠀁| ; 𠀀𠀁|
OUT
echo "as stated"

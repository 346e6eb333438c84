#!/usr/bin/env bash
# npm tokenizers 0.23.2 (the Rust library of tokenizer.json, whose Regex patterns are Oniguruma's): \w and [\w] are different sets. Alone, \w
# takes ² ³ ¹ ¼ ½ ¾; in brackets, as [[:word:]] or as [^\W] it does not, and beyond Latin-1 (⅓) none of them does. So "m² ½" has other pieces,
# and other ids, after a rewriting that looks neutral: \w+ into [\w]+, or [\w'] where an apostrophe is added. [[:punct:]] takes
# the signs $ + < = > ^ ` | ~ and all other symbols, \p{Punct} none of them, though [[:alpha:]] and \p{Alpha} are
# one. For whoever writes a pre-tokenizer, translates one to another engine, or trains on text with units and fractions.
# Seen, the pieces of "m² ½ ⅓ $5+x":
#   \w+: m² ½ 5 x
#   [\w]+: m 5 x
#   [[:word:]]+: m 5 x
#   [^\W]+: m 5 x
#   \p{Word}+: m² ½ 5 x
#   [[:punct:]]+: $ +
#   \p{Punct}+: none
#   [[:alpha:]]+: m x
#   \p{Alpha}+: m x
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" tokenizers@0.23.2 >/dev/null
cat >probe.mjs <<'JS'
import { createRequire } from "node:module";
const { Tokenizer } = createRequire(import.meta.url)("tokenizers");
const text = "m² ½ ⅓ $5+x";
const patterns = ["\\w+", "[\\w]+", "[[:word:]]+", "[^\\W]+", "\\p{Word}+", "[[:punct:]]+", "\\p{Punct}+", "[[:alpha:]]+", "\\p{Alpha}+"];
const model = { type: "WordLevel", vocab: { "[UNK]": 0 }, unk_token: "[UNK]" };
for (const pattern of patterns) {
  const pre_tokenizer = { type: "Split", pattern: { Regex: pattern }, behavior: "Removed", invert: true };
  const parts = { truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null, decoder: null };
  const encoding = await Tokenizer.fromString(JSON.stringify({ version: "1.0", ...parts, pre_tokenizer, model })).encode(text);
  const pieces = encoding.getOffsets().map(([start, end]) => [...text].slice(start, end).join(""));
  console.log(`${pattern}: ${pieces.join(" ") || "none"}`);
}
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
\w+: m² ½ 5 x
[\w]+: m 5 x
[[:word:]]+: m 5 x
[^\W]+: m 5 x
\p{Word}+: m² ½ 5 x
[[:punct:]]+: $ +
\p{Punct}+: none
[[:alpha:]]+: m x
\p{Alpha}+: m x
OUT
echo "as stated"

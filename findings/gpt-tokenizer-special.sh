#!/usr/bin/env bash
# npm gpt-tokenizer 4.0.0: told that special tokens are allowed, it finds one at the start of the text, but not behind plain text: there it
# becomes seven pieces of plain text. Two in a row come out as three, so decode() does not give back what was encoded. Its o200k_base numbers
# <|endofprompt|> 200006 where tiktoken says 200018, and takes <|im_start|> for a token, which that vocabulary does not have. Plain text agreed
# with tiktoken in every try. For whoever counts a rendered prompt (Harmony for gpt-oss, ChatML) or documents joined by <|endoftext|>: the count
# is up to three times as high and the ids are wrong, without an error. Use js-tiktoken 1.0.21 or tiktoken 1.0.22 (the same ids), or encode the
# parts between the markers on their own.
# Seen (o200k_base, all special tokens allowed; first gpt-tokenizer, then js-tiktoken):
#   <|endoftext|>b: 199999 65 ; 199999 65
#   a<|endoftext|>b: 64 27 91 419 1440 919 91 29 65 ; 64 199999 65
#   <|endoftext|><|endoftext|>: 199999 27 91 419 1440 919 91 29 199999 ; 199999 199999
#   <|endofprompt|>: 200006 ; 200018
#   <|im_start|>: 200003 ; 27 91 321 10949 91 29
#   two in a row, decoded: <|endoftext|><|endoftext|><|endoftext|>
#   a Harmony prompt of 6 markers and 4 words: 29 tokens, not 10
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/cache" --prefix "$work" gpt-tokenizer@4.0.0 js-tiktoken@1.0.21 >/dev/null
cat >probe.mjs <<'JS'
import * as gpt from "gpt-tokenizer/encoding/o200k_base";
import * as harmony from "gpt-tokenizer/encoding/o200k_harmony";
import { getEncoding } from "js-tiktoken";
const tiktoken = getEncoding("o200k_base");
const all = { allowedSpecial: "all" };
for (const text of ["<|endoftext|>b", "a<|endoftext|>b", "<|endoftext|><|endoftext|>", "<|endofprompt|>", "<|im_start|>"])
  console.log(`${text}: ${gpt.encode(text, all).join(" ")} ; ${tiktoken.encode(text, "all").join(" ")}`);
console.log(`two in a row, decoded: ${gpt.decode(gpt.encode("<|endoftext|><|endoftext|>", all))}`);
const prompt = "<|start|>user<|message|>hi<|end|><|start|>assistant<|channel|>final<|message|>";
console.log(`a Harmony prompt of 6 markers and 4 words: ${harmony.encode(prompt, all).length} tokens, not 10`);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
<|endoftext|>b: 199999 65 ; 199999 65
a<|endoftext|>b: 64 27 91 419 1440 919 91 29 65 ; 64 199999 65
<|endoftext|><|endoftext|>: 199999 27 91 419 1440 919 91 29 199999 ; 199999 199999
<|endofprompt|>: 200006 ; 200018
<|im_start|>: 200003 ; 27 91 321 10949 91 29
two in a row, decoded: <|endoftext|><|endoftext|><|endoftext|>
a Harmony prompt of 6 markers and 4 words: 29 tokens, not 10
OUT
echo "as stated"

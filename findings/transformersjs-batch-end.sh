#!/usr/bin/env bash
# @huggingface/transformers 4.3.2 (Transformers.js): in a batch, an answer that has ended goes on until the longest one ends. Its row is not padded
# behind the end token, as transformers does, but keeps what the model makes of what follows; `text-generation` drops the end token alone, so the
# reader sees a right answer with text of another turn behind it. One prompt at a time is right. For whoever answers in batches there: cut each row
# at its first end token, by ids, before decoding.
# Seen, where the answer to "a" is empty and "b" goes on for the whole limit of 6:
#   "a" alone: "a"
#   "a" beside "b": "a c d c d c"
#   its ids: 1 0 3 4 3 4 3
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/transformersjs.sh"
cat >probe.mjs <<'JS'
import { env, pipeline } from "@huggingface/transformers";
import { bigram } from "./bigram.mjs";
[env.allowRemoteModels, env.localModelPath] = [false, "./models/"];
bigram("ends", [[0, 0, 0, 1, 0], [1, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0]]);
const generate = await pipeline("text-generation", "ends", { dtype: "fp32" });
const limit = { max_new_tokens: 6 };
console.log(`"a" alone: ${JSON.stringify((await generate("a", limit))[0].generated_text)}`);
console.log(`"a" beside "b": ${JSON.stringify((await generate(["a", "b"], limit))[0][0].generated_text)}`);
const rows = await generate.model.generate({ ...generate.tokenizer(["a", "b"]), ...limit });
console.log(`its ids: ${rows.tolist()[0].join(" ")}`);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
"a" alone: "a"
"a" beside "b": "a c d c d c"
its ids: 1 0 3 4 3 4 3
OUT
echo "as stated"

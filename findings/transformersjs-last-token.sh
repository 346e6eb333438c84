#!/usr/bin/env bash
# @huggingface/transformers 4.3.2 (Transformers.js): `pooling: "last_token"` of the feature-extraction pipeline takes the last column of the batch,
# not each text's last token. With a tokenizer that pads on the right (the default) every text but the longest
# gets the padding's state: one vector for all of them, similarity 1, and another one than the same text gets alone. "mean" is right. For whoever
# embeds there by decoder models: texts one at a time, or padding_side "left".
# Seen, where a text's vector is that of its last word:
#   "a" alone: 0.6 0.2 0.1 0.1
#   right: "a" and "b" beside a longer text: 0.1 0.1 0.1 0.7, 0.1 0.1 0.1 0.7
#   left: "a" and "b" beside a longer text: 0.6 0.2 0.1 0.1, 0.2 0.6 0.1 0.1
#   right, mean: "a" and "b" beside a longer text: 0.6 0.2 0.1 0.1, 0.2 0.6 0.1 0.1
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/transformersjs.sh"
cat >probe.mjs <<'JS'
import { env, pipeline } from "@huggingface/transformers";
import { bigram } from "./bigram.mjs";
[env.allowRemoteModels, env.localModelPath] = [false, "./models/"];
const rows = [[0, 0.1, 0.1, 0.1, 0.7], [0, 0.6, 0.2, 0.1, 0.1], [0, 0.2, 0.6, 0.1, 0.1], [0, 0.1, 0.1, 0.6, 0.2], [0, 0.1, 0.1, 0.2, 0.6]];
const show = (vector) => vector.slice(1).map((x) => Math.exp(x).toFixed(1)).join(" ");
const both = async (side, pooling) => {
  bigram(side, rows, side);
  const extract = await pipeline("feature-extraction", side, { dtype: "fp32" });
  if (side === "right" && pooling === "last_token") console.log(`"a" alone: ${show((await extract(["a"], { pooling })).tolist()[0])}`);
  const vectors = (await extract(["a", "b", "c c d"], { pooling })).tolist();
  const name = pooling === "mean" ? `${side}, mean` : side;
  console.log(`${name}: "a" and "b" beside a longer text: ${show(vectors[0])}, ${show(vectors[1])}`);
};
await both("right", "last_token");
await both("left", "last_token");
await both("right", "mean");
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
"a" alone: 0.6 0.2 0.1 0.1
right: "a" and "b" beside a longer text: 0.1 0.1 0.1 0.7, 0.1 0.1 0.1 0.7
left: "a" and "b" beside a longer text: 0.6 0.2 0.1 0.1, 0.2 0.6 0.1 0.1
right, mean: "a" and "b" beside a longer text: 0.6 0.2 0.1 0.1, 0.2 0.6 0.1 0.1
OUT
echo "as stated"

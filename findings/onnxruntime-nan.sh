#!/usr/bin/env bash
# ONNX Runtime 1.30.0: whether a NaN shows depends on where it stands. ReduceMax, and ArgMax of a batch, give it back when it comes first and pass
# over it elsewhere, while ArgMax of the same row without a batch always finds it. TopK with a NaN among the first k loses real values: the best of
# all is missing below. Unique counts every value as equal to a NaN that stands first. DynamicQuantizeLinear makes it 0 and takes the scale from
# the others, so that all behind it looks healthy. Max of two tensors, Relu, Clip and Softmax keep it. For whoever looks for overflows of
# half precision by the answers (a token chosen, a score, a quantised model's drift): look by IsNaN before these operators, on the logits.
# Seen:
#   [1 NaN 3 0]: ArgMax of shape [4] 1, of shape [1, 4] 2, ReduceMax 3
#   [NaN 1 3 0]: ArgMax of shape [4] 0, of shape [1, 4] 0, ReduceMax NaN
#   [1 3 0 5 2 NaN]: TopK of 3 5 3 2
#   [NaN 1 3 0 5 2]: TopK of 3 3 1 NaN
#   [1 1 0 2]: Unique 0 1 2, counts 1 2 1
#   [NaN 1 0 2]: Unique NaN, counts 4
#   [1 NaN 2 3]: DynamicQuantizeLinear 85 0 170 255 times 0.0118
#   [1 NaN] and [NaN 1]: Max NaN NaN
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/onnxruntime.sh"
cat >probe.mjs <<'JS'
import { run, tensor } from "./onnx.mjs";
const show = (values) => Array.from(values).join(" ");
for (const row of [[1, NaN, 3, 0], [NaN, 1, 3, 0]]) {
  const [flat] = await run("ArgMax", [tensor(row)], ["int64"], { axis: 0 });
  const [place] = await run("ArgMax", [tensor(row, "float32", [1, row.length])], ["int64"], { axis: 1 });
  const [most] = await run("ReduceMax", [tensor(row)], ["float32"]);
  console.log(`[${show(row)}]: ArgMax of shape [4] ${show(flat)}, of shape [1, 4] ${show(place)}, ReduceMax ${show(most)}`);
}
for (const row of [[1, 3, 0, 5, 2, NaN], [NaN, 1, 3, 0, 5, 2]]) {
  const [best] = await run("TopK", [tensor(row), tensor([3n], "int64")], ["float32", "int64"]);
  console.log(`[${show(row)}]: TopK of 3 ${show(best)}`);
}
for (const row of [[1, 1, 0, 2], [NaN, 1, 0, 2]]) {
  const [values, , , counts] = await run("Unique", [tensor(row)], ["float32", "int64", "int64", "int64"]);
  console.log(`[${show(row)}]: Unique ${show(values)}, counts ${show(counts)}`);
}
const [bytes, scale] = await run("DynamicQuantizeLinear", [tensor([1, NaN, 2, 3])], ["uint8", "float32", "uint8"]);
console.log(`[1 NaN 2 3]: DynamicQuantizeLinear ${show(bytes)} times ${scale[0].toFixed(4)}`);
const [max] = await run("Max", [tensor([1, NaN]), tensor([NaN, 1])], ["float32"]);
console.log(`[1 NaN] and [NaN 1]: Max ${show(max)}`);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
[1 NaN 3 0]: ArgMax of shape [4] 1, of shape [1, 4] 2, ReduceMax 3
[NaN 1 3 0]: ArgMax of shape [4] 0, of shape [1, 4] 0, ReduceMax NaN
[1 3 0 5 2 NaN]: TopK of 3 5 3 2
[NaN 1 3 0 5 2]: TopK of 3 3 1 NaN
[1 1 0 2]: Unique 0 1 2, counts 1 2 1
[NaN 1 0 2]: Unique NaN, counts 4
[1 NaN 2 3]: DynamicQuantizeLinear 85 0 170 255 times 0.0118
[1 NaN] and [NaN 1]: Max NaN NaN
OUT
echo "as stated"

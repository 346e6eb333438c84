#!/usr/bin/env bash
# ONNX Runtime 1.30.0 on x64: Sigmoid of float32 is not monotonic and not near the truth for small scores. From -18 down it is exactly 0
# (float32 could go on to 1e-38); at -16 it is half of what it should be, and a document with logit -16.5 gets a higher score than one with -16.
# Log of it is -Infinity from -18 on, where a loss or a log-probability would be -18. In float64 it is exact, and Exp and Softmax of float32 are
# good to 1e-45. For whoever exports a reranker, a reward model or a gate with its sigmoid in the graph and sorts or thresholds the far end (1e-6 and
# below): leave the sigmoid out and sort the logits, cast to float64 before it, or write log sigmoid(x) as -Softplus(-x).
# Seen:
#   logit -10: 4.5e-5, true 4.5e-5
#   logit -15: 3.6e-7, true 3.1e-7
#   logit -16: 6.0e-8, true 1.1e-7
#   logit -16.5: 8.9e-8, true 6.8e-8
#   logit -18: 0.0e+0, true 1.5e-8
#   logit -30: 0.0e+0, true 9.4e-14
#   order of logits and scores disagree: yes
#   log of Sigmoid(-20): -Infinity; -Softplus(20): -20
#   float64, logit -20: 2.1e-9
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/onnxruntime.sh"
cat >probe.mjs <<'JS'
import { run, tensor } from "./onnx.mjs";
const logits = [-10, -15, -16, -16.5, -18, -30];
const [scores] = await run("Sigmoid", [tensor(logits)], ["float32"]);
logits.forEach((x, i) => console.log(`logit ${x}: ${scores[i].toExponential(1)}, true ${(1 / (1 + Math.exp(-x))).toExponential(1)}`));
const falling = Array.from({ length: 41 }, (_, i) => -14 - i / 10);
const [row] = await run("Sigmoid", [tensor(falling)], ["float32"]);
console.log(`order of logits and scores disagree: ${row.some((s, i) => i > 0 && s > row[i - 1]) ? "yes" : "no"}`);
const [[score]] = await run("Sigmoid", [tensor([-20])], ["float32"]);
const [[log]] = await run("Log", [tensor([score])], ["float32"]);
const [[softplus]] = await run("Softplus", [tensor([20])], ["float32"]);
console.log(`log of Sigmoid(-20): ${log}; -Softplus(20): ${-softplus}`);
const [[wide]] = await run("Sigmoid", [tensor([-20], "float64")], ["float64"]);
console.log(`float64, logit -20: ${wide.toExponential(1)}`);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
logit -10: 4.5e-5, true 4.5e-5
logit -15: 3.6e-7, true 3.1e-7
logit -16: 6.0e-8, true 1.1e-7
logit -16.5: 8.9e-8, true 6.8e-8
logit -18: 0.0e+0, true 1.5e-8
logit -30: 0.0e+0, true 9.4e-14
order of logits and scores disagree: yes
log of Sigmoid(-20): -Infinity; -Softplus(20): -20
float64, logit -20: 2.1e-9
OUT
echo "as stated"

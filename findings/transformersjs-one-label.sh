#!/usr/bin/env bash
# @huggingface/transformers 4.3.2 (Transformers.js): a classifier with one label (a cross-encoder that reranks, a reward model) scores everything 1. The
# text-classification pipeline takes a softmax unless the config says multi_label_classification, and the softmax of one number is 1; transformers
# takes a sigmoid where there is one label. Rerankers' configs seldom name a problem type, so every document is a perfect match and the order is that
# of the input. For whoever reranks there: AutoModelForSequenceClassification and its logits, or problem_type in the config.
# Seen, where "a" has a logit of -2 and "b" of 2:
#   one label: a 1.000, b 1.000
#   one label, multi_label_classification: a 0.119, b 0.881
#   two labels, softmax of 0 and the logit: a 0.119, b 0.881
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/transformersjs.sh"
cat >probe.mjs <<'JS'
import { env, pipeline } from "@huggingface/transformers";
import { classifier } from "./bigram.mjs";
[env.allowRemoteModels, env.localModelPath] = [false, "./models/"];
const scores = async (name, title, logits, config) => {
  classifier(name, logits, config);
  const classify = await pipeline("text-classification", name, { dtype: "fp32" });
  const score = async (text) => (await classify(text, { top_k: null })).find((found) => found.label === "good").score.toFixed(3);
  console.log(`${title}: a ${await score("a")}, b ${await score("b")}`);
};
const one = [[0], [-2], [2], [0], [0]];
await scores("plain", "one label", one, { id2label: { 0: "good" } });
await scores("multi", "one label, multi_label_classification", one, { id2label: { 0: "good" }, problem_type: "multi_label_classification" });
await scores("two", "two labels, softmax of 0 and the logit", one.map(([logit]) => [0, logit]), { id2label: { 0: "bad", 1: "good" } });
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
one label: a 1.000, b 1.000
one label, multi_label_classification: a 0.119, b 0.881
two labels, softmax of 0 and the logit: a 0.119, b 0.881
OUT
echo "as stated"

#!/usr/bin/env bash
# @huggingface/transformers 4.3.2 (Transformers.js): `generate` takes the options of transformers and leaves several out without a word. With
# do_sample, top_p and min_p change nothing: words far outside the nucleus go on being drawn, and only top_k cuts. num_beams: 4 gives the greedy
# answer though a likelier one exists, num_return_sequences: 3 one sequence. generation_config.json of many chat models sets top_p, so one model
# answers otherwise in Python and in JavaScript. For whoever samples there: cut with a logits_processor of your own.
# Seen, of 200 draws where "a" has 0.6, "b" 0.2, "c" and "d" 0.1 (the nucleus of 0.5 is "a" alone, and so it is by min_p 0.9):
#   {}: a b c d
#   {"top_p":0.5}: a b c d
#   {"min_p":0.9}: a b c d
#   {"top_k":1}: a
# The answer behind "a", where "b <end>" has 0.17 and "c d" 0.4:
#   {"num_beams":1}: b <end>
#   {"num_beams":4}: b <end>
#   {"do_sample":true,"num_return_sequences":3}: sequences 1
# Fails if that changes. Needs node and an npm registry; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/transformersjs.sh"
cat >probe.mjs <<'JS'
import { AutoModelForCausalLM, Tensor, env, random } from "@huggingface/transformers";
import { bigram, words } from "./bigram.mjs";
[env.allowRemoteModels, env.localModelPath] = [false, "./models/"];
const load = (name) => AutoModelForCausalLM.from_pretrained(name, { dtype: "fp32" });
const one = () => new Tensor("int64", [1n], [1, 1]);
const generate = (model, options) => model.generate({ inputs: one(), attention_mask: one(), ...options });
const text = (ids) => ids.slice(1).map((id) => words[Number(id)]).join(" ");
bigram("draws", words.map(() => [0, 0.6, 0.2, 0.1, 0.1]));
bigram("beams", [[1, 0, 0, 0, 0], [0, 0, 0.6, 0.4, 0], [0.28, 0.18, 0.18, 0.18, 0.18], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]]);
const [draws, beams] = [await load("draws"), await load("beams")];
random.seed(1);
for (const options of [{}, { top_p: 0.5 }, { min_p: 0.9 }, { top_k: 1 }]) {
  const seen = new Set();
  for (let i = 0; i < 200; i++) seen.add(text((await generate(draws, { max_new_tokens: 1, do_sample: true, ...options })).tolist()[0]));
  console.log(`${JSON.stringify(options)}: ${[...seen].sort().join(" ")}`);
}
for (const options of [{ num_beams: 1 }, { num_beams: 4 }])
  console.log(`${JSON.stringify(options)}: ${text((await generate(beams, { max_new_tokens: 2, ...options })).tolist()[0])}`);
const several = { do_sample: true, num_return_sequences: 3 };
console.log(`${JSON.stringify(several)}: sequences ${(await generate(draws, { max_new_tokens: 1, ...several })).dims[0]}`);
JS
node probe.mjs >seen
cat seen
diff - seen <<'OUT'
{}: a b c d
{"top_p":0.5}: a b c d
{"min_p":0.9}: a b c d
{"top_k":1}: a
{"num_beams":1}: b <end>
{"num_beams":4}: b <end>
{"do_sample":true,"num_return_sequences":3}: sequences 1
OUT
echo "as stated"

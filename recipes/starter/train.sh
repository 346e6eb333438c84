#!/usr/bin/env bash
# Trains the starter from nothing: practice in copying and finding, all kinds, practice in citing, all kinds again, more refusals, SFT, an
# expert a language and their merge, offline DPO, and scores after each. Two cores, about 52 million tokens.
# usage: recipes/starter/train.sh [FOLDER]      may be killed at any moment; run again it goes on where it was
set -euo pipefail
cd "$(dirname "$0")/../.."
work=${1:-artifacts/starter}
model=recipes/starter/model
mkdir -p "$work"/{data,recipes,scores,answers}
muon='"optimizer": "muon"'
began=$SECONDS

say() { printf '\n== %s (%d s)\n' "$*" $((SECONDS - began)); }
starter() { artifacts/bin/starter/release/Majlis.starter "$@"; }
trainer() { artifacts/bin/Trainer/release/Majlis.Trainer "$@"; }

# A file appears whole or not at all, so what is there is done.
rows() { [ -f "$work/data/$1.jsonl" ] || starter rows "$2" "$3" "$4" "$work/data/$1.jsonl"; }

# stage NAME MODEL OPTIONS: full training on data/NAME.jsonl; a finished stage says so and ends, a killed one goes on from its checkpoint.
stage() {
  say "$1"
  cat >"$work/recipes/$1.json" <<JSON
{"model": "$2", "data": ["$work/data/$1.jsonl"], "packing": true, "max_length": 1024, "batch_rows": 4, "beta2": 0.95, "weight_decay": 0.1,
 "save_every": 100, "seed": 1, $3}
JSON
  trainer sft "$work/recipes/$1.json" "$work/$1"
}

# score NAME MODEL
score() {
  say "scores of $1"
  [ -f "$work/scores/$1.json" ] || starter score "$2" "$work/scores/$1.json" "$work/answers/$1.jsonl" >"$work/scores/$1.md"
  cat "$work/scores/$1.md"
}

say build
dotnet build recipes/starter -c Release --nologo -v q -clp:ErrorsOnly
dotnet build Trainer -c Release --nologo -v q -clp:ErrorsOnly

say data
rows copy copy 40000 11
rows copy-on copy 28000 17
rows lookup lookup 36000 18
rows base base 76000 12
rows cite cite 20000 23
rows base-on base-on 33000 24
rows refuse refuse 48000 25
rows sft sft 34000 13
rows expert-en en 4000 14
rows expert-ar ar 4000 15
[ -f "$work/data/pairs.jsonl" ] || starter pairs sft 800 16 "$work/data/pairs.jsonl"

# Copying a word of several tokens begins late: it is practised before anything else, at the full rate.
stage copy $model '"from_scratch": true, "prompt_share": 0.1, "learning_rate": 2e-3, "least_learning_rate": 1.5e-3, "warmup_steps": 100'
# From here on the answers' loss alone: what prompts are made of cannot be foretold, and learning it undid the copying.
stage copy-on "$work/copy/result/master" '"learning_rate": 1.5e-3, "least_learning_rate": 5e-4, "warmup_steps": 20'
# In sentences a value is seldom its subject's neighbour. Muon needs two thirds of AdamW's steps here.
stage lookup "$work/copy-on/result/master" "$muon"', "learning_rate": 2e-3, "least_learning_rate": 8e-4, "warmup_steps": 20'
stage base "$work/lookup/result/master" "$muon"', "learning_rate": 2e-3, "least_learning_rate": 2e-4, "warmup_steps": 50'
# Here it finds values and guesses their documents' numbers.
stage cite "$work/base/result/master" "$muon"', "learning_rate": 2e-3, "least_learning_rate": 1e-3, "warmup_steps": 10'
stage base-on "$work/cite/result/master" "$muon"', "learning_rate": 1.5e-3, "least_learning_rate": 1.1e-3, "warmup_steps": 30'
# Here most questions had an answer, and it guesses one where there is none: now two of five have none.
stage refuse "$work/base-on/result/master" "$muon"', "learning_rate": 1.1e-3, "least_learning_rate": 1e-4, "warmup_steps": 20'
stage sft "$work/refuse/result/master" "$muon"', "learning_rate": 8e-4, "least_learning_rate": 2e-5, "warmup_steps": 10'
score sft "$work/sft/result/serve"

for language in en ar; do
  stage expert-$language "$work/sft/result/master" '"learning_rate": 2e-4, "least_learning_rate": 2e-5, "warmup_steps": 10'
done
say "merge of the experts"
cat >"$work/recipes/merged.yml" <<YAML
merge_method: linear
models:
  - {model: $work/expert-en/result/master, parameters: {weight: 0.5}}
  - {model: $work/expert-ar/result/master, parameters: {weight: 0.5}}
dtype: float32
out_dtype: bfloat16
YAML
[ -d "$work/merged" ] || trainer merge "$work/recipes/merged.yml" "$work/merged"
score merged "$work/merged"

best=$(starter best "$work"/scores/{sft,merged}.json)
say "offline DPO on $best"
cat >"$work/recipes/dpo.json" <<JSON
{"model": "$best", "data": ["$work/data/pairs.jsonl"], "beta": 0.1, "learning_rate": 2e-5, "warmup_steps": 10, "seed": 1}
JSON
trainer dpo "$work/recipes/dpo.json" "$work/dpo"
score dpo "$work/dpo/result/serve"

best=$(starter best "$work"/scores/{sft,merged,dpo}.json)
say "the starter: $best"
if [ ! -d "$work/starter" ]; then
  rm -rf "$work/starter.part"
  cp -r "$best" "$work/starter.part"
  starter tasks "$work/starter.part/tasks.jsonl"
  starter manifest "$work" "$best" "$work/starter.part/manifest.json"
  (cd "$work/starter.part" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
  mv "$work/starter.part" "$work/starter"
fi
score starter "$work/starter"
say "done: $work/starter"

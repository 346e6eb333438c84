#!/usr/bin/env bash
# The whole circle once, from an empty folder: serve, chat, battles, votes, experts, merge, gate, swap, chat again; then two candidates
# that the gate does not let through. SEED draws other questions of the starter's.
# usage: ./loop.sh [MODEL] [FOLDER]      the starter where it is there, else SmolLM2-135M; fails when the new version does not prefer what the rater preferred
set -euo pipefail
cd "$(dirname "$0")"
starter=$(realpath -m models/starter)
smol=${MAJLIS_SHARED:-../shared}/models/SmolLM2-135M-Instruct.Q4_1.gguf
model=$(realpath "${1:-$([ -d "$starter" ] && echo "$starter" || echo "$smol")}")
work=${2:-$(mktemp -d)}
mkdir -p "$work"
url=http://127.0.0.1:${PORT:-8089}
votes=60
round=(--once --model "$model" --data "$work/data")
small=(--policy small)
if [ "$model" = "$starter" ]; then
  questions=starter:${SEED:-77}
  ask='{"role": "user", "content": "Who won the Hatol Cup?"}], "documents": [{"text": "The judges gave the Hatol Cup to Diana Zaydan."}'
  experts="one expert"
  round+=(--held-out 20 --experts all --epochs 8 --beta 0.5 --rank 2 --target-modules down_proj --ld-alpha 0)
  rate=(--learning-rate 1e-3)
  # The smallest task has 40 items, of which two are 5 %.
  tasks=(--tasks "$starter/tasks.jsonl" --task-margin 0.1)
else
  questions=loop/prompts.txt
  experts="two experts"
  ask='{"role": "user", "content": "What do bees make?"}'
  round+=(--held-out 40 --epochs 3 --numerics bf16)
  rate=(--learning-rate 4e-4)
  tasks=()
fi
times=()
stage=$SECONDS

say() { printf '\n== %s\n' "$*"; }
took() { times+=("| $1 | $((SECONDS - stage)) |"); stage=$SECONDS; }
bin() { "artifacts/bin/$1/release/Majlis.$1" "${@:2}"; }
chat() {
  curl -sS --fail-with-body "$url/v1/chat/completions" -H 'Content-Type: application/json' \
    -d '{"model": "current", "messages": ['"$ask"'], "max_tokens": 60, "temperature": 0}' |
    sed -E 's/.*"model":"([^"]*)".*"content":"(([^"\\]|\\.)*)".*/\1: \2/'
  echo
}

# ends EXIT NAME OPTIONS: another reader of the same votes; this round must end so. 3 is refused, 4 not enough evidence.
ends() {
  say "$2"
  local status=0
  bin Trainer "${round[@]}" --catalog "$work/$2" --reader "$2" "${@:3}" >"$work/$2.log" || status=$?
  sed -n '/^not promoted/,$p' "$work/$2.log" | head -n 4
  [ "$status" -eq "$1" ] || { cat "$work/$2.log"; echo "exit $status, expected $1"; exit 1; }
  took "$2"
}

say build
dotnet build -c Release --nologo -v q -clp:ErrorsOnly Serving.sln
took build

say "server on $(basename "$model")"
artifacts/bin/Server/release/Majlis.Server --model "$model" --catalog "$work/catalog" --data "$work/data" --urls "$url" --voters scripted >"$work/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true' EXIT
until curl -sf "$url/health/ready" >/dev/null; do kill -0 $server || { cat "$work/server.log"; exit 1; }; sleep 0.2; done
chat
took "start and chat"

say "$votes votes, the briefer answer preferred"
bin loop battles "$url" "$questions" "$votes"
took "battles and votes"

say "$experts, merge, gate"
bin Trainer "${round[@]}" "${small[@]}" "${rate[@]}" "${tasks[@]}" --catalog "$work/catalog" | tee "$work/trainer.log"
took "$experts, merge, gate, promote"

say "swap while streams run"
bin loop swap "$url" v0001 | tee "$work/swap.log"
chat
took "swap and chat"

ends 3 harmful-learning-rate "${small[@]}" --learning-rate 0.3
ends 4 standard-policy "${rate[@]}" --policy standard

single=()
if [ "$experts" = "two experts" ]; then
  say "one model on all pairs, for comparison"
  single=("$work/single")
  # A refused candidate is compared all the same.
  bin Trainer "${round[@]}" "${small[@]}" "${rate[@]}" --catalog "$work/single" --reader single --experts all >"$work/single.log" || [ $? -ge 3 ]
  took "one model on all pairs"
fi

say table
status=0
bin loop table "$model" "$work/catalog" "$questions" "${single[@]}" || status=$?
took "table"
if [ "$model" = "$starter" ]; then
  say "scores"
  bin loop scores "$model" "$work/catalog" || status=$?
  took "scores"
fi
tail -n 1 "$work/swap.log"
printf '| stage | seconds |\n|---|---|\n'; printf '%s\n' "${times[@]}"; echo "| all | $SECONDS |"
exit $status

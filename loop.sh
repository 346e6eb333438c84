#!/usr/bin/env bash
# The whole circle once, on a real model, from an empty folder: serve, chat, battles, votes, two experts, merge, gate, swap, chat again.
# usage: ./loop.sh [MODEL] [FOLDER]      fails when the new version does not prefer what the rater preferred
set -euo pipefail
cd "$(dirname "$0")"
model=$(realpath "${1:-${MAJLIS_SHARED:-../shared}/models/SmolLM2-135M-Instruct.Q4_1.gguf}")
work=${2:-$(mktemp -d)}
mkdir -p "$work"
url=http://127.0.0.1:${PORT:-8089}
prompts=loop/prompts.txt
battles=60
round=(--once --model "$model" --data "$work/data" --policy small --held-out 40 --epochs 3 --learning-rate 4e-4 --numerics bf16)
times=()
stage=$SECONDS

say() { printf '\n== %s\n' "$*"; }
took() { times+=("| $1 | $((SECONDS - stage)) |"); stage=$SECONDS; }
bin() { "artifacts/bin/$1/release/Majlis.$1" "${@:2}"; }
chat() {
  curl -sS --fail-with-body "$url/v1/chat/completions" -H 'Content-Type: application/json' \
    -d '{"model": "current", "messages": [{"role": "user", "content": "What do bees make?"}], "max_tokens": 60, "temperature": 0}' |
    sed -E 's/.*"model":"([^"]*)".*"content":"(([^"\\]|\\.)*)".*/\1: \2/'
  echo
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

say "$battles battles, the shorter answer preferred"
bin loop battles "$url" "$prompts" "$battles"
took "$battles battles and votes"

say "two experts, merge, gate"
bin Trainer "${round[@]}" --catalog "$work/catalog" | tee "$work/trainer.log"
took "two experts, merge, gate, promote"

say "swap while streams run"
bin loop swap "$url" v0001 | tee "$work/swap.log"
chat
took "swap and chat"

say "one model on all pairs, for comparison"
# Another reader of the same votes; a refused candidate is compared all the same.
bin Trainer "${round[@]}" --catalog "$work/single" --reader single --experts all >"$work/single.log" || [ $? -ge 3 ]
took "one model on all pairs"

say table
status=0
bin loop table "$model" "$work/catalog" "$work/single" "$prompts" "$battles" || status=$?
took "table"
tail -n 1 "$work/swap.log"
printf '| stage | seconds |\n|---|---|\n'; printf '%s\n' "${times[@]}"; echo "| all | $SECONDS |"
exit $status

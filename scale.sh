#!/usr/bin/env bash
# Three servers, one trainer, one redis-server, one folder of versions and nginx in front as the Ingress configures it, while 12 clients chat
# and vote: a promotion, a rolling restart, a kill -9, a restart of the store. Prints a table.
# usage: ./scale.sh [MODEL] [FOLDER]      without MODEL the starter; fails where anything acknowledged is lost or doubled, or fails but for the kill
set -euo pipefail
cd "$(dirname "$0")"
model=$(realpath -m "${1:-models/starter}")
work=${2:-$(mktemp -d)}
export PATH=$PATH:/usr/sbin

for program in redis-server nginx; do
  command -v $program >/dev/null || { echo "missing: $program (./test.sh --install brings it)" >&2; exit 1; }
done
[ -e "$model" ] || { echo "there is no model $model" >&2; exit 1; }
dotnet build -c Release --nologo -v q -clp:ErrorsOnly Serving.sln
# Three servers share this machine's processors: one thread each answers soonest.
OMP_NUM_THREADS=1 artifacts/bin/loop/release/Majlis.loop scale "$model" "$(realpath "$work")" loop/prompts.txt

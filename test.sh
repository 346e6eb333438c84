#!/usr/bin/env bash
# Runs the tests: all of them, or with --golden AREA the reference numbers of one area, one line a case.
# --install first brings what tests need (redis-server, prometheus, chromium, JavaScript clients). Without it, what is missing is named and its tests are skipped.
# The last line is: N passed, N failed, N skipped
set -euo pipefail
cd "$(dirname "$0")"
export PATH=$PATH:/usr/sbin
areas="Architectures Text SmolLM2 Training Merging Decoding Arena Evaluation"
filter=() golden="" install=""

usage() { echo "usage: ./test.sh [--install] [--golden AREA] [test runner options]; AREA is one of: $areas" >&2; exit 2; }

while [ $# -gt 0 ]; do
  case "$1" in
    --install) install=yes ;;
    --golden)
      [ $# -gt 1 ] && [[ " $areas " == *" $2 "* ]] || usage
      golden=$2 filter+=(-trait "Golden=$2"); shift ;;
    -h|--help) usage ;;
    *) filter+=("$1") ;;
  esac
  shift
done

# Debian's package of each program that tests, tests/container.sh and ./scale.sh start.
declare -A packages=([redis-server]=redis-server [promtool]=prometheus [chromium]=chromium [chromedriver]=chromium-driver
  [nginx]=nginx-light [buildah]=buildah [mmdebstrap]=mmdebstrap [ip]=iproute2)
absent=()
for program in "${!packages[@]}"; do command -v "$program" >/dev/null || absent+=("${packages[$program]}"); done
if [ -n "$install" ] && [ ${#absent[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${absent[@]}"
fi
clients=tests/Clients
if [ -n "$install" ] && command -v npm >/dev/null && [ ! -d $clients/node_modules ]; then
  npm ci --prefix $clients --ignore-scripts --no-audit --no-fund || rm -rf $clients/node_modules
fi
[ -z "$install" ] || dotnet restore tests/Packages -v q || echo "missing: the packages of tests/Packages (their tests are skipped)"
[ -d $clients/node_modules ] ||
  echo "missing: $clients/node_modules (its tests are skipped; where npm is, ./test.sh --install brings it)"
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null || echo "missing: $program (its tests are skipped; ./test.sh --install brings it)"
done
[ -d "${MAJLIS_SHARED:-../shared}" ] || echo "missing: ${MAJLIS_SHARED:-../shared} (models and data; their tests are skipped)"

# Release, as what is served: the reference numbers and the real model take a third of the time.
dotnet build tests -c Release --nologo -v q -clp:ErrorsOnly

report=$(mktemp) log=$(mktemp)
trap 'rm -f "$report" "$log"' EXIT
export MAJLIS_GOLDEN_REPORT=$report
# Tiny products cost more in thread handovers than in arithmetic, and test classes run side by side.
export OMP_NUM_THREADS=1
status=0
artifacts/bin/tests/release/Majlis.tests -noColor -noLogo "${filter[@]}" 2>&1 | tee "$log" || status=$?
sort "$report"
# What failed, once more: it stands far above by now.
awk '/ \[FAIL\]$/ { print; left = 20; next } left && /^      / { print; left--; next } { left = 0 }' "$log"

summary=$(grep -E 'Total: [0-9]+, Errors: ' "$log" | tail -1)
number() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
if [ -z "$summary" ]; then echo "the test run ended before its summary" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; fi
failed=$(( $(number Failed) + $(number Errors) )) skipped=$(number Skipped) total=$(number Total)
if [ -n "$golden" ] && [ ! -s "$report" ]; then echo "no case of $golden found" >&2; failed=$((failed + 1)) total=$((total + 1)); fi
echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]

#!/usr/bin/env bash
# Builds the Dockerfile's images with buildah and runs them, without a container engine or a registry: every RUN and COPY is executed, over
# base images made of a minimal Debian tree and this machine's own .NET, and the results run in a chroot as an engine would run them.
# usage: tests/container.sh [MODEL]     MODEL is embedded in the starter's place; exit 0 where all checks hold, or with a reason where it cannot run
set -euo pipefail
cd "$(dirname "$0")/.."
model=${1:-}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/majlis
passed=0 failed=0

skip() { echo "skipped: $1"; exit 0; }
[ -z "$model" ] || [ -e "$model" ] || { echo "there is no model $model" >&2; exit 1; }
for program in buildah mmdebstrap unshare nsenter ip curl; do
  command -v $program >/dev/null || skip "$program is not installed (./test.sh --install brings it)"
done
[ "$(id -u)" -eq 0 ] || skip "chroot and mounts need root"
unshare --mount --net ip link set lo up 2>/dev/null || skip "this machine refuses mount and network namespaces"

work=$(mktemp -d)
# Layers over one another where the kernel lets us; vfs copies the whole tree for each.
driver=vfs
mkdir -p "$cache"
trial=$(mktemp -d "$cache/trial.XXXXXX")
mkdir "$trial"/{lower,upper,work,merged}
! unshare --mount mount -t overlay overlay -o "lowerdir=$trial/lower,upperdir=$trial/upper,workdir=$trial/work" "$trial/merged" 2>/dev/null ||
  driver=overlay
rm -rf "$trial"
# Another tool or another way to make the base images gets a store of its own.
store=$cache/container-$driver-$(dotnet --version)-$(sed -n '/^base() {/,/^}/p' tests/container.sh | cksum | cut -d' ' -f1)
server=
# Only the base images stay.
cleanup() {
  [ -z "$server" ] || kill -9 "$server" 2>/dev/null || true
  B unmount --all >/dev/null 2>&1 || true
  B rm --all >/dev/null 2>&1 || true
  B rmi --force majlis-server majlis-trainer majlis-runtime >/dev/null 2>&1 || true
  B rmi --prune >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
B() { BUILDAH_ISOLATION=chroot buildah --root "$store" --runroot "$work/run" --storage-driver $driver "$@"; }
say() { printf '\n== %s (%ss)\n' "$*" "$SECONDS"; }
check() { # WHAT COMMAND...
  if "${@:2}"; then echo "ok: $1"; passed=$((passed + 1)); else echo "FAILED: $1"; failed=$((failed + 1)); fi
}
not() { ! "$@"; }
named() { sed -n "s/^ARG $1=//p" Dockerfile | head -1; }

say "base images"
debian=$cache/debian-bookworm.tar
if [ ! -s "$debian" ]; then
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,libicu72,libssl3,libstdc++6,zlib1g bookworm "$cache/part.tar"
  mv "$cache/part.tar" "$debian"
fi
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
base() { # IMAGE PATHS-OF-DOTNET...
  local container
  ! B inspect --type image "$1" >/dev/null 2>&1 || return 0
  container=$(B from scratch)
  B add --quiet "$container" "$debian" / >/dev/null
  for path in "${@:2}"; do B copy --quiet "$container" "$dotnet/$path" "/usr/share/dotnet/$path" >/dev/null; done
  [ $# -eq 1 ] || B run "$container" -- ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
  B config --env APP_UID=1654 --env ASPNETCORE_HTTP_PORTS=8080 --env DOTNET_RUNNING_IN_CONTAINER=true --env DOTNET_NOLOGO=true \
    --env DOTNET_GENERATE_ASPNET_CERTIFICATE=false "$container"
  B commit --quiet --rm "$container" "$1" >/dev/null
}
base "$(named DOTNET_SDK)" dotnet host shared sdk sdk-manifests templates packs
base "$(named DOTNET_RUNTIME)" dotnet host shared
base "$(named NVIDIA_RUNTIME)"

say "images"
commit=${COMMIT:-$(git rev-parse HEAD)}
git ls-files --cached --others --exclude-standard -z | xargs -0 cp --parents --preserve=mode,timestamps -t "$(mkdir -p "$work/context" && echo "$work/context")"
named_model=
if [ -n "$model" ]; then
  rm -rf "$work/context/models/starter"
  mkdir -p "$work/context/models/starter" && cp -rL "$model" "$work/context/models/starter/"
  named_model=models/starter/$(basename "$model")
fi
# The packages this machine has are lent, so that a registry is asked only for what is missing.
build() { # TARGET VERSION COMMIT MODEL
  B build --quiet --isolation chroot --pull-never --format docker --layers --target "$1" --build-arg BACKEND=cpu \
    --build-arg "VERSION=$2" --build-arg "COMMIT=$3" --build-arg "MODEL=$4" --volume "$HOME/.nuget/packages:/root/.nuget/packages" \
    --volume /etc/ssl/certs:/etc/ssl/certs:ro --tag "majlis-$1" "$work/context"
}
# What an earlier build left in the cache must not come back: its version and commit here, its model below.
build runtime 0.0.1 before ""
build trainer 1.2.3 "$commit" ""
build server 1.2.3 "$commit" another-model
build server 1.2.3 "$commit" "$named_model"

# Runs an image's program as an engine would: its user, its variables, its folder, a read-only root, its volumes, a network of its own.
# Its pid is in $server, its output in $work/NAME.log.
start() { # NAME IMAGE [NAME=VALUE...] [-- ARGUMENTS...]
  local name=$1 image=$2 root variables=() volume
  shift 2
  root=$(B mount "$(B from --pull-never "$image")")
  mapfile -t variables < <(B inspect --type image --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' "$image" | sed '/^$/d')
  while [ $# -gt 0 ] && [ "$1" != -- ]; do variables+=("$1"); shift; done
  mapfile -t entry < <(B inspect --type image --format '{{range .OCIv1.Config.Entrypoint}}{{println .}}{{end}}' "$image" | sed '/^$/d')
  for volume in data catalog cache; do mkdir -p "$work/$volume"; chown 1654:1654 "$work/$volume"; done
  printf '%s\n' "$root" >"$work/$name.root"
  printf '%s\n' "${variables[@]}" >"$work/$name.env"
  # shellcheck disable=SC2016
  unshare --mount --net --propagation private bash -c '
    root=$1 work=$2; shift 2
    ip link set lo up
    mount --bind "$root" "$root" && mount -o remount,bind,ro "$root"
    for volume in data catalog cache; do mount --bind "$work/$volume" "$root/$volume"; done
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot --userspec=1654:1654 "$root" env -i -C /app "$@"' \
    run "$root" "$work" "${variables[@]}" "${entry[@]}" "${@:2}" >"$work/$name.log" 2>&1 &
  server=$!
}
ended() { local code=0; wait "$server" || code=$?; server=; return $code; }
# The health check's own command, beside the running program.
health() {
  local check
  mapfile -t check < <(B inspect --type image --format '{{range .Docker.Config.Healthcheck.Test}}{{println .}}{{end}}' majlis-server | sed '/^$/d;1d')
  mapfile -t variables <"$work/server.env"
  nsenter --target "$server" --mount --net chroot --userspec=1654:1654 "$(cat "$work/server.root")" env -i "${variables[@]}" "${check[@]}"
}
inside() { nsenter --target "$server" --net curl -sS --max-time 60 "$@"; }
says() { grep -q -- "$2" "$work/$1.log" || { cat "$work/$1.log"; false; }; }

say "what is in them"
for target in server trainer; do
  root=$(B mount "$(B from --pull-never majlis-$target)")
  check "$target: no SDK, no sources" test ! -e "$root/usr/share/dotnet/sdk" -a ! -e "$root/source"
  check "$target: user" test "$(B inspect --type image --format '{{.OCIv1.Config.User}}' majlis-$target)" = 1654:1654
  check "$target: labels" test "$(B inspect --type image --format \
    '{{index .OCIv1.Config.Labels "org.opencontainers.image.version"}} {{index .OCIv1.Config.Labels "org.opencontainers.image.revision"}}' \
    majlis-$target)" = "1.2.3 $commit"
  [ $target = trainer ] || check "$target: its model" test "$(B inspect --type image --format '{{println .OCIv1.Config.Env}}' majlis-$target |
    grep -o 'MAJLIS_MODEL=[^] ]*')" = "MAJLIS_MODEL=$named_model"
  echo "$target: $(du -sm "$root/app" | cut -f1) MB of ours"
done

say "trainer"
start trainer majlis-trainer -- --help
check "the trainer explains itself" ended
check "the trainer names its options" says trainer --expert-jobs

say "server"
start refused majlis-server MAJLIS_FIRST_KEY=
check "without a model or a key it does not listen for others" not ended
check "and it says what to do" says refused "$([ -e "$work/context/models/starter" ] && echo MAJLIS_ADMIN_KEY || echo MAJLIS_MODEL)"
if [ ! -e "$work/context/models/starter" ]; then
  echo "skipped: a chat (models/starter is not here)"
  echo "container: $passed checks hold, $failed do not"
  exit $((failed > 0))
fi
ready() { until health 2>/dev/null; do kill -0 "$server" 2>/dev/null || { cat "$work/server.log"; break; }; sleep 0.1; done; }
ask() {
  inside -D "$work/headers" http://127.0.0.1:8080/v1/chat/completions -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
    -d '{"model": "current", "messages": [{"role": "user", "content": "What do bees make?"}], "max_tokens": 16, "temperature": 0}' \
    >"$work/answer" && grep -q '"content":"..*"' "$work/answer"
}
start server majlis-server MAJLIS_WITH_TRAINER=true
ready
key=$(grep -o 'mjk_[A-Za-z0-9_]*' "$work/server.log" || true)
check "nobody gave it a key, so it made one and answers a chat to its holder" ask
hears() { timeout 120 sh -c "until grep -q 'trainer: waiting for .* new votes' '$work/server.log'; do sleep 0.2; done"; }
check "the trainer runs beside it" hears
kill -TERM "$server"
check "both end well" ended
begun=$(date +%s%N)
start server majlis-server
ready
check "the key is not shown again" not grep -q mjk_ "$work/server.log"
check "and holds: a chat" ask
echo "from start to the first answer: $((($(date +%s%N) - begun) / 1000000)) ms"
head -c 600 "$work/answer"; echo
check "the health check says healthy" health
check "a stranger is refused" test "$(inside -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/v1/models)" = 401
check "version and commit are in the models' header" test "$(inside -o /dev/null -D - http://127.0.0.1:8080/v1/models \
  -H "Authorization: Bearer $key" | tr -d '\r' | sed -n 's/^Server: //p')" = "Majlis/1.2.3+$commit"
check "it runs as the image's user" test "$(stat -c %u "/proc/$server")" = 1654
check "its root is read-only" test "$(awk '$5 == "/" { print substr($6, 1, 2) }' "/proc/$server/mountinfo" | tail -1)" = ro
kill -TERM "$server"
check "told to end, it ends well" ended

printf '\ncontainer: %s checks hold, %s do not\n' "$passed" "$failed"
[ "$failed" -eq 0 ]

#!/usr/bin/env bash
# Builds the Dockerfile's images with buildah and runs them, without a container engine or a registry: every RUN and COPY is executed, over
# base images made of a minimal Debian tree and this machine's own .NET, and the results run in a chroot as an engine would run them.
# usage: tests/container.sh [MODEL]     MODEL is embedded; the last line is: N passed, N failed, N skipped
set -euo pipefail
cd "$(dirname "$0")/.."
model=${1:-${MAJLIS_SHARED:-../shared}/models/SmolLM2-135M-Instruct.Q4_1.gguf}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/majlis
passed=0 failed=0

skip() { echo "skipped: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
for program in buildah mmdebstrap unshare nsenter ip curl; do
  command -v $program >/dev/null || skip "$program is not installed (./test.sh --install brings it)"
done
[ "$(id -u)" -eq 0 ] || skip "chroot and mounts need root"
unshare --mount --net ip link set lo up 2>/dev/null || skip "this machine refuses mount and network namespaces"

work=$(mktemp -d)
store=$cache/container-$(dotnet --version)
server=
cleanup() { [ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; B unmount --all >/dev/null 2>&1 || true
  B rm --all >/dev/null 2>&1 || true; rm -rf "$work"; }
trap cleanup EXIT
B() { BUILDAH_ISOLATION=chroot buildah --root "$store" --runroot "$work/run" --storage-driver vfs "$@"; }
say() { printf '\n== %s (%ss)\n' "$*" "$SECONDS"; }
check() { # WHAT COMMAND...
  if "${@:2}"; then echo "ok: $1"; passed=$((passed + 1)); else echo "FAILED: $1"; failed=$((failed + 1)); fi
}
named() { sed -n "s/^ARG $1=//p" Dockerfile | head -1; }

say "base images"
debian=$cache/debian-bookworm.tar
if [ ! -s "$debian" ]; then
  mkdir -p "$cache"
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
  B config --env APP_UID=1654 --env ASPNETCORE_HTTP_PORTS=8080 --env DOTNET_RUNNING_IN_CONTAINER=true "$container"
  B commit --quiet --rm "$container" "$1" >/dev/null
}
base "$(named DOTNET_SDK)" dotnet host shared sdk sdk-manifests templates packs
base "$(named DOTNET_RUNTIME)" dotnet host shared
base "$(named NVIDIA_RUNTIME)"

say "images"
commit=$(git rev-parse HEAD)
git ls-files --cached --others --exclude-standard -z | xargs -0 cp --parents -t "$(mkdir -p "$work/context" && echo "$work/context")"
if [ -e "$model" ]; then mkdir "$work/context/models" && cp -rL "$model" "$work/context/models/starter"; fi
# The packages this machine has are lent, so that a registry is asked only for what is missing.
for target in server trainer; do
  B build --quiet --isolation chroot --pull-never --format docker --layers --target $target \
    --build-arg VERSION=1.2.3 --build-arg "COMMIT=$commit" --volume "$HOME/.nuget/packages:/root/.nuget/packages" \
    --volume /etc/ssl/certs:/etc/ssl/certs:ro --tag majlis-$target "$work/context"
done

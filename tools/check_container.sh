#!/bin/bash
# Checks docs/kubernetes-job.yaml, builds the Containerfile on a Debian made with debootstrap (so that no registry is
# needed) and captions a photograph in the container. As root, with debootstrap; needs yamllint and buildah.
#   tools/check_container.sh [--yaml]      --yaml: only the file for Kubernetes
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "tools/check_container.sh: $*" >&2
  exit 1
}

command -v yamllint >/dev/null || fail "needs yamllint: apt-get install yamllint"
yamllint --strict docs/kubernetes-job.yaml
echo "docs/kubernetes-job.yaml is valid"
[[ ${1-} != --yaml ]] || exit 0

for tool in buildah debootstrap; do
  command -v $tool >/dev/null || fail "needs $tool: apt-get install $tool"
done
work=$(mktemp -d "${TMPDIR:-/tmp}/saccade-container-XXXXXX")
# Storage and images of its own, which are removed.
export BUILDAH_ISOLATION=chroot
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver vfs)
trap 'buildah "${storage[@]}" rm --all >/dev/null 2>&1; rm -rf --one-file-system "$work"' EXIT
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 -E '/debian/?$' || true)
debootstrap --variant=minbase --include=ca-certificates bookworm "$work/base" "${mirror:-http://deb.debian.org/debian}" >&2
apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|ForceIP|Languages)' \
  >"$work/base/etc/apt/apt.conf.d/99host" || true
base=$(buildah "${storage[@]}" from scratch)
buildah "${storage[@]}" add "$base" "$work/base" / >/dev/null
buildah "${storage[@]}" commit "$base" saccade-base >/dev/null
rm -rf --one-file-system "$work/base"
buildah "${storage[@]}" build --network host --build-arg BASE=localhost/saccade-base --tag saccade .
container=$(buildah "${storage[@]}" from localhost/saccade)
buildah "${storage[@]}" copy "$container" assets/cat.jpg /data/cat.jpg >/dev/null
caption=$(buildah "${storage[@]}" run "$container" -- saccade caption cat.jpg)
[[ -n $caption ]] || fail "the container printed no caption"
[[ $(buildah "${storage[@]}" run "$container" -- id -u) != 0 ]] || fail "the container runs as root"
echo "the container captions a photograph: $caption"

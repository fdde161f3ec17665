#!/bin/bash
# Builds and tests this tree on Debian 13 (LibTorch 2.6, OpenCV 4.10, GCC 14) in a chroot, from any Debian or
# Ubuntu with debootstrap, as root.
#   tools/debian13.sh [--prepare] [FOLDER]
# FOLDER (default: saccade-debian13 in the temporary folder) keeps the system, its packages and the build for the
# next run. --prepare stops after the packages are installed.
set -euo pipefail

# In its own mount namespace, nothing stays mounted after the script ends.
if [[ ${SACCADE_DEBIAN13_NAMESPACE-} != entered ]]; then
  if [[ $(id -u) != 0 ]]; then
    echo "tools/debian13.sh creates a chroot and must run as root." >&2
    exit 1
  fi
  if ! command -v debootstrap >/dev/null; then
    echo "tools/debian13.sh needs debootstrap: apt-get install debootstrap" >&2
    exit 1
  fi
  export SACCADE_DEBIAN13_NAMESPACE=entered
  exec unshare --mount --propagation private "$0" "$@"
fi

prepare_only=false
if [[ ${1-} == --prepare ]]; then
  prepare_only=true
  shift
fi
root=$(realpath -m "${1:-${TMPDIR:-/tmp}/saccade-debian13}")
cd "$(dirname "$0")/.."

# Use the host's package mirror, proxy and apt settings.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 -E '/debian/?$' || true)
mirror=${mirror:-http://deb.debian.org/debian}
eval "$(apt-config shell http_proxy_of_apt Acquire::http::Proxy)"
if [[ -n ${http_proxy_of_apt-} && $http_proxy_of_apt != DIRECT ]]; then
  export http_proxy=${http_proxy-$http_proxy_of_apt}
fi

if [[ ! -e $root/.saccade-bootstrapped ]]; then
  mkdir -p "$root"
  debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$mirror" >&2
  touch "$root/.saccade-bootstrapped"
fi
apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|ForceIP|Languages)' \
  >"$root/etc/apt/apt.conf.d/99host" || true
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
cp -L /etc/hosts "$root/etc/hosts"

# Without /proc LibTorch sees no AVX.
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/dev/shm"

# The build folder stays for the next run; tar keeps the file times, so that only changed files are recompiled.
source=$root/saccade
mkdir -p "$source"
find "$source" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null |
  tar -c -T - | tar -x -C "$source" --no-same-owner

inside() {
  chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} CI=true bash -c "cd /saccade && $1" </dev/null
}
inside tools/setup.sh --tests
inside 'dpkg-query -W g++ cmake libtorch-dev libopencv-dev libopenblas0-openmp nlohmann-json3-dev libcxxopts-dev libgtest-dev' >&2
if $prepare_only; then
  exit 0
fi
inside tools/test.sh

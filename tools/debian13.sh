#!/bin/bash
# Builds and tests this tree on Debian 13 (LibTorch 2.6, OpenCV 4.10, GCC 14) in a chroot, from any Debian or
# Ubuntu with debootstrap, as root.
#   tools/debian13.sh [--prepare] [FOLDER [ARGUMENTS OF tools/test.sh]]
# FOLDER (default: saccade-debian13 in the temporary folder) keeps the system, its packages and the build for the
# next run. --prepare stops after the packages are installed.
set -euo pipefail
source "$(dirname "$0")/chroot.sh"
chroot_namespace "$0" "$@"

prepare_only=false
if [[ ${1-} == --prepare ]]; then
  prepare_only=true
  shift
fi
root=$(realpath -m "${1:-${TMPDIR:-/tmp}/saccade-debian13}")
cd "$(dirname "$0")/.."
chroot_open trixie "$root"

# The build folder stays for the next run; tar keeps the file times, so that only changed files are recompiled.
source=$root/saccade
mkdir -p "$source"
find "$source" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null |
  tar -c -T - | tar -x -C "$source" --no-same-owner

chroot_run 'cd /saccade && tools/setup.sh --tests'
chroot_run 'dpkg-query -W g++ cmake libtorch-dev libopencv-dev libopenblas0-openmp nlohmann-json3-dev libcxxopts-dev libgtest-dev' >&2
if $prepare_only; then
  exit 0
fi
chroot_run "cd /saccade && tools/test.sh ${*:2}"

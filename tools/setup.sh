#!/bin/bash
# Installs the packages that are missing, on Debian 12, Debian 13 or a recent Ubuntu, as root or through
# sudo. Silent when there is nothing to do.
#   tools/setup.sh            what a build needs
#   tools/setup.sh --tests    what the tests need as well: a browser
#   tools/setup.sh --checks   the formatter and the linter as well
#   tools/setup.sh --fuzz     the compiler of the fuzz targets as well
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/packages.sh

wanted=("${build_packages[@]}")
case "${1-}" in
  "") ;;
  --tests)
    # Ubuntu's browser is a snap behind these names.
    if [[ -e /etc/os-release && $(. /etc/os-release && echo "${ID-}") == ubuntu ]]; then
      test_packages=(chromium-browser chromium-chromedriver python3)
    fi
    wanted+=("${test_packages[@]}" "${codec_test_packages[@]}")
    ;;
  --checks) wanted+=("${check_packages[@]}") ;;
  --fuzz) wanted+=("${fuzz_packages[@]}") ;;
  *)
    echo "usage: tools/setup.sh [--tests | --checks | --fuzz]" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "tools/setup.sh knows Debian and Ubuntu only; install the counterparts of: ${wanted[*]}" >&2
  exit 1
fi

missing=()
installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "${wanted[@]}" 2>/dev/null || true)"
for package in "${wanted[@]}"; do
  [[ $installed == *" installed:$package "* ]] || missing+=("$package")
done

as_root() {
  if [[ $(id -u) == 0 ]]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "Run as root, or install sudo: $*" >&2
    return 1
  fi
}

if ((${#missing[@]})); then
  echo "Installing: ${missing[*]}" >&2
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # A packaging error is shown whole; success is not worth a screen of text.
  if ! { as_root apt-get update -q && as_root apt-get install -q -y --no-install-recommends "${missing[@]}"; } \
      </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    echo "Could not install: ${missing[*]} (see above)." >&2
    exit 1
  fi
fi

# The same program runs 30 times slower on the reference BLAS, and OpenBLAS with threads of its own fights
# LibTorch's OpenMP for the cores.
triplet=$(gcc -print-multiarch)
blas=$(readlink -f "/etc/alternatives/libblas.so.3-$triplet" || true)
if [[ $blas != */openblas-openmp/* ]]; then
  echo "The BLAS in use is ${blas:-unknown}, not OpenBLAS with OpenMP, and Saccade will be slow; choose it with:" \
    "sudo update-alternatives --set libblas.so.3-$triplet /usr/lib/$triplet/openblas-openmp/libblas.so.3" >&2
fi

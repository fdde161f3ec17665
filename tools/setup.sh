#!/bin/bash
# Installs missing packages on Debian 12, Debian 13 or a recent Ubuntu, as root or with sudo. Prints nothing if
# nothing is missing.
#   tools/setup.sh            packages for a build
#   tools/setup.sh --tests    also those for the tests, such as a browser
#   tools/setup.sh --checks   also the formatter and the linter
#   tools/setup.sh --fuzz     also the compiler for the fuzz targets
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/packages.sh

wanted=("${build_packages[@]}")
case "${1-}" in
  "") ;;
  --tests)
    # On Ubuntu, these packages install the browser as a snap.
    if [[ -e /etc/os-release && $(. /etc/os-release && echo "${ID-}") == ubuntu ]]; then
      test_packages=(chromium-browser chromium-chromedriver curl python3 python3-jsonschema libimage-exiftool-perl)
    fi
    # For the clients below. Node.js of another source brings npm along.
    command -v npm >/dev/null || test_packages+=(nodejs npm)
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
  echo "tools/setup.sh supports only Debian and Ubuntu; install the equivalents of: ${wanted[*]}" >&2
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
  # Show the output of apt-get only if it fails.
  if ! { as_root apt-get update -q && as_root apt-get install -q -y --no-install-recommends "${missing[@]}"; } \
      </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    echo "Cannot install: ${missing[*]} (see above)." >&2
    exit 1
  fi
fi

# The clients that the tests of the server use, from npm.
clients=tests/serve/clients
if [[ ${1-} == --tests && $clients/package-lock.json -nt $clients/node_modules/.package-lock.json ]]; then
  npm ci --prefix "$clients" --no-audit --no-fund --loglevel=error >/dev/null
fi

# The reference BLAS makes the program 30 times slower. OpenBLAS with its own threads competes with LibTorch's OpenMP
# for the cores.
triplet=$(gcc -print-multiarch)
blas=$(readlink -f "/etc/alternatives/libblas.so.3-$triplet" || true)
if [[ $blas != */openblas-openmp/* ]]; then
  echo "Saccade will be slow: the BLAS in use is ${blas:-unknown}, not OpenBLAS with OpenMP. Select it with:" \
    "sudo update-alternatives --set libblas.so.3-$triplet /usr/lib/$triplet/openblas-openmp/libblas.so.3" >&2
fi

#!/bin/bash
# Compares the library with recorded outputs of other implementations (see parity.cpp for the files).
#   tools/bench/parity.sh FOLDER      e.g. tools/bench/parity.sh ../shared/data
set -euo pipefail
if (($# != 1)); then
  echo "usage: tools/bench/parity.sh FOLDER" >&2
  exit 2
fi
data=$(realpath "$1")
cd "$(dirname "$0")/../.."
cmake --preset release -DSACCADE_BUILD_BENCHMARKS=ON >/dev/null
tools/build.sh release parity
build/release/bin/parity "$data"
tools/reference/scorer.py "$data/metrics/golden.jsonl"

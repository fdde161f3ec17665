#!/bin/bash
# Sets up, builds and runs every test; the last line says how many passed, failed and were skipped.
#   tools/test.sh [--gtest_filter=FILTER] [ARGUMENTS OF CTEST]
#     tools/test.sh -R search                       the tests of one folder, and those of other instruction sets
#     tools/test.sh --gtest_filter='BeamSearch.*'   test cases by their names, in whatever folder they are
set -euo pipefail
cd "$(dirname "$0")/.."
arguments=()
for argument; do
  case $argument in
    --gtest_filter=*)
      export GTEST_FILTER=${argument#*=}
      # What is no case of GoogleTest's has no such name; and the runs under other instruction sets have a
      # filter of their own.
      arguments+=(-LE 'instruction-sets|not-gtest')
      ;;
    *) arguments+=("$argument") ;;
  esac
done
tools/setup.sh --tests
tools/build.sh release

# Tests run side by side; each with threads of its own they would only wait for one another.
results=$PWD/build/release/test-results
rm -rf "$results"
mkdir -p "$results"
status=0
OMP_NUM_THREADS=1 ctest --test-dir build/release --output-on-failure --parallel "$(nproc)" \
  --output-junit "$results/ctest.junit" "${arguments[@]}" </dev/null || status=$?
if [[ -e $results/ctest.junit ]]; then
  python3 tools/test_counts.py "$results" || status=1
fi
exit "$status"

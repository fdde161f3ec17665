#!/bin/bash
# Installs packages, builds and runs all tests. The last line has the numbers of passed, failed and skipped cases.
#   tools/test.sh [--gtest_filter=FILTER] [ARGUMENTS OF CTEST]
#     tools/test.sh -R search                       the tests of one folder, under all instruction sets
#     tools/test.sh --gtest_filter='BeamSearch.*'   test cases by name, in all folders
set -euo pipefail
cd "$(dirname "$0")/.."
arguments=()
for argument; do
  case $argument in
    --gtest_filter=*)
      export GTEST_FILTER=${argument#*=}
      # Exclude tests that are not GoogleTest, and those of other instruction sets, which set their own filter.
      arguments+=(-LE 'instruction-sets|not-gtest')
      ;;
    *) arguments+=("$argument") ;;
  esac
done
tools/setup.sh --tests
tools/build.sh release

# Tests run in parallel, with one thread each.
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

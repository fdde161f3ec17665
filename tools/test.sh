#!/bin/bash
# Sets up, builds and runs every test; the last line says how many passed and failed.
#   tools/test.sh [ARGUMENTS OF CTEST]      e.g. tools/test.sh -R BeamSearch
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh --tests
tools/build.sh release

# Tests run side by side; each with threads of its own they would only wait for one another.
results=$PWD/build/release/tests.xml
rm -f "$results"
status=0
OMP_NUM_THREADS=1 ctest --test-dir build/release --output-on-failure --parallel "$(nproc)" \
  --output-junit "$results" "$@" </dev/null || status=$?

# The counts in one line, from the runner's own report.
if [[ -e $results ]]; then
  count() { sed -n '/<testsuite/,/>/s/.*'"$1"'="\([0-9]*\)".*/\1/p' "$results" | head -n 1; }
  failed=$(count failures)
  skipped=$(($(count skipped) + $(count disabled)))
  echo "$(($(count tests) - failed - skipped)) passed, $failed failed, $skipped skipped"
fi
exit "$status"

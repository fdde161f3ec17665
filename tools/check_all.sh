#!/bin/bash
# The long checks before a release. They take hours on two cores.
#   tools/check_all.sh [STEP…]      asan, tsan, lto, fuzz; default: all
# Prints a line for each step and fails if a step failed.
set -euo pipefail
cd "$(dirname "$0")/.."

# Builds a preset and runs all its tests, in parallel with one thread each.
sanitized() {
  tools/setup.sh --tests && tools/setup.sh --checks && tools/build.sh "$1" && OMP_NUM_THREADS=1 ctest --preset "$1" --parallel "$(nproc)" </dev/null
}

run_asan() { sanitized asan; }
run_tsan() { sanitized tsan; }
# In this build, violations of the one-definition rule are errors.
run_lto() { tools/build.sh lto; }
run_fuzz() { tools/fuzz.sh "${SACCADE_FUZZ_SECONDS:-3600}"; }

steps=("$@")
((${#steps[@]})) || steps=(asan tsan lto fuzz)
failed=()
for step in "${steps[@]}"; do
  if ! declare -F "run_$step" >/dev/null; then
    echo "tools/check_all.sh: unknown step \"$step\"; expected asan, tsan, lto or fuzz" >&2
    exit 2
  fi
done
for step in "${steps[@]}"; do
  echo "== $step"
  if "run_$step"; then
    echo "== $step: passed"
  else
    echo "== $step: failed"
    failed+=("$step")
  fi
done
if ((${#failed[@]})); then
  echo "Failed: ${failed[*]}" >&2
  exit 1
fi

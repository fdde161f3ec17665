#!/bin/bash
# Configures if needed and builds. Prints nothing if everything is up to date.
#   tools/build.sh [PRESET [TARGET…]]     default: release, all targets
# If CI is set, warnings are errors.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
targets=("${@:2}")
folder=build/$preset

if [[ ! -e $folder/build.ninja || -n ${CI-} ]]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! cmake --preset "$preset" ${CI:+-DSACCADE_WARNINGS_AS_ERRORS=ON} >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
fi

# Compiling a source that includes LibTorch takes up to 1.5 GB of memory.
available=$(awk '/^MemAvailable:/ { print int($2 / 1.5e6) }' /proc/meminfo)
jobs=$(nproc)
jobs=$((available < jobs ? available : jobs))
jobs=$((jobs < 1 ? 1 : jobs))

# Progress goes to stderr; stdout is for results.
if ! ninja -C "$folder" -n "${targets[@]}" | grep -q 'no work to do'; then
  ninja -C "$folder" -j "$jobs" "${targets[@]}" >&2
fi

#!/bin/bash
# Configures when needed and builds; silent when nothing is to be done.
#   tools/build.sh [PRESET [TARGET…]]     release and everything, when nothing is said
# With CI set, warnings are errors.
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

# A source that reads LibTorch's header takes up to 1.5 GB of the compiler's memory.
available=$(awk '/^MemAvailable:/ { print int($2 / 1.5e6) }' /proc/meminfo)
jobs=$(nproc)
jobs=$((available < jobs ? available : jobs))
jobs=$((jobs < 1 ? 1 : jobs))

# Lines go to stderr: what a script prints on stdout is its result.
if ! ninja -C "$folder" -n "${targets[@]}" | grep -q 'no work to do'; then
  ninja -C "$folder" -j "$jobs" "${targets[@]}" >&2
fi

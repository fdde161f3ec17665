#!/bin/bash
# Builds the fuzz targets of tests/fuzz with clang and runs them one after another, for SECONDS in total (default:
# 60).
#   tools/fuzz.sh [SECONDS [TARGET…]]      e.g. tools/fuzz.sh 600 checkpoint
# The corpus stays in build/fuzz/corpus for the next run. Prints the number of inputs per target. The script fails if
# a target fails, and leaves the input in build/fuzz/findings. With CI set, the random seed is always the same.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
tools/setup.sh --fuzz
CI= tools/build.sh fuzz

build=build/fuzz
mkdir -p "$build/findings"
targets=("$@")
if ((${#targets[@]} == 0)); then
  for program in "$build"/bin/fuzz_*; do targets+=("${program##*/fuzz_}"); done
fi
share=$(((seconds + ${#targets[@]} - 1) / ${#targets[@]}))

total=0
failed=()
for target in "${targets[@]}"; do
  program=$build/bin/fuzz_$target
  corpus=$build/corpus/$target
  log=$build/findings/$target.log
  mkdir -p "$corpus"
  "$program" --seeds "$corpus"
  case $target in
    checkpoint | image_header) dictionary=$target ;;
    decode_image) dictionary=image_header ;;
    *) dictionary=json ;;
  esac
  status=0
  nice -n 5 "$program" ${CI:+-seed=1} -max_total_time="$share" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict="tests/fuzz/$dictionary.dict" -artifact_prefix="$build/findings/$target-" \
    "$corpus" >"$log" 2>&1 </dev/null || status=$?
  tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  total=$((total + ${tried:-0}))
  printf '%-14s %10d inputs\n' "$target" "${tried:-0}"
  if ((status)); then
    failed+=("$target")
    tail -n 40 "$log" >&2
  else
    rm -f "$log"
  fi
done
echo "$total inputs in total, findings in ${#failed[@]} of ${#targets[@]} targets"
if ((${#failed[@]})); then
  echo "Findings: ${failed[*]}; the inputs are in $build/findings" >&2
  exit 1
fi

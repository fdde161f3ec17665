#!/bin/bash
# The long checks of `saccade batch`: runs that are killed again and again, and memory and time over many files.
#   tools/check_runs.sh [--files N] [--broken N] [--kills N] [--few N] [--many N] [--timed N]
# Defaults: 20000 files, 1000 of them broken in 25 ways, killed 30 times, must end as an unbroken run; the peak memory of
# 100000 files is at most 1.1 times that of 1000; the time of 10000 files is at most 1.05 times that of 100 runs of 100.
# With 0 for --kills, --many or --timed that check is left out. It takes hours on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
files=20000 broken=1000 kills=30 few=1000 many=100000 timed=10000
while (($#)); do
  case $1 in
    --files | --broken | --kills | --few | --many | --timed)
      [[ ${2-} =~ ^[0-9]+$ ]] || { echo "tools/check_runs.sh: $1 needs a number" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    *)
      echo "usage: tools/check_runs.sh [--files N] [--broken N] [--kills N] [--few N] [--many N] [--timed N]" >&2
      exit 2
      ;;
  esac
done
tools/build.sh release saccade_program
program=build/release/bin/saccade
if ((kills)); then
  python3 tests/crash/crash_test.py $program . --files "$files" --broken "$broken" --kills "$kills"
fi
if ((many)); then
  python3 tests/crash/growth_test.py $program . --few "$few" --many "$many"
fi
if ((timed)); then
  python3 tests/crash/growth_test.py $program . --few $((timed / 100)) --many "$timed" --time 1.05
fi

#!/bin/bash
# Formats every C++ source as .clang-format says; --check only tells which are not.
set -euo pipefail
cd "$(dirname "$0")/.."

# Versions differ in details; Debian 12's is the measure.
version=$(clang-format --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [[ $version != 14 ]]; then
  echo "tools/format.sh: this is clang-format $version and the sources are formatted by 14; nothing done." >&2
  exit 0
fi

mapfile -t sources < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.h')
case "${1-}" in
  "") clang-format -i "${sources[@]}" ;;
  --check)
    if ! clang-format --dry-run --Werror "${sources[@]}"; then
      echo "Not formatted; tools/format.sh mends it." >&2
      exit 1
    fi
    ;;
  *)
    echo "usage: tools/format.sh [--check]" >&2
    exit 2
    ;;
esac

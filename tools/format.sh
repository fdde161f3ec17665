#!/bin/bash
# Formats all C++ sources with clang-format 14; --check only reports unformatted ones.
set -euo pipefail
cd "$(dirname "$0")/.."

# Versions format differently; the project uses version 14, as in Debian 12.
version=$(clang-format --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [[ $version != 14 ]]; then
  echo "tools/format.sh: expected clang-format 14, found $version; nothing done." >&2
  exit 0
fi

mapfile -t sources < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.h')
case "${1-}" in
  "") clang-format -i "${sources[@]}" ;;
  --check)
    if ! clang-format --dry-run --Werror "${sources[@]}"; then
      echo "Not formatted; run tools/format.sh." >&2
      exit 1
    fi
    ;;
  *)
    echo "usage: tools/format.sh [--check]" >&2
    exit 2
    ;;
esac

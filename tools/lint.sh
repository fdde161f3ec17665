#!/bin/bash
# Runs clang-tidy with the checks of .clang-tidy.
#   tools/lint.sh           the sources that do not read LibTorch's headers: seconds each
#   tools/lint.sh --all     all of them: half a minute each
#   tools/lint.sh FILE…     these
set -euo pipefail
cd "$(dirname "$0")/.."
commands=build/release/compile_commands.json
# The release build compiles the others several at a time; in the development build each has its own command.
if (($#)); then
  commands=build/dev/compile_commands.json
  [[ -e $commands ]] || cmake --preset dev >&2
fi
if [[ ! -e $commands ]]; then
  echo "tools/lint.sh reads $commands; run tools/build.sh first." >&2
  exit 1
fi

# Sources that reach LibTorch through any chain of the project's own headers.
heavy() {
  git ls-files --cached --others --exclude-standard '*.h' '*.cpp' | xargs -d '\n' grep -H '^#include' |
    awk '
      { split($0, part, ":#include "); file = part[1]; header = part[2] }
      header ~ /^<(torch|ATen|c10)\// { reaches[file] = 1 }
      header ~ /^"/ { gsub(/"/, "", header); ++edges; from[edges] = file; to[edges] = header }
      END {
        for (grown = 1; grown;) {
          grown = 0
          for (e = 1; e <= edges; ++e) {
            if (from[e] in reaches) continue
            for (file in reaches) {
              at = length(file) - length(to[e])
              if (file == to[e] || (at > 0 && substr(file, at) == "/" to[e])) { reaches[from[e]] = grown = 1; break }
            }
          }
        }
        for (file in reaches) print file
      }'
}

if [[ ${1-} == --all ]]; then
  mapfile -t sources < <(git ls-files '*.cpp')
elif (($#)); then
  sources=("$@")
else
  mapfile -t sources < <(comm -23 <(git ls-files '*.cpp' | sort) <(heavy | sort))
fi

# The precompiled header is GCC's; clang reads what the sources themselves include.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -E 's/-Winvalid-pch//; s/-include [^ ]*cmake_pch.hxx//' "$commands" >"$folder/compile_commands.json"
if ! printf '%s\0' "${sources[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$folder" --quiet 2>/dev/null; then
  echo "clang-tidy found what is said above." >&2
  exit 1
fi

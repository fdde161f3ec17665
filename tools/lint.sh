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

if [[ ${1-} == --all ]]; then
  mapfile -t sources < <(git ls-files '*.cpp')
elif (($#)); then
  sources=("$@")
else
  mapfile -t sources < build/release/torch_free_sources.txt
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

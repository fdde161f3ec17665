#!/bin/bash
# Runs clang-tidy with the checks of .clang-tidy.
#   tools/lint.sh           the sources that do not include LibTorch: a few seconds each
#   tools/lint.sh --all     all sources: half a minute each
#   tools/lint.sh FILE…     the given sources
set -euo pipefail
cd "$(dirname "$0")/.."
commands=build/release/compile_commands.json
# The release build compiles several sources at once; the dev build has a command for each source.
if (($#)); then
  commands=build/dev/compile_commands.json
  [[ -e $commands ]] || cmake --preset dev >&2
fi
if [[ ! -e $commands ]]; then
  echo "tools/lint.sh: $commands not found; run tools/build.sh first." >&2
  exit 1
fi

if [[ ${1-} == --all ]]; then
  mapfile -t sources < <(git ls-files '*.cpp')
elif (($#)); then
  sources=("$@")
else
  mapfile -t sources < build/release/torch_free_sources.txt
fi

# Clang cannot read GCC's precompiled header; without it, clang reads the includes of the sources.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -E 's/-Winvalid-pch//; s/-include [^ ]*cmake_pch.hxx//' "$commands" >"$folder/compile_commands.json"
if ! printf '%s\0' "${sources[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$folder" --quiet 2>/dev/null; then
  echo "clang-tidy found the problems above." >&2
  exit 1
fi

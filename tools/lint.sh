#!/bin/bash
# Runs clang-tidy with the checks of .clang-tidy.
#   tools/lint.sh           the sources that do not include LibTorch: a few seconds each
#   tools/lint.sh --all     all sources: half a minute each
#   tools/lint.sh FILE…     the given sources
set -euo pipefail
cd "$(dirname "$0")/.."
# The development preset has a command for each source; the others compile several at once.
commands=build/dev/compile_commands.json
cmake --preset dev >/dev/null

if [[ ${1-} == --all ]]; then
  mapfile -t sources < <(git ls-files '*.cpp')
elif (($#)); then
  sources=("$@")
else
  mapfile -t sources < build/dev/torch_free_sources.txt
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

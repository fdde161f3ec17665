#!/bin/bash
# Installs packages, builds, captions the images in assets/ with the default model, and draws where it looked
# in each of them.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
tools/build.sh release saccade_program
saccade=build/release/bin/saccade

shopt -s nullglob nocaseglob
photographs=(assets/*.{jpg,jpeg,png,webp,tif,tiff,bmp})
if ((${#photographs[@]} == 0)); then
  echo "tools/demo.sh: no images in assets/" >&2
  exit 1
fi
"$saccade" caption "${photographs[@]}"
"$saccade" heatmap "${photographs[@]}" --output out --format html,png --quiet --overwrite
echo "Where the model looked, word by word: out/index.html" >&2

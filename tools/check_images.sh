#!/bin/bash
# Checks the image decoder with local copies of public image suites.
#   tools/check_images.sh                 lists the suites and where to get them
#   tools/check_images.sh FOLDER…         decodes all files below the folders
# The second form checks that no file crashes the decoder and that a second run, with different bytes in fresh
# memory, gives the same pixels. With Pillow (package python3-pil) it also compares the pixels with decoders of other
# origin, and prints a table of the folders; see tools/compare_images.py.
#   tools/check_images.sh --captions FOLDER [COUNT]
# Converts COUNT (default: 100) images of FOLDER to JPEG, PNG, WebP, TIFF, HEIC, AVIF and JPEG XL with vips (package
# libvips-tools), captions each, and prints how many captions are equal to those of the PNG; the goal is 95 %.
#   tools/check_images.sh --reduced FOLDER [COUNT]
# Enlarges COUNT images of FOLDER to a long side of 600 to 4000 pixels, with grain, as JPEG, and prints how many
# captions of `batch`, which decodes them no larger than needed, are equal to those of `heatmap`, which decodes them
# in full; the goal is 97 %.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

# Writes COUNT paths of images, evenly spread over FOLDER.
images_of() {
  find "$1" -maxdepth 1 -type f \( -name '*.jpg' -o -name '*.webp' -o -name '*.png' \) | sort |
    awk -v n="$2" '{all[NR] = $0} END {for (i = 0; i < n && i < NR; ++i) print all[int(i * NR / (NR < n ? NR : n)) + 1]}'
}

# Writes the caption or the error of each record.
captions_of() {
  sed -E 's/.*"(caption|error)": ?"([^"]*)".*/\2/' "$1"
}

# Prints how many lines of two files are equal, as NAME.
print_equal() {
  paste "$1" "$2" | awk -F'\t' -v name="$3" -v with="$4" \
    '{same += $1 == $2} END {printf "%-8s %d of %d captions equal to %s (%.1f %%)\n", name, same, NR, with, 100 * same / NR}'
}

# Captions a folder into a file.
caption_folder() {
  build/release/bin/saccade batch "$1" --output "$2" --allow-errors 2>"$2.log" || { cat "$2.log" >&2; exit 1; }
}

compare_formats() {
  local suffix kind i file
  for suffix in 'png' 'jpg[Q=95]' 'webp[Q=95]' 'tif' 'heic[Q=90]' 'avif[Q=90,effort=2]' 'jxl[Q=95]'; do
    kind=${suffix%%[*}
    mkdir "$work/$kind"
    i=0
    while read -r file; do
      vips copy "$file" "$work/$kind/$(printf %05d "$i").$suffix"
      i=$((i + 1))
    done <"$work/list"
    caption_folder "$work/$kind" "$work/$kind.jsonl"
    captions_of "$work/$kind.jsonl" >"$work/$kind.txt"
    print_equal "$work/png.txt" "$work/$kind.txt" "$kind" "those of PNG"
  done
}

compare_reduced() {
  local sides=(600 1000 1500 2000 2500 3000 3500 4000) i=0 file width height side scale
  mkdir "$work/large"
  while read -r file; do
    width=$(vipsheader -f width "$file") height=$(vipsheader -f height "$file")
    side=${sides[i % ${#sides[@]}]}
    scale=$(awk -v a="$width" -v b="$height" -v side="$side" 'BEGIN {print side / (a > b ? a : b)}')
    vips resize "$file" "$work/resized.v" "$scale"
    vips sharpen "$work/resized.v" "$work/sharp.v"
    width=$(vipsheader -f width "$work/sharp.v") height=$(vipsheader -f height "$work/sharp.v")
    vips gaussnoise "$work/grain.v" "$width" "$height" --mean 0 --sigma 4 --seed "$i"
    vips add "$work/sharp.v" "$work/grain.v" "$work/grainy.v"
    vips cast "$work/grainy.v" "$work/large/$(printf %05d "$i").jpg[Q=90]" uchar
    i=$((i + 1))
  done <"$work/list"
  caption_folder "$work/large" "$work/reduced.jsonl"
  build/release/bin/saccade heatmap "$work/large" --output "$work/full" --format jpeg --quiet >/dev/null
  captions_of "$work/reduced.jsonl" >"$work/reduced.txt"
  captions_of "$work/full/captions.jsonl" >"$work/full.txt"
  print_equal "$work/full.txt" "$work/reduced.txt" reduced "those of full decoding"
}

if [[ ${1-} == --captions || ${1-} == --reduced ]] && (($# >= 2)); then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  tools/build.sh release saccade_program >&2
  images_of "$2" "${3:-100}" >"$work/list"
  if [[ $1 == --reduced ]]; then
    compare_reduced
  else
    compare_formats
  fi
  exit
fi
if (($# == 0)); then
  cat <<'END'
Suites, to be downloaded by hand. Debian's source packages (apt-get source PACKAGE) have some of them:
  PngSuite             http://www.schaik.com/pngsuite/; package libpng1.6, contrib/pngsuite
  exif-samples         https://github.com/ianare/exif-samples; similar: package exiv2, test/data
  libvips              https://github.com/libvips/libvips, test/test-suite/images; package vips
  image-rs             https://github.com/image-rs/image, tests/images
  Pillow               https://github.com/python-pillow/Pillow, Tests/images; package pillow
  bmpsuite             https://entropymine.com/jason/bmpsuite/
  libtiff's pictures   https://libtiff.gitlab.io/libtiff/images.html
END
  exit
fi

cmake --preset release -DSACCADE_BUILD_BENCHMARKS=ON >/dev/null
cmake --build build/release --target decode_images >&2
decode=build/release/bin/decode_images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find "$@" -type f -not -path '*/.git/*' -print0 | sort -z >"$work/files"
failed=0
MALLOC_PERTURB_=90 xargs -0 -r -n 200 "$decode" <"$work/files" >"$work/first" || failed=1
MALLOC_PERTURB_=165 xargs -0 -r -n 200 "$decode" <"$work/files" >"$work/second" || failed=1
((failed)) && echo "The decoder ended before the last file; its last line was: $(tail -n 1 "$work/first")"
if ! cmp -s "$work/first" "$work/second"; then
  echo "Differences between two runs:"
  diff "$work/first" "$work/second" || true
  failed=1
fi
awk -F'\t' '$2 == "error" {print "not read: " $3}' "$work/first"
awk -F'\t' '{if ($2 == "error") ++bad; else ++good} END {printf "%d read, %d not read\n", good, bad}' "$work/first"
if ! /usr/bin/python3 -c 'import PIL.ImageCms' 2>/dev/null; then
  echo "Pixels were not compared with other decoders, which needs python3-pil."
elif ((!failed)); then
  tools/compare_images.py "$decode" "$@"
fi
exit "$failed"

#!/bin/bash
# Checks the image decoder with local copies of public image suites.
#   tools/check_images.sh                 lists the suites and where to get them
#   tools/check_images.sh FOLDER…         decodes all files below the folders
# The second form checks that no file crashes the decoder and that a second run, with different bytes in fresh
# memory, gives the same pixels. It lists the files whose pixels differ from OpenCV's by more than 3 of 255. Not
# every difference is an error: OpenCV does not convert colour profiles, ignores alpha, and misreads some kinds of
# TIFF, BMP, PNM and JPEG 2000.
#   tools/check_images.sh --captions FOLDER [COUNT]
# Converts COUNT (default: 100) images of FOLDER to JPEG, PNG, WebP, TIFF, HEIC, AVIF and JPEG XL with vips (package
# libvips-tools), captions each, and prints how many captions are equal to those of the PNG; the goal is 95 %.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

compare_captions() {
  local folder=$1 count=${2:-100} work
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  tools/build.sh release saccade_program >&2
  find "$folder" -maxdepth 1 -type f \( -name '*.jpg' -o -name '*.webp' -o -name '*.png' \) | sort |
    awk -v n="$count" '{all[NR] = $0} END {for (i = 0; i < n && i < NR; ++i) print all[int(i * NR / (NR < n ? NR : n)) + 1]}' \
      >"$work/list"
  local suffix kind
  for suffix in 'png' 'jpg[Q=95]' 'webp[Q=95]' 'tif' 'heic[Q=90]' 'avif[Q=90,effort=2]' 'jxl[Q=95]'; do
    kind=${suffix%%[*}
    mkdir "$work/$kind"
    local i=0 file
    while read -r file; do
      vips copy "$file" "$work/$kind/$(printf %05d "$i").$suffix"
      i=$((i + 1))
    done <"$work/list"
    build/release/bin/saccade batch "$work/$kind" --output "$work/$kind.jsonl" --allow-errors 2>"$work/$kind.log" ||
      { cat "$work/$kind.log" >&2; exit 1; }
    sed -E 's/.*"(caption|error)": ?"([^"]*)".*/\2/' "$work/$kind.jsonl" >"$work/$kind.txt"
    paste "$work/png.txt" "$work/$kind.txt" | awk -F'\t' -v kind="$kind" \
      '{same += $1 == $2} END {printf "%-5s %d of %d captions equal to the PNG (%.1f %%)\n", kind, same, NR, 100 * same / NR}'
  done
}

if [[ ${1-} == --captions && $# -ge 2 ]]; then
  compare_captions "$2" "${3-}"
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
MALLOC_PERTURB_=90 xargs -0 -r -n 200 "$decode" --reference <"$work/files" >"$work/first" || failed=1
MALLOC_PERTURB_=165 xargs -0 -r -n 200 "$decode" --reference <"$work/files" >"$work/second" || failed=1
((failed)) && echo "The decoder ended before the last file; its last line was: $(tail -n 1 "$work/first")"
if ! cmp -s "$work/first" "$work/second"; then
  echo "Differences between two runs:"
  diff "$work/first" "$work/second" || true
  failed=1
fi
awk -F'\t' '$2 != "error" && $4 > 3 {print "differs by " $4 " of 255 from OpenCV: " $1}' "$work/first"
awk -F'\t' '$2 == "error" {print "not read: " $3}' "$work/first"
awk -F"\t" '{if ($2 == "error") ++bad; else ++good} END {printf "%d read, %d not read\n", good, bad}' "$work/first"
exit "$failed"

#!/bin/bash
# What attention is worth: the same recipe for a decoder that sees the image once, its mean at every step,
# attends softly, and attends hard, over the same frozen encoder. Prints the dev scores of each.
#   tools/bench/ablation.sh DATA OUTPUT [SEEDS]      e.g. tools/bench/ablation.sh flickr8k runs/ablation 3
# A run that was stopped goes on where it was; one that is done is only scored.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
saccade=${SACCADE:-$root/build/release/bin/saccade}
data=$1 output=$2 seeds=${3:-1}
mkdir -p "$output"

decoder() {
  case $1 in
    once) echo '{"context": "once"}' ;;
    mean) echo '{"context": "mean"}' ;;
    soft) echo '{}' ;;
    hard) echo '{"kind": "hard"}' ;;
  esac
}

for seed in $(seq "$seeds"); do
  for variant in once mean soft hard; do
    run=$output/$variant-$seed
    decoder $variant >"$output/$variant.json"
    if [[ ! -e $run/done ]]; then
      resume=()
      [[ -e $run/checkpoint ]] && resume=(--resume)
      "$saccade" train --data "$data" --encoder "$root/models/default" --decoder "$output/$variant.json" \
        --config "$root/models/ablation.train.json" --set "seed=$seed" \
        --feature-cache "$output/features" --output "$run" "${resume[@]}" >&2
      touch "$run/done"
    fi
    echo "== $variant, seed $seed"
    "$saccade" evaluate --model "$run/best" --data "$data" --split dev --beam 3
  done
done

#!/bin/bash
# Measures the effect of attention: trains decoders that see the image once, see its mean at every step, use soft
# attention, and use hard attention, with the same settings and frozen encoder (of models/flickr8k-hard). Also
# measures the effect of the grid: soft attention over pretrained weights with 7×7 cells and, dilated, with 14×14.
# Prints the dev scores of each.
#   tools/bench/ablation.sh DATA OUTPUT [SEEDS] [PRETRAINED]
#                                     e.g. tools/bench/ablation.sh flickr8k runs/ablation 3 mobilenet_v2.safetensors
# Without PRETRAINED, the two grids are skipped. An interrupted run is resumed; a finished run is only scored.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
saccade=${SACCADE:-$root/build/release/bin/saccade}
data=$1 output=$2 seeds=${3:-1} pretrained=${4:-}
variants=(once mean soft hard)
[[ -n $pretrained ]] && variants+=(7x7 14x14)
mkdir -p "$output"

decoder() {
  case $1 in
    once) echo '{"context": "once"}' ;;
    mean) echo '{"context": "mean"}' ;;
    hard) echo '{"kind": "hard"}' ;;
    *) echo '{}' ;;
  esac
}

# Options, one per line.
encoder() {
  case $1 in
    7x7) printf '%s\n' --encoder "$pretrained" ;;
    14x14) printf '%s\n' --encoder "$pretrained" --dilated ;;
    *) printf '%s\n' --encoder "$root/models/flickr8k-hard" ;;
  esac
}

for seed in $(seq "$seeds"); do
  for variant in "${variants[@]}"; do
    run=$output/$variant-$seed
    decoder "$variant" >"$output/$variant.json"
    mapfile -t options < <(encoder "$variant")
    if [[ ! -e $run/done ]]; then
      resume=()
      [[ -e $run/checkpoint ]] && resume=(--resume)
      "$saccade" train --data "$data" "${options[@]}" --decoder "$output/$variant.json" \
        --config "$root/models/ablation.train.json" --set "seed=$seed" \
        --feature-cache "$output/features" --output "$run" "${resume[@]}" >&2
      touch "$run/done"
    fi
    echo "== $variant, seed $seed"
    "$saccade" evaluate --model "$run/best" --data "$data" --split dev --beam 3
  done
done

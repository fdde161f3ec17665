#!/usr/bin/env python3
"""Captions images with a bundle, one image at a time.

    /usr/bin/python3 tools/reference/caption.py --model models/default photo.jpg

A plain second implementation in PyTorch, to check the program. Debian packages: python3-torch,
python3-pil.
"""

import argparse
import json
import sys

import torch

from bundle import Bundle
from decoder import Decoder
from encoder import encode
from image import load_image, prepare
from search import beam_search


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", nargs="+")
    parser.add_argument("--model", required=True, help="bundle folder")
    parser.add_argument("--beam", type=int)
    parser.add_argument("--length-penalty", type=float)
    parser.add_argument("--max-length", type=int)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)

    bundle = Bundle(arguments.model)
    config = bundle.config
    defaults = config.get("decoding", {})
    beam = arguments.beam or defaults.get("beam", 3)
    penalty = arguments.length_penalty
    if penalty is None:
        penalty = defaults.get("length_penalty", 0.0)
    longest = arguments.max_length or defaults.get("max_length", 30)
    glimpse = "argmax" if config["decoder"]["kind"] == "hard" else "expected"
    decoder = Decoder(config["decoder"], bundle.weights)
    with torch.no_grad():
        for path in arguments.images:
            pixels = prepare(load_image(path), config["input"])
            features, _ = encode(config["encoder"], bundle.encoder_weights, pixels)
            found = beam_search(decoder, features, beam, penalty, max_length=longest, glimpse=glimpse)
            caption = " ".join(bundle.words[i] for i in found["ids"])
            if arguments.json:
                print(json.dumps({"image": path, "caption": caption,
                                  "log_prob": found["log_prob"]}, ensure_ascii=False))
            elif len(arguments.images) > 1:
                print(f"{path}\t{caption}")
            else:
                print(caption)
            sys.stdout.flush()


if __name__ == "__main__":
    main()

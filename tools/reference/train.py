#!/usr/bin/env python3
"""Continues the training of a bundle with a plain loop over the words, in float32.

    /usr/bin/python3 tools/reference/train.py --model models/default --data captions.jsonl --steps 20

The baseline for the speed of `saccade train` (tools/bench/training.py). Each step encodes every image once. Its
captions are rows that leave the batch when they end, and each word is one step of the decoder with PyTorch's
operations and autograd. Prints the number of training words, the seconds of the loop and the last loss as JSON.
Debian packages: python3-torch, python3-pil.

Shapes: N captions, L cells, D features, A attention, V vocabulary.
"""

import argparse
import concurrent.futures
import json
import re
import time

import torch
import torch.nn.functional as F

from bundle import Bundle
from decoder import Decoder
from encoder import annotations
from image import load_image, prepare

START, END, UNKNOWN = 1, 2, 3  # ids in every vocab.json


class BatchDecoder(Decoder):
    """The decoder for many captions at once: row n of each tensor belongs to caption n."""

    def start(self, features, image_of):
        """features: images×L×D; image_of: N indices, the image of each caption."""
        a = features
        if self.config["projection"] > 0:
            a = torch.relu(self.affine("projection", a, self.width))
        keys = self.affine("attention.annotation", a, self.A)
        mean = a.mean(1)
        h = torch.tanh(self.affine("initial_hidden", mean, self.H))
        c = torch.tanh(self.affine("initial_cell", mean, self.H))
        return {"a": a[image_of], "keys": keys[image_of]}, h[image_of], c[image_of]

    def step(self, image, h, c, word):
        """One step. Returns logits N×V, α N×L, h, c."""
        y = self.embedding[word]
        query = self.affine("attention.hidden", h, self.A, bias=False)
        tanh = torch.tanh(image["keys"] + query[:, None])
        alpha = torch.softmax(self.affine("attention.score", tanh, 1, bias=False)[..., 0], 1)
        gate = torch.sigmoid(self.affine("gate", h, 1))
        z = gate * (alpha[..., None] * image["a"]).sum(1)
        gates = (self.affine("lstm.input", y, 4 * self.H)
                 + self.affine("lstm.hidden", h, 4 * self.H, bias=False)
                 + self.affine("lstm.context", z, 4 * self.H, bias=False))
        i, f, g, o = gates.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        u = y + self.affine("output_hidden", h, self.E) + self.affine("output_context", z, self.E, bias=False)
        if self.config["output_tanh"]:
            u = torch.tanh(u)
        table = self.embedding if self.config["tied"] else self.weight("output.weight", self.V, self.E)
        return u @ table.T + self.weight("output_bias", self.V), alpha, h, c


def losses(decoder, features, captions, image_of, coverage):
    """Returns the cross entropy per word plus the doubly stochastic term with target T/L, and the number of words."""
    order = sorted(range(len(captions)), key=lambda n: -len(captions[n]))
    captions = [captions[n] for n in order]
    image, h, c = decoder.start(features, torch.tensor([image_of[n] for n in order]))
    lengths = torch.tensor([len(ids) for ids in captions])
    attended = torch.zeros(len(captions), features.shape[1])
    cross_entropy = 0.0
    for t in range(len(captions[0])):
        rows = int((lengths > t).sum())  # number of captions that have not ended
        image = {name: tensor[:rows] for name, tensor in image.items()}
        words = torch.tensor([ids[t - 1] if t > 0 else START for ids in captions[:rows]])
        targets = torch.tensor([ids[t] for ids in captions[:rows]])
        logits, alpha, h, c = decoder.step(image, h[:rows], c[:rows], words)
        cross_entropy = cross_entropy + F.cross_entropy(logits, targets, reduction="sum")
        attended = attended + F.pad(alpha, (0, 0, 0, len(captions) - rows))
    total = int(lengths.sum())
    T = lengths[:, None].float()
    penalty = (((T / features.shape[1] - attended) ** 2).sum(1, keepdim=True) / T).mean()
    return cross_entropy / total + coverage * penalty, total


def read_examples(path):
    """(image path, captions) of the train split of a JSONL file with absolute paths."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [(line["image"], line["captions"]) for line in lines if line["split"] == "train"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="bundle folder")
    parser.add_argument("--data", required=True, help="JSONL of image, captions, split")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch-images", type=int, default=32)
    parser.add_argument("--captions", type=int, default=5, help="captions per image")
    parser.add_argument("--fine-tune", action="store_true", help="also train the encoder")
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)

    bundle = Bundle(arguments.model)
    decoder_config = bundle.config["decoder"]
    if decoder_config["context"] != "attention" or decoder_config["score"] != "additive" \
            or decoder_config["gate"] != "scalar":
        parser.error("expected a decoder with additive attention and a scalar gate")
    learned = [tensor.requires_grad_(name.startswith("decoder.") or arguments.fine_tune)
               for name, tensor in bundle.tensors.items()]
    optimizer = torch.optim.AdamW([tensor for tensor in learned if tensor.requires_grad], lr=1e-4)
    decoder = BatchDecoder(decoder_config, bundle.weights)
    ids = {word: i for i, word in enumerate(bundle.words)}
    examples = read_examples(arguments.data)

    def read(step):
        begin = step * arguments.batch_images
        chosen = [examples[i % len(examples)] for i in range(begin, begin + arguments.batch_images)]
        pixels = torch.cat([prepare(load_image(path), bundle.config["input"]) for path, _ in chosen])
        captions, image_of = [], []
        for image, (_, texts) in enumerate(chosen):
            for text in texts[:arguments.captions]:
                words = re.findall(r"[a-z0-9'-]+", text.lower())
                captions.append([ids.get(word, UNKNOWN) for word in words] + [END])
                image_of.append(image)
        return pixels, captions, image_of

    words, begin = 0, time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(read, 0)
        for step in range(arguments.steps):
            pixels, captions, image_of = ahead.result()
            ahead = pool.submit(read, step + 1)
            with torch.set_grad_enabled(arguments.fine_tune):
                features = annotations(bundle.config["encoder"], bundle.encoder_weights, pixels)
                features = features.flatten(2).transpose(1, 2)
            loss, count = losses(decoder, features, captions, image_of, coverage=0.1)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([tensor for tensor in learned if tensor.requires_grad], 5)
            optimizer.step()
            words += count
    print(json.dumps({"words": words, "seconds": time.perf_counter() - begin, "loss": loss.item()}))


if __name__ == "__main__":
    main()

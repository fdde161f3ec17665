#!/usr/bin/env python3
"""Makes tests/fixtures/parity and tests/fixtures/metrics, the reference results for the C++ tests.

    /usr/bin/python3 tools/reference/make_fixtures.py             all fixtures
    /usr/bin/python3 tools/reference/make_fixtures.py default     only those of models/default

parity/:
encoders.safetensors    features of every architecture, weights by formula
decoders.json           decoder variants with their captions, weights by formula
decoders.safetensors    their logits, maps and gates under teacher forcing
bundle/, photo.png      a tiny complete model and an image
photo.json              the caption of photo.png
default.json            features, α and caption of models/default for an image of assets/

metrics/:
scores.json             BLEU, ROUGE-L and CIDEr-D of the captions in sentences.json
"""

import hashlib
import json
import os
import sys

import PIL.Image
import torch

from bundle import Bundle, write_safetensors
from decoder import Decoder
from encoder import encode
from formula import formula_tensor, formula_weights
from image import load_image, prepare
from scorer import score
from search import beam_search

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
FOLDER = os.path.join(ROOT, "tests/fixtures/parity")
METRICS = os.path.join(ROOT, "tests/fixtures/metrics")
PHOTOGRAPH = "assets/astronaut.jpg"  # of default.json
ARCHITECTURES = ["mobilenet_v2", "efficientnet_lite0", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn",
                 "resnet18", "resnet34", "resnet50", "resnet101"]

BASE = {"vocabulary": 23, "features": 10, "projection": 8, "embedding": 7, "hidden": 9,
        "attention": 6, "score": "additive", "gate": "scalar", "context": "attention",
        "kind": "soft", "tied": False, "output_tanh": False}
# The numbers after the dots are seeds, chosen so that captions end and do not repeat one word.
VARIANTS = {
    "soft.182": {"tied": True},
    "hard.13": {"kind": "hard"},
    "general.19": {"score": "general", "gate": "per_feature"},
    "dot.86": {"score": "dot", "projection": 9, "gate": "none"},
    "mean.2": {"context": "mean"},
    "once.5": {"context": "once"},
    "plain.11": {"projection": 0, "output_tanh": True},
    "hard_dot.11": {"score": "dot", "projection": 0, "hidden": 10, "kind": "hard",
                    "gate": "per_feature"},
}
SEED = "38."  # seed of the bundle, chosen in the same way
WORDS = [1, 5, 9, 22, 4, 5]  # input word of each step
GRID = (2, 3)


def write_json(name, value):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def encoder_config(architecture, folded, layer="", dilated=False):
    return {"architecture": architecture, "layer": layer, "dilated": dilated, "folded": folded,
            "activation": "relu"}


def make_encoders():
    pixels = formula_tensor("pixels", (1, 3, 64, 64))
    tensors = {}
    for architecture in ARCHITECTURES:
        for folded in (False, True):
            values, _ = encode(encoder_config(architecture, folded), formula_weights, pixels)
            name = architecture + (".folded" if folded else ".normed")
            tensors[name] = values[:, ::16].clone()
    # "Same" padding depends on whether a side is even at each stride; these sizes cover all cases.
    pixels = formula_tensor("pixels", (1, 3, 75, 52))
    for dilated in (False, True):
        config = encoder_config("efficientnet_lite0", True, dilated=dilated)
        values, _ = encode(config, formula_weights, pixels)
        name = "efficientnet_lite0.75x52" + (".dilated" if dilated else "")
        tensors[name] = values[:, ::16].clone()
    write_safetensors(os.path.join(FOLDER, "encoders.safetensors"), tensors)


def make_decoders():
    tensors, description = {}, {"words": WORDS, "grid": GRID, "variants": []}
    for name, changes in VARIANTS.items():
        config = {**BASE, **changes}
        decoder = Decoder(config, lambda key, shape: formula_weights(f"{name}.{key}", shape))
        glimpse = "argmax" if config["kind"] == "hard" else "expected"
        features = formula_tensor(name + ".features", (GRID[0] * GRID[1], config["features"]))
        image, h, c = decoder.start(features)
        logits, alphas, gates = [], [], []
        for word in WORDS:
            step_logits, alpha, gate, h, c = decoder.step(image, h, c, word, glimpse)
            logits.append(step_logits)
            alphas.append(alpha)
            gates.append(gate)
        tensors[name + ".logits"] = torch.stack(logits)
        tensors[name + ".alphas"] = torch.stack(alphas)
        tensors[name + ".gates"] = torch.tensor(gates)
        captions = []
        for beam, penalty in ((1, 0.0), (3, 0.0), (3, 0.7), (5, 1.0)):
            found = beam_search(decoder, features, beam, penalty, max_length=12, glimpse=glimpse)
            captions.append({"beam": beam, "length_penalty": penalty, "ids": found["ids"],
                             "log_prob": found["log_prob"], "score": found["score"],
                             "finished": found["finished"]})
            tensors[f"{name}.caption_alphas.{len(captions) - 1}"] = torch.stack(found["alphas"])
        description["variants"].append({"name": name, "decoder": config, "captions": captions})
    write_safetensors(os.path.join(FOLDER, "decoders.safetensors"), tensors)
    write_json("decoders.json", description)


def make_bundle():
    """The first layers of MobileNetV2 and a small decoder, with weights by formula."""
    folder = os.path.join(FOLDER, "bundle")
    os.makedirs(folder, exist_ok=True)
    decoder = {**BASE, "vocabulary": 23, "features": 24, "projection": 16, "embedding": 12,
               "hidden": 16, "attention": 8}
    tensors = {}

    def record(name, shape):
        tensors[name] = formula_weights(SEED + name, shape)
        return tensors[name]

    encoder = encoder_config("mobilenet_v2", True, "features.2")
    features, _ = encode(encoder, lambda name, shape: record("encoder." + name, shape),
                         torch.zeros(1, 3, 32, 32))
    words = Decoder(decoder, record)
    image, h, c = words.start(features)
    words.step(image, h, c, 1, "expected")

    write_safetensors(os.path.join(folder, "weights.safetensors"), tensors)
    names = ["<pad>", "<start>", "<end>", "<unk>"] + [f"word{i}" for i in range(4, 23)]
    write_json("bundle/vocab.json",
               {"special": {"pad": 0, "start": 1, "end": 2, "unknown": 3}, "words": names})
    with open(os.path.join(folder, "MODEL_CARD.md"), "w", encoding="utf-8") as file:
        file.write("A tiny model for tests, its weights by formula. Made by "
                   "tools/reference/make_fixtures.py.\n")
    hashes = {}
    for name in ("vocab.json", "weights.safetensors"):
        with open(os.path.join(folder, name), "rb") as file:
            hashes[name] = hashlib.sha256(file.read()).hexdigest()
    write_json("bundle/config.json", {
        "format": "saccade-bundle", "version": 1,
        "input": {"size": 32, "fit": "center_crop", "mean": [0.485, 0.456, 0.406],
                  "std": [0.229, 0.224, 0.225]},
        "encoder": encoder, "decoder": decoder, "tokenizer": "ptb",
        "decoding": {"beam": 3, "length_penalty": 0.7},
        "provenance": {"made by": "tools/reference/make_fixtures.py"}, "sha256": hashes})


def make_photo():
    path = os.path.join(FOLDER, "photo.png")
    picture = PIL.Image.new("RGB", (60, 45))
    picture.putdata([(4 * x, 5 * y, (x * y) % 256) for y in range(45) for x in range(60)])
    picture.save(path)

    bundle = Bundle(os.path.join(FOLDER, "bundle"))
    pixels = prepare(load_image(path), bundle.config["input"])
    features, grid = encode(bundle.config["encoder"], bundle.encoder_weights, pixels)
    decoder = Decoder(bundle.config["decoder"], bundle.weights)
    found = beam_search(decoder, features, 3, 0.7)
    write_json("photo.json", {
        "grid": grid, "features_mean": float(features.mean()), "features_std": float(features.std()),
        "ids": found["ids"], "caption": " ".join(bundle.words[i] for i in found["ids"]),
        "log_prob": found["log_prob"], "first_map": found["alphas"][0].tolist()})


def rounded(tensor):
    """The values with six significant digits, more than two implementations agree on."""
    return [float(f"{value:.6g}") for value in tensor.flatten().tolist()]


def make_default():
    """The default model on a photograph. Of the features, every 20th channel of every 27th cell."""
    bundle = Bundle(os.path.join(ROOT, "models/default"))
    config = bundle.config
    pixels = prepare(load_image(os.path.join(ROOT, PHOTOGRAPH)), config["input"])
    features, grid = encode(config["encoder"], bundle.encoder_weights, pixels)
    decoder = Decoder(config["decoder"], bundle.weights)
    decoding = {"beam": 3, "length_penalty": 0.0, "max_length": 30, **config["decoding"]}
    glimpse = "argmax" if config["decoder"]["kind"] == "hard" else "expected"

    def caption(of):
        return beam_search(decoder, of, decoding["beam"], decoding["length_penalty"],
                           max_length=decoding["max_length"], glimpse=glimpse)

    found = caption(features)
    for seed in range(5):  # the words that the test compares must not depend on the last digits
        noise = torch.randn(features.shape, generator=torch.Generator().manual_seed(seed))
        if caption(features * (1 + 1e-3 * noise))["ids"] != found["ids"]:
            sys.exit(f"make_fixtures.py: two captions of {PHOTOGRAPH} have nearly the same score; "
                     "choose another image of assets/")
    write_json("default.json", {
        "photograph": PHOTOGRAPH, "weights": config["sha256"]["weights.safetensors"], "grid": grid,
        "features_mean": float(features.mean()), "features_std": float(features.std()),
        "features_step": [27, 20], "features": rounded(features[::27, ::20]), "decoding": decoding,
        "caption": " ".join(bundle.words[i] for i in found["ids"]), "log_prob": found["log_prob"],
        "log_p": found["log_p"], "gates": found["gates"],
        "alphas": [rounded(alpha) for alpha in found["alphas"]]})


def make_metrics():
    with open(os.path.join(METRICS, "sentences.json"), encoding="utf-8") as file:
        corpora = json.load(file)
    scores = {name: score([{"hyp": hypothesis, "refs": references}
                           for hypothesis, *references in captions])
              for name, captions in corpora.items()}
    with open(os.path.join(METRICS, "scores.json"), "w", encoding="utf-8") as file:
        json.dump(scores, file, indent=1)
        file.write("\n")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    with torch.no_grad():
        if sys.argv[1:] not in ([], ["default"]):
            sys.exit("usage: make_fixtures.py [default]")
        make_default()
        if sys.argv[1:] == ["default"]:
            return
        make_encoders()
        make_decoders()
        make_bundle()
        make_photo()
        make_metrics()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Compares the speed of `saccade train` with a plain loop over the words in PyTorch.

    tools/bench/training.py --data flickr8k [--steps N] [--model FOLDER] [--fine-tune]

Both continue training the same model on the same images and captions, without dropout and with the same number
of threads: the program with and without bfloat16, the reference (tools/reference/train.py, needs python3-torch
and python3-pil) in float32. With a frozen encoder, the program is also measured with cached features, as in every
epoch but the first. A run of N steps and a run of N/4 steps are timed as whole processes; startup, loading and
validation are in both and cancel out. The data is a folder in Flickr8k format. Prints tokens (words and end
tokens) per second, the ratios, and the peak memory.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

from speed import PROGRAM, ROOT, machine, run


def write_data(folder, images, path):
    """Writes the first `images` training images with five captions each as JSONL; the first is also the dev split."""
    captions = {}
    for line in (folder / "Flickr8k.token.txt").read_text(encoding="utf-8").splitlines():
        key, caption = line.split("\t", 1)
        captions.setdefault(key.rsplit("#", 1)[0], []).append(caption)
    names = (folder / "Flickr_8k.trainImages.txt").read_text(encoding="utf-8").split()
    if len(names) < images:
        sys.exit(f"{folder} has {len(names)} training images, expected at least {images}; lower --steps")
    place = next((folder / name for name in ("images", "Flicker8k_Dataset") if (folder / name).is_dir()), folder)
    with open(path, "w", encoding="utf-8") as out:
        for split, chosen in (("train", names[:images]), ("dev", names[:1])):
            for name in chosen:
                out.write(json.dumps({"image": str((place / name).absolute()), "captions": captions[name],
                                      "split": split}) + "\n")


class Bench:
    def __init__(self, arguments, scratch):
        self.arguments = arguments
        self.scratch = scratch
        self.runs = 0

    def data(self, steps):
        path = self.scratch / f"{steps}.jsonl"
        if not path.exists():
            write_data(pathlib.Path(self.arguments.data), steps * self.arguments.batch_images, path)
        return path

    def saccade(self, steps, bf16, cache=None):
        """Runs `steps` steps. Returns words, seconds and peak memory in MB."""
        self.runs += 1
        output = self.scratch / f"run-{self.runs}"
        settings = {"epochs": 1, "batch_images": self.arguments.batch_images, "captions_per_image": 5,
                    "dropout": 0, "coverage_weight": 0.1, "encoder_from": 0 if self.arguments.fine_tune else 1,
                    "bf16": str(bf16).lower()}
        command = [PROGRAM, "train", "--data", self.data(steps), "--start", self.arguments.model, "--output",
                   output, "--threads", self.arguments.threads]
        if cache:
            command += ["--feature-cache", cache]
        for name, value in settings.items():
            command += ["--set", f"{name}={value}"]
        seconds, memory = run(command, self.environment())
        lines = [json.loads(line) for line in (output / "train.jsonl").read_text().splitlines()]
        return sum(line.get("words", 0) for line in lines), seconds, memory

    def cached(self, steps):
        """Runs with all features cached, as in every epoch but the first."""
        self.saccade(steps, bf16=True, cache=self.scratch / "features")
        return self.saccade(steps, bf16=True, cache=self.scratch / "features")

    def reference(self, steps):
        command = ["/usr/bin/python3", ROOT / "tools/reference/train.py", "--model", self.arguments.model,
                   "--data", self.data(steps), "--steps", steps, "--batch-images", self.arguments.batch_images,
                   "--threads", self.arguments.threads]
        if self.arguments.fine_tune:
            command.append("--fine-tune")
        result = self.scratch / "reference.json"
        # The script prints the number of words; the whole process is timed, as for the program.
        shell = " ".join(f"'{part}'" for part in command) + f" > '{result}'"
        seconds, memory = run(["/bin/sh", "-c", "exec " + shell], self.environment())
        return json.loads(result.read_text())["words"], seconds, memory

    def environment(self):
        return {**os.environ, "OMP_NUM_THREADS": str(self.arguments.threads)}

    def rate(self, measure):
        """Tokens per second without startup, and peak memory in MB."""
        few_words, few_seconds, _ = measure(max(1, self.arguments.steps // 4))
        words, seconds, memory = measure(self.arguments.steps)
        return (words - few_words) / max(seconds - few_seconds, 1e-9), memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder in Flickr8k format")
    parser.add_argument("--model", default=ROOT / "models/default", help="bundle folder")
    parser.add_argument("--steps", type=int, default=40, help="steps of the longer run")
    parser.add_argument("--batch-images", type=int, default=32, help="images per step, with five captions each")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--fine-tune", action="store_true", help="also train the encoder")
    arguments = parser.parse_args()
    if arguments.steps < 2:
        parser.error("--steps: expected at least 2")
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} not found; run tools/build.sh")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments, pathlib.Path(folder))
        half, half_memory = bench.rate(lambda steps: bench.saccade(steps, bf16=True))
        full, full_memory = bench.rate(lambda steps: bench.saccade(steps, bf16=False))
        plain, plain_memory = bench.rate(bench.reference)
        cached, cached_memory = (0, 0) if arguments.fine_tune else bench.rate(bench.cached)
    print(f"Measured on: {machine()}; {arguments.threads} threads, {arguments.steps} steps of "
          f"{arguments.batch_images} images with five captions, encoder "
          f"{'trained' if arguments.fine_tune else 'frozen'}\n")
    print("| what | tokens/s | ratio | peak memory |\n| --- | --- | --- | --- |")
    print(f"| `saccade train`, bf16 | {half:.0f} | {half / plain:.1f} (aim: at least 6) | {half_memory:.0f} MB |")
    print(f"| `saccade train`, fp32 | {full:.0f} | {full / plain:.1f} (aim: at least 3) | {full_memory:.0f} MB |")
    if cached:
        print(f"| `saccade train`, bf16, from a feature cache | {cached:.0f} | {cached / plain:.1f} "
              f"| {cached_memory:.0f} MB |")
    print(f"| plain loop in PyTorch, fp32 | {plain:.0f} | 1 | {plain_memory:.0f} MB |")


if __name__ == "__main__":
    main()

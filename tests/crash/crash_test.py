"""Kills `saccade batch` again and again, and compares what it has written in the end with an unbroken run.

    crash_test.py PROGRAM SOURCE [--files N] [--broken N] [--kills N] [--seed N] [--model MODEL] [--beam N] [--keep DIR]

PROGRAM is the program saccade of a build, SOURCE the folder of the source. The test makes N files, of which some are
broken in 25 ways, and ends the run with SIGKILL at random moments. After the last run, every good file must have one
caption, every broken one one reason, and the output must equal that of an unbroken run byte for byte. Then the shards
of a run are killed and merged in the same way. The defaults are the short form that ctest runs; the long form is
--files 20000 --broken 1000 --kills 30.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib


def png(random_, width, height):
    """A PNG of two random colors in stripes."""
    colors = [bytes(random_.randrange(256) for _ in range(3)) for _ in range(2)]
    period = random_.randrange(1, width)
    rows = b"".join(
        b"\0" + b"".join(colors[(x + y) // period % 2] for x in range(width)) for y in range(height))

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def broken_kinds(good_png, good_jpeg):
    """25 files that are not whole images, by name."""
    half = len(good_jpeg) // 2
    return {
        "empty.jpg": b"",
        "byte.png": b"\x89",
        "text.jpg": b"this is not an image\n" * 20,
        "page.jpeg": b"<!DOCTYPE html><html><body>404</body></html>",
        "document.jpg": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(200),
        "archive.png": b"PK\x03\x04" + bytes(300),
        "compressed.png": b"\x1f\x8b\x08" + bytes(100),
        "movie.jpg": b"\0\0\0\x18ftypmp42" + bytes(400),
        "program.jpg": b"\x7fELF\x02\x01\x01" + bytes(300),
        "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "noise.jpg": random.Random(1).randbytes(5000),
        "zeros.png": bytes(5000),
        "signature.png": good_png[:8],
        "header.png": good_png[:33],
        "cut.png": good_png[:len(good_png) - 30],
        "no-width.png": good_png[:16] + bytes(4) + good_png[20:],
        "start.jpg": good_jpeg[:2],
        "headers.jpg": good_jpeg[:300],
        "half.jpg": good_jpeg[:half],
        "ends.jpg": b"\xff\xd8\xff\xd9",
        "header.gif": b"GIF89a\x10\0\x10\0\x80\0\0",
        "header.bmp": b"BM" + struct.pack("<IHHI", 1000, 0, 0, 54),
        "header.tif": b"II*\0\x08\0\0\0",
        "header.webp": b"RIFF\x10\0\0\0WEBPVP8 ",
        "few.ppm": b"P6\n100 100\n255\nabc",
    }


def make_files(folder, assets, files, broken, seed):
    """Writes the files. Returns the paths of the broken ones."""
    random_ = random.Random(seed)
    jpeg = (assets / "cat.jpg").read_bytes()
    kinds = broken_kinds(png(random_, 64, 48), jpeg)
    names = random_.sample(range(files), broken)
    bad = {number: name for number, name in zip(names, sorted(kinds) * (broken // len(kinds) + 1))}
    paths = set()
    for number in range(files):
        place = folder / f"{number % 10}"
        place.mkdir(parents=True, exist_ok=True)
        if number in bad:
            path = place / f"{number:06}-{bad[number]}"
            path.write_bytes(kinds[bad[number]])
            paths.add(str(path))
        elif number % 50 == 7:
            # JPEG allows a comment after the start marker, so every copy is another file.
            comment = f"{number}".encode()
            (place / f"{number:06}.jpg").write_bytes(
                jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:])
        else:
            (place / f"{number:06}.png").write_bytes(png(random_, random_.randrange(2, 120), random_.randrange(2, 90)))
    return paths


def lines_of(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


class Runs:
    def __init__(self, options, folder):
        self.command = [options.program, "batch", folder, "--model", options.model, "--beam", str(options.beam),
                        "--batch-size", "4"]
        self.random = random.Random(options.seed + 1)

    def run(self, output, *more):
        done = subprocess.run([*self.command, "--output", output, *more], capture_output=True, text=True)
        if done.returncode not in (0, 3):
            sys.exit(f"exit code {done.returncode}: {done.stderr}")

    def kill_at(self, output, lines, *more):
        """Starts the run and kills it once the output has this many lines more."""
        aim = lines_of(output) + lines
        running = subprocess.Popen([*self.command, "--output", output, *more], stderr=subprocess.DEVNULL)
        while running.poll() is None and lines_of(output) < aim:
            time.sleep(0.01)
        time.sleep(self.random.random() * 0.05)
        running.send_signal(signal.SIGKILL)
        running.wait()

    def broken_run(self, output, kills, files, *more):
        for kill in range(kills):
            # Some kills come while the model is loading.
            lines = 0 if kill % 5 == 4 else self.random.randrange(1, 2 * files // max(kills, 1) + 2)
            self.kill_at(output, lines, *more)
        self.run(output, *more)


def check(output, bad, files):
    seen = set()
    for line in output.read_text().splitlines():
        record = json.loads(line)
        path = record["image"]
        if path in seen:
            sys.exit(f"{path} has two lines")
        seen.add(path)
        if ("error" in record) != (path in bad):
            sys.exit(f"{path}: {line}")
    if len(seen) != files:
        sys.exit(f"{len(seen)} of {files} files have a line")


def compare(one, two):
    if one.read_bytes() != two.read_bytes():
        for a, b in zip(one.read_text().splitlines(), two.read_text().splitlines()):
            if a != b:
                sys.exit(f"{one} and {two} differ:\n{a}\n{b}")
        sys.exit(f"{one} and {two} differ in length")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=80)
    parser.add_argument("--broken", type=int, default=25)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default=None)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the files, which are kept")
    options = parser.parse_args()
    options.model = options.model or options.source / "models/default"
    with tempfile.TemporaryDirectory(prefix="saccade-crash-") as scratch:
        work = options.keep or pathlib.Path(scratch)
        photographs = work / "photographs"
        bad = make_files(photographs, options.source / "assets", options.files, options.broken, options.seed)
        runs = Runs(options, photographs)
        unbroken, broken, merged = work / "unbroken.jsonl", work / "broken.jsonl", work / "merged.jsonl"
        runs.run(unbroken)
        check(unbroken, bad, options.files)
        runs.broken_run(broken, options.kills, options.files)
        check(broken, bad, options.files)
        compare(unbroken, broken)
        print(f"{options.files} files, {options.broken} of them broken: equal after {options.kills} kills")

        parts = [work / f"part{i}.jsonl" for i in range(options.shards)]
        for i, part in enumerate(parts):
            runs.broken_run(part, 1, options.files // options.shards, "--shard", f"{i}/{options.shards}")
        subprocess.run([options.program, "merge", *parts, "--output", merged], check=True, stderr=subprocess.DEVNULL)
        compare(unbroken, merged)
        print(f"equal after merging {options.shards} shards that were killed once each")


if __name__ == "__main__":
    main()

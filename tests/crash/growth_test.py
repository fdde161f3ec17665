"""Compares the peak memory and the time of `saccade batch` over few and over many files.

    growth_test.py PROGRAM SOURCE [--few N] [--many N] [--memory X] [--time X] [--model MODEL] [--beam N] [--keep DIR]

PROGRAM is the program saccade of a build, SOURCE the folder of the source. The files are links to a few small images.
The peak memory of many files may be --memory times that of few. With --time, so may the CPU time per file, without
that for starting: few files are then measured five times, and the fastest counts. The defaults are the short form that
ctest runs, which measures no time; the long form is --few 1000 --many 100000, and --few 100 --many 10000 --time 1.05.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from crash_test import png


def make_links(folder, files):
    """Files that are links to 100 images."""
    random_ = random.Random(1)
    originals = []
    for number in range(min(files, 100)):
        path = folder / "originals" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(random_, 40, 30))
        originals.append(path)
    for number in range(files):
        place = folder / "photographs" / f"{number // 1000:04}"
        place.mkdir(parents=True, exist_ok=True)
        os.link(originals[number % len(originals)], place / f"{number:07}.png")
    return folder / "photographs"


def measure(command):
    """Runs the command. Returns its CPU time and elapsed time in seconds, and its peak memory in MiB."""
    start = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"exit code {process.returncode}: {message}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--memory", type=float, default=1.1)
    parser.add_argument("--time", type=float)
    parser.add_argument("--model", default=None)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the files, which are kept")
    options = parser.parse_args()
    model = options.model or options.source / "models/default"
    with tempfile.TemporaryDirectory(prefix="saccade-growth-") as scratch:
        work = options.keep or pathlib.Path(scratch)

        def run(files, times=1):
            folder = work / f"{files}"
            photographs = make_links(folder, files)
            output = folder / "captions.jsonl"
            runs = [measure([options.program, "batch", photographs, "--output", output, "--overwrite", "--quiet", "--model",
                             model, "--beam", str(options.beam)]) for _ in range(times)]
            lines = output.read_bytes().count(b"\n")
            if lines != files:
                sys.exit(f"{lines} lines for {files} files")
            return [min(each) for each in zip(*runs)]

        times = 5 if options.time else 1
        few, many = run(options.few, times), run(options.many)
        growth = many[2] / few[2]
        print(f"peak memory: {few[2]:.0f} MiB for {options.few} files, {many[2]:.0f} MiB for {options.many}: {growth:.3f} times")
        if growth > options.memory:
            sys.exit(f"memory grew by more than {options.memory} times")
        if options.time:
            start = run(1, times)
            shares = [(b - s) / options.many / ((a - s) / options.few) for a, b, s in list(zip(few, many, start))[:2]]
            print(f"time per file, start-up excluded: {1000 * (few[0] - start[0]) / options.few:.1f} ms of CPU for {options.few} "
                  f"files, {1000 * (many[0] - start[0]) / options.many:.1f} ms for {options.many}: {shares[0]:.3f} times "
                  f"({shares[1]:.3f} times of elapsed time)")
            if shares[0] > options.time:
                sys.exit(f"time per file grew by more than {options.time} times")


if __name__ == "__main__":
    main()

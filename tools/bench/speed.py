#!/usr/bin/python3
"""Measures the program's speed and memory, and prints a table and the machine.

    tools/bench/speed.py [--images FOLDER] [--model FOLDER] [--repeat N]

Compares batch with the reference implementation, which captions one image at a time (tools/reference, needs
python3-torch), and the whole process for one image with a program that only loads the same libraries. Without
--images, the images of assets/ are repeated.
"""

import argparse
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/bin/saccade"
EMPTY = ROOT / "build/release/bin/saccade_empty"
EXTENSIONS = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}


def run(command, env=None):
    """Runs a command. Returns seconds and peak resident memory in MB."""
    begin = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env=env)
    messages = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{messages.decode()}")
    return seconds, usage.ru_maxrss / 1024


def photographs(folder, count):
    """The first `count` images of the folder, repeated if there are fewer."""
    found = sorted(path for path in pathlib.Path(folder).rglob("*") if path.suffix.lower() in EXTENSIONS)
    if not found:
        sys.exit(f"no images in {folder}")
    return [found[i % len(found)] for i in range(count)]


def batch(arguments, count, scratch):
    """Captions `count` images with the program. Returns seconds and peak memory in MB."""
    listed = scratch / f"list-{count}.txt"
    listed.write_text("".join(f"{path}\n" for path in photographs(arguments.images, count)))
    return run([PROGRAM, "batch", listed, "--output", scratch / "out.jsonl", "--overwrite", "--model", arguments.model,
                "--beam", "3"])


def reference(arguments, count, threads):
    """Captions `count` images with the reference implementation. Returns seconds."""
    return run(["/usr/bin/python3", ROOT / "tools/reference/caption.py", "--model", arguments.model, "--beam",
                "3", "--threads", threads, *photographs(arguments.images, count)])[0]


def rate(measure, many, few):
    """Images per second without startup: the startup time is in both runs and cancels out."""
    slow, fast = measure(many), measure(few)
    return (many - few) / max(slow - fast, 1e-9)


def measure_throughput(arguments, scratch, rows):
    ours = rate(lambda count: batch(arguments, count, scratch)[0], 400, 16)
    rows.append(("`batch`, beam 3", f"{ours:.1f} images/s"))
    best = 0
    for threads in sorted({1, len(os.sched_getaffinity(0))}):
        peer = rate(lambda count: reference(arguments, count, threads), 60, 4)
        rows.append((f"reference implementation, one image at a time, beam 3, threads: {threads}",
                     f"{peer:.1f} images/s"))
        best = max(best, peer)
    rows.append(("ratio to the faster of these (aim: at least 4)", f"{ours / best:.1f}"))


def measure_start(arguments, rows):
    subprocess.run(["cmake", "-S", ROOT, "-B", ROOT / "build/release", "-DSACCADE_BUILD_BENCHMARKS=ON"],
                   check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    subprocess.run([ROOT / "tools/build.sh", "release", "saccade_empty"], check=True)
    photograph = photographs(arguments.images, 1)[0]
    whole, empty = [], []
    for _ in range(arguments.repeat):  # alternate, so that other load affects both
        whole.append(run([PROGRAM, "caption", photograph, "--model", arguments.model, "--beam", "3"])[0])
        empty.append(run([EMPTY])[0])
    ours, nothing = statistics.median(whole), statistics.median(empty)
    rows.append((f"one image, whole process, median of {arguments.repeat}", f"{ours:.3f} s"))
    rows.append(("a program that only loads the same libraries", f"{nothing:.3f} s"))
    rows.append(("aim: at most twice that and 0.15 s", f"{2 * nothing + 0.15:.3f} s"))


def measure_memory(arguments, scratch, rows):
    for count in (200, 2000):
        rows.append((f"`batch`, peak memory over {count} images (aim: under 700 MB)",
                     f"{batch(arguments, count, scratch)[1]:.0f} MB"))


def machine():
    name = platform.processor() or platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{name}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, {platform.platform()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", default=ROOT / "assets", help="folder of images")
    parser.add_argument("--model", default=ROOT / "models/default", help="bundle folder")
    parser.add_argument("--repeat", type=int, default=11, help="number of runs with one image")
    arguments = parser.parse_args()
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} not found; run tools/build.sh")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        measure_throughput(arguments, scratch, rows)
        measure_start(arguments, rows)
        measure_memory(arguments, scratch, rows)
    print(f"Measured on: {machine()}\n")
    print("| what | measured |\n| --- | --- |")
    for what, measured in rows:
        print(f"| {what} | {measured} |")


if __name__ == "__main__":
    main()

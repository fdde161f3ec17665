"""Measures `saccade serve` under load with wrk (Debian package wrk), beside `saccade batch` and `saccade caption`.

    serve.py PROGRAM IMAGE [--seconds 60] [--clients 1 8 64] [--requests N] [--model MODEL]

Prints a row of a table per number of clients: images/s, the median and the 99th percentile of the time of a request,
answers with 503, other errors, and the memory of the server; then the images/s of `batch`, and the time of an image in
`caption`, both without loading. The image is one whose decoding is part of the measurement: all sides decode it each time.
--requests goes on with the last number of clients until so many requests were sent in all, to see that memory stays flat.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tests/serve"))
from server import Server  # noqa: E402

SCRIPT = """
local file = io.open("%s", "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
"""


def answered(server, status):
    return server.metric(f'saccade_requests_total{{path="/v1/caption",status="{status}"}}')


def seconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[unit]


def load(server, script, clients, duration):
    command = ["wrk", "--latency", "-t1", f"-c{clients}", f"-d{duration}s", "--timeout", "30s", "-s", script,
               f"http://127.0.0.1:{server.port}/v1/caption"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    times = {name: seconds(value) for name, value in re.findall(r"^\s+(50|99)%\s+(\S+)\s*$", said, re.MULTILINE)}
    return int(re.search(r"(\d+) requests in", said)[1]), times


def elapsed(*command):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def batch_rate(program, image, model, seconds_):
    """The images/s of `batch`, from the difference of two runs."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "images"
        folder.mkdir()

        def run(images):
            for number in range(len(list(folder.iterdir())), images):
                shutil.copy(image, folder / f"{number:06}{image.suffix}")
            return elapsed(program, "batch", folder, "--output", pathlib.Path(scratch) / "captions.jsonl", "--overwrite", *model)

        few = 64
        short = run(few)
        many = few + max(256, int(seconds_ * few / short))
        return (many - few) / (run(many) - short)


def caption_time(program, image, model, images=100):
    """The seconds of one image in `caption`, from the difference of two runs."""
    return (elapsed(program, "caption", *[image] * (images + 1), *model) - elapsed(program, "caption", image, *model)) / images


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("image", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--requests", type=int, default=0)
    parser.add_argument("--model")
    options = parser.parse_args()
    model = ["--model", options.model] if options.model else []
    server = Server(options.program, *model)
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(SCRIPT % options.image.resolve())
            script.flush()
            print("| clients | images/s | p50 (ms) | p99 (ms) | 503 | other errors | memory (MB) |")
            print("| --- | --- | --- | --- | --- | --- | --- |")
            sent = 0
            for clients in options.clients:
                while True:
                    done, busy = answered(server, 200), answered(server, 503)
                    asked, times = load(server, script.name, clients, options.seconds)
                    done, busy = answered(server, 200) - done, answered(server, 503) - busy
                    sent += asked
                    print(f"| {clients} | {done / options.seconds:.1f} | {1000 * times['50']:.0f} | {1000 * times['99']:.0f} | "
                          f"{busy:.0f} | {max(0, asked - done - busy):.0f} | {server.memory():.0f} |", flush=True)
                    if clients != options.clients[-1] or sent >= options.requests:
                        break
    finally:
        code, _, said = server.end()
        if code:
            sys.exit(f"the server ended with {code}: {said}")
    print(f"\nbatch: {batch_rate(options.program, options.image, model, options.seconds):.1f} images/s; "
          f"caption: {1000 * caption_time(options.program, options.image, model):.0f} ms per image")


if __name__ == "__main__":
    main()

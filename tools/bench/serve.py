"""Measures `saccade serve` under load with wrk (Debian package wrk).

    serve.py PROGRAM IMAGE [--seconds 60] [--clients 1 8 64] [--requests N]

Prints a row of a table per number of clients: images/s, the median and the 99th percentile of the time of a request,
errors other than 503, and the memory of the server. --requests sends at least so many requests in all, to see that
memory stays flat.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tests/serve"))
from server import Server  # noqa: E402

SCRIPT = """
local file = io.open("%s", "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
"""


def memory(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def answered(server, status):
    return server.metric(f'saccade_requests_total{{path="/v1/caption",status="{status}"}}')


def seconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[unit]


def load(server, script, clients, duration):
    command = ["wrk", "--latency", "-t1", f"-c{clients}", f"-d{duration}s", "--timeout", "30s", "-s", script,
               f"http://127.0.0.1:{server.port}/v1/caption"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    times = {name: seconds(value) for name, value in re.findall(r"^\s+(50|99)%\s+(\S+)$", said, re.MULTILINE)}
    return int(re.search(r"(\d+) requests in", said)[1]), times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("image", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--requests", type=int, default=0)
    options = parser.parse_args()
    server = Server(options.program)
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
                          f"{busy:.0f} | {max(0, asked - done - busy):.0f} | {memory(server.process):.0f} |", flush=True)
                    if clients != options.clients[-1] or sent >= options.requests:
                        break
    finally:
        code, _, said = server.end()
        if code:
            sys.exit(f"the server ended with {code}: {said}")


if __name__ == "__main__":
    main()

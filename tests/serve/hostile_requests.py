"""Sends hostile requests to `saccade serve`: damaged heads, bodies, forms, JSON and images.

    hostile_requests.py PROGRAM SOURCE [--requests N] [--images DIR] [--clients N] [--seed N]

Every request is one of a few valid ones with bytes replaced, removed or inserted, cut off, or with wrong lengths; with
--images also the files of DIR, as they are and damaged. The server must answer each with an error of the client (4xx), with
a caption where the image can still be read, or by closing the connection, and must caption as before at the end. Prints how
often each status came, and the memory of the server at the start and at the end.
"""

import argparse
import base64
import collections
import concurrent.futures
import json
import pathlib
import random
import re
import sys

from server import Server

HEAD = b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
FORM = b"multipart/form-data; boundary=limit"
PATHS = [b"/v1/caption?beam=2", b"/v1/score?caption=a+dog", b"/v1/chat/completions", b"/v1/caption"]


def form(image):
    return (b'--limit\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n' + image +
            b'\r\n--limit\r\nContent-Disposition: form-data; name="beam"\r\n\r\n2\r\n--limit--\r\n')


def chat(image):
    url = "data:image/jpeg;base64," + base64.b64encode(image).decode()
    return json.dumps({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}).encode()


def chunked(path, kind, body):
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head % (path, kind) + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


def damage(request, chance):
    """Replaces, removes or inserts up to five stretches of bytes, more often near the start."""
    request = bytearray(request)
    for _ in range(chance.randrange(1, 6)):
        end = min(len(request), 300) if chance.random() < 0.5 else len(request)
        at = chance.randrange(max(1, end))
        if chance.random() < 0.5:
            request[at:at + 1] = bytes([chance.randrange(256)])
        else:
            request[at:at + chance.randrange(10)] = bytes(chance.randrange(256) for _ in range(chance.randrange(10)))
    return bytes(request)


def hostile_request(chance, images):
    image = chance.choice(images)
    kind, body = chance.choice([(b"image/jpeg", image), (b"application/json", json.dumps(
        {"image": base64.b64encode(image).decode()}).encode()), (FORM, form(image)), (b"application/json", chat(image))])
    path = chance.choice(PATHS)
    way = chance.choice(["body", "body", "chunks", "length", "cut", "all"])
    if way == "body":
        body = damage(body, chance)
    elif way == "chunks":
        return damage(chunked(path, kind, body), chance)
    length = len(body) + (chance.choice([-100, -1, 1, 1 << 40]) if way == "length" else 0)
    request = HEAD % (path, kind, max(0, length)) + body
    return request[:chance.randrange(len(request))] if way == "cut" else damage(request, chance) if way == "all" else request


def attack(server, requests, images, seed=1, clients=16, patience=0.5):
    """Sends the requests; after `patience` seconds without an answer the client ends its side.

    Returns how often each status was answered; 0 stands for a closed connection.
    """

    def send(number):
        request = hostile_request(random.Random(f"{seed} {number}"), images)
        answer = server.send(request, end=patience)
        status = re.match(rb"HTTP/1\.1 (\d\d\d) ", answer)
        if answer and not status or status and not (status[1].startswith(b"4") or status[1] in (b"200", b"503")):
            raise AssertionError(f"request {number}: {request[:500]!r} was answered {answer[:300]!r}")
        return int(status[1]) if status else 0

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        return collections.Counter(pool.map(send, range(requests)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--requests", type=int, default=10000)
    parser.add_argument("--images", type=pathlib.Path)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    lake = (options.source / "assets/lake.jpg").read_bytes()
    folders = [options.source / "tests/fixtures/images", *filter(None, [options.images])]
    images = [lake[:3000]] + [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*"))
                              if path.is_file() and path.stat().st_size < 1 << 20]
    server = Server(options.program)
    try:
        caption = server.json("POST", "/v1/caption", lake)["caption"]
        counts, before = collections.Counter(), server.memory()
        for part in range(0, options.requests, 1000):
            counts += attack(server, min(1000, options.requests - part), images, options.seed + part, options.clients, patience=2)
            print(f"{part + 1000} requests: {server.memory():.0f} MB", file=sys.stderr, flush=True)
        if server.json("POST", "/v1/caption", lake)["caption"] != caption:
            sys.exit("the caption changed")
        print(", ".join(f"{status or 'closed'}: {number}" for status, number in sorted(counts.items())))
        print(f"memory: {before:.0f} MB before, {server.memory():.0f} MB after")
    finally:
        code, _, said = server.end()
    if code:
        sys.exit(f"the server ended with {code}: {said}")


if __name__ == "__main__":
    main()

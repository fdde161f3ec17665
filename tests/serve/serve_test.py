"""Tests `saccade serve` over real connections.

Usage: serve_test.py PROGRAM SOURCE
"""

import base64
import concurrent.futures
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

from jsonschema import Draft202012Validator

from hostile_requests import attack
from server import Server

PROGRAM, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
ASSETS = sorted((SOURCE / "assets").glob("*.jpg"))
LAKE = (SOURCE / "assets/lake.jpg").read_bytes()
TOKEN = "a-token-for-the-tests"


def printed(*arguments):
    """The objects that `saccade caption --json` prints."""
    made = subprocess.run([PROGRAM, "caption", "--json", *map(str, arguments)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in made.stdout.splitlines()]


def form(parts):
    """The type and the bytes of a form of (name, file name or None, content)."""
    body = b""
    for name, file, content in parts:
        place = f'form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
        body += f"--limit\r\nContent-Disposition: {place}\r\n\r\n".encode() + content + b"\r\n"
    return {"Content-Type": "multipart/form-data; boundary=limit"}, body + b"--limit--\r\n"


class ServerCase(unittest.TestCase):
    arguments, token = (), None

    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM, *cls.arguments, token=cls.token)
        cls.addClassCleanup(cls.server.kill)

    def assertError(self, expected, code, *request):
        status, headers, body = self.server.ask(*request)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (expected, code), body)
        self.assertEqual(headers["Content-Type"], "application/json")


class Captions(ServerCase):
    def caption(self, body, path="/v1/caption", headers=None):
        return self.server.json("POST", path, body, headers)

    def test_are_those_of_the_command_however_the_image_is_sent(self):
        expected = printed(SOURCE / "assets/lake.jpg")[0]
        expected["image"] = "lake.jpg"
        self.assertEqual(self.caption(LAKE, "/v1/caption?name=lake.jpg"), expected)
        headers, body = form([("image", "lake.jpg", LAKE)])
        self.assertEqual(self.caption(body, headers=headers), expected)
        text = base64.b64encode(LAKE).decode()
        for image in (text, "data:image/jpeg;base64," + text):
            body = json.dumps({"image": image, "name": "lake.jpg"})
            self.assertEqual(self.caption(body, headers={"Content-Type": "application/json"}), expected)

    def test_follow_the_options(self):
        expected = printed("--beam", 5, "--n-best", 3, "--max-length", 6, SOURCE / "assets/lake.jpg")[0]
        expected["image"] = "image"
        self.assertEqual(self.caption(LAKE, "/v1/caption?beam=5&n_best=3&max_length=6"), expected)
        headers, body = form([("beam", None, b"5"), ("image", None, LAKE), ("n_best", None, b"3"), ("max_length", None, b"6")])
        self.assertEqual(self.caption(body, headers=headers), expected)
        self.assertError(400, "bad_parameter", "POST", "/v1/caption?min_confidence=0.5", LAKE)  # without a calibration

    def test_are_the_same_in_shared_batches(self):
        expected = {path.name: one for path, one in zip(ASSETS, printed(*ASSETS))}
        before = self.server.metric("saccade_batch_images_count"), self.server.metric("saccade_images_total")

        def ask(number):
            path = ASSETS[number % len(ASSETS)]
            beam = "&beam=2" if number % 5 == 0 else ""
            return path.name, beam, self.caption(path.read_bytes(), f"/v1/caption?name={path.name}{beam}")

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for name, beam, answer in pool.map(ask, range(64)):
                if not beam:
                    self.assertEqual(answer["caption"], expected[name]["caption"])
        batches = self.server.metric("saccade_batch_images_count") - before[0]
        self.assertEqual(self.server.metric("saccade_images_total") - before[1], 64)
        self.assertLess(batches, 64)

    def test_of_damaged_images_are_refused(self):
        for damaged in (b"not an image", LAKE[:2000], LAKE[:100], b"GIF89a" + bytes(50), b"%PDF-1.4\n%", bytes(3000)):
            self.assertError(422, "bad_image", "POST", "/v1/caption", damaged)
        for path in sorted((SOURCE / "tests/fixtures/images").glob("*.*")):
            status, _, body = self.server.ask("POST", "/v1/caption", path.read_bytes())
            self.assertIn(status, (200, 422), path.name)

    def test_of_damaged_requests_are_refused(self):
        self.assertError(400, "no_image", "POST", "/v1/caption", b"")
        self.assertError(400, "bad_parameter", "POST", "/v1/caption?beam=0", LAKE)
        self.assertError(400, "bad_parameter", "POST", "/v1/caption?bean=3", LAKE)
        self.assertError(400, "bad_target", "POST", "/v1/caption?%zz", LAKE)
        self.assertError(400, "bad_json", "POST", "/v1/caption", b"{", {"Content-Type": "application/json"})
        self.assertError(400, "bad_image", "POST", "/v1/caption", json.dumps({"image": "/etc/passwd"}),
                         {"Content-Type": "application/json"})
        self.assertError(400, "bad_body", "POST", "/v1/caption", LAKE, {"Content-Type": "multipart/form-data"})
        self.assertError(404, "not_found", "GET", "/v1/nothing")
        self.assertError(404, "not_found", "GET", "/../../etc/passwd")
        self.assertError(405, "bad_method", "GET", "/v1/caption")
        self.assertError(405, "bad_method", "DELETE", "/v1/model")

    def test_survive_hostile_requests(self):
        images = [LAKE[:3000], *(path.read_bytes() for path in sorted((SOURCE / "tests/fixtures/images").glob("*.*")))]
        counts = attack(self.server, 300, images)
        self.assertGreater(sum(counts[status] for status in (400, 422)), 100, counts)
        self.assertEqual(self.caption(LAKE)["caption"], printed(SOURCE / "assets/lake.jpg")[0]["caption"])

    def test_pages_of_other_sites_get_none(self):
        self.assertError(403, "foreign_host", "POST", "/v1/caption", LAKE, {"Host": "evil.example"})
        self.assertError(403, "foreign_origin", "POST", "/v1/caption", LAKE, {"Origin": "http://evil.example"})
        own = {"Host": f"localhost:{self.server.port}", "Origin": f"http://localhost:{self.server.port}"}
        self.assertEqual(self.server.ask("POST", "/v1/caption", LAKE, own)[0], 200)

    def test_are_not_computed_for_clients_that_have_gone(self):
        request = b"POST /v1/caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(LAKE) + LAKE
        before = self.server.metric('saccade_failures_total{code="client_gone"}')
        while self.server.metric('saccade_failures_total{code="client_gone"}') == before:
            for _ in range(30):
                with socket.create_connection(("127.0.0.1", self.server.port)) as gone:
                    gone.sendall(request)

    def test_the_server_says_what_it_runs_and_how_it_is(self):
        model = self.server.json("GET", "/v1/model")
        self.assertEqual((model["name"], model["attention"]), ("default", "soft"))
        self.assertEqual(self.server.ask("GET", "/healthz")[0], 200)
        self.assertEqual(self.server.ask("GET", "/readyz")[0], 200)
        status, headers, body = self.server.ask("GET", "/metrics")
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        for line in body.decode().splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [0-9.e+-]+)$')
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")


class Explanations(ServerCase):
    """/v1/explain, /v1/diagnose and /v1/score."""

    sentence = "a dog is running near a lake"

    def ask(self, path, status=200, **parameters):
        return self.server.json("POST", f"{path}?{urllib.parse.urlencode(parameters)}", LAKE, status=status)

    def command(self, *arguments):
        made = subprocess.run([PROGRAM, *map(str, arguments), "--json"], capture_output=True, text=True, check=True)
        return {**json.loads(made.stdout), "image": "image"}

    def test_have_the_words_of_the_caption_and_of_a_given_sentence(self):
        own = self.ask("/v1/explain")
        self.assertEqual(own["caption"], printed(SOURCE / "assets/lake.jpg")[0]["caption"])
        rows, cols = own["grid"]
        for word in own["words"]:
            self.assertEqual([len(one) for one in word["maps"]], [rows * cols])
            self.assertAlmostEqual(sum(word["maps"][0]), 1, delta=1e-3)
            self.assertIn(word["word"], [one["word"] for one in word["alternatives"]])
        self.assertNotIn("photograph", own)
        given = self.ask("/v1/explain", caption=self.sentence, map="occlusion", photograph="true")
        self.assertEqual(given["caption"], self.sentence)
        self.assertLess(given["log_prob"], own["log_prob"])
        self.assertEqual([layer["name"] for layer in given["layers"]], ["attention α", "occlusion"])
        self.assertTrue(base64.b64decode(given["photograph"].split(",")[1]).startswith(b"\xff\xd8"))

    def test_fit_their_schema(self):
        validator = Draft202012Validator(json.loads((SOURCE / "docs/schemas/explanation.schema.json").read_text()))
        for options in ({}, {"caption": "a zyzzyva and a dog", "map": "gradient"}, {"verdicts": "true"},
                        {"photograph": "true", "hide": "0,0,0.5,0.5"}):
            validator.validate(self.ask("/v1/explain", **options))

    def test_of_scores_and_diagnoses_are_those_of_the_commands(self):
        image = SOURCE / "assets/lake.jpg"
        self.assertEqual(self.ask("/v1/score", caption=self.sentence), self.command("score", image, "--caption", self.sentence))
        self.assertEqual(self.ask("/v1/diagnose", caption=self.sentence, draws=2),
                         self.command("diagnose", image, "--caption", self.sentence, "--draws", 2))

    def test_do_not_see_what_is_hidden(self):
        whole = self.ask("/v1/score", caption=self.sentence)
        part = self.ask("/v1/score", caption=self.sentence, hide="0.2,0.2,0.8,0.8")
        self.assertNotEqual([word["log_p"] for word in whole["words"]], [word["log_p"] for word in part["words"]])
        nothing = self.ask("/v1/explain", hide="0,0,1,1")
        other = self.server.json("POST", "/v1/explain?hide=0,0,1,1", (SOURCE / "assets/cat.jpg").read_bytes())
        self.assertEqual(nothing["caption"], other["caption"])
        self.assertEqual(nothing["hidden"], [0, 0, 1, 1])

    def test_come_as_pages_and_figures(self):
        for format, kind, start in (("page", "text/html; charset=utf-8", b"<!doctype html>"), ("figure", "image/png", b"\x89PNG")):
            status, headers, body = self.server.ask("POST", f"/v1/explain?format={format}&color_map=viridis", LAKE)
            self.assertEqual((status, headers["Content-Type"], body[:len(start)]), (200, kind, start))

    def test_of_damaged_requests_are_refused(self):
        for code, options in (("bad_parameter", {"hide": "0,0,0,1"}), ("bad_parameter", {"hide": "0,0,2,1"}),
                              ("bad_parameter", {"map": "beta"}), ("bad_parameter", {"format": "pdf"}),
                              ("bad_parameter", {"color_map": "pink"}), ("bad_caption", {"caption": "?!"}),
                              ("bad_caption", {"caption": "zyzzyva"}), ("bad_caption", {"caption": "dog " * 200})):
            self.assertEqual(self.ask("/v1/explain", 400, **options)["error"]["code"], code, options)
        self.assertEqual(self.ask("/v1/score", 400)["error"]["code"], "bad_caption")
        self.assertError(422, "bad_image", "POST", "/v1/explain", LAKE[:500])

    def test_do_not_hold_up_captions(self):
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            slow = [pool.submit(self.ask, "/v1/diagnose", caption=self.sentence) for _ in range(6)]
            for one in [pool.submit(self.server.ask, "POST", "/v1/caption", LAKE) for _ in range(6)]:
                self.assertEqual(one.result()[0], 200)
            self.assertFalse(all(one.done() for one in slow))
            for one in slow:
                one.result()


class Limits(ServerCase):
    arguments = ("--max-bytes", 1, "--max-pixels", 1, "--queue", 1, "--batch-size", 1, "--timeout", 3, "--threads", 1)

    def test_refuse_large_bodies_and_images(self):
        self.assertError(413, "body_too_large", "POST", "/v1/caption", bytes((1 << 20) + 1))
        # A PNG of 2000 × 2000 pixels, by its header.
        png = bytes.fromhex("89504e470d0a1a0a0000000d49484452000007d0000007d00802000000") + bytes(400)
        self.assertError(422, "bad_image", "POST", "/v1/caption", png)

    def test_answer_503_when_too_many_wait(self):
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(lambda _: self.server.ask("POST", "/v1/caption?beam=10", LAKE), range(72)))
        self.assertEqual({status for status, _, _ in answers}, {200, 503})
        for status, headers, _ in answers:
            self.assertEqual(headers["Retry-After"], "1" if status == 503 else None)
        self.assertEqual(self.server.ask("POST", "/v1/caption", LAKE)[0], 200)

    def test_end_slow_requests(self):
        answer = self.server.send(b"POST /v1/caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nslow", end=None)
        self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)


class Tokens(ServerCase):
    token = TOKEN
    arguments = ("--threads", 1)

    def test_are_needed_for_all_but_health(self):
        wrong = {"Authorization": "Bearer wrong"}
        for method, path in (("POST", "/v1/caption"), ("GET", "/v1/model"), ("GET", "/metrics")):
            self.assertError(401, "bad_token", method, path, None, wrong)
        self.assertEqual(self.server.ask("GET", "/healthz", None, wrong)[0], 200)
        self.assertEqual(self.server.ask("POST", "/v1/caption", LAKE)[0], 200)

    def test_are_checked_before_the_body_is_sent(self):
        head = b"POST /v1/caption HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n"
        self.assertTrue(self.server.send(head, end=None).startswith(b"HTTP/1.1 401 "))


class Process(unittest.TestCase):
    def refused(self, *arguments, token=None):
        made = subprocess.run([PROGRAM, "serve", *arguments], capture_output=True, text=True,
                              env={"SACCADE_TOKEN": token or "", "PATH": "/usr/bin:/bin"})
        self.assertEqual(made.returncode, 2, made.stderr)
        return made.stderr

    def test_refuses_other_hosts_without_a_token(self):
        self.assertIn("--insecure", self.refused("--host", "0.0.0.0"))
        self.assertIn("16", self.refused("--host", "0.0.0.0", token="short"))
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("short\n")
            file.flush()
            self.assertIn(file.name, self.refused("--token-file", file.name))

    def test_reads_the_token_from_a_file(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(TOKEN + "\n")
            file.flush()
            server = Server(PROGRAM, "--token-file", file.name, "--host", "0.0.0.0", "--threads", 1)
            self.addCleanup(server.kill)
            self.assertEqual(server.ask("GET", "/v1/model")[0], 401)
            self.assertEqual(server.ask("GET", "/v1/model", None, {"Authorization": "Bearer " + TOKEN})[0], 200)

    def test_says_that_a_port_is_taken(self):
        server = Server(PROGRAM, "--threads", 1)
        self.addCleanup(server.kill)
        made = subprocess.run([PROGRAM, "serve", "--port", str(server.port)], capture_output=True, text=True)
        self.assertEqual(made.returncode, 1)
        self.assertIn(f"127.0.0.1:{server.port}", made.stderr)

    def test_answers_requests_in_progress_when_told_to_end(self):
        for sent in (signal.SIGTERM, signal.SIGINT):
            server = Server(PROGRAM, "--threads", 1)
            self.addCleanup(server.kill)
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                asked = [pool.submit(server.ask, "POST", "/v1/caption?beam=10", LAKE) for _ in range(8)]
                while server.metric('saccade_requests_total{path="/v1/caption",status="200"}') < 1:
                    time.sleep(0.001)
                code, out, said = server.end(sent)
                self.assertEqual([one.result()[0] for one in asked], [200] * 8)
            self.assertEqual((code, out), (0, ""))
            self.assertIn("ending", said)


class Clients(ServerCase):
    def test_of_openai_and_of_openapi_understand_the_server(self):
        folder = pathlib.Path(__file__).resolve().parent / "clients"
        if not (folder / "node_modules").exists():
            self.fail("the clients are missing; install them with tools/setup.sh --tests")
        caption = printed(SOURCE / "assets/lake.jpg")[0]["caption"]
        made = subprocess.run(["node", folder / "clients_test.mjs", f"http://127.0.0.1:{self.server.port}",
                               SOURCE / "assets/lake.jpg", caption], capture_output=True, text=True)
        self.assertEqual((made.returncode, made.stdout), (0, "ok\n"), made.stderr)


class Documentation(ServerCase):
    """What docs/serve.md shows."""

    def test_unit_is_hardened(self):
        (unit,) = re.findall(r"^```ini\n(.*?)^```$", (SOURCE / "docs/serve.md").read_text(), re.MULTILINE | re.DOTALL)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "saccade.service"
            path.write_text(unit)
            made = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", path],
                                  capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)

    def test_examples_print_the_caption(self):
        text = (SOURCE / "docs/serve.md").read_text()
        caption = printed(SOURCE / "assets/lake.jpg")[0]["caption"]
        programs = {"sh": ["bash", "-euc"], "python": [sys.executable, "-c"], "js": ["node", "--input-type=module", "-e"]}
        blocks = re.findall(r"^```(sh|python|js)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        self.assertEqual({language for language, _ in blocks}, set(programs))
        for language, block in blocks:
            block = block.replace("localhost:8080", f"localhost:{self.server.port}")
            made = subprocess.run([*programs[language], block], capture_output=True, text=True, cwd=SOURCE)
            self.assertEqual(made.returncode, 0, block + made.stderr)
            self.assertIn(caption, made.stdout, block)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

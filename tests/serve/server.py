"""A running `saccade serve`, and requests to it."""

import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess


class Server:
    def __init__(self, program, *arguments, token=None):
        environment = {name: value for name, value in os.environ.items() if name != "SACCADE_TOKEN"}
        if token:
            environment["SACCADE_TOKEN"] = token
        self.token = token
        self.process = subprocess.Popen([program, "serve", "--port", "0", *map(str, arguments)], env=environment,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = self.process.stderr.readline()
        place = re.search(r"listening on http://(.+):(\d+)/", self.said)
        if not place:
            raise AssertionError(self.said + self.process.communicate()[1])
        self.port = int(place[2])

    def end(self, sent=signal.SIGTERM):
        """Ends the server. Returns its exit code and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(sent)
        out, error = self.process.communicate(timeout=120)
        return self.process.returncode, out, error

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, method, path, body=None, headers=None, connection=None):
        """Returns the status, the headers and the body."""
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        own = connection or self.connect()
        try:
            own.request(method, path, body, headers)
            answer = own.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            if not connection:
                own.close()

    def json(self, method, path, body=None, headers=None, status=200):
        got, _, text = self.ask(method, path, body, headers)
        if got != status:
            raise AssertionError(f"{method} {path}: expected {status}, got {got}: {text[:500]}")
        return json.loads(text)

    def send(self, data, end=0):
        """Sends raw bytes and returns all that the server answers before it closes the connection.

        If it has not answered after `end` seconds, the client ends its side; None: it never does.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as connection:
            try:
                connection.sendall(data)
                if end is not None and not select.select([connection], [], [], end)[0]:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server has answered and closed
            answer = b""
            try:
                while part := connection.recv(1 << 16):
                    answer += part
            except ConnectionResetError:
                pass
            return answer

    def memory(self):
        """The memory of the server in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def metric(self, line):
        """The value of a line of the metrics; 0 if it is absent."""
        _, _, text = self.ask("GET", "/metrics")
        found = re.search("^" + re.escape(line) + r" (\S+)$", text.decode(), re.MULTILINE)
        return float(found[1]) if found else 0

"""Drives a headless Chromium through chromedriver, with the parts of WebDriver that the tests need."""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's key for element ids
KEYS = {"right": "\ue014", "left": "\ue012", "up": "\ue013", "down": "\ue015", "home": "\ue011", "end": "\ue010",
        "tab": "\ue004", "enter": "\ue007", "escape": "\ue00c"}


def find(*names):
    for name in names:
        if path := shutil.which(name):
            return path
    raise SystemExit(f"the browser tests need {names[0]}; install it with tools/setup.sh --tests")


class Browser:
    def __init__(self):
        binary = find("chromium", "chromium-browser", "google-chrome")
        driver = find("chromedriver", "chromium.chromedriver")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.process = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy: the driver is local
        try:
            self._wait_for_driver()
            options = {"binary": binary, "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                                                  "--hide-scrollbars", "--window-size=1400,950",
                                                  # render as in the foreground
                                                  "--disable-renderer-backgrounding", "--disable-background-timer-throttling",
                                                  "--disable-backgrounding-occluded-windows"]}
            made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options,
                "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}}})
            self.base += "/session/" + made["sessionId"]
        except BaseException:
            self.process.kill()
            raise

    def _wait_for_driver(self):
        for _ in range(300):
            try:
                if self.call("GET", "/status")["ready"]:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.1)
        raise SystemExit("chromedriver does not answer")

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait()

    def call(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()) from None

    def open(self, path):
        self.visit(path.resolve().as_uri())

    def visit(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, *arguments):
        """Waits until the script returns a true value, and returns it."""
        for _ in range(2400):
            if found := self.run(script, *arguments):
                return found
            time.sleep(0.05)
        raise AssertionError(f"never became true: {script}")

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).textContent", selector)

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector)

    def visible(self, selector):
        return self.run("const e = document.querySelector(arguments[0]); return !!e && e.getClientRects().length > 0", selector)

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)}/click")

    def keys(self, *names):
        actions = []
        for name in names:
            key = KEYS.get(name, name)
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def hover(self, selector, x=0.5, y=0.5):
        """Scrolls to the element and moves the mouse to a point in fractions of its box."""
        at = self.run("""const e = document.querySelector(arguments[0]);
            e.scrollIntoView({ block: "center" });
            const b = e.getBoundingClientRect();
            return [b.left + b.width * arguments[1], b.top + b.height * arguments[2]]""", selector, x, y)
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
                  "actions": [{"type": "pointerMove", "duration": 0, "origin": "viewport", "x": int(at[0]), "y": int(at[1])}]}]})

    def choose(self, selector, *paths):
        """Chooses files in a file input."""
        self.call("POST", f"/element/{self.find(selector)}/value", {"text": "\n".join(str(path.resolve()) for path in paths)})

    def drag(self, selector, start, end):
        """Drags the mouse between two points, in fractions of the element's box."""
        points = self.run("""const e = document.querySelector(arguments[0]);
            e.scrollIntoView({ block: "center" });
            const b = e.getBoundingClientRect();
            return arguments[1].map(([x, y]) => [b.left + b.width * x, b.top + b.height * y])""", selector, [start, end])
        moves = [{"type": "pointerMove", "duration": 50, "origin": "viewport", "x": int(x), "y": int(y)} for x, y in points]
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
                  "actions": [moves[0], {"type": "pointerDown", "button": 0}, moves[1], {"type": "pointerUp", "button": 0}]}]})

    def set(self, selector, value):
        """Sets a control's value and dispatches the event of a user's input."""
        self.run("""const e = document.querySelector(arguments[0]);
            e.value = arguments[1]; e.dispatchEvent(new Event("input", { bubbles: true }))""", selector, value)

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    @contextlib.contextmanager
    def before_pages(self, script):
        """Within the context, every page runs the script before its own scripts."""
        made = self.devtools("Page.addScriptToEvaluateOnNewDocument", source=script)
        try:
            yield
        finally:
            self.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier=made["identifier"])

    def appear(self, width, height, scheme="light", phone=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.devtools("Emulation.setTouchEmulationEnabled", enabled=phone)
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path, whole=False):
        size = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        clip = {"clip": {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}} if whole else {}
        picture = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **clip)
        path.write_bytes(base64.b64decode(picture["data"]))

    def requests(self):
        """The URLs requested since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.call("POST", "/se/log", {"type": "performance"})]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def complaints(self):
        """The console messages since the last call, except hints about the tests' own reading of canvases."""
        messages = [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]
        return [message for message in messages if "willReadFrequently" not in message]

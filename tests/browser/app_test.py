"""Tests the page of `saccade serve`: every interaction, in light and dark, on a desktop and on a phone."""

import base64
import json
import subprocess
import sys

from case import PageCase, main, options

sys.path.insert(0, str(options.source / "tests/serve"))
from server import Server  # noqa: E402

ASSETS = sorted((options.source / "assets").glob("*.jpg"))
LAKE = options.source / "assets/lake.jpg"


def captions_of(paths):
    made = subprocess.run([options.program, "caption", "--json", *paths], capture_output=True, text=True, check=True)
    return {path.name: json.loads(line)["caption"] for path, line in zip(paths, made.stdout.splitlines())}


class AppCase(PageCase):
    token = None

    @classmethod
    def make_pages(cls):
        cls.server = Server(options.program, token=cls.token)
        cls.addClassCleanup(cls.server.kill)
        cls.captions = captions_of(ASSETS)

    def setUp(self):
        super().setUp()
        self.base = f"http://localhost:{self.server.port}/"
        self.visit()
        self.browser.run("indexedDB.deleteDatabase('saccade')")
        self.visit()

    def visit(self):
        self.browser.requests()
        self.browser.visit(self.base)
        self.browser.wait("return document.querySelector('#model')?.textContent === 'default'")

    def said(self):
        """The caption of every card, by the name of the image."""
        return dict(zip(self.browser.texts("#gallery .name"), self.browser.texts("#gallery .said")))

    def wait_until_captioned(self, count):
        self.browser.wait("return [...document.querySelectorAll('#gallery .said')].filter((e) => e.textContent !== '…').length === arguments[0]", count)

    def wait_for_words(self, sentence):
        self.browser.wait("return [...document.querySelectorAll('#words button')].map((e) => e.textContent).join(' ') === arguments[0]", sentence)

    def explain_lake(self):
        self.browser.choose("#files", LAKE)
        self.wait_until_captioned(1)
        self.wait_for_words(self.captions["lake.jpg"])
        self.settled()


class App(AppCase):
    def test_captions_all_photographs_and_explains_the_first(self):
        self.browser.choose("#files", *ASSETS)
        self.wait_until_captioned(len(ASSETS))
        self.assertEqual(self.said(), self.captions)
        self.wait_for_words(self.captions[ASSETS[0].name])
        self.assertEqual(self.browser.text("#file"), ASSETS[0].name)
        first = self.picture()
        self.browser.click("#next")
        self.assertNotEqual(self.picture(), first)
        self.browser.click("#gallery li:first-child button")
        self.wait_for_words(self.captions[ASSETS[-1].name])
        asked = [url for url in self.browser.requests() if not url.startswith(("data:", "blob:"))]
        self.assertGreater(len(asked), len(ASSETS))
        self.assertEqual([url for url in asked if not url.startswith(self.base)], [])

    def test_takes_dropped_and_pasted_photographs(self):
        data = base64.b64encode(LAKE.read_bytes()).decode()
        for kind in ("drop", "paste"):
            self.browser.run("""const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], arguments[1] + ".jpg", { type: "image/jpeg" }));
                document.dispatchEvent(arguments[1] === "drop" ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
                  : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));""", data, kind)
        self.wait_until_captioned(2)
        self.assertEqual(self.said(), dict.fromkeys(("drop.jpg", "paste.jpg"), self.captions["lake.jpg"]))
        self.assertEqual(self.browser.run("return document.querySelector('#camera').getAttribute('capture')"), "environment")

    def test_judges_another_sentence(self):
        self.explain_lake()
        self.browser.set("#sentence", "A zyzzyva is swimming in a lake")
        self.browser.click("#judge button")
        self.wait_for_words("a zyzzyva is swimming in a lake")
        self.assertIn("less likely than the caption", self.browser.text("#summary"))
        self.assertIn("Not in the vocabulary: “zyzzyva”", self.browser.text("#summary"))
        self.browser.click("#own")
        self.wait_for_words(self.captions["lake.jpg"])
        self.assertFalse(self.browser.visible("#own"))

    def test_judges_the_sentence_with_an_alternative(self):
        self.explain_lake()
        self.browser.click("#words button:nth-child(2)")
        other = self.browser.text("#alternatives li:nth-child(2) span")
        self.browser.click("#alternatives li:nth-child(2) button")
        words = self.captions["lake.jpg"].split()
        self.wait_for_words(" ".join([words[0], other, *words[2:]]))
        self.assertIn("nats", self.browser.text("#summary"))

    def test_shows_what_hiding_a_region_changes(self):
        self.explain_lake()
        self.browser.click("#hide")
        self.browser.drag("#stage", (0.3, 0.2), (0.7, 0.9))
        self.browser.wait("return !document.querySelector('#change').hidden")
        self.assertIn("Without this region", self.browser.text("#change-caption"))
        self.assertEqual(len(self.browser.texts("#change-words li")), len(self.captions["lake.jpg"].split()))
        self.assertTrue(self.browser.visible(".hider"))
        self.screenshot("app-hidden")
        self.browser.click("#unhide")
        self.assertFalse(self.browser.visible(".hider"))
        self.assertFalse(self.browser.visible("#change"))
        # With the keyboard.
        self.browser.run("document.querySelector('#stage').focus()")
        self.browser.keys("right", "h")
        self.browser.wait("return !document.querySelector('#change').hidden")
        self.browser.click("#unhide")
        self.browser.click("#hide-word")
        self.browser.wait("return !document.querySelector('#change').hidden")

    def test_tests_every_word(self):
        self.explain_lake()
        self.browser.click("#verdicts")
        self.browser.wait("return !!document.querySelector('#words [data-tone]')")
        self.assertTrue(self.browser.visible("#verdict"))
        self.assertGreater(len(self.browser.texts("#evidence li")), 3)
        self.assertIn("not proof", self.browser.text("#notes"))

    def test_follows_the_options(self):
        self.explain_lake()
        self.browser.click("#options summary")
        self.browser.run("""const e = document.querySelector("#longest"); e.value = "5"; e.dispatchEvent(new Event("change"))""")
        self.browser.wait("return document.querySelectorAll('#words button').length === 5")
        self.browser.run("""const e = document.querySelector("#map-kind"); e.value = "gradient-input"; e.dispatchEvent(new Event("change"))""")
        self.browser.wait("return document.querySelectorAll('#light option').length === 2")
        before = self.picture()
        self.browser.set("#light", "1")
        self.assertNotEqual(self.picture(), before)
        before = self.picture()
        self.browser.set("#color-map", "viridis")
        self.assertNotEqual(self.picture(), before)

    def test_downloads_figure_json_and_page(self):
        folder = self.folder / "downloads"
        folder.mkdir()
        self.browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self.explain_lake()
        for kind, start in (("figure", b"\x89PNG"), ("json", b"{"), ("page", b"<!doctype html>")):
            name = {"figure": "lake.png", "json": "lake.json", "page": "lake.html"}[kind]
            self.browser.click("#download-" + kind)
            for _ in range(600):
                if (folder / name).exists() and (folder / name).stat().st_size:
                    break
                self.browser.run("return new Promise((done) => setTimeout(done, 50))")
            self.assertTrue((folder / name).read_bytes().startswith(start), name)
        self.assertEqual(json.loads((folder / "lake.json").read_text())["caption"], self.captions["lake.jpg"])
        self.browser.open(folder / "lake.html")
        self.wait_for_words(self.captions["lake.jpg"])

    def test_keeps_the_list_in_this_browser_until_it_is_cleared(self):
        self.explain_lake()
        self.visit()
        self.wait_until_captioned(1)
        self.assertEqual(self.said(), {"lake.jpg": self.captions["lake.jpg"]})
        self.browser.click("#gallery button")
        self.wait_for_words(self.captions["lake.jpg"])
        self.browser.click("#forget")
        self.visit()
        self.browser.run("return new Promise((done) => setTimeout(done, 200))")
        self.assertEqual(self.said(), {})

    def test_says_why_an_image_has_no_caption(self):
        broken = self.folder / "broken.jpg"
        broken.write_bytes(LAKE.read_bytes()[:3000])
        self.browser.choose("#files", broken, LAKE)
        self.wait_until_captioned(2)
        self.assertIn("truncated", self.said()["broken.jpg"])
        self.assertEqual(self.said()["lake.jpg"], self.captions["lake.jpg"])
        self.assertTrue(all("422" in line for line in self.browser.complaints()))

    def test_works_with_the_keyboard_alone(self):
        self.explain_lake()
        self.browser.run("document.querySelector('#sentence').focus()")
        self.browser.keys(*"a map", "enter")
        self.wait_for_words("a map")  # p, m and a are no shortcuts while typing
        self.browser.run("document.querySelector('#words button').focus()")
        first = self.selected()
        self.browser.keys("right")
        self.assertNotEqual(self.selected(), first)
        unnamed = self.browser.run("""return [...document.querySelectorAll("button, input, select")].filter((e) =>
            e.getClientRects().length && !e.textContent.trim() && !e.getAttribute("aria-label") && !e.labels?.length).map((e) => e.id)""")
        self.assertEqual(unnamed, [])

    def test_looks_right_on_every_screen(self):
        for scheme in ("light", "dark"):
            for device, width, height in (("desktop", 1400, 950), ("phone", 390, 844)):
                self.browser.appear(width, height, scheme, phone=device == "phone")
                self.visit()
                self.screenshot(f"app-empty-{device}-{scheme}")
                self.browser.choose("#files", *ASSETS[:3], LAKE)
                self.browser.wait("return document.querySelectorAll('#gallery .said').length >= 4")
                self.browser.wait("return [...document.querySelectorAll('#gallery .said')].every((e) => e.textContent !== '…') && !document.querySelector('#explanation').hidden && document.querySelector('#status').textContent === ''")
                self.settled()
                self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width)
                self.screenshot(f"app-{device}-{scheme}", whole=True)
                self.browser.click("#forget")


class AppWithToken(AppCase):
    token = "a-token-for-the-tests"

    def test_asks_for_the_token_and_keeps_it(self):
        self.browser.run("sessionStorage.clear()")
        self.visit()
        self.browser.choose("#files", LAKE)
        self.browser.wait("return document.querySelector('#token-dialog').open")
        self.screenshot("app-token")
        self.browser.run("document.querySelector('#token').value = arguments[0]", self.token)
        self.browser.click("#token-done")
        self.wait_until_captioned(1)
        self.visit()
        self.wait_until_captioned(1)
        self.browser.click("#gallery button")
        self.wait_for_words(self.captions["lake.jpg"])
        self.assertFalse(self.browser.run("return document.querySelector('#token-dialog').open"))
        self.assertTrue(all("401" in line for line in self.browser.complaints()))


if __name__ == "__main__":
    main()

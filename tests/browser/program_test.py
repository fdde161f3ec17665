"""Tests the pages that the program writes, for a photograph with a hostile name and for a folder."""

import json
import pathlib
import shutil
import subprocess

from case import PageCase, main, options


class Program(PageCase):
    name = "<img src=x onerror=\"document.title='broken in'\">.jpg"

    @classmethod
    def make_pages(cls):
        photograph = cls.folder / cls.name
        shutil.copy(options.source / "assets" / "raccoon.jpg", photograph)
        cls.caption = cls.saccade("heatmap", photograph, "--output", cls.folder / "out", "--format",
                                  "html").stdout.strip()

    @staticmethod
    def saccade(*arguments, code=0):
        made = subprocess.run([options.program, *arguments], capture_output=True, text=True)
        if made.returncode != code:
            raise AssertionError(f"exit code {made.returncode}: {made.stderr}")
        return made

    def test_writes_a_page_that_shows_the_caption_and_escapes_the_name(self):
        self.open_page(pathlib.Path("out") / "index.html")
        self.assertEqual(" ".join(self.browser.texts("#words button")), self.caption)
        self.assertTrue(self.browser.text("#file").endswith(self.name))
        self.assertNotEqual(self.browser.run("return document.title"), "broken in")
        self.assertGreaterEqual(len(self.browser.texts("#alternatives li")), 5)
        self.assertFalse(self.browser.visible("#verdict"))
        first = self.picture()
        self.browser.keys("right")
        self.assertNotEqual(self.picture(), first)
        self.browser.click("#alternatives li:nth-child(5) button")
        self.assertIn("share one attention", self.browser.text("#alternative-note"))
        asked = [url for url in self.browser.requests() if not url.startswith("data:")]
        self.assertEqual(len(asked), 1)
        self.screenshot("program")

    def test_diagnoses_a_photograph_and_shows_the_verdicts(self):
        photograph = options.source / "assets" / "cameraman.jpg"
        told = self.saccade("diagnose", photograph, "--caption", "a dog is holding a camera", "--json",
                            "--output", self.folder / "judged")
        words = json.loads(told.stdout)["words"]
        self.open_page(pathlib.Path("judged") / "index.html")
        self.assertEqual(self.browser.texts("#words button"), [word["word"] for word in words])
        # The page opens with the word that the table ranks first, which is the wrong one.
        suspect = max(words, key=lambda word: word["suspicion"])
        self.assertEqual(suspect["word"], "dog")
        self.assertEqual(self.selected(), ["dog"])
        self.assertTrue(self.browser.visible("#verdict"))
        self.assertIn(suspect["verdict"], self.browser.text("#verdict"))
        self.assertIn("not proof", self.browser.text("body"))
        self.screenshot("program-diagnose")

    def test_diagnoses_a_folder_and_continues_after_a_broken_file(self):
        photographs = self.folder / "photographs"
        photographs.mkdir()
        for name in ("cameraman.jpg", "lake.jpg"):
            shutil.copy(options.source / "assets" / name, photographs)
        (photographs / "broken.jpg").write_text("not an image")
        told = self.saccade("diagnose", photographs, "--output", self.folder / "list", code=3)
        self.assertIn("broken.jpg", told.stderr)
        captions = dict(line.split("\t") for line in told.stdout.splitlines())
        self.open(pathlib.Path("list") / "index.html")
        self.assertEqual(self.browser.text("#count"), "3 photographs")
        for path, caption in captions.items():
            self.browser.set("#search", pathlib.Path(path).name)
            self.assertIn(caption, self.browser.text("#list"))
        self.browser.click("#list a")
        self.browser.wait("return document.querySelector('#file')?.textContent.endsWith('lake.jpg')")
        self.assertEqual(" ".join(self.browser.texts("#words button")), captions[str(photographs / "lake.jpg")])

    def test_draws_the_maps_of_a_folder_and_lists_them(self):
        photographs = self.folder / "holiday"
        (photographs / "a #1%").mkdir(parents=True)
        shutil.copy(options.source / "assets" / "cat.jpg", photographs / "a #1%" / self.name)
        for name in ("cameraman.jpg", "lake.jpg"):
            shutil.copy(options.source / "assets" / name, photographs)
        (photographs / "broken.jpg").write_text("not an image")
        self.saccade("heatmap", photographs, "--output", self.folder / "maps", "--format", "html", code=3)
        self.open(pathlib.Path("maps") / "index.html")
        self.assertEqual(self.browser.text("#count"), "4 photographs")
        self.assertEqual(self.browser.texts("#list .name"), ["a #1%/" + self.name, "broken.jpg", "cameraman.jpg", "lake.jpg"])
        self.assertEqual(self.browser.texts("#order option"), ["by name", "in input order"])
        self.browser.wait("return [...document.querySelectorAll('#list img')].every((e) => e.complete && e.naturalWidth > 0)")
        self.screenshot("heatmaps")
        self.browser.appear(390, 844, phone=True)
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390)
        self.screenshot("heatmaps-phone")
        self.browser.click("#list a")
        self.browser.wait("return document.querySelector('#file')?.textContent.endsWith('.jpg')")
        self.assertTrue(self.browser.text("#file").endswith(self.name))
        self.browser.click("#back")
        self.browser.wait("return document.querySelector('#list') !== null")
        self.browser.set("#filter", "failed")
        self.assertEqual(self.browser.texts("#list .name"), ["broken.jpg"])


if __name__ == "__main__":
    main()

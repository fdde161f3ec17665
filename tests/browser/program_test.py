"""`saccade heatmap --format html` as a user runs it, on a photograph with a hostile name."""

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
        made = subprocess.run([options.program, "heatmap", photograph, "--output", cls.folder / "out", "--format", "html"],
                              check=True, capture_output=True, text=True)
        cls.caption = made.stdout.strip()

    def test_writes_a_page_that_shows_the_caption_and_harms_nobody(self):
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


if __name__ == "__main__":
    main()

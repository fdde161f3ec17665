"""Shared by the browser tests: the browser, the folder with the pages and the screenshots."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

from webdriver import Browser

parser = argparse.ArgumentParser()
parser.add_argument("--pages", required=True, help="the browser_pages program of this build")
parser.add_argument("--program", required=True, help="the saccade program of this build")
parser.add_argument("--source", required=True, type=pathlib.Path)
parser.add_argument("--screenshots", required=True, type=pathlib.Path)
parser.add_argument("--results", type=pathlib.Path, help="write the result of each case to this file, in GoogleTest's format")
options, rest = parser.parse_known_args()


class PageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="saccade-browser-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.make_pages()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        options.screenshots.mkdir(parents=True, exist_ok=True)

    @classmethod
    def make_pages(cls):
        subprocess.run([options.pages, cls.folder], check=True)

    def setUp(self):
        self.browser.appear(1400, 950)

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [])

    def open(self, name):
        self.browser.requests()
        self.browser.open(self.folder / name)

    def open_page(self, name="judged.html"):
        self.open(name)
        self.settled()

    def settled(self):
        self.browser.wait("return document.querySelector('#map').hidden || document.querySelector('#map').dataset.settled === 'true'")

    def picture(self):
        """The pixels of the map as shown on the page."""
        self.settled()
        return self.browser.run("return document.querySelector('#map').toDataURL()")

    def selected(self):
        return self.browser.texts("#words [aria-pressed=true]")

    def screenshot(self, name, whole=False):
        self.browser.screenshot(options.screenshots / f"{name}.png", whole)


class Results(unittest.TextTestResult):
    """Also records the cases that passed."""

    def startTest(self, test):
        super().startTest(test)
        self.started = getattr(self, "started", []) + [test.id().rpartition(".")]

    def write(self, path):
        bad = {test.id() for test, _ in self.failures + self.errors}
        root = xml.Element("testsuites", tests=str(max(len(self.started), len(bad))))
        for suite, _, name in self.started:
            case = xml.SubElement(root, "testcase", classname=suite, name=name)
            if f"{suite}.{name}" in bad:
                xml.SubElement(case, "failure")
        for test, _ in self.skipped:
            xml.SubElement(root, "testcase", name=test.id(), result="skipped")
        xml.ElementTree(root).write(path)


def main():
    runner = unittest.TextTestRunner(resultclass=Results)
    result = unittest.main(argv=[sys.argv[0], *rest], testRunner=runner, exit=False).result
    if options.results:
        result.write(options.results)
    sys.exit(not result.wasSuccessful())

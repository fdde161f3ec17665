"""Records the interactive page of a photograph as an animation, one frame per word.

    record_page.py PROGRAM OUTPUT     PROGRAM: saccade; OUTPUT: a GIF, such as assets/readme/page.gif

Runs saccade heatmap on assets/cameraman.jpg, opens the page in headless Chromium, selects the words with the arrow
keys and takes a screenshot of each. Needs chromium, chromium-driver and python3-pil.
"""

import pathlib
import subprocess
import sys
import tempfile

from PIL import Image

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "browser"))
from webdriver import Browser  # noqa: E402

PHOTOGRAPH = "assets/cameraman.jpg"
WIDTH = 960  # the photograph is about as tall as the panel beside it
MARGIN = 16
FRAME, LAST_FRAME = 900, 1800  # milliseconds


def write_page(program, folder):
    subprocess.run([program, "heatmap", PHOTOGRAPH, "--output", str(folder), "--format", "html"], cwd=SOURCE, check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "index.html"


def take_screenshots(page, folder):
    """One image per word, cropped below the photograph's scale and the word's panel."""
    browser = Browser()
    try:
        browser.appear(WIDTH, 1000)
        browser.open(page)
        count = len(browser.texts("#words button"))
        # Back from the initial word to the first one.
        position = browser.run("return [...document.querySelectorAll('#words button')].findIndex((b) => b.ariaPressed === 'true')")
        browser.keys(*["left"] * position)
        images, bottom = [], 0
        for i in range(count):
            if i > 0:
                browser.keys("right")
            browser.wait("return document.querySelector('#map').dataset.settled === 'true'")
            path = folder / f"{i}.png"
            browser.screenshot(path)
            images.append(Image.open(path).convert("RGB"))
            bottom = max(bottom, browser.run("""
                return Math.max(...[".scale", "#word"].map((name) => document.querySelector(name).getBoundingClientRect().bottom))"""))
        height = int(bottom) + MARGIN
        below = browser.run("return document.querySelector('#display').getBoundingClientRect().top")
        if below < height:
            raise SystemExit(f"the panel ends at {bottom:.0f} and the display settings begin at {below:.0f}; change WIDTH")
        return [image.crop((0, 0, WIDTH, height)) for image in images]
    finally:
        browser.close()


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    program, output = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="saccade-record-") as scratch:
        folder = pathlib.Path(scratch)
        images = take_screenshots(write_page(program, folder / "page"), folder)
    frames = [image.quantize(256, Image.Quantize.LIBIMAGEQUANT) for image in images]  # each with its own palette, dithered
    durations = [FRAME] * (len(frames) - 1) + [LAST_FRAME]
    frames[0].save(output, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False)
    print(f"{output}: {len(frames)} frames of {images[0].width} × {images[0].height}, {output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

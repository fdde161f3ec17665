#!/usr/bin/python3
"""Compares the pixels that Saccade decodes with those of decoders of other origin.

    tools/compare_images.py DECODE_IMAGES SUITE…

DECODE_IMAGES is the program of tools/bench/decode_images.cpp; each SUITE is a folder. Prints the files that differ
by more than 3 of 255 in any sample, and a table with one line per suite. The reference decoder is Pillow (package
python3-pil), for HEIC and AVIF heif-convert (libheif-examples), and for JPEG XL djxl (libjxl-tools). What all of
them leave to the caller is done here: orientation, color profiles, transparency on white, and 16 bits. tools/
check_images.sh calls this program.
"""

import io
import pathlib
import shutil
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops, ImageCms, ImageOps

Image.MAX_IMAGE_PIXELS = None
LIMIT = 3  # of 255
TOGETHER = 200  # files per process
WHITE = (255, 255, 255)


def files_below(folder):
    paths = (path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return sorted(str(path) for path in paths if ".git" not in path.parts and "\n" not in path.name)


def decoded_by_saccade(program, paths):
    """Yields path and image; the image is None for a file that Saccade refuses."""
    for first in range(0, len(paths), TOGETHER):
        together = paths[first : first + TOGETHER]
        with subprocess.Popen([program, "--pixels", *together], stdout=subprocess.PIPE) as process:
            for path in together:
                fields = process.stdout.readline().decode(errors="replace").split("\t")
                if len(fields) < 3:
                    raise RuntimeError(f"{program} ended with {process.wait()} at {path}")
                if fields[1] == "error":
                    yield path, None
                else:
                    width, height = (int(side) for side in fields[1].split("x"))
                    yield path, Image.frombytes("RGB", (width, height), process.stdout.read(width * height * 3))


def converted(command, path):
    """The image that a command writes as PNG; None if it is not installed or fails."""
    if not shutil.which(command):
        return None
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "image.png"
        run = subprocess.run([command, path, target], capture_output=True, check=False)
        # heif-convert numbers the images of a file with several.
        written = sorted(pathlib.Path(folder).glob("image*.png"))
        if run.returncode != 0 or not written:
            return None
        image = Image.open(written[0])
        image.load()
        return image


def opened(path):
    """The upright image; None if no decoder reads the file."""
    with open(path, "rb") as file:
        start = file.read(12)
    if start[:2] == b"\xff\x0a" or start[4:8] == b"JXL ":
        return converted("djxl", path)
    if start[4:8] == b"ftyp":
        return converted("heif-convert", path)
    try:
        image = Image.open(path)
        if image.info.get("default_image"):
            image.seek(1)  # after the still image of an APNG that is no frame
        image.getexif()  # while the file is open
        image.load()
        # Pillow itself rotates TIFF.
        return image if image.format == "TIFF" else ImageOps.exif_transpose(image) or image
    except Exception:  # Pillow throws exceptions of many types for files that it does not read.
        return None


def in_srgb(image):
    """Converts colors from the embedded profile, and keeps alpha."""
    profile = image.info.get("icc_profile")
    if image.mode == "LAB":
        return ImageCms.profileToProfile(
            image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if (source.profile.xcolor_space.strip() == "GRAY") != (image.mode == "L"):
            return image
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        colors = image.convert("RGB") if alpha else image
        result = ImageCms.profileToProfile(colors, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image
    if alpha:
        result.putalpha(alpha)
    return result


def as_displayed(image):
    """RGB, on white."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (255 / 65535) + 0.5).convert("L")
    elif image.mode == "F":
        image = image.point(lambda value: value * 255 + 0.5).convert("L")
    image = in_srgb(image)
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        below = Image.new("RGBA", image.size, WHITE + (255,))
        image = Image.alpha_composite(below, image)
    return image.convert("RGB")


def difference(ours, theirs):
    """A sentence about the difference; empty if it is within the limit."""
    if ours.size != theirs.size:
        return f"size {ours.width}x{ours.height}, reference {theirs.width}x{theirs.height}"
    apart = ImageChops.difference(ours, theirs)
    largest = max(high for _, high in apart.getextrema())
    if largest <= LIMIT:
        return ""
    most = ImageChops.lighter(ImageChops.lighter(*apart.split()[:2]), apart.getchannel(2))
    share = sum(most.histogram()[LIMIT + 1 :]) / (ours.width * ours.height)
    return f"up to {largest} of 255, {100 * share:.2f} % of the pixels"


def main(program, suites):
    rows = []
    for suite in suites:
        counts = dict.fromkeys(("files", "refused", "alone", "equal", "different"), 0)
        for path, ours in decoded_by_saccade(program, files_below(suite)):
            counts["files"] += 1
            theirs = opened(path) if ours else None
            if not ours:
                counts["refused"] += 1
            elif not theirs:
                counts["alone"] += 1
            else:
                found = difference(ours, as_displayed(theirs))
                counts["different" if found else "equal"] += 1
                if found:
                    print(f"{path}: {found}", flush=True)
        rows.append((pathlib.Path(suite).name, counts))
    print(f"\n{'suite':24} {'files':>6} {'not read':>9} {'no reference':>13} {'equal':>6} {'different':>10}")
    for name, counts in rows:
        print(
            f"{name:24} {counts['files']:6} {counts['refused']:9} {counts['alone']:13} {counts['equal']:6} "
            f"{counts['different']:10}"
        )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])

"""Prepares an image as the encoder's input, like lib/saccade/image/prepare."""

import numpy
import PIL.Image
import PIL.ImageOps
import torch
import torch.nn.functional as F


def load_image(path):
    """Loads an RGB image with EXIF orientation applied and transparency blended on white."""
    image = PIL.ImageOps.exif_transpose(PIL.Image.open(path))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = PIL.Image.new("RGBA", image.size, "white")
        image = PIL.Image.alpha_composite(white, image)
    return image.convert("RGB")


def resize(image, height, width):
    """Resizes with a triangle filter, widened for downscaling. image: 3×rows×columns."""
    return F.interpolate(image[None], (height, width), mode="bilinear", antialias=True,
                         align_corners=False)[0]


def prepare(image, config):
    """Returns 1×3×S×S pixels. config: section "input" of a bundle's config.json."""
    size = config["size"]
    pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).float() / 255
    mean = torch.tensor(config["mean"]).reshape(3, 1, 1)
    std = torch.tensor(config["std"]).reshape(3, 1, 1)
    height, width = pixels.shape[1:]
    if config["fit"] == "squash":
        return ((resize(pixels, size, size) - mean) / std)[None]
    if config["fit"] == "center_crop":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        square = pixels[:, top:top + side, left:left + side]
        return ((resize(square, size, size) - mean) / std)[None]
    scale = size / max(height, width)  # pad with the mean colour
    down, across = (max(1, int(side * scale + 0.5)) for side in (height, width))
    top, left = (size - down) // 2, (size - across) // 2
    square = torch.zeros(3, size, size)
    square[:, top:top + down, left:left + across] = (resize(pixels, down, across) - mean) / std
    return square[None]

"""Decoding an image small and grey, as the fingerprint and the measures need it."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.evidence.exif import read_exif, upright

SIDE = 512
FLAT_SPREAD = 14
TRIM_SHARE = 0.25
EDGE_BLUR_PIXELS = 2
BORDERS_MOST = 3

Pixels = NDArray[np.uint8]


def read_grey(data: bytes, side: int = SIDE) -> Pixels:
    """The upright luminance, its longer side at most ``side``; only for bytes that passed.

    The decoder itself scales down (``draft``), so a large picture costs little more than a small.
    """
    return _read(data, "L", side)


def read_colours(data: bytes, side: int = SIDE) -> Pixels:
    """The same as red, green and blue."""
    return _read(data, "RGB", side)


def _read(data: bytes, mode: str, side: int) -> Pixels:
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        exif = read_exif(image)
        image.draft(mode, (side, side))
        small = upright(image.convert(mode), exif)
    return shrink(np.asarray(small), side)


def shrink(pixels: Pixels, side: int) -> Pixels:
    """The longer side brought to ``side`` by averaging; a smaller picture stays as it is."""
    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return pixels
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def trim(pixels: Pixels) -> Pixels:
    """The picture without its flat borders."""
    left, top, right, bottom = content_box(pixels)
    return pixels[top:bottom, left:right]


def content_box(pixels: Pixels) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what lies within the flat borders, each a quarter at most."""
    height, width = pixels.shape
    left, top, right, bottom = 0, 0, width, height
    for _ in range(BORDERS_MOST):
        before = left, top, right, bottom
        first, end = _content(pixels[top:bottom, left:right])
        top, bottom = top + first, top + end
        first, end = _content(pixels[top:bottom, left:right].T)
        left, right = left + first, left + end
        if before == (left, top, right, bottom):
            break
    return left, top, right, bottom


def _content(pixels: Pixels) -> tuple[int, int]:
    """First row and end of what is not flat; rows blurred by the border's edge go too."""
    length = len(pixels)
    low, high = np.percentile(pixels, (2, 98), axis=1)
    busy = np.flatnonzero(high - low > FLAT_SPREAD)
    if len(busy) == 0:
        return 0, length
    most = int(length * TRIM_SHARE)
    top, bottom = int(busy[0]), length - 1 - int(busy[-1])
    top, bottom = (0 if edge > most else edge and edge + EDGE_BLUR_PIXELS for edge in (top, bottom))
    return top, length - bottom

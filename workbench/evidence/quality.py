"""Simple measures of an image, told to the assessor as warnings; the limits are parameters."""

from dataclasses import dataclass

import cv2
import numpy as np

from workbench.evidence.picture import read_colours

EDGE_PERCENTILE = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Whole numbers of one image, taken at a longer side of 512 pixels.

    ``brightness``: mean luminance, 0 (black) … 255 (white).
    ``contrast``: luminance between the darkest and brightest 5 % of the pixels, 0…255.
    ``sharpness``: strongest edges (99th percentile of the Laplacian) in percent of the contrast.
    ``colour``: mean of the strongest less the weakest colour of a pixel, 0 (grey) … 255.
    """

    brightness: int
    contrast: int
    sharpness: int
    colour: int


def measure(data: bytes) -> Measures:
    """The measures of JPEG bytes that passed ``check``."""
    pixels = read_colours(data)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    dark, bright = np.percentile(grey, (5, 95))
    contrast = float(bright - dark)
    edges = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_32F))
    strongest = float(np.percentile(edges, EDGE_PERCENTILE))
    spread = pixels.max(axis=2).astype(np.int32) - pixels.min(axis=2)
    return Measures(
        brightness=round(float(grey.mean())),
        contrast=round(contrast),
        sharpness=round(100 * strongest / max(contrast, 1.0)),
        colour=round(float(spread.mean())),
    )

"""What is stored of an image to find it again: codes of several views, and local features."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.evidence import pdq
from workbench.evidence.features import find_features, to_bytes
from workbench.evidence.picture import Pixels, read_grey, trim

VERSION = 1
WHOLE, TRIMMED, CENTRE = 0, 1, 2
CORNERS = (3, 4, 5, 6)
VIEWS = 7
CROP_SIDE = 0.9**0.5
"""Side of a crop to 90 % of the area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """``codes``: ``VIEWS`` × 32 bytes; ``features``: local features, opaque, up to 2,884 bytes."""

    codes: bytes
    features: bytes


def fingerprint(data: bytes) -> Fingerprint:
    """The fingerprint of JPEG bytes that passed ``check``: upright, decoded small."""
    pixels = read_grey(data)
    codes = b"".join(pdq.pack(frequencies) for frequencies in view_frequencies(pixels))
    return Fingerprint(codes=codes, features=to_bytes(find_features(pixels)))


def view_frequencies(pixels: Pixels) -> list[pdq.Coefficients]:
    """The frequencies of each view: whole, without its border, and five crops to 90 % of that."""
    return [pdq.coefficients(view.astype(np.float32)) for view in _views(pixels)]


def _views(pixels: Pixels) -> Iterator[Pixels]:
    trimmed = trim(pixels)
    yield pixels
    yield trimmed
    height, width = trimmed.shape
    tall, wide = max(1, round(height * CROP_SIDE)), max(1, round(width * CROP_SIDE))
    low, right = height - tall, width - wide
    for top, left in ((low // 2, right // 2), (0, 0), (0, right), (low, 0), (low, right)):
        yield trimmed[top : top + tall, left : left + wide]

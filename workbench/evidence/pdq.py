"""PDQ, the perceptual code of 256 bits that Facebook published, and its eight mirrorings.

Source: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (2019). Its two
passes of a box filter, the picking of 64 × 64 samples and the cosine transform are linear, so each
is a matrix; their product is kept per size, and a code costs two small matrix products.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CODE_BYTES = 32
CODE_BITS = 256
SAMPLES = 64
FREQUENCIES = 16
KEPT_SIZES = 512
MIDDLE = CODE_BITS // 2 - 1

Grey = NDArray[np.float32]
Coefficients = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One of the eight ways to lay a picture: mirrored left to right, then turned clockwise."""

    is_mirrored: bool
    quarter_turns: int


TURNS = tuple(
    Turn(is_mirrored=mirrored, quarter_turns=turns)
    for mirrored in (False, True)
    for turns in range(4)
)


def coefficients(grey: Grey) -> Coefficients:
    """The 16 × 16 lowest frequencies of a luminance picture, rows first, without the constant."""
    height, width = grey.shape
    return np.asarray(_basis(height) @ grey @ _basis(width).T, dtype=np.float32)


def pack(frequencies: Coefficients) -> bytes:
    """The 32 bytes of a code: which frequencies lie above the middle one, last frequency first."""
    above = frequencies > np.partition(frequencies, MIDDLE, axis=None)[MIDDLE]
    return np.packbits(above.ravel()[::-1]).tobytes()


def laid(frequencies: Coefficients, turn: Turn) -> Coefficients:
    """The frequencies the picture would have if it were laid so; only signs and axes change."""
    if turn.is_mirrored:
        frequencies = frequencies * _signs()
    for _ in range(turn.quarter_turns):
        frequencies = frequencies.T * _signs()
    return frequencies


def negative(code: bytes) -> bytes:
    """The code of the negative: as many frequencies lie above the middle as below it."""
    return bytes(255 - byte for byte in code)


@lru_cache(maxsize=1)
def _signs() -> Coefficients:
    """A mirrored cosine of an odd frequency changes its sign; the first column is frequency 1."""
    return np.where(np.arange(1, FREQUENCIES + 1) % 2 == 1, -1, 1).astype(np.float32)


@lru_cache(maxsize=KEPT_SIZES)
def _basis(size: int) -> NDArray[np.float32]:
    """Frequencies × pixels of one axis: filter, pick and transform in one."""
    picked = ((np.arange(SAMPLES) + 0.5) * size / SAMPLES).astype(int)
    box = _box(size)
    filtered = box[picked] @ box
    waves = np.outer(np.arange(1, FREQUENCIES + 1), 2 * np.arange(SAMPLES) + 1)
    transform = np.sqrt(2 / SAMPLES) * np.cos(np.pi / (2 * SAMPLES) * waves)
    return np.asarray(transform @ filtered, dtype=np.float32)


def _box(size: int) -> NDArray[np.float64]:
    """A running mean whose window is cut off at the edges; even windows reach further on."""
    window = (size + 2 * SAMPLES - 1) // (2 * SAMPLES)
    after = (window + 2) // 2
    places = np.arange(size)
    first, end = places - (window - after), places + after
    inside = (places >= first[:, None]) & (places < end[:, None])
    return np.asarray(inside / inside.sum(axis=1, keepdims=True), dtype=np.float64)

"""Local features: small places of a picture, each as a place, a size, a direction and 128 bits.

The bits are a SIFT descriptor (Lowe, 2004) cut at its own middle. They do not change with
brightness, contrast, size or turn, and those of the mirrored picture or of its negative are the
same bits in another order, so one stored copy answers for all.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.evidence.picture import Pixels

PLACES_MOST = 120
PLACES_BEFORE_SPREAD = 400
CELLS = 4
CELL_SHARE_MOST = 5  # A cell of the 4 × 4 holds at most a fifth of all places.
CONTRAST_LEAST = 0.012
EDGE_RATIO = 12.0
BITS = 128
UNIT = 64  # Places are kept in sixty-fourths of a pixel of the small picture.
TURN = 65_536  # Directions are kept in this many parts of a full turn.

PLACE = np.dtype([("x", "<u2"), ("y", "<u2"), ("size", "<u2"), ("turn", "<u2"), ("bits", "u1", 16)])
HEAD = np.dtype([("width", "<u2"), ("height", "<u2")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Places of one picture: x, y, size in pixels of the small picture, direction in degrees."""

    width: int
    height: int
    points: NDArray[np.float32]
    sizes: NDArray[np.float32]
    degrees: NDArray[np.float32]
    bits: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.points)


def find_features(pixels: Pixels) -> Features:
    """The strongest places of a small grey picture, spread over it."""
    places, descriptors = _finder().detectAndCompute(pixels, None)
    height, width = pixels.shape
    chosen = _spread(places, width, height)
    described = np.zeros((0, BITS), np.float32) if descriptors is None else descriptors[chosen]
    middle = np.median(described, axis=1, keepdims=True) if len(chosen) else described
    return Features(
        width=width,
        height=height,
        points=_floats([places[n].pt for n in chosen]).reshape(-1, 2),
        sizes=_floats([places[n].size for n in chosen]),
        degrees=_floats([places[n].angle for n in chosen]),
        bits=np.packbits(described > middle, axis=1),
    )


def to_bytes(features: Features) -> bytes:
    """The features as they are stored: 4 bytes of dimensions, 24 a place."""
    rows = np.zeros(len(features), PLACE)
    rows["x"], rows["y"] = np.rint(np.maximum(features.points, 0) * UNIT).T
    rows["size"] = np.rint(features.sizes * UNIT)
    rows["turn"] = np.rint(features.degrees / 360 * TURN).astype(np.int64) % TURN
    rows["bits"] = features.bits
    head = np.array([(features.width, features.height)], HEAD)
    return head.tobytes() + rows.tobytes()


def from_bytes(stored: bytes) -> Features:
    """The features of a stored fingerprint."""
    assert (len(stored) - HEAD.itemsize) % PLACE.itemsize == 0, len(stored)
    head = np.frombuffer(stored, HEAD, count=1)[0]
    rows = np.frombuffer(stored, PLACE, offset=HEAD.itemsize)
    return Features(
        width=int(head["width"]),
        height=int(head["height"]),
        points=_floats(np.stack([rows["x"], rows["y"]], axis=1) / UNIT),
        sizes=_floats(rows["size"] / UNIT),
        degrees=_floats(rows["turn"] * (360 / TURN)),
        bits=np.ascontiguousarray(rows["bits"]),
    )


def mirrored(features: Features) -> Features:
    """The features of the picture mirrored left to right."""
    points = features.points * _floats([-1, 1]) + _floats([features.width - 1, 0])
    return Features(
        width=features.width,
        height=features.height,
        points=points,
        sizes=features.sizes,
        degrees=(180 - features.degrees) % 360,
        bits=_reordered(features.bits, _MIRROR_ORDER),
    )


def inverted(features: Features) -> Features:
    """The features of the negative."""
    return Features(
        width=features.width,
        height=features.height,
        points=features.points,
        sizes=features.sizes,
        degrees=(features.degrees + 180) % 360,
        bits=_reordered(features.bits, _NEGATIVE_ORDER),
    )


def _floats(values: object) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)


def _finder() -> Any:
    make: Any = cv2
    return make.SIFT_create(PLACES_BEFORE_SPREAD, 3, CONTRAST_LEAST, EDGE_RATIO, 1.6)


def _spread(places: Any, width: int, height: int) -> list[int]:
    """The strongest first, no cell of the grid with more than its share."""
    most_in_cell = PLACES_MOST // CELL_SHARE_MOST
    held = np.zeros((CELLS, CELLS), int)
    chosen: list[int] = []
    for n in sorted(range(len(places)), key=lambda n: -places[n].response):
        x, y = places[n].pt
        cell = min(CELLS - 1, int(y * CELLS / height)), min(CELLS - 1, int(x * CELLS / width))
        if held[cell] < most_in_cell:
            held[cell] += 1
            chosen.append(n)
        if len(chosen) == PLACES_MOST:
            break
    return chosen


def _reordered(bits: NDArray[np.uint8], order: NDArray[np.intp]) -> NDArray[np.uint8]:
    return np.packbits(np.unpackbits(bits, axis=1)[:, order], axis=1)


# A descriptor is 4 rows × 4 columns of 8 directions, laid along the direction of its place.
_GRID = np.arange(BITS).reshape(4, 4, 8)
_MIRROR_ORDER = _GRID[::-1, :, (-np.arange(8)) % 8].ravel()
_NEGATIVE_ORDER = _GRID[::-1, ::-1, :].ravel()

"""Two images looked at again, pixel by pixel: are they the same picture, and what was done?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.evidence.agreement import agreement
from workbench.evidence.change import Change
from workbench.evidence.compare import DEFAULT_STRICTNESS, Strictness, best_fits
from workbench.evidence.features import Features, find_features, from_bytes
from workbench.evidence.geometry import change_of
from workbench.evidence.picture import Pixels, content_box, read_grey

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The same picture: what was done to the earlier one, and how surely.

    ``agreeing_percent`` of the ``pieces`` that both images show are the same to the pixel.
    """

    change: Change
    pieces: int
    agreeing_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A small grey picture with its places."""

    pixels: Pixels
    features: Features


def look_at(data: bytes, features: bytes | None = None) -> Picture:
    """JPEG bytes that passed ``check``; their ``features`` as they are stored spare the search."""
    pixels = read_grey(data)
    found = find_features(pixels) if features is None else from_bytes(features)
    return Picture(pixels=pixels, features=found)


def describe_change(
    later: Picture,
    earlier: Picture,
    guess: Change | None = None,
    strictness: Strictness = DEFAULT_STRICTNESS,
) -> Seen | None:
    """What was done to the earlier picture to make the later one; None: another picture.

    ``guess`` is what their codes say, for pictures with too few places to tell by. Two pictures
    with too little on them to compare are not the same here, whatever their codes say.
    """
    seen = _by_places(later, earlier, strictness)
    if seen is None and guess is not None:
        seen = _by_guess(later.pixels, earlier.pixels, guess, strictness)
    return seen


def _by_places(later: Picture, earlier: Picture, strictness: Strictness) -> Seen | None:
    best: Seen | None = None
    for variant, found in best_fits(later.features, earlier.features, strictness):
        laid = _laid(later.pixels, variant.is_mirrored, variant.is_negative)
        same = agreement(laid, earlier.pixels, found.matrix)
        if same.pieces < strictness.pieces_least or same.percent < strictness.same_percent_least:
            continue
        if best is None or same.percent > best.agreeing_percent:
            change = change_of(
                found.matrix,
                _size(later.features),
                _size(earlier.features),
                is_mirrored=variant.is_mirrored,
                is_negative=variant.is_negative,
            )
            best = Seen(change=change, pieces=same.pieces, agreeing_percent=same.percent)
    return best


def _by_guess(later: Pixels, earlier: Pixels, guess: Change, strictness: Strictness) -> Seen | None:
    """The picture laid back as guessed: frame upon frame, or what is within upon the same."""
    turned_back = np.rot90(later, guess.quarter_turns)
    laid = _laid(turned_back, guess.is_mirrored, guess.is_negative)
    for find_box in (_frame, content_box):
        matrix = _box_upon_box(find_box(earlier), find_box(laid))
        same = agreement(laid, earlier, matrix)
        if same.pieces >= strictness.pieces_least and same.percent >= strictness.same_percent_least:
            return Seen(change=guess, pieces=same.pieces, agreeing_percent=same.percent)
    return None


def _frame(pixels: Pixels) -> Box:
    return 0, 0, pixels.shape[1], pixels.shape[0]


def _box_upon_box(first: Box, second: Box) -> NDArray[np.float64]:
    """The 2 × 3 matrix that lays the first box upon the second."""
    across = (second[2] - second[0]) / (first[2] - first[0])
    down = (second[3] - second[1]) / (first[3] - first[1])
    return np.array(
        [
            [across, 0, second[0] - across * first[0]],
            [0, down, second[1] - down * first[1]],
        ]
    )


def _laid(pixels: Pixels, is_mirrored: bool, is_negative: bool) -> Pixels:
    laid = pixels[:, ::-1] if is_mirrored else pixels
    return np.ascontiguousarray(255 - laid if is_negative else laid)


def _size(features: Features) -> tuple[int, int]:
    return features.width, features.height

"""The one transform under which the places of two pictures agree, and what it says was done."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.evidence.change import Change
from workbench.evidence.features import Features

TURN_BIN_DEGREES = 20
SCALE_BIN_OCTAVES = 0.4
SCALE_OCTAVES_MOST = 2.0
REACH_PIXELS = 5.0
RANSAC_ROUNDS = 200
CONFIDENCE = 0.995
STRETCH_MOST = 1.35
INSIDE_MARGIN_PIXELS = 6
WHOLE_PERCENT = 97  # A share above this is told as the whole: places are not that exact.

Matrix = NDArray[np.float64]


class Pairs(NamedTuple):
    """Rows of the later picture's places, rows of the earlier one's, and the bits between them."""

    later: NDArray[np.int64]
    earlier: NDArray[np.int64]
    bits: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well one transform explains two pictures.

    ``matrix`` (2 × 3) leads from the earlier picture's pixels to the later one's;
    ``agreeing_percent`` of the places seen in both agree; the hull of the agreeing ones covers
    ``spread_percent`` of what both show.
    """

    matrix: Matrix
    places: int
    agreeing_percent: int
    spread_percent: int


def fit(later: Features, earlier: Features, pairs: Pairs, places_least: int) -> Fit | None:
    """The transform most pairs agree on, or None where no plausible one explains enough."""
    pairs = _mutually_nearest(pairs)
    if len(pairs.later) < places_least:
        return None
    pairs = _of_one_turn_and_scale(later, earlier, pairs)
    if len(pairs.later) < places_least:
        return None
    found, mask = cv2.estimateAffine2D(
        earlier.points[pairs.earlier],
        later.points[pairs.later],
        method=cv2.RANSAC,
        ransacReprojThreshold=REACH_PIXELS,
        maxIters=RANSAC_ROUNDS,
        confidence=CONFIDENCE,
    )
    matrix = np.asarray(found, dtype=np.float64)
    if found is None or not _is_plausible(matrix):
        return None
    agreeing = mask.ravel().astype(bool)
    return _judged(later, earlier, matrix, pairs.earlier[agreeing])


def change_of(
    matrix: Matrix,
    later_size: tuple[int, int],
    earlier_size: tuple[int, int],
    *,
    is_mirrored: bool,
    is_negative: bool,
) -> Change:
    """What a transform says in words; the later picture was laid back by mirroring already."""
    degrees = float(
        np.degrees(np.arctan2(matrix[1, 0] - matrix[0, 1], matrix[0, 0] + matrix[1, 1]))
    )
    # Mirrored after the turn is turned the other way after the mirror.
    clockwise = -degrees if is_mirrored else degrees
    quarters = round(clockwise / 90)
    both, whole_later, whole_earlier = _areas(matrix, later_size, earlier_size)
    return Change(
        is_mirrored=is_mirrored,
        quarter_turns=quarters % 4,
        is_negative=is_negative,
        turn_degrees=round(clockwise - 90 * quarters),
        kept_percent=_percent(both, whole_earlier),
        filled_percent=_percent(both, whole_later),
    )


def _mutually_nearest(pairs: Pairs) -> Pairs:
    """Each place once: the nearest first, on both sides."""
    order = np.argsort(pairs.bits, kind="stable")
    order = order[np.sort(np.unique(pairs.later[order], return_index=True)[1])]
    order = order[np.sort(np.unique(pairs.earlier[order], return_index=True)[1])]
    return Pairs(pairs.later[order], pairs.earlier[order], pairs.bits[order])


def _of_one_turn_and_scale(later: Features, earlier: Features, pairs: Pairs) -> Pairs:
    """The pairs that agree with the commonest turn and scale, told by each pair alone."""
    turns = (later.degrees[pairs.later] - earlier.degrees[pairs.earlier]) % 360
    scales = np.log2(later.sizes[pairs.later] / earlier.sizes[pairs.earlier])
    apart = np.abs((turns[:, None] - turns[None, :] + 180) % 360 - 180)
    near = (apart <= TURN_BIN_DEGREES) & (
        np.abs(scales[:, None] - scales[None, :]) <= SCALE_BIN_OCTAVES
    )
    if not len(near):
        return pairs
    chosen = near[int(np.argmax(near.sum(axis=1)))]
    return Pairs(pairs.later[chosen], pairs.earlier[chosen], pairs.bits[chosen])


def _is_plausible(matrix: Matrix) -> bool:
    """Neither turned inside out nor stretched or scaled beyond what a copy is."""
    long, short = np.linalg.svd(matrix[:, :2], compute_uv=False)
    if short <= 0 or np.linalg.det(matrix[:, :2]) <= 0:
        return False
    return bool(
        long / short <= STRETCH_MOST and abs(np.log2(long * short)) / 2 <= SCALE_OCTAVES_MOST
    )


def _judged(later: Features, earlier: Features, matrix: Matrix, agreeing: NDArray[np.int64]) -> Fit:
    """Of the places the other picture should show too, on either side, how many agree."""
    onto_later = _moved(earlier.points, matrix)
    onto_earlier = _moved(later.points, np.asarray(cv2.invertAffineTransform(matrix)))
    possible = min(_inside(onto_later, later), _inside(onto_earlier, earlier))
    both, _, whole_earlier = _areas(
        matrix, (later.width, later.height), (earlier.width, earlier.height)
    )
    hull = cv2.contourArea(cv2.convexHull(earlier.points[agreeing]))
    scale = abs(float(np.linalg.det(matrix[:, :2])))
    return Fit(
        matrix=matrix,
        places=len(agreeing),
        agreeing_percent=min(100, round(100 * len(agreeing) / max(1, possible))),
        spread_percent=round(100 * hull * scale / both) if both > 0 else 0,
    )


def _moved(points: NDArray[np.float32], matrix: Matrix) -> NDArray[np.float64]:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def _inside(points: NDArray[np.float64], picture: Features) -> int:
    size = np.array([picture.width, picture.height])
    within = (points >= INSIDE_MARGIN_PIXELS) & (points <= size - INSIDE_MARGIN_PIXELS)
    return int(np.count_nonzero(within.all(axis=1)))


def _areas(
    matrix: Matrix, later_size: tuple[int, int], earlier_size: tuple[int, int]
) -> tuple[float, float, float]:
    """In pixels² of the later picture: what both show, the later one, the earlier one."""
    moved = _moved(_corners(earlier_size), matrix).astype(np.float32)
    both = float(cv2.intersectConvexConvex(moved, _corners(later_size))[0])
    width, height = later_size
    return both, float(width * height), float(cv2.contourArea(moved))


def _corners(size: tuple[int, int]) -> NDArray[np.float32]:
    width, height = size
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def _percent(part: float, whole: float) -> int:
    percent = round(100 * part / whole) if whole > 0 else 0
    return 100 if percent >= WHOLE_PERCENT else percent

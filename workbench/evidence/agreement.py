"""The last word on a candidate: the two pictures laid over each other, piece by piece.

Local features say where the earlier picture lies in the later one. From there the transform is
made exact with four corners of freedom (a photographed screen is seen aslant), and each piece that
shows something must be found where it belongs, almost to the pixel. Teeth of two people may be
alike in shape, but not in place to the pixel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

PIECE_PIXELS = 32
SEARCH_PIXELS = 6
SLACK_PIXELS = 1
FINE_BLUR, COARSE_BLUR, LAST_COARSE_BLUR = 1.0, 8.0, 4.0
BUSY_LEAST = 2.0
LIKE_LEAST = 0.6
SAME_LEAST = 0.86
ROUNDS = 2
PIECES_LEAST = 8
REACH_PIXELS = 1.0
RANSAC_ROUNDS = 300
EDGE_PIXELS = 15  # What the blur carries over the edge from a border, there and back.

Band = NDArray[Any]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many pieces show something, and in percent how many of them agree."""

    pieces: int
    percent: int


def agreement(later: Band, earlier: Band, matrix: Matrix) -> Agreement:
    """How much of what both show is the same; ``matrix`` (2 × 3) leads from earlier to later."""
    exact = _refined(later, earlier, np.vstack([matrix, [0, 0, 1]]))
    moved, shown = _moved(earlier, later, exact)
    later_band = _band(later, LAST_COARSE_BLUR)
    moved_band = _band(moved, LAST_COARSE_BLUR)
    same = [
        _nearest(later_band, moved_band, top, left, SLACK_PIXELS)[0] >= SAME_LEAST
        for top, left in _places(shown, SLACK_PIXELS)
        if max(_spread(later_band, top, left), _spread(moved_band, top, left)) >= BUSY_LEAST
    ]
    return Agreement(pieces=len(same), percent=round(100 * sum(same) / len(same)) if same else 0)


def _refined(later: Band, earlier: Band, matrix: Matrix) -> Matrix:
    """The transform corrected by where its pieces are found in truth."""
    later_band = _band(later, COARSE_BLUR)
    for _ in range(ROUNDS):
        moved, shown = _moved(earlier, later, matrix)
        moved_band = _band(moved, COARSE_BLUR)
        expected, found = [], []
        for top, left in _places(shown, SEARCH_PIXELS):
            if _spread(moved_band, top, left) < BUSY_LEAST:
                continue
            likeness, x, y = _nearest(later_band, moved_band, top, left, SEARCH_PIXELS)
            if likeness >= LIKE_LEAST:
                expected.append((left, top))
                found.append((left + x, top + y))
        if len(found) < PIECES_LEAST:
            return matrix
        correction = _homography(expected, found)
        if correction is None:
            return matrix
        matrix = correction @ matrix
    return matrix


def _homography(expected: list[Any], found: list[Any]) -> Matrix | None:
    centre = PIECE_PIXELS / 2
    correction, _ = cv2.findHomography(
        np.asarray(expected, np.float32) + centre,
        np.asarray(found, np.float32) + centre,
        method=cv2.RANSAC,
        ransacReprojThreshold=REACH_PIXELS,
        maxIters=RANSAC_ROUNDS,
    )
    return None if correction is None else np.asarray(correction, dtype=np.float64)


def _moved(earlier: Band, later: Band, matrix: Matrix) -> tuple[Band, Band]:
    """The earlier picture as it lies in the later one, and where it is, but for its edge (255)."""
    size = (later.shape[1], later.shape[0])
    shown = cv2.warpPerspective(np.full_like(earlier, 255), matrix, size)
    return (
        cv2.warpPerspective(earlier, matrix, size, flags=cv2.INTER_LINEAR),
        cv2.erode(shown, np.ones((EDGE_PIXELS, EDGE_PIXELS), np.uint8)),
    )


def _band(pixels: Band, coarse: float) -> Band:
    """What is neither noise nor the slow change of brightness."""
    plain = pixels.astype(np.float32)
    return np.asarray(
        cv2.GaussianBlur(plain, (0, 0), FINE_BLUR) - cv2.GaussianBlur(plain, (0, 0), coarse)
    )


def _places(shown: Band, slack: int) -> Iterator[tuple[int, int]]:
    """Top and left of the pieces that lie wholly in both pictures."""
    height, width = shown.shape
    for top in range(slack, height - PIECE_PIXELS - slack + 1, PIECE_PIXELS):
        for left in range(slack, width - PIECE_PIXELS - slack + 1, PIECE_PIXELS):
            if shown[top : top + PIECE_PIXELS, left : left + PIECE_PIXELS].min() == 255:
                yield top, left


def _spread(band: Band, top: int, left: int) -> float:
    return float(band[top : top + PIECE_PIXELS, left : left + PIECE_PIXELS].std())


def _nearest(
    later: Band, moved: Band, top: int, left: int, slack: int
) -> tuple[float, float, float]:
    """The best correlation of a piece near its place, and how far off that is in x and y."""
    end = PIECE_PIXELS + slack
    around = later[top - slack : top + end, left - slack : left + end]
    piece = moved[top : top + PIECE_PIXELS, left : left + PIECE_PIXELS]
    scores = cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED)
    y, x = np.unravel_index(int(scores.argmax()), scores.shape)
    return (
        float(scores[y, x]),
        float(x) - slack + _peak(scores[y], int(x)),
        float(y) - slack + _peak(scores[:, x], int(y)),
    )


def _peak(scores: Band, at: int) -> float:
    """How far beside ``at`` the parabola through it and its neighbours is highest."""
    if not 0 < at < len(scores) - 1:
        return 0.0
    before, here, after = (float(score) for score in scores[at - 1 : at + 2])
    bend = before - 2 * here + after
    return 0.0 if bend == 0 else 0.5 * (before - after) / bend

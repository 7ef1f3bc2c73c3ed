"""Which known images resemble a new one: exact look-up of codes in memory.

The codes are kept view by view in blocks that are filled in place. Readers see a block only up to
the count that was published after its bytes were written, so one writer and any number of readers
need no lock; nothing is ever moved or taken away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from workbench.evidence import pdq
from workbench.evidence.change import Change, Match, Means
from workbench.evidence.compare import compare_features
from workbench.evidence.describe import Picture, look_at
from workbench.evidence.features import to_bytes
from workbench.evidence.fingerprint import (
    CENTRE,
    CORNERS,
    TRIMMED,
    VIEWS,
    WHOLE,
    Fingerprint,
    view_frequencies,
)
from workbench.evidence.hamming import Codes, within

__all__ = ["Match", "Query", "SimilarIndex", "Thresholds", "compare_features", "prepare"]

BLOCK_IMAGES = 65_536
CROP_PERCENT = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How far codes may be apart, in bits of 256, and how many images are told at most."""

    bits_most: int = 56
    images_most: int = 200


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A new image made ready: its fingerprint, and the codes of each view laid in each way."""

    picture: Picture
    fingerprint: Fingerprint
    laid: tuple[Codes, ...]


def prepare(data: bytes, features: bytes | None = None) -> Query:
    """A query from JPEG bytes that passed ``check``; stored ``features`` spare the search."""
    picture = look_at(data, features)
    frequencies = view_frequencies(picture.pixels)
    codes = b"".join(pdq.pack(each) for each in frequencies)
    return Query(
        picture=picture,
        fingerprint=Fingerprint(codes=codes, features=features or to_bytes(picture.features)),
        laid=tuple(_all_ways(each) for each in frequencies),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """A way the later picture was laid back: by a turn, and as its negative or not."""

    turn: pdq.Turn
    is_negative: bool


_WAYS = tuple(_Way(turn, negative) for negative in (False, True) for turn in pdq.TURNS)
_ASKED: tuple[tuple[int, tuple[int, ...]], ...] = (
    (WHOLE, (WHOLE,)),
    (TRIMMED, (TRIMMED, CENTRE, *CORNERS)),
    (CENTRE, (TRIMMED,)),
)
"""View of the later picture → views of the earlier ones it is compared with."""


class _Block:
    """Room for the codes of some images; ``count`` of them are there."""

    def __init__(self) -> None:
        self.images: NDArray[np.int64] = np.empty(BLOCK_IMAGES, np.int64)
        self.codes: Codes = np.empty((VIEWS, BLOCK_IMAGES, pdq.CODE_BYTES), np.uint8)
        self.count = 0


class SimilarIndex:
    """Codes of images by their numbers; grows while it is asked. 232 bytes an image."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._writing = Lock()

    def __len__(self) -> int:
        return sum(block.count for block in tuple(self._blocks))

    def add(self, image: int, codes: bytes) -> None:
        """Take in one image; ``codes`` as ``Fingerprint.codes``."""
        self.add_many([image], codes)

    def add_many(self, images: Sequence[int] | NDArray[np.int64], codes: bytes | Codes) -> None:
        """Take in images with their codes, one after the other: images × views × 32 bytes."""
        taken = np.frombuffer(codes, np.uint8) if isinstance(codes, bytes) else codes
        assert taken.size == len(images) * VIEWS * pdq.CODE_BYTES, (taken.size, len(images))
        rows = taken.reshape(len(images), VIEWS, pdq.CODE_BYTES)
        with self._writing:
            at = 0
            while at < len(images):
                at += self._fill(images[at:], rows[at:])

    def search(
        self, query: bytes | Query, thresholds: Thresholds = DEFAULT_THRESHOLDS
    ) -> list[Match]:
        """The images with a view near one of the query's, nearest first; each image once."""
        asked = prepare(query) if isinstance(query, bytes) else query
        best: dict[int, Match] = {}
        for block in tuple(self._blocks):
            for later_view, earlier_views in _ASKED:
                for earlier_view in earlier_views:
                    codes = block.codes[earlier_view, : block.count]
                    near = within(asked.laid[later_view], codes, thresholds.bits_most)
                    for way, row, distance in zip(*map(np.ndarray.tolist, near), strict=True):
                        image = int(block.images[row])
                        if image not in best or distance < best[image].distance:
                            change = _change(_WAYS[way], later_view, earlier_view)
                            best[image] = Match(
                                image=image, distance=distance, means=Means.CODES, change=change
                            )
        nearest = sorted(best.values(), key=lambda match: (match.distance, match.image))
        return nearest[: thresholds.images_most]

    def _fill(self, images: Sequence[int] | NDArray[np.int64], rows: Codes) -> int:
        """Fill the last block, or a new one; how many images it took."""
        if not self._blocks or self._blocks[-1].count == BLOCK_IMAGES:
            self._blocks.append(_Block())
        block = self._blocks[-1]
        taken = min(BLOCK_IMAGES - block.count, len(images))
        into = slice(block.count, block.count + taken)
        block.images[into] = images[:taken]
        block.codes[:, into] = rows[:taken].swapaxes(0, 1)
        block.count += taken  # Published last: readers never see half a code.
        return taken


def _all_ways(frequencies: pdq.Coefficients) -> Codes:
    """The codes of one view in every way of ``_WAYS``."""
    codes = [pdq.pack(pdq.laid(frequencies, turn)) for turn in pdq.TURNS]
    rows = np.frombuffer(b"".join(codes), np.uint8).reshape(-1, pdq.CODE_BYTES)
    return np.concatenate([rows, ~rows])


def _change(way: _Way, later_view: int, earlier_view: int) -> Change:
    """What was done to the earlier picture, from the way the later one had to be laid back."""
    turns = way.turn.quarter_turns
    return Change(
        is_mirrored=way.turn.is_mirrored,
        quarter_turns=turns if way.turn.is_mirrored else -turns % 4,
        is_negative=way.is_negative,
        kept_percent=CROP_PERCENT if earlier_view in (CENTRE, *CORNERS) else 100,
        filled_percent=CROP_PERCENT if later_view == CENTRE else 100,
    )

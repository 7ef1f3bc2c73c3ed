"""A match of two images, and what was done to the earlier one to make the later one."""

from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """What a match was found by: whole-picture codes, or places that agree in their geometry."""

    CODES = "codes"
    PLACES = "places"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From the earlier image to the later one: mirrored first, then turned clockwise.

    ``turn_degrees`` is what remains beside the quarter turns, −45…45, at least ±1 to be told.
    ``kept_percent`` of the earlier image's area is seen in the later one (less than 100: cropped);
    ``filled_percent`` of the later image's area is the earlier one (less than 100: a border, or
    the earlier one is the crop).
    """

    is_mirrored: bool = False
    quarter_turns: int = 0
    is_negative: bool = False
    turn_degrees: int = 0
    kept_percent: int = 100
    filled_percent: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An earlier image that the later one resembles.

    ``distance`` is 0…256: bits that differ between the two nearest views of 256, or for places
    256 × the share of those seen in both images that do not agree. ``places`` agree (0 for codes).
    """

    image: int
    distance: int
    means: Means
    change: Change
    places: int = 0

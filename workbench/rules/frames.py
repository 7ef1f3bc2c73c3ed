"""What a frame in an image must be to stand beside a decision, and how several are counted."""

from collections.abc import Iterable

from workbench.rules.facts import Cite

WHOLE = 10_000
"""The width and the height of every upright image."""

SIDE_MIN = 20
"""Smaller frames (1/500 of a side) are slips of the hand."""

CITES_MAX = 8
"""Frames that one reason can rest on."""


def is_frame(cite: Cite) -> bool:
    """Whether a frame lies within its image and is large enough to be seen."""
    sides = (cite.left, cite.top, cite.width, cite.height)
    return (
        all(type(side) is int for side in (cite.image, *sides))
        and min(cite.left, cite.top) >= 0
        and min(cite.width, cite.height) >= SIDE_MIN
        and cite.left + cite.width <= WHOLE
        and cite.top + cite.height <= WHOLE
    )


def numbered(cites: Iterable[Cite]) -> list[tuple[Cite, int]]:
    """Each frame with its number among those of the same image, from 1, as words name it."""
    counts: dict[int, int] = {}
    found = []
    for cite in cites:
        counts[cite.image] = counts.get(cite.image, 0) + 1
        found.append((cite, counts[cite.image]))
    return found

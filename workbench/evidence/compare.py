"""Finding the same picture among others by local features and a strict geometric check."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.evidence.change import Match, Means
from workbench.evidence.features import Features, from_bytes, inverted, mirrored
from workbench.evidence.geometry import Fit, Pairs, change_of, fit
from workbench.evidence.hamming import within

BATCH_IMAGES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness:
    """When two images count as the same; measured, see docs/benchmarks.md."""

    bits_most: int = 26
    places_least: int = 10
    agreeing_percent_least: int = 20
    spread_percent_least: int = 5
    pieces_least: int = 6
    same_percent_least: int = 80


DEFAULT_STRICTNESS = Strictness()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The later picture laid back as the earlier one may have been."""

    features: Features
    is_mirrored: bool
    is_negative: bool


def compare_features(
    query: bytes,
    candidates: Iterable[tuple[int, bytes]],
    strictness: Strictness = DEFAULT_STRICTNESS,
) -> list[Match]:
    """The candidates (image, stored features) that show the same picture, nearest first."""
    variants = _variants(from_bytes(query))
    found = [
        match
        for batch in _batches(candidates)
        for match in _compare_batch(variants, batch, strictness)
    ]
    return sorted(found, key=lambda match: (match.distance, match.image))


def best_fits(
    later: Features, earlier: Features, strictness: Strictness = DEFAULT_STRICTNESS
) -> Iterator[tuple[Variant, Fit]]:
    """Each way the later picture may have been laid, with its fit, of two pictures alone."""
    ends = np.array([len(earlier)])
    for variant in _variants(later):
        for _, pairs in _alike(variant.features, earlier.bits, ends, strictness):
            found = fit(variant.features, earlier, pairs, strictness.places_least)
            if found is not None and _is_enough(found, strictness):
                yield variant, found


def _variants(features: Features) -> list[Variant]:
    return [
        Variant(
            features=inverted(laid) if is_negative else laid,
            is_mirrored=is_mirrored,
            is_negative=is_negative,
        )
        for is_mirrored, laid in ((False, features), (True, mirrored(features)))
        for is_negative in (False, True)
    ]


def _batches(candidates: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    batch: list[tuple[int, bytes]] = []
    for candidate in candidates:
        batch.append(candidate)
        if len(batch) == BATCH_IMAGES:
            yield batch
            batch = []
    if batch:
        yield batch


def _compare_batch(
    variants: Sequence[Variant], batch: Sequence[tuple[int, bytes]], strictness: Strictness
) -> Iterator[Match]:
    pictures = [from_bytes(features) for _, features in batch]
    ends = np.cumsum([len(picture) for picture in pictures])
    bits = np.concatenate([picture.bits for picture in pictures])
    best: dict[int, Match] = {}
    for variant in variants:
        for n, pairs in _alike(variant.features, bits, ends, strictness):
            found = fit(variant.features, pictures[n], pairs, strictness.places_least)
            match = _match(batch[n][0], variant, pictures[n], found, strictness)
            if match and (n not in best or match.distance < best[n].distance):
                best[n] = match
    yield from best.values()


def _alike(
    query: Features, bits: NDArray[np.uint8], ends: NDArray[np.int64], strictness: Strictness
) -> Iterator[tuple[int, Pairs]]:
    """Per picture of the batch, the pairs of places whose bits are near, where there are enough."""
    queries, found, distances = within(query.bits, bits, strictness.bits_most)
    pictures = np.searchsorted(ends, found, side="right")
    counts = np.bincount(pictures, minlength=len(ends))
    starts = np.concatenate([[0], ends[:-1]])
    order = np.argsort(pictures, kind="stable")
    edges = np.concatenate([[0], np.cumsum(counts)])
    for n in np.flatnonzero(counts >= strictness.places_least):
        rows = order[edges[n] : edges[n + 1]]
        yield int(n), Pairs(queries[rows], found[rows] - starts[n], distances[rows])


def _match(
    image: int, variant: Variant, earlier: Features, found: Fit | None, strictness: Strictness
) -> Match | None:
    """A match if the fit is good enough."""
    if found is None or not _is_enough(found, strictness):
        return None
    return Match(
        image=image,
        distance=round(256 * (100 - found.agreeing_percent) / 100),
        means=Means.PLACES,
        change=change_of(
            found.matrix,
            (variant.features.width, variant.features.height),
            (earlier.width, earlier.height),
            is_mirrored=variant.is_mirrored,
            is_negative=variant.is_negative,
        ),
        places=found.places,
    )


def _is_enough(found: Fit, strictness: Strictness) -> bool:
    """Enough places agree, enough of those seen in both, and not in one corner."""
    return (
        found.places >= strictness.places_least
        and found.agreeing_percent >= strictness.agreeing_percent_least
        and found.spread_percent >= strictness.spread_percent_least
    )

"""Rows about used images: how many are found after each change, false alarms, times, memory."""

import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from PIL import Image

from scripts.bench.evidence_changes import CHANGES, changed
from scripts.bench.timing import Result, p50_p95, timed_ms
from workbench.demo import drawing
from workbench.errors import Refused
from workbench.evidence import hamming
from workbench.evidence.change import Change
from workbench.evidence.compare import compare_features
from workbench.evidence.describe import describe_change, look_at
from workbench.evidence.fingerprint import VIEWS, Fingerprint, fingerprint
from workbench.evidence.jpeg import check, render, thumbnail
from workbench.evidence.quality import measure as measure_quality
from workbench.evidence.similar import Query, SimilarIndex, prepare

DRAWN, CHANGED, ASKED = 1_200, 1_000, 1_200
SAID = 50
TEETH = (36, 46, 16, 26, 11, 21, 35, 45, 14, 24, 37, 47)
FIRST_SEED = 10_000
IMAGES, CODES_TEN = 1_000_000, 10_000_000
RUNS = 5
WHOLE_GOALS = {
    **dict.fromkeys(
        ("encoded again", "resized to 60 %", "border", "mirrored", "quarter turn", "negative"), 1.0
    ),
    "mirrored, quarter turn": 1.0,
    **dict.fromkeys(("brightness ±40", "contrast ±40 %", "gamma 0.6 or 1.6"), 0.98),
    **dict.fromkeys(("crop to 90 %, centred", "crop to 90 %, anywhere"), 0.98),
    "stamped label": 0.95,
    **dict.fromkeys(("crop to 80 %, centred", "crop to 80 %, a corner"), 0.8),
    **dict.fromkeys(("turned by 1°", "turned by 3°"), 0.9),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An image of the measurement with what is stored of it."""

    data: bytes
    fingerprint: Fingerprint


pool_images: list[Kept] = []
pool_index: list[SimilarIndex] = []
"""What the workers of ``_each`` inherit at their fork."""


def measure(folder: Path | None, drawn: int = DRAWN, asked: int = ASKED) -> Iterator[Result]:
    """The times first, then recall and false alarms over drawn images and those of ``folder``.

    The second part takes hours of a core; it runs on all of them.
    """
    cv2.setNumThreads(1)
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
        kept = list(pool.map(_keep_drawn, range(drawn), chunksize=8))
    yield from (*_intake(), *_scope(kept), *_look_up())
    given = _given(folder)
    for group, images in {"drawn": kept, "given": given}.items():
        if images:
            yield from _recall(group, images)
    yield _false_alarms(kept + given, asked)


def _draw(n: int) -> bytes:
    """Films of other mouths, one after the other of each kind."""
    seed, tooth = FIRST_SEED + n, TEETH[n % len(TEETH)]
    treatment = list(drawing.Treatment)[n // 20 % len(drawing.Treatment)].value
    match n % 10:
        case 5 | 6:
            return drawing.bitewing(seed, ("right", "left")[n // 10 % 2], "before", 0)
        case 7:
            return drawing.panoramic(seed, label=f"1404/05/{1 + n % 29:02}")
        case 8:
            return drawing.photograph(seed, "before")
        case 9:
            return drawing.cephalometric(seed, "") if n // 10 % 2 else drawing.cbct(seed, "")
        case _:
            return drawing.periapical(seed, tooth, ("before", "after")[n // 10 % 2], treatment)


def _given(folder: Path | None) -> list[Kept]:
    """The JPEG files of a folder that pass the gate."""
    kept = []
    for path in sorted(folder.rglob("*.jp*g")) if folder else []:
        data = path.read_bytes()
        try:
            check(data, path.name)
        except Refused:
            continue
        kept.append(_keep(data))
    return kept


def _keep_drawn(n: int) -> Kept:
    return _keep(_draw(n))


def _keep(data: bytes) -> Kept:
    return Kept(data=data, fingerprint=fingerprint(data))


def _recall(group: str, images: Sequence[Kept]) -> Iterator[Result]:
    """Of changed images, how many are found: by codes over all, by places in a scope, confirmed."""
    chosen = range(0, len(images), max(1, len(images) // CHANGED))[:CHANGED]
    sums = dict.fromkeys(CHANGES, (0, 0, 0))
    for found in _each(_found_of, chosen, images, f"recall, {group}"):
        for name, counts in found.items():
            sums[name] = tuple(map(sum, zip(sums[name], counts, strict=True)))
    for name, (by_codes, by_places, confirmed) in sums.items():
        yield Result(
            part="evidence",
            name=f"recall, {group}: {name}",
            measured=confirmed / len(chosen),
            unit="of 1",
            goal=WHOLE_GOALS.get(name),
            is_rate=True,
            note=f"{confirmed} of {len(chosen)}; codes alone {by_codes}, places {by_places}",
        )


def _each(
    work: Callable[[int], Any], numbers: Sequence[int], images: Sequence[Kept], name: str
) -> Iterator[Any]:
    """``work`` done for each number on all cores; the workers share ``images`` and their codes."""
    pool_images.clear()
    pool_images.extend(images)
    codes = b"".join(image.fingerprint.codes for image in images)
    pool_index.clear()
    pool_index.append(SimilarIndex())
    pool_index[0].add_many(range(len(images)), codes)
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
        for done, result in enumerate(pool.map(work, numbers), 1):
            yield result
            if done % SAID == 0:
                print(f"  {name}: {done} of {len(numbers)}", file=sys.stderr, flush=True)


def _found_of(n: int) -> dict[str, tuple[bool, bool, bool]]:
    """For each change of image ``n``: found by codes, by places, and confirmed by the pixels."""
    return {name: _found(changed(name, pool_images[n].data, n), n) for name in CHANGES}


def _found(after: bytes, n: int) -> tuple[bool, bool, bool]:
    query = prepare(after)
    guess = {match.image: match.change for match in pool_index[0].search(query)}.get(n)
    own = [(n, pool_images[n].fingerprint.features)]
    is_placed = bool(compare_features(query.fingerprint.features, own))
    is_candidate = guess is not None or is_placed
    is_same = is_candidate and _is_same(query, n, guess)
    return guess is not None, is_placed, is_same


def _is_same(query: Query, n: int, guess: Change | None) -> bool:
    earlier = look_at(pool_images[n].data, pool_images[n].fingerprint.features)
    return describe_change(query.picture, earlier, guess) is not None


def _false_alarms(images: Sequence[Kept], asked: int) -> Result:
    """Other images that are said to be the same: candidates, then alarms after their pixels."""
    step = max(1, len(images) // asked)
    asking = range(step, len(images), step)
    counted = list(_each(_alarms_of, asking, images, "false alarms"))
    return Result(
        part="evidence",
        name=f"false alarms in {sum(asking):,} unrelated pairs",
        measured=sum(alarms for _candidates, alarms in counted),
        unit="pairs",
        goal=0,
        note=f"{sum(candidates for candidates, _alarms in counted):,} looked at by their pixels",
    )


def _alarms_of(n: int) -> tuple[int, int]:
    """Image ``n`` against all before it, as a new image is compared: by codes and by places."""
    query = prepare(pool_images[n].data)
    by_codes = {found.image: found for found in pool_index[0].search(query) if found.image < n}
    others = [(m, pool_images[m].fingerprint.features) for m in range(n)]
    places = {found.image: found for found in compare_features(query.fingerprint.features, others)}
    alarms = 0
    for m in by_codes.keys() | places.keys():
        guess = by_codes[m].change if m in by_codes else None
        alarms += _is_same(query, m, guess)
    return len(by_codes.keys() | places.keys()), alarms


def _intake() -> list[Result]:
    """What a job does for a panoramic of 2 MB."""
    data = _large_panoramic()
    steps: dict[str, Callable[[], object]] = {
        "fingerprint": lambda: fingerprint(data),
        "rendition": lambda: render(data),
        "thumbnail": lambda: thumbnail(data),
        "measures": lambda: measure_quality(data),
    }
    times = {name: min(timed_ms(step) for _ in range(RUNS)) for name, step in steps.items()}
    return [
        Result(
            part="evidence",
            name=f"a panoramic of {len(data) / 1e6:.1f} MB in the job",
            measured=sum(times.values()),
            unit="ms",
            goal=200,
            note=", ".join(f"{name} {ms:.0f}" for name, ms in times.items()),
        )
    ]


def _large_panoramic() -> bytes:
    """A drawn panoramic at the size a machine gives, with its grain."""
    drawn = Image.open(io.BytesIO(drawing.panoramic(5, label="1404/05/01"))).convert("L")
    large = np.asarray(drawn.resize((2_800, 1_400), Image.Resampling.BICUBIC), dtype=np.float32)
    grain = np.random.default_rng(5).normal(0, 9, large.shape)
    buffer = io.BytesIO()
    image = Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8))
    image.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def _scope(images: Sequence[Kept]) -> list[Result]:
    """A comparison by places with every image of a scope."""
    query = images[0].fingerprint.features
    others = [(n, image.fingerprint.features) for n, image in enumerate(images)]
    times = [timed_ms(lambda: compare_features(query, others)) for _ in range(RUNS)]
    pair = [
        timed_ms(lambda: describe_change(look_at(images[1].data), look_at(images[1].data)))
        for _ in range(RUNS)
    ]
    return [
        Result(
            part="evidence",
            name="places of an image against 1,000 of its scope",
            measured=min(times) * 1_000 / len(others),
            unit="ms",
        ),
        Result(
            part="evidence", name="two images laid over each other", measured=min(pair), unit="ms"
        ),
    ]


def _look_up() -> list[Result]:
    """Codes that are random: how near the real ones are changes no time but of the answers."""
    chance = np.random.default_rng(1)
    stored = chance.integers(0, 256, (IMAGES, VIEWS, 32), dtype=np.uint8)
    before = psutil.Process(os.getpid()).memory_info().rss
    index = SimilarIndex()
    began = time.perf_counter()
    index.add_many(np.arange(IMAGES), stored)
    ready_s = time.perf_counter() - began
    memory = (psutil.Process(os.getpid()).memory_info().rss - before) / 1024**2
    query = prepare(_draw(0))
    whole = [timed_ms(lambda: index.search(query)) for _ in range(RUNS)]
    flat = stored.reshape(-1, 32)
    results = [_one_code(flat, count) for count in (IMAGES, len(flat))]
    return [
        *results,
        Result(
            part="evidence",
            name=f"look-up of an image, {VIEWS} views, over {IMAGES:,} images",
            measured=min(whole) / 1_000,
            unit="s",
            goal=0.3,
            p95=p50_p95(whole)[1] / 1_000,
        ),
        Result(
            part="evidence",
            name=f"index ready with {IMAGES:,} images",
            measured=ready_s,
            unit="s",
            goal=5,
            note=f"{memory:.0f} MB",
        ),
    ]


def _one_code(codes: hamming.Codes, count: int) -> Result:
    query = np.random.default_rng(2).integers(0, 256, (1, 32), dtype=np.uint8)
    times = [timed_ms(lambda: hamming.within(query, codes[:count], 56)) for _ in range(RUNS)]
    goal = 5 * count / IMAGES if count == IMAGES else 20 * count / CODES_TEN
    return Result(
        part="evidence",
        name=f"look-up of one code over {count:,} codes",
        measured=min(times),
        unit="ms",
        goal=goal,
        p95=p50_p95(times)[1],
    )

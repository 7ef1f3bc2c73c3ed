"""Rows about used images: how many are found after each change, false alarms, times, memory."""

import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import psutil
from PIL import Image

from scripts.bench.evidence_changes import CHANGES, changed
from scripts.bench.timing import Result, p50_p95, timed_ms
from workbench.demo import drawing
from workbench.errors import Refused
from workbench.evidence import hamming
from workbench.evidence.compare import compare_features
from workbench.evidence.describe import describe_change
from workbench.evidence.fingerprint import VIEWS, Fingerprint, fingerprint
from workbench.evidence.jpeg import check, render, thumbnail
from workbench.evidence.quality import measure as measure_quality
from workbench.evidence.similar import SimilarIndex, prepare

DRAWN, CHANGED, ASKED = 1_200, 100, 1_200
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


def measure(folder: Path | None, drawn: int = DRAWN, asked: int = ASKED) -> list[Result]:
    """Recall and false alarms over drawn images and those of ``folder``, then the times."""
    cv2.setNumThreads(1)
    kept = {"drawn": [_keep(_draw(n)) for n in range(drawn)], "given": _given(folder)}
    results = [row for group, images in kept.items() if images for row in _recall(group, images)]
    results += _false_alarms(kept["drawn"] + kept["given"], asked)
    return results + _intake() + _scope(kept["drawn"]) + _look_up()


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


def _keep(data: bytes) -> Kept:
    return Kept(data=data, fingerprint=fingerprint(data))


def _recall(group: str, images: Sequence[Kept]) -> Iterator[Result]:
    """Of changed images, how many are found: by codes over all, by places in a scope, confirmed."""
    index = SimilarIndex()
    codes = b"".join(image.fingerprint.codes for image in images)
    index.add_many(range(len(images)), codes)
    chosen = range(0, len(images), max(1, len(images) // CHANGED))
    for name in CHANGES:
        yield _recall_of(group, name, images, chosen, index)


def _recall_of(
    group: str, name: str, images: Sequence[Kept], chosen: Sequence[int], index: SimilarIndex
) -> Result:
    by_codes = by_places = confirmed = 0
    for n in chosen:
        after = changed(name, images[n].data, n)
        query = prepare(after)
        guess = {match.image: match.change for match in index.search(query)}.get(n)
        own = [(n, images[n].fingerprint.features)]
        is_placed = bool(compare_features(query.fingerprint.features, own))
        by_codes += guess is not None
        by_places += is_placed
        if guess is not None or is_placed:
            confirmed += describe_change(after, images[n].data, guess) is not None
    return Result(
        part="evidence",
        name=f"recall, {group}: {name}",
        measured=confirmed / len(chosen),
        unit="of 1",
        goal=WHOLE_GOALS.get(name),
        is_rate=True,
        note=f"codes {by_codes / len(chosen):.2f}, places {by_places / len(chosen):.2f},"
        f" {len(chosen)} images",
    )


def _false_alarms(images: Sequence[Kept], asked: int) -> list[Result]:
    """Other images that are said to be the same, before and after the look at the pixels."""
    step = max(1, len(images) // asked)
    pairs = candidates = alarms = 0
    for n in range(step, len(images), step):
        others = [(m, images[m].fingerprint.features) for m in range(n)]
        pairs += len(others)
        for match in compare_features(images[n].fingerprint.features, others):
            candidates += 1
            earlier = images[match.image].data
            alarms += describe_change(images[n].data, earlier) is not None
    return [
        Result(
            part="evidence",
            name=f"false alarms in {pairs:,} unrelated pairs",
            measured=alarms,
            unit="pairs",
            goal=0,
            note=f"{candidates:,} looked at by their pixels",
        )
    ]


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
    pair = [timed_ms(lambda: describe_change(images[1].data, images[1].data)) for _ in range(RUNS)]
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

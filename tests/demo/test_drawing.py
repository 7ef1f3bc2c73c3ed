"""Drawn evidence: deterministic, different for every seed, and good enough for the gate."""

import hashlib
import io
import time
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from workbench.demo import drawing
from workbench.demo.drawing import Phase, Treatment
from workbench.evidence.jpeg import check

KINDS: dict[str, tuple[Callable[[int], bytes], tuple[int, int]]] = {
    "back tooth": (lambda s: drawing.periapical(s, 46, "before", "root_canal"), (640, 520)),
    "front tooth": (lambda s: drawing.periapical(s, 11, "after", "post"), (500, 620)),
    "primary tooth": (lambda s: drawing.periapical(s, 75, "after", "pulpotomy"), (640, 520)),
    "bitewing": (lambda s: drawing.bitewing(s, "left", "after", 26), (640, 480)),
    "panoramic": (lambda s: drawing.panoramic(s, missing=[36], implants=[46]), (960, 480)),
    "cephalometric": (lambda s: drawing.cephalometric(s, "1402/08/12"), (560, 640)),
    "cbct": (drawing.cbct, (600, 600)),
    "photograph": (lambda s: drawing.photograph(s, "before"), (480, 360)),
    "form": (lambda s: drawing.form(s, "فرم طرح درمان"), (360, 480)),
    "identity": (drawing.identity, (480, 304)),
    "invoice": (lambda s: drawing.invoice(s, [("جرم‌گیری", 4_100_000)]), (360, 480)),
    "referral": (lambda s: drawing.signed_referral(s, "1402-55821"), (360, 480)),
}


def grey(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("L")).astype(float)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same_bytes(kind: str) -> None:
    draw, _ = KINDS[kind]
    assert draw(7) == draw(7)


@pytest.mark.parametrize("kind", KINDS)
def test_other_seeds_draw_visibly_other_pictures(kind: str) -> None:
    draw, _ = KINDS[kind]
    pictures = [draw(seed) for seed in (1, 2, 3, 2**40)]
    assert len({hashlib.sha256(p).digest() for p in pictures}) == 4
    assert np.abs(grey(pictures[0]) - grey(pictures[1])).mean() > 1.5


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_passes_the_gate_in_its_size(kind: str) -> None:
    draw, size = KINDS[kind]
    accepted = check(draw(11), "a.jpg")
    assert (accepted.width, accepted.height) == size
    assert 12_000 < accepted.bytes < 65_000
    assert (accepted.captured_at, accepted.device) == (None, None)


def test_two_hundred_patients_have_two_hundred_pictures() -> None:
    pictures = [drawing.form(seed, "فرم") for seed in range(200)]
    assert len({hashlib.sha256(p).digest() for p in pictures}) == 200


@pytest.mark.parametrize("treatment", [t for t in Treatment if t is not Treatment.NONE])
def test_each_treatment_shows_before_and_after(treatment: Treatment) -> None:
    before, after = (drawing.periapical(3, 46, phase, treatment) for phase in ("before", "after"))
    assert np.abs(grey(before) - grey(after)).mean() > 2


@pytest.mark.parametrize(
    "treatment", ["filling", "root_canal", "crown", "post", "implant", "bridge", "pulpotomy"]
)
@pytest.mark.parametrize("fdi", [46, 24, 21])
def test_what_the_dentist_put_in_is_bright(treatment: str, fdi: int) -> None:
    def bright(phase: str) -> int:
        return int((grey(drawing.periapical(5, fdi, phase, treatment)) > 243).sum())

    assert bright("after") > bright("before") + 500


def test_before_and_after_show_the_same_mouth() -> None:
    """The bone below the roots is the same in both pictures of one seed, and of no other."""

    def bone(seed: int, phase: str) -> np.ndarray:
        strip = grey(drawing.periapical(seed, 46, phase, "filling"))[430:490, 40:560]
        return strip.ravel()

    for seed in range(4):
        before = bone(seed, "before")
        assert np.corrcoef(before, bone(seed, "after"))[0, 1] > 0.7
        assert np.corrcoef(before, bone(seed + 50, "after"))[0, 1] < 0.5


@pytest.mark.parametrize("fdi", [*range(11, 19), *range(41, 49), *range(51, 56), *range(71, 76)])
def test_every_tooth_can_be_drawn(fdi: int) -> None:
    data = drawing.periapical(1, fdi, Phase.DURING, Treatment.ROOT_CANAL)
    assert grey(data).std() > 30


def test_more_canals_show_more_filling() -> None:
    def filled(canals: int) -> int:
        return int((grey(drawing.periapical(4, 46, "after", "root_canal", canals)) > 243).sum())

    assert filled(1) < filled(2) < filled(4)


def test_missing_teeth_and_implants_show_in_the_panoramic() -> None:
    whole, gap = drawing.panoramic(2), drawing.panoramic(2, missing=[36])
    assert whole != gap
    assert grey(gap).mean() < grey(whole).mean()
    assert grey(drawing.panoramic(2, implants=[36])).max() > 230


@pytest.mark.parametrize(
    ("fdi", "phase", "treatment"),
    [(49, "before", "filling"), (56, "before", "filling"), (90, "before", "filling"),
     (46, "later", "filling"), (46, "before", "magic")],
)  # fmt: skip
def test_what_does_not_exist_is_not_drawn(fdi: int, phase: str, treatment: str) -> None:
    with pytest.raises(ValueError, match="tooth|later|magic"):
        drawing.periapical(1, fdi, phase, treatment)


@pytest.mark.slow
def test_the_demo_is_drawn_in_time() -> None:
    """A mix as in the demo: 150 pictures take about 4 s of one core, at most 12."""
    began = time.process_time()
    for seed in range(150):
        match seed % 10:
            case 0:
                drawing.panoramic(seed)
            case 1 | 2:
                drawing.photograph(seed, "before")
            case 3 | 4:
                drawing.form(seed, "فرم")
            case _:
                drawing.periapical(seed, 46, "after", "root_canal")
    assert time.process_time() - began < 12

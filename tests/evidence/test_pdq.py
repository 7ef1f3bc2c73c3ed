"""PDQ against codes that the reference implementation made of the same pictures."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.demo import drawing
from workbench.evidence import pdq
from workbench.evidence.picture import read_grey

VECTORS = json.loads(Path(__file__).with_name("pdq_vectors.json").read_text(encoding="utf-8"))
REFERENCE_TURNS = {
    "original": (0, False, 0),
    "turned 180°": (2, False, 2),
    "mirrored": (5, True, 0),
    "upside down": (4, True, 2),
}
"""Where the reference keeps a laying: its row, and ours as mirrored and quarter turns."""
NOISE_BITS = 2
LAID_BITS = 30  # The samples are picked a little off the middle, which a mirror shows.
FILM = drawing.periapical(72, 36, "before", "filling")


def picture(height: int, width: int, seed: int) -> np.ndarray:
    """The picture the reference codes were made of."""
    y, x = np.mgrid[0:height, 0:width]
    value = np.zeros((height, width))
    for k in range(1, 7):
        across = np.sin((x * (seed * 7 + k * 3) % 97) / (9 + k) + k)
        value += across * np.cos((y * (seed * 5 + k * 11) % 89) / (7 + k) - seed)
    value = (value - value.min()) / (value.max() - value.min()) * 255
    return np.floor(value).astype(np.float32)


def bits_apart(first: bytes, second: bytes) -> int:
    return (int.from_bytes(first) ^ int.from_bytes(second)).bit_count()


def frequencies_of(vector: dict[str, Any]) -> pdq.Coefficients:
    return pdq.coefficients(picture(vector["height"], vector["width"], vector["seed"]))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['width']}x{v['height']}")
def test_a_code_is_that_of_the_reference(vector: dict[str, Any]) -> None:
    code = pdq.pack(frequencies_of(vector))
    assert bits_apart(code, bytes.fromhex(vector["code"])) <= NOISE_BITS


@pytest.mark.parametrize("laying", REFERENCE_TURNS)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['width']}x{v['height']}")
def test_a_laying_is_that_of_the_reference(vector: dict[str, Any], laying: str) -> None:
    row, is_mirrored, turns = REFERENCE_TURNS[laying]
    laid = pdq.laid(frequencies_of(vector), pdq.Turn(is_mirrored=is_mirrored, quarter_turns=turns))
    assert bits_apart(pdq.pack(laid), bytes.fromhex(vector["dihedral"][row])) <= NOISE_BITS


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['width']}x{v['height']}")
def test_the_eight_layings_are_the_eight_of_the_reference(vector: dict[str, Any]) -> None:
    straight = frequencies_of(vector)
    ours = [pdq.pack(pdq.laid(straight, turn)) for turn in pdq.TURNS]
    for code in (bytes.fromhex(code) for code in vector["dihedral"]):
        assert min(bits_apart(code, other) for other in ours) <= NOISE_BITS


@pytest.mark.parametrize("turn", pdq.TURNS, ids=str)
def test_a_laid_code_is_the_code_of_the_laid_picture(turn: pdq.Turn) -> None:
    straight = read_grey(FILM).astype(np.float32)
    laid = np.rot90(straight[:, ::-1] if turn.is_mirrored else straight, -turn.quarter_turns)
    expected = pdq.pack(pdq.coefficients(np.ascontiguousarray(laid)))
    code = pdq.pack(pdq.laid(pdq.coefficients(straight), turn))
    assert bits_apart(code, expected) <= LAID_BITS


def test_the_negative_is_the_complement() -> None:
    straight = picture(300, 420, 2)
    code = pdq.pack(pdq.coefficients(straight))
    assert bits_apart(pdq.negative(code), pdq.pack(pdq.coefficients(255 - straight))) <= NOISE_BITS

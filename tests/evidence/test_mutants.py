"""Damaged files: the gate answers each with a verdict, never with another exception."""

import io
import random
import time
import warnings
from collections.abc import Callable

import pytest
from PIL import ExifTags, Image

from workbench.errors import Refused
from workbench.evidence.jpeg import check, render, thumbnail
from workbench.evidence.messages import MESSAGES

EXTENSIONS = ["a.jpg", "b.JPEG", "c.png", "../d.jpg", "e\x07.jpg"]


@pytest.fixture(scope="module")
def seeds(make_jpeg: Callable[..., bytes]) -> list[bytes]:
    """Whole files of every kind the gate may meet."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Acme"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2025:03:21 10:30:00"
    several = io.BytesIO()
    pictures = [Image.effect_noise((48, 48), 60).convert("RGB") for _ in range(2)]
    pictures[0].save(several, "MPO", save_all=True, append_images=pictures[1:])
    png = io.BytesIO()
    pictures[0].save(png, "PNG")
    small = {"size": (96, 72)}
    return [
        make_jpeg(**small),
        make_jpeg(mode="L", **small),
        make_jpeg(progressive=True, exif=exif, **small),
        make_jpeg(exif=exif, comment=b"x" * 50, **small),
        make_jpeg(mode="CMYK", **small),
        several.getvalue(),
        png.getvalue(),
    ]


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One of: cut, flipped bits, overwritten, doubled, shuffled part, put beside another."""
    changed = bytearray(data)
    at = chance.randrange(len(changed))
    match chance.randrange(6):
        case 0:
            return bytes(changed[:at])
        case 1:
            for _ in range(chance.randint(1, 12)):
                changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        case 2:  # In the headers, where a change hurts most.
            changed[chance.randrange(min(700, len(changed)))] = chance.randrange(256)
        case 3:
            changed[at:at] = changed[at : at + chance.randrange(400)]
        case 4:
            changed[at : at + 64] = chance.randbytes(64)
        case _:
            changed += chance.randbytes(chance.randrange(2000))
    return bytes(changed)


def count_accepted(seeds: list[bytes], mutants: int, seed: int) -> int:
    """Put mutants through the gate; every accepted one must be displayable."""
    chance = random.Random(seed)
    accepted = 0
    for number in range(mutants):
        data = mutate(seeds[number % len(seeds)], chance)
        with warnings.catch_warnings():
            warnings.simplefilter("error" if number % 2 else "ignore")
            try:
                check(data, EXTENSIONS[0] if number % 20 else chance.choice(EXTENSIONS))
            except Refused as refused:
                assert refused.code in MESSAGES
            else:
                accepted += 1
                assert render(data).endswith(b"\xff\xd9")
                assert thumbnail(data).endswith(b"\xff\xd9")
    return accepted


def test_six_hundred_damaged_files_get_a_verdict(seeds: list[bytes]) -> None:
    assert 0 < count_accepted(seeds, 600, seed=1) < 600


@pytest.mark.slow
def test_ten_thousand_damaged_files_get_a_verdict_in_a_minute(seeds: list[bytes]) -> None:
    began = time.process_time()
    assert 0 < count_accepted(seeds, 10_000, seed=2) < 10_000
    assert time.process_time() - began < 60


def test_every_truncation_of_a_file_is_refused(make_jpeg: Callable[..., bytes]) -> None:
    data = make_jpeg(size=(40, 30))
    for length in range(0, len(data), 7):
        with pytest.raises(Refused):
            check(data[:length], "a.jpg")

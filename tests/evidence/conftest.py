"""Images made for the tests of this folder."""

import io
from collections.abc import Callable

import pytest
from PIL import Image


@pytest.fixture(scope="session")
def make_jpeg() -> Callable[..., bytes]:
    """A maker of small noisy JPEGs: mode, size and anything ``Image.save`` takes."""

    def make(mode: str = "RGB", size: tuple[int, int] = (320, 240), **options: object) -> bytes:
        noise = Image.effect_noise(size, 60).convert("RGB").convert(mode)
        buffer = io.BytesIO()
        noise.save(buffer, "JPEG", **options)
        return buffer.getvalue()

    return make

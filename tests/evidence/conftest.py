"""Images made for the tests of this folder."""

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from tests.evidence.bucket import Endpoint, endpoint, settle_on


@pytest.fixture(scope="session")
def make_jpeg() -> Callable[..., bytes]:
    """A maker of small noisy JPEGs: mode, size and anything ``Image.save`` takes."""

    def make(mode: str = "RGB", size: tuple[int, int] = (320, 240), **options: object) -> bytes:
        noise = Image.effect_noise(size, 60).convert("RGB").convert(mode)
        buffer = io.BytesIO()
        noise.save(buffer, "JPEG", **options)
        return buffer.getvalue()

    return make


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[Endpoint]:
    """One endpoint for the tests of this folder."""
    with endpoint() as running:
        yield running


@pytest.fixture
def bucket_url(s3_endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty place in the endpoint, which the environment names."""
    settle_on(s3_endpoint, monkeypatch)
    return s3_endpoint.new_bucket()

"""What reading an image comes to: its copies, and the signs by which it is found again."""

from collections.abc import Callable
from dataclasses import dataclass

from workbench.evidence.jpeg import Copies, copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Fingerprints (``evidence.fingerprint``, of a ``version``) and measures (``quality``)."""

    version: int
    codes: bytes
    features: bytes
    brightness: int
    contrast: int
    sharpness: int
    colour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that is made of the bytes of one image."""

    copies: Copies
    signs: Signs | None = None


Reader = Callable[[bytes], Reading]


def read_image(data: bytes) -> Reading:
    """Read an image; only for bytes that passed ``check``."""
    return Reading(copies=copies(data))

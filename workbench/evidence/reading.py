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
    from workbench.evidence import fingerprint, quality  # Heavy: only for who reads images.

    signs = fingerprint.fingerprint(data)
    measures = quality.measure(data)
    return Reading(
        copies=copies(data),
        signs=Signs(
            version=fingerprint.VERSION,
            codes=signs.codes,
            features=signs.features,
            brightness=measures.brightness,
            contrast=measures.contrast,
            sharpness=measures.sharpness,
            colour=measures.colour,
        ),
    )

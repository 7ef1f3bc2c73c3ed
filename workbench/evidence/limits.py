"""How much one uploaded image may ask of the server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one file; measured so that 10,000 damaged files pass in seconds."""

    size_bytes: int = 8 * 1024 * 1024
    pixels: int = 30_000_000
    side_pixels: int = 15_000
    pixels_per_byte: int = 300
    scans: int = 64
    name_characters: int = 200


DEFAULT_LIMITS = Limits()

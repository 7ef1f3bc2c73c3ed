"""The gate for uploaded images: only an intact JPEG of bounded size passes."""

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from workbench.errors import Refused
from workbench.evidence.exif import camera, capture_instant, read_exif, upright
from workbench.evidence.limits import DEFAULT_LIMITS, Limits

EXTENSIONS = (".jpg", ".jpeg")
MAGIC = b"\xff\xd8\xff"
SHOWN_CHARACTERS = 200
START_OF_SCAN = b"\xff\xda"
MODES = ("L", "RGB")
RENDITION_QUALITY = 88
THUMBNAIL_QUALITY = 80
THUMBNAIL_SIDE = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What is known of an image that passed: hash in lower-case hex, size, pixels, camera."""

    sha256: str
    bytes: int
    width: int
    height: int
    captured_at: datetime | None
    device: str | None


def check(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Accepted:
    """Accept an intact JPEG or raise ``Refused`` with the first thing that is wrong with it.

    The cheap checks come first, so that a hostile file costs little. Nothing but ``Refused``
    leaves this function, whatever the bytes are.
    """
    shown = display_name(name)
    _check_size(data, shown, limits)
    _check_name(name, shown, limits)
    if not data.startswith(MAGIC):
        raise Refused("evidence_not_jpeg", name=shown)
    with _open(data, shown) as image:
        _check_dimensions(image, data, shown, limits)
        _check_kind(image, shown)
        _decode(image, shown)
        exif = read_exif(image)
        return Accepted(
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            width=image.width,
            height=image.height,
            captured_at=capture_instant(exif),
            device=camera(exif),
        )


@dataclass(frozen=True, slots=True)
class Copies:
    """The two copies of an image for display, as JPEG bytes; the same bytes each time."""

    rendition: bytes
    thumb: bytes


def display_name(name: str) -> str:
    """The last part of a file name without control and direction characters, for a sentence."""
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(c for c in last if not _is_unsafe(c))[:SHOWN_CHARACTERS]


def copies(data: bytes) -> Copies:
    """Both copies from one decode; only for bytes that passed ``check``."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        shown = upright(image, read_exif(image))
        rendition = _encode(shown, RENDITION_QUALITY)
        shown.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        return Copies(rendition, _encode(shown, THUMBNAIL_QUALITY))


def render(data: bytes) -> bytes:
    """The picture encoded again: upright, same pixels, no metadata, nothing after its end."""
    return copies(data).rendition


def thumbnail(data: bytes) -> bytes:
    """A small upright copy, at most ``THUMBNAIL_SIDE`` pixels on its longer side."""
    return copies(data).thumb


def _is_unsafe(character: str) -> bool:
    is_direction = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return is_direction or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _check_size(data: bytes, shown: str, limits: Limits) -> None:
    if not data:
        raise Refused("evidence_empty", name=shown)
    if len(data) > limits.size_bytes:
        limit = limits.size_bytes // (1024 * 1024)
        raise Refused("evidence_too_large", name=shown, limit_megabytes=limit)


def _check_name(name: str, shown: str, limits: Limits) -> None:
    if name != shown or len(name) > limits.name_characters:
        raise Refused("evidence_bad_name", name=shown)
    if not name.lower().endswith(EXTENSIONS):
        raise Refused("evidence_not_jpeg_name", name=shown)


def _open(data: bytes, shown: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=("JPEG",))
    except Image.DecompressionBombError as error:
        raise Refused("evidence_bomb", name=shown) from error
    except Exception as error:
        raise Refused("evidence_damaged", name=shown) from error


def _check_dimensions(image: Image.Image, data: bytes, shown: str, limits: Limits) -> None:
    pixels = image.width * image.height
    if max(image.size) > limits.side_pixels:
        raise Refused("evidence_side_too_long", name=shown, limit_pixels=limits.side_pixels)
    if pixels > limits.pixels:
        limit = limits.pixels // 1_000_000
        raise Refused("evidence_too_many_pixels", name=shown, limit_megapixels=limit)
    if pixels > limits.pixels_per_byte * len(data):
        raise Refused("evidence_bomb", name=shown)
    # Each pass of a progressive file touches every pixel again; real files have about ten.
    if "progressive" in image.info and data.count(START_OF_SCAN) > limits.scans:
        raise Refused("evidence_bomb", name=shown)


def _check_kind(image: Image.Image, shown: str) -> None:
    """Refuse several pictures in one file and colours a browser shows wrongly.

    A broken multi-picture index is only a warning to Pillow. It is looked for here, because a
    filter that turns warnings into errors would hold for all threads of the server.
    """
    if image.format == "MPO":
        raise Refused("evidence_multi_picture", name=shown)
    if image.mode not in MODES:
        raise Refused("evidence_mode", name=shown, mode=image.mode)
    if isinstance(image, JpegImageFile) and "mp" in image.info:
        try:
            image._getmp()
        except Exception as error:
            raise Refused("evidence_damaged", name=shown) from error


def _decode(image: Image.Image, shown: str) -> None:
    try:
        image.load()
    except OSError as error:
        is_short = "truncated" in str(error)
        code = "evidence_truncated" if is_short else "evidence_damaged"
        raise Refused(code, name=shown) from error
    except Exception as error:
        raise Refused("evidence_damaged", name=shown) from error


def _encode(image: Image.Image, quality: int) -> bytes:
    image.info = {}  # Pillow would copy the comment of the original from here.
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()

"""What the gate accepts, what it refuses, and with which code."""

import hashlib
import io
import string
import struct
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image

from workbench.errors import Refused
from workbench.evidence.jpeg import check, display_name, render, thumbnail
from workbench.evidence.limits import Limits
from workbench.evidence.messages import MESSAGES
from workbench.i18n import catalogue

Maker = Callable[..., bytes]


def refusal(data: bytes, name: str = "tooth.jpg", limits: Limits | None = None) -> str:
    """The code of the refusal, after its sentence was filled in in both languages."""
    with pytest.raises(Refused) as caught:
        check(data, name, limits or Limits())
    message = MESSAGES[caught.value.code]
    for sentence in (message, catalogue("fa")[message]):
        assert "{" not in sentence.format(**caught.value.facts)
    return caught.value.code


def with_size(data: bytes, width: int, height: int) -> bytes:
    """The same JPEG with other dimensions written in its frame header."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def saved_as(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 48), 60).save(buffer, kind)
    return buffer.getvalue()


def with_metadata(make_jpeg: Maker, **tags: object) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = tags.get("make", "Acme")
    exif[ExifTags.Base.Model] = "Sensor 2\x07"
    exif[ExifTags.Base.Orientation] = tags.get("orientation", 1)
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = tags.get("taken", "2025:03:21 10:30:00")
    if "offset" in tags:
        details[ExifTags.Base.OffsetTimeOriginal] = tags["offset"]
    return make_jpeg(exif=exif, comment=b"SECRET-COMMENT")


def test_a_good_image_is_described(make_jpeg: Maker) -> None:
    data = make_jpeg()
    accepted = check(data, "دندان ۴۶.JPG")
    assert accepted.sha256 == hashlib.sha256(data).hexdigest()
    assert (accepted.bytes, accepted.width, accepted.height) == (len(data), 320, 240)
    assert (accepted.captured_at, accepted.device) == (None, None)


@pytest.mark.parametrize("options", [{"progressive": True}, {"mode": "L"}, {"optimize": True}])
def test_ordinary_kinds_of_jpeg_are_accepted(make_jpeg: Maker, options: dict[str, object]) -> None:
    assert check(make_jpeg(**options), "a.jpeg").width == 320


def test_camera_and_time_are_read(make_jpeg: Maker) -> None:
    accepted = check(with_metadata(make_jpeg), "a.jpg")
    assert accepted.captured_at == datetime(2025, 3, 21, 7, 0, tzinfo=UTC)
    assert accepted.device == "Acme Sensor 2"


def test_an_offset_in_the_metadata_is_honoured(make_jpeg: Maker) -> None:
    accepted = check(with_metadata(make_jpeg, offset="+01:00"), "a.jpg")
    assert accepted.captured_at == datetime(2025, 3, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "", "2025:13:45 99:00:00"])
def test_a_senseless_time_is_no_time_and_no_refusal(make_jpeg: Maker, taken: str) -> None:
    assert check(with_metadata(make_jpeg, taken=taken), "a.jpg").captured_at is None


def test_broken_metadata_neither_refuses_nor_breaks_the_copies(make_jpeg: Maker) -> None:
    data = with_metadata(make_jpeg)
    at = data.index(b"Exif\0\0") + 6
    broken = data[:at] + b"\x13" * 24 + data[at + 24 :]
    assert check(broken, "a.jpg").device is None
    assert render(broken).startswith(b"\xff\xd8\xff")
    assert thumbnail(broken).startswith(b"\xff\xd8\xff")


def test_empty_is_named_before_anything_else() -> None:
    assert refusal(b"", "a.exe") == "evidence_empty"


def test_size_cap_is_exact(make_jpeg: Maker) -> None:
    data = make_jpeg()
    assert check(data, "a.jpg", Limits(size_bytes=len(data))).bytes == len(data)
    assert refusal(data, limits=Limits(size_bytes=len(data) - 1)) == "evidence_too_large"


def test_eight_megabytes_and_a_byte_are_too_large(make_jpeg: Maker) -> None:
    data = make_jpeg().ljust(8 * 1024 * 1024, b"\0")
    assert check(data, "a.jpg").width == 320
    assert refusal(data + b"\0") == "evidence_too_large"


@pytest.mark.parametrize("name", ["a.png", "a", "jpg", "a.jpg.exe", "a.jpg ", "", "a.jp", "a.svg"])
def test_other_extensions_are_refused(make_jpeg: Maker, name: str) -> None:
    assert refusal(make_jpeg(), name) == "evidence_not_jpeg_name"


@pytest.mark.parametrize(
    "name",
    [
        "../a.jpg",
        "..\\a.jpg",
        "/etc/a.jpg",
        "a\0.jpg",
        "a\n.jpg",
        "\u202egpj.jpg",
        "x" * 300 + ".jpg",
    ],
)
def test_paths_and_hidden_characters_in_names_are_refused(make_jpeg: Maker, name: str) -> None:
    assert refusal(make_jpeg(), name) == "evidence_bad_name"
    assert not set(display_name(name)) & {"/", "\\", "\0", "\n", "\u202e"}


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "WEBP", "BMP", "PDF"])
def test_other_kinds_named_jpg_are_refused(kind: str) -> None:
    assert refusal(saved_as(kind)) == "evidence_not_jpeg"


@pytest.mark.parametrize("data", [b"\0" * 5000, b"\xff\xd8", b"MZ" + b"\0" * 100, b"<svg/>"])
def test_other_bytes_named_jpg_are_refused(data: bytes) -> None:
    assert refusal(data) == "evidence_not_jpeg"


def test_only_the_first_bytes_of_a_jpeg_are_damaged() -> None:
    assert refusal(b"\xff\xd8\xff" + b"\0" * 200) == "evidence_damaged"


def test_half_a_file_is_truncated(make_jpeg: Maker) -> None:
    data = make_jpeg()
    assert refusal(data[: len(data) // 2]) == "evidence_truncated"


def test_a_missing_last_byte_is_truncated(make_jpeg: Maker) -> None:
    assert refusal(make_jpeg()[:-1]) == "evidence_truncated"


def test_a_header_of_49_megapixels_over_a_few_kilobytes_is_refused(make_jpeg: Maker) -> None:
    assert refusal(with_size(make_jpeg(), 7000, 7000)) == "evidence_too_many_pixels"


def test_a_header_of_25_megapixels_over_a_few_kilobytes_is_a_bomb(make_jpeg: Maker) -> None:
    assert refusal(with_size(make_jpeg(), 5000, 5000)) == "evidence_bomb"


def test_the_largest_header_is_a_bomb(make_jpeg: Maker) -> None:
    assert refusal(with_size(make_jpeg(), 65000, 65000)) == "evidence_bomb"


def test_pixels_per_byte_are_bounded_exactly(make_jpeg: Maker) -> None:
    data = make_jpeg(size=(100, 100))
    padded = data.ljust(10_000, b"\0")
    assert check(padded, "a.jpg", Limits(pixels_per_byte=1)).width == 100
    assert refusal(padded[:9_999], limits=Limits(pixels_per_byte=1)) == "evidence_bomb"


def test_pixels_are_bounded_exactly(make_jpeg: Maker) -> None:
    data = make_jpeg(size=(100, 100))
    assert check(data, "a.jpg", Limits(pixels=10_000)).height == 100
    assert refusal(data, limits=Limits(pixels=9_999)) == "evidence_too_many_pixels"


def test_a_progressive_file_with_endless_passes_is_a_bomb(make_jpeg: Maker) -> None:
    data = make_jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    endless = data[:-2] + data[last:-2] * 100 + b"\xff\xd9"
    assert refusal(endless) == "evidence_bomb"


def test_colours_for_printing_are_refused(make_jpeg: Maker) -> None:
    assert refusal(make_jpeg(mode="CMYK")) == "evidence_mode"


def multi_picture() -> bytes:
    buffer = io.BytesIO()
    first, second = (Image.effect_noise((64, 48), 60).convert("RGB") for _ in range(2))
    first.save(buffer, "MPO", save_all=True, append_images=[second])
    return buffer.getvalue()


def test_several_pictures_in_one_file_are_refused() -> None:
    assert refusal(multi_picture()) == "evidence_multi_picture"


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
def test_a_broken_index_of_pictures_is_damage() -> None:
    data = multi_picture()
    at = data.index(b"MPF\0") + 4
    assert refusal(data[:at] + b"\x13" * 8 + data[at + 8 :]) == "evidence_damaged"


def test_the_rendition_is_upright_and_holds_nothing_but_the_picture(make_jpeg: Maker) -> None:
    data = with_metadata(make_jpeg, orientation=6) + b"<script>APPENDED</script>"
    accepted = check(data, "a.jpg")
    shown = render(data)
    for secret in (b"Acme", b"SECRET-COMMENT", b"APPENDED", b"Exif"):
        assert secret in data
        assert secret not in shown
        assert secret not in thumbnail(data)
    with Image.open(io.BytesIO(shown)) as image:
        assert image.size == (accepted.height, accepted.width) == (240, 320)
        assert not image.getexif()
        assert "comment" not in image.info


def test_orientation_turns_the_right_way(make_jpeg: Maker) -> None:
    marked = Image.new("L", (80, 40))
    marked.paste(255, (0, 0, 40, 40))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    buffer = io.BytesIO()
    marked.save(buffer, "JPEG", exif=exif)
    with Image.open(io.BytesIO(render(buffer.getvalue()))) as image:
        assert image.getpixel((20, 10)) > 200
        assert image.getpixel((20, 70)) < 50


def test_the_thumbnail_fits_its_side_and_keeps_its_shape(make_jpeg: Maker) -> None:
    data = make_jpeg(size=(1200, 600))
    with Image.open(io.BytesIO(thumbnail(data))) as image:
        assert image.size == (320, 160)


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    def fields(text: str) -> set[str | None]:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field}

    persian = catalogue("fa")
    for message in MESSAGES.values():
        assert fields(persian[message]) == fields(message)

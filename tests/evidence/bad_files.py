"""Files that must never be taken in, made by the thousand: a kind, a name and bytes each.

The whole files they are made of are drawn here; every one made of them is bad for certain. What a
flipped bit makes of a file is uncertain, and tried in ``test_mutants`` and ``flipped``.
"""

import io
import random
import unicodedata
import zipfile
from collections.abc import Iterator

from PIL import ExifTags, Image

Bad = tuple[str, str, bytes]
NAME = "a.jpg"
SIDE = 72
START, END = b"\xff\xd8", b"\xff\xd9"
WITHOUT_LENGTH = {0x01, *range(0xD0, 0xDA)}
OTHER_FORMATS = ("PNG", "GIF", "WEBP", "TIFF", "BMP", "ICO", "PPM", "TGA", "PCX", "JPEG2000", "PDF")
HEADS = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "text": "این یک متن است، نه تصویر.\n".encode(),
    "program": b"MZ\x90\x00" + bytes(60),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(57),
    "gzip": b"\x1f\x8b\x08\x00" + bytes(20),
    "dicom": bytes(128) + b"DICM",
    "heic": b"\x00\x00\x00\x18ftypheic" + bytes(40),
    "script": b"#!/bin/sh\nrm -rf /\n",
}


def noise(mode: str = "RGB", size: tuple[int, int] = (SIDE, SIDE), **options: object) -> bytes:
    """A whole JPEG."""
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").convert(mode).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def whole_files() -> list[bytes]:
    """One of each make: grey, colour, progressive, with restarts, comments and metadata."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Acme"
    exif[ExifTags.Base.Orientation] = 6
    return [
        noise("L"),
        noise(),
        noise(progressive=True, exif=exif),
        noise(optimize=True, quality=95),
        noise(restart_marker_rows=1, comment=b"c" * 90),
        noise("L", progressive=True, icc_profile=bytes(600)),
    ]


def segments(data: bytes) -> list[tuple[int, int, int]]:
    """Marker, where it begins and where the next one does; the scans are left out."""
    found, at = [], 2
    while at + 4 <= len(data):
        if data[at] != 0xFF or data[at + 1] in (0x00, 0xFF) or data[at + 1] in WITHOUT_LENGTH:
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], at, at + 2 + length))
        at += 2 + length
    return found


def truncated(count: int, chance: random.Random) -> Iterator[Bad]:
    """Cut at, before and behind every marker, within its length, and anywhere else."""
    for data in whole_files():
        for _marker, first, behind in segments(data):
            for at in (first - 1, first, first + 1, first + 2, first + 3, first + 4, behind):
                yield "truncated", NAME, data[:at]
        for cut in range(1, 60):
            yield "truncated", NAME, data[:-cut]
    files = whole_files()
    for _ in range(count):
        data = chance.choice(files)
        yield "truncated", NAME, data[: chance.randrange(1, len(data) - 1)]


def of_another_kind(count: int, chance: random.Random) -> Iterator[Bad]:
    """Other formats under the name of a JPEG, some behind the first bytes of one."""
    picture = Image.effect_noise((40, 30), 60).convert("RGB")
    contents = dict(HEADS)
    for form in OTHER_FORMATS:
        buffer = io.BytesIO()
        picture.save(buffer, form)
        contents[form] = buffer.getvalue()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.jpg", noise())
    contents["zip"] = buffer.getvalue()
    kinds = sorted(contents)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        data = contents[kind] + chance.randbytes(chance.randrange(3_000))
        if number % 3 == 1:
            data = b"\xff\xd8\xff" + data
        elif number % 3 == 2:
            data = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + data
        yield "other kind", chance.choice(("a.jpg", "b.JPEG", "c.jpeg")), data
    for _ in range(count // 4):
        yield "random", NAME, chance.randbytes(chance.randrange(1, 4_000))


def nearly_nothing() -> Iterator[Bad]:
    """No bytes, a few, many of the same."""
    yield "empty", NAME, b""
    for count in (1, 2, 3, 10, 1_000, 100_000):
        for byte in (b"\x00", b"\xff", b" "):
            yield "nothing", NAME, byte * count
            yield "nothing", NAME, START + byte * count + END
    yield "nothing", NAME, START + END
    yield "too large", NAME, noise() + bytes(9 * 1024 * 1024)


def _frame(data: bytes) -> int:
    """Where the header of the frame begins."""
    return next(at for marker, at, _ in segments(data) if marker in (0xC0, 0xC1, 0xC2))


def _with(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def bombs(count: int, chance: random.Random) -> Iterator[Bad]:
    """Small files that say they are enormous, or are to be drawn thousands of times."""
    files = whole_files()
    for _ in range(count):
        data = chance.choice(files)
        long = chance.randrange(15_001, 65_501)
        other = chance.choice((1, 2, 8, 100, 3_000, 15_000, 65_500, chance.randrange(1, 65_501)))
        sides = (long, other) if chance.random() < 0.5 else (other, long)
        size = b"".join(side.to_bytes(2, "big") for side in sides)
        yield "bomb", NAME, _with(data, _frame(data) + 5, size)
    for _ in range(count // 4):
        data = chance.choice(files)
        size = b"".join(chance.randrange(2_000, 15_001).to_bytes(2, "big") for _ in range(2))
        yield "bomb", NAME, _with(data, _frame(data) + 5, size)
    for size in ((15_001, 20), (20, 15_001), (65_500, 8)):
        yield "bomb", NAME, noise("L", size)
    data = noise("L", progressive=True)
    scan = data.index(b"\xff\xda")
    for times in (65, 200, 1_000):
        yield "bomb", NAME, data[:-2] + data[scan:-2] * times + END


def with_broken_headers(count: int, chance: random.Random) -> Iterator[Bad]:
    """Frames, tables and scans that no decoder can follow."""
    files = whole_files()
    broken = (_without_a_segment, _of_wrong_length, _with_a_wrong_frame, _with_a_wrong_scan)
    for number in range(count):
        data = broken[number % len(broken)](chance.choice(files), chance)
        yield "header", NAME, data


def _without_a_segment(data: bytes, chance: random.Random) -> bytes:
    """Quantisation, frame or the first scan is missing."""
    needed = [part for part in segments(data) if part[0] in (0xDB, 0xC0, 0xC1, 0xC2, 0xDA)]
    kind = chance.choice(sorted({part[0] for part in needed}))
    for marker, first, behind in reversed(needed):
        if marker == kind:
            end = len(data) - 2 if kind == 0xDA else behind
            data = data[:first] + data[end:]
    return data


def _of_wrong_length(data: bytes, chance: random.Random) -> bytes:
    """The length of the frame, a table of quantisation or a scan is impossible."""
    needed = [part for part in segments(data) if part[0] in (0xDB, 0xC0, 0xC1, 0xC2, 0xDA)]
    _marker, first, _behind = chance.choice(needed)
    return _with(data, first + 2, chance.choice((b"\x00\x00", b"\x00\x01", b"\x00\x02")))


def _with_a_wrong_frame(data: bytes, chance: random.Random) -> bytes:
    frame = _frame(data)
    match chance.randrange(5):
        case 0:  # A process that no browser shows: lossless, hierarchical.
            kind = chance.choice((0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF))
            return _with(data, frame + 1, bytes([kind]))
        case 1:
            return _with(data, frame + 4, bytes([chance.choice((0, 1, 7, 9, 16, 255))]))
        case 2:
            side = chance.choice((5, 7))
            return _with(data, frame + side, b"\x00\x00")
        case 3:  # More or fewer components than follow.
            return _with(data, frame + 9, bytes([chance.choice((0, 2, 5, 11, 255))]))
        case _:
            return _with(data, frame + 11, bytes([chance.choice((0x00, 0x05, 0x50, 0xFF))]))


def _with_a_wrong_scan(data: bytes, chance: random.Random) -> bytes:
    scan = next(at for marker, at, _ in segments(data) if marker == 0xDA)
    return _with(data, scan + 4, bytes([chance.choice((0, 5, 9, 255))]))


def of_wrong_colours() -> Iterator[Bad]:
    """For printing, or several pictures in one."""
    for quality in range(30, 95, 5):
        yield "colours", NAME, noise("CMYK", quality=quality)
    for count in (2, 3, 5):
        buffer = io.BytesIO()
        pictures = [Image.effect_noise((48, 48), 60).convert("RGB") for _ in range(count)]
        pictures[0].save(buffer, "MPO", save_all=True, append_images=pictures[1:])
        yield "several", NAME, buffer.getvalue()


def of_bad_names(count: int, chance: random.Random) -> Iterator[Bad]:
    """A whole picture each, under a name that is a trick."""
    data = noise("L", (16, 16))
    hidden = [chr(c) for c in range(0x3000) if unicodedata.category(chr(c)) in ("Cc", "Zl", "Zp")]
    hidden += [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\ud800"]
    for sign in hidden:
        for name in (f"{sign}a.jpg", f"a{sign}gpj.jpg", f"a.jpg{sign}"):
            yield "name", name, data
    ways = ("../a.jpg", "..\\a.jpg", "/etc/a.jpg", "C:\\a.jpg", "a/b.jpg", "./a.jpg", "//h/a.jpg")
    endings = ("png", "gif", "jpg.exe", "jpg.html", "svg", "jpgx", "jp", "", "JPEG ", "jpg.")
    others = ["", ".", "..", "a", "jpg", *(f"a.{ending}" for ending in endings)]
    for name in (*ways, *others):
        yield "name", name, data
    for _ in range(count):
        letters = "".join(chance.choice("abcاپژ۱۲ ._-") for _ in range(chance.randrange(40)))
        match chance.randrange(4):
            case 0:
                yield "name", f"{letters}{chance.choice(hidden)}{letters}.jpg", data
            case 1:
                yield "name", f"{'../' * chance.randrange(1, 9)}{letters}.jpg", data
            case 2:
                yield "name", f"{letters}.{chance.choice(('php', 'html', 'zip', 'jpg.js'))}", data
            case _:
                yield "name", "ن" * chance.randrange(201, 5_000) + ".jpg", data


def bad_files(part: int = 1, seed: int = 5) -> Iterator[Bad]:
    """More than 10,000 files where ``part`` is 1, else about a ``part``-th of these."""
    chance = random.Random(seed)
    yield from nearly_nothing()
    yield from of_wrong_colours()
    yield from truncated(3_500 // part, chance)
    yield from of_another_kind(2_000 // part, chance)
    yield from bombs(1_000 // part, chance)
    yield from with_broken_headers(2_000 // part, chance)
    yield from of_bad_names(1_000 // part, chance)


def flipped(count: int, seed: int = 6) -> Iterator[bytes]:
    """Whole files with one to eight bits turned over, half of them among the headers."""
    chance = random.Random(seed)
    files = whole_files()
    for number in range(count):
        changed = bytearray(chance.choice(files))
        reach = len(changed) if number % 2 else 700
        for _ in range(chance.randint(1, 8)):
            changed[chance.randrange(reach)] ^= 1 << chance.randrange(8)
        yield bytes(changed)

"""Photographed papers: forms, an obviously synthetic card, invoices, signed referral letters."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from workbench.demo import drawing_film as film_of
from workbench.demo.drawing_film import smooth

PAPER, CARD = (360, 480), (480, 304)
INK, FAINT, RULE, BLUE = (64, 68, 80), (168, 172, 184), (206, 204, 198), (38, 58, 140)


def form(seed: int, title: str) -> bytes:
    """A filled-in form with its title, grey bars for what is written, a stamp, a signature."""
    chance = film_of.random_for(seed, "form", title)
    sheet, draw = _paper(chance)
    _heading(draw, title)
    for y in range(92, 352, 30):
        draw.line((24, y + 16, 336, y + 16), fill=RULE)
        _bar(draw, 336 - chance.integers(50, 90), y, 336, INK)
        _bar(draw, 36, y, 36 + chance.integers(60, 160), FAINT)
    for place in range(3):
        x = 300 - 44 * place
        draw.rectangle((x, 364, x + 10, 374), outline=INK)
        if chance.random() < 0.6:
            draw.line((x + 2, 369, x + 5, 373, x + 12, 361), fill=BLUE, width=2)
    _stamp(sheet, (92, 420), chance)
    _signature(draw, (220, 420), chance)
    return _finish(sheet, chance, "form", seed, title)


def identity(seed: int) -> bytes:
    """A card with a drawn head and bars instead of data, marked as a sample."""
    chance = film_of.random_for(seed, "identity")
    tint = (int(chance.integers(196, 226)), int(chance.integers(206, 228)), 226)
    sheet = Image.new("RGB", CARD, (60, 62, 66))
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((12, 12, 467, 291), 18, fill=tint)
    for y in range(20, 290, 9):
        wave = [(x, y + 4 * np.sin(x / 40 + y / 30 + seed % 7)) for x in range(20, 462, 10)]
        draw.line(wave, fill=tuple(max(0, c - 12) for c in tint))
    draw.text((448, 28), "کارت نمونه", font=_font(22), fill=INK, anchor="ra")
    draw.rectangle((34, 70, 150, 214), fill=(236, 236, 232), outline=FAINT)
    hair = int(chance.integers(40, 120))
    draw.ellipse((62, 88, 122, 158), fill=(214, 182, 158))
    draw.pieslice((58, 80, 126, 150), 180, 360, fill=(hair, hair - 12, hair - 20))
    draw.pieslice((40, 160, 144, 270), 180, 360, fill=(96, 104, int(chance.integers(110, 170))))
    draw.rectangle((30, 215, 156, 275), fill=tint)
    for y in range(82, 220, 28):
        _bar(draw, 446 - chance.integers(40, 66), y, 446, INK)
        _bar(draw, 250 - chance.integers(0, 60), y, 352, FAINT)
    draw.text((240, 256), "ساختگی · نمونهٔ نمایشی", font=_font(17), fill=(160, 40, 50), anchor="ma")
    return _finish(sheet, chance, "identity", seed)


def invoice(seed: int, lines: Sequence[tuple[str, int]]) -> bytes:
    """An invoice with its lines (text, rial) and their sum; at most ten lines are shown."""
    chance = film_of.random_for(seed, "invoice")
    sheet, draw = _paper(chance)
    _heading(draw, "صورتحساب")
    draw.rectangle((24, 78, 336, 100), fill=(226, 226, 222))
    draw.text((328, 80), "شرح خدمت", font=_font(13), fill=INK, anchor="ra")
    draw.text((32, 80), "مبلغ (ریال)", font=_font(13), fill=INK)
    y = 104
    for text, amount_rial in list(lines)[:10]:
        draw.text((328, y), text[:34], font=_font(12), fill=INK, anchor="ra")
        draw.text((32, y), f"{amount_rial:,}", font=_font(12), fill=BLUE)
        draw.line((24, y + 23, 336, y + 23), fill=RULE)
        y += 26
    total_rial = sum(amount for _, amount in lines)
    draw.text((328, y + 4), "جمع", font=_font(14), fill=INK, anchor="ra")
    draw.text((32, y + 4), f"{total_rial:,}", font=_font(14), fill=INK)
    _stamp(sheet, (96, 424), chance)
    _signature(draw, (220, 424), chance)
    return _finish(sheet, chance, "invoice", seed, len(lines), total_rial)


def signed_referral(seed: int, number: str) -> bytes:
    """A printed referral letter with its number, a barcode and two signatures."""
    chance = film_of.random_for(seed, "referral", number)
    sheet, draw = _paper(chance)
    _heading(draw, "معرفی‌نامه")
    draw.text((336, 78), "شماره", font=_font(14), fill=INK, anchor="ra")
    draw.text((292, 78), number, font=_font(14), fill=INK, anchor="ra", direction="ltr")
    x = 28
    while x < 132:
        width = int(chance.integers(1, 4))
        draw.rectangle((x, 80, x + width - 1, 104), fill=INK)
        x += width + int(chance.integers(1, 4))
    for y in range(124, 300, 22):
        right = 336 if y > 130 else 300
        _bar(draw, 30 + (chance.integers(0, 120) if y > 270 else 0), y, right, FAINT, 7)
    draw.rectangle((24, 312, 336, 372), outline=FAINT)
    for y in (324, 348):
        _bar(draw, 240, y, 324, INK)
        _bar(draw, 40, y, 40 + chance.integers(80, 150), FAINT)
    _stamp(sheet, (92, 424), chance)
    _signature(draw, (150, 420), chance)
    _signature(draw, (246, 420), chance)
    return _finish(sheet, chance, "referral", seed, number)


@lru_cache
def _font(height: int) -> ImageFont.FreeTypeFont:
    font = files("fontpkg_ibm_plex_sans_arabic") / "files" / "IBMPlexSansArabic-Regular.ttf"
    with as_file(font) as path:
        return ImageFont.truetype(path, height)


def _paper(chance: np.random.Generator) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    warm = int(chance.integers(236, 246))
    sheet = Image.new("RGB", PAPER, (warm + 4, warm, warm - int(chance.integers(4, 14))))
    return sheet, ImageDraw.Draw(sheet)


def _heading(draw: ImageDraw.ImageDraw, title: str) -> None:
    draw.rectangle((24, 24, 336, 64), outline=(110, 114, 124), width=2)
    draw.ellipse((32, 32, 56, 56), outline=BLUE, width=3)
    draw.text((324, 32), title[:30], font=_font(17), fill=INK, anchor="ra")


def _bar(
    draw: ImageDraw.ImageDraw,
    left: float | np.integer,
    y: float,
    right: float | np.integer,
    colour: tuple[int, int, int],
    high: int = 8,
) -> None:
    draw.rectangle((float(left), y, float(right), y + high), fill=colour)


def _stamp(sheet: Image.Image, place: tuple[int, int], chance: np.random.Generator) -> None:
    """A round stamp, pressed a little askew and not everywhere."""
    stamp = Image.new("L", (180, 180))
    draw = ImageDraw.Draw(stamp)
    draw.ellipse((10, 18, 170, 162), outline=230, width=7)
    draw.ellipse((38, 46, 142, 134), outline=220, width=3)
    for angle in np.arange(0, 360, 18):
        x, y = 90 + 66 * np.cos(np.radians(angle)), 90 + 58 * np.sin(np.radians(angle))
        draw.ellipse((x - 5, y - 4, x + 5, y + 4), fill=200)
    draw.text((90, 70), "نمونه", font=_font(30), fill=225, anchor="ma")
    turned = stamp.rotate(float(chance.uniform(-25, 25)), Image.Resampling.BILINEAR)
    small = turned.reduce(2)
    patchy = film_of.cut(film_of.clouds(), small.size, chance) * 46 + 190
    ink = np.asarray(small).astype(np.float32) * np.clip(patchy, 40, 235) / 255
    x, y = place[0] - 45, place[1] - 45
    sheet.paste(BLUE, (x, y), Image.fromarray(ink.astype(np.uint8)))


def _signature(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], chance: np.random.Generator
) -> None:
    points = [(place[0] + 9 * step, place[1] + chance.uniform(-22, 22)) for step in range(9)]
    line = smooth(points, 3)[: -len(points)]
    draw.line(line.ravel().tolist(), fill=(30, 40, 110), width=2)


def _finish(sheet: Image.Image, chance: np.random.Generator, *words: object) -> bytes:
    """The paper as a phone sees it: a little turned, unevenly lit, with grain."""
    sheet = sheet.rotate(
        float(chance.uniform(-1.6, 1.6)), Image.Resampling.BILINEAR, fillcolor=(92, 84, 76)
    )
    x, y = film_of.ramp(sheet.size)
    tilt = chance.uniform(-0.09, 0.09, 2).astype(np.float32)
    light = 0.98 + tilt[0] * (x / sheet.width - 0.5) + tilt[1] * (y / sheet.height - 0.5)
    noise = film_of.cut(film_of.grain(), sheet.size, chance) * np.float32(2.2)
    lit = np.asarray(sheet).astype(np.float32) * light[..., None] + noise[..., None]
    picture = Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8), "RGB")
    return film_of.encode(picture, *words, quality=85)

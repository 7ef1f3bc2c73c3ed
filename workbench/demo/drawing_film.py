"""The film a synthetic radiograph is drawn on: masks, shading, grain, encoding."""

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Array = NDArray[np.float32]
Polygon = NDArray[np.float64]

BANK_WIDTH, BANK_HEIGHT = 1600, 1200
JPEG_QUALITY = 80


def random_for(seed: int, *words: str) -> np.random.Generator:
    """A generator that depends on the seed and on what is drawn, the same on every machine."""
    letters = [ord(letter) for letter in "/".join(words)]
    return np.random.default_rng([seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF, *letters])


def smooth(points: Sequence[tuple[float, float]], rounds: int = 3) -> Polygon:
    """A closed outline with its corners cut (Chaikin)."""
    outline = np.asarray(points, dtype=np.float64)
    for _ in range(rounds):
        following = np.roll(outline, -1, axis=0)
        pairs = (0.75 * outline + 0.25 * following, 0.25 * outline + 0.75 * following)
        outline = np.stack(pairs, axis=1).reshape(-1, 2)
    return outline


def ellipse(x: float, y: float, width: float, height: float) -> Polygon:
    """An ellipse by its centre and half axes."""
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    return np.stack([x + width * np.cos(angle), y + height * np.sin(angle)], axis=1)


def mask(
    size: tuple[int, int],
    shapes: Iterable[Polygon],
    blur: float = 0.0,
    holes: Iterable[Polygon] = (),
    scale: float = 2,
) -> Array:
    """Coverage 0–1 of the shapes without the holes; wide blurs are cheaper at a lower scale."""
    width, height = round(size[0] * scale), round(size[1] * scale)
    sheet = Image.new("L", (width, height))
    draw = ImageDraw.Draw(sheet)
    for group, value in ((shapes, 255), (holes, 0)):
        for shape in group:
            draw.polygon((shape * scale).ravel().tolist(), fill=value)
    if blur:
        sheet = sheet.filter(ImageFilter.BoxBlur(blur * scale))
    return to_array(sheet, size) / np.float32(255)


def strokes(
    size: tuple[int, int], lines: Iterable[Polygon], widths: Sequence[tuple[float, int]]
) -> Array:
    """Outlines drawn one over the other; grey 128 is no change. Returns −1 to 1."""
    sheet = Image.new("L", (size[0] * 2, size[1] * 2), 128)
    draw = ImageDraw.Draw(sheet)
    paths = [(line * 2).ravel().tolist() for line in lines]
    for width, value in widths:
        for path in paths:
            draw.line(path, fill=value, width=round(width * 2))
    return (to_array(sheet, size) - 128) / np.float32(128)


def to_array(sheet: Image.Image, size: tuple[int, int]) -> Array:
    """The grey values of a sheet, brought to the size of the film."""
    if sheet.width == 2 * size[0]:
        sheet = sheet.reduce(2)
    elif sheet.size != size:
        sheet = sheet.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(sheet).astype(np.float32)


def blend(film: Array, where: Array, value: float | Array) -> None:
    """Move the film towards ``value`` as far as the mask says, in place."""
    film += (value - film) * where


def soften(film: Array, rounds: int = 1) -> None:
    """Blur the film a little in place, as a lens or a moving patient does."""
    for _ in range(rounds):
        film[1:-1] += 0.25 * (film[:-2] + film[2:] - 2 * film[1:-1])
        film[:, 1:-1] += 0.25 * (film[:, :-2] + film[:, 2:] - 2 * film[:, 1:-1])


def cut(bank: Array, size: tuple[int, int], chance: np.random.Generator) -> Array:
    """A window of the film's size at a random place of a texture, flipped at random."""
    width, height = size
    x = int(chance.integers(0, bank.shape[1] - width))
    y = int(chance.integers(0, bank.shape[0] - height))
    step = -1 if chance.random() < 0.5 else 1
    return bank[y : y + height, x : x + width][:, ::step]


@lru_cache
def grain() -> Array:
    """The noise of a sensor: mean 0, deviation 1, a little soft."""
    noise = np.random.default_rng(1).standard_normal((BANK_HEIGHT, BANK_WIDTH), np.float32)
    noise = noise + 0.5 * (np.roll(noise, 1, 0) + np.roll(noise, 1, 1))
    return np.asarray(noise / noise.std(), np.float32)


@lru_cache
def trabeculae() -> Array:
    """The texture of spongy bone: fine bright bars around dark holes, over slow clouds."""
    bars = 1 - np.abs(_cloud(2, 5)) * 1.3
    finer = 1 - np.abs(_cloud(3, 3)) * 1.3
    bars, finer = np.maximum(bars, -0.8), np.maximum(finer, -1.0)
    holes = _cloud(4, 9)
    slow = _cloud(5, 60) + 0.6 * _cloud(6, 24)
    bone = 0.55 * bars + 0.45 * finer + 0.35 * holes + 0.5 * slow
    return np.asarray((bone - bone.mean()) / bone.std(), np.float32)


@lru_cache
def clouds() -> Array:
    """Slow changes of brightness: mean about 0, deviation about 1."""
    return np.asarray(0.8 * _cloud(7, 90) + 0.5 * _cloud(8, 40), np.float32)


def _cloud(seed: int, size: int) -> Array:
    shape = (BANK_HEIGHT // size + 2, BANK_WIDTH // size + 2)
    small = np.random.default_rng(seed).standard_normal(shape, np.float32)
    sheet = Image.fromarray(small).resize((BANK_WIDTH, BANK_HEIGHT), Image.Resampling.BICUBIC)
    cloud = np.asarray(sheet)
    return np.asarray(cloud / cloud.std(), np.float32)


@lru_cache(maxsize=32)
def rounded_edge(size: tuple[int, int], radius: int) -> Array:
    """The shape of a sensor with round corners, 1 inside."""
    sheet = Image.new("L", (size[0] * 2, size[1] * 2))
    box = (4, 4, size[0] * 2 - 5, size[1] * 2 - 5)
    ImageDraw.Draw(sheet).rounded_rectangle(box, radius * 2, fill=255)
    return to_array(sheet, size) / np.float32(255)


@lru_cache(maxsize=32)
def ramp(size: tuple[int, int]) -> tuple[Array, Array]:
    """The coordinates of each pixel: x as a row and y as a column."""
    x = np.arange(size[0], dtype=np.float32)[None, :]
    y = np.arange(size[1], dtype=np.float32)[:, None]
    return x, y


def encode(picture: Array | Image.Image, *words: object, quality: int = JPEG_QUALITY) -> bytes:
    """A JPEG whose comment says that it is synthetic, and what it shows."""
    if not isinstance(picture, Image.Image):
        picture = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    comment = " ".join(["synthetic", *map(str, words)]).encode()
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, comment=comment)
    return buffer.getvalue()

"""What people do to a picture to use it twice; for the recall table and for the tests."""

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
Chance = np.random.Generator

QUALITY = 80
LABEL = "COPY 1404/05"


def changed(name: str, data: bytes, seed: int) -> bytes:
    """The JPEG after the named change; the same seed gives the same."""
    chance = np.random.default_rng(seed)
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    quality = int(chance.choice([50, 70])) if name == "encoded again" else QUALITY
    after = np.clip(CHANGES[name](picture, chance), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(after)).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def cropped(picture: Picture, area: float, across: float, down: float) -> Picture:
    """``area`` of the picture's area; 0…1 across and down: where the rest was cut away."""
    height, width = picture.shape[:2]
    tall, wide = int(height * area**0.5), int(width * area**0.5)
    top, left = int((height - tall) * down), int((width - wide) * across)
    return picture[top : top + tall, left : left + wide]


def turned(picture: Picture, degrees: float) -> Picture:
    """Turned about its middle in the same frame, black where nothing is."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height)))


def _bordered(picture: Picture, chance: Chance) -> Picture:
    wide = int(max(picture.shape[:2]) * chance.uniform(0.03, 0.12))
    colour = int(chance.choice([0, 128, 255]))
    return np.pad(picture, ((wide, wide), (wide, wide), (0, 0)), constant_values=colour)


def _labelled(picture: Picture, chance: Chance) -> Picture:
    image = Image.fromarray(picture)
    draw, size = ImageDraw.Draw(image), max(12, int(image.height * 0.06))
    left = int(chance.uniform(0.02, 0.5) * image.width)
    top = int(float(chance.choice([0.02, 0.45, 0.88])) * image.height)
    draw.rectangle((left, top, left + size * 7, top + int(size * 1.3)), fill="white")
    draw.text((left + 4, top), LABEL, font=ImageFont.load_default(size=size), fill="black")
    return np.asarray(image)


def _from_screen(picture: Picture, chance: Chance) -> NDArray[np.float64]:
    """Seen a little aslant, with the screen's stripes, darker corners and the camera's noise."""
    height, width = picture.shape[:2]
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    moved = 0.06 + 0.88 * corners + chance.uniform(-0.03, 0.03, (4, 2))
    size = np.array([width, height])
    matrix = cv2.getPerspectiveTransform(
        (corners * size).astype(np.float32), (moved * size).astype(np.float32)
    )
    seen = cv2.warpPerspective(picture, matrix, (width, height), borderValue=(25, 25, 28))
    y, x = np.mgrid[0:height, 0:width]
    lean, pitch = chance.uniform(0, 0.3), chance.uniform(2.2, 4.5)
    stripes = 1 + 0.06 * np.sin(2 * np.pi * (x * np.cos(lean) + y * np.sin(lean)) / pitch)
    corners_dark = 1 - 0.5 * ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2)
    return seen * (stripes * corners_dark)[..., None] + chance.normal(0, 5, seen.shape)


def _resized(share: float) -> Callable[[Picture, Chance], Picture]:
    return lambda picture, _: np.asarray(
        cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    )


def _side(chance: Chance) -> float:
    return float(chance.integers(0, 2))


CHANGES: dict[str, Callable[[Picture, Chance], NDArray[np.generic]]] = {
    "encoded again": lambda picture, _: picture,
    "resized to 60 %": _resized(0.6),
    "border": _bordered,
    "mirrored": lambda picture, _: picture[:, ::-1],
    "quarter turn": lambda picture, chance: np.rot90(picture, int(chance.integers(1, 4))),
    "mirrored, quarter turn": lambda picture, chance: np.rot90(
        picture[:, ::-1], int(chance.integers(1, 4))
    ),
    "negative": lambda picture, _: 255 - picture,
    "brightness ±40": lambda picture, chance: picture + float(chance.choice([-40, 40])),
    "contrast ±40 %": lambda picture, chance: (
        (picture - 128.0) * float(chance.choice([0.6, 1.4])) + 128
    ),
    "gamma 0.6 or 1.6": lambda picture, chance: (
        255 * (picture / 255) ** float(chance.choice([0.6, 1.6]))
    ),
    "crop to 90 %, centred": lambda picture, _: cropped(picture, 0.9, 0.5, 0.5),
    "crop to 90 %, anywhere": lambda picture, chance: cropped(
        picture, 0.9, chance.uniform(), chance.uniform()
    ),
    "crop to 80 %, centred": lambda picture, _: cropped(picture, 0.8, 0.5, 0.5),
    "crop to 80 %, a corner": lambda picture, chance: cropped(
        picture, 0.8, _side(chance), _side(chance)
    ),
    "crop to 64 %, a corner": lambda picture, chance: cropped(
        picture, 0.64, _side(chance), _side(chance)
    ),
    "stamped label": _labelled,
    "turned by 1°": lambda picture, chance: turned(picture, float(chance.choice([-1, 1]))),
    "turned by 3°": lambda picture, chance: turned(picture, float(chance.choice([-3, 3]))),
    "photographed from a screen": _from_screen,
    "stretched by 8 %": lambda picture, _: np.asarray(cv2.resize(picture, None, fx=1.08, fy=1)),
    "blurred and noisy": lambda picture, chance: (
        cv2.GaussianBlur(picture, (0, 0), 1.2) + chance.normal(0, 6, picture.shape)
    ),
}

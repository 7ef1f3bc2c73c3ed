"""The measures of an image move with what they are named after."""

import io

import numpy as np
from PIL import Image, ImageFilter

from workbench.demo import drawing
from workbench.evidence.quality import measure

FILM = drawing.periapical(72, 36, "before", "filling")
PHOTOGRAPH = drawing.photograph(73, "before")


def encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def film() -> Image.Image:
    return Image.open(io.BytesIO(FILM))


def test_brightness_is_the_mean_luminance() -> None:
    assert measure(encoded(Image.new("L", (60, 40), 200))).brightness == 200
    dark = film().point(lambda value: value // 4)
    assert measure(encoded(dark)).brightness < measure(FILM).brightness // 3


def test_a_plain_picture_has_neither_contrast_nor_edges() -> None:
    plain = measure(encoded(Image.new("L", (60, 40), 90)))
    assert (plain.contrast, plain.sharpness, plain.colour) == (0, 0, 0)


def test_a_blurred_film_is_less_sharp_and_a_darker_one_is_not() -> None:
    blurred = measure(encoded(film().filter(ImageFilter.GaussianBlur(4))))
    darker = measure(encoded(film().point(lambda value: value * 7 // 10)))
    assert blurred.sharpness < measure(FILM).sharpness // 2
    assert abs(darker.sharpness - measure(FILM).sharpness) <= measure(FILM).sharpness // 4


def test_a_photograph_has_colour_and_a_film_has_none() -> None:
    assert measure(FILM).colour <= 1
    assert measure(PHOTOGRAPH).colour >= 30


def test_contrast_is_the_span_between_dark_and_bright() -> None:
    halves = np.repeat(np.array([40, 190], np.uint8), 50)[None].repeat(100, axis=0)
    assert abs(measure(encoded(Image.fromarray(halves))).contrast - 150) <= 2

"""Intra-oral photographs: the front teeth between the lips, from in front."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from workbench.demo import drawing_film as film_of
from workbench.demo.drawing_film import Array, Polygon, ellipse, smooth
from workbench.demo.drawing_treatment import Phase

PHOTOGRAPH = (480, 360)
# Half width and height of the teeth from the middle outwards, in perspective, in pixels.
UPPER = ((29, 60), (22, 52), (23, 56), (18, 48), (15, 42), (12, 34))
LOWER = ((18, 48), (19, 48), (21, 52), (18, 46), (15, 40), (12, 32))
UPPER_NECK, LOWER_NECK = 112.0, 230.0
STAIN = (84, 56, 38)


@dataclass(slots=True, kw_only=True)
class Smile:
    """The outlines of all visible teeth with their shades, and what harms them."""

    crowns: list[Polygon] = field(default_factory=list)
    shades: list[tuple[int, int, int]] = field(default_factory=list)
    stains: list[Polygon] = field(default_factory=list)
    chips: list[Polygon] = field(default_factory=list)


def photograph(seed: int, phase: str) -> bytes:
    """The front view with stained, crowded or chipped teeth before and mended ones after.

    The same seed shows the same mouth in every phase. ValueError for an unknown phase.
    """
    when = Phase(phase)
    mouth = film_of.random_for(seed, "photograph")
    shot = film_of.random_for(seed, "photograph", when)
    size = PHOTOGRAPH
    moved = np.array([shot.uniform(-7, 7), shot.uniform(-6, 6)])
    rose = np.array([194, 92, 94]) + mouth.uniform(-16, 12) + mouth.uniform(-5, 5, 3)
    canvas = [np.full((size[1], size[0]), value, np.float32) for value in rose]
    slow = film_of.cut(film_of.clouds(), size, mouth)
    for channel in canvas:
        channel += 6 * slow
    cavity = smooth([(20, 160), (120, 140), (360, 140), (460, 160), (440, 215), (360, 240),
                     (120, 240), (40, 215)])  # fmt: skip
    _paint(canvas, film_of.mask(size, [cavity + moved], 9, scale=0.5), (66, 18, 24))
    gums = film_of.mask(size, [g + moved for g in _gum_outlines(mouth)], 4, scale=0.5)
    _paint(canvas, gums, rose + [24, 22, 20])
    build = film_of.random_for(seed, "photograph", "build")
    _draw_teeth(canvas, size, _smile(moved, when, mouth, build))
    _light(canvas, size, shot)
    picture = Image.fromarray(np.clip(np.stack(canvas, 2), 0, 255).astype(np.uint8), "RGB")
    return film_of.encode(picture, "photograph", seed, when)


def _paint(canvas: list[Array], where: Array, colour: np.ndarray | tuple[float, ...]) -> None:
    for channel, value in zip(canvas, colour, strict=True):
        film_of.blend(channel, where, float(value))


def _gum_outlines(mouth: np.random.Generator) -> list[Polygon]:
    low = mouth.uniform(-4, 4)
    upper = [(10, 20), (470, 20), (466, 138), (400, 148), (240, 150 + low), (80, 148), (14, 138)]
    lower = [(10, 350), (470, 350), (464, 196), (400, 198), (240, 202 - low), (80, 198), (16, 196)]
    return [smooth(upper), smooth(lower)]


def _smile(
    moved: np.ndarray, phase: Phase, mouth: np.random.Generator, build: np.random.Generator
) -> Smile:
    """Both rows from the middle outwards; harmed and crowded teeth are mended afterwards.

    ``build``: how wide and high the teeth of this person are, and where their middle is.
    """
    smile = Smile()
    middle = 240.0 + build.uniform(-10, 10)
    shade = np.array([224, 210, 180]) + mouth.uniform(-14, 12) + mouth.uniform(-3, 3, 3)
    harmed = set(mouth.choice([0, 1, 2, 3, 6, 7, 8], size=3, replace=False).tolist())
    crowding = mouth.uniform(1, 6) * (0.2 if phase is Phase.AFTER else 1.0)
    number = 0
    for row, neck, down in ((UPPER, UPPER_NECK, 1), (LOWER, LOWER_NECK, -1)):
        wider, higher = build.uniform(0.84, 1.12, len(row)), build.uniform(0.86, 1.1, len(row))
        for side in (-1, 1):
            x = middle
            for place, (half, high) in enumerate(np.array(row) * np.stack([wider, higher], 1)):
                lean, shift = mouth.uniform(-1, 1, 2)
                tone = shade - 9 * place + mouth.uniform(-4, 4)
                top = neck + down * (0.55 * place**2 - 2 * (place == 1)) + shift * crowding
                x += side * half
                crown = _crown(x, top, half, high * down, lean) + moved
                x += side * (half + 0.6)
                smile.crowns.append(crown)
                smile.shades.append((int(tone[0]), int(tone[1]), int(tone[2])))
                if number in harmed and phase is not Phase.AFTER:
                    _harm(smile, crown, lean)
                number += 1
    return smile


def _crown(x: float, top: float, half: float, high: float, lean: float) -> Polygon:
    points = [(-0.62, 0.02), (0.0, -0.07), (0.62, 0.02), (0.92, 0.3), (0.98, 0.75), (0.86, 0.99),
              (0.0, 1.02), (-0.86, 0.99), (-0.98, 0.75), (-0.92, 0.3)]  # fmt: skip
    return smooth([(x + half * a + lean * 1.5 * b, top + high * b) for a, b in points])


def _harm(smile: Smile, crown: Polygon, lean: float) -> None:
    """A brown decay at the neck or a broken corner."""
    low, high = crown.min(0), crown.max(0)
    wide, tall = high - low
    if lean > 0:
        place = low + [wide * 0.3, tall * 0.32]
        smile.stains.append(ellipse(place[0], place[1], wide * 0.2, tall * 0.16))
        return
    corner = [(high[0] + 3, high[1] - tall * 0.34), (high[0] + 3, high[1] + 4),
              (low[0] + wide * 0.36, high[1] + 4)]  # fmt: skip
    smile.chips.append(np.array(corner))


def _draw_teeth(canvas: list[Array], size: tuple[int, int], smile: Smile) -> None:
    """Shades, rounding towards the edges, wet reflections, then the stains."""
    sheet = Image.new("RGB", size, smile.shades[0])
    draw = ImageDraw.Draw(sheet)
    cores, gleams = [], []
    for crown, shade in zip(smile.crowns, smile.shades, strict=True):
        middle, span = crown.mean(0), np.ptp(crown, axis=0)
        draw.polygon(((crown - middle) * 1.08 + middle).ravel().tolist(), fill=shade)
        cores.append((crown - middle) * [0.62, 0.8] + middle)
        left = middle[0] - span[0] * 0.16
        gleams.append(ellipse(left, middle[1], span[0] * 0.07, span[1] * 0.2))
    shades = np.asarray(sheet.filter(ImageFilter.BoxBlur(1))).astype(np.float32)
    where = film_of.mask(size, smile.crowns, 1, holes=smile.chips)
    edge = np.clip(where - film_of.mask(size, cores, 8, scale=0.5), 0, 1)
    gleam = film_of.mask(size, gleams, 5, scale=0.5) * where
    for number, dark in enumerate((34, 42, 46)):
        film_of.blend(canvas[number], where, shades[..., number])
        canvas[number] += 60 * gleam - dark * edge
    if smile.stains:
        _paint(canvas, film_of.mask(size, smile.stains, 3, scale=0.5) * where, STAIN)


def _light(canvas: list[Array], size: tuple[int, int], shot: np.random.Generator) -> None:
    """A flash in the middle, dark corners, grain."""
    x, y = film_of.ramp(size)
    far = ((x - size[0] / 2) / size[0]) ** 2 + ((y - size[1] / 2) / size[1]) ** 2
    light = (1.1 - 0.95 * far) * np.float32(shot.uniform(0.93, 1.05))
    noise = film_of.cut(film_of.grain(), size, shot) * np.float32(3)
    for channel in canvas:
        channel *= light
        channel += noise

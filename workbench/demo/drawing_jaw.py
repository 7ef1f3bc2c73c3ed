"""Radiographs of the whole jaw: panoramic, cephalometric and sections of a cone beam scan."""

from collections.abc import Collection, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from workbench.demo import drawing_film as film_of
from workbench.demo.drawing_film import Array, Polygon, ellipse, smooth
from workbench.demo.drawing_radiograph import PERMANENT_LOWER, PERMANENT_UPPER
from workbench.demo.drawing_tooth import make_tooth
from workbench.demo.drawing_treatment import screw

PANORAMIC, CEPHALOMETRIC, CBCT = (960, 480), (560, 640), (600, 600)
TOOTH_SCALE = 5.3
Shapes = dict[str, list[Polygon]]


def panoramic(
    seed: int, missing: Collection[int] = (), implants: Collection[int] = (), label: str = ""
) -> bytes:
    """All teeth in one picture. ``missing`` and ``implants`` are FDI numbers.

    ``label`` is printed small in a corner, as a device prints the name and the day.
    """
    mouth = film_of.random_for(seed, "panoramic")
    size = PANORAMIC
    film = np.full((size[1], size[0]), 20, np.float32)
    _draw_skull(film, size, mouth)
    shapes = _arch(size, set(missing), set(implants), mouth)
    _draw_arch(film, size, shapes)
    film_of.soften(film)
    x, _ = film_of.ramp(size)
    film *= 1 + np.float32(0.12) * np.cos((x / size[0] - 0.5) * 9)
    film += film_of.cut(film_of.grain(), size, mouth) * np.float32(mouth.uniform(2.5, 4.0))
    words = [("R", (26, 232), 26), ("L", (918, 232), 26), (label, (24, 450), 15)]
    _write(film, words)
    drawn = ",".join(map(str, [*sorted(missing), "/", *sorted(implants)]))
    return film_of.encode(film, "panoramic", seed, drawn, label, quality=72)


def _both(shape: Polygon, width: int) -> list[Polygon]:
    return [shape, np.stack([width - shape[:, 0], shape[:, 1]], axis=1)]


def _draw_skull(film: Array, size: tuple[int, int], mouth: np.random.Generator) -> None:
    """Soft tissue, spine, lower and upper jaw with their edges, sinuses, nose and nerve."""
    w = size[0]
    drop, wide = mouth.uniform(-10, 12), mouth.uniform(-12, 12)
    texture = film_of.cut(film_of.trabeculae(), size, mouth)
    slow = film_of.cut(film_of.clouds(), size, mouth)
    head = ellipse(w / 2, 230, 470, 300)
    film_of.blend(film, film_of.mask(size, [head], 40, scale=0.25), 52 + 7 * slow)
    spine = smooth([(440, -20), (520, -20), (545, 500), (415, 500)], 2)
    film += 16 * film_of.mask(size, [spine], 40, scale=0.25)
    half = [(480, 448 + drop), (330, 436 + drop), (205, 398 + drop), (118 + wide, 330),
            (84 + wide, 230), (70 + wide, 120), (62 + wide, 72), (92 + wide, 48),
            (122 + wide, 74), (132 + wide, 116), (158 + wide, 108), (176 + wide, 72),
            (196 + wide, 120), (206 + wide, 205), (240, 262), (330, 284), (480, 292)]  # fmt: skip
    mandible = [_smooth_half(half, w)]
    upper = [(480, 92), (420, 60), (300, 70), (212, 100), (206, 150), (236, 196), (330, 212),
             (480, 224)]  # fmt: skip
    maxilla = [_smooth_half(upper, w)]
    bone = film_of.mask(size, [*mandible, *maxilla], 6, scale=0.5)
    film_of.blend(film, bone, 92 + 8 * texture + 8 * slow)
    edge = film_of.mask(size, mandible, 4, scale=0.5)
    inner = film_of.mask(size, [_shrunk(mandible[0])], 6, scale=0.5)
    film += 38 * np.clip(edge - inner, 0, 1)
    sinus = smooth([(250, 108), (330, 76), (412, 92), (424, 150), (370, 186), (280, 182)], 3)
    nose = smooth([(432, 40), (470, 30), (472, 150), (440, 160), (424, 110)], 3)
    air = film_of.mask(size, [*_both(sinus, w), *_both(nose, w)], 5, scale=0.5)
    film_of.blend(film, air * np.float32(0.62), 40)
    lines = [*_both(np.concatenate([sinus, sinus[:1]]), w)]
    lines.append(np.array([(240.0, 176), (360, 168), (480, 164), (600, 168), (720, 176)]))
    film += 60 * film_of.strokes(size, lines, [(2.5, 196)])
    nerve = np.array([(176.0 + wide, 210), (196 + wide, 280), (240, 338), (310, 374), (370, 366)])
    tubes = _both(_bent(nerve), w)
    film += 34 * film_of.strokes(size, tubes, [(11, 168), (7, 74)])


def _smooth_half(half: Sequence[tuple[float, float]], width: int) -> Polygon:
    """A closed symmetric outline from its left half, given from the lower middle round."""
    mirrored = [(width - x, y) for x, y in reversed(half)]
    return smooth([*half, *mirrored], 3)


def _shrunk(shape: Polygon) -> Polygon:
    """The same outline drawn a few pixels inside."""
    along = np.roll(shape, -1, 0) - np.roll(shape, 1, 0)
    across = np.stack([along[:, 1], -along[:, 0]], 1)
    inside: Polygon = shape - 9 * across / np.maximum(np.hypot(*across.T), 1e-6)[:, None]
    return inside


def _bent(points: Polygon) -> Polygon:
    """An open line through the points, its corners cut."""
    for _ in range(2):
        pairs = (0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:])
        middle = np.stack(pairs, axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], middle, points[-1:]])
    return points


def _arch(
    size: tuple[int, int], missing: set[int], implants: set[int], mouth: np.random.Generator
) -> Shapes:
    """All shapes of both rows in pixels; each tooth stands on a curve and leans with it."""
    shapes: Shapes = {"body": [], "crowns": [], "cores": [], "pulp": [], "roots": [], "metal": []}
    bend = mouth.uniform(30, 52)
    for order, is_upper in ((PERMANENT_UPPER, True), (PERMANENT_LOWER, False)):
        teeth = [make_tooth(fdi, mouth) for fdi in order]
        widths = np.array([tooth.width for tooth in teeth])
        centres = (np.cumsum(widths) - widths / 2 - widths.sum() / 2) * TOOTH_SCALE
        centres *= 1.0 if is_upper else 1.06
        for tooth, x in zip(teeth, centres, strict=True):
            share = x / 300
            down = 268 - bend * share**2 + mouth.uniform(-2.5, 2.5)
            down += (-1 if is_upper else 1) * (tooth.crown * TOOTH_SCALE + 2)
            lean = share * (0.16 if is_upper else 0.3) + mouth.uniform(-0.05, 0.05)
            treated = mouth.random()
            local: Shapes = {}
            if tooth.fdi in implants:
                local = {"metal": [screw(11.0, 1.9), tooth.crown_outline(0.98)]}
            elif tooth.fdi not in missing:
                local = {
                    "body": tooth.body_outlines(), "roots": tooth.root_outlines(),
                    "crowns": [tooth.crown_outline()], "cores": [tooth.core_outline()],
                    "pulp": [tooth.chamber_outline(), *tooth.canals(half_width=0.36)],
                }  # fmt: skip
                if treated < 0.13 and tooth.fdi % 10 > 3:
                    local["metal"] = [ellipse(0, tooth.crown * 0.72, tooth.width * 0.26, 1.4)]
                elif treated > 0.95:
                    local["metal"] = [*tooth.canals(half_width=0.42), tooth.crown_outline()]
            for what, group in local.items():
                shapes[what] += [_stand(s, size[0] / 2 + x, down, lean, is_upper) for s in group]
    return shapes


def _stand(shape: Polygon, x: float, y: float, lean: float, is_upper: bool) -> Polygon:
    cosine, sine = np.cos(lean), np.sin(lean)
    across = cosine * shape[:, 0] - sine * shape[:, 1]
    up = sine * shape[:, 0] + cosine * shape[:, 1]
    down = up if is_upper else -up
    return np.stack([x + TOOTH_SCALE * across, y + TOOTH_SCALE * down], axis=1)


def _draw_arch(film: Array, size: tuple[int, int], shapes: Shapes) -> None:
    mouth_air = smooth([(250, 250), (480, 276), (710, 250), (700, 262), (480, 292), (260, 262)], 2)
    film_of.blend(film, film_of.mask(size, [mouth_air], 10, scale=0.25) * np.float32(0.7), 34)
    lines = [np.concatenate([s, s[:1]]) for s in shapes["roots"]]
    film += 60 * film_of.strokes(size, lines, [(4.5, 150), (2.4, 84)])
    body = film_of.mask(size, shapes["body"])
    thick = film_of.mask(size, shapes["body"], 3.5, scale=0.5)
    film_of.blend(film, body * np.float32(0.85), 88 + 70 * thick)
    enamel = film_of.mask(size, shapes["crowns"], holes=shapes["cores"])
    film_of.blend(film, enamel * np.float32(0.8), 205)
    film -= 34 * film_of.mask(size, shapes["pulp"]) * body
    if shapes["metal"]:
        film_of.blend(film, film_of.mask(size, shapes["metal"]), 246)


def _write(film: Array, words: list[tuple[str, tuple[int, int], int]]) -> None:
    """Bright letters on the film, as the device prints them."""
    sheet = Image.new("L", (film.shape[1], film.shape[0]))
    draw = ImageDraw.Draw(sheet)
    for text, place, height in words:
        if text:
            draw.text(place, text, fill=235, font=ImageFont.load_default(height))
    film_of.blend(film, np.asarray(sheet).astype(np.float32) / np.float32(255), 236)


def cephalometric(seed: int, label: str = "") -> bytes:
    """The skull from the side: vault, spine, jaws, front teeth and the profile."""
    head = film_of.random_for(seed, "cephalometric")
    size = CEPHALOMETRIC
    film = np.full((size[1], size[0]), 14, np.float32)
    slow = film_of.cut(film_of.clouds(), size, head)
    texture = film_of.cut(film_of.trabeculae(), size, head)
    nose, chin = head.uniform(-10, 16), head.uniform(-22, 18)
    profile = smooth([(250, 12), (400, 40), (452, 130), (458, 190), (446, 215), (500 + nose, 298),
                      (462, 316), (482, 352), (466, 372), (480, 396), (462, 424),
                      (474 + chin, 466), (430 + chin, 512), (300, 540), (270, 660), (90, 660),
                      (70, 420), (30, 260), (70, 90)], 3)  # fmt: skip
    film_of.blend(film, film_of.mask(size, [profile], 5, scale=0.5), 58 + 5 * slow)
    vault = [(240, 40), (360, 56), (426, 130), (434, 200), (380, 238), (250, 268), (130, 300),
             (72, 260), (66, 160), (130, 70)]  # fmt: skip
    outer = smooth(vault)
    inner = (outer - outer.mean(0)) * 0.94 + outer.mean(0)
    film_of.blend(film, film_of.mask(size, [outer], 4, scale=0.5), 92 + 9 * slow)
    film += 62 * film_of.mask(size, [outer], 2, holes=[inner], scale=0.5)
    base = smooth(
        [(150, 258), (300, 230), (430, 214), (436, 244), (320, 272), (260, 330), (190, 318)]
    )
    film_of.blend(film, film_of.mask(size, [base], 8, scale=0.5), 148 + 8 * texture)
    upper = smooth([(300, 318), (452, 322), (456, 352), (430, 362), (310, 352)])
    lower = smooth([(222, 300), (250, 296), (276, 400), (330, 412), (446, 404), (458 + chin, 470),
                    (424 + chin, 492), (320, 476), (252, 450)])  # fmt: skip
    film_of.blend(film, film_of.mask(size, [upper, lower], 4, scale=0.5), 126 + 8 * texture)
    for number in range(5):
        y = 330 + number * 66
        vertebra = smooth([(130, y), (188, y + 6), (186, y + 52), (128, y + 46)])
        film_of.blend(film, film_of.mask(size, [vertebra], 4, scale=0.5), 118 + 7 * texture)
    _ceph_teeth(film, size, head)
    film_of.soften(film, 2)
    film += film_of.cut(film_of.grain(), size, head) * np.float32(3.4)
    _write(film, [(label, (20, 612), 15)])
    return film_of.encode(film, "cephalometric", seed, label)


def _ceph_teeth(film: Array, size: tuple[int, int], head: np.random.Generator) -> None:
    bodies, crowns = [], []
    rows = [(437, 358, True, 11), (412, 360, True, 14), (384, 361, True, 16), (346, 360, True, 17),
            (432, 410, False, 41), (408, 411, False, 44), (380, 413, False, 46),
            (342, 414, False, 47)]  # fmt: skip
    for x, y, is_upper, fdi in rows:
        tooth = make_tooth(fdi, head)
        lean = head.uniform(0.2, 0.5) if fdi in (11, 41) else 0.05
        for shape in tooth.body_outlines():
            bodies.append(_placed(shape, x, y, lean, is_upper))
        crowns.append(_placed(tooth.crown_outline(), x, y, lean, is_upper))
    film_of.blend(film, film_of.mask(size, bodies) * np.float32(0.75), 172)
    film_of.blend(film, film_of.mask(size, crowns) * np.float32(0.8), 214)


def _placed(shape: Polygon, x: float, y: float, lean: float, is_upper: bool) -> Polygon:
    small: Polygon = _stand(shape, 0, 0, -lean, is_upper) * 0.66 + np.array([x, y])
    return small


def cbct(seed: int, label: str = "") -> bytes:
    """Four cross sections of a jaw on one sheet, with a scale."""
    scan = film_of.random_for(seed, "cbct")
    size = CBCT
    film = np.full((size[1], size[0]), 8, np.float32)
    texture = film_of.cut(film_of.trabeculae(), size, scan)
    outers, inners, nerves = [], [], []
    for number in range(4):
        x, y = 150 + 300 * (number % 2), 150 + 300 * (number // 2)
        wide, lean = scan.uniform(48, 66), scan.uniform(-14, 14)
        points = [(x - wide * 0.5 + lean, y - 98), (x + wide * 0.5 + lean, y - 92),
                  (x + wide, y - 20), (x + wide * 0.96, y + 60), (x + wide * 0.4, y + 108),
                  (x - wide * 0.5, y + 104), (x - wide * 0.98, y + 40),
                  (x - wide * 0.9, y - 40)]  # fmt: skip
        outer = smooth(points)
        outers.append(outer)
        inners.append((outer - outer.mean(0)) * [0.76, 0.84] + outer.mean(0))
        nerves.append(ellipse(x + lean * 0.6, y + 52, 12, 13))
    film_of.blend(film, film_of.mask(size, [o + [0, -6] for o in outers], 26, scale=0.25), 44)
    film_of.blend(film, film_of.mask(size, outers, 2, scale=0.5), 212)
    film_of.blend(film, film_of.mask(size, inners, 5, scale=0.5), 104 + 22 * texture)
    film += 70 * film_of.strokes(size, nerves, [(7, 190)])
    film_of.blend(film, film_of.mask(size, nerves, 2, scale=0.5), 62)
    film_of.soften(film, 3)
    film += film_of.cut(film_of.grain(), size, scan) * np.float32(6)
    ruler = []
    for number in range(4):
        corner = np.array([300 * (number % 2), 300 * (number // 2)])
        for step in range(19):
            start, height = (272.0 if step % 5 == 0 else 279.0), 40.0 + 12 * step
            ruler.append(np.array([[284.0, height], [start, height]]) + corner)
    film += 130 * film_of.strokes(size, ruler, [(1.5, 250)])
    film[299:301], film[:, 299:301] = 70, 70
    first = int(scan.integers(20, 60))
    words = [(str(first + n), (12 + 300 * (n % 2), 10 + 300 * (n // 2)), 16) for n in range(4)]
    _write(film, [*words, (label, (12, 574), 14)])
    return film_of.encode(film, "cbct", seed, label)

"""Periapical and bitewing radiographs: teeth in bone on a small sensor."""

from dataclasses import dataclass, replace

import numpy as np

from workbench.demo import drawing_film as film_of
from workbench.demo.drawing_film import Array, Polygon
from workbench.demo.drawing_tooth import Tooth, make_tooth
from workbench.demo.drawing_treatment import Findings, Phase, Treatment, findings_for

POSTERIOR, ANTERIOR = (640, 520), (500, 620)
BITEWING = (640, 480)
PIXELS_PER_MILLIMETRE = 17.0
CONTACT = 1.03  # Widths times this: the small gap between neighbours.
DENTINE, ENAMEL, METAL = 168.0, 216.0, 276.0  # Metal saturates the sensor.
PERMANENT_UPPER = [*range(18, 10, -1), *range(21, 29)]
PERMANENT_LOWER = [*range(48, 40, -1), *range(31, 39)]
PRIMARY_UPPER = [16, *range(55, 50, -1), *range(61, 66), 26]
PRIMARY_LOWER = [46, *range(85, 80, -1), *range(71, 76), 36]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How millimetres of the jaw fall on the film: neck of the middle tooth, scale, turn."""

    x: float
    y: float
    scale: float
    turn: float
    is_upper: bool

    def place(self, shape: Polygon, at: float = 0.0, lower_by: float = 0.0) -> Polygon:
        """A shape of a tooth standing ``at`` mm beside the middle one, in pixels."""
        x, y = shape[:, 0] + at, shape[:, 1] - lower_by
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        across, up = cosine * x - sine * y, sine * x + cosine * y
        down = up if self.is_upper else -up
        return np.stack([self.x + self.scale * across, self.y + self.scale * down], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A tooth of the row with its place in mm and what is found on it."""

    tooth: Tooth
    at: float
    lower_by: float
    found: Findings


def periapical(seed: int, tooth_fdi: int, phase: str, treatment: str, canals: int = 0) -> bytes:
    """A radiograph of one tooth and its neighbours as JPEG.

    The same seed shows the same mouth in every phase, a little shifted as two exposures are.
    ``canals`` is the number of filled canals, 0 for the usual one. ValueError for an unknown
    tooth, phase or treatment.
    """
    when, what = Phase(phase), Treatment(treatment)
    mouth = film_of.random_for(seed, "mouth", str(tooth_fdi))
    shot = film_of.random_for(seed, "shot", when, what)
    row = _row(tooth_fdi, what, when, canals, mouth)
    position = tooth_fdi % 10
    size = ANTERIOR if position <= 3 else POSTERIOR
    is_upper = tooth_fdi // 10 in (1, 2, 5, 6)
    neck = size[1] * (0.37 if position > 3 else 0.4) + shot.uniform(-8, 8)
    view = View(
        x=size[0] * 0.5 + shot.uniform(-14, 14),
        y=size[1] - neck if is_upper else neck,
        scale=PIXELS_PER_MILLIMETRE * shot.uniform(0.96, 1.02),
        turn=shot.uniform(-0.035, 0.035),
        is_upper=is_upper,
    )
    bone_level = mouth.uniform(1.2, 3.2)
    film = np.full((size[1], size[0]), 30, np.float32)
    _draw_jaw(film, size, row, view, bone_level, mouth, shot)
    if tooth_fdi >= 50:
        _draw_buds(film, size, row, view)
    _expose(film, size, shot)
    return film_of.encode(film, "periapical", seed, tooth_fdi, when, what)


def bitewing(seed: int, side: str = "right", phase: str = "before", filled: int = 0) -> bytes:
    """Both jaws' back teeth biting together; ``filled`` (FDI) is decayed before, filled after."""
    when = Phase(phase)
    mouth = film_of.random_for(seed, "mouth", side)
    shot = film_of.random_for(seed, "shot", when, "bitewing")
    size = BITEWING
    film = np.full((size[1], size[0]), 30, np.float32)
    turn = shot.uniform(-0.03, 0.03)
    for middle, is_upper in ((16 if side == "right" else 26, True), (46, False)):
        fdi = middle if is_upper or side == "right" else 36
        treatment = Treatment.FILLING if filled else Treatment.NONE
        row = _row(fdi, treatment, when, 0, mouth, target=filled)
        view = View(
            x=size[0] * (0.58 if side == "right" else 0.42),
            y=size[1] / 2 + (-128 if is_upper else 128) + shot.uniform(-4, 4),
            scale=15.0,
            turn=turn,
            is_upper=is_upper,
        )
        _draw_jaw(film, size, row, view, mouth.uniform(1.2, 2.6), mouth, shot)
    _expose(film, size, shot)
    return film_of.encode(film, "bitewing", seed, side, when, filled)


def _order_of(fdi: int) -> list[int]:
    """The row of teeth this one stands in, from the viewer's left to his right."""
    for order in (PERMANENT_UPPER, PERMANENT_LOWER, PRIMARY_UPPER, PRIMARY_LOWER):
        if fdi in order:
            return order
    raise ValueError(f"no tooth {fdi}")


def _row(
    middle: int,
    treatment: Treatment,
    phase: Phase,
    canals: int,
    mouth: np.random.Generator,
    target: int | None = None,
) -> list[Standing]:
    """The teeth beside each other, the middle one at 0 mm, about 24 mm to each side."""
    order = _order_of(middle)
    target = middle if target is None else target
    teeth = [make_tooth(fdi, mouth) for fdi in order]
    widths = np.array([tooth.width for tooth in teeth]) * CONTACT
    centres = np.cumsum(widths) - widths / 2
    row = []
    for tooth, at in zip(teeth, centres - centres[order.index(middle)], strict=True):
        own = treatment if tooth.fdi == target else Treatment.NONE
        found = findings_for(tooth, own, phase, canals, mouth)
        lower_by = mouth.uniform(-0.35, 0.35)
        if abs(at) < 26:
            row.append(Standing(tooth=tooth, at=float(at), lower_by=lower_by, found=found))
    if treatment is Treatment.BRIDGE and phase is Phase.AFTER:
        _add_abutments(row)
    return row


def _add_abutments(row: list[Standing]) -> None:
    """The neighbours of a bridge's gap carry its crowns, joined at the contacts."""
    for standing in row:
        is_neighbour = 0 < abs(standing.at) < 11.5
        if is_neighbour:
            standing.found.metal.append(standing.tooth.crown_outline(1.06))


def _shapes(row: list[Standing], view: View, what: str) -> list[Polygon]:
    """One kind of shape of all teeth on the film, in pixels."""
    shapes = []
    for standing in row:
        tooth, found = standing.tooth, standing.found
        is_there = not found.is_missing
        local: list[Polygon]
        if what in ("decay", "lost", "lesions", "grey", "metal"):
            local = getattr(found, what)
        elif what == "sockets":
            local = tooth.root_outlines() if found.is_socket else []
        elif not is_there:
            local = []
        else:
            local = _anatomy(tooth, what)
        for shape in local:
            shapes.append(view.place(_tilt(shape, found), standing.at, standing.lower_by))
    return shapes


def _anatomy(tooth: Tooth, what: str) -> list[Polygon]:
    if what == "body":
        return tooth.body_outlines()
    if what == "roots":
        return tooth.root_outlines()
    if what == "crowns":
        return [tooth.crown_outline()]
    if what == "cores":
        return [tooth.core_outline()]
    return [tooth.chamber_outline(), *tooth.canals()]


def _tilt(shape: Polygon, found: Findings) -> Polygon:
    if not found.tilt_degrees:
        return shape
    angle = np.radians(found.tilt_degrees)
    x, y = shape[:, 0], shape[:, 1]
    turned = [x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)]
    return np.stack([turned[0] + found.moved, turned[1] - found.sunk], axis=1)


def _draw_jaw(
    film: Array,
    size: tuple[int, int],
    row: list[Standing],
    view: View,
    bone_level: float,
    mouth: np.random.Generator,
    shot: np.random.Generator,
) -> None:
    """Gum, bone and lesions, then the teeth over them, then what the dentist put in."""
    crest = _crest(row, bone_level)
    gum = film_of.mask(size, [view.place(crest + [0, 2.6])], 16, scale=0.25)
    bone = film_of.mask(size, [view.place(crest)], 5, scale=0.5)
    texture = film_of.cut(film_of.trabeculae(), size, mouth)
    slow = film_of.cut(film_of.clouds(), size, mouth)
    film_of.blend(film, gum * np.float32(0.8), 44)
    film_of.blend(film, bone, 96 + 12 * texture + 9 * slow)
    dark = [*_shapes(row, view, "lesions")]
    if dark:
        film_of.blend(film, film_of.mask(size, dark, 11, scale=0.25) * np.float32(0.72), 48)
    sockets = _shapes(row, view, "sockets")
    if sockets:
        film_of.blend(film, film_of.mask(size, sockets, 4, scale=0.5) * np.float32(0.6), 50)
    lines = [np.concatenate([s, s[:1]]) for s in [*_shapes(row, view, "roots"), *sockets]]
    width = view.scale
    ligament = film_of.strokes(size, lines, [(width * 0.95, 158), (width * 0.5, 74)])
    film += 95 * ligament * bone
    _draw_teeth(film, size, row, view)
    _draw_work(film, size, row, view)
    film += 2.0 * film_of.cut(film_of.clouds(), size, shot)


def _crest(row: list[Standing], bone_level: float) -> Polygon:
    """The edge of the bone in mm: level between the teeth, sunken where one is missing."""
    points = [(-40.0, -bone_level)]
    for standing in row:
        half = standing.tooth.width / 2
        depth = bone_level + (1.6 if standing.found.is_missing else 0.5)
        points += [(standing.at - half, -bone_level), (standing.at, -depth)]
    points += [(40.0, -bone_level), (40.0, -60.0), (-40.0, -60.0)]
    return np.array(points)


def _draw_teeth(film: Array, size: tuple[int, int], row: list[Standing], view: View) -> None:
    lost = _shapes(row, view, "lost")
    body_shapes = _shapes(row, view, "body")
    body = film_of.mask(size, body_shapes, holes=lost)
    thick = film_of.mask(size, body_shapes, 9, holes=lost, scale=0.5)
    film_of.blend(film, body, DENTINE - 74 + 82 * thick)
    crowns, cores = _shapes(row, view, "crowns"), _shapes(row, view, "cores")
    enamel = film_of.mask(size, crowns, 1.6, holes=[*cores, *lost], scale=0.5)
    film_of.blend(film, enamel * body, ENAMEL - 46 + 50 * thick)
    pulp = film_of.mask(size, _shapes(row, view, "pulp"))
    film -= 44 * pulp * body
    decay = _shapes(row, view, "decay")
    if decay:
        film_of.blend(film, film_of.mask(size, decay, 4, scale=0.5) * body, 62)


def _draw_work(film: Array, size: tuple[int, int], row: list[Standing], view: View) -> None:
    grey, metal = _shapes(row, view, "grey"), _shapes(row, view, "metal")
    if grey:
        film_of.blend(film, film_of.mask(size, grey, 1.5, scale=1), DENTINE + 38)
    if metal:
        film_of.blend(film, film_of.mask(size, metal), METAL)


def _draw_buds(film: Array, size: tuple[int, int], row: list[Standing], view: View) -> None:
    """The permanent teeth that wait below the primary ones, in their dark follicles."""
    follicles, crowns, cores = [], [], []
    for standing in row:
        fdi = standing.tooth.fdi
        if fdi < 50:
            continue
        successor = make_tooth(fdi - 40, np.random.default_rng(fdi))
        small = replace(successor, width=successor.width * 0.9)
        deep = -max(r.length for r in standing.tooth.roots) * 0.82 - small.crown
        low = np.array([0.0, deep])
        outline = small.crown_outline() + low
        follicles.append(
            view.place((outline - outline.mean(0)) * 1.2 + outline.mean(0), standing.at)
        )
        crowns.append(view.place(outline, standing.at))
        cores.append(view.place(small.core_outline() + low, standing.at))
    film_of.blend(film, film_of.mask(size, follicles, 3, scale=1) * np.float32(0.75), 52)
    film_of.blend(film, film_of.mask(size, crowns, 1.5, scale=1), DENTINE - 18)
    film_of.blend(film, film_of.mask(size, crowns, 1.5, holes=cores, scale=1), ENAMEL - 22)


def _expose(film: Array, size: tuple[int, int], shot: np.random.Generator) -> None:
    """Contrast of this exposure, uneven light, sensor noise, round corners and the dot."""
    x, y = film_of.ramp(size)
    across = (x / size[0] - 0.5) * shot.uniform(-0.1, 0.1)
    down = (y / size[1] - 0.5) * shot.uniform(-0.1, 0.1)
    film *= (1 + across + down) * np.float32(shot.uniform(0.94, 1.02))
    film_of.soften(film)
    film += film_of.cut(film_of.grain(), size, shot) * np.float32(shot.uniform(2.6, 4.2))
    film *= film_of.rounded_edge(size, 26)
    dot = film_of.ellipse(size[0] - 30, size[1] - 30, 6, 6)
    film_of.blend(film, film_of.mask(size, [dot], 1, scale=1), 88)

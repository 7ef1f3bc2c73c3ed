"""The shape of one tooth in millimetres: the neck at 0, the crown upwards, roots downwards."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from workbench.demo.drawing_film import Polygon, smooth

# Average widths, crown heights and root lengths by position 1–8, rounded from anatomy tables.
UPPER_WIDTHS = (8.5, 6.6, 7.6, 7.0, 6.7, 10.2, 9.6, 8.6)
LOWER_WIDTHS = (5.3, 5.8, 6.8, 7.0, 7.2, 11.2, 10.6, 10.0)
CROWNS: tuple[float, ...] = (9.6, 9.0, 10.0, 8.2, 7.8, 7.4, 7.1, 6.8)
ROOTS: tuple[float, ...] = (12.8, 13.2, 16.2, 13.8, 14.0, 14.4, 13.8, 12.0)
PRIMARY_UPPER_WIDTHS = (6.6, 5.2, 6.9, 7.2, 9.0)
PRIMARY_LOWER_WIDTHS = (4.2, 4.8, 5.9, 8.0, 10.0)
PRIMARY_CROWNS = (6.0, 5.8, 6.6, 5.8, 5.8)
PRIMARY_ROOTS = (9.5, 9.5, 12.0, 8.5, 9.2)


class Form(StrEnum):
    """The four forms of crowns."""

    INCISOR = "incisor"
    CANINE = "canine"
    PREMOLAR = "premolar"
    MOLAR = "molar"


CROWN_POINTS: dict[Form, list[tuple[float, float]]] = {
    Form.INCISOR: [
        (-0.34, -0.06), (-0.46, 0.35), (-0.52, 0.8), (-0.5, 1.02), (-0.2, 1.03),
        (0.2, 1.03), (0.5, 1.0), (0.52, 0.8), (0.46, 0.35), (0.34, -0.06),
    ],
    Form.CANINE: [
        (-0.36, -0.06), (-0.47, 0.3), (-0.54, 0.66), (-0.4, 0.86), (0.0, 1.12),
        (0.4, 0.84), (0.54, 0.62), (0.47, 0.3), (0.36, -0.06),
    ],
    Form.PREMOLAR: [
        (-0.37, -0.08), (-0.5, 0.4), (-0.53, 0.75), (-0.4, 1.02), (-0.22, 1.08),
        (0.0, 0.84), (0.22, 1.02), (0.4, 0.98), (0.53, 0.72), (0.5, 0.38), (0.37, -0.08),
    ],
    Form.MOLAR: [
        (-0.41, -0.08), (-0.5, 0.4), (-0.53, 0.78), (-0.45, 1.0), (-0.3, 1.08),
        (-0.15, 0.92), (0.0, 0.86), (0.13, 0.93), (0.3, 1.06), (0.44, 0.98), (0.53, 0.76),
        (0.5, 0.38), (0.41, -0.08),
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One root along a bent line; ``x`` at the neck, ``apex`` at its end, half widths in mm."""

    x: float
    apex: float
    length: float
    half_width: float
    bend: float
    canals: int

    def along(self, part: np.ndarray, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Points of the middle line at parts 0 (neck) to 1 (apex)."""
        x = (
            self.x
            + (self.apex - self.x) * np.maximum(part, 0) ** 1.25
            + self.bend * np.sin(np.pi * part)
        )
        return x + shift * np.sin(np.pi * part * 0.9), -self.length * part

    def strip(
        self, start: float, end: float, half_width: float, taper: float, shift: float = 0.0
    ) -> Polygon:
        """A tapering strip along the root from one part of it to another."""
        part = np.linspace(start, end, 16)
        x, y = self.along(part, shift)
        inner = (part - start) / (end - start)
        half = half_width * (1 - taper * inner)
        if taper < 0.9:
            half = half * np.sqrt(np.clip(1.02 - inner**8, 0, 1))
        left, right = np.stack([x - half, y], 1), np.stack([x + half, y], 1)
        return np.concatenate([left, right[::-1]])

    def outline(self) -> Polygon:
        """The root from a little above the neck to its tip."""
        return self.strip(-0.04, 1.0, self.half_width, 0.62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tooth:
    """A tooth by its FDI number with everything its picture needs, in millimetres."""

    fdi: int
    form: Form
    width: float
    crown: float
    roots: tuple[Root, ...]
    furcation: float

    @property
    def is_molar(self) -> bool:
        return self.form is Form.MOLAR

    def crown_outline(self, grow: float = 1.0) -> Polygon:
        """The crown, larger or smaller around its middle."""
        points = [(x * self.width * grow, y * self.crown) for x, y in CROWN_POINTS[self.form]]
        outline = smooth(points)
        outline[:, 1] = (outline[:, 1] - self.crown / 2) * grow + self.crown / 2
        return outline

    def core_outline(self) -> Polygon:
        """The dentine inside the crown: what the enamel covers."""
        points = CROWN_POINTS[self.form]
        thin = 0.74 if self.is_molar else 0.7
        inner = [(x * self.width * thin, y * self.crown * 0.72 - 0.9) for x, y in points]
        return smooth(inner)

    def body_outlines(self) -> list[Polygon]:
        """Crown, trunk and roots: all of it is tooth."""
        return [self.crown_outline(), *self.root_outlines()]

    def root_outlines(self) -> list[Polygon]:
        """The roots and, where they part, the trunk above the furcation."""
        outlines = [root.outline() for root in self.roots]
        if self.furcation:
            half, deep = self.width * 0.42, self.furcation
            trunk = [(-half, 0.6), (half, 0.6), (half, -deep * 0.8), (half * 0.3, -deep * 1.2)]
            trunk += [(0, -deep * 0.86), (-half * 0.3, -deep * 1.2), (-half, -deep * 0.8)]
            outlines.append(smooth(trunk, 2))
        return outlines

    def chamber_outline(self) -> Polygon:
        """The pulp in the crown, with horns in a molar."""
        if self.is_molar:
            half, top, low = self.width * 0.2, self.crown * 0.42, -self.furcation * 0.35
            points = [(-half * 1.1, top), (-half * 0.3, top * 0.62), (half * 0.3, top * 0.62)]
            points += [(half * 1.1, top), (half * 1.15, 0.2), (half * 0.8, low), (-half * 0.8, low)]
            return smooth([*points, (-half * 1.15, 0.2)], 2)
        half, top = self.width * 0.1, self.crown * 0.5
        return smooth([(-half, top), (half, top), (half * 1.1, 0), (half, -2), (-half, -2),
                       (-half * 1.1, 0)], 2)  # fmt: skip

    def canals(self, end: float = 0.96, half_width: float = 0.3, count: int = 0) -> list[Polygon]:
        """The canals; ``count`` of them where it is given, the usual number otherwise."""
        numbers = [root.canals for root in self.roots]
        for place in range(max(0, count - sum(numbers))):
            numbers[place % len(numbers)] += 1
        while count and sum(numbers) > count:
            numbers[numbers.index(max(numbers))] -= 1
        strips = []
        for root, number in zip(self.roots, numbers, strict=True):
            for place in range(number):
                shift = (place - (number - 1) / 2) * root.half_width * 0.8
                start = 0.12 if self.is_molar else 0.02
                strips.append(root.strip(start, end, half_width, 0.6, shift))
        return strips


def make_tooth(fdi: int, chance: np.random.Generator) -> Tooth:
    """A tooth of average size with small individual differences; ValueError if no FDI number."""
    quadrant, position = divmod(fdi, 10)
    is_primary, is_upper = quadrant >= 5, quadrant in (1, 2, 5, 6)
    if not 1 <= quadrant <= 8 or not 1 <= position <= (5 if is_primary else 8):
        raise ValueError(f"no tooth {fdi}")
    widths: tuple[float, ...]
    crowns, roots = CROWNS, ROOTS
    if is_primary:
        widths = PRIMARY_UPPER_WIDTHS if is_upper else PRIMARY_LOWER_WIDTHS
        crowns, roots = PRIMARY_CROWNS, PRIMARY_ROOTS
    else:
        widths = UPPER_WIDTHS if is_upper else LOWER_WIDTHS
    size = 1 + 0.05 * chance.uniform(-1, 1)
    width = widths[position - 1] * size * (1 + 0.03 * chance.uniform(-1, 1))
    length = roots[position - 1] * size * (1 + 0.06 * chance.uniform(-1, 1))
    form = _form(position, is_primary)
    mesial = 1 if quadrant in (1, 4, 5, 8) else -1
    return Tooth(
        fdi=fdi,
        form=form,
        width=width,
        crown=crowns[position - 1] * size,
        roots=_roots(form, position, is_upper, is_primary, width, length, mesial, chance),
        furcation=(1.4 if is_primary else 3.2) if form is Form.MOLAR else 0.0,
    )


def _form(position: int, is_primary: bool) -> Form:
    if position <= 2:
        return Form.INCISOR
    if position == 3:
        return Form.CANINE
    return Form.MOLAR if is_primary or position >= 6 else Form.PREMOLAR


def _roots(
    form: Form,
    position: int,
    is_upper: bool,
    is_primary: bool,
    width: float,
    length: float,
    mesial: int,
    chance: np.random.Generator,
) -> tuple[Root, ...]:
    """The mesial root first. Tips lean away from the middle of the mouth."""
    lean = -mesial * chance.uniform(0.2, 1.0)
    if form is not Form.MOLAR:
        canals = 2 if is_upper and position == 4 else 1
        half = width * (0.34 if form is not Form.INCISOR else 0.32)
        bend = 0.35 * chance.uniform(-1, 1)
        return (Root(x=0, apex=lean, length=length, half_width=half, bend=bend, canals=canals),)
    spread = 0.44 if is_primary else chance.uniform(0.24, 0.33)
    half = width * (0.15 if is_primary else 0.19)
    places = [(0.23 * mesial, spread * mesial, 1.0, 1 if is_upper else 2)]
    places.append((-0.23 * mesial, -spread * mesial, 0.95, 1))
    if is_upper:
        places.append((0.02 * mesial, 0.0, 1.06, 1))
    lean *= 0.5 if position == 6 else 1.0 + 0.4 * (position - 6)
    return tuple(
        Root(
            x=x * width,
            apex=apex * width + lean,
            length=length * share * (1 + 0.04 * chance.uniform(-1, 1)),
            half_width=half,
            bend=np.sign(x) * width * (0.1 if is_primary else 0.05),
            canals=canals,
        )
        for x, apex, share, canals in places
    )

"""What a treatment looks like on a radiograph, before and after: shapes in millimetres."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from workbench.demo.drawing_film import Polygon, ellipse, smooth
from workbench.demo.drawing_tooth import Form, Tooth


class Phase(StrEnum):
    """When the picture was taken."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Treatment(StrEnum):
    """What is done to the tooth in the middle of the film."""

    NONE = "none"
    FILLING = "filling"
    ROOT_CANAL = "root_canal"
    RETREATMENT = "retreatment"
    PULPOTOMY = "pulpotomy"
    CROWN = "crown"
    STEEL_CROWN = "steel_crown"
    POST = "post"
    BRIDGE = "bridge"
    EXTRACTION = "extraction"
    IMPLANT = "implant"
    IMPACTED = "impacted"


@dataclass(slots=True, kw_only=True)
class Findings:
    """What is drawn over a sound tooth: dark places, bright places, and what is gone."""

    is_missing: bool = False
    is_socket: bool = False
    is_pontic: bool = False
    tilt_degrees: float = 0.0
    sunk: float = 0.0
    moved: float = 0.0
    decay: list[Polygon] = field(default_factory=list)
    lost: list[Polygon] = field(default_factory=list)
    lesions: list[Polygon] = field(default_factory=list)
    grey: list[Polygon] = field(default_factory=list)
    metal: list[Polygon] = field(default_factory=list)


ENDODONTIC = (Treatment.ROOT_CANAL, Treatment.RETREATMENT, Treatment.CROWN, Treatment.POST)
GAP = (Treatment.IMPLANT, Treatment.BRIDGE)


def findings_for(
    tooth: Tooth, treatment: Treatment, phase: Phase, canals: int, chance: np.random.Generator
) -> Findings:
    """The signs of a treatment in a phase. Draw the same numbers in each phase."""
    found = Findings()
    side = float(chance.choice([-1, 1]))
    depth, lesion = chance.uniform(0.85, 1.2), chance.uniform(1.7, 3.4)
    if treatment is Treatment.NONE:
        return found
    is_after = phase is Phase.AFTER
    if treatment in GAP:
        _gap(found, tooth, treatment, phase)
    elif treatment is Treatment.IMPACTED:
        found.is_missing = found.is_socket = is_after
        mesial = 1 if tooth.fdi // 10 in (1, 4) else -1
        found.tilt_degrees = -mesial * (40 + 25 * depth)
        found.sunk, found.moved = 4.5, -mesial * 2.6
    elif treatment is Treatment.EXTRACTION:
        found.is_missing = found.is_socket = is_after
        if is_after:
            return found
        found.lost = [_broken_crown(tooth, side, 0.75)]
        found.decay = [_decay(tooth, side, 1.3)]
        found.lesions = _lesions(tooth, lesion)
    elif is_after:
        _restore(found, tooth, treatment, side, depth, canals)
        if treatment in ENDODONTIC:
            found.lesions = _lesions(tooth, lesion * 0.8)[:1]
    else:
        _disease(found, tooth, treatment, side, depth, lesion, canals)
        if phase is Phase.DURING:
            _open(found, tooth, treatment, side, canals)
    return found


def _decay(tooth: Tooth, side: float, depth: float) -> Polygon:
    x, y = side * tooth.width * 0.42, tooth.crown * 0.62
    wide, high = tooth.width * 0.2 * depth, tooth.crown * 0.3 * depth
    hollow = ellipse(x, y, wide, high)
    hollow[:, 0] += 0.12 * wide * np.sin(hollow[:, 1] * 2.1)
    return _own(tooth, hollow)


def _cavity(tooth: Tooth, side: float, depth: float, edge: float = 0.51) -> Polygon:
    """The box the dentist cuts: from the chewing surface down one side."""
    w, h = tooth.width, tooth.crown
    if tooth.form in (Form.INCISOR, Form.CANINE):
        return ellipse(side * w * 0.36, h * 0.6, w * 0.16 * depth, h * 0.2 * depth)
    inner = -0.2 if tooth.is_molar else -0.12
    points = [(edge, 0.95), (edge, 0.28), (0.3, 0.26), (0.2, 0.52), (inner, 0.56), (inner, 1.0)]
    points += [(0.0, 0.9), (0.25, 1.02)]
    return _own(tooth, smooth([(side * w * x, h * (1 - (1 - y) * depth)) for x, y in points], 2))


def _broken_crown(tooth: Tooth, side: float, depth: float) -> Polygon:
    w, h = tooth.width, tooth.crown
    points = [(0.7, 1.3), (0.7, 1 - depth), (0.2, 1.05 - depth), (0.05, 1.12 - depth * 0.7)]
    points += [(-0.2, 0.94), (-0.25, 1.3)]
    return _own(tooth, smooth([(side * w * x, h * y) for x, y in points], 2))


def _own(tooth: Tooth, shape: Polygon) -> Polygon:
    """The shape kept within its own tooth, so that the neighbour is not cut."""
    shape[:, 0] = np.clip(shape[:, 0], -tooth.width * 0.53, tooth.width * 0.53)
    return shape


def _lesions(tooth: Tooth, radius: float) -> list[Polygon]:
    shapes = []
    for number, root in enumerate(tooth.roots[:2]):
        size = radius * (1 if number == 0 else 0.45)
        shapes.append(ellipse(root.apex, -root.length + 0.1 * size, size, size * 0.95))
    return shapes


def _disease(
    found: Findings,
    tooth: Tooth,
    treatment: Treatment,
    side: float,
    depth: float,
    lesion: float,
    canals: int,
) -> None:
    found.decay = [_decay(tooth, side, depth)]
    if treatment in (Treatment.FILLING, Treatment.STEEL_CROWN, Treatment.PULPOTOMY):
        if treatment is not Treatment.FILLING:
            found.decay = [_decay(tooth, side, depth * 1.4)]
        return
    if treatment in (Treatment.CROWN, Treatment.POST):
        found.metal = tooth.canals(0.95, 0.34, canals)
        found.lost = [_broken_crown(tooth, side, 0.5 if treatment is Treatment.CROWN else 0.8)]
        return
    if treatment is Treatment.RETREATMENT:
        found.metal = tooth.canals(0.6, 0.26, canals)
    found.decay = [_decay(tooth, side, depth * 1.55)]
    found.lesions = _lesions(tooth, lesion)


def _open(found: Findings, tooth: Tooth, treatment: Treatment, side: float, canals: int) -> None:
    """The cavity is cut; in a root canal treatment the measuring files stand in the canals."""
    found.decay = []
    found.lost = [_cavity(tooth, side, 1.1, edge=0.8)]
    if treatment not in (Treatment.ROOT_CANAL, Treatment.RETREATMENT):
        return
    w, h = tooth.width, tooth.crown
    found.lost.append(
        smooth([(-w * 0.2, h * 1.3), (w * 0.2, h * 1.3), (w * 0.17, 1), (-w * 0.17, 1)])
    )
    found.metal = []
    for canal in tooth.canals(0.93, 0.14, canals):
        start = canal[[0, -1]].mean(axis=0)
        up = start + [start[0] * 0.2, h * 1.25]
        found.metal.append(canal)
        found.metal.append(_bar(start + [0, -0.2], up, 0.13))
        found.metal.append(_bar(up, up + [start[0] * 0.05, 2.6], 0.42))


def _bar(start: Polygon, end: Polygon, half_width: float) -> Polygon:
    direction = (end - start) / np.hypot(*(end - start))
    across = np.array([-direction[1], direction[0]]) * half_width
    return np.array([start + across, end + across, end - across, start - across])


def _restore(
    found: Findings, tooth: Tooth, treatment: Treatment, side: float, depth: float, canals: int
) -> None:
    w, h = tooth.width, tooth.crown
    if treatment is Treatment.FILLING:
        found.metal = [_cavity(tooth, side, depth)]
    elif treatment is Treatment.PULPOTOMY:
        found.metal = [_cavity(tooth, side, depth * 1.1), tooth.chamber_outline()]
    elif treatment is Treatment.STEEL_CROWN:
        found.metal = [_cap(tooth, 0.14), tooth.chamber_outline()]
    else:
        found.metal = tooth.canals(0.95, 0.36, canals)
        if treatment is Treatment.POST:
            root = max(tooth.roots, key=lambda r: r.half_width * r.length)
            found.metal.append(root.strip(-0.02, 0.62, 0.75, 0.45))
            found.metal.append(smooth([(-w * 0.3, h * 0.7), (w * 0.3, h * 0.7), (w * 0.34, -0.4),
                                       (-w * 0.34, -0.4)], 2))  # fmt: skip
        if treatment in (Treatment.CROWN, Treatment.POST):
            found.metal.append(_cap(tooth, 0.0))
        else:
            found.metal.append(_cavity(tooth, side, 1.15))
        found.grey = [tooth.chamber_outline()]


def _cap(tooth: Tooth, low: float) -> Polygon:
    """A crown over the whole tooth, from a little below or above the neck."""
    cap = tooth.crown_outline(1.05)
    cap[:, 1] = np.maximum(cap[:, 1], tooth.crown * low - 0.2)
    return cap


def _gap(found: Findings, tooth: Tooth, treatment: Treatment, phase: Phase) -> None:
    found.is_missing = True
    if treatment is Treatment.BRIDGE:
        found.is_pontic = phase is Phase.AFTER
        if found.is_pontic:
            pontic = tooth.crown_outline(1.04)
            pontic[:, 1] = np.maximum(pontic[:, 1], tooth.crown * 0.12)
            found.metal = [pontic]
        return
    if phase is Phase.BEFORE:
        return
    found.metal = [screw(length=11.0, half_width=2.0)]
    if phase is Phase.AFTER:
        found.metal.append(smooth([(-1.5, -2.2), (1.5, -2.2), (1.9, 1.6), (-1.9, 1.6)], 1))
        found.metal.append(_cap(tooth, 0.1))


def screw(length: float, half_width: float) -> Polygon:
    """An implant: a tapering screw from 2.2 mm below the neck downwards, with its threads."""
    turns = 15
    part = np.linspace(0, 1, turns * 2)
    half = half_width * (1 - 0.35 * part**2) - np.where(np.arange(turns * 2) % 2, 0.32, 0.0)
    half[:3] = half_width
    half[-1] = half_width * 0.3
    y = -2.2 - length * part
    return np.concatenate([np.stack([-half, y], 1), np.stack([half, y - 0.2], 1)[::-1]])

"""Treatments with the pictures that go with them, the bricks of the demo's cases."""

from workbench.demo.shapes import Shot, Work
from workbench.rules.facts import EvidenceKind, Phase

Part = tuple[tuple[Work, ...], tuple[Shot, ...]]
"""The lines of a treatment and the pictures that prove it."""

BEFORE_AFTER = (Phase.BEFORE, Phase.AFTER)
ALL_PHASES = (Phase.BEFORE, Phase.DURING, Phase.AFTER)


def periapicals(
    tooth: int, treatment: str, phases: tuple[Phase, ...] = BEFORE_AFTER, canals: int = 0
) -> tuple[Shot, ...]:
    """Radiographs of one tooth, one per phase."""
    return tuple(
        Shot(
            kind=EvidenceKind.PERIAPICAL,
            phase=phase,
            tooth=tooth,
            day=1 if phase is Phase.AFTER else 0,
            treatment=treatment,
            canals=canals,
        )
        for phase in phases
    )


def filling(tooth: int, code: str = "125", surfaces: str = "MO") -> Part:
    """A composite filling with radiographs before and after."""
    return (Work(code=code, tooth=tooth, surfaces=surfaces),), periapicals(tooth, "filling")


def root_canal(tooth: int, canals: int) -> Part:
    """A root canal treatment; the fourth canal is an 840 line, and then a radiograph during it."""
    main = min(canals, 3)
    works = [Work(code=f"8{main}0", tooth=tooth, canals=main)]
    works += [Work(code="840", tooth=tooth)] * (canals - main)
    phases = ALL_PHASES if canals > main else BEFORE_AFTER
    return tuple(works), periapicals(tooth, "root_canal", phases, canals)


def crown(tooth: int, code: str = "510") -> Part:
    """A crown, finished a few days later."""
    return (Work(code=code, tooth=tooth),), periapicals(tooth, "crown")


def post(tooth: int) -> Part:
    """A cast post."""
    return (Work(code="530", tooth=tooth),), periapicals(tooth, "post")


def radiographs(tooth: int, quantity: int = 1) -> Part:
    """Periapical radiographs as lines of their own."""
    return (Work(code="905", tooth=tooth, quantity=quantity),), ()


def impacted(tooth: int, code: str = "325") -> Part:
    """The surgery of an impacted tooth with the initial panoramic."""
    return (Work(code=code, tooth=tooth),), (panoramic(), *periapicals(tooth, "impacted"))


def panoramic(day: int | None = 0, phase: Phase = Phase.BEFORE) -> Shot:
    """A panoramic radiograph."""
    return Shot(kind=EvidenceKind.PANORAMIC, phase=phase, day=day)


def photograph(phase: Phase) -> Shot:
    """A photograph of the mouth."""
    return Shot(kind=EvidenceKind.PHOTOGRAPH, phase=phase, day=1 if phase is Phase.AFTER else 0)


def paper(kind: EvidenceKind) -> Shot:
    """A form, an identity card, an invoice or a signed referral sheet."""
    return Shot(kind=kind)


def bridge(*, note: str = "", pack_day: int | None = None) -> Part:
    """A bridge of two piers and a pontic; ``pack_day``: when the images of its plan were taken."""
    works = tuple(
        Work(code=code, tooth=tooth, note=note)
        for code, tooth in (("520", 14), ("525", 15), ("520", 16))
    )
    before = (panoramic(),) if pack_day is None else commission_pack(pack_day)
    return works, (*before, photograph(Phase.AFTER))


def implant(tooth: int, *, pack_day: int) -> Part:
    """An implant and its crown; ``pack_day`` as of a bridge."""
    works = (Work(code="610", tooth=tooth), Work(code="620", tooth=tooth, day=1))
    before = (*commission_pack(pack_day), photograph_of_plan(pack_day))
    return works, (*before, *periapicals(tooth, "implant", (Phase.AFTER,)))


def commission_pack(day: int) -> tuple[Shot, ...]:
    """What every plan is submitted with; ``day`` counts from the first service day."""
    return (
        panoramic(day),
        Shot(kind=EvidenceKind.IDENTITY, day=None),
        Shot(kind=EvidenceKind.PLAN_FORM, day=None),
    )


def photograph_of_plan(day: int) -> Shot:
    """What implants and orthodontics need in their plan besides."""
    return Shot(kind=EvidenceKind.PHOTOGRAPH, phase=Phase.BEFORE, day=day)


def together(*parts: Part) -> Part:
    """Several treatments in one case."""
    return (
        tuple(work for works, _ in parts for work in works),
        tuple(shot for _, shots in parts for shot in shots),
    )

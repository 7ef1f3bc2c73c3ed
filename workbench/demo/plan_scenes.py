"""The commission's plans of the demo as plain values: what is planned, and what became of it."""

import random
from dataclasses import dataclass

from workbench.demo.scripted_recipes import BRACES_SEED
from workbench.demo.shapes import Copied

IMPLANT, ABUTMENT, BRACES, REMOVABLE = "610", "620", "710", "720"
CROWN, ZIRCONIA, PIER, PONTIC = "510", "515", "520", "525"
JAWS = ("upper", "lower")
APPROVE, MODIFY, REJECT = "a", "m", "r"
DECIDED = 26
LOST = (14, 15, 16, 24, 25, 26, 35, 36, 45, 46)
"""Teeth that are often replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One planned service at a tooth or jaw."""

    code: str
    tooth: int | None = None
    jaw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One plan. ``left_hours``: working hours left now, negative when late.

    ``votes``: member's user name → a letter for each unit (a, m or r); ``seated`` holds a seat and
    has not voted. ``returned_after`` hours of the first round name ``defects``; ``again_hours`` ago
    it came back (None: not yet). ``decided_after``: working hours from its start to its decision
    by ``votes`` (late above 48). ``missing``: pack items that are no musts and are not there.
    ``copied``: whose picture its panoramic is.
    """

    key: str
    wishes: tuple[Wish, ...]
    left_hours: float
    votes: tuple[tuple[str, str], ...] = ()
    seated: tuple[str, ...] = ()
    defects: tuple[tuple[str, str], ...] = ()
    returned_after: float = 0
    is_back: bool = False
    decided_after: float | None = None
    missing: tuple[str, ...] = ()
    note: str = ""
    at_conflict_centre: bool = False
    copied: Copied | None = None


def implants(*teeth: int) -> tuple[Wish, ...]:
    """An implant with its crown part at each tooth is planned as the implant alone."""
    return tuple(Wish(code=IMPLANT, tooth=tooth) for tooth in teeth)


def crowns(*teeth: int, code: str = CROWN) -> tuple[Wish, ...]:
    """Single crowns."""
    return tuple(Wish(code=code, tooth=tooth) for tooth in teeth)


def bridge(*teeth: int) -> tuple[Wish, ...]:
    """A bridge: its ends are piers, what lies between them hangs."""
    ends = (teeth[0], teeth[-1])
    return tuple(Wish(code=PIER if tooth in ends else PONTIC, tooth=tooth) for tooth in teeth)


def braces(*jaws: str) -> tuple[Wish, ...]:
    """Fixed braces of one or both jaws."""
    return tuple(Wish(code=BRACES, jaw=jaw) for jaw in jaws)


A, B, C = "commission", "commission2", "commission3"

OPEN = (
    Scene(
        key="breached", wishes=bridge(11, 12, 13), left_hours=-30, votes=((A, "aaa"), (B, "aar")),
        note="پایه ۱۱ پیش‌تر روکش شده است؛ تاریخ آن روکش پرسیده شود.",
    ),
    Scene(key="overdue one", wishes=implants(46), left_hours=-2.3, votes=((A, "a"),), seated=(B,)),
    Scene(key="overdue two", wishes=braces(*JAWS), left_hours=-1.1, votes=((B, "aa"),)),
    Scene(
        key="at risk one", wishes=implants(14, 15), left_hours=1.5, votes=((A, "aa"),),
        at_conflict_centre=True,
    ),
    Scene(
        key="at risk again", wishes=implants(34, 36), left_hours=4.3, votes=((B, "aa"),),
        defects=(("R13", "رادیوگرافی فک ناخواناست؛ نسخه روشن‌تر بفرستید"),), returned_after=26,
        is_back=True, seated=(A,),
        note="ارتفاع استخوان ناحیه ۳۶ کافی به نظر می‌رسد. فاکتور راهنمای جراحی جدا خواسته شده است.",
    ),
    Scene(key="at risk crowns", wishes=crowns(24, 25, 26), left_hours=6.7, seated=(A,)),
    Scene(key="a tie", wishes=implants(21, 22), left_hours=11, votes=((A, "aa"), (B, "ar"))),
    Scene(
        key="running braces", wishes=braces("upper"), left_hours=17, seated=(A,),
        copied=Copied(seed=BRACES_SEED),
    ),
    Scene(key="running implant", wishes=implants(25), left_hours=22, votes=((B, "a"),)),
    Scene(key="running bridge", wishes=bridge(44, 45, 46, 47), left_hours=26),
    Scene(
        key="no cephalogram", wishes=braces(*JAWS), left_hours=28.5, missing=("cephalometric",)
    ),
    Scene(key="two implants", wishes=implants(36, 46), left_hours=31),
    Scene(key="own centre", wishes=implants(12), left_hours=35, at_conflict_centre=True),
    Scene(key="zirconia", wishes=crowns(13, 12, 11, 21, 22, code=ZIRCONIA), left_hours=38),
    Scene(key="lower braces", wishes=braces("lower"), left_hours=41, missing=("panoramic",)),
    Scene(key="one implant", wishes=implants(16), left_hours=44),
    Scene(key="just now", wishes=implants(35), left_hours=47.4),
    Scene(
        key="stands still one", wishes=implants(17), left_hours=29, returned_after=19,
        defects=(("R13", "رادیوگرافی فک ناخواناست"), ("R17", "")),
    ),
    Scene(
        key="stands still two", wishes=bridge(34, 35, 36, 37), left_hours=20, returned_after=8,
        defects=(("R08", "تصویر کارت ملی بیمار خوانا نیست"),),
    ),
    Scene(
        key="stands still three", wishes=braces("lower"), left_hours=8, returned_after=26,
        defects=(("R06", "فوتوگرافی از روبه‌رو پیوست شود"),), missing=("cephalometric",),
    ),
)  # fmt: skip


def decided_scenes() -> tuple[Scene, ...]:
    """Plans of the last weeks that are decided: most in time, some late, some not all approved."""
    chance = random.Random("decided plans")
    kinds = (implants, crowns, bridge, braces)
    scenes = []
    for number in range(DECIDED):
        wishes = _wishes(chance, kinds[number % len(kinds)])
        marks = APPROVE * len(wishes)
        if number % 7 == 3:
            marks = marks[:-1] + REJECT
        elif number % 6 == 1:
            marks = MODIFY + marks[1:]
        is_late = number % 9 == 4
        hours = chance.uniform(49, 58) if is_late else chance.uniform(6, 44)
        scenes.append(
            Scene(
                key=f"decided {number}",
                wishes=wishes,
                left_hours=48 - 26 - 11 * number - chance.uniform(0, 8) - hours * is_late,
                votes=((A, marks), (B, marks)),
                decided_after=hours,
            )
        )
    return tuple(scenes)


def _wishes(chance: random.Random, kind: object) -> tuple[Wish, ...]:
    if kind is implants:
        return implants(
            *chance.sample((14, 15, 16, 24, 25, 26, 35, 36, 45, 46), 1 + chance.randrange(2))
        )
    if kind is crowns:
        return crowns(*chance.choice(((14, 15, 16), (24, 25, 26), (34, 35, 36), (44, 45, 46, 47))))
    if kind is bridge:
        return bridge(*chance.choice(((13, 12, 11), (23, 24, 25), (35, 36, 37), (45, 46, 47))))
    return braces(*chance.choice((("upper",), ("lower",), JAWS)))

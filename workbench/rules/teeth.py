"""Teeth, surfaces and jaws: stored as FDI (ISO 3950), read as people write them, shown in words.

Source: ``clinical.md`` §1. Permanent teeth are 11–48, primary 51–85; sides are the patient's.
Iranian practice writes jaw and side, then the number, or A–E for a primary tooth: ``U/LC`` = 63.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from workbench.persian.digits import to_persian
from workbench.persian.text import normalise

PERMANENT_TEETH = tuple(10 * q + n for q in (1, 2, 3, 4) for n in range(1, 9))
PRIMARY_TEETH = tuple(10 * q + n for q in (5, 6, 7, 8) for n in range(1, 6))
ALL_TEETH = PERMANENT_TEETH + PRIMARY_TEETH

PRIMARY_LETTERS = "ABCDE"
_ANTERIOR_UNITS = 3  # central, lateral, canine


class Jaw(StrEnum):
    """The upper or the lower jaw."""

    UPPER = "upper"
    LOWER = "lower"


class Side(StrEnum):
    """The patient's own right or left."""

    RIGHT = "right"
    LEFT = "left"


_PLACES = {
    1: (Jaw.UPPER, Side.RIGHT),
    2: (Jaw.UPPER, Side.LEFT),
    3: (Jaw.LOWER, Side.LEFT),
    4: (Jaw.LOWER, Side.RIGHT),
}
_WORDS: dict[str, dict[str, str]] = {
    "fa": {"upper": "بالا", "lower": "پایین", "right": "راست", "left": "چپ"},
    "en": {"upper": "upper", "lower": "lower", "right": "right", "left": "left"},
}
_ONE, _SEVERAL = {"fa": "دندان", "en": "tooth"}, {"fa": "دندان", "en": "teeth"}
_COMMA, _AND = {"fa": "، ", "en": ", "}, {"fa": " و ", "en": " and "}
_JAWS: dict[str, dict[str | None, str]] = {
    "fa": {"upper": "فک بالا", "lower": "فک پایین", None: "تمام دهان"},
    "en": {"upper": "upper jaw", "lower": "lower jaw", None: "whole mouth"},
}

_INITIAL_JAW = {"U": Jaw.UPPER, "L": Jaw.LOWER}
_INITIAL_SIDE = {"R": Side.RIGHT, "L": Side.LEFT}
_MEANINGS: dict[str, str] = {
    **dict.fromkeys(("بالا", "فوقانی", "UPPER"), Jaw.UPPER),
    **dict.fromkeys(("پایین", "پائین", "تحتانی", "LOWER"), Jaw.LOWER),
    **dict.fromkeys(("راست", "RIGHT"), Side.RIGHT),
    **dict.fromkeys(("چپ", "LEFT"), Side.LEFT),
    **dict.fromkeys(("شیری", "PRIMARY"), "primary"),
    **dict.fromkeys(("دائمی", "دایمی", "PERMANENT"), "permanent"),
}
_PRIMARY_UNITS = tuple("12345")
_FILLERS = {"دندان", "شماره", "فک", "سمت", "TOOTH", "JAW"}
_LONGEST_TEXT = 60
_COMPACT = re.compile(r"([UL])[ /-]*([RL])[ /-]*([0-9A-Z])")
_TOKEN = re.compile(r"[0-9]+|[A-Z]+|[^\W0-9A-Z_]+")
_STRANGE = re.compile(r"[^\w ()/،,-]|_")
_LABEL = re.compile(r"[0-9]{1,2}|[A-Z]")


class TeethError(ValueError):
    """A text that names no tooth or surface.

    ``code``: ``tooth_unreadable``; ``tooth_ambiguous`` (several teeth fit, as when the side is
    missing); ``tooth_impossible`` (none fits); ``surface_unreadable``; ``surface_twice`` (two
    letters for one surface).
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Tooth:
    """One tooth by its FDI number; a number that is no tooth is a ``TeethError``."""

    fdi: int

    def __post_init__(self) -> None:
        if self.fdi not in ALL_TEETH:
            raise TeethError("tooth_impossible", str(self.fdi))

    @property
    def quadrant(self) -> int:
        """1–4 from the upper right by way of the left to the lower right, 5–8 for primary teeth."""
        return self.fdi // 10

    @property
    def unit(self) -> int:
        """The place in the quadrant counted from the midline: 1–8, primary 1–5."""
        return self.fdi % 10

    @property
    def is_primary(self) -> bool:
        """Whether it is a milk tooth."""
        return self.quadrant > 4

    @property
    def is_anterior(self) -> bool:
        """Whether it is an incisor or a canine."""
        return self.unit <= _ANTERIOR_UNITS

    @property
    def jaw(self) -> Jaw:
        """The jaw it stands in."""
        return _PLACES[(self.quadrant - 1) % 4 + 1][0]

    @property
    def side(self) -> Side:
        """The patient's side it stands on."""
        return _PLACES[(self.quadrant - 1) % 4 + 1][1]

    @property
    def label(self) -> str:
        """``6``, or the letter of a primary tooth: ``C``."""
        return PRIMARY_LETTERS[self.unit - 1] if self.is_primary else str(self.unit)


@lru_cache
def parse_tooth(text: str) -> Tooth:
    """The one tooth that is named: ``36``, ``LL6``, ``L/L6``, ``U/LC``, «۶ پایین چپ», «C بالا چپ».

    Any digits, Arabic letters and English words too. The tooth is the only one of the 52 of which
    everything is true that the text says; none or several: ``TeethError``.
    """
    told = _read(text)
    if "primary" in told:  # «۳ شیری» is C
        told = {PRIMARY_LETTERS[int(word) - 1] if word in _PRIMARY_UNITS else word for word in told}
    found = [tooth for tooth in map(Tooth, ALL_TEETH) if told <= _names(tooth)]
    if len(found) != 1:
        raise TeethError("tooth_ambiguous" if found else "tooth_impossible", text)
    return found[0]


def _names(tooth: Tooth) -> set[str]:
    """Everything that can be said of a tooth."""
    dentition = "primary" if tooth.is_primary else "permanent"
    return {tooth.jaw, tooth.side, dentition, tooth.label, str(tooth.fdi)}


def _read(text: str) -> set[str]:
    """What a text says: jaw, side, dentition, label and FDI number, without the fillers."""
    plain = normalise(text).upper()
    if compact := _COMPACT.fullmatch(plain):
        return {_INITIAL_JAW[compact[1]], _INITIAL_SIDE[compact[2]], compact[3]}
    tokens = [token for token in _TOKEN.findall(plain) if token not in _FILLERS]
    if not tokens or len(plain) > _LONGEST_TEXT or _STRANGE.search(plain):
        raise TeethError("tooth_unreadable", text)
    for token in tokens:
        if token in ("و", "AND") or set(token) <= set("ULR"):
            raise TeethError("tooth_ambiguous", text)  # several teeth; ``L6``: lower or left?
        if token not in _MEANINGS and not _LABEL.fullmatch(token):
            raise TeethError("tooth_unreadable", text)
    return {_MEANINGS.get(token, token) for token in tokens}


def _number(label: str, lang: str) -> str:
    return to_persian(label) if lang == "fa" else label


def _listed(parts: list[str], lang: str) -> str:
    """«الف، ب و پ»."""
    if len(parts) < 2:
        return "".join(parts)
    return _COMMA[lang].join(parts[:-1]) + _AND[lang] + parts[-1]


def _placed(labels: str, tooth: Tooth, lang: str) -> str:
    words = _WORDS[lang]
    place = f"{words[tooth.jaw]} {words[tooth.side]}"
    return f"{labels} {place}" if lang == "fa" else f"{place} {labels}"


@lru_cache
def describe_tooth(fdi: int, lang: str = "fa") -> str:
    """One tooth in words: «۶ پایین راست (۴۶)», «C بالا چپ (۶۳)»; ``lower right 6 (46)``."""
    tooth = Tooth(fdi)
    place = _placed(_number(tooth.label, lang), tooth, lang)
    return f"{place} ({_number(str(fdi), lang)})"


def name_teeth(teeth: Iterable[int], lang: str = "fa") -> str:
    """Several teeth as in a result text: «دندان ۴ و ۶ پایین چپ»; none is an empty text.

    Teeth of one jaw and side share its name; the order is that of the quadrants.
    """
    named = [Tooth(fdi) for fdi in sorted(set(teeth))]
    if not named:
        return ""
    groups: dict[tuple[Jaw, Side], list[Tooth]] = {place: [] for place in _PLACES.values()}
    for tooth in named:
        groups[tooth.jaw, tooth.side].append(tooth)
    placed = [
        _placed(_listed([_number(tooth.label, lang) for tooth in group], lang), group[0], lang)
        for group in groups.values()
        if group
    ]
    word = _ONE if len(named) == 1 else _SEVERAL
    return f"{word[lang]} {_listed(placed, lang)}"


def describe_jaw(jaw: str | None, lang: str = "fa") -> str:
    """«فک بالا», «فک پایین», or «تمام دهان» for None; another code: ``KeyError``."""
    return _JAWS[lang][jaw]


_SURFACES: dict[str, dict[str, str]] = {
    "M": {"fa": "مزیال", "en": "mesial"},
    "O": {"fa": "اکلوزال", "en": "occlusal"},
    "I": {"fa": "اینسیزال", "en": "incisal"},
    "D": {"fa": "دیستال", "en": "distal"},
    "B": {"fa": "باکال", "en": "buccal"},
    "F": {"fa": "فاسیال", "en": "facial"},
    "V": {"fa": "وستیبولار", "en": "vestibular"},
    "L": {"fa": "لینگوال", "en": "lingual"},
    "P": {"fa": "پالاتال", "en": "palatal"},
}
_SURFACE_WORDS = {
    name.upper(): letter for letter, names in _SURFACES.items() for name in names.values()
} | {"انسیزال": "I", "لبیال": "F", "LABIAL": "F"}
_SAME_SURFACE = str.maketrans("IFVP", "OBBL")


def distinct_surfaces(letters: str) -> frozenset[str]:
    """The surfaces as a set that can be compared: O/I, B/F/V and L/P are one each."""
    return frozenset(letters.translate(_SAME_SURFACE))


def parse_surfaces(text: str) -> str:
    """The letters of M D O I B F V L P that are named, each once: ``MOD``, ``DO``, ``DP``.

    Takes letters, and words in Persian or English. ``TeethError``: anything else, or two letters
    for one surface (``OI``).
    """
    plain = normalise(text).upper()
    found: set[str] = set()
    for token in _TOKEN.findall(plain):
        if token not in ("و", "AND"):
            found |= set(_SURFACE_WORDS.get(token, token))
    if not found <= set(_SURFACES) or _STRANGE.search(plain):
        raise TeethError("surface_unreadable", text)
    if len(distinct_surfaces("".join(found))) < len(found):
        raise TeethError("surface_twice", text)
    order = "MOIDBFVLP" if "M" in found else "DOIBFVLP"  # dentists say MOD, but DO
    return "".join(letter for letter in order if letter in found)


def describe_surfaces(letters: str, lang: str = "fa") -> str:
    """Surfaces in words, in the order given: «دیستال و پالاتال»; a strange letter: ``KeyError``."""
    return _listed([_SURFACES[letter][lang] for letter in letters], lang)

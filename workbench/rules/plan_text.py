"""The commission's public result in words, from templates: what is approved, where, and until when.

«ایمپلنت دندان ۴ و ۶ پایین چپ مورد تایید» (``README.md`` §2 of the domain). It is built from
decisions only: nothing that a member noted can get into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day
from workbench.persian.rial import format_rial
from workbench.rules.approval import Unit
from workbench.rules.panel import Choice
from workbench.rules.teeth import describe_jaw, name_teeth

GROUPS: dict[str, dict[str, str]] = {
    "implant": {"fa": "ایمپلنت", "en": "implant"},
    "orthodontics": {"fa": "ارتودنسی", "en": "orthodontics"},
    "crown": {"fa": "روکش", "en": "crown"},
    "bridge": {"fa": "بریج", "en": "bridge"},
}
APPROVED = {"fa": "{what} مورد تایید", "en": "{what} approved"}
MODIFIED = {
    "fa": "{what} با تغییر مورد تایید: {title}، تا {amount} ریال",
    "en": "{what} approved as changed: {title}, up to {amount} rials",
}
CAPPED = {
    "fa": "{what} تا مبلغ {amount} ریال مورد تایید",
    "en": "{what} approved up to {amount} rials",
}
REJECTED = {"fa": "{what} رد شد: {reason}", "en": "{what} rejected: {reason}"}
VALID = {
    "fa": "اعتبار برای خدمت‌های تا پایان {day}",
    "en": "valid for services until the end of {day}",
}
SEPARATOR = {"fa": "؛ ", "en": "; "}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedUnit:
    """One unit as decided. A modification allows ``amount_rial``, and ``title`` if it is another
    service; its reason, like that of a rejection, is public."""

    group: str
    choice: Choice
    tooth: int | None = None
    jaw: str | None = None
    title: str = ""
    amount_rial: int = 0
    reason: str = ""


def result_text(units: Sequence[DecidedUnit], valid_until_on: date | None, lang: str = "fa") -> str:
    """The public result: units of one group and one decision share a sentence.

    Approved ones first, then modified, then rejected; the validity last, if anything was approved.
    A group without a name is a ``KeyError``.
    """
    order = {Choice.APPROVE: 0, Choice.MODIFY: 1, Choice.REJECT: 2}
    shared: dict[tuple[object, ...], list[DecidedUnit]] = {}
    for unit in sorted(units, key=lambda each: order[each.choice]):
        shared.setdefault(_sentence_key(unit), []).append(unit)
    sentences = [_sentence(together, lang) for together in shared.values()]
    is_approved = any(unit.choice is not Choice.REJECT for unit in units)
    if valid_until_on is not None and is_approved:
        day = format_day(valid_until_on)
        sentences.append(VALID[lang].format(day=to_persian(day) if lang == "fa" else day))
    return SEPARATOR[lang].join(sentences)


def planned_text(units: Sequence[Unit], lang: str = "fa") -> str:
    """What is planned, where: «ایمپلنت دندان ۴ و ۶ پایین چپ، روکش دندان ۱ بالا راست»."""
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        groups.setdefault(unit.group, []).append(unit)
    comma = "، " if lang == "fa" else ", "
    return comma.join(_what(together, lang) for together in groups.values())


def _sentence_key(unit: DecidedUnit) -> tuple[object, ...]:
    return unit.group, unit.choice, unit.title, unit.amount_rial, unit.reason


def _sentence(units: Sequence[DecidedUnit], lang: str) -> str:
    first, what = units[0], _what(units, lang)
    if first.choice is Choice.REJECT:
        return REJECTED[lang].format(what=what, reason=first.reason)
    if first.choice is Choice.APPROVE:
        return APPROVED[lang].format(what=what)
    amount = format_rial(first.amount_rial, lang)
    template = MODIFIED if first.title else CAPPED
    said = template[lang].format(what=what, title=first.title, amount=amount)
    return f"{said} ({first.reason})" if first.reason else said


def _what(units: Sequence[DecidedUnit] | Sequence[Unit], lang: str) -> str:
    """«ایمپلنت دندان ۴ و ۶ پایین چپ», «ارتودنسی فک بالا»."""
    teeth = name_teeth([unit.tooth for unit in units if unit.tooth is not None], lang)
    jaws = sorted({unit.jaw for unit in units if unit.tooth is None and unit.jaw}, reverse=True)
    places = [teeth] if teeth else []
    places += [describe_jaw(jaw, lang) for jaw in jaws]
    places = places or [describe_jaw(None, lang)]
    joined = (" و " if lang == "fa" else " and ").join(places)
    return f"{GROUPS[units[0].group][lang]} {joined}"

"""From a tooth history and planned units to the data of the odontogram. No HTML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workbench.i18n import N_, _
from workbench.persian.digits import to_persian
from workbench.persian.jalali import completed_years, format_day, parts
from workbench.rules.panel import Choice
from workbench.rules.teeth import Tooth, describe_jaw, describe_surfaces
from workbench.rules.tooth_marks import (
    ARCHES,
    ToothPicture,
    Treatment,
    bridge_spans,
    is_usually_present,
    mouth_picture,
    shows_primary_row,
)
from workbench.services.teeth.history import ToothHistory, ToothTreatment
from workbench.ui.components.odontogram import (
    Entry,
    OdontogramData,
    Plan,
    Presence,
    ToothData,
    UnitState,
)

UNIT_STATES: dict[UnitState, str] = {
    "undecided": N_("not decided yet"),
    "reject": N_("rejected"),
    "modify": N_("approved with changes"),
    "approve": N_("approved"),
    "case": N_("in this case"),
}
"""The words of a planned unit; of several units on a tooth the first of these is drawn."""

_PLACES = {
    ("upper", "right"): N_("upper right"),
    ("upper", "left"): N_("upper left"),
    ("lower", "right"): N_("lower right"),
    ("lower", "left"): N_("lower left"),
}
_NAMES = (
    N_("central incisor"),
    N_("lateral incisor"),
    N_("canine"),
    N_("first premolar"),
    N_("second premolar"),
    N_("first molar"),
    N_("second molar"),
    N_("third molar"),
)
_PRIMARY_NAMES = (
    N_("primary central incisor"),
    N_("primary lateral incisor"),
    N_("primary canine"),
    N_("primary first molar"),
    N_("primary second molar"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUnit:
    """A unit of a plan on a tooth (FDI), a jaw or the mouth; ``choice`` None: not decided yet.

    ``is_in_case``: it is a line of the case on the page; ``overlaps``: it repeats an earlier one
    within the interval.
    """

    title: str
    tooth: int | None = None
    jaw: str | None = None
    choice: Choice | None = None
    is_in_case: bool = False
    overlaps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What all teeth share."""

    history: Mapping[int | None, Sequence[ToothTreatment]]
    planned: Sequence[PlannedUnit]
    language: str
    age_years: int


def odontogram_data(
    history: ToothHistory,
    planned: Sequence[PlannedUnit],
    *,
    language: str,
    birth_on: date,
    as_of: date,
    selected: int | None = None,
    is_compact: bool = False,
) -> OdontogramData:
    """What ``ui.components.odontogram`` draws of a person as of a day.

    ``language`` is that of the present run (its words come from there).
    """
    scene = _Scene(
        history=_by_tooth(history.treatments),
        planned=planned,
        language=language,
        age_years=completed_years(birth_on, as_of),
    )
    places = {*scene.history, *(each.tooth for each in planned)}
    named = [fdi for fdi in places if fdi is not None]
    mouth = mouth_picture(_treatments(history.treatments))
    return {
        "teeth": [_tooth(scene, mouth[fdi]) for arch in ARCHES for fdi in arch],
        "rows": [list(arch) for arch in ARCHES],
        "spans": [list(span) for span in bridge_spans(mouth)],
        "hasPrimary": shows_primary_row(scene.age_years, named),
        "jawPlans": [_plan(each, language) for each in planned if each.tooth is None],
        "jawHistory": [_entry(each, language) for each in scene.history.get(None, ())],
        "isCut": history.is_cut,
        "isCompact": is_compact,
        "selected": selected,
    }


def _by_tooth(
    history: Iterable[ToothTreatment],
) -> dict[int | None, list[ToothTreatment]]:
    """The treatments of each tooth, in the order they came; None: of the jaws."""
    found: dict[int | None, list[ToothTreatment]] = {}
    for each in history:
        found.setdefault(each.tooth, []).append(each)
    return found


def _treatments(history: Iterable[ToothTreatment]) -> list[Treatment]:
    """Those of a tooth, oldest first; a code that the catalogue does not know has no group."""
    return [
        Treatment(
            on=each.on,
            tooth=each.tooth,
            group=each.group,
            surfaces=each.surfaces,
            is_elsewhere=each.is_elsewhere,
        )
        for each in reversed(list(history))
        if each.tooth is not None
    ]


def _tooth(scene: _Scene, picture: ToothPicture) -> ToothData:
    fdi, lang = picture.tooth, scene.language
    history = [_entry(each, lang) for each in scene.history.get(fdi, ())]
    units = [each for each in scene.planned if each.tooth == fdi]
    plans = [_plan(each, lang) for each in units]
    title = tooth_title(fdi, lang)
    return {
        "fdi": fdi,
        "number": _digits(fdi, lang),
        "title": title,
        "spoken": _spoken(title, history, plans, lang),
        "presence": _presence(scene, picture, is_named=bool(history or plans)),
        "surfaces": "".join(sorted(picture.surfaces)),
        "hasCanal": picture.has_canal,
        "hasCrown": picture.has_crown,
        "hasScrew": picture.has_screw,
        "hasUnknown": picture.has_unknown,
        "isExtracted": picture.is_extracted,
        "isPontic": picture.is_pontic,
        "isElsewhere": picture.is_elsewhere,
        "year": _digits(parts(picture.last_on)[0], lang) if picture.last_on else "",
        "planned": _state(units) or "",
        "overlaps": any(each.overlaps for each in units),
        "plans": plans,
        "history": history,
    }


def _presence(scene: _Scene, picture: ToothPicture, *, is_named: bool) -> Presence:
    if is_usually_present(picture.tooth, scene.age_years):
        return "present"
    if not is_named:
        return "absent"
    return "past" if Tooth(picture.tooth).is_primary else "present"


def tooth_title(fdi: int, language: str) -> str:
    """«دندان ۲۶، مولر اول بالا چپ»; ``Tooth 26, upper left first molar``."""
    tooth = Tooth(fdi)
    names = _PRIMARY_NAMES if tooth.is_primary else _NAMES
    return _("Tooth {number}, {place} {name}").format(
        number=_digits(fdi, language),
        place=_(_PLACES[tooth.jaw, tooth.side]),
        name=_(names[tooth.unit - 1]),
    )


def _spoken(title: str, history: Sequence[Entry], plans: Sequence[Plan], language: str) -> str:
    """The tooth in one sentence for a screen reader: planned units, then what was done and when."""
    comma = "، " if language == "fa" else ", "
    told = [_planned(each) for each in plans]
    told += [
        comma.join(filter(None, (each["title"], each["detail"], each["date"], each["centre"])))
        for each in history
    ]
    if not told:
        told.append(_("no treatment on record"))
    return f"{title}: {('؛ ' if language == 'fa' else '; ').join(told)}"


def _planned(plan: Plan) -> str:
    if plan["state"] == "case":
        return f"{plan['title']} {plan['word']}"
    return _("planned: {unit}").format(unit=f"{plan['title']} ({plan['word']})")


def _entry(treatment: ToothTreatment, language: str) -> Entry:
    title = treatment.title or _("Code {code}").format(code=treatment.code)
    centre = _("another insurer") if treatment.is_foreign else treatment.centre
    return {
        "date": _digits(format_day(treatment.on), language),
        "where": "" if treatment.tooth is not None else describe_jaw(treatment.jaw, language),
        "title": title,
        "detail": describe_surfaces(treatment.surfaces, language),
        "centre": centre or "",
        "isElsewhere": treatment.is_elsewhere,
    }


def _plan(unit: PlannedUnit, language: str) -> Plan:
    state = _state([unit]) or "undecided"
    return {
        "where": "" if unit.tooth is not None else describe_jaw(unit.jaw, language),
        "title": unit.title,
        "state": state,
        "word": _word(unit, state),
    }


def _word(unit: PlannedUnit, state: UnitState) -> str:
    if unit.overlaps:
        return _("in this case, within the interval of an earlier treatment")
    return _(UNIT_STATES[state])


def _state(units: Sequence[PlannedUnit]) -> UnitState | None:
    """What is drawn of the units on one tooth: what is open before what is decided."""
    chosen = {_choice(unit) for unit in units}
    return next((state for state in UNIT_STATES if state in chosen), None)


def _choice(unit: PlannedUnit) -> str:
    if unit.is_in_case:
        return "case"
    return "undecided" if unit.choice is None else str(unit.choice)


def _digits(value: object, language: str) -> str:
    return to_persian(str(value)) if language == "fa" else str(value)

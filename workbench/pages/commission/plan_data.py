"""From a ``PlanView`` to the data of the viewer: images by kind, slots for what is missing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from workbench.i18n import _, language
from workbench.persian.jalali import day_of
from workbench.rules.facts import Cite, EvidenceKind
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import COINCIDENCE, SAME
from workbench.rules.panel import Choice
from workbench.rules.teeth import name_teeth
from workbench.services.claims.view import Image
from workbench.services.commission.similar import PlanSimilar
from workbench.services.commission.view import PlannedUnit, PlanView
from workbench.services.commission.votes import UnitVote
from workbench.services.teeth.history import ToothHistory
from workbench.ui import tooth_data, words
from workbench.ui.case_images import other_image
from workbench.ui.components.odontogram import OdontogramData
from workbench.ui.format import day, digits, listed
from workbench.ui.frames import cite_data, frame_data

ORDER = (
    EvidenceKind.PANORAMIC,
    EvidenceKind.CBCT,
    EvidenceKind.PERIAPICAL,
    EvidenceKind.CEPHALOMETRIC,
    EvidenceKind.PHOTOGRAPH,
    EvidenceKind.PLAN_FORM,
    EvidenceKind.IDENTITY,
)
"""What is looked at first."""


def viewer_data(
    view: PlanView, similar: PlanSimilar, pending: Sequence[Cite] = ()
) -> dict[str, Any]:
    """What ``ui.components.viewer`` draws."""
    kinds = [*ORDER, *(kind for kind in EvidenceKind if kind not in ORDER)]
    groups = [words.evidence_kind(kind) for kind in kinds]
    return {
        "case": f"plan-{view.number}",
        "images": [
            *(_image(view, each, similar) for each in _sorted(view.images)),
            *(other_image(each, group=_("Similar image")) for each in similar.others),
        ],
        "groups": [*groups, _("Similar image")],
        "missing": [
            {"group": words.evidence_kind(item.images[0]), "label": _("missing")}
            for item in view.pack.missing
        ],
        "panes": [each.number for each in _sorted(view.images)][:2],
        "cites": _cites(view),
        "pending": [frame_data(each) for each in pending],
    }


def _cites(view: PlanView) -> list[dict[str, Any]]:
    """The frames this reader may see: of the decision, else of the votes; of every return."""
    found = [
        cite_data(cite, _about(unit.number, unit.reason))
        for unit in view.units
        for cite in unit.cites
    ]
    if not found:
        said = [word for member in view.panel.members for word in member.words or ()]
        found = [
            cite_data(cite, _about(word.unit_number, word.reason))
            for word in (*said, *view.panel.casting)
            for cite in word.cites
        ]
    named = [each for opened in view.rounds for each in opened.defect_cites]
    return found + [cite_data(cite, title) for title, cite in named]


def _about(number: int, reason: str) -> str:
    unit = _("Unit {n}").format(n=digits(number))
    return _("{what}: {reason}").format(what=unit, reason=reason) if reason else unit


def _sorted(images: tuple[Image, ...]) -> list[Image]:
    """By what is looked at first, the newest of a kind first."""
    places = {str(kind): place for place, kind in enumerate(ORDER)}
    return sorted(
        images,
        key=lambda each: (places.get(each.kind, len(places)), -each.round_added, each.number),
    )


def _image(view: PlanView, image: Image, similar: PlanSimilar) -> dict[str, Any]:
    kind = words.evidence_kind(image.kind)
    teeth = name_teeth(image.teeth, language()) if image.teeth else ""
    url = f"/evidence/plan/{view.place.insurer_id}-{view.place.plan_id}/{image.number}"
    return {
        "number": image.number,
        "url": f"{url}/view",
        "thumb": f"{url}/thumb",
        "group": kind,
        "label": listed((kind, teeth) if teeth else (kind,)),
        "date": day(image.taken_on) if image.taken_on else "",
        "width": image.width,
        "height": image.height,
        "kind": image.kind,
        "phase": image.phase,
        "teeth": list(image.teeth),
        **_badge(view, image, similar),
        "damaged": False,
    }


def _badge(view: PlanView, image: Image, similar: PlanSimilar) -> dict[str, str | None]:
    """What is most to be seen: used twice, like another, or new in this round."""
    said = {each.facts["decision"] for each in similar.findings if each.image == image.number}
    decisions = said - {COINCIDENCE}
    if SAME in decisions:
        return {"tag": _("used twice"), "tagKind": "flag"}
    if decisions:
        return {"tag": _("similar"), "tagKind": "dup"}
    if view.round > 1 and image.round_added == view.round:
        return {"tag": _("new"), "tagKind": "new"}
    return {"tag": None, "tagKind": None}


def compared(finding: Finding, similar: PlanSimilar) -> tuple[int, int] | None:
    """The other image and the plan's own, by their numbers in the viewer; None: no other to see."""
    other = next((each for each in similar.others if each.finding == finding.key), None)
    return (other.number, finding.image) if other and finding.image is not None else None


def teeth_data(
    view: PlanView, history: ToothHistory, votes: Sequence[UnitVote], now: datetime
) -> OdontogramData:
    """What ``ui.components.odontogram`` draws: the history and, as chosen so far, the units."""
    chosen = {vote.unit_number: vote.choice for vote in votes}
    return tooth_data.odontogram_data(
        history,
        [_planned(unit, chosen.get(unit.number)) for unit in view.units],
        language=language(),
        birth_on=view.patient.birth_on,
        as_of=day_of(now),
    )


def _planned(unit: PlannedUnit, chosen: Choice | None) -> tooth_data.PlannedUnit:
    return tooth_data.PlannedUnit(
        title=unit.title,
        tooth=unit.place.tooth,
        jaw=unit.place.jaw,
        choice=Choice(unit.choice) if unit.choice else chosen,
    )

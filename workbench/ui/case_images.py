"""From a ``CaseView`` to the data of the viewer: images with their badges, frames, open slots."""

from collections.abc import Sequence
from typing import Any

from workbench.i18n import _, language
from workbench.rules.facts import Cite, Evidence, Line
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import COINCIDENCE, SAME
from workbench.rules.teeth import name_teeth
from workbench.services.claims.view import CaseView, Image, OtherImage
from workbench.ui import words
from workbench.ui.format import day, digits, listed
from workbench.ui.frames import cite_data, frame_data

SIMILAR = ("similar_image", "image_used_again")


def viewer_data(view: CaseView, pending: Sequence[Cite] = ()) -> dict[str, Any]:
    """What ``ui.components.viewer`` draws."""
    cites = _cites(view)
    tags = {each["image"]: each["tag"] for each in reversed(cites)}
    return {
        "case": view.number,
        "images": [
            *(_image(view, each, tags.get(each.number)) for each in view.images),
            *(other_image(each, group=_group(view, each)) for each in view.others),
        ],
        "groups": [*words.image_groups(), _("Similar image"), _("Earlier treatment")],
        "missing": _missing(view),
        "panes": _panes(view),
        "cites": [cite_data(each["cite"], each["label"]) for each in cites],
        "pending": [frame_data(each) for each in pending],
    }


def line_cites(line: Line) -> list[tuple[str, Cite]]:
    """The frames that what was decided about a line rests on, each once, with its reason."""
    own = line.reject_reason or line.recode_reason or line.cut_reason or ""
    found = {cite: own for cite in line.cites}
    if not line.is_rejected:
        found |= {cite: each.reason for each in line.deductions for cite in each.cites}
    return [(reason, cite) for cite, reason in found.items()]


def _cites(view: CaseView) -> list[dict[str, Any]]:
    """Every frame of the case: lines now, the returned round's lines, defects."""
    titles = view.reason_titles
    found = [
        _named(_("line {n}").format(n=digits(line.number)), titles.get(reason, reason), cite)
        for line in view.case.lines
        for reason, cite in line_cites(line)
    ]
    known = {each["cite"] for each in found}
    for number, before in view.former.items():
        name = _("line {n}, former round").format(n=digits(number))
        found += [
            _named(name, titles.get(reason, reason), cite)
            for reason, cite in before.cites
            if cite not in known
        ]
    found += [
        _named(_("defect"), defect.title, cite) for defect in view.defects for cite in defect.cites
    ]
    return found


def _named(tag: str, reason: str, cite: Cite) -> dict[str, Any]:
    label = _("{what}: {reason}").format(what=tag, reason=reason) if reason else tag
    return {"tag": tag, "label": label, "cite": cite, "image": cite.image}


def _image(view: CaseView, image: Image, cited: str | None) -> dict[str, Any]:
    kind = words.evidence_kind(image.kind)
    teeth = name_teeth(image.teeth, language()) if image.teeth else ""
    url = f"/evidence/{view.insurer_id}-{view.claim_id}/{image.number}"
    return {
        "number": image.number,
        "url": f"{url}/view",
        "thumb": f"{url}/thumb",
        "group": words.image_group(image.kind, image.phase),
        "label": listed((kind, teeth) if teeth else (kind,)),
        "date": day(image.taken_on) if image.taken_on else "",
        "width": image.width,
        "height": image.height,
        "kind": image.kind,
        "phase": image.phase,
        "teeth": list(image.teeth),
        **_badge(view, image, cited),
        "note": _unique(_facts_of(view, image)),
        "damaged": False,
    }


def _facts_of(view: CaseView, image: Image) -> Evidence | None:
    return next((each for each in view.case.evidence if each.number == image.number), None)


def _badge(view: CaseView, image: Image, cited: str | None) -> dict[str, str | None]:
    """What is most to be seen: used twice, like another, new in this round, or cited."""
    facts = _facts_of(view, image)
    decisions = [each.decision for each in facts.similar] if facts else []
    if SAME in decisions:
        return {"tag": _("used twice"), "tagKind": "flag"}
    if None in decisions:
        return {"tag": _("similar"), "tagKind": "dup"}
    if len(view.rounds) > 1 and image.round_added == len(view.rounds):
        return {"tag": _("new"), "tagKind": "new"}
    return {"tag": cited, "tagKind": "cite" if cited else None}


def _unique(facts: Evidence | None) -> str:
    """Whether it was compared with all others; nothing where a badge says more."""
    if facts is None or any(each.decision != COINCIDENCE for each in facts.similar):
        return ""
    return _("unique, nothing like it") if facts.measures else _("is being compared")


def _group(view: CaseView, image: OtherImage) -> str:
    is_similar = any(f.key == image.finding and f.code in SIMILAR for f in view.findings)
    return _("Similar image") if is_similar else _("Earlier treatment")


def other_image(image: OtherImage, *, group: str) -> dict[str, Any]:
    """An image of another case or plan, served by that case's own route or by its pair's."""
    kind = words.evidence_kind(image.kind)
    teeth = name_teeth(image.teeth, language()) if image.teeth else ""
    url = f"/evidence/{image.insurer_id}-{image.claim_id}/{image.image}"
    if image.pair is not None:
        url = f"/evidence/pair/{image.pair}/{image.side}"
    word = _("Treatment plan {number}") if image.claim_number is None else _("Case {number}")
    number = word.format(number=digits(image.claim_number or image.plan_number or ""))
    return {
        "number": image.number,
        "url": f"{url}/view",
        "thumb": f"{url}/thumb",
        "group": group,
        "label": listed(filter(None, (kind, teeth))),
        "caption": number,
        "shownNumber": image.image,
        "date": day(image.taken_on) if image.taken_on else "",
        "width": image.width,
        "height": image.height,
        "tag": None,
        "tagKind": None,
        "damaged": False,
    }


def compared(view: CaseView, finding: Finding) -> dict[str, int] | None:
    """The image of the earlier treatment and the one of this case to see beside it."""
    others = [each for each in view.others if each.finding == finding.key]
    if finding.code in SIMILAR and finding.facts["other_claim"] == view.number:
        return {"left": int(str(finding.facts["other_image"])), "right": finding.image or 0}
    if others and finding.code in SIMILAR and finding.image is not None:
        return {"left": others[0].number, "right": finding.image}
    tooth = finding.facts.get("tooth")
    own = [
        each
        for each in view.images
        if finding.line in each.lines or tooth in each.teeth or each.kind == "panoramic"
    ]
    if not others or not own:
        return None
    left = next((each for each in others if each.phase == "after"), others[0])
    right = next((each for each in own if each.phase == "before"), own[0])
    return {"left": left.number, "right": right.number}


def _missing(view: CaseView) -> list[dict[str, str]]:
    """A dashed slot for each required image that is not there."""
    slots = {}
    for finding in view.findings:
        if finding.code == "evidence_missing":
            name = str(finding.facts["key"]).partition("_")[0]
            group = {
                "before": words.phase("before"),
                "during": words.phase("during"),
                "after": words.phase("after"),
            }.get(name, words.image_group("panoramic", "none"))
            slots[group] = {"group": group, "label": _("missing")}
    return list(slots.values())


def _before_and_after(view: CaseView) -> list[int] | None:
    """The first pair of the same tooth, else the first of each phase; None: one is missing."""
    before = [each for each in view.images if each.phase == "before"]
    after = [each for each in view.images if each.phase == "after"]
    for first in before:
        for second in after:
            if set(first.teeth) & set(second.teeth):
                return [first.number, second.number]
    return [before[0].number, after[0].number] if before and after else None


def _panes(view: CaseView) -> list[int]:
    """Before beside after of the same tooth where there are both, else the first images."""
    best = _before_and_after(view)
    if best is not None:
        return best
    before = [each for each in view.images if each.phase == "before"]
    after = [each for each in view.images if each.phase == "after"]
    chosen = before[:1] + after[:1]
    rest = [each for each in view.images if each not in chosen]
    return [each.number for each in (chosen + rest)[:2]]

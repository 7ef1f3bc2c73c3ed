"""The cells of claims in tables: time left, number, state, services; the same in every list."""

from datetime import datetime, timedelta

from workbench.i18n import _, language
from workbench.persian.rial import format_rial
from workbench.rules.workflow import ClaimState
from workbench.services.claims.listed import ListedClaim
from workbench.services.errors import state_name
from workbench.ui.components.table import (
    Cell,
    Tone,
    code_cell,
    left_cell,
    link_cell,
    number_cell,
    pill_cell,
    text_cell,
)
from workbench.ui.format import STATE_TONES, digits

SOON = timedelta(hours=8)
BAR_IS_FULL = timedelta(hours=24)
DASH = "–"
_FREE_STATES = (ClaimState.ACCEPTED, ClaimState.UNDER_REVIEW)
_RUNNING_STATES = (*_FREE_STATES, ClaimState.PARKED)


def due_cell(claim: ListedClaim, now: datetime) -> Cell:
    """Time to the deadline: grey, dark below eight hours, red when late; ended cases have none."""
    if claim.state == ClaimState.RETURNED:
        return text_cell(_("with the centre"), muted=True)
    if claim.due_at is None or claim.state not in _RUNNING_STATES:
        return text_cell(DASH, muted=True)
    left = claim.due_at - now
    if left < timedelta():
        return left_cell(1, "late", _("{span} late").format(span=short_span(-left)))
    tone: Tone = "soon" if left < SOON else "waiting"
    return left_cell(left / BAR_IS_FULL, tone, short_span(left))


def short_span(span: timedelta) -> str:
    """A duration in short: «۲ ر ۵ س», «۵ س ۴۰ د», «۴۵ د»."""
    minutes = int(span.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(_("{n} d").format(n=digits(days)))
    if hours:
        parts.append(_("{n} h").format(n=digits(hours)))
    if rest and not days or not parts:
        parts.append(_("{n} min").format(n=digits(rest)))
    return " ".join(parts)


def number_link(claim: ListedClaim) -> Cell:
    """The case number, which opens it."""
    return link_cell(digits(claim.number))


def state_cell(claim: ListedClaim) -> Cell:
    """The state; an accepted case of a later round says that its defects were remedied."""
    if claim.state == ClaimState.ACCEPTED and claim.round > 1:
        return pill_cell("returned", _("Remedied"))
    tone: Tone = STATE_TONES.get(claim.state, "waiting")  # type: ignore[assignment]
    return pill_cell(tone, state_name(claim.state))


def finding_cell(claim: ListedClaim) -> Cell:
    """How many findings wait for a decision."""
    if not claim.open_finding_count:
        return text_cell(_("no findings"), muted=True)
    return pill_cell("deducted", digits(claim.open_finding_count))


def holder_cell(claim: ListedClaim, now: datetime, user_id: int) -> Cell:
    """Who holds it now."""
    if not claim.is_held(now):
        return text_cell(_("free") if claim.state in _FREE_STATES else DASH, muted=True)
    if claim.assignee_id == user_id:
        return text_cell(_("you"), strong=True)
    return text_cell(claim.assignee_name or DASH)


def rial_cell(amount_rial: int | None) -> Cell:
    """An amount; none is a grey dash, zero a word."""
    if amount_rial is None:
        return text_cell(DASH, muted=True)
    if amount_rial == 0:
        return number_cell(_("zero"))
    return number_cell(format_rial(amount_rial, language()))


def count_cell(count: int) -> Cell:
    """A small number."""
    return number_cell(digits(count))


def masked_cell(masked: str) -> Cell:
    """A masked national code."""
    return code_cell(digits(masked), muted=True)


def services_text(claim: ListedClaim) -> str:
    """The kinds of service of a claim."""
    return comma().join(service_group(group) for group in claim.service_groups) or DASH


def comma() -> str:
    """What stands between the parts of a list."""
    return "، " if language() == "fa" else ", "


def service_group(code: str) -> str:
    """The word for a group of services; an unknown group is shown as it is."""
    names = {
        "alveoloplasty": _("Alveoloplasty"),
        "bone_graft": _("Bone graft"),
        "bridge": _("Bridge"),
        "cephalometric": _("Cephalometric"),
        "cosmetic": _("Cosmetic treatment"),
        "crown": _("Crown"),
        "denture": _("Denture"),
        "extra_canal": _("Extra canal"),
        "extraction": _("Extraction"),
        "filling": _("Filling"),
        "flap": _("Flap surgery"),
        "fluoride": _("Fluoride"),
        "frenectomy": _("Frenectomy"),
        "impacted": _("Impacted tooth"),
        "implant": _("Implant"),
        "medical": _("Medical service"),
        "night_guard": _("Night guard"),
        "orthodontics": _("Orthodontics"),
        "panoramic": _("Panoramic"),
        "post": _("Post"),
        "pulpectomy": _("Pulpectomy"),
        "radiograph": _("Radiograph"),
        "root_canal": _("Root canal"),
        "scaling": _("Scaling"),
        "sealant": _("Fissure sealant"),
        "steel_crown": _("Steel crown"),
        "visit": _("Visit"),
    }
    return names.get(code, code)

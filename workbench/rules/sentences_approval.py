"""The wording of the findings about the commission's approval."""

from collections.abc import Iterable

from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.rules.finding import Finding
from workbench.rules.teeth import describe_jaw, describe_tooth


def no_approval(finding: Finding) -> str:
    """Why there is no approval, and why one is needed where the number of units decides that."""
    said = {
        "none": _("“{title}”{place} needs the commission's approval before the treatment."),
        "waiting": _("Plan {plan} for “{title}”{place} is not decided by the commission yet."),
        "rejected": _(
            "The commission rejected “{title}”{place} on {decided_on} (plan {plan}), so there is no"
            " approval."
        ),
        "late": _(
            "The approval of plan {plan} was decided on {decided_on}, after the service on"
            " {service_on}."
        ),
        "expired": _(
            "The approval of plan {plan} was valid until {valid_until_on}, before the service on"
            " {service_on}."
        ),
        "other_centre": _(
            "Plan {plan} of {decided_on} was approved for another centre; an approval does not move"
            " to a new centre."
        ),
    }[str(finding.facts["why"])]
    return said + _counted(finding)


def beyond_approval(finding: Finding) -> str:
    """What the approval holds, and what is billed instead of it or beyond it."""
    why = finding.facts["why"]
    if why == "elsewhere":
        return _("Plan {plan} of {decided_on} approves {approved_places}, not {billed_places}.")
    if why == "used_up":
        if finding.facts["other_claim"]:
            return _(
                "What plan {plan} approves for {billed_places} was billed in case"
                " {other_claim} already (line {other_line}, {other_on})."
            )
        return _(
            "What plan {plan} approves for {billed_places} stands on line {other_line}"
            " already ({other_on})."
        )
    return _difference(finding)


def _difference(finding: Finding) -> str:
    """More units than are approved and still free, or more rials."""
    billed, free = finding.facts["billed_units"], finding.facts["free_units"]
    assert isinstance(billed, int) and isinstance(free, int)
    if billed <= free:
        return _(
            "Plan {plan} of {decided_on} approves {allowed_rial}; after tariff and corrections"
            " {priced_rial} is billed."
        )
    return _(
        "Plan {plan} of {decided_on} approves {approved_units} units, {free_units} of them not"
        " billed before; {billed_units} are billed, and {allowed_rial} is approved for them."
    )


def _counted(finding: Finding) -> str:
    """That the units reach the number from which an approval is needed; empty where one does."""
    if finding.facts["from_units"] == 1:
        return ""
    return " " + _(
        "Counted together there are {units} such units; from {from_units} on they need an approval."
    )


def places(approved: Iterable[str]) -> str:
    """Codes with their places: «۶۱۰ دندان ۶ پایین چپ (۳۶)»."""
    lang = language()
    said = []
    for each in approved:
        code, at, place = each.partition("@")
        if not at:
            where = ""
        elif place.isdecimal():
            where = _("tooth {tooth}").format(tooth=describe_tooth(int(place), lang))
        else:
            where = describe_jaw(place or None, lang)
        shown = to_persian(code) if lang == "fa" else code
        said.append(f"{shown} {where}".rstrip())
    return ("، " if lang == "fa" else ", ").join(said)

"""Words for codes of the domain: kinds and phases of images, relations, outcomes, columns."""

from workbench.i18n import _
from workbench.rules.facts import EvidenceKind, Phase


def evidence_kind(kind: str) -> str:
    """The word for what an image shows."""
    return {
        EvidenceKind.IDENTITY: _("Identity document"),
        EvidenceKind.PLAN_FORM: _("Treatment-plan form"),
        EvidenceKind.PHOTOGRAPH: _("Photograph"),
        EvidenceKind.PERIAPICAL: _("Periapical"),
        EvidenceKind.BITEWING: _("Bitewing"),
        EvidenceKind.PANORAMIC: _("Panoramic"),
        EvidenceKind.CEPHALOMETRIC: _("Cephalometric"),
        EvidenceKind.CBCT: _("CBCT"),
        EvidenceKind.INVOICE: _("Invoice"),
        EvidenceKind.PRESCRIPTION: _("Prescription"),
        EvidenceKind.SIGNED_REFERRAL: _("Signed referral sheet"),
        EvidenceKind.OTHER: _("Other document"),
    }[EvidenceKind(kind)]


def phase(name: str) -> str:
    """The heading of images of a phase."""
    return {
        Phase.BEFORE: _("Before treatment"),
        Phase.DURING: _("During treatment"),
        Phase.AFTER: _("After treatment"),
        Phase.NONE: _("Other images"),
    }[Phase(name)]


def image_group(kind: str, phase_name: str) -> str:
    """Under which heading a thumbnail stands."""
    if phase_name != Phase.NONE and kind not in (EvidenceKind.PHOTOGRAPH, EvidenceKind.PANORAMIC):
        return phase(phase_name)
    if kind == EvidenceKind.PHOTOGRAPH:
        return _("Photographs")
    if kind in (EvidenceKind.PANORAMIC, EvidenceKind.CEPHALOMETRIC, EvidenceKind.CBCT):
        return _("Panoramic and CBCT")
    if kind in (EvidenceKind.PERIAPICAL, EvidenceKind.BITEWING):
        return _("Other images")
    return _("Forms and documents")


def image_groups() -> list[str]:
    """The headings in reading order."""
    return [
        phase("before"),
        phase("during"),
        phase("after"),
        _("Other images"),
        _("Panoramic and CBCT"),
        _("Photographs"),
        _("Forms and documents"),
    ]


def relation(name: str) -> str:
    """نسبت of an insured."""
    return {
        "principal": _("principal"),
        "spouse": _("spouse"),
        "son": _("son"),
        "daughter": _("daughter"),
        "father": _("father"),
        "mother": _("mother"),
    }[name]


def speciality(name: str) -> str:
    """The speciality of a dentist; a name that is no code of ours is shown as it is."""
    return {
        "general": _("general dentist"),
        "endodontist": _("endodontist"),
        "orthodontist": _("orthodontist"),
        "surgeon": _("oral surgeon"),
        "prosthodontist": _("prosthodontist"),
        "periodontist": _("periodontist"),
        "paediatric": _("paediatric dentist"),
    }.get(name, name)


def outcome(code: int | None) -> str:
    """نتیجه بررسی of a line, 1 to 5."""
    return {
        1: _("1 Pay less franchise"),
        2: _("2 Pay less franchise and over-claimed amount"),
        3: _("3 Pay less franchise and over tariff"),
        4: _("4 Not payable"),
        5: _("5 Returned"),
    }.get(code or 0, "–")


def claim_kind(kind: str) -> str:
    """Direct (paid by the member) or indirect (billed by a centre)."""
    return _("direct") if kind == "direct" else _("indirect")


def round_result(result: str | None) -> str:
    """What became of a round."""
    return {"finished": _("finished"), "returned": _("returned")}.get(result or "", _("open"))


def line_column(name: str) -> str:
    """A requested column of a line, for «what changed»."""
    return {
        "line": _("line"),
        "number": _("number"),
        "service_on": _("service date"),
        "code": _("code"),
        "tooth": _("tooth"),
        "jaw": _("jaw"),
        "surfaces": _("surfaces"),
        "canals": _("canals"),
        "quantity": _("quantity"),
        "unit_price_rial": _("unit price"),
        "cost_rial": _("cost"),
        "note": _("note"),
    }[name]


def defect_group(group: str) -> str:
    """The heading over return reasons of a group."""
    return {
        "image": _("Image evidence"),
        "document": _("Form and signature"),
        "line": _("Details of the service"),
        "other": _("The whole case"),
    }[group]

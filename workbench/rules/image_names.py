"""What the name of a file suggests its image shows: a proposal that the user may change."""

import re

from workbench.rules.facts import EvidenceKind, Phase

KINDS: tuple[tuple[EvidenceKind, tuple[str, ...]], ...] = (
    (EvidenceKind.PANORAMIC, ("opg", "panoramic", "pano", "پانورامیک")),
    (EvidenceKind.CEPHALOMETRIC, ("ceph", "cephalometric", "سفالومتری")),
    (EvidenceKind.BITEWING, ("bitewing", "bw", "بایت")),
    (EvidenceKind.CBCT, ("cbct",)),
    (EvidenceKind.PHOTOGRAPH, ("photo", "photograph", "intraoral", "فتوگرافی", "عکس")),
    (EvidenceKind.IDENTITY, ("identity", "id", "شناسایی", "ملی")),
    (EvidenceKind.PLAN_FORM, ("form", "plan", "فرم")),
    (EvidenceKind.SIGNED_REFERRAL, ("referral", "letter", "معرفی")),
    (EvidenceKind.INVOICE, ("invoice", "bill", "فاکتور")),
    (EvidenceKind.PRESCRIPTION, ("prescription", "نسخه")),
)
PHASES: tuple[tuple[Phase, tuple[str, ...]], ...] = (
    (Phase.BEFORE, ("before", "pre", "قبل", "پیش")),
    (Phase.DURING, ("during", "working", "حین")),
    (Phase.AFTER, ("after", "post", "بعد", "پس")),
)
FILMS = frozenset({EvidenceKind.PERIAPICAL, EvidenceKind.BITEWING})
"""What shows single teeth."""


def kind_of_name(name: str) -> EvidenceKind:
    """The kind whose word stands in the file's name; else a periapical, the commonest."""
    words = _words(name)
    return next((kind for kind, marks in KINDS if words & set(marks)), EvidenceKind.PERIAPICAL)


def phase_of_name(name: str) -> Phase:
    """The phase whose word stands in the file's name; else none."""
    words = _words(name)
    return next((phase for phase, marks in PHASES if words & set(marks)), Phase.NONE)


def _words(name: str) -> set[str]:
    stem = name.rpartition(".")[0] or name
    return set(re.split(r"[\W_\d]+", stem.lower()))

"""What a rule says: a code and the facts it was derived from, never a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """``DECIDE`` blocks the finish until decided; ``AUTOMATIC`` is computed; ``INFORM`` tells."""

    DECIDE = "decide"
    AUTOMATIC = "automatic"
    INFORM = "inform"


class ProposalKind(StrEnum):
    """What one keystroke does when the assessor accepts a finding."""

    DEDUCT = "deduct"
    RECODE = "recode"
    REJECT = "reject"
    RETURN = "return"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``reason`` is a deduction reason (D…) or, for ``RETURN``, a defect (R…).

    A missing document proposes both: ``defect`` for the return and ``reason`` with the amount if
    the assessor would rather deduct.
    """

    kind: ProposalKind
    reason: str | None = None
    amount_rial: int = 0
    code: str | None = None
    defect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. ``facts`` holds numbers, ``date`` and codes for the sentence; ``source`` names
    the document the rule comes from; ``image`` the number of the image it speaks of."""

    code: str
    severity: Severity
    line: int | None
    proposal: Proposal
    facts: Mapping[str, object] = field(default_factory=dict)
    source: str = ""
    image: int | None = None

    @property
    def key(self) -> str:
        """Stable within a round: what the assessor's answer is stored under."""
        place = "case" if self.line is None else str(self.line)
        extra = self.facts.get("key")
        return f"{self.code}@{place}" + (f":{extra}" if extra else "")

"""Who holds the reserve of a ceiling account now; what overdue letters still hold is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.queries import coverage as queries
from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.persian.rial import format_rial
from workbench.rules.workflow import ReferralState
from workbench.services.referrals.access import present_state

HOLDERS_SAID_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A letter (``letter``), or a member's own document (``claim``), that holds a reserve.

    ``is_overdue``: its time is over and nobody used it, so what it holds counts as free.
    """

    kind: str
    number: str
    person_name: str
    held_rial: int
    last_valid_on: date | None
    is_overdue: bool


def holders_of(
    session: Session, insurer_id: int, account_id: int, *, now: datetime
) -> tuple[Holder, ...]:
    """Everything that holds a part of the account: letters, then members' own documents."""
    letters = session.execute(queries.letters_holding(insurer_id, account_id))
    claims = session.execute(queries.direct_claims_holding(insurer_id, account_id))
    found = [
        _holder(
            "letter",
            row,
            last_valid_on=row.last_valid_on,
            is_overdue=present_state(row, now) is ReferralState.EXPIRED,
        )
        for row in letters
    ]
    return (*found, *(_holder("claim", row) for row in claims))


def overdue_rial(holders: Sequence[Holder]) -> int:
    """What unused letters still hold though their time is over."""
    return sum(each.held_rial for each in holders if each.is_overdue)


def holder_words(holder: Holder) -> str:
    """«معرفی‌نامه … برای … (… ریال)»."""
    words = (
        _("letter {number} of {person} ({amount} rials)")
        if holder.kind == "letter"
        else _("document {number} of {person} ({amount} rials)")
    )
    amount = format_rial(holder.held_rial, language())
    return words.format(number=holder.number, person=holder.person_name, amount=amount)


def said_holders(holders: Sequence[Holder]) -> tuple[str, ...]:
    """The first holders in words, and how many more there are."""
    said = tuple(holder_words(holder) for holder in holders[:HOLDERS_SAID_MAX])
    rest = len(holders) - len(said)
    if not rest:
        return said
    number = to_persian(str(rest)) if language() == "fa" else str(rest)
    return (*said, _("{n} others").format(n=number))


def _holder(
    kind: str, row: Any, *, last_valid_on: date | None = None, is_overdue: bool = False
) -> Holder:
    return Holder(
        kind=kind,
        number=row.number,
        person_name=f"{row.first_name} {row.last_name}",
        held_rial=row.held_rial,
        last_valid_on=last_valid_on,
        is_overdue=is_overdue,
    )

"""``verify``: whether second assessments are as they were handed in, and compare as they say."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import ClaimRound, Recheck
from workbench.rules.document import document_hash, thaw, thaw_money
from workbench.rules.lines import case_money
from workbench.rules.plain import to_plain
from workbench.services.rechecks.second_assessment import pair_of

ROWS_AT_ONCE = 100


def recheck_problems(session: Session) -> Iterator[str | None]:
    """One by one those that are in; None for each that is right."""
    statement = (
        select(Recheck, ClaimRound)
        .join(
            ClaimRound,
            (ClaimRound.insurer_id == Recheck.insurer_id)
            & (ClaimRound.claim_id == Recheck.claim_id)
            & (ClaimRound.number == Recheck.round),
        )
        .where(Recheck.second_at.is_not(None))
        .order_by(Recheck.insurer_id, Recheck.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for row, first in session.execute(statement):
        problem = _problem(row, first)
        yield None if problem is None else f"second assessment {row.id}: {problem}"


def _problem(row: Recheck, first: ClaimRound) -> str | None:
    if row.document is None or document_hash(row.document) != row.document_hash:
        return "the document is not as it was handed in"
    money = thaw_money(row.document)
    if money != case_money(thaw(row.document)):
        return "the money does not follow from its document"
    if row.second_payable_rial != money.payable_rial:
        return "the payable is not that of its document"
    if first.document is None or to_plain(pair_of(first.document, row.document)) != row.compared:
        return "what was compared is not what the two documents say"
    return None

"""Whether every finished round still comes to the money that stands in its claim.

The frozen document of a round is hashed and computed again, and compared with what its claim, its
lines and its event in the trail say: a change of any one of them, or of all but one, is found.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from workbench.db.models import AuditEvent, Claim, ClaimLine, ClaimRound
from workbench.errors import Refused
from workbench.rules.document import document_hash, thaw, thaw_money
from workbench.rules.lines import case_money
from workbench.rules.money import CaseMoney
from workbench.rules.workflow import ClaimState
from workbench.services.claims.transition import claim_stream

OnProgress = Callable[[str, int, int], None]
CHUNK = 500
DECIDED_STATES = (ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED)
COLUMNS = (
    "cost_rial",
    "tariff_reject_rial",
    "technical_deduction_rial",
    "patient_share_rial",
    "technical_approval_rial",
    "ceiling_reject_rial",
    "payable_rial",
)
EVENT_FACTS = {
    "cost_rial": "cost_rial",
    "deduction_rial": "technical_deduction_rial",
    "ceiling_reject_rial": "ceiling_reject_rial",
    "payable_rial": "payable_rial",
}
"""What the event of a finish says → the column of the money."""


def money_problems(session: Session, on_progress: OnProgress) -> Iterator[str | None]:
    """None for each round looked at, a sentence for each thing that is wrong."""
    has_document = ClaimRound.document_hash.is_not(None)
    total = session.scalar(select(func.count()).select_from(ClaimRound).where(has_document)) or 0
    done = 0
    for rows in _chunks(session):
        events = _finish_events(session, [claim for _round, claim in rows])
        for row, claim in rows:
            done += 1
            yield None
            event = events.get((claim_stream(claim), row.number))
            yield from _round_problems(row, claim, event)
        on_progress("money", done, total)
    yield from _undecided_with_money(session)
    yield from _decided_without_document(session)
    yield from _claims_unlike_their_lines(session)


def _chunks(session: Session) -> Iterator[list[tuple[ClaimRound, Claim]]]:
    """All rounds with a document, a few hundred at a time, by key."""
    last = (-1, -1)
    while True:
        statement = (
            select(ClaimRound, Claim)
            .join(
                Claim,
                and_(Claim.insurer_id == ClaimRound.insurer_id, Claim.id == ClaimRound.claim_id),
            )
            .where(
                ClaimRound.document_hash.is_not(None),
                tuple_(ClaimRound.insurer_id, ClaimRound.id) > last,
            )
            .order_by(ClaimRound.insurer_id, ClaimRound.id)
            .limit(CHUNK)
        )
        rows = [(row[0], row[1]) for row in session.execute(statement)]
        if not rows:
            return
        last = (rows[-1][0].insurer_id, rows[-1][0].id)
        yield rows
        session.expunge_all()


def _finish_events(
    session: Session, claims: list[Claim]
) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The facts of every finish of these claims, by stream and round."""
    streams = sorted({claim_stream(claim) for claim in claims})
    statement = select(AuditEvent.stream, AuditEvent.facts).where(
        AuditEvent.stream.in_(streams), AuditEvent.action == "claim.finish"
    )
    return {(row[0], row[1]["round"]): row[1] for row in session.execute(statement)}


def _round_problems(
    row: ClaimRound, claim: Claim, event: Mapping[str, Any] | None
) -> Iterator[str]:
    name = f"claim {claim.number}, round {row.number}"
    assert row.document is not None
    if document_hash(row.document) != row.document_hash:
        yield f"{name}: the document was changed"
    try:
        frozen, computed = thaw_money(row.document), case_money(thaw(row.document))
    except (Refused, KeyError, TypeError, ValueError, AssertionError) as error:
        yield f"{name}: the document cannot be computed again ({type(error).__name__})"
        return
    if frozen != computed:
        yield f"{name}: the document's facts come to other money"
    if row.result != "finished":
        return
    yield from _event_problems(name, frozen, event)
    if claim.round == row.number and claim.state in DECIDED_STATES:
        yield from (
            f"{name}: {column} is {getattr(claim, column)}, the document says {value}"
            for column, value in _columns(frozen).items()
            if getattr(claim, column) != value
        )


def _event_problems(name: str, money: CaseMoney, event: Mapping[str, Any] | None) -> Iterator[str]:
    if event is None:
        yield f"{name}: the trail knows nothing of its finish"
        return
    columns = _columns(money)
    for fact, column in EVENT_FACTS.items():
        if event.get(fact) != columns[column]:
            yield f"{name}: {column} is {columns[column]}, the trail says {event.get(fact)}"


def _columns(money: CaseMoney) -> dict[str, int]:
    return {column: asdict(money)[column] for column in COLUMNS}


def _undecided_with_money(session: Session) -> Iterator[str]:
    statement = select(Claim.number, Claim.state).where(
        Claim.state.not_in(DECIDED_STATES), Claim.payable_rial.is_not(None)
    )
    for number, state in session.execute(statement):
        yield f"claim {number}: has money in the state {state}"


def _decided_without_document(session: Session) -> Iterator[str]:
    of_claim = and_(
        ClaimRound.insurer_id == Claim.insurer_id,
        ClaimRound.claim_id == Claim.id,
        ClaimRound.number == Claim.round,
        ClaimRound.result == "finished",
        ClaimRound.document_hash.is_not(None),
    )
    statement = select(Claim.number).where(
        Claim.state.in_(DECIDED_STATES), ~select(ClaimRound.id).where(of_claim).exists()
    )
    for number in session.scalars(statement):
        yield f"claim {number}: is finished without a document"


def _claims_unlike_their_lines(session: Session) -> Iterator[str]:
    """Claims whose lines of the present round do not add up to them."""
    sums = (
        select(
            ClaimLine.insurer_id,
            ClaimLine.claim_id,
            ClaimLine.round,
            *(func.sum(getattr(ClaimLine, column)).label(column) for column in COLUMNS[:5]),
        )
        .group_by(ClaimLine.insurer_id, ClaimLine.claim_id, ClaimLine.round)
        .subquery()
    )
    of_claim = and_(
        sums.c.insurer_id == Claim.insurer_id,
        sums.c.claim_id == Claim.id,
        sums.c.round == Claim.round,
    )
    differs = or_(
        *(getattr(Claim, column) != func.coalesce(sums.c[column], 0) for column in COLUMNS[:5])
    )
    statement = select(Claim.number).outerjoin(sums, of_claim)
    for number in session.scalars(statement.where(Claim.state.in_(DECIDED_STATES), differs)):
        yield f"claim {number}: its lines come to other money"

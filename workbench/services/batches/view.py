"""A batch as people see it: header, steps, cases and totals, which are always the sums of cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Batch, Centre, Claim, ContractCover, Insurer
from workbench.db.queries import batches as queries
from workbench.db.queries.batches import SETTLED_STATES
from workbench.errors import Refused
from workbench.rules.money import LineMoney, outcome_of
from workbench.rules.workflow import BATCH_TRANSITIONS, ClaimState
from workbench.services import audit
from workbench.services.access import Actor, batch_for, may, require
from workbench.services.batches.batches import DONE_STATES
from workbench.services.batches.lines import LineReason, LineRow, read_defects, read_lines
from workbench.services.batches.steps import Step, steps_of
from workbench.services.claims.transition import claim_stream
from workbench.services.rechecks.blindness import blind_claims, check_blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The seven columns of ``domain/money.md``, in whole rials."""

    cost_rial: int = 0
    tariff_reject_rial: int = 0
    technical_deduction_rial: int = 0
    patient_share_rial: int = 0
    technical_approval_rial: int = 0
    ceiling_reject_rial: int = 0
    payable_rial: int = 0


COLUMNS = tuple(field.name for field in fields(Columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One claim of a batch. ``money`` None: not finished, void, or not for this reader.

    ``result``: approved, deducted, ceiling or rejected once it is finished, else its state.
    """

    insurer_id: int
    claim_id: int
    number: str
    patient: str
    franchise_basis: int | None
    line_count: int
    state: str
    result: str
    cost_rial: int | None
    money: Columns | None
    outcome: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """One batch. ``settled`` are the sums of the finished cases; the identity holds for them.

    ``unsettled_cost_rial``: what was requested on the ``unsettled_count`` others (void left out).
    """

    acceptance_number: str
    version: int
    state: str
    insurer: str
    centre: str
    received_at: datetime | None
    follows_number: str | None
    follow_up_numbers: tuple[str, ...]
    steps: tuple[Step, ...]
    cases: tuple[CaseRow, ...]
    settled: Columns | None
    settled_count: int
    unsettled_count: int
    unsettled_cost_rial: int | None
    returned_count: int
    is_ready_for_finance: bool
    may_see_money: bool
    may_open_cases: bool
    may_send_to_finance: bool
    may_split: bool
    may_archive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLines:
    """The lines of one case of a batch; ``defects`` where it was returned."""

    number: str
    patient: str
    outcome: int | None
    lines: tuple[LineRow, ...]
    defects: tuple[LineReason, ...]


def read_batch(session: Session, actor: Actor, acceptance_number: str) -> BatchView:
    """One batch with its cases and totals; money only for those who may see it."""
    batch = batch_for(session, actor, "batch.read", acceptance_number)
    claims = queries.claims_of_batch(session, batch)
    sees_money = may(actor, "claim.money") and not _is_blind(session, actor, claims)
    cases = _case_rows(session, claims, sees_money)
    open_claims = [c for c in claims if c.state not in (*SETTLED_STATES, ClaimState.VOID)]
    is_ready = bool(claims) and all(claim.state in DONE_STATES for claim in claims)
    follows = session.get(Batch, (batch.insurer_id, batch.follows_id)) if batch.follows_id else None
    centre = session.get_one(Centre, batch.centre_id).name
    returned = sum(claim.state == ClaimState.RETURNED for claim in claims)
    return BatchView(
        acceptance_number=batch.acceptance_number,
        version=batch.version,
        state=batch.state,
        insurer=session.get_one(Insurer, batch.insurer_id).name,
        centre=centre,
        received_at=batch.received_at,
        follows_number=follows.acceptance_number if follows else None,
        follow_up_numbers=_follow_ups(session, batch),
        steps=steps_of(session, batch, claims, centre, is_ready),
        cases=cases,
        settled=add_up(case.money for case in cases if case.money) if sees_money else None,
        settled_count=sum(claim.state in SETTLED_STATES for claim in claims),
        unsettled_count=len(open_claims),
        unsettled_cost_rial=sum(c.cost_rial for c in open_claims) if sees_money else None,
        returned_count=returned,
        is_ready_for_finance=is_ready and _may_go(batch, "send_to_finance"),
        may_see_money=sees_money,
        may_open_cases=may(actor, "claim.read"),
        may_send_to_finance=may(actor, "batch.send_to_finance")
        and _may_go(batch, "send_to_finance"),
        may_split=may(actor, "batch.split") and bool(returned) and _may_go(batch, "split"),
        may_archive=may(actor, "batch.archive") and _may_go(batch, "archive"),
    )


def read_case_lines(
    session: Session, actor: Actor, acceptance_number: str, claim_number: str
) -> CaseLines:
    """The lines of one case of a batch with money and reasons, without images or notes."""
    require(actor, "claim.money")
    claim = _claim_of(session, actor, acceptance_number, claim_number)
    lines = read_lines(session, [claim])[claim.id]
    is_returned = claim.state == ClaimState.RETURNED
    return CaseLines(
        number=claim.number,
        patient=queries.names_of(session, [claim])[claim.person_id],
        outcome=_outcome(claim),
        lines=lines,
        defects=read_defects(session, claim) if is_returned else (),
    )


def read_all_lines(
    session: Session, actor: Actor, acceptance_number: str
) -> dict[str, tuple[LineRow, ...]]:
    """Case number → its lines, for all cases of a batch."""
    require(actor, "claim.money")
    batch = batch_for(session, actor, "batch.read", acceptance_number)
    claims = queries.claims_of_batch(session, batch)
    if _is_blind(session, actor, claims):
        raise Refused("recheck_counts_here")
    lines = read_lines(session, claims)
    return {claim.number: lines[claim.id] for claim in claims}


def note_case_opened(
    session: Session, actor: Actor, acceptance_number: str, claim_number: str, *, now: datetime
) -> None:
    """Put on the record that the actor looked at the lines of a case of a batch."""
    require(actor, "claim.money")
    claim = _claim_of(session, actor, acceptance_number, claim_number)
    audit.record(
        session,
        action="claim.lines_opened",
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        now=now,
        insurer_id=claim.insurer_id,
        claim=claim.number,
        batch=acceptance_number,
    )


def add_up(columns: Iterable[Columns]) -> Columns:
    """The sums of the seven columns."""
    rows = list(columns)
    return Columns(**{name: sum(getattr(row, name) for row in rows) for name in COLUMNS})


def columns_of(claim: Claim) -> Columns | None:
    """The stored columns of a finished claim, which are those that ``settle`` gave; else None."""
    if claim.state not in SETTLED_STATES:
        return None
    values = {name: getattr(claim, name) for name in COLUMNS}
    assert None not in values.values(), f"case {claim.number} is finished without its money"
    return Columns(**values)


def _case_rows(session: Session, claims: Sequence[Claim], sees_money: bool) -> tuple[CaseRow, ...]:
    names = queries.names_of(session, claims)
    frozen = queries.frozen_franchises(session, claims)
    covers = queries.covers_of(session, claims)
    return tuple(
        CaseRow(
            insurer_id=claim.insurer_id,
            claim_id=claim.id,
            number=claim.number,
            patient=names[claim.person_id],
            franchise_basis=frozen.get(claim.id, _franchise(claim, covers)),
            line_count=claim.line_count,
            state=claim.state,
            result=_result(claim) if sees_money else claim.state,
            cost_rial=claim.cost_rial if sees_money else None,
            money=columns_of(claim) if sees_money else None,
            outcome=_outcome(claim) if sees_money else None,
        )
        for claim in claims
    )


def _franchise(
    claim: Claim, covers: Mapping[tuple[int, str], Sequence[ContractCover]]
) -> int | None:
    """The franchise of the cover as at the case date, chosen as ``cover_in_force`` chooses."""
    rows = covers.get((claim.contract_id, claim.cover_code), ())
    chosen = max(
        rows,
        key=lambda row: (row.valid_from <= claim.case_on, row.valid_from, row.recorded_at),
        default=None,
    )
    return chosen.franchise_basis if chosen else None


def _result(claim: Claim) -> str:
    money = columns_of(claim)
    if money is None:
        return claim.state
    if money.technical_approval_rial == 0 and money.technical_deduction_rial:
        return "rejected"
    if money.ceiling_reject_rial:
        return "ceiling"
    return "deducted" if money.technical_deduction_rial + money.tariff_reject_rial else "approved"


def _outcome(claim: Claim) -> int | None:
    """The outcome of the case as a whole, derived from its sums as that of a line."""
    if claim.state == ClaimState.RETURNED:
        return int(outcome_of(_NOTHING, is_rejected=False, returned=True))
    money = columns_of(claim)
    if money is None:
        return None
    summed = LineMoney(**{f.name: getattr(money, f.name) for f in fields(LineMoney)})
    return int(outcome_of(summed, is_rejected=_result(claim) == "rejected", returned=False))


_NOTHING = LineMoney(
    cost_rial=0,
    tariff_reject_rial=0,
    technical_deduction_rial=0,
    patient_share_rial=0,
    technical_approval_rial=0,
)


def _is_blind(session: Session, actor: Actor, claims: Iterable[Claim]) -> bool:
    """Whether he assesses one of them a second time: the sums would tell him its decision."""
    keys = {(claim.insurer_id, claim.id) for claim in claims}
    return not keys.isdisjoint(blind_claims(session, actor.user_id))


def _may_go(batch: Batch, action: str) -> bool:
    return (batch.state, action) in BATCH_TRANSITIONS


def _claim_of(session: Session, actor: Actor, acceptance_number: str, claim_number: str) -> Claim:
    batch = batch_for(session, actor, "batch.read", acceptance_number)
    claim = session.scalars(
        select(Claim).where(
            Claim.insurer_id == batch.insurer_id,
            Claim.batch_id == batch.id,
            Claim.number == claim_number,
        )
    ).first()
    if claim is None:
        raise Refused("claim_not_in_batch", claim=claim_number, number=acceptance_number)
    check_blind(session, actor.user_id, "batch.read", claim)
    return claim


def _follow_ups(session: Session, batch: Batch) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(Batch.acceptance_number)
            .where(Batch.insurer_id == batch.insurer_id, Batch.follows_id == batch.id)
            .order_by(Batch.id)
        )
    )

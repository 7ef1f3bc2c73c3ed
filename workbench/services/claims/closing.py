"""What closing a round writes: results of its lines, money, use of the ceiling, the document."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from workbench.db.models import (
    Claim,
    ClaimLine,
    ClaimRound,
    LineDeduction,
)
from workbench.db.snapshots import COMPUTED_SOURCES, reserved_part
from workbench.rules.document import document_hash, freeze, rules_hash
from workbench.rules.facts import Line
from workbench.rules.lines import deductions_of
from workbench.rules.money import CaseMoney, LineMoney, outcome_of
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.claims.facts import Assessment, assess
from workbench.services.images.cites import plain_cites

_LINES = cast(Table, ClaimLine.__table__)
_ROUNDS = cast(Table, ClaimRound.__table__)

# Built once: to put a statement together costs more than SQLite needs to run it.
_LINE_RESULT = (
    update(_LINES)
    .where(_LINES.c.insurer_id == bindparam("of_insurer"), _LINES.c.id == bindparam("of_line"))
    .values(
        {
            name: bindparam(name)
            for name in (
                *("outcome", "tariff_reject_rial", "technical_deduction_rial"),
                *("patient_share_rial", "technical_approval_rial"),
            )
        }
    )
)
_INSERT_DEDUCTION = insert(cast(Table, LineDeduction.__table__))
_CLOSE_ROUND = (
    update(_ROUNDS)
    .where(
        _ROUNDS.c.insurer_id == bindparam("of_insurer"),
        _ROUNDS.c.claim_id == bindparam("of_claim"),
        _ROUNDS.c.number == bindparam("of_number"),
    )
    .values(
        {
            name: bindparam(name)
            for name in (
                *("result", "closed_at", "closed_by_id"),
                *("document", "document_hash", "rules_hash"),
            )
        }
    )
)


def store_lines(
    session: Session, actor: Actor, claim: Claim, assessment: Assessment, now: datetime
) -> None:
    """Write each line's result, and every computed deduction beside the typed ones."""
    results = []
    deductions = []
    for line, money in zip(assessment.case.lines, assessment.money.lines, strict=True):
        results.append(line_result(claim, line, money))
        deductions += [
            {
                "insurer_id": claim.insurer_id,
                "claim_id": claim.id,
                "round": claim.round,
                "line_id": line.line_id,
                "reason": deduction.reason,
                "amount_rial": deduction.amount_rial,
                "source": deduction.source,
                "text": deduction.text,
                "cites": plain_cites(deduction.cites),
                "at": now,
                "actor_id": actor.user_id,
            }
            for deduction in deductions_of(line)
            if deduction.source in COMPUTED_SOURCES
        ]
    connection = session.connection()
    connection.execute(_LINE_RESULT, results)
    if deductions:
        connection.execute(_INSERT_DEDUCTION, deductions)


def line_result(claim: Claim, line: Line, money: LineMoney) -> dict[str, int]:
    return {
        "of_insurer": claim.insurer_id,
        "of_line": line.line_id,
        "outcome": outcome_of(money, is_rejected=line.is_rejected, returned=False),
        "tariff_reject_rial": money.tariff_reject_rial,
        "technical_deduction_rial": money.technical_deduction_rial,
        "patient_share_rial": money.patient_share_rial,
        "technical_approval_rial": money.technical_approval_rial,
    }


def store_money(claim: Claim, money: CaseMoney) -> None:
    claim.tariff_reject_rial = money.tariff_reject_rial
    claim.technical_deduction_rial = money.technical_deduction_rial
    claim.patient_share_rial = money.patient_share_rial
    claim.technical_approval_rial = money.technical_approval_rial
    claim.ceiling_reject_rial = money.ceiling_reject_rial
    claim.payable_rial = money.payable_rial


def clear_money(claim: Claim) -> None:
    """The claim has no result until it is finished again; the ended round keeps its own."""
    claim.tariff_reject_rial = claim.technical_deduction_rial = claim.patient_share_rial = None
    claim.technical_approval_rial = claim.ceiling_reject_rial = claim.payable_rial = None
    claim.finished_at = claim.finished_by_id = None


def use_ceiling(
    session: Session, actor: Actor, claim: Claim, money: CaseMoney, now: datetime
) -> None:
    if claim.reservation_id is None:
        claim.reservation_id = ledger.open_reservation(session, claim.insurer_id, claim.account_id)
    left = ledger.reserved_left(session, claim.insurer_id, claim.reservation_id)
    ledger.use(
        session,
        claim.insurer_id,
        claim.reservation_id,
        reserved_part_rial=reserved_part(claim, left),
        payable_rial=money.payable_rial,
        ceiling_reject_rial=money.ceiling_reject_rial,
        cause=claim_cause(claim, actor, now),
        key=use_key(claim),
    )


def use_key(claim: Claim) -> str:
    return f"use:{claim.id}:{claim.round}"


def credit_use_back(
    session: Session, actor: Actor, claim: Claim, wanted_rial: int, now: datetime
) -> int:
    assert claim.reservation_id is not None and claim.payable_rial is not None
    ledger.lock_account(session, claim.insurer_id, claim.account_id)
    return ledger.credit_back(
        session,
        claim.insurer_id,
        claim.reservation_id,
        used_rial=claim.payable_rial,
        reserve_again_rial=wanted_rial,
        cause=claim_cause(claim, actor, now),
        key=f"reopen:{claim.id}:{claim.round}",
    )


def claim_cause(claim: Claim, actor: Actor, now: datetime) -> ledger.Cause:
    return ledger.Cause(
        at=now,
        actor_id=actor.user_id,
        claim_id=claim.id,
        referral_id=claim.referral_id,
        batch_id=claim.batch_id,
        round=claim.round,
    )


def close_round(
    session: Session,
    actor: Actor,
    claim: Claim,
    result: str,
    now: datetime,
    *,
    assessment: Assessment | None = None,
) -> str:
    """End the round, keep its document (a returned one its facts too), and return its hash."""
    found = assessment or assess(session, claim)
    assert found.parameters is not None, "an ended round is not closed again"
    document = freeze(found.case, found.findings, found.money, found.parameters)
    digest = document_hash(document)
    closed = session.connection().execute(
        _CLOSE_ROUND,
        {
            "of_insurer": claim.insurer_id,
            "of_claim": claim.id,
            "of_number": claim.round,
            "result": result,
            "closed_at": now,
            "closed_by_id": actor.user_id,
            "document": document,
            "document_hash": digest,
            "rules_hash": rules_hash(),
        },
    )
    assert closed.rowcount == 1, claim.number
    return digest


def of_round(model: type[ClaimLine] | type[LineDeduction], claim: Claim) -> Any:
    return (
        (model.insurer_id == claim.insurer_id)
        & (model.claim_id == claim.id)
        & (model.round == claim.round)
    )

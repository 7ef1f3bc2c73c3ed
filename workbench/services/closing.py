"""What closing a round writes: results of its lines, money, use of the ceiling, the document."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
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
from workbench.rules.parameters import load_parameters
from workbench.services import ledger
from workbench.services.access import Actor
from workbench.services.case_facts import Assessment, assess


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
                "at": now,
                "actor_id": actor.user_id,
            }
            for deduction in deductions_of(line)
            if deduction.source in COMPUTED_SOURCES
        ]
    session.execute(update(ClaimLine), results)
    if deductions:
        session.execute(insert(LineDeduction), deductions)


def line_result(claim: Claim, line: Line, money: LineMoney) -> dict[str, int]:
    return {
        "insurer_id": claim.insurer_id,
        "id": line.line_id,
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


def round_row(session: Session, claim: Claim) -> ClaimRound:
    return session.scalars(
        select(ClaimRound).where(
            ClaimRound.insurer_id == claim.insurer_id,
            ClaimRound.claim_id == claim.id,
            ClaimRound.number == claim.round,
        )
    ).one()


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
    document = freeze(found.case, found.findings, found.money, load_parameters())
    row = round_row(session, claim)
    row.result, row.closed_at, row.closed_by_id = result, now, actor.user_id
    row.document, row.document_hash = document, document_hash(document)
    row.rules_hash = rules_hash()
    return row.document_hash


def of_round(model: type[ClaimLine] | type[LineDeduction], claim: Claim) -> Any:
    return (
        (model.insurer_id == claim.insurer_id)
        & (model.claim_id == claim.id)
        & (model.round == claim.round)
    )

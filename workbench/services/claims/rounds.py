"""Rounds of a claim: each has its own lines, so that what an earlier round said never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimLine, ClaimRound, FindingAnswer, LineDeduction, new_id
from workbench.db.snapshots import COMPUTED_SOURCES

REQUESTED = (
    "number",
    "service_on",
    "code",
    "tooth",
    "jaw",
    "surfaces",
    "canals",
    "quantity",
    "unit_price_rial",
    "cost_rial",
    "note",
)
ASSESSED = (
    "assessed_code",
    "recode_reason",
    "assessed_quantity",
    "assessed_unit_price_rial",
    "cut_reason",
    "is_rejected",
    "reject_reason",
    "assessor_note",
    "is_looked_at",
    "cites",
)


def open_round(
    session: Session,
    claim: Claim,
    *,
    now: datetime,
    keep_assessment: bool,
    explanation: str = "",
    changes: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """Start the claim's next round from the lines of the present one.

    ``changes``: line number → requested columns that differ (a re-submission). With
    ``keep_assessment`` (a reopen) assessed columns, typed deductions and answers come along.
    """
    former, claim.round = claim.round, claim.round + 1
    columns = REQUESTED + (ASSESSED if keep_assessment else ())
    rows = session.scalars(_of_round(ClaimLine, claim, former).order_by(ClaimLine.number)).all()
    new_ids = {row.id: new_id() for row in rows}
    for row in rows:
        values = {name: getattr(row, name) for name in columns}
        values |= dict((changes or {}).get(row.number, {}))
        values["cost_rial"] = values["quantity"] * values["unit_price_rial"]
        session.execute(
            insert(ClaimLine).values(
                insurer_id=claim.insurer_id,
                id=new_ids[row.id],
                claim_id=claim.id,
                round=claim.round,
                **values,
            )
        )
    session.add(
        ClaimRound(
            insurer_id=claim.insurer_id,
            claim_id=claim.id,
            number=claim.round,
            opened_at=now,
            explanation=explanation,
        )
    )
    if keep_assessment:
        _carry(session, claim, former, new_ids)
    session.flush()


def _carry(session: Session, claim: Claim, former: int, new_ids: Mapping[int, int]) -> None:
    for row in session.scalars(
        _of_round(LineDeduction, claim, former).where(LineDeduction.source.not_in(COMPUTED_SOURCES))
    ).all():
        session.add(
            LineDeduction(
                insurer_id=claim.insurer_id,
                claim_id=claim.id,
                round=claim.round,
                line_id=new_ids[row.line_id],
                reason=row.reason,
                amount_rial=row.amount_rial,
                source=row.source,
                text=row.text,
                cites=row.cites,
                at=row.at,
                actor_id=row.actor_id,
            )
        )
    for answer in session.scalars(_of_round(FindingAnswer, claim, former)).all():
        session.add(
            FindingAnswer(
                insurer_id=claim.insurer_id,
                claim_id=claim.id,
                round=claim.round,
                finding_key=answer.finding_key,
                state=answer.state,
                reason=answer.reason,
                actor_id=answer.actor_id,
                at=answer.at,
            )
        )


def _of_round(model: Any, claim: Claim, number: int) -> Any:
    return select(model).where(
        model.insurer_id == claim.insurer_id,
        model.claim_id == claim.id,
        model.round == number,
    )

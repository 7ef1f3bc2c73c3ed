"""Reading batches: a page of the list, one batch's claims, the lines of one claim."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select, tuple_
from sqlalchemy.orm import Session

from workbench.db.models import (
    Batch,
    Centre,
    Claim,
    ClaimLine,
    ClaimRound,
    Contract,
    ContractCover,
    Defect,
    Insurer,
    LineDeduction,
    Person,
    Reason,
    Service,
)
from workbench.rules.workflow import OPEN_STATES, ClaimState

SETTLED_STATES = (ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED)
MONEY = (
    "cost_rial",
    "tariff_reject_rial",
    "technical_deduction_rial",
    "patient_share_rial",
    "technical_approval_rial",
    "ceiling_reject_rial",
    "payable_rial",
)


class BatchSums(NamedTuple):
    """Counts and sums over the claims of a batch, void ones left out; amounts in rials."""

    claims: int
    settled: int
    returned: int
    cost_rial: int
    payable_rial: int


def batch_rows() -> Any:
    """Batches with insurer and centre, the newest sending first; the caller narrows it down."""
    return (
        select(Batch, Insurer.name.label("insurer"), Centre.name.label("centre"))
        .join(Insurer, Insurer.id == Batch.insurer_id)
        .join(Centre, Centre.id == Batch.centre_id)
        .order_by(Batch.sent_at.desc(), Batch.id.desc())
    )


def before(sent_at: datetime, batch_id: int) -> Any:
    """The condition for the page that follows this last row."""
    key = tuple_(Batch.sent_at, Batch.id)
    return key < (sent_at, batch_id)


def sums_of_batches(session: Session, keys: Iterable[tuple[int, int]]) -> dict[int, BatchSums]:
    """Per batch id: how many claims (void ones left out), settled, returned; cost and payable."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    is_settled = Claim.state.in_(SETTLED_STATES)
    rows = session.execute(
        select(
            Claim.batch_id,
            func.count().label("claims"),
            func.sum(case((is_settled, 1), else_=0)).label("settled"),
            func.sum(case((Claim.state == ClaimState.RETURNED, 1), else_=0)).label("returned"),
            func.sum(Claim.cost_rial).label("cost_rial"),
            func.sum(case((is_settled, Claim.payable_rial), else_=0)).label("payable_rial"),
        )
        .where(
            Claim.insurer_id.in_({insurer_id for insurer_id, _batch_id in wanted}),
            Claim.batch_id.in_([batch_id for _insurer_id, batch_id in wanted]),
            Claim.state != ClaimState.VOID,
        )
        .group_by(Claim.batch_id)
    )
    return {row[0]: BatchSums(*(int(value) for value in row[1:])) for row in rows}


def claims_of_batch(session: Session, batch: Batch, *, for_update: bool = False) -> list[Claim]:
    """The claims of a batch by number; with ``for_update`` read afresh and held."""
    statement = (
        select(Claim)
        .where(Claim.insurer_id == batch.insurer_id, Claim.batch_id == batch.id)
        .order_by(Claim.number)
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(statement))


def names_of(session: Session, claims: Iterable[Claim]) -> dict[int, str]:
    """Person id → name, for the insured of these claims."""
    ids = sorted({claim.person_id for claim in claims})
    return {row.id: row.name for row in session.scalars(select(Person).where(Person.id.in_(ids)))}


def frozen_franchises(session: Session, claims: Iterable[Claim]) -> dict[int, int]:
    """Claim id → franchise (basis points) of the frozen document of its present round."""
    keys = {claim.id: claim for claim in claims if claim.state not in OPEN_STATES}
    if not keys:
        return {}
    rows = session.execute(
        select(
            ClaimRound.claim_id,
            ClaimRound.document["case"]["cover"]["franchise_basis"].as_integer(),
        )
        .join(
            Claim,
            (Claim.insurer_id == ClaimRound.insurer_id)
            & (Claim.id == ClaimRound.claim_id)
            & (Claim.round == ClaimRound.number),
        )
        .where(
            ClaimRound.insurer_id.in_({claim.insurer_id for claim in keys.values()}),
            ClaimRound.claim_id.in_(sorted(keys)),
            ClaimRound.closed_at.is_not(None),
        )
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def lines_of(session: Session, claims: Iterable[Claim]) -> dict[int, list[ClaimLine]]:
    """Claim id → the lines of its present round, by number."""
    keys = {claim.id: claim.insurer_id for claim in claims}
    found: dict[int, list[ClaimLine]] = {claim_id: [] for claim_id in keys}
    if not keys:
        return found
    rows = session.scalars(
        select(ClaimLine)
        .join(
            Claim,
            (Claim.insurer_id == ClaimLine.insurer_id)
            & (Claim.id == ClaimLine.claim_id)
            & (Claim.round == ClaimLine.round),
        )
        .where(ClaimLine.insurer_id.in_(set(keys.values())), ClaimLine.claim_id.in_(sorted(keys)))
        .order_by(ClaimLine.number)
    )
    for row in rows:
        found[row.claim_id].append(row)
    return found


def titles_of(session: Session, claims: Iterable[Claim]) -> dict[tuple[int, str], str]:
    """(contract id, code) → title of the service, for all codes on the lines of these claims."""
    keys = {claim.id: claim for claim in claims}
    if not keys:
        return {}
    insurer_ids = {claim.insurer_id for claim in keys.values()}
    codes = select(ClaimLine.code).where(
        ClaimLine.insurer_id.in_(insurer_ids), ClaimLine.claim_id.in_(sorted(keys))
    )
    assessed = select(ClaimLine.assessed_code).where(
        ClaimLine.insurer_id.in_(insurer_ids),
        ClaimLine.claim_id.in_(sorted(keys)),
        ClaimLine.assessed_code.is_not(None),
    )
    rows = session.execute(
        select(Contract.id, Service.code, Service.title)
        .join(Service, Service.tariff_set_id == Contract.tariff_set_id)
        .where(
            Contract.insurer_id.in_(insurer_ids),
            Contract.id.in_({claim.contract_id for claim in keys.values()}),
            Service.code.in_(codes.union(assessed)),
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def deductions_of(
    session: Session, claims: Iterable[Claim]
) -> dict[int, list[tuple[LineDeduction, Reason]]]:
    """Line id → its deductions with their reasons, in the order in which they were made."""
    keys = {claim.id: claim.insurer_id for claim in claims}
    found: dict[int, list[tuple[LineDeduction, Reason]]] = {}
    if not keys:
        return found
    rows = session.execute(
        select(LineDeduction, Reason)
        .join(Reason, Reason.code == LineDeduction.reason)
        .where(
            LineDeduction.insurer_id.in_(set(keys.values())),
            LineDeduction.claim_id.in_(sorted(keys)),
        )
        .order_by(LineDeduction.id)
    )
    for deduction, reason in rows:
        found.setdefault(deduction.line_id, []).append((deduction, reason))
    return found


def covers_of(
    session: Session, claims: Iterable[Claim]
) -> dict[tuple[int, str], list[ContractCover]]:
    """(contract id, cover code) → all dated rows of the covers that these claims stand under."""
    wanted = list(claims)
    found: dict[tuple[int, str], list[ContractCover]] = {}
    if not wanted:
        return found
    rows = session.scalars(
        select(ContractCover).where(
            ContractCover.insurer_id.in_({claim.insurer_id for claim in wanted}),
            ContractCover.contract_id.in_({claim.contract_id for claim in wanted}),
        )
    )
    for row in rows:
        found.setdefault((row.contract_id, row.code), []).append(row)
    return found


def defects_of(session: Session, claim: Claim) -> list[tuple[Defect, Reason]]:
    """The defects of the claim's present round with their reasons."""
    rows = session.execute(
        select(Defect, Reason)
        .join(Reason, Reason.code == Defect.reason)
        .where(
            Defect.insurer_id == claim.insurer_id,
            Defect.claim_id == claim.id,
            Defect.round == claim.round,
        )
        .order_by(Defect.id)
    )
    return [(row[0], row[1]) for row in rows]

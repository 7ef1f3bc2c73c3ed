"""Direct claims to their payment: finished → remittance order حواله → sent for payment.

The two steps are those of the claim's own table: ``send_to_finance`` with the order, ``archive``
when the bank is told to pay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, Remittance, new_id
from workbench.db.queries import remittances as queries
from workbench.db.queries.rechecks import is_hidden
from workbench.errors import Refused
from workbench.persian.digits import to_ascii
from workbench.persian.jalali import TEHRAN
from workbench.rules.facts import ClaimKind
from workbench.rules.workflow import ClaimState
from workbench.services import audit
from workbench.services.access import Actor, claim_for, may_see_insurer, require, within_insurers
from workbench.services.claims.transition import move_claim

ORDERED, SENT_FOR_PAYMENT = "ordered", "sent_for_payment"
NUMBER = re.compile(r"\d[\d/]*")
NUMBER_LETTERS_MAX = 40
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectClaim:
    """A finished direct claim that no order pays yet."""

    insurer_id: int
    claim_id: int
    number: str
    tracking_code: str | None
    insurer: str
    patient: str
    finished_at: datetime
    cost_rial: int
    payable_rial: int

    @property
    def key(self) -> str:
        """The key as one word, for a page to remember."""
        return f"{self.insurer_id}-{self.claim_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectPage:
    """One page of them; ``next_key`` None: nothing follows."""

    rows: tuple[DirectClaim, ...]
    next_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceRow:
    """One order: what it pays, when it was ordered and sent."""

    insurer_id: int
    remittance_id: int
    number: str
    insurer: str
    amount_rial: int
    claim_count: int
    ordered_on: date
    state: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimKey:
    """The key of a claim."""

    insurer_id: int
    claim_id: int


def finished_direct_claims(
    session: Session,
    actor: Actor,
    *,
    insurer_id: int | None = None,
    after_key: str | None = None,
    size: int = PAGE_SIZE,
) -> DirectPage:
    """A page of the finished direct claims of the actor's insurers, the earliest due first.

    One that he assesses a second time is left out until his decision is in.
    """
    require(actor, "finance.remit")
    statement = within_insurers(queries.waiting_claims(), actor, Claim.insurer_id)
    statement = statement.where(~is_hidden(actor.user_id))
    if insurer_id is not None:
        statement = statement.where(Claim.insurer_id == insurer_id)
    if after_key is not None:
        due_at, _separator, claim_id = after_key.partition("~")
        statement = statement.where(queries.after(datetime.fromisoformat(due_at), int(claim_id)))
    found = session.execute(statement.limit(size + 1)).all()
    rows = found[:size]
    last = rows[-1].Claim if len(found) > size else None
    return DirectPage(
        rows=tuple(_direct(row) for row in rows),
        next_key=f"{last.due_at.isoformat()}~{last.id}" if last else None,
    )


def chosen_of(rows: Sequence[DirectClaim], keys: Sequence[str]) -> list[DirectClaim]:
    """The rows among these that were chosen by their keys."""
    return [row for row in rows if row.key in keys]


def payable_of(rows: Sequence[DirectClaim]) -> int:
    """What an order of these claims would come to, in rials."""
    return sum(row.payable_rial for row in rows)


def read_remittances(
    session: Session, actor: Actor, *, before_id: int | None = None, size: int = PAGE_SIZE
) -> tuple[RemittanceRow, ...]:
    """The newest orders of the actor's insurers; ``before_id``: those before this order.

    One that pays a case that he assesses a second time is left out.
    """
    require(actor, "finance.remit")
    statement = within_insurers(queries.remittance_rows(), actor, Remittance.insurer_id)
    is_hidden_in = queries.pays(is_hidden(actor.user_id))
    statement = statement.where(~is_hidden_in)
    if before_id is not None:
        statement = statement.where(Remittance.id < before_id)
    rows = session.execute(statement.limit(size)).all()
    counts = queries.claim_counts(session, [row.Remittance.id for row in rows])
    return tuple(
        _remittance(row.Remittance, row.insurer, counts.get(row.Remittance.id, 0)) for row in rows
    )


def order_remittance(
    session: Session,
    actor: Actor,
    insurer_id: int,
    claims: Sequence[ClaimKey],
    *,
    number: str,
    ordered_on: date,
    now: datetime,
) -> Remittance:
    """Order the payment of finished direct claims of one insurer; their payables are the amount.

    The same order a second time (number, day, claims) changes nothing and is given back. Refused:
    ``remittance_empty``, ``remittance_number_wrong``, ``remittance_day_future``,
    ``remittance_mixed_insurers``, ``remittance_claim_twice``, ``remittance_exists``,
    ``remittance_not_direct``, ``remittance_ordered_already``, ``wrong_state``, ``claim_not_found``.
    """
    require(actor, "finance.remit")
    clean = _number(number)
    if not claims:
        raise Refused("remittance_empty")
    if ordered_on > now.astimezone(TEHRAN).date():
        raise Refused("remittance_day_future")
    if any(key.insurer_id != insurer_id for key in claims):
        raise Refused("remittance_mixed_insurers")
    rows = [_held_claim(session, actor, key) for key in claims]
    _refuse_twice(rows)
    known = _known(session, insurer_id, clean)
    if known is not None:
        if known.ordered_on == ordered_on and all(row.remittance_id == known.id for row in rows):
            return known
        raise Refused("remittance_exists", number=clean)
    for row in rows:
        _check_payable(row)
    remittance = Remittance(
        insurer_id=insurer_id,
        id=new_id(),
        number=clean,
        amount_rial=sum(row.payable_rial or 0 for row in rows),
        ordered_on=ordered_on,
        state=ORDERED,
    )
    session.add(remittance)
    session.flush()
    for row in rows:
        row.remittance_id = remittance.id
        move_claim(
            session, row, "send_to_finance", actor_id=actor.user_id, now=now, remittance=clean
        )
    _record(session, actor, remittance, "order", now, claims=sorted(row.number for row in rows))
    return remittance


def send_remittance(
    session: Session, actor: Actor, insurer_id: int, remittance_id: int, *, now: datetime
) -> Remittance:
    """Send an order for payment; its claims are archived. Refused: ``remittance_sent_already``."""
    require(actor, "finance.remit")
    remittance = (
        session.get(Remittance, (insurer_id, remittance_id), with_for_update=True)
        if may_see_insurer(actor, insurer_id)
        else None
    )
    if remittance is None:
        raise Refused("remittance_not_found")
    if remittance.state == SENT_FOR_PAYMENT:
        raise Refused("remittance_sent_already", number=remittance.number, at=remittance.sent_at)
    claims = queries.claims_of_remittance(session, remittance)
    for claim in claims:
        move_claim(
            session, claim, "archive", actor_id=actor.user_id, now=now, remittance=remittance.number
        )
    remittance.state, remittance.sent_at = SENT_FOR_PAYMENT, now
    _record(session, actor, remittance, "send", now, claims=[claim.number for claim in claims])
    return remittance


def _number(number: str) -> str:
    clean = to_ascii(number).strip()
    if len(clean) > NUMBER_LETTERS_MAX or not NUMBER.fullmatch(clean):
        raise Refused("remittance_number_wrong", letters=NUMBER_LETTERS_MAX)
    return clean


def _known(session: Session, insurer_id: int, number: str) -> Remittance | None:
    return session.scalars(
        select(Remittance).where(Remittance.insurer_id == insurer_id, Remittance.number == number)
    ).first()


def _held_claim(session: Session, actor: Actor, key: ClaimKey) -> Claim:
    """The claim as it stands now, held until the transaction ends; a foreign one is none."""
    claim = claim_for(session, actor, "finance.remit", key.insurer_id, key.claim_id)
    session.refresh(claim, with_for_update=True)
    return claim


def _refuse_twice(rows: Sequence[Claim]) -> None:
    seen: set[int] = set()
    for row in rows:
        if row.id in seen:
            raise Refused("remittance_claim_twice", number=row.number)
        seen.add(row.id)


def _check_payable(claim: Claim) -> None:
    if claim.kind != ClaimKind.DIRECT:
        raise Refused("remittance_not_direct", number=claim.number)
    if claim.remittance_id is not None:
        raise Refused("remittance_ordered_already", number=claim.number)
    if claim.state != ClaimState.FINISHED:
        raise Refused("wrong_state", state=claim.state, action="send_to_finance")
    assert claim.payable_rial is not None, f"case {claim.number} is finished without its money"


def _record(
    session: Session, actor: Actor, remittance: Remittance, action: str, now: datetime, **facts: Any
) -> None:
    audit.record(
        session,
        action=f"remittance.{action}",
        stream=f"remittance:{remittance.insurer_id}-{remittance.id}",
        actor_id=actor.user_id,
        now=now,
        insurer_id=remittance.insurer_id,
        remittance=remittance.number,
        amount_rial=remittance.amount_rial,
        **facts,
    )


def _direct(row: Any) -> DirectClaim:
    claim: Claim = row.Claim
    assert claim.payable_rial is not None and claim.finished_at is not None
    return DirectClaim(
        insurer_id=claim.insurer_id,
        claim_id=claim.id,
        number=claim.number,
        tracking_code=claim.tracking_code,
        insurer=row.insurer,
        patient=row.Person.name,
        finished_at=claim.finished_at,
        cost_rial=claim.cost_rial,
        payable_rial=claim.payable_rial,
    )


def _remittance(row: Remittance, insurer: str, claim_count: int) -> RemittanceRow:
    return RemittanceRow(
        insurer_id=row.insurer_id,
        remittance_id=row.id,
        number=row.number,
        insurer=insurer,
        amount_rial=row.amount_rial,
        claim_count=claim_count,
        ordered_on=row.ordered_on,
        state=row.state,
        sent_at=row.sent_at,
    )

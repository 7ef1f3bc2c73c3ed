"""The list of batches: filters, pages by key, and sums per batch."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Batch, Centre, Insurer
from workbench.db.queries import batches as queries
from workbench.persian.digits import to_ascii
from workbench.services.access import Actor, may, may_see_insurer, require, within_insurers
from workbench.services.rechecks.blindness import Holder, blind_holders

PAGE_SIZE = 25
NUMBER_WIDTH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFilters:
    """What to list; None and an empty number leave a field open."""

    state: str | None = None
    centre_id: int | None = None
    insurer_id: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One batch in the list; void cases are left out of its counts and sums.

    ``payable_rial`` is the sum of the finished cases; both amounts are None for who may not see
    money, and it alone for who assesses one of the cases a second time. ``last_at``: the instant
    of the last step.
    """

    acceptance_number: str
    insurer: str
    centre: str
    state: str
    sent_at: datetime
    received_at: datetime | None
    last_at: datetime
    claim_count: int
    settled_count: int
    returned_count: int
    cost_rial: int | None
    payable_rial: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """One page of the list; ``next_key`` None: nothing follows."""

    sees_money: bool
    rows: tuple[BatchRow, ...]
    next_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchChoices:
    """What the filters offer: id → name."""

    insurers: dict[int, str]
    centres: dict[int, str]


def read_batches(
    session: Session,
    actor: Actor,
    filters: BatchFilters,
    *,
    after_key: str | None = None,
    size: int = PAGE_SIZE,
) -> BatchPage:
    """A page of the batches of the actor's insurers, the newest sending first.

    ``after_key`` is the ``next_key`` of the page before.
    """
    require(actor, "batch.read")
    statement = within_insurers(queries.batch_rows(), actor, Batch.insurer_id)
    if filters.state:
        statement = statement.where(Batch.state == filters.state)
    if filters.centre_id is not None:
        statement = statement.where(Batch.centre_id == filters.centre_id)
    if filters.insurer_id is not None:
        statement = statement.where(Batch.insurer_id == filters.insurer_id)
    number = to_ascii(filters.number).strip()
    if len(number) == NUMBER_WIDTH:
        statement = statement.where(Batch.acceptance_number == number)
    elif number:
        statement = statement.where(Batch.acceptance_number.startswith(number, autoescape=True))
    if after_key is not None:
        sent_at, _separator, batch_id = after_key.partition("~")
        statement = statement.where(queries.before(datetime.fromisoformat(sent_at), int(batch_id)))
    found = session.execute(statement.limit(size + 1)).all()
    rows = found[:size]
    keys = [(row.Batch.insurer_id, row.Batch.id) for row in rows]
    sums = queries.sums_of_batches(session, keys)
    sees_money = may(actor, "claim.money")
    blind = blind_holders(session, actor.user_id, Holder.BATCH)
    page = [(row, sees_money and key not in blind) for row, key in zip(rows, keys, strict=True)]
    return BatchPage(
        sees_money=sees_money,
        rows=tuple(
            _row(
                *(row.Batch, row.insurer, row.centre, sums.get(row.Batch.id)),
                sees_money=sees_money,
                sees_payable=sees_payable,
            )
            for row, sees_payable in page
        ),
        next_key=_key(rows[-1].Batch) if len(found) > size else None,
    )


def batch_choices(session: Session, actor: Actor) -> BatchChoices:
    """The insurers the actor works for, and all centres, by name."""
    require(actor, "batch.read")
    insurers = session.execute(select(Insurer.id, Insurer.name).order_by(Insurer.name))
    centres = session.execute(select(Centre.id, Centre.name).order_by(Centre.name))
    return BatchChoices(
        insurers={row[0]: row[1] for row in insurers if may_see_insurer(actor, row[0])},
        centres={row[0]: row[1] for row in centres},
    )


def _key(batch: Batch) -> str:
    return f"{batch.sent_at.isoformat()}~{batch.id}"


def _row(
    batch: Batch,
    insurer: str,
    centre: str,
    sums: queries.BatchSums | None,
    *,
    sees_money: bool,
    sees_payable: bool,
) -> BatchRow:
    steps = (
        batch.archived_at,
        batch.sent_to_finance_at,
        batch.review_started_at,
        batch.received_at,
    )
    return BatchRow(
        acceptance_number=batch.acceptance_number,
        insurer=insurer,
        centre=centre,
        state=batch.state,
        sent_at=batch.sent_at,
        received_at=batch.received_at,
        last_at=next((at for at in steps if at is not None), batch.sent_at),
        claim_count=sums.claims if sums else 0,
        settled_count=sums.settled if sums else 0,
        returned_count=sums.returned if sums else 0,
        cost_rial=(sums.cost_rial if sums else 0) if sees_money else None,
        payable_rial=(sums.payable_rial if sums else 0) if sees_payable else None,
    )

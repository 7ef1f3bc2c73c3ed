"""The counts of open findings that the queue shows, after a price or a table of the rules
was changed.

What a change touches is marked with it, in one statement however many cases there are; they are
counted anew behind it, some at a time, by whichever process comes first.
"""

import logging
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, delete, false, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Claim, ClaimRecount
from workbench.errors import Refused
from workbench.services.claims.facts import refresh_finding_count

PAGE = 20

_TABLE = cast(Table, ClaimRecount.__table__)
_INSERT: dict[str, Any] = {
    dialect.dialect.name: dialect.insert(_TABLE) for dialect in (sqlite, postgresql)
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Which open cases a change concerns: of these service groups, of these centres, or all."""

    groups: frozenset[str] = frozenset()
    centre_ids: frozenset[int] = frozenset()
    is_all: bool = False

    def __or__(self, other: "Touched") -> "Touched":
        return Touched(
            groups=self.groups | other.groups,
            centre_ids=self.centre_ids | other.centre_ids,
            is_all=self.is_all or other.is_all,
        )


def count_open(session: Session, touched: Touched) -> int:
    """How many open cases are touched, by what the queue knows."""
    return session.scalar(select(func.count()).where(*_touched(touched))) or 0


def mark_open(session: Session, touched: Touched) -> None:
    """Have the findings of these open cases counted anew."""
    cases = select(Claim.insurer_id, Claim.id).where(*_touched(touched))
    statement = _INSERT[session.get_bind().dialect.name]
    session.execute(
        statement.from_select(["insurer_id", "claim_id"], cases).on_conflict_do_nothing()
    )


def recount_some(database: Database) -> int:
    """Count up to 20 marked cases anew in one transaction; returns how many were marked.

    Takes no write lock where none is. A case that cannot be computed keeps its count.
    """
    with database.reading() as session:
        if session.execute(select(ClaimRecount.claim_id).limit(1)).first() is None:
            return 0
    return database.in_tx(_recount_page)


def _recount_page(session: Session) -> int:
    marked = session.scalars(
        select(ClaimRecount)
        .order_by(ClaimRecount.insurer_id, ClaimRecount.claim_id)
        .limit(PAGE)
        .with_for_update(skip_locked=True)
    ).all()
    for mark in marked:
        key = (Claim.insurer_id == mark.insurer_id) & (Claim.id == mark.claim_id)
        claim = session.scalars(
            select(Claim).where(key, Claim.is_open).with_for_update(key_share=True)
        ).first()
        if claim is not None:
            _refresh(session, claim)
        session.execute(
            delete(ClaimRecount)
            .where(
                ClaimRecount.insurer_id == mark.insurer_id,
                ClaimRecount.claim_id == mark.claim_id,
            )
            .execution_options(synchronize_session=False)
        )
    return len(marked)


def _refresh(session: Session, claim: Claim) -> None:
    try:
        refresh_finding_count(session, claim)
    except Refused as refused:
        _log.warning("the findings of case %s were not counted: %s", claim.number, refused.code)


def _touched(touched: Touched) -> tuple[Any, ...]:
    """By the groups that a claim carries for the queue, over the index of open claims."""
    if touched.is_all:
        return (Claim.is_open,)
    groups = sorted(touched.groups)
    named = [Claim.service_groups.contains(group, autoescape=True) for group in groups]
    return Claim.is_open, or_(false(), Claim.centre_id.in_(sorted(touched.centre_ids)), *named)

"""Working time between the steps of claims: of closed days as summed, of the others plainly."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Subquery, case, literal, select, union_all
from sqlalchemy.orm import Session

from workbench.db.models import ClaimStep, User, WaitSum
from workbench.db.models.step_sum import (
    DAY,
    MONTH,
    OF_ASSESSOR,
    OF_CENTRE,
    REVIEW,
    REVIEW_KIND,
    REVIEW_TOTAL,
    ROUND,
    TOTAL,
)
from workbench.db.queries.listed import Rows
from workbench.db.queries.step_sums import named, pieces, plainly, scope_of, sums_of, within_sums
from workbench.db.queries.throughput import MINUTES_A_BIN, STEPS_WITH_WAIT, Counted, limited
from workbench.rules.steps import FINISH, RETURN, TAKE

BINS = ((20, 1), (60, 2), (120, 5), (480, 10))
LONGEST_BIN = 60
"""A working time below so many minutes counts in bins of so many; eight hours and more by hours."""
_MINUTES = ClaimStep.waited_minutes
REVIEW_MINUTES = case(
    *((below > _MINUTES, _MINUTES // width * width) for below, width in BINS),
    else_=_MINUTES // LONGEST_BIN * LONGEST_BIN,
)


def waits(session: Session, counted: Counted) -> list[Any]:
    """Former step, step, whether in a later round, hours waited, and how often."""
    former, action, is_later = ClaimStep.former, ClaimStep.action, ClaimStep.round > 1
    hours = ClaimStep.waited_minutes // MINUTES_A_BIN
    plain = select(*named(former=former, action=action, is_later=is_later, hours=hours))
    plain = plain.where(former.is_not(None), hours.is_not(None))
    source = _waited(session, counted, STEPS_WITH_WAIT, plain, None)
    keys = [source.c[name] for name in ("former", "action", "is_later", "hours")]
    return list(session.execute(select(*keys, *sums_of(source, ("steps",))).group_by(*keys)))


def turnaround(session: Session, counted: Counted) -> list[Any]:
    """Working hours from the start of a round's clock to its decision that holds, and how often."""
    hours = ClaimStep.round_minutes // MINUTES_A_BIN
    plain = select(*named(hours=hours)).where(ClaimStep.is_undone.is_(False), hours.is_not(None))
    source = _waited(session, counted, (FINISH,), plain, ROUND)
    statement = select(source.c.hours, *sums_of(source, ("steps",)))
    return list(session.execute(statement.group_by(source.c.hours)))


def reviews(session: Session, counted: Counted) -> list[Any]:
    """Assessor, binned minutes from taking a case to a decision that holds, and how often."""
    source = _reviewed(session, counted)
    keys = source.c.key, source.c.hours.label("minutes")
    return list(session.execute(select(*keys, *sums_of(source, ("steps",))).group_by(*keys)))


def plain_reviews(*columns: Any) -> Rows:
    """The decisions that hold and follow a taking, of somebody, with such columns."""
    holds = ClaimStep.is_undone.is_(False)
    return select(*columns).where(holds, ClaimStep.former == TAKE, ClaimStep.actor_id.is_not(None))


def _reviewed(session: Session, counted: Counted) -> Subquery:
    """The pieces of the period; by kind only whole months are summed, of a centre nothing is."""
    found = plainly(counted) if counted.centre_id is not None else pieces(session, counted)
    days = () if counted.kind else found.days
    columns = named(key=ClaimStep.actor_id, hours=REVIEW_MINUTES, steps=literal(1))
    statements: list[Any] = [
        limited(
            plain_reviews(*columns),
            replace(counted, first_day=first, last_day=last),
            (FINISH, RETURN),
        )
        for first, last in (*found.plain, *(found.days if counted.kind else ())) or ((1, 0),)
    ]
    scope = _review_scope(counted)
    anyone = WaitSum.key.in_(select(User.id))
    for span, ranges in ((DAY, days), (MONTH, found.months)):
        for first, last in ranges:
            summed = select(WaitSum.key, WaitSum.hours, WaitSum.steps).where(
                WaitSum.span == span, WaitSum.span_at.between(first, last), anyone
            )
            statements.append(within_sums(summed, WaitSum, counted, scope, counted.assessor_id))
    return union_all(*statements).subquery()


def _review_scope(counted: Counted) -> str:
    if counted.kind is not None:
        return REVIEW_KIND
    return REVIEW_TOTAL if counted.insurer_ids is None else REVIEW


def _is_of_all(counted: Counted) -> bool:
    limits = (counted.insurer_ids, counted.centre_id, counted.assessor_id, counted.kind)
    return all(limit is None for limit in limits)


def _waited(
    session: Session, counted: Counted, actions: Sequence[str], plain: Rows, former: str | None
) -> Subquery:
    """Steps and sums of them by hours; ``former``: ``ROUND`` for those of a round."""
    scope = scope_of(counted, None)
    is_summed = scope is not None and scope[0] != OF_CENTRE
    found = pieces(session, counted) if is_summed else plainly(counted)
    days, months = found.days, found.months
    each = list(found.plain)
    if scope and scope[0] == OF_ASSESSOR:
        each, days = [*each, *days], ()
    statements: list[Any] = [
        limited(
            plain.add_columns(literal(1).label("steps")),
            replace(counted, first_day=first, last_day=last),
            actions,
        )
        for first, last in each or [(1, 0)]
    ]
    names = ("hours",) if former else ("former", "action", "is_later", "hours")
    for span, ranges in ((DAY, days), (MONTH, months)):
        for first, last in ranges:
            assert scope is not None
            columns = [getattr(WaitSum, name) for name in (*names, "steps")]
            key = 0 if scope[2] is None else scope[2]
            name = TOTAL if _is_of_all(counted) else scope[0]
            chosen = within_sums(select(*columns), WaitSum, counted, name, key)
            is_former = WaitSum.former == ROUND if former else WaitSum.former != ROUND
            statements.append(
                chosen.where(WaitSum.span == span, WaitSum.span_at.between(first, last), is_former)
            )
    return union_all(*statements).subquery()

"""Drawing decided cases for a second assessment: by chance, a share of every stratum.

A week (Saturday to Friday) is drawn once it is over; who draws it again draws nothing, unless the
share was raised or a drawn case was reopened meanwhile.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random, SystemRandom
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Insurer, Recheck
from workbench.db.queries import rechecks as queries
from workbench.persian.jalali import day_of
from workbench.rules.sampling import amount_band, draw
from workbench.services import audit
from workbench.services.access import Actor, may_see_insurer, require

WEEK_DAYS = 7
WEEKS_BACK = 4
"""A desk that stood still for a month draws for all of it; what is older is left alone."""
FROM_SATURDAY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What one run looked at and drew."""

    decided: int = 0
    drawn: int = 0

    def __add__(self, other: "Draw") -> "Draw":
        return Draw(decided=self.decided + other.decided, drawn=self.drawn + other.drawn)


def closed_weeks(now: datetime) -> tuple[tuple[date, date], ...]:
    """The weeks that are over and may be drawn, the oldest first, both days included."""
    today = day_of(now)
    began = today - timedelta(days=(today.weekday() + FROM_SATURDAY) % WEEK_DAYS)
    starts = [began - timedelta(days=WEEK_DAYS * n) for n in range(WEEKS_BACK, 0, -1)]
    return tuple((first, first + timedelta(days=WEEK_DAYS - 1)) for first in starts)


def draw_rechecks(
    database: Database, *, percent: int, now: datetime, chance: Random | None = None
) -> Draw:
    """Draw for every insurer, each in a transaction of its own; the job and the command."""
    with database.reading() as session:
        insurers = session.scalars(select(Insurer.id).order_by(Insurer.id)).all()
    total = Draw()
    for insurer_id in insurers:
        work = partial(
            _draw_insurer, insurer_id=insurer_id, percent=percent, now=now, chance=chance, by=None
        )
        if _may_be_due(database, insurer_id, now):
            total += database.in_tx(work)
    return total


def draw_now(
    session: Session, actor: Actor, *, percent: int, now: datetime, chance: Random | None = None
) -> Draw:
    """Draw for the actor's insurers at once; refused: ``not_permitted``."""
    require(actor, "recheck.draw")
    total = Draw()
    for insurer_id in session.scalars(select(Insurer.id).order_by(Insurer.id)).all():
        if may_see_insurer(actor, insurer_id):
            total += _draw_insurer(
                session,
                insurer_id=insurer_id,
                percent=percent,
                now=now,
                chance=chance,
                by=actor.user_id,
            )
    return total


def _may_be_due(database: Database, insurer_id: int, now: datetime) -> bool:
    """Whether the weeks hold a decision at all: no write lock is taken where there is none."""
    weeks = closed_weeks(now)
    days = (weeks[0][0].toordinal(), weeks[-1][1].toordinal())
    with database.reading() as session:
        return session.execute(queries.decided(insurer_id, *days).limit(1)).first() is not None


def _draw_insurer(
    session: Session,
    *,
    insurer_id: int,
    percent: int,
    now: datetime,
    chance: Random | None,
    by: int | None,
) -> Draw:
    session.execute(queries.held_insurer(insurer_id))
    total = Draw()
    for first_on, last_on in closed_weeks(now):
        days = (first_on.toordinal(), last_on.toordinal())
        rows = session.execute(queries.decided(insurer_id, *days)).all()
        strata, drawn = _strata(rows)
        chosen = draw(strata, drawn, percent=percent, chance=chance or SystemRandom())
        for row in chosen:
            session.add(_recheck(insurer_id, row, now, by))
        total += Draw(decided=len(rows), drawn=len(chosen))
    session.flush()
    if total.drawn:
        audit.record(
            session,
            action="recheck.draw",
            stream=f"recheck:{insurer_id}",
            actor_id=by,
            insurer_id=insurer_id,
            now=now,
            rows=total.drawn,
        )
    return total


Stratum = tuple[int, int]


def _strata(rows: Any) -> tuple[dict[Stratum, list[Any]], Counter[Stratum]]:
    """The cases that may be drawn by band and first assessor, and how many were drawn already."""
    strata: dict[Stratum, list[Any]] = defaultdict(list)
    drawn: Counter[Stratum] = Counter()
    for row in rows:
        key = (amount_band(row.cost_rial), row.actor_id)
        if row.recheck_id is None:
            strata[key].append(row)
        else:
            drawn[key] += 1
    return strata, drawn


def _recheck(insurer_id: int, row: Any, now: datetime, by: int | None) -> Recheck:
    return Recheck(
        insurer_id=insurer_id,
        claim_id=row.claim_id,
        round=row.round,
        decided_at=row.at,
        day=row.day,
        first_by_id=row.actor_id,
        band=amount_band(row.cost_rial),
        cost_rial=row.cost_rial,
        payable_rial=row.payable_rial,
        drawn_at=now,
        drawn_by_id=by,
    )

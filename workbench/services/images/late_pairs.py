"""What looks like an earlier image and was found so only after its case or plan was decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.queries import late_pairs as queries
from workbench.services.access import Actor, has_conflict, require
from workbench.services.claims.listed import insurers_of
from workbench.services.images.pair_answers import ANSWERS_LATE

LATE_MAX = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePair:
    """An image of a decided case or plan and how near it is to an earlier one, of 256 bits."""

    number: str
    is_plan: bool
    image: int
    state: str
    decided_at: datetime | None
    found_at: datetime
    distance: int


def read_late_pairs(session: Session, actor: Actor) -> tuple[LatePair, ...]:
    """The newest of the actor's insurers that wait for an answer, at most 25 cases and plans each.

    Without those of his own centre or treatment, which another lead answers.
    """
    require(actor, ANSWERS_LATE)
    wanted = {
        False: queries.late_pairs_of_claims(insurers_of(actor), LATE_MAX),
        True: queries.late_pairs_of_plans(insurers_of(actor), LATE_MAX),
    }
    return tuple(
        LatePair(
            number=row.number,
            is_plan=is_plan,
            image=row.image,
            state=row.state,
            decided_at=row.decided_at,
            found_at=row.found_at,
            distance=row.distance,
        )
        for is_plan, statement in wanted.items()
        for row in _others(session, actor, statement)
    )


def _others(session: Session, actor: Actor, statement: Any) -> Iterator[Any]:
    rows: Any = session.execute(statement)
    return (row for row in rows if not has_conflict(actor, row))

"""What the demo asks of the database to assess its drawn cases a second time."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import ClaimRound, Recheck
from workbench.rules.document import thaw
from workbench.rules.facts import Case


def waiting_rechecks(session: Session) -> Sequence[Recheck]:
    """Those that wait, the oldest decision first."""
    waiting = select(Recheck).where(Recheck.state == "waiting")
    return session.scalars(waiting.order_by(Recheck.decided_at, Recheck.id)).all()


def first_case(session: Session, row: Recheck) -> Case:
    """The case as it was decided first."""
    statement = select(ClaimRound.document).where(
        ClaimRound.insurer_id == row.insurer_id,
        ClaimRound.claim_id == row.claim_id,
        ClaimRound.number == row.round,
    )
    document = session.scalars(statement).one()
    assert document is not None
    return thaw(document)

"""What the tests of notices begin with: waiting rows, senders that keep what they were given."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plan_world import Panel
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Centre, Notice, TreatmentPlan
from workbench.services.notices.notices import announce
from workbench.services.notices.senders import Message, Senders, SendFailed


@dataclass
class Kept:
    """A sender that keeps what it is given; ``failures`` are raised first, one at each try."""

    name: str = "sms"
    knows_repeats: bool = False
    failures: list[Exception] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Keep the message."""
        if self.failures:
            raise self.failures.pop(0)
        self.messages.append(message)


def ways(**given: Any) -> Senders:
    """Senders; without a word the file one only."""
    return Senders(**({"file": Kept("file", knows_repeats=True)} | given))


def contact(database: Database, mobile: str = "09120000001", email: str = "") -> None:
    """Give the centre a way to be reached."""
    database.in_tx(lambda s: s.execute(update(Centre).values(mobile=mobile, email=email)))


def announced(database: Database, panel: Panel, now: datetime, *, count: int = 1) -> None:
    """So many waiting notices of one plan, as if it had come in as many rounds."""

    def work(session: Session) -> None:
        plan = session.get_one(TreatmentPlan, (panel.place.insurer_id, panel.place.plan_id))
        former = plan.round
        for number in range(count):
            plan.round = former + number
            announce(session, plan, "returned", "نقص مدرک", now=now)
        plan.round = former

    database.in_tx(work)


def notices(database: Database) -> list[Notice]:
    """All rows, the first first."""
    with database.reading() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def only(database: Database) -> Notice:
    """The one row."""
    (notice,) = notices(database)
    return notice


def failed(code: str = "unreachable", **more: Any) -> SendFailed:
    """A failure to be raised."""
    return SendFailed(code, **more)

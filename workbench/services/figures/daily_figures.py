"""The figures of one day for its summary, read by the services of the pages."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from workbench.services.access import Actor
from workbench.services.commission.inbox import Tab, count_inbox
from workbench.services.figures.deductions import Deductions, read_deductions
from workbench.services.figures.throughput import Throughput, Wanted, read_throughput
from workbench.services.referrals.lists import ExpiringFilter, LetterPage, read_expiring

KINDS = ("indirect", "direct")
LETTERS_MAX = 8
PLAN_TABS = (Tab.OPEN, Tab.AT_RISK, Tab.OVERDUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """A day: all cases and each kind, money, letters about to expire, plans by their deadline.

    ``letters`` and ``plans`` (tab → how many, and whether there may be more) are those of ``now``.
    """

    on: date
    whole: Throughput
    kinds: dict[str, Throughput]
    money: Deductions
    letters: LetterPage
    plans: dict[str, tuple[int, bool]]


def read_daily(session: Session, actor: Actor, on: date, *, now: datetime) -> Daily:
    """The figures of a day; refused: ``period_wrong`` for one to come, ``not_permitted``."""

    def flow(kind: str | None) -> Throughput:
        wanted = Wanted(first_on=on, last_on=on, kind=kind)
        return read_throughput(session, actor, wanted, now=now)

    plans = count_inbox(session, actor, now=now)
    return Daily(
        on=on,
        whole=flow(None),
        kinds={kind: flow(kind) for kind in KINDS},
        money=read_deductions(session, actor, Wanted(first_on=on, last_on=on), now=now),
        letters=read_expiring(session, actor, ExpiringFilter(), now=now, size=LETTERS_MAX),
        plans={tab.value: plans[tab] for tab in PLAN_TABS},
    )

"""What a queue is limited to, and what that asks of the database."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy.orm import Session

from workbench.db.queries import names
from workbench.db.queries import queue as queries
from workbench.errors import Refused
from workbench.persian.text import normalise
from workbench.rules.workflow import WAITING_STATES, ClaimState
from workbench.services.access import Actor, may_see_insurer
from workbench.services.claims.listed import insurers_of

NAME_LETTERS_MIN = 3
FREE = "free"
MINE = "me"
DIGITS = frozenset("0123456789")
OPEN_ORDER = (
    ClaimState.ACCEPTED,
    ClaimState.UNDER_REVIEW,
    ClaimState.PARKED,
    ClaimState.RETURNED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What a queue is limited to; None does not limit, ``state`` None means all open ones.

    ``assignee``: a user's id, ``free`` or ``me``. ``text``: three letters of a name, or a case,
    batch, tracking or national code. ``age_days``: registered more than so many days ago.
    """

    state: str | None = None
    insurer_id: int | None = None
    centre_id: int | None = None
    kind: str | None = None
    age_days: int | None = None
    amount_from_rial: int | None = None
    amount_to_rial: int | None = None
    assignee: int | str | None = None
    text: str = ""
    finding: bool | None = None
    is_overdue: bool = False
    is_second_round: bool | None = None

    def as_facts(self) -> dict[str, Any]:
        """The fields that limit, as they are saved."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """A saved filter; fields that exist no more are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in facts.items() if name in known})


def is_number(text: str) -> bool:
    """Whether a normalised search text is a number or code: no name has a digit in it."""
    return any(sign in DIGITS for sign in text)


def wanted_of(session: Session, actor: Actor, chosen: QueueFilter, now: datetime) -> queries.Wanted:
    low, high = chosen.amount_from_rial, chosen.amount_to_rial
    if low is not None and high is not None and low > high:
        raise Refused("amount_range")
    text = normalise(chosen.text)
    name_key = None if is_number(text) or not text else text
    if name_key is not None and len(name_key) < NAME_LETTERS_MIN:
        raise Refused("search_too_short", minimum=NAME_LETTERS_MIN)
    return queries.Wanted(
        states=_states(chosen),
        insurer_ids=_insurers(actor, chosen.insurer_id),
        centre_id=chosen.centre_id,
        assignee_id=_assignee(actor, chosen.assignee),
        free_at=now if chosen.assignee == FREE else None,
        kind=chosen.kind,
        registered_before=None if chosen.age_days is None else now - timedelta(chosen.age_days),
        due_before=now if chosen.is_overdue else None,
        amount_from_rial=low,
        amount_to_rial=high,
        has_finding=chosen.finding,
        is_second_round=chosen.is_second_round,
        number=text if is_number(text) else None,
        name_key=name_key,
        is_common_name=name_key is not None and _is_common(session, name_key),
    )


def _is_common(session: Session, name_key: str) -> bool:
    return (session.scalar(names.count_people_named(name_key)) or 0) > names.NAMES_MAX


def _states(chosen: QueueFilter) -> tuple[str, ...]:
    if chosen.state is not None:
        return (ClaimState(chosen.state).value,)
    if chosen.assignee == FREE or chosen.is_overdue:
        return sorted_states(WAITING_STATES)
    return tuple(state.value for state in OPEN_ORDER)


def sorted_states(states: frozenset[ClaimState]) -> tuple[str, ...]:
    return tuple(sorted(state.value for state in states))


def _insurers(actor: Actor, insurer_id: int | None) -> tuple[int, ...] | None:
    """The chosen insurer within the actor's own; one he may not see gives an empty list."""
    if insurer_id is None:
        return insurers_of(actor)
    return (insurer_id,) if may_see_insurer(actor, insurer_id) else ()


def _assignee(actor: Actor, assignee: int | str | None) -> int | None:
    if assignee == MINE:
        return actor.user_id
    return assignee if isinstance(assignee, int) else None

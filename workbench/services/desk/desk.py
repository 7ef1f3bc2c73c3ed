"""My desk: what waits, what I hold, what is parked, what came back, how old, what I did today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import Insurer
from workbench.db.queries import desk as queries
from workbench.db.queries import queue as queue_queries
from workbench.persian.jalali import TEHRAN
from workbench.rules.workflow import WAITING_STATES, ClaimState
from workbench.services.access import Actor, may, require
from workbench.services.claims.listed import (
    ListedClaim,
    capped_text,
    claims_of,
    insurers_of,
    listed_claim,
)
from workbench.services.images.late_pairs import LatePair, read_late_pairs
from workbench.services.images.pair_answers import ANSWERS_LATE

AGE_HOURS = (24, 48, 72)
LIST_MAX = 25
CAME_BACK_MAX = 10
LAST_FINISHED_MAX = 5
LAST_FINISHED_DAYS = 7
HOLDERS_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldClaim:
    """A claim of mine; ``settled_line_count`` lines were looked at or changed."""

    claim: ListedClaim
    settled_line_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A re-submitted claim I had returned: the defects I named, what changed since."""

    claim: ListedClaim
    defect_codes: tuple[str, ...]
    added_image_count: int
    changed_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in my insurers; counts stop at 5,000. ``ages``: under 24, 48, 72 hours, older."""

    total: int
    is_capped: bool
    free: int
    overdue: int
    oldest_at: datetime | None
    ages: tuple[int, int, int, int]
    overdue_holders: tuple[str, ...]
    by_insurer: tuple[tuple[str, int], ...]

    @property
    def free_text(self) -> str:
        """The number of free claims in the present language."""
        return capped_text(self.free, self.is_capped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What I did since midnight in Tehran; ``median_seconds`` from my take to my finish."""

    finished: int
    returned: int
    median_seconds: int | None
    accepted_findings: int
    overridden_findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """Everything on the desk."""

    next_free: ListedClaim | None
    waiting: Waiting
    held: tuple[HeldClaim, ...]
    parked: tuple[ListedClaim, ...]
    came_back: tuple[CameBack, ...]
    last_finished: tuple[ListedClaim, ...]
    today: Today
    late_pairs: tuple[LatePair, ...] = ()


def read_desk(session: Session, actor: Actor, *, now: datetime) -> DeskView:
    """The actor's desk; looking at the next case takes nothing. For who may take cases."""
    require(actor, "claim.take")
    mine = _mine(session, actor)
    return DeskView(
        next_free=_next_free(session, actor, now),
        waiting=_waiting(session, actor, now),
        held=_held(session, [c for c in mine if c.state == ClaimState.UNDER_REVIEW]),
        parked=tuple(c for c in mine if c.state == ClaimState.PARKED),
        came_back=_came_back(session, actor),
        last_finished=_last_finished(session, actor, now),
        today=_today(session, actor, now),
        late_pairs=read_late_pairs(session, actor) if may(actor, ANSWERS_LATE) else (),
    )


def _next_free(session: Session, actor: Actor, now: datetime) -> ListedClaim | None:
    statement = queries.next_free(
        now,
        insurer_ids=insurers_of(actor),
        centre_id=actor.centre_id,
        dentist_id=actor.dentist_id,
        may_exceed_rounds=may(actor, "claim.more_rounds"),
    )
    found = session.execute(statement).first()
    return claims_of(session, [(found[0], found[1])])[0] if found else None


def _waiting(session: Session, actor: Actor, now: datetime) -> Waiting:
    insurer_ids = insurers_of(actor)
    found = session.execute(queries.waiting_summary(now, insurer_ids, AGE_HOURS)).one()
    holders = session.scalars(queries.overdue_holders(now, insurer_ids, HOLDERS_MAX))
    return Waiting(
        total=found.total,
        is_capped=found.total > queries.SUMMARY_MAX,
        free=found.free or 0,
        overdue=found.overdue or 0,
        oldest_at=found.oldest_at,
        ages=(found.age_0 or 0, found.age_1 or 0, found.age_2 or 0, found.age_3 or 0),
        overdue_holders=tuple(holders),
        by_insurer=_by_insurer(session, insurer_ids),
    )


def _by_insurer(
    session: Session, insurer_ids: tuple[int, ...] | None
) -> tuple[tuple[str, int], ...]:
    """Waiting claims per insurer, most first, from the counters."""
    counts: dict[int, int] = {}
    for insurer_id, state, count in session.execute(queries.state_counts(insurer_ids)):
        if state in WAITING_STATES and count:
            counts[insurer_id] = counts.get(insurer_id, 0) + int(count)
    names = {i: session.get_one(Insurer, i).name for i in counts}
    return tuple(sorted(((names[i], n) for i, n in counts.items()), key=lambda x: (-x[1], x[0])))


def _mine(session: Session, actor: Actor) -> list[ListedClaim]:
    wanted = queue_queries.Wanted(
        states=(ClaimState.UNDER_REVIEW, ClaimState.PARKED),
        insurer_ids=insurers_of(actor),
        assignee_id=actor.user_id,
    )
    statement = queue_queries.queue_rows(wanted, None, descending=False, size=LIST_MAX)
    return [listed_claim(row) for row in session.execute(statement)]


def _held(session: Session, claims: Sequence[ListedClaim]) -> tuple[HeldClaim, ...]:
    keys = _keys(claims)
    if not keys:
        return ()
    rows = session.execute(queries.settled_lines(keys))
    settled = {(row.insurer_id, row.claim_id): int(row.settled) for row in rows}
    return tuple(
        HeldClaim(claim=c, settled_line_count=settled.get((c.insurer_id, c.claim_id), 0))
        for c in claims
    )


def _came_back(session: Session, actor: Actor) -> tuple[CameBack, ...]:
    statement = queries.came_back(actor.user_id, insurers_of(actor), CAME_BACK_MAX)
    claims = [listed_claim(row) for row in session.execute(statement)]
    keys = _keys(claims)
    if not keys:
        return ()
    defects = _grouped(session.execute(queries.returned_defects(keys)))
    images = {(i, c): n for i, c, n in session.execute(queries.added_images(keys))}
    lines = _grouped(session.execute(queries.changed_lines(keys)))
    return tuple(
        CameBack(
            claim=claim,
            defect_codes=tuple(defects.get(key, ())),
            added_image_count=images.get(key, 0),
            changed_lines=tuple(lines.get(key, ())),
        )
        for claim, key in zip(claims, keys, strict=True)
    )


def _last_finished(session: Session, actor: Actor, now: datetime) -> tuple[ListedClaim, ...]:
    since = now - timedelta(days=LAST_FINISHED_DAYS)
    streams = session.scalars(queries.last_finishes(actor.user_id, since, LAST_FINISHED_MAX))
    keys = list(dict.fromkeys(claim_key_of(stream) for stream in streams))
    return tuple(c for c in claims_of(session, keys) if c.finished_at is not None)


def _today(session: Session, actor: Actor, now: datetime) -> Today:
    midnight = datetime.combine(now.astimezone(TEHRAN).date(), time(), tzinfo=TEHRAN)
    deeds = session.execute(queries.deeds_since(actor.user_id, midnight)).all()
    assessed = [deed.facts.get("what") for deed in deeds if deed.action == "claim.assess"]
    return Today(
        finished=sum(deed.action == "claim.finish" for deed in deeds),
        returned=sum(deed.action == "claim.return" for deed in deeds),
        median_seconds=_median_seconds(deeds),
        accepted_findings=assessed.count("accept_finding"),
        overridden_findings=assessed.count("override_finding"),
    )


def _median_seconds(deeds: Iterable[Any]) -> int | None:
    """From taking to finishing, over what was both taken and finished today."""
    taken: dict[str, datetime] = {}
    seconds = []
    for deed in deeds:
        if deed.action == "claim.take":
            taken[deed.stream] = deed.at
        elif deed.action == "claim.finish" and deed.stream in taken:
            seconds.append((deed.at - taken.pop(deed.stream)).total_seconds())
    return round(median(seconds)) if seconds else None


def claim_key_of(stream: str) -> tuple[int, int]:
    """Insurer and claim of a claim's audit stream."""
    insurer_id, _dash, claim_id = stream.removeprefix("claim:").partition("-")
    return int(insurer_id), int(claim_id)


def _keys(claims: Iterable[ListedClaim]) -> list[tuple[int, int]]:
    return [(claim.insurer_id, claim.claim_id) for claim in claims]


def _grouped(rows: Iterable[Any]) -> dict[tuple[int, int], list[Any]]:
    """(insurer, claim, value) rows as key → values."""
    found: dict[tuple[int, int], list[Any]] = {}
    for insurer_id, claim_id, value in rows:
        found.setdefault((insurer_id, claim_id), []).append(value)
    return found

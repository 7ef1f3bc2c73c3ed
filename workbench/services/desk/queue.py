"""The queue of claims: one page of it, its counts, its export."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.queries import desk as desk_queries
from workbench.db.queries import queue as queries
from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.jalali import day_of, format_day, format_instant
from workbench.rules.workflow import OPEN_STATES, WAITING_STATES, ClaimState
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.claims.listed import (
    ListedClaim,
    hide_decisions,
    insurers_of,
    listed_claim,
)
from workbench.services.desk.queue_filter import QueueFilter, sorted_states, wanted_of
from workbench.services.errors import state_name
from workbench.services.list_files import xlsx_file
from workbench.services.list_pages import ListPage, list_page

PAGE_SIZE = 25
PAGE_SIZE_MAX = 50
EXPORT_MAX = 5_000
ENDED_STATES = frozenset(ClaimState) - OPEN_STATES - {ClaimState.READY_TO_SEND}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """Claims per state (exact, from the counters) and overdue ones (counted up to the cap)."""

    by_state: dict[str, int]
    waiting_by_insurer: dict[int, int]
    overdue: int
    is_overdue_capped: bool

    @property
    def open(self) -> int:
        """All open claims."""
        return sum(self.by_state.get(state, 0) for state in OPEN_STATES)


def read_queue(
    session: Session,
    actor: Actor,
    chosen: QueueFilter,
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> ListPage[ListedClaim]:
    """One page of the queue, most urgent first (ended states: latest first).

    ``after`` and ``before`` are keys of a former page. Refused: ``search_too_short``,
    ``amount_range``, ``page_unknown``.
    """
    require(actor, "queue.read")
    wanted = wanted_of(session, actor, chosen, now)
    size = min(size, PAGE_SIZE_MAX)
    descending = (chosen.state in ENDED_STATES) != bool(before)
    statement = queries.queue_rows(
        wanted, _boundary(after or before), descending=descending, size=size + 1
    )
    return list_page(
        hide_decisions(session, actor, map(listed_claim, session.execute(statement))),
        size,
        after=after,
        before=before,
        key=_key,
        total=lambda: _total(session, wanted),
    )


def _total(session: Session, wanted: queries.Wanted) -> tuple[int, bool]:
    """How many there are at least, and whether there may be more."""
    fitting, longest = session.execute(queries.queue_total(wanted)).one()
    total = min(int(fitting), queries.TOTAL_MAX)
    return total, fitting > queries.TOTAL_MAX or longest > queries.TOTAL_MAX


def count_queue(session: Session, actor: Actor, *, now: datetime) -> QueueCounts:
    """The counts beside the filters, limited to the actor's insurers."""
    require(actor, "queue.read")
    insurer_ids = insurers_of(actor)
    by_state: dict[str, int] = {}
    waiting: dict[int, int] = {}
    for insurer_id, state, count in session.execute(desk_queries.state_counts(insurer_ids)):
        by_state[state] = by_state.get(state, 0) + int(count)
        if state in WAITING_STATES:
            waiting[insurer_id] = waiting.get(insurer_id, 0) + int(count)
    late = queries.Wanted(
        states=sorted_states(WAITING_STATES), insurer_ids=insurer_ids, due_before=now
    )
    overdue, is_overdue_capped = _total(session, late)
    return QueueCounts(
        by_state=by_state,
        waiting_by_insurer=waiting,
        overdue=overdue,
        is_overdue_capped=is_overdue_capped,
    )


def export_queue(session: Session, actor: Actor, chosen: QueueFilter, *, now: datetime) -> bytes:
    """The filtered list as an XLSX file of up to 5,000 rows; written to the trail."""
    require(actor, "queue.read")
    wanted = wanted_of(session, actor, chosen, now)
    descending = chosen.state in ENDED_STATES
    statement = queries.queue_rows(wanted, None, descending=descending, size=EXPORT_MAX)
    found = map(listed_claim, session.execute(statement))
    rows = [_export_row(claim) for claim in hide_decisions(session, actor, found)]
    facts = {name: value for name, value in chosen.as_facts().items() if name != "text"}
    audit.record(
        session,
        action="queue.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        rows=len(rows),
        has_text=bool(chosen.text.strip()),
        **facts,
    )
    return xlsx_file(_("Queue"), _export_titles(), rows)


def _export_titles() -> list[str]:
    return [
        _("Case"),
        _("State"),
        _("Deadline"),
        _("Insured person"),
        _("National code"),
        _("Centre"),
        _("Insurer"),
        _("Lines"),
        _("Service cost (rial)"),
        _("Payable (rial)"),
        _("Open findings"),
        _("Round"),
        _("Registered"),
        _("Held by"),
    ]


def _export_row(claim: ListedClaim) -> list[str | int | None]:
    return [
        claim.number,
        state_name(claim.state),
        format_instant(claim.due_at) if claim.due_at else None,
        claim.person_name,
        claim.masked_national_code,
        claim.centre_name,
        claim.insurer_name,
        claim.line_count,
        claim.cost_rial,
        claim.payable_rial,
        claim.open_finding_count,
        claim.round,
        format_day(day_of(claim.registered_at)),
        claim.assignee_name,
    ]


def _key(claim: ListedClaim) -> str:
    due = "" if claim.due_at is None else claim.due_at.isoformat()
    return f"{due}~{claim.claim_id}"


def _boundary(key: str | None) -> queries.Boundary | None:
    if key is None:
        return None
    due, _separator, claim_id = key.rpartition("~")
    try:
        due_at = datetime.fromisoformat(due) if due else None
        return queries.Boundary(due_at=due_at, claim_id=int(claim_id))
    except ValueError:
        raise Refused("page_unknown") from None

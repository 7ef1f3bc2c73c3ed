"""Votes about a treatment plan and its decision (W12).

A member votes once a round, about every unit. The vote after which every unit is settled decides
the plan if it is in time; a tie, and a decision that comes late, wait for the chair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Contract,
    PlanRound,
    PlanUnit,
    PlanVote,
    Service,
    TreatmentPlan,
    new_id,
)
from workbench.db.queries.catalogue import services_by_code
from workbench.errors import Refused
from workbench.persian.jalali import add_months, day_of
from workbench.rules.facts import Cite
from workbench.rules.panel import Choice, Count, Standing
from workbench.rules.parameters import in_force, load_parameters
from workbench.rules.plan_text import DecidedUnit, result_text
from workbench.rules.workflow import PLAN_TRANSITIONS, PlanState, apply
from workbench.services.access import Actor
from workbench.services.commission.access import PlanPlace, plan_for, record_plan
from workbench.services.commission.count import (
    count_plan,
    is_settled,
    units_of,
    votes_of,
    waits_for_chair,
)
from workbench.services.commission.seal import decision_seal
from workbench.services.commission.seats import Replacement, close_seats, replace_member, sit_down
from workbench.services.images.cites import cites_of, plan_cites
from workbench.services.images.waiting import check_compared
from workbench.services.notices.notices import announce
from workbench.services.texts import kept_text


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitVote:
    """A word about a unit: a rejection has a reason, a modification a code and an amount.

    The reason of what is decided becomes public with its frames; what only colleagues may read is
    a note.
    """

    unit_number: int
    choice: Choice
    changed_code: str | None = None
    changed_rial: int | None = None
    reason: str = ""
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStanding:
    """Where a plan stands after a vote: undecided units by number, and whether it is decided."""

    waiting: tuple[int, ...]
    tied: tuple[int, ...]
    is_decided: bool


def cast_vote(
    session: Session,
    actor: Actor,
    place: PlanPlace,
    votes: Sequence[UnitVote],
    *,
    now: datetime,
) -> PlanStanding:
    """Vote about every unit of a plan; the one that settles the last unit in time decides.

    Who has no seat on the panel takes one. Refused: ``vote_twice``, ``panel_full``,
    ``seat_was_replaced``, ``vote_incomplete``, ``rejection_needs_reason``, ``modification_wrong``,
    ``cite_wrong``, ``images_not_compared`` (the vote that would decide), ``wrong_state`` and those
    of ``plan_for``.
    """
    plan = plan_for(session, actor, "plan.vote", place)
    apply(PLAN_TRANSITIONS, plan.state, "vote")
    seat = sit_down(session, actor, plan, now)
    if seat.has_voted:
        raise Refused("vote_twice", number=plan.number)
    units = units_of(session, plan)
    if sorted(vote.unit_number for vote in votes) != [unit.number for unit in units]:
        raise Refused("vote_incomplete", number=plan.number)
    _keep_votes(session, actor, plan, units, votes, now, is_casting=False)
    seat.has_voted = True
    plan.votes += 1
    plan.version += 1
    session.flush()
    record_plan(session, plan, "vote", actor, now)  # that a vote was cast, never what it said
    counts = count_plan(session, plan, units)
    if is_settled(counts) and now <= plan.due_at:
        _decide(session, actor, plan, units, counts, "", now)
    plan.needs_chair = plan.state == PlanState.SUBMITTED and waits_for_chair(counts)
    return _standing(plan, counts)


def replace_on_panel(
    session: Session, actor: Actor, place: PlanPlace, change: Replacement, *, now: datetime
) -> TreatmentPlan:
    """``replace_member``, and see anew whether the plan waits for the chair."""
    plan = replace_member(session, actor, place, change, now=now)
    plan.needs_chair = waits_for_chair(count_plan(session, plan, units_of(session, plan)))
    return plan


def decide_plan(
    session: Session,
    actor: Actor,
    place: PlanPlace,
    *,
    casting: Sequence[UnitVote] = (),
    late_reason: str = "",
    now: datetime,
) -> TreatmentPlan:
    """The chair ends ties by his casting votes, and decides what has become late, with a reason.

    Refused: ``quorum_missing``, ``casting_needed`` (the tied units), ``casting_not_needed``,
    ``late_reason_needed`` and those of ``cast_vote``.
    """
    plan = plan_for(session, actor, "plan.decide", place)
    apply(PLAN_TRANSITIONS, plan.state, "decide")
    units = units_of(session, plan)
    before = count_plan(session, plan, units)
    if any(count.standing is Standing.WAITING for count in before.values()):
        raise Refused("quorum_missing", number=plan.number, quorum=plan.panel_quorum)
    tied = {number for number, count in before.items() if count.standing is Standing.TIED}
    named = {vote.unit_number for vote in casting}
    if tied - named:
        raise Refused("casting_needed", number=plan.number, lines=tuple(sorted(tied - named)))
    if named - tied or len(named) < len(casting):
        raise Refused("casting_not_needed", number=plan.number)
    if now > plan.due_at and not late_reason.strip():
        raise Refused("late_reason_needed", number=plan.number, due_at=plan.due_at)
    _keep_votes(session, actor, plan, units, casting, now, is_casting=True)
    counts = count_plan(session, plan, units)
    _decide(session, actor, plan, units, counts, kept_text(late_reason), now)
    return plan


def _keep_votes(
    session: Session,
    actor: Actor,
    plan: TreatmentPlan,
    units: Sequence[PlanUnit],
    votes: Sequence[UnitVote],
    now: datetime,
    *,
    is_casting: bool,
) -> None:
    by_number = {unit.number: unit for unit in units}
    services = _services(session, plan, votes)
    for vote in votes:
        _check_vote(vote, by_number[vote.unit_number], services)
    rows = [
        {
            "insurer_id": plan.insurer_id,
            "id": new_id(),
            "plan_id": plan.id,
            "round": plan.round,
            "member_id": actor.user_id,
            "unit_number": vote.unit_number,
            "choice": str(vote.choice),
            "changed_code": vote.changed_code,
            "changed_rial": vote.changed_rial,
            "reason": kept_text(vote.reason),
            "cites": plan_cites(session, plan, vote.cites),
            "is_casting": is_casting,
            "at": now,
        }
        for vote in votes
    ]
    if rows:
        session.execute(insert(PlanVote), rows)


def _services(
    session: Session, plan: TreatmentPlan, votes: Sequence[UnitVote]
) -> Mapping[str, Service]:
    contract = session.get_one(Contract, (plan.insurer_id, plan.contract_id))
    codes = {vote.changed_code for vote in votes if vote.changed_code is not None}
    return services_by_code(session, contract.tariff_set_id, codes)


def _check_vote(vote: UnitVote, unit: PlanUnit, services: Mapping[str, Service]) -> None:
    """A rejection says why; a modification stays within the unit's place, group and amount."""
    if vote.choice is Choice.REJECT and not vote.reason.strip():
        raise Refused("rejection_needs_reason", line=unit.number)
    is_changed = (vote.changed_code, vote.changed_rial) != (None, None)
    if vote.choice is not Choice.MODIFY:
        if is_changed:
            raise Refused("modification_wrong", line=unit.number)
        return
    service = services.get(vote.changed_code or "")
    if (
        service is None
        or service.group != unit.service_group
        or vote.changed_rial is None
        or not 0 < vote.changed_rial <= unit.amount_rial
    ):
        raise Refused("modification_wrong", line=unit.number)


def _decide(
    session: Session,
    actor: Actor,
    plan: TreatmentPlan,
    units: Sequence[PlanUnit],
    counts: Mapping[int, Count],
    late_reason: str,
    now: datetime,
) -> None:
    """One event: outcome of each unit, public result, validity, end of the round.

    Refused: ``images_not_compared``.
    """
    not_compared = check_compared(session, plan, now=now)
    reasons = _reasons(session, plan)
    for unit in units:
        winner = counts[unit.number].winner
        assert winner is not None, "every unit is decided"
        unit.choice = str(winner.choice)
        said = reasons.get((unit.number, winner.member_id))
        unit.reason, unit.cites = (said.reason, said.cites) if said else ("", [])
        if winner.changed_to is not None:
            unit.approved_code, _place, unit.approved_rial = winner.changed_to
    choices = {unit.choice for unit in units}
    on = day_of(now)
    plan.state = PlanState(apply(PLAN_TRANSITIONS, plan.state, "decide"))
    plan.result = _result(choices)
    plan.decided_at, plan.is_late = now, now > plan.due_at
    plan.late_reason = late_reason or None
    if plan.result != "rejected":
        months = in_force(load_parameters().approval_months, on).value
        plan.valid_until_on = add_months(on, months)
    plan.public_text = result_text(_decided(session, plan, units), plan.valid_until_on)
    plan.version += 1
    plan.needs_chair = False
    close_seats(session, plan)
    opened = session.scalars(
        select(PlanRound).where(
            PlanRound.insurer_id == plan.insurer_id,
            PlanRound.plan_id == plan.id,
            PlanRound.number == plan.round,
        )
    ).one()
    opened.closed_at, opened.closed_by_id, opened.result = now, actor.user_id, "decided"
    session.flush()
    facts = {"result": plan.result, "is_late": plan.is_late, **not_compared}
    record_plan(session, plan, "decide", actor, now, **facts, seal=decision_seal(session, plan))
    announce(session, plan, "decided", now=now)


def _result(choices: set[str | None]) -> str:
    if choices == {Choice.REJECT}:
        return "rejected"
    return "approved" if choices == {Choice.APPROVE} else "partly_approved"


def winning_votes(
    session: Session, plan: TreatmentPlan, counts: Mapping[int, Count]
) -> dict[int, UnitVote]:
    """What would be decided about the units that are no tie, by their numbers."""
    reasons = _reasons(session, plan)
    return {
        number: UnitVote(
            unit_number=number,
            choice=winner.choice,
            changed_code=winner.changed_to[0] if winner.changed_to else None,
            changed_rial=winner.changed_to[2] if winner.changed_to else None,
            reason=said.reason if said else "",
            cites=cites_of(said.cites) if said else (),
        )
        for number, count in counts.items()
        if (winner := count.winner) is not None
        for said in [reasons.get((number, winner.member_id))]
    }


def _reasons(session: Session, plan: TreatmentPlan) -> dict[tuple[int, int], PlanVote]:
    """The votes that give reasons and frames, by unit and member; a casting one wins."""
    rows = [*votes_of(session, plan), *votes_of(session, plan, is_casting=True)]
    return {(row.unit_number, row.member_id): row for row in rows}


def _decided(session: Session, plan: TreatmentPlan, units: Sequence[PlanUnit]) -> list[DecidedUnit]:
    contract = session.get_one(Contract, (plan.insurer_id, plan.contract_id))
    codes = {unit.approved_code for unit in units if unit.approved_code}
    titles = {
        code: service.title
        for code, service in services_by_code(session, contract.tariff_set_id, codes).items()
    }
    return [
        DecidedUnit(
            group=unit.service_group,
            choice=Choice(unit.choice or ""),
            tooth=unit.tooth,
            jaw=unit.jaw,
            title=titles.get(unit.approved_code or "", "") if _is_other(unit) else "",
            amount_rial=unit.approved_rial or 0,
            reason=unit.reason or "",
        )
        for unit in units
    ]


def _is_other(unit: PlanUnit) -> bool:
    """Whether another service than planned was approved."""
    return unit.approved_code is not None and unit.approved_code != unit.code


def _standing(plan: TreatmentPlan, counts: Mapping[int, Count]) -> PlanStanding:
    return PlanStanding(
        waiting=tuple(n for n, count in counts.items() if count.standing is Standing.WAITING),
        tied=tuple(n for n, count in counts.items() if count.standing is Standing.TIED),
        is_decided=plan.state == PlanState.DECIDED,
    )

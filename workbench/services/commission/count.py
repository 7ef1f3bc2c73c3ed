"""Counting the votes about a plan: its panel, its units, the votes that count, where they stand."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workbench.db.models import PlanSeat, PlanUnit, PlanVote, TreatmentPlan
from workbench.rules.panel import (
    Ballot,
    Choice,
    Count,
    Majority,
    PanelRule,
    Standing,
    count_votes,
    panel_rule,
)
from workbench.services.commission.panel_settings import rules_in_force


def freeze_panel(session: Session, plan: TreatmentPlan) -> None:
    """Write down the rule by which the plan's present round is voted: the settings of now."""
    rule = panel_of(session, units_of(session, plan))
    plan.panel_seats, plan.panel_quorum = rule.seats, rule.quorum
    plan.panel_majority = str(rule.majority)
    plan.votes, plan.needs_chair = 0, False


def panel_of(session: Session, units: Sequence[PlanUnit]) -> PanelRule:
    """The panel of a plan: the largest that one of its units asks for."""
    rules = rules_in_force(session)
    wanted = [panel_rule(rules, unit.service_group, unit.amount_rial) for unit in units]
    return max(wanted, key=lambda rule: (rule.seats, rule.quorum, rule.majority is Majority.ALL))


def units_of(session: Session, plan: TreatmentPlan) -> Sequence[PlanUnit]:
    """The planned units by number."""
    return session.scalars(
        select(PlanUnit)
        .where(PlanUnit.insurer_id == plan.insurer_id, PlanUnit.plan_id == plan.id)
        .order_by(PlanUnit.number)
    ).all()


def votes_of(
    session: Session, plan: TreatmentPlan, *, is_casting: bool = False
) -> Sequence[PlanVote]:
    """The votes of the present round in the order in which they came, replaced members left out."""
    replaced = exists().where(
        PlanSeat.insurer_id == PlanVote.insurer_id,
        PlanSeat.plan_id == PlanVote.plan_id,
        PlanSeat.round == PlanVote.round,
        PlanSeat.member_id == PlanVote.member_id,
        PlanSeat.ended_at.is_not(None),
    )
    counted = PlanVote.is_casting.is_(True) if is_casting else ~replaced
    return session.scalars(
        select(PlanVote)
        .where(
            PlanVote.insurer_id == plan.insurer_id,
            PlanVote.plan_id == plan.id,
            PlanVote.round == plan.round,
            PlanVote.is_casting.is_(is_casting),
            counted,
        )
        .order_by(PlanVote.at, PlanVote.id)
    ).all()


def is_settled(counts: Mapping[int, Count]) -> bool:
    """Whether every unit is decided."""
    return all(count.standing is Standing.DECIDED for count in counts.values())


def waits_for_chair(counts: Mapping[int, Count]) -> bool:
    """The quorum is there, yet the members' votes alone have not ended it: a tie, or too late."""
    return all(count.standing is not Standing.WAITING for count in counts.values())


def count_plan(
    session: Session, plan: TreatmentPlan, units: Sequence[PlanUnit]
) -> dict[int, Count]:
    """Where the votes about each unit stand, by its number."""
    panel = PanelRule(
        seats=plan.panel_seats, quorum=plan.panel_quorum, majority=Majority(plan.panel_majority)
    )
    votes, casting = votes_of(session, plan), votes_of(session, plan, is_casting=True)
    last_word = {row.unit_number: _ballot(row) for row in casting}
    return {
        unit.number: count_votes(
            panel,
            [_ballot(row) for row in votes if row.unit_number == unit.number],
            casting=last_word.get(unit.number),
        )
        for unit in units
    }


def _ballot(row: PlanVote) -> Ballot:
    is_changed = row.choice == Choice.MODIFY
    changed = (row.changed_code or "", "", row.changed_rial or 0) if is_changed else None
    return Ballot(member_id=row.member_id, choice=Choice(row.choice), changed_to=changed)

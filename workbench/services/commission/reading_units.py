"""The planned units of a plan for its page: titles, outcomes, codes a modification can name."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import PlanUnit, TreatmentPlan
from workbench.db.queries import case as case_queries
from workbench.db.queries import plan_page as queries
from workbench.db.queries.tariffs import tariffs_in_force
from workbench.persian.jalali import day_of
from workbench.rules.panel import Standing
from workbench.services.claims.view import CodeChoice
from workbench.services.commission.count import count_plan
from workbench.services.commission.pack import planned_unit
from workbench.services.commission.view import PlannedUnit
from workbench.services.commission.votes import winning_votes
from workbench.services.images.cites import cites_of


def read_units(
    session: Session, plan: TreatmentPlan, head: Any, *, may_see_votes: bool
) -> tuple[PlannedUnit, ...]:
    """The units of a plan; ``head`` is the row of the page's header."""
    rows = session.execute(queries.units(plan, head.Contract.tariff_set_id)).all()
    choices = _codes(session, plan, head, {row.PlanUnit.service_group for row in rows})
    titles = {each.code: each.title for codes in choices.values() for each in codes}
    counts = count_plan(session, plan, [row.PlanUnit for row in rows])
    said = winning_votes(session, plan, counts) if may_see_votes and plan.needs_chair else {}
    return tuple(
        replace(
            _unit(row.PlanUnit, row.title, titles, choices, counts[row.PlanUnit.number].standing),
            winning=said.get(row.PlanUnit.number),
        )
        for row in rows
    )


def _unit(
    row: PlanUnit,
    title: str,
    titles: dict[str, str],
    choices: dict[str, tuple[CodeChoice, ...]],
    standing: Standing,
) -> PlannedUnit:
    return PlannedUnit(
        number=row.number,
        code=row.code,
        title=title,
        place=planned_unit(row),
        amount_rial=row.amount_rial,
        choice=row.choice,
        approved_title=titles.get(row.approved_code or "", ""),
        approved_rial=row.amount_rial if row.choice == "approve" else row.approved_rial,
        reason=row.reason or "",
        standing=standing,
        codes=choices.get(row.service_group, ()),
        cites=cites_of(row.cites),
    )


def _codes(
    session: Session, plan: TreatmentPlan, head: Any, groups: set[str]
) -> dict[str, tuple[CodeChoice, ...]]:
    """The codes of each group that a modification can name, with their prices today."""
    on: date = day_of(plan.submitted_at)
    tariff_set_id = head.Contract.tariff_set_id
    rows = [
        row
        for row in session.execute(case_queries.active_services(tariff_set_id))
        if row.group in groups
    ]
    prices = tariffs_in_force(
        session,
        tariff_set_id,
        {(row.code, on) for row in rows},
        centre_id=plan.centre_id,
        is_contracted=head.is_contracted,
    )
    found: dict[str, tuple[CodeChoice, ...]] = {}
    for row in rows:
        price = prices[row.code, on].unit_rial if (row.code, on) in prices else None
        choice = CodeChoice(code=row.code, title=row.title, price_rial=price)
        found[row.group] = (*found.get(row.group, ()), choice)
    return found

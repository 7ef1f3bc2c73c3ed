"""What the rules are told about the commission, read only for cases that may need its approval."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    String,
    Table,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.engine import Connection, Row

from workbench.db.models import Claim, ClaimLine, Contract, PlanUnit, Service, TreatmentPlan
from workbench.persian.jalali import day_of
from workbench.rules.commission import BilledUnit, Commission, Plan, PlannedUnit
from workbench.rules.facts import Line
from workbench.rules.panel import Choice
from workbench.rules.parameters import load_parameters
from workbench.rules.workflow import ClaimState

_CLAIM = cast(Table, Claim.__table__)
_CLAIM_LINE = cast(Table, ClaimLine.__table__)
_CONTRACT = cast(Table, Contract.__table__)
_PLAN = cast(Table, TreatmentPlan.__table__)
_CLAIM_OF_PERSON = _CLAIM.alias()
_PLAN_OF_PERSON = _PLAN.alias()
_PLAN_UNIT = cast(Table, PlanUnit.__table__)
_SERVICE = cast(Table, Service.__table__)

_INSURER: BindParameter[int] = bindparam("insurer_id", type_=BigInteger())
_PERSON: BindParameter[int] = bindparam("person_id", type_=BigInteger())
_GROUPS: BindParameter[str] = bindparam("groups", type_=String(), expanding=True)

PLANS = (
    select(
        _PLAN.c.id,
        _PLAN.c.number,
        _PLAN.c.result,
        _PLAN.c.decided_at,
        _PLAN.c.valid_until_on,
        _PLAN.c.referral_id,
        _PLAN.c.centre_id,
        _PLAN_UNIT.c.number.label("unit_number"),
        _PLAN_UNIT.c.code,
        _PLAN_UNIT.c.service_group,
        _PLAN_UNIT.c.quantity,
        _PLAN_UNIT.c.tooth,
        _PLAN_UNIT.c.jaw,
        _PLAN_UNIT.c.choice,
        _PLAN_UNIT.c.amount_rial,
        _PLAN_UNIT.c.approved_code,
        _PLAN_UNIT.c.approved_rial,
    )
    .join(
        _PLAN_UNIT,
        (_PLAN_UNIT.c.insurer_id == _PLAN.c.insurer_id) & (_PLAN_UNIT.c.plan_id == _PLAN.c.id),
    )
    .where(
        _PLAN_UNIT.c.insurer_id == _INSURER,
        _PLAN_UNIT.c.plan_id.in_(
            select(_PLAN_OF_PERSON.c.id).where(_PLAN_OF_PERSON.c.person_id == _PERSON)
        ),
        _PLAN.c.person_id == _PERSON,
    )
    .order_by(_PLAN.c.id, _PLAN_UNIT.c.number)
)
"""The plans of a person at an insurer with their units.

Whose they are is asked in a list of its own: joined plainly, SQLite reads all units of the insurer.
"""

BILLED = (
    select(
        _CLAIM.c.id,
        _CLAIM.c.number,
        _CLAIM.c.referral_id,
        _CLAIM.c.registered_at,
        _CLAIM_LINE.c.number.label("line_number"),
        _CLAIM_LINE.c.service_on,
        _SERVICE.c.code,
        _SERVICE.c.service_group,
        _CLAIM_LINE.c.quantity,
        _CLAIM_LINE.c.assessed_quantity,
        _CLAIM_LINE.c.tooth,
        _CLAIM_LINE.c.jaw,
        _CLAIM_LINE.c.is_rejected,
    )
    .join(
        _CLAIM_LINE,
        (_CLAIM_LINE.c.insurer_id == _CLAIM.c.insurer_id)
        & (_CLAIM_LINE.c.claim_id == _CLAIM.c.id)
        & (_CLAIM_LINE.c.round == _CLAIM.c.round),
    )
    .join(
        _CONTRACT,
        (_CONTRACT.c.insurer_id == _CLAIM.c.insurer_id) & (_CONTRACT.c.id == _CLAIM.c.contract_id),
    )
    .join(
        _SERVICE,
        (_SERVICE.c.tariff_set_id == _CONTRACT.c.tariff_set_id)
        & (_SERVICE.c.code == func.coalesce(_CLAIM_LINE.c.assessed_code, _CLAIM_LINE.c.code)),
    )
    .where(
        _CLAIM_LINE.c.insurer_id == _INSURER,
        _CLAIM_LINE.c.claim_id.in_(
            select(_CLAIM_OF_PERSON.c.id).where(_CLAIM_OF_PERSON.c.person_id == _PERSON)
        ),
        _CLAIM.c.person_id == _PERSON,
        _CLAIM.c.id != bindparam("claim_id", type_=BigInteger()),
        _CLAIM.c.state != str(ClaimState.VOID),
        _SERVICE.c.service_group.in_(_GROUPS),
        or_(
            _CLAIM.c.referral_id.is_(None),
            _CLAIM.c.referral_id.in_(bindparam("letters", type_=BigInteger(), expanding=True)),
            bindparam("is_direct", type_=Boolean()),
        ),
    )
    .order_by(_CLAIM.c.registered_at, _CLAIM.c.id, _CLAIM_LINE.c.number)
)
"""The lines of these groups, as assessed, in the other cases of a person that are not void."""


def load_commission(
    connection: Connection, claim: Claim, replaced_id: int | None, lines: Iterable[Line]
) -> Commission | None:
    """Plans and billed units around a claim; None, in no statement, if no line may need them.

    ``replaced_id``: the expired letter that the claim's one replaces.
    """
    groups = {group for need in load_parameters().approval_needs for group in need.groups}
    services = {
        service.group
        for line in lines
        for service in (line.service, line.assessed_service)
        if service is not None
    }
    if not groups & services:
        return None
    letters = [id_ for id_ in (claim.referral_id, replaced_id) if id_ is not None]
    whose = {"insurer_id": claim.insurer_id, "person_id": claim.person_id}
    plans: Any = connection.execute(PLANS, whose)
    billed: Any = connection.execute(
        BILLED,
        whose
        | {
            "claim_id": claim.id,
            "groups": sorted(groups),
            "letters": letters,
            "is_direct": claim.referral_id is None,
        },
    )
    return Commission(
        plans=_plans([row for row in plans if _belongs(row, letters)], claim),
        billed=tuple(_billed(row, claim, letters) for row in billed),
    )


def _belongs(row: Row[Any], letters: Sequence[int]) -> bool:
    """Whether the plan is of these letters; a direct claim has none and may use them all."""
    return not letters or row.referral_id in letters


def _plans(rows: Sequence[Row[Any]], claim: Claim) -> tuple[Plan, ...]:
    return tuple(_plan(list(units), claim) for _id, units in groupby(rows, key=lambda row: row.id))


def _plan(units: Sequence[Row[Any]], claim: Claim) -> Plan:
    row = units[0]
    return Plan(
        number=row.number,
        result=row.result,
        decided_on=day_of(row.decided_at) if row.decided_at else None,
        valid_until_on=row.valid_until_on,
        is_of_centre=claim.referral_id is None or row.centre_id == claim.centre_id,
        units=tuple(_planned(unit) for unit in units),
    )


def _planned(row: Row[Any]) -> PlannedUnit:
    """A unit; as asked where it is approved, as changed where it is modified."""
    choice = Choice(row.choice) if row.choice else None
    approved: dict[str, Any] = {}
    if choice is Choice.APPROVE:
        approved = {"approved_code": row.code, "approved_rial": row.amount_rial}
    elif choice is Choice.MODIFY:
        approved = {"approved_code": row.approved_code, "approved_rial": row.approved_rial}
    return PlannedUnit(
        number=row.unit_number,
        code=row.code,
        group=row.service_group,
        quantity=row.quantity,
        tooth=row.tooth,
        jaw=row.jaw,
        choice=choice,
        **approved,
    )


def _billed(row: Row[Any], claim: Claim, letters: Sequence[int]) -> BilledUnit:
    quantity = row.quantity if row.assessed_quantity is None else row.assessed_quantity
    return BilledUnit(
        claim=row.number,
        line=row.line_number,
        service_on=row.service_on,
        code=row.code,
        group=row.service_group,
        quantity=quantity,
        tooth=row.tooth,
        jaw=row.jaw,
        is_of_letter=row.referral_id in letters,
        is_earlier=(row.registered_at, row.id) < (claim.registered_at, claim.id),
        is_rejected=row.is_rejected,
    )

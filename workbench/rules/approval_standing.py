"""How the commission's approvals stand to each line of a claim (``README.md``, B12; W13).

An approval is good at its centre, for its code and place, for services from the day of its decision
to its last day. What others billed before is taken from it, so that a unit is paid once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from workbench.rules.approval import Unit, approval_need, count_units
from workbench.rules.commission import BilledUnit, Commission, Plan, PlannedUnit
from workbench.rules.facts import Case, Line, Service
from workbench.rules.lines import is_recoded, rest_rial
from workbench.rules.panel import Choice
from workbench.rules.parameters import ApprovalNeed, Parameters

Place = tuple[Plan, PlannedUnit]


class Reach(StrEnum):
    """How far the approvals reach: up to the line, or why not."""

    COVERED = "covered"
    USED_UP = "used_up"
    EXPIRED = "expired"
    LATE = "late"
    OTHER_CENTRE = "other_centre"
    REJECTED = "rejected"
    WAITING = "waiting"
    ELSEWHERE = "elsewhere"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One line that needs an approval: why, how many units ask for it, and what there is.

    ``former`` is who billed the unit before, ``free`` how many units that left and ``billed`` how
    many the line has; ``approved_places`` are code and place of what the plan approves.
    """

    reach: Reach
    need: ApprovalNeed
    counted: int
    service: Service
    billed: int
    plan: Plan | None = None
    unit: PlannedUnit | None = None
    former: BilledUnit | None = None
    free: int = 0
    approved_places: tuple[str, ...] = ()

    @property
    def covered(self) -> int:
        """How many units of the line are approved and not billed before."""
        return min(self.billed, self.free)


def standings(case: Case, parameters: Parameters) -> Iterator[tuple[Line, Standing]]:
    """Each line that needs an approval with how the approvals stand to it.

    Nothing is said about a case of which nobody asked the commission (a round that was frozen
    before approvals were part of it), nor about what the contract does not cover anyhow.
    """
    if case.commission is None or not case.cover.is_covered:
        return
    counted = _counted(case, case.commission)
    for line in case.lines:
        service = service_to_pay(line)
        quantity = _quantity(line)
        if service is None or quantity == 0 or service.group in case.cover.excluded_groups:
            continue
        need = approval_need(_unit(line, service), counted, parameters, line.service_on)
        if need is None:
            continue
        standing = Standing(
            reach=Reach.NONE,
            need=need,
            counted=count_units(counted, need.groups),
            service=service,
            billed=quantity,
        )
        yield line, _judged(case, case.commission, line, service, standing)


def service_to_pay(line: Line) -> Service | None:
    """What would be paid: the service of the code as assessed, else as requested."""
    return line.assessed_service if is_recoded(line) else line.service


def priced_rial(line: Line) -> int:
    """What the line costs after tariff, re-code and cut: typed deductions are left out."""
    return max(0, rest_rial(replace(line, is_rejected=False, deductions=())))


def _judged(
    case: Case, commission: Commission, line: Line, service: Service, standing: Standing
) -> Standing:
    """How far the approvals reach; the newest plan that says something speaks."""
    found = _find(commission, line, service, standing.need)
    if found is None:
        return standing
    reach, plan, unit = found
    places = tuple(_place(each) for each in plan.units if each.approved_code is not None)
    told = replace(standing, reach=reach, plan=plan, approved_places=places)
    if reach is not Reach.COVERED or unit is None:
        return told
    before = [former for former in _former(case, commission, line) if _takes(former, plan, unit)]
    free = max(0, unit.quantity - sum(former.quantity for former in before))
    return replace(
        told,
        reach=Reach.COVERED if free else Reach.USED_UP,
        unit=unit,
        free=free,
        former=before[0] if before else None,
    )


def _find(
    commission: Commission, line: Line, service: Service, need: ApprovalNeed
) -> tuple[Reach, Plan, PlannedUnit | None] | None:
    """The most telling plan: one that covers the line first, else one that says why not."""
    here = [
        (plan, unit)
        for plan in commission.plans
        for unit in plan.units
        if _is_there(unit.tooth, unit.jaw, line)
    ]
    good = [place for place in here if place[1].approved_code == service.code]
    asked = [place for place in here if place[1].code == service.code]
    decided = [place for place in good if place[0].decided_on is not None]
    on = line.service_on
    candidates: tuple[tuple[Reach, list[Place]], ...] = (
        (Reach.COVERED, [p for p in good if p[0].is_of_centre and p[0].is_valid_on(on)]),
        (Reach.EXPIRED, [p for p in decided if p[0].is_of_centre and _is_over(p[0], line)]),
        (Reach.LATE, [p for p in decided if p[0].is_of_centre and not _is_over(p[0], line)]),
        (Reach.OTHER_CENTRE, decided),
        (Reach.REJECTED, [p for p in asked if p[1].choice is Choice.REJECT]),
        (Reach.WAITING, [p for p in asked if p[0].decided_on is None]),
        (Reach.ELSEWHERE, _others(commission, line, need)),
    )
    for reach, places in candidates:
        if places:
            return reach, *max(places, key=_age)
    return None


def _age(place: Place) -> tuple[str, str]:
    plan, _unit = place
    return str(plan.decided_on or ""), plan.number


def _is_over(plan: Plan, line: Line) -> bool:
    return plan.valid_until_on is not None and plan.valid_until_on < line.service_on


def _others(commission: Commission, line: Line, need: ApprovalNeed) -> list[Place]:
    """What is approved of the same kind, of another place or code."""
    return [
        (plan, unit)
        for plan in commission.plans
        for unit in plan.units
        if unit.approved_code is not None
        and unit.group in need.groups
        and plan.is_of_centre
        and plan.is_valid_on(line.service_on)
    ]


def _former(case: Case, commission: Commission, line: Line) -> Iterator[BilledUnit]:
    """What was billed before this line: earlier cases first, then the claim's own lines."""
    yield from (unit for unit in commission.billed if unit.is_earlier and not unit.is_rejected)
    for own in case.lines:
        service = service_to_pay(own)
        if own.number < line.number and service is not None and not own.is_rejected:
            yield BilledUnit(
                claim="",
                line=own.number,
                service_on=own.service_on,
                code=service.code,
                group=service.group,
                quantity=_quantity(own),
                tooth=own.tooth,
                jaw=own.jaw,
            )


def _takes(former: BilledUnit, plan: Plan, unit: PlannedUnit) -> bool:
    """Whether what was billed before was paid under this very approval."""
    return (
        former.code == unit.approved_code
        and (former.tooth, former.jaw if former.tooth is None else None)
        == (unit.tooth, unit.jaw if unit.tooth is None else None)
        and plan.is_valid_on(former.service_on)
    )


def _is_there(tooth: int | None, jaw: str | None, line: Line) -> bool:
    """Whether the line names the planned tooth; where no tooth is planned, the planned jaw."""
    return tooth == line.tooth and (tooth is not None or jaw == line.jaw)


def _place(unit: PlannedUnit) -> str:
    """Code and place of an approved unit: ``610@36``, ``710@upper``, ``910@``."""
    return f"{unit.approved_code}@{unit.tooth or unit.jaw or ''}"


def billed_place(line: Line, service: Service) -> str:
    """Code and place of a line in the same form; the code alone where its place is not named."""
    place = line.tooth or line.jaw
    return (
        service.code
        if place is None and service.scope != "mouth"
        else f"{service.code}@{place or ''}"
    )


def _quantity(line: Line) -> int:
    return line.quantity if line.assessed_quantity is None else line.assessed_quantity


def _unit(line: Line, service: Service) -> Unit:
    return Unit(group=service.group, tooth=line.tooth, jaw=line.jaw, quantity=_quantity(line))


def _counted(case: Case, commission: Commission) -> list[Unit]:
    """The units that are counted together: of all plans and cases of the letter.

    A direct claim has no letter that ties others to it: its own lines are counted.
    """
    services = ((line, service_to_pay(line)) for line in case.lines)
    own = [_unit(line, service) for line, service in services if service is not None]
    if case.referral is None:
        return own
    theirs: list[PlannedUnit | BilledUnit] = [u for plan in commission.plans for u in plan.units]
    theirs += [unit for unit in commission.billed if unit.is_of_letter]
    return own + [
        Unit(group=unit.group, tooth=unit.tooth, jaw=unit.jaw, quantity=unit.quantity)
        for unit in theirs
    ]

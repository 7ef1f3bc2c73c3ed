"""The commission's decisions that cases of the demo stand on: plans, votes, in time or too late.

A plan is submitted and voted under the letter of its case, before the case is registered, through
the same services as everywhere.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from workbench.demo.cast import Cast
from workbench.demo.plans import CasePlan
from workbench.demo.shapes import Approval
from workbench.persian.jalali import TEHRAN
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.money import ONE_BASIS
from workbench.rules.panel import Choice
from workbench.rules.workflow import Role
from workbench.rules.working_time import WorkCalendar
from workbench.services.access import Actor
from workbench.services.claims.content import ImageRequest, LineRequest
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.content import UnitRequest
from workbench.services.commission.submission import PlanInput, submit_plan
from workbench.services.commission.votes import UnitVote, cast_vote

VOTES = 2
"""The quorum of the default panel: equal votes of so many members decide."""

SUBMITTED_AT, FIRST_VOTE_AT = time(11, 20), time(9, 40)
BETWEEN_VOTES = timedelta(minutes=35)
SEARCH_DAYS = 9
PACK = frozenset(
    {
        EvidenceKind.IDENTITY,
        EvidenceKind.PLAN_FORM,
        EvidenceKind.PHOTOGRAPH,
        EvidenceKind.PANORAMIC,
        EvidenceKind.CEPHALOMETRIC,
    }
)
NOT_NEEDED = "دندان‌های پایه تحمل این واحد را ندارند"
CHEAPER = "مبلغ بیش از عرف این درمان است"


def decide_plan_of(
    session: Session,
    cast: Cast,
    calendar: WorkCalendar,
    insurer_code: str,
    case: CasePlan,
    approval: Approval,
    images: tuple[ImageRequest, ...],
) -> None:
    """Submit the plan of a case under its letter and let the commission decide it."""
    letter = case.letters[0] if approval.is_of_former_letter else case.letters[-1]
    first_on = min(line.service_on for line in case.lines)
    decided_on = _decision_day(calendar, case, approval, first_on, letter.issued_on)
    submitted_on = _office_day(
        calendar, decided_on - timedelta(days=1), -1, letter.issued_on, decided_on
    )
    submitted_at = datetime.combine(submitted_on, SUBMITTED_AT, TEHRAN)
    plan = submit_plan(
        session,
        None,
        PlanInput(
            insurer_code=insurer_code,
            referral_number=letter.number,
            medical_council_number=case.dentist_number,
            units=tuple(_unit(line, approval) for line in case.lines),
            images=tuple(image for image in images if is_of_pack(image)),
        ),
        now=submitted_at,
    )
    place = PlanPlace(insurer_id=plan.insurer_id, plan_id=plan.id)
    votes = [_vote(line, approval) for line in case.lines]
    voted_at = datetime.combine(decided_on, FIRST_VOTE_AT, TEHRAN)
    for turn, member in enumerate(_members(cast)):
        cast_vote(session, member, place, votes, now=voted_at + turn * BETWEEN_VOTES)


def _members(cast: Cast) -> list[Actor]:
    """As many as decide, who preside last."""
    sitting = [a for a in cast.values() if a.roles & {Role.COMMISSION, Role.CHAIR}]
    ordered = sorted(sitting, key=lambda a: (Role.COMMISSION not in a.roles, a.username))
    assert len(ordered) >= VOTES, "the demo needs a panel"
    return ordered[:VOTES]


def _decision_day(
    calendar: WorkCalendar, case: CasePlan, approval: Approval, first_on: date, issued_on: date
) -> date:
    """A working day: before the service the last one until then, after it the next one."""
    wanted = first_on + timedelta(days=approval.decided_day)
    registered_on = case.registered_at.astimezone(TEHRAN).date()
    if approval.decided_day > 0:
        return _office_day(calendar, wanted, 1, wanted, registered_on)
    return _office_day(calendar, wanted, -1, issued_on + timedelta(days=1), wanted)


def _office_day(
    calendar: WorkCalendar, wanted: date, step: int, earliest: date, latest: date
) -> date:
    """The working day nearest to ``wanted`` in that direction; ``wanted`` itself if none fits."""
    for distance in range(SEARCH_DAYS):
        day = wanted + timedelta(days=step * distance)
        if earliest <= day <= latest and calendar.is_working_day(day):
            return day
    return wanted


def is_of_pack(image: ImageRequest) -> bool:
    """Whether the commission got the image with the plan, before the case."""
    return image.kind in PACK and image.phase in (Phase.BEFORE, Phase.NONE)


def _unit(line: LineRequest, approval: Approval) -> UnitRequest:
    """The line as it was planned: at its price, maybe on another tooth."""
    return UnitRequest(
        number=line.number,
        code=line.code,
        amount_rial=line.cost_rial,
        tooth=dict(approval.planned_teeth).get(line.number, line.tooth),
        jaw=line.jaw,
        quantity=line.quantity,
    )


def _vote(line: LineRequest, approval: Approval) -> UnitVote:
    if line.number in approval.rejected_lines:
        return UnitVote(unit_number=line.number, choice=Choice.REJECT, reason=NOT_NEEDED)
    if approval.amount_basis == ONE_BASIS:
        return UnitVote(unit_number=line.number, choice=Choice.APPROVE)
    return UnitVote(
        unit_number=line.number,
        choice=Choice.MODIFY,
        changed_code=line.code,
        changed_rial=line.cost_rial * approval.amount_basis // ONE_BASIS,
        reason=CHEAPER,
    )

"""What was deducted and returned, against plain sums of the same rows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.services.office import CHILD_CODE, CLEAN, ROOT, TWO_LINES, Office, refused
from tests.services.registered_world import actor
from workbench.db.models import Claim
from workbench.db.step_rows import AMOUNTS
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.deciding import DefectInput
from workbench.services.deductions import Deductions, read_deductions
from workbench.services.throughput import Wanted

MANAGER = actor(Role.MANAGER)
MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")
TYPED_RIAL, SECOND_RIAL = 1_000_003, 500_000


@pytest.fixture
def worked(office: Office) -> Office:
    """Two cases finished, one of them with deductions typed; one reopened; one returned twice."""
    office.ready(TWO_LINES)
    office.deduct(TWO_LINES, TYPED_RIAL, reason="D02")
    office.deduct(TWO_LINES, SECOND_RIAL, reason="D05")
    office.finish(TWO_LINES)
    office.finished(CLEAN)
    office.finished(ROOT)
    office.reopen(ROOT)
    office.take(CHILD_CODE)
    office.give_back(CHILD_CODE, MISSING)
    office.resubmit(CHILD_CODE)
    office.take(CHILD_CODE)
    office.give_back(CHILD_CODE, MISSING)
    return office


def view(office: Office, **limits: object) -> Deductions:
    today = day_of(office.now)
    wanted = Wanted(first_on=today - timedelta(days=10), last_on=today, **limits)
    with office.database.reading() as session:
        return read_deductions(session, MANAGER, wanted, now=office.now)


def test_the_seven_sums_are_those_of_the_finished_claims(worked: Office) -> None:
    found = view(worked)
    with worked.database.reading() as session:
        sums = session.execute(
            select(*(func.sum(getattr(Claim, name)) for name in AMOUNTS)).where(
                Claim.state == "finished"
            )
        ).one()
    assert found.cases == 2
    assert list(found.amounts.values()) == [int(each) for each in sums]


def test_the_reasons_add_up_to_the_technical_deduction(worked: Office) -> None:
    found = view(worked)
    assert [(each.code, each.amount_rial) for each in found.reasons][:2] == [
        ("D02", TYPED_RIAL),
        ("D05", SECOND_RIAL),
    ]
    total = sum(each.amount_rial for each in found.reasons)
    assert total == found.amounts["technical_deduction_rial"]
    assert found.reasons[-1].share_so_far == 1
    assert sum(each.technical_deduction_rial for each in found.centres) == total


def test_a_defect_that_came_again_is_told(worked: Office) -> None:
    (defect,) = view(worked).defects
    assert (defect.code, defect.returns, defect.repeated) == ("R03", 2, 1)


def test_a_centre_with_few_cases_has_no_rank(worked: Office) -> None:
    (centre,) = view(worked).centres
    assert (centre.cases, centre.returns, centre.first_reason) == (2, 2, "D02")
    assert not centre.is_ranked
    assert centre.return_percent == 50


def test_an_empty_period_has_figures_of_nothing(office: Office) -> None:
    found = view(office)
    assert (found.cases, found.reasons, found.defects, found.centres) == (0, (), (), ())
    assert set(found.amounts.values()) == {0}


def test_only_those_who_may_see_figures(office: Office) -> None:
    today = day_of(office.now)
    wanted = Wanted(first_on=today, last_on=today)
    for role in (Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN):
        with office.database.reading() as session:
            refused(
                "not_permitted",
                lambda s=session, r=role: read_deductions(s, actor(r), wanted, now=office.now),
            )

"""What was deducted and returned, against plain sums of the same rows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.services.office import CHILD_CODE, CLEAN, ROOT, TWO_LINES, Office, refused
from tests.services.registered_world import actor
from workbench.db.models import Claim, ClaimLine
from workbench.db.step_rows import AMOUNTS
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.claims.deciding import DefectInput
from workbench.services.figures.deductions import (
    PARTED_BY,
    DeductedCase,
    Deductions,
    read_deducted_cases,
    read_deductions,
)
from workbench.services.figures.throughput import Wanted

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


def wanted(office: Office, **limits: object) -> Wanted:
    today = day_of(office.now)
    return Wanted(first_on=today - timedelta(days=10), last_on=today, **limits)


def view(office: Office, part_by: str = "centre", **limits: object) -> Deductions:
    with office.database.reading() as session:
        return read_deductions(
            session, MANAGER, wanted(office, **limits), now=office.now, part_by=part_by
        )


def cases(office: Office, kind: str, key: str, by: Actor = MANAGER) -> tuple[DeductedCase, ...]:
    with office.database.reading() as session:
        return read_deducted_cases(session, by, wanted(office), kind, key, now=office.now)


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
    assert sum(each.technical_deduction_rial for each in found.parts) == total


def test_a_defect_that_came_again_is_told(worked: Office) -> None:
    (defect,) = view(worked).defects
    assert (defect.code, defect.returns, defect.repeated) == ("R03", 2, 1)


def test_a_centre_with_few_cases_has_no_rank(worked: Office) -> None:
    (centre,) = view(worked).parts
    assert (centre.cases, centre.returns, centre.first_reason) == (2, 2, "D02")
    assert not centre.is_ranked
    assert centre.return_percent == 50


def test_an_empty_period_has_figures_of_nothing(office: Office) -> None:
    found = view(office)
    assert (found.cases, found.reasons, found.defects, found.parts) == (0, (), (), ())
    assert set(found.amounts.values()) == {0}


def test_only_those_who_may_see_figures(office: Office) -> None:
    today = day_of(office.now)
    limits = Wanted(first_on=today, last_on=today)
    for role in (Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN):
        with office.database.reading() as session:
            refused(
                "not_permitted",
                lambda s=session, r=role: read_deductions(s, actor(r), limits, now=office.now),
            )


def test_each_way_to_part_adds_up_to_the_whole(worked: Office) -> None:
    whole = view(worked)
    for part_by in PARTED_BY:
        found = view(worked, part_by=part_by)
        assert found.parted_by == part_by
        for name in ("cost_rial", "technical_deduction_rial"):
            assert sum(getattr(part, name) for part in found.parts) == whole.amounts[name], part_by
        if part_by != "service":
            assert sum(part.cases for part in found.parts) == whole.cases
            assert sum(part.returns for part in found.parts) == whole.returns == 2


def test_a_service_is_its_lines(worked: Office) -> None:
    with worked.database.reading() as session:
        lines = session.scalars(
            select(ClaimLine)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(Claim.state == "finished", ClaimLine.round == Claim.round)
        ).all()
    plain: dict[str, list[int]] = {}
    for line in lines:
        sums = plain.setdefault(line.code, [0, 0])
        sums[0] += line.cost_rial
        sums[1] += line.technical_deduction_rial
    found = view(worked, part_by="service").parts
    assert {p.key: [p.cost_rial, p.technical_deduction_rial] for p in found} == plain
    assert found[0].first_reason == "D02" and found[0].return_percent is None


def test_rounds_and_returns_are_plain_counts(worked: Office) -> None:
    worked.resubmit(CHILD_CODE)
    worked.ready(CHILD_CODE)
    worked.finish(CHILD_CODE)
    found = view(worked)
    assert found.rounds == {1: 2, 3: 1}
    assert found.mean_rounds == pytest.approx(5 / 3)
    assert found.first_round_percent == pytest.approx(200 / 3)
    assert found.return_percent == 100 * 2 / 5


def test_the_cases_behind_a_bar_hold_its_amount(worked: Office) -> None:
    found = view(worked)
    for reason in found.reasons:
        rows = cases(worked, "reason", reason.code)
        assert sum(row.amount for row in rows) == reason.amount_rial
    assert [row.number for row in cases(worked, "reason", "D02")] == [TWO_LINES]
    for name, amount in found.amounts.items():
        assert sum(row.amount for row in cases(worked, "column", name)) == amount, name
    assert [row.number for row in cases(worked, "defect", "R03")] == [CHILD_CODE] * 2
    for service in view(worked, part_by="service").parts:
        rows = cases(worked, "service", str(service.key))
        assert len(rows) == service.cases
        assert sum(row.amount for row in rows) == service.technical_deduction_rial
    assert cases(worked, "reason", "nothing") == ()


def test_what_was_taken_away_is_listed_from_the_largest_and_other_money_from_the_newest(
    worked: Office,
) -> None:
    amounts = [row.amount for row in cases(worked, "column", "technical_deduction_rial")]
    assert amounts == sorted(amounts, reverse=True)
    assert 0 not in amounts
    times = [row.at for row in cases(worked, "column", "cost_rial")]
    assert len(times) == 2
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("days", [1, 400])
def test_the_largest_of_a_centre_are_the_same_by_either_index(worked: Office, days: int) -> None:
    """A short period is read by its days, a long one by its amounts."""
    with worked.database.reading() as session:
        centre_id = session.scalars(select(Claim.centre_id).where(Claim.number == TWO_LINES)).one()
        today = day_of(worked.now)
        asked = Wanted(first_on=today - timedelta(days), last_on=today, centre_id=centre_id)
        column = "technical_deduction_rial"
        (found,) = read_deducted_cases(session, MANAGER, asked, "column", column, now=worked.now)
    assert found.number == TWO_LINES
    assert found.amount == view(worked).amounts[column]


def test_the_cases_are_for_who_may_see_figures(worked: Office) -> None:
    refused("not_permitted", lambda: cases(worked, "reason", "D02", by=actor(Role.FINANCE)))
    foreign = actor(Role.MANAGER, insurer_ids=frozenset({1}))
    assert cases(worked, "reason", "D02", by=foreign) == ()

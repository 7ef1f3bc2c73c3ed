"""The managers' figures of agreement, against counts made another way from the same cases."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.services.office import CLEAN, TWO_LINES, Office, refused
from tests.services.test_second_assessment import call, drawn, hand_in, resolve, row, take
from workbench.db.models import Recheck
from workbench.persian.jalali import day_of
from workbench.services.figures.step_sums import sum_closed_days
from workbench.services.figures.throughput import Wanted
from workbench.services.rechecks import agreement
from workbench.services.rechecks.agreement import Agreement, read_agreement
from workbench.services.rechecks.drawing import draw_rechecks
from workbench.services.rechecks.second_assessment import deduct_second_line

DAYS = timedelta(days=8)


def figures(office: Office, **limits: object) -> Agreement:
    today = day_of(office.now)
    wanted = Wanted(first_on=today, last_on=today + DAYS, **limits)  # type: ignore[arg-type]
    with office.database.reading() as session:
        return read_agreement(session, office.desk.lead, wanted, now=office.now + DAYS)


def test_a_period_without_decisions_says_nothing(office: Office) -> None:
    found = figures(office)
    assert (found.decided, found.drawn, found.cases, found.lines) == (0, 0, 0, 0)
    assert (found.wrong, found.mean_difference_rial, found.reasons) == (None, None, ())
    assert (found.open, found.closed, found.couples) == ((), (), ())


@pytest.fixture
def assessed(office: Office) -> Office:
    """Two cases decided and drawn: of one a deduction is not made the second time."""
    for number in (CLEAN, TWO_LINES):
        office.take(number)
        office.decide_all(number)
        office.deduct(number, 100_000)
        office.finish(number)
    drawn(office)
    for number in (CLEAN, TWO_LINES):
        take(office, number)
    given = {"number": 1, "reason": "D01", "amount_rial": 100_000}
    call(office, deduct_second_line, office.colleague, TWO_LINES, **given)
    for number in (CLEAN, TWO_LINES):
        hand_in(office, number)
    return office


def test_equal_and_differing_cases_lines_and_amounts(assessed: Office) -> None:
    found = figures(assessed)
    off = row(assessed).second_payable_rial or 0
    off -= row(assessed).payable_rial
    assert off > 0
    assert (found.decided, found.drawn, found.cases) == (2, 2, 2)
    assert (found.equal_cases, found.lines, found.equal_lines, found.equal_amounts) == (1, 3, 2, 1)
    assert (found.mean_difference_rial, found.median_difference_rial) == (off / 2, off / 2)
    (reason,) = found.reasons
    assert (reason.code, reason.both, reason.first_only, reason.neither) == ("D01", 1, 1, 1)
    assert reason.kappa is None and found.is_small
    (couple,) = found.couples
    assert (couple.cases, couple.equal, couple.difference_rial) == (2, None, None)


def test_all_were_assessed_so_the_money_is_exact(assessed: Office) -> None:
    found = figures(assessed)
    off = (row(assessed).second_payable_rial or 0) - row(assessed).payable_rial
    assert found.wrong is not None and found.overpaid is not None
    assert (found.wrong.total_rial, found.wrong.low_rial, found.wrong.high_rial) == (off, off, off)
    assert found.overpaid.total_rial == -off
    assert (found.unresolved, [each.number for each in found.open]) == (1, [CLEAN])


def test_the_leads_word_is_what_counts(assessed: Office) -> None:
    resolve(assessed, assessed.desk.lead, resolution="first")
    found = figures(assessed)
    assert found.wrong is not None
    assert (found.wrong.total_rial, found.unresolved, found.open) == (0, 0, ())
    assert [(each.number, each.state) for each in found.closed] == [
        (CLEAN, "resolved"),
        (TWO_LINES, "agreed"),
    ]


def test_a_corrected_case_still_tells_of_the_decisions(assessed: Office) -> None:
    resolve(assessed, assessed.desk.lead)
    before = figures(assessed).wrong
    assessed.reopen(CLEAN)
    after = figures(assessed)
    assert (after.decided, after.cases, after.wrong) == (2, 2, before)


def test_of_summed_days_the_figures_are_the_same(assessed: Office) -> None:
    resolve(assessed, assessed.desk.lead)
    assessed.reopen(CLEAN)
    before = figures(assessed)
    now = assessed.now + DAYS
    assert len(list(sum_closed_days(assessed.database, now=now, least_steps=1))) > 0
    assert figures(assessed) == before
    assert (before.decided, before.cases) == (2, 2)


def test_what_waits_is_listed_without_its_amounts(office: Office) -> None:
    office.finished(CLEAN)
    drawn(office)
    (waiting,) = figures(office).open
    assert (waiting.state, waiting.payable_rial, waiting.second_by) == ("waiting", None, None)


def test_the_filter_limits_everything(assessed: Office) -> None:
    claim = assessed.claim(CLEAN)
    assert (figures(assessed, kind="direct").cases, figures(assessed, kind=claim.kind).cases) == (
        0,
        2,
    )
    assert figures(assessed, assessor_id=assessed.colleague.user_id).decided == 0
    assert figures(assessed, centre_id=claim.centre_id).cases == 2
    refused("not_permitted", lambda: read_as_assessor(assessed))


def test_of_many_the_page_lists_the_first_and_the_export_all(
    assessed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement, "OPEN_MAX", 0)
    found, today = figures(assessed), day_of(assessed.now)
    assert (found.drawn, found.cases, found.unresolved) == (2, 2, 1)
    assert (found.open, [each.number for each in found.closed]) == ((), [TWO_LINES])
    wanted = Wanted(first_on=today, last_on=today + DAYS)
    with assessed.database.reading() as session:
        whole = read_agreement(
            session, assessed.desk.lead, wanted, now=assessed.now + DAYS, has_all=True
        )
    assert [each.number for each in (*whole.open, *whole.closed)] == [CLEAN, TWO_LINES]


def read_as_assessor(office: Office) -> Agreement:
    today = day_of(office.now)
    wanted = Wanted(first_on=today, last_on=today)
    with office.database.reading() as session:
        return read_agreement(session, office.desk.assessor, wanted, now=office.now)


def test_one_in_ten_of_many_is_extrapolated_to_all(office: Office) -> None:
    """Drawn at half: the estimate is the population times the mean of what was assessed."""
    for number in (CLEAN, TWO_LINES):
        office.take(number)
        office.decide_all(number)
        office.finish(number)
    made = draw_rechecks(
        office.database, percent=50, now=office.now + DAYS - timedelta(days=1),
        chance=random.Random(1),
    )  # fmt: skip
    assert (made.decided, made.drawn) == (2, 1)
    number = next(n for n in (CLEAN, TWO_LINES) if _is_drawn(office, n))
    take(office, number)
    given = {"number": 1, "reason": "D01", "amount_rial": 50_000}
    call(office, deduct_second_line, office.colleague, number, **given)
    hand_in(office, number)
    found = figures(office)
    off = row(office, number).payable_rial - (row(office, number).second_payable_rial or 0)
    assert found.wrong is not None
    assert (found.wrong.total_rial, found.wrong.population, found.wrong.assessed) == (2 * off, 2, 1)
    assert (found.wrong.low_rial, found.overpaid and found.overpaid.total_rial) == (None, 2 * off)


def _is_drawn(office: Office, number: str) -> bool:
    with office.database.reading() as session:
        claim_id = office.keys[number].claim_id
        return session.scalar(select(Recheck.id).where(Recheck.claim_id == claim_id)) is not None

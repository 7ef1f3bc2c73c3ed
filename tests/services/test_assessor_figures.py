"""The assessors' figures against a plain computation over the same rows."""

import random
from collections import defaultdict
from datetime import timedelta
from statistics import median_low
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tests.services.office import CHILD_CODE, CLEAN, TWO_LINES, Office, refused
from tests.services.registered_world import actor
from workbench.db.models import Claim, ClaimLine, ClaimStep, User, new_id
from workbench.persian.jalali import day_of
from workbench.rules.standardised import STRATUM_LEAST, Standing
from workbench.rules.workflow import Role
from workbench.services.choices import read_deciders
from workbench.services.claims.deciding import DefectInput
from workbench.services.figures.assessors import Assessors, read_assessors
from workbench.services.figures.throughput import FIGURES, Wanted, read_cases

MANAGER = actor(Role.MANAGER)
MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")
CODES = ("110", "125", "905", "810")
Line = tuple[int, str, int, int]
"""Assessor, code, cost, deduction."""


def wanted(office: Office, **limits: Any) -> Wanted:
    today = day_of(office.now)
    return Wanted(first_on=today - timedelta(days=10), last_on=today, **limits)


def view(office: Office, **limits: Any) -> Assessors:
    with office.database.reading() as session:
        return read_assessors(session, MANAGER, wanted(office, **limits), now=office.now)


def _row_of(row: Any) -> dict[str, Any]:
    return {c.key: getattr(row, a) for a, c in _columns(row)}


def _columns(row: Any) -> list[tuple[str, Any]]:
    return [(each.key, each.columns[0]) for each in type(row).__mapper__.column_attrs]


class Copies:
    """Copies of the finished clean case, by other assessors and with other amounts."""

    def __init__(self, office: Office) -> None:
        self.office, self.lines, self.minutes = (
            office,
            list[Line](),
            defaultdict[int, list[int]](list),
        )
        self.decisions: list[tuple[int, str]] = []
        with office.database.reading() as session:
            claim = session.scalars(select(Claim).where(Claim.number == CLEAN)).one()
            step = session.scalars(
                select(ClaimStep).where(
                    ClaimStep.claim_id == claim.id, ClaimStep.action == "finish"
                )
            ).one()
            line = session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim.id)).one()
            self.templates = [_row_of(row) for row in (claim, step, line)]
        self.rows: list[list[dict[str, Any]]] = [[], [], []]

    def add(
        self, assessor_id: int, lines: list[tuple[str, int, int]], action: str = "finish"
    ) -> None:
        """One case; ``lines``: code, cost, deduction."""
        claim, step, line = self.templates
        number, minutes = new_id(), 1 + len(self.decisions) % 200
        cost, cut = sum(each[1] for each in lines), sum(each[2] for each in lines)
        groups = {"number": f"77{len(self.decisions):07}", "service_groups": "filling"}
        self.rows[0].append(claim | {"id": number, **groups})
        money = {"cost_rial": cost, "technical_deduction_rial": cut} if action == "finish" else {}
        self.rows[1].append(
            step
            | {"id": new_id(), "claim_id": number, "actor_id": assessor_id, "action": action}
            | {"former": "take", "waited_minutes": minutes, **money}
        )
        for place, (code, cost_rial, deduction) in enumerate(lines, 1):
            amounts = {"unit_price_rial": cost_rial, "cost_rial": cost_rial, "quantity": 1}
            self.rows[2].append(
                line
                | {"id": new_id(), "claim_id": number, "number": place, "code": code, **amounts}
                | {"technical_deduction_rial": deduction}
            )
            if action == "finish":
                self.lines.append((assessor_id, code, cost_rial, deduction))
        self.decisions.append((assessor_id, action))
        self.minutes[assessor_id].append(minutes)

    def write(self) -> None:
        def work(session: Any) -> None:
            for table, rows in zip((Claim, ClaimStep, ClaimLine), self.rows, strict=True):
                session.execute(insert(table), rows)

        self.office.database.in_tx(work)


@pytest.fixture
def copies(office: Office) -> Copies:
    """Two assessors with 80 cases each: the second cuts twice as much of the same mix."""
    office.finished(CLEAN)
    made, dice = Copies(office), random.Random(5)
    strictness = {office.desk.assessor.user_id: 1, office.colleague.user_id: 2}
    for n in range(160):
        assessor = list(strictness)[n % 2]
        lines = []
        for _each in range(1 + n // 2 % 4):
            code = dice.choice(CODES[: 3 if n % 11 else 4])
            cost = dice.randrange(1_000_000, 9_000_000)
            lines.append((code, cost, cost * strictness[assessor] * dice.randrange(20) // 100))
        action = (
            "return" if n % (10 if assessor == office.desk.assessor.user_id else 3) == 0 else ""
        )
        made.add(assessor, lines, action or "finish")
    made.write()
    return made


def expected_rial(lines: list[Line]) -> dict[int, float]:
    """Line by line: the mean rate of the code, or of all rare ones together (all are one group)."""
    sizes: dict[str, int] = defaultdict(int)
    for _who, code, _cost, _cut in lines:
        sizes[code] += 1
    found: dict[int, float] = defaultdict(float)
    for who, code, cost, _cut in lines:
        same = [each for each in lines if each[1] == code]
        assert sizes[code] >= STRATUM_LEAST or code == CODES[3]
        found[who] += cost * sum(each[3] for each in same) / sum(each[2] for each in same)
    return found


def test_observed_against_expected_is_a_plain_sum(office: Office, copies: Copies) -> None:
    clean = office.line(CLEAN)
    lines = [
        *copies.lines,
        (
            office.desk.assessor.user_id,
            clean.code,
            clean.cost_rial,
            clean.technical_deduction_rial or 0,
        ),
    ]
    expected, found = expected_rial(lines), view(office)
    assert len(found.each) == len(found.ranked) == 2
    for one in found.each:
        mine = [each for each in lines if each[0] == one.assessor_id]
        assert one.lines == len(mine) >= 100
        assert (one.cost_rial, one.deduction_rial) == (
            sum(each[2] for each in mine),
            sum(each[3] for each in mine),
        )
        assert one.deductions is not None
        assert one.deductions.observed == one.deduction_rial
        assert one.deductions.expected == pytest.approx(expected[one.assessor_id])
    assert [one.deductions.standing for one in found.each if one.deductions] == [
        Standing.ABOVE,
        Standing.BELOW,
    ]
    assert found.each[0].assessor_id == office.colleague.user_id
    total = sum(one.deductions.expected for one in found.each if one.deductions)
    assert total == pytest.approx(found.whole.deduction_rial)


def test_returns_times_and_counts_are_plain_counts(office: Office, copies: Copies) -> None:
    found = {one.assessor_id: one for one in view(office).each}
    for who, one in found.items():
        mine = [action for each, action in copies.decisions if each == who]
        own = who == office.desk.assessor.user_id  # the clean case itself
        assert one.returns == mine.count("return")
        assert one.cases == mine.count("finish") + own
        assert one.median_minutes == pytest.approx(median_low(copies.minutes[who]), abs=10)
        assert one.returned is not None
    returns = sum(one.returns for one in found.values())
    assert sum(one.returned.expected for one in found.values() if one.returned) == pytest.approx(
        returns
    )
    assert view(office).whole.cases + view(office).whole.returns == len(copies.decisions) + 1


def test_the_standard_stays_that_of_all_when_the_page_is_of_one(
    office: Office, copies: Copies
) -> None:
    whole = {one.assessor_id: one for one in view(office).each}
    for who, one in whole.items():
        alone = view(office, assessor_id=who)
        assert alone.each == (one,)
        assert alone.whole.lines == one.lines


def test_who_left_is_shown_and_marked(office: Office, copies: Copies) -> None:
    def leave(session: Any) -> None:
        session.execute(
            update(User).where(User.id == office.colleague.user_id).values(is_disabled=True)
        )

    before = view(office)
    office.database.in_tx(leave)
    after = view(office)
    assert [one.has_left for one in before.each] == [False, False]
    assert {one.assessor_id for one in after.each if one.has_left} == {office.colleague.user_id}
    assert [one.deductions for one in after.each] == [one.deductions for one in before.each]


def test_few_cases_are_shown_and_not_compared(office: Office) -> None:
    office.finished(CLEAN)
    office.finished(TWO_LINES)
    office.take(CHILD_CODE)
    office.give_back(CHILD_CODE, MISSING)
    (one,) = view(office).each
    assert (one.cases, one.returns, one.lines, one.is_ranked) == (2, 1, 3, False)
    assert (one.deductions, one.returned) == (None, None)
    assert one.return_percent == pytest.approx(100 / 3)


def test_a_reopened_case_does_not_count(office: Office) -> None:
    office.finished(CLEAN)
    office.reopen(CLEAN)
    assert view(office).each == ()
    office.finish(CLEAN, actor=office.desk.lead)
    (one,) = view(office).each
    assert (one.assessor_id, one.cases, one.lines) == (office.desk.lead.user_id, 1, 1)


def test_who_left_can_be_chosen_and_who_never_decided_and_left_cannot(office: Office) -> None:
    office.finished(CLEAN)
    with office.database.reading() as session:
        present = read_deciders(session, MANAGER)
        (decided_by,) = session.scalars(
            select(ClaimStep.actor_id).where(ClaimStep.action == "finish")
        )

    def leave(session: Session) -> None:
        session.execute(update(User).values(is_disabled=True))

    office.database.in_tx(leave)
    with office.database.reading() as session:
        left = read_deciders(session, MANAGER)
    assert {each.user_id for each in present} >= {decided_by, office.colleague.user_id}
    assert not any(each.has_left for each in present)
    assert [(each.user_id, each.has_left) for each in left] == [(decided_by, True)]
    refused("not_permitted", lambda: read_deciders(session, actor(Role.ASSESSOR)))


def test_the_cases_behind_are_his(office: Office, copies: Copies) -> None:
    for one in view(office).each:
        limits = wanted(office, assessor_id=one.assessor_id)
        with office.database.reading() as session:
            rows = read_cases(session, MANAGER, limits, FIGURES["returned"], now=office.now)
        assert len(rows) == one.returns and {row.actor for row in rows} == {one.name}


def test_an_empty_period_one_day_and_ten_years(office: Office, copies: Copies) -> None:
    now = office.now
    today = day_of(now)
    with office.database.reading() as session:
        limits = Wanted(first_on=today - timedelta(60), last_on=today - timedelta(50))
        empty = read_assessors(session, MANAGER, limits, now=now)
        day = read_assessors(session, MANAGER, Wanted(first_on=today, last_on=today), now=now)
        limits = Wanted(first_on=today - timedelta(3_650), last_on=today)
        years = read_assessors(session, MANAGER, limits, now=now)
    assert (empty.each, empty.whole.median_minutes, empty.whole.deduction_percent) == (
        (),
        None,
        None,
    )
    assert day.each == years.each == view(office).each


def test_only_who_may_and_only_his_insurers(office: Office, copies: Copies) -> None:
    for role in (Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN):
        with office.database.reading() as session:
            refused(
                "not_permitted",
                lambda s=session, r=role: read_assessors(
                    s, actor(r), wanted(office), now=office.now
                ),
            )
    foreign = actor(Role.MANAGER, insurer_ids=frozenset({1}))
    with office.database.reading() as session:
        assert read_assessors(session, foreign, wanted(office), now=office.now).each == ()

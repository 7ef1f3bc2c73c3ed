"""The exported figures of commission, letters, assessors, agreement and a tried change."""

import io
from datetime import timedelta
from functools import partial
from typing import Any

import plan_world
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from tests.services.letter_rows import Drawer, open_drawer
from tests.services.office import CHILD_CODE, CLEAN, TWO_LINES, Office
from tests.services.registered_world import actor
from tests.services.test_agreement_figures import assessed  # noqa: F401  (a fixture)
from tests.services.test_second_assessment import drawn
from workbench.db.engine import Database
from workbench.db.models import Claim, ClaimStep, PlanRound, Recheck, Referral
from workbench.i18n import _
from workbench.persian.jalali import day_of
from workbench.rules.changes import PriceItem
from workbench.rules.workflow import Role
from workbench.services.catalogue.what_if import try_change
from workbench.services.catalogue.what_if_sheets import what_if_sheets
from workbench.services.claims.deciding import DefectInput
from workbench.services.figures.assessor_sheets import assessor_figure_sheets
from workbench.services.figures.assessors import read_assessors
from workbench.services.figures.commission import read_commission
from workbench.services.figures.commission_sheets import plan_figure_sheets
from workbench.services.figures.referral_sheets import letter_figure_sheets
from workbench.services.figures.referrals import read_letters_figures
from workbench.services.figures.sheets import Column, FigureSheet, figures_xlsx
from workbench.services.figures.throughput import Wanted
from workbench.services.rechecks.agreement import read_agreement
from workbench.services.rechecks.agreement_sheets import agreement_sheets

MANAGER = actor(Role.MANAGER)
DAYS = timedelta(days=9)
Sheets = dict[str, list[list[Any]]]


def wanted(now: Any) -> Wanted:
    return Wanted(first_on=day_of(now) - DAYS, last_on=day_of(now))


def book(database: Database, make: Any, now: Any) -> Sheets:
    """The rows beneath titles and meanings of each sheet of the file, by its name."""
    limits = wanted(now)

    def work(session: Any) -> bytes:
        sheets = make(session, MANAGER, limits, now=now)
        asked = {"page": "x", "title": "t", "wanted": limits, "now": now}
        return figures_xlsx(session, MANAGER, sheets=sheets, **asked)

    found = load_workbook(io.BytesIO(database.in_tx(work)))
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
        for sheet in found
    }


def figures(sheets: Sheets) -> dict[str, Any]:
    """The first sheet after the one that says what it is: each figure with its value."""
    assert all(row[2] or row[0] == _("Change") for row in sheets[_("Figures")])
    return {row[0]: row[1] for row in sheets[_("Figures")]}


def test_the_sheets_of_the_commission_hold_its_figures(
    database: Database, panel: plan_world.Panel, now: Any
) -> None:
    at = now + timedelta(hours=1)
    database.in_tx(plan_world.compare_images)
    for member, marks in zip(panel.members, ("aa", "ra", "aa"), strict=False):
        plan_world.vote(database, panel, member, marks, at)
    sheets = book(database, plan_figure_sheets, at)
    with database.reading() as session:
        view = read_commission(session, MANAGER, wanted(at), now=at)
        rounds = session.scalar(select(func.count()).select_from(PlanRound))
    said = figures(sheets)
    assert (said[_("Came in")], said[_("Decided")], said[_("Decided late")]) == (rounds, 1, 0)
    assert said[_("On time (per cent)")] == 100
    assert said[_("Median time of a round (working hours)")] == pytest.approx(view.hours.median)
    days = sheets[_("By day")]
    assert [row[2:4] for row in days] == [[flow.came, flow.decided] for flow in view.flows]
    assert [row[1:3] for row in sheets[_("Forecast against what came")]] == [
        [each.expected, each.came] for each in view.told
    ]
    (group,) = sheets[_("By group of services")]
    (shown,) = view.groups
    assert group[1:3] == [1, 2] and group[7:9] == [shown.asked_rial, shown.allowed_rial]
    members = sheets[_("Members of the panel")]
    assert [row[0] for row in members] == [each.name for each in view.members]
    assert all(row[3:] == [None, None] for row in members), "two units are too few for a share"


@pytest.fixture
def drawer(database: Database, now: Any) -> Drawer:
    return database.in_tx(lambda s: open_drawer(s, now))


def test_the_sheets_of_letters_hold_their_figures(
    database: Database, drawer: Drawer, now: Any
) -> None:
    sheets = book(database, partial(letter_figure_sheets, part_by="insurer"), now)
    with database.reading() as session:
        letters = session.scalars(select(Referral)).all()
        view = read_letters_figures(session, MANAGER, wanted(now), now=now, part_by="insurer")
    said = figures(sheets)
    assert said[_("Issued")] == len(letters) == sum(row[2] for row in sheets[_("By day")])
    assert (said[_("Expired")], said[_("About to expire (rials)")]) == (0, view.expiring_rial)
    fates = sheets[_("What became of them")]
    assert sum(row[1] for row in fates) == len(letters)
    assert sum(row[3] for row in fates) == sum(letter.amount_rial for letter in letters)
    (part,) = sheets[_("By {part}").format(part=_("Insurer"))]
    assert part[0] == view.parts[0].name and part[1] == len(letters)
    assert part[6:9] == [None, None, None], "a few letters have no share"


@pytest.fixture
def worked(office: Office) -> Office:
    """Two cases finished, one with a deduction; one returned."""
    office.finished(CLEAN)
    office.ready(TWO_LINES)
    office.deduct(TWO_LINES, 1_000_003, reason="D02")
    office.finish(TWO_LINES)
    office.take(CHILD_CODE)
    office.give_back(CHILD_CODE, DefectInput(reason="R03", scope="line", line_number=1, text="-"))
    return office


def test_the_sheets_of_assessors_hold_their_figures(worked: Office) -> None:
    sheets = book(worked.database, assessor_figure_sheets, worked.now)
    with worked.database.reading() as session:
        view = read_assessors(session, MANAGER, wanted(worked.now), now=worked.now)
        costs = session.scalars(select(Claim.cost_rial).where(Claim.state == "finished")).all()
    said = figures(sheets)
    assert (said[_("Decided")], said[_("Returned")]) == (2, 1)
    assert said[_("Assessed lines")] == view.whole.lines == 3
    (deducted,) = sheets[_("Deductions against the expected")]
    (each,) = view.each
    assert deducted[:3] == [each.name, sum(costs), 1_000_003]
    assert deducted[3] == pytest.approx(100 * 1_000_003 / sum(costs))
    assert deducted[4:] == [None] * 5, "two cases are too few to be compared"
    (returned,) = sheets[_("Returns against the expected")]
    assert returned[1:3] == [3, 1]
    (work,) = sheets[_("Work of each")]
    assert work[1:5] == [2, 1, 3, 1.5] and work[5] == each.median_minutes


def test_the_sheets_of_agreement_hold_its_figures(assessed: Office) -> None:  # noqa: F811
    now = assessed.now + timedelta(days=8)
    sheets = book(assessed.database, agreement_sheets, now)
    with assessed.database.reading() as session:
        view = read_agreement(session, MANAGER, wanted(now), now=now)
        rows = session.scalars(select(Recheck)).all()
    said = figures(sheets)
    assert (said[_("Decided")], said[_("Drawn")], said[_("Assessed twice")]) == (2, 2, 2)
    assert said[_("Same decision (per cent)")] == 50
    off = sum(abs(row.payable_rial - (row.second_payable_rial or 0)) for row in rows)
    assert off > 0 and said[_("Mean difference (rials)")] == round(off / 2)
    assert said[_("Money found wrong (rials)")] == off
    (reason,) = sheets[_("Agreement by reason")]
    assert (reason[0], reason[6]) == ("D01", None), "three lines are too few for a kappa"
    assert reason[2:5] == [view.reasons[0].both, view.reasons[0].first_only, 0]
    assert {row[0] for row in sheets[_("Drawn cases")]} == {CLEAN, TWO_LINES}
    amounts = {(row[4], row[5]) for row in sheets[_("Drawn cases")]}
    assert amounts == {(row.payable_rial, row.second_payable_rial) for row in rows}


def test_what_waits_is_exported_without_its_amounts(office: Office) -> None:
    office.finished(CLEAN)
    drawn(office)
    now = office.now + timedelta(days=8)
    (row,) = book(office.database, agreement_sheets, now)[_("Drawn cases")]
    assert row[0] == CLEAN and row[4:6] == [None, None]


def test_the_sheets_of_a_tried_change_are_its_result(worked: Office) -> None:
    item = PriceItem(tariff_set="default", code="125", amount_rial=5_000_000)
    asked = {"now": worked.now, "workers": 0}
    found = try_change(worked.database, MANAGER, (item,), wanted(worked.now), **asked)
    sheets = book(worked.database, partial(what_if_sheets, "ارزان‌تر", found), worked.now)
    with worked.database.reading() as session:
        paid = session.scalars(select(Claim.payable_rial).where(Claim.state == "finished")).all()
        steps = session.scalar(
            select(func.count()).select_from(ClaimStep).where(ClaimStep.action == "finish")
        )
    said = figures(sheets)
    assert said[_("Change")] == "ارزان‌تر"
    assert (said[_("All cases")], said[_("Lines that flip")]) == (steps, found.flips)
    assert said[_("Change of payment (rials)")] == found.difference_rial < 0
    money = {row[0]: row[1:] for row in sheets[_("Change of payment")]}
    payable = money[_("Payable")]
    assert payable == [sum(paid), sum(paid) + found.difference_rial, found.difference_rial]
    lines = sheets[_("Assessed lines")]
    assert len(lines) == found.flips > 0
    assert sum(row[11] for row in lines) == found.difference_rial
    assert sum(row[2] for row in sheets[_("Centres")]) == found.difference_rial
    assert sum(row[1] for row in sheets[_("By service")]) == found.flips


def test_a_column_says_how_many_places_it_has(database: Database, now: Any) -> None:
    columns = (Column(title="a"), Column(title="b", places=2))
    sheet = FigureSheet(name="x", columns=columns, rows=((0.125, 0.125),))
    limits = wanted(now)
    asked = {"page": "x", "title": "t", "wanted": limits, "now": now, "sheets": [sheet]}
    content = database.in_tx(lambda s: figures_xlsx(s, MANAGER, **asked))
    row = load_workbook(io.BytesIO(content))["x"][3]
    assert [cell.number_format for cell in row] == ["#,##0.0", "#,##0.00"]
    assert [cell.value for cell in row] == [0.125, 0.125]

"""The exported figures are those of the page, and say what they are limited to."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.services.office import TYPED_RIAL, Office, refused
from tests.services.registered_world import actor
from workbench.db.models import AuditEvent, Centre, Claim
from workbench.i18n import _, use_language
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.figures.deduction_sheets import deduction_sheets
from workbench.services.figures.deductions import read_deductions
from workbench.services.figures.sheets import Column, FigureSheet, figures_xlsx
from workbench.services.figures.throughput import Wanted, read_throughput
from workbench.services.figures.throughput_sheets import throughput_sheets

MANAGER = actor(Role.MANAGER)


def wanted(office: Office, **limits: object) -> Wanted:
    today = day_of(office.now)
    return Wanted(first_on=today - timedelta(days=9), last_on=today, **limits)


def book(office: Office, make: object, limits: Wanted, **given: object) -> dict[str, list]:
    """The rows of each sheet of the file, by its name."""

    def work(session: object) -> bytes:
        sheets = make(session, MANAGER, limits, now=office.now, **given)
        asked = {"page": "throughput", "title": "t", "wanted": limits, "now": office.now}
        return figures_xlsx(session, MANAGER, sheets=sheets, **asked)

    found = load_workbook(io.BytesIO(office.database.in_tx(work)))
    assert all(sheet.sheet_view.rightToLeft for sheet in found)
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in found
    }


def test_the_sheets_of_throughput_hold_its_figures(worked_day: Office) -> None:
    limits = wanted(worked_day)
    sheets = book(worked_day, throughput_sheets, limits, part_by="centre")
    with worked_day.database.reading() as session:
        view = read_throughput(session, MANAGER, limits, now=worked_day.now, part_by="centre")
    values = [row[1] for row in sheets[_("Figures")][2:]]
    sums = [sum(getattr(f, name) for f in view.flows) for name in ("came", "decided", "returned")]
    assert values[:4] == [*sums, view.backlog]
    assert values[4:6] == pytest.approx([view.on_time_percent, view.turnaround.median_days])
    assert all(row[2] for row in sheets[_("Figures")][2:])
    days = sheets[_("By day")][2:]
    assert [row[2] for row in days] == [flow.came for flow in view.flows]
    assert [row[7] for row in days] == list(view.backlogs)
    (part,) = view.parts
    assert sheets[_("By {part}").format(part=_("Centre"))][2:] == [
        [part.name, part.flow.came, part.flow.decided, part.flow.returned, part.on_time_percent]
    ]
    assert sum(row[5] for row in sheets[_("In hand in each state")][2:]) == sum(
        each.total for each in view.ages
    )


def test_the_sheets_of_deductions_are_whole_rials(worked_day: Office) -> None:
    limits = wanted(worked_day)
    sheets = book(worked_day, deduction_sheets, limits)
    with worked_day.database.reading() as session:
        view = read_deductions(session, MANAGER, limits, now=worked_day.now)
        claims = session.scalars(select(Claim).where(Claim.state == "finished")).all()
    amounts = [row[1] for row in sheets[_("From cost to payable")][2:]]
    assert amounts == list(view.amounts.values())
    assert amounts[0] == sum(claim.cost_rial for claim in claims)
    assert TYPED_RIAL in [row[2] for row in sheets[_("Deductions by reason")][2:]]
    assert [row[2] for row in sheets[_("Returns by defect")][2:]] == [1]


def test_the_first_sheet_says_what_the_figures_are_limited_to(worked_day: Office) -> None:
    with worked_day.database.reading() as session:
        centre = session.scalars(select(Centre)).first()
    about = book(worked_day, deduction_sheets, wanted(worked_day, centre_id=centre.id))[_("About")]
    said = {row[0]: row[1] for row in about}
    assert said[_("Centre")] == centre.name
    assert said[_("Insurer")] == _("All")
    assert said[_("From")].startswith("۱۴۰") and ":" in said[_("Read at")]


def test_an_export_is_on_the_trail_and_only_for_who_may(worked_day: Office) -> None:
    limits = wanted(worked_day)
    book(worked_day, deduction_sheets, limits)
    with worked_day.database.reading() as session:
        (event,) = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "figures.export")
        ).all()
    assert (event.actor_id, event.facts["page"]) == (MANAGER.user_id, "throughput")
    for role in (Role.ASSESSOR, Role.FINANCE, Role.ADMIN):
        asked = {"page": "x", "title": "t", "wanted": limits, "sheets": (), "now": worked_day.now}
        refused(
            "not_permitted",
            lambda r=role, a=asked: worked_day.database.in_tx(
                lambda s: figures_xlsx(s, actor(r), **a)
            ),
        )


def test_a_sheet_takes_any_name_and_no_cell_is_a_formula(office: Office) -> None:
    limits = wanted(office)
    rows = (("=1+1", 5, 12.34, None),)
    columns = tuple(Column(title=f"c{n}") for n in range(4))
    sheets = [FigureSheet(name="a/b: " + "x" * 40, columns=columns, rows=rows)] * 2
    found = book(office, lambda *_given, **_named: sheets, limits)
    first, second = [name for name in found if name.startswith("a b")]
    assert len(first) <= 31 and len(second) <= 31 and first != second
    assert found[first][2] == ["=1+1", 5, 12.34, None]


def test_an_english_export_runs_from_left_to_right(office: Office) -> None:
    use_language("en")
    try:
        limits = wanted(office)
        asked = {"page": "x", "title": "t", "wanted": limits, "sheets": (), "now": office.now}
        content = office.database.in_tx(lambda s: figures_xlsx(s, MANAGER, **asked))
    finally:
        use_language("fa")
    (sheet,) = load_workbook(io.BytesIO(content))
    assert sheet.title == "About" and not sheet.sheet_view.rightToLeft

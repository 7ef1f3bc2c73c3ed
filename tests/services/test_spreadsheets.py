"""The XLSX of a batch: right to left, numbers as numbers, text as text, nothing internal."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select, update

from tests import builders
from tests.builders import BATCH, Desk, Key
from tests.services import registered_world as world
from tests.services.batch_world import CLEAN, DEDUCTED, RECODED, finish_all, received_batch
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, LineDeduction
from workbench.errors import Refused
from workbench.persian.jalali import parse_day
from workbench.rules.workflow import ClaimState, Role
from workbench.services import reference
from workbench.services.access import Actor
from workbench.services.batches.spreadsheets import batch_xlsx
from workbench.services.batches.view import COLUMNS, read_batch, read_case_lines
from workbench.services.claims import notes

HEADER_ROW = 8
FIRST_AMOUNT, FIRST_LINE_AMOUNT = 4, 10


@pytest.fixture
def keys(prepared: Prepare, desk: Desk, received: dict[str, Key], now: datetime) -> dict[str, Key]:
    """A batch with all its cases finished."""
    prepared(finish_all, desk, received, now)
    return received


def exported(database: Database, actor: Actor, now: datetime) -> bytes:
    return database.in_tx(lambda s: batch_xlsx(s, actor, BATCH, now=now))


def book_of(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def rows_of(book: Workbook, sheet: int, first: int) -> list[list[object]]:
    return [list(row) for row in book.worksheets[sheet].iter_rows(min_row=first, values_only=True)]


@pytest.mark.usefixtures("keys")
def test_cases_and_their_sum_stand_as_numbers(
    database: Database, desk: Desk, now: datetime
) -> None:
    book = book_of(exported(database, desk.finance, now))
    with database.reading() as session:
        view = read_batch(session, desk.finance, BATCH)
    head, *rows = rows_of(book, 0, HEADER_ROW)
    amounts = slice(FIRST_AMOUNT, FIRST_AMOUNT + len(COLUMNS))
    assert head[amounts] == [
        "هزینه خدمت",
        "رد تعرفه",
        "کسورات فنی",
        "سهم بیمار",
        "تایید فنی",
        "رد سقف",
        "قابل پرداخت به مرکز",
    ]
    assert len(rows) == len(view.cases) + 1
    for row, case in zip(rows, view.cases, strict=False):
        assert row[0] == case.number
        assert row[3] == 10
        assert row[amounts] == [getattr(case.money, name) for name in COLUMNS]
    assert rows[-1][amounts] == [getattr(view.settled, name) for name in COLUMNS]


@pytest.mark.usefixtures("keys")
def test_lines_and_reasons_stand_in_sheets_of_their_own(
    database: Database, desk: Desk, now: datetime
) -> None:
    book = book_of(exported(database, desk.finance, now))
    with database.reading() as session:
        wanted = read_case_lines(session, desk.finance, BATCH, DEDUCTED).lines
    lines = [row for row in rows_of(book, 1, 2) if row[0] == DEDUCTED]
    amounts = slice(FIRST_LINE_AMOUNT, FIRST_LINE_AMOUNT + len(COLUMNS))
    assert [row[amounts] for row in lines] == [
        [getattr(line, name) for name in COLUMNS] for line in wanted
    ]
    assert lines[0][3] == "1402/09/14"
    assert lines[1][-2:] == [4, "غیرقابل پرداخت"]
    recoded = next(row for row in rows_of(book, 1, 2) if row[0] == RECODED)
    assert recoded[4:6] == ["125", "205"]
    reasons = [row[1:5] for row in rows_of(book, 2, 2) if row[0] == DEDUCTED]
    assert [(row[0], row[1], row[3]) for row in reasons] == [
        (1, "D18", 210_000),
        (1, "D01", 1_200_000),
        (2, "D05", 6_290_000),
    ]


@pytest.mark.usefixtures("keys")
def test_every_sheet_reads_from_right_to_left(
    database: Database, desk: Desk, now: datetime
) -> None:
    book = book_of(exported(database, desk.finance, now))
    assert book.sheetnames == ["پرونده‌ها", "خدمات", "دلایل کسر"]
    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets)
    amount = book.worksheets[0].cell(HEADER_ROW + 1, FIRST_AMOUNT + 1)
    assert "٬" in amount.number_format


def test_an_unfinished_case_has_its_cost_and_empty_cells(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    finish_all(database, desk, received, now, but=CLEAN)
    builders.bring(database, desk, received[CLEAN], now, ClaimState.RETURNED)
    rows = rows_of(book_of(exported(database, desk.finance, now)), 0, HEADER_ROW + 1)
    row = next(row for row in rows if row[0] == CLEAN)
    assert row[FIRST_AMOUNT : FIRST_AMOUNT + 2] == [6_290_000, None]
    assert row[-1] == "عودت"
    assert rows[-1][FIRST_AMOUNT] == 6_290_000


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_text_that_looks_like_a_formula_stays_text(
    database: Database, desk: Desk, now: datetime, start: str
) -> None:
    name = f"{start}HYPERLINK(1)"
    database.in_tx(
        lambda s: reference.register_person(
            s,
            None,
            national_code=world.PRINCIPAL,
            first_name=name,
            last_name="نمونه",
            birth_on=parse_day("1360/01/01"),
            now=now,
        )
    )
    received_batch(database, desk, now)
    content = exported(database, desk.finance, now)
    cell = book_of(content).worksheets[0].cell(HEADER_ROW + 1, 2)
    assert (cell.value, cell.data_type) == (f"{name} نمونه", "s")
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        sheets = [files.read(name) for name in files.namelist() if "worksheets/" in name]
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_an_internal_note_is_nowhere_in_the_file(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    key, planted = keys[DEDUCTED], "محرمانه کارشناسان"
    database.in_tx(
        lambda s: notes.add_note(s, desk.lead, key.insurer_id, key.claim_id, text=planted, now=now)
    )
    content = exported(database, desk.finance, now)
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        everything = b"".join(files.read(name) for name in files.namelist()).decode()
    assert planted not in everything
    assert "اختلاف با نرخ" in everything


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("role", [Role.RECEPTION, Role.COMMISSION, Role.CHAIR, Role.ADMIN], ids=str)
def test_who_may_not_see_money_exports_nothing(
    database: Database, desk: Desk, now: datetime, role: Role
) -> None:
    with pytest.raises(Refused) as refused:
        exported(database, desk.everyone()[role], now)
    assert refused.value.code == "not_permitted"


@pytest.mark.usefixtures("keys")
def test_each_export_is_on_the_record(database: Database, desk: Desk, now: datetime) -> None:
    exported(database, desk.auditor, now)
    with database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "batch.exported")
        ).one()
    assert (event.actor_id, event.facts["paper"]) == (desk.auditor.user_id, "xlsx")


@pytest.mark.usefixtures("keys")
def test_a_reason_names_the_frames_it_rests_on(
    database: Database, desk: Desk, now: datetime
) -> None:
    frame = {"image": 2, "left": 4000, "top": 2500, "width": 1200, "height": 3000}
    cite = update(LineDeduction).values(cites=[frame])
    database.in_tx(lambda s: s.execute(cite.where(LineDeduction.reason == "D01")))
    book = book_of(exported(database, desk.finance, now))
    texts = {row[2]: row[5] for row in rows_of(book, 2, 2)}
    assert texts["D01"] == "اختلاف با نرخ‌نامه · تصویر ۲، کادر ۱"
    assert not texts["D05"]

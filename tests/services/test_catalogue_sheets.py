"""Sheets of prices and coefficients: out as they come in, each wrong row told, nothing applied."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select

from tests.services.changing import proposed, published
from tests.services.office import Office, refused
from workbench.db.models import AuditEvent, CatalogueChange, Centre, Tariff
from workbench.errors import Refused
from workbench.i18n import use_language
from workbench.rules.changes import CoefficientItem, PriceItem
from workbench.rules.workflow import Role
from workbench.services.catalogue import lists as catalogue_lists
from workbench.services.catalogue.catalogue import add_tariff
from workbench.services.catalogue.exports import export_catalogue
from workbench.services.catalogue.price_sheets import SheetReport, basis_of, read_price_sheet
from workbench.services.errors import sentence
from workbench.services.sheet_reading import ROWS_MAX

FROM = date(2026, 5, 22)
HEAD = ("Tariff set", "Code", "Service", "Contract", "Level", "Price (rial)", "Holds since")


@pytest.fixture(autouse=True)
def persian():
    """Each test begins in the language of the house."""
    use_language("fa")
    yield
    use_language("fa")


def sheet(*rows, head=HEAD) -> bytes:
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def row(code="125", price=9_000_000, *, kind="طرف قرارداد", level="عمومی", tariff_set="default"):
    return (tariff_set, code, "", kind, level, price, "")


def read(office: Office, content: bytes, kind="prices", actor=None) -> SheetReport:
    with office.database.reading() as session:
        return read_price_sheet(session, actor or office.desk.lead, kind, content, from_on=FROM)


def export(office: Office, kind: str, actor=None) -> bytes:
    who = actor or office.desk.auditor
    return office.database.in_tx(lambda s: export_catalogue(s, who, kind, now=office.now))


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("kind", ["prices", "coefficients"])
def test_what_is_exported_comes_in_and_changes_nothing(office: Office, kind, language) -> None:
    item = CoefficientItem(centre=_centre(office), tariff_set="default", basis=11_500)
    given = {"from_on": date(2025, 1, 1)}
    change = proposed(office.database, office.desk.admin, office.now, item, **given)
    published(office.database, office.desk.manager, office.now, change)
    use_language(language)
    content = export(office, kind)
    use_language("en" if language == "fa" else "fa")
    with office.database.reading() as session:
        report = read_price_sheet(
            session, office.desk.lead, kind, content, from_on=date(2025, 11, 22)
        )
    assert report.unchanged_count == len(report.rows) > 0
    assert report.items == () and report.wrong == ()


def test_right_rows_become_the_items_of_one_change(office: Office) -> None:
    content = sheet(
        row(),
        row(price="۹٬۵۰۰٬۰۰۰", kind="غیر طرف قرارداد"),
        row(code=205, price=8_000_000.0, level="specialist"),
        row(code="۱۱۰", price=" 7,000,000 ", kind="contracted", level="general dentist"),
    )
    report = read(office, content)
    assert report.wrong == ()
    assert report.items == (
        PriceItem(tariff_set="default", code="125", amount_rial=9_000_000),
        PriceItem(tariff_set="default", code="125", amount_rial=9_500_000, is_contracted=False),
        PriceItem(tariff_set="default", code="205", amount_rial=8_000_000, level="specialist"),
        PriceItem(tariff_set="default", code="110", amount_rial=7_000_000),
    )
    before = _count(office, Tariff)
    change = proposed(office.database, office.desk.lead, office.now, *report.items, from_on=FROM)
    assert _count(office, Tariff) == before and _count(office, CatalogueChange) == 1
    published(office.database, office.desk.manager, office.now, change)
    assert _count(office, Tariff) == before + 4


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("sheet_not_a_number", row(price="نه میلیون")),
        ("sheet_not_a_number", row(price="9 میلیون")),
        ("sheet_not_a_number", row(price=9_000_000.5)),
        ("sheet_not_a_number", row(price=True)),
        ("sheet_not_a_number", row(price="9.5")),
        ("sheet_not_a_number", row(price="#REF!")),
        ("sheet_not_a_number", row(price=date(2026, 1, 1))),
        ("sheet_negative", row(price=-5)),
        ("sheet_negative", row(price="-۵")),
        ("sheet_cell_empty", row(price=None)),
        ("sheet_cell_empty", row(price="=1+1")),
        ("sheet_cell_empty", row(kind=None)),
        ("sheet_amount_too_large", row(price=10**13)),
        ("unknown_service_code", row(code="99999")),
        ("unknown_service_code", row(code=None)),
        ("unknown_tariff_set", row(tariff_set="other")),
        ("sheet_word_unknown", row(kind="شاید")),
        ("sheet_word_unknown", row(level="استاد")),
        ("sheet_row_twice", row(price=1)),
        ("tariff_overlaps", row(code="835", price=1)),
    ],
)
def test_a_wrong_row_is_told_by_its_number(office: Office, code: str, wrong: tuple) -> None:
    closed = {"valid_from": date(2026, 5, 1), "valid_to": date(2026, 6, 1)}
    given = {"tariff_set_code": "default", "code": "835", "amount_rial": 1, "now": office.now}
    office.database.in_tx(lambda s: add_tariff(s, None, **given, **closed))
    report = read(office, sheet(row(), wrong, row(code="110")))
    assert [(each.number, each.problem.code) for each in report.wrong] == [(3, code)]
    assert len(report.items) == 2
    assert _count(office, CatalogueChange) == 0


def test_rows_of_coefficients(office: Office) -> None:
    centre = _centre(office)
    head = ("centre", "tariff_set", "basis")
    rows = [
        (centre, "default", "۱٫۱۵"),
        ("none", "default", 1.1),
        (centre, "default", 1.2),
        (centre, "other", 1.2),
        (centre, "default", 0),
        (centre, "default", None),
    ]
    report = read(office, sheet(*rows, head=head), "coefficients")
    assert report.items == (CoefficientItem(centre=centre, tariff_set="default", basis=11_500),)
    assert [(each.number, each.problem.code) for each in report.wrong] == [
        (3, "unknown_centre"),
        (4, "sheet_row_twice"),
        (5, "unknown_tariff_set"),
        (6, "sheet_coefficient_wrong"),
        (7, "sheet_cell_empty"),
    ]


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("1", 10_000),
        ("1.0001", 10_001),
        ("0.5", 5_000),
        ("1٫25", 12_500),
        ("1/25", 12_500),
        ("1.00001", None),
        ("0", None),
        ("-1", None),
        ("11", None),
        ("NaN", None),
        ("Infinity", None),
        ("", None),
        ("یک", None),
    ],
)
def test_a_coefficient_is_a_number_with_four_decimals(text: str, basis: int | None) -> None:
    assert basis_of(text) == basis


def zipped(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    target = io.BytesIO(sheet(row()))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("sheet_not_xlsx", b""),
        ("sheet_not_xlsx", b"\xd0\xcf\x11\xe0 an old workbook"),
        ("sheet_not_xlsx", b"code;price\n125;1"),
        ("sheet_not_xlsx", zipped(**{"hello.txt": b"hello"})),
        ("sheet_not_xlsx", zipped(**{"[Content_Types].xml": b"<broken"})),
        ("sheet_not_xlsx", sheet(row())[:-200]),
        ("sheet_not_xlsx", with_part("xl/extra.xml", BOMB)),
        ("sheet_with_macros", with_part("xl/vbaProject.bin", b"x")),
        ("sheet_too_large", with_part("xl/media/bomb.bin", bytes(60_000_000))),
        ("sheet_too_large", b"x" * 5_000_001),
        ("sheet_too_long", sheet(*[row()] * (ROWS_MAX + 1))),
        ("sheet_columns_missing", sheet(("a", "b"), head=("c", "d"))),
        ("sheet_empty", sheet(head=())),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_none_is_refused_with_a_sentence(office: Office, code, content) -> None:
    refused(code, lambda: read(office, content))


@pytest.mark.parametrize("at", range(30, 5_000, 211))
def test_a_damaged_file_is_never_a_crash(office: Office, at: int) -> None:
    content = bytearray(sheet(row()))
    for place in range(at, min(at + 40, len(content))):
        content[place] ^= 0x5A
    try:
        read(office, bytes(content))
    except Refused as problem:
        assert problem.code.startswith("sheet_")


def test_who_may_read_a_sheet_and_export(office: Office) -> None:
    for role, actor in office.desk.everyone().items():
        if role not in (Role.ADMIN, Role.MANAGER, Role.LEAD):
            refused("not_permitted", lambda a=actor: read(office, sheet(row()), actor=a))
        if role not in (Role.ADMIN, Role.MANAGER, Role.LEAD, Role.AUDITOR):
            refused("not_permitted", lambda a=actor: export(office, "prices", a))


@pytest.mark.parametrize("kind", ["prices", "coefficients", "services", "reasons", "rules"])
def test_every_export_is_a_sheet_and_on_the_record(office: Office, kind: str) -> None:
    rows = list(openpyxl.load_workbook(io.BytesIO(export(office, kind))).active.values)
    with office.database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "catalogue.export")
        ).one()
    assert event.facts["rows"] == len(rows) - 1
    assert kind == "coefficients" or len(rows) > 10


def test_versions_by_date_say_which_holds(office: Office) -> None:
    today = date(2025, 11, 22)
    for on, amount in ((date(2025, 6, 1), 1), (today, 2), (today, 3), (date(2026, 6, 1), 4)):
        item = PriceItem(tariff_set="default", code="125", amount_rial=amount, level="specialist")
        change = proposed(office.database, office.desk.admin, office.now, item, from_on=on)
        published(office.database, office.desk.manager, office.now, change)
    with office.database.reading() as session:
        found = catalogue_lists.read_prices(
            session, office.desk.auditor, text="۱۲۵", now=office.now
        )
    (priced,) = [each for each in found.rows if each.code == "125"]
    versions = priced.prices[True, "specialist"]
    assert [(v.value, v.state, v.from_on, v.until_on) for v in versions] == [
        (4, "future", date(2026, 6, 1), None),
        (3, "present", today, date(2026, 5, 31)),
        (2, "corrected", today, date(2026, 5, 31)),
        (1, "past", date(2025, 6, 1), date(2025, 11, 21)),
    ]
    assert priced.present((True, "specialist")) == versions[1]
    assert priced.next((True, "specialist")) == versions[0]


def test_the_list_is_read_by_key(office: Office) -> None:
    def page(after: str | None) -> catalogue_lists.PriceList:
        with office.database.reading() as session:
            return catalogue_lists.read_prices(
                session, office.desk.auditor, after=after, now=office.now, size=7
            )

    seen, after = [], None
    while True:
        found = page(after)
        seen += [each.code for each in found.rows]
        after = found.next_key
        if after is None:
            break
    with office.database.reading() as session:
        whole = catalogue_lists.read_prices(session, office.desk.auditor, now=office.now, size=None)
    assert seen == [each.code for each in whole.rows] and len(seen) > 20


def _count(office: Office, model) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _centre(office: Office) -> str:
    with office.database.reading() as session:
        return session.scalars(select(Centre.code).order_by(Centre.id)).first()


def test_a_negative_value_keeps_its_sign_before_it() -> None:
    said = sentence(Refused("sheet_negative", column="قیمت", value="-5"))
    assert "\u2068-۵\u2069" in said

"""Form no. 8: the batch's own totals in Persian, the same bytes again, nothing that is internal."""

import io
import re
from datetime import datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.builders import BATCH, Desk, Key
from tests.services.batch_world import CLEAN, DEDUCTED, finish_all
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent
from workbench.errors import Refused
from workbench.i18n import language, use_language
from workbench.persian.rial import format_rial
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.batches.form8 import form8_pdf
from workbench.services.batches.view import COLUMNS, read_batch
from workbench.services.claims import notes

PLANTED = "محرمانهکارشناسان"


@pytest.fixture
def keys(prepared: Prepare, desk: Desk, received: dict[str, Key], now: datetime) -> dict[str, Key]:
    """A batch with all its cases finished."""
    prepared(finish_all, desk, received, now)
    return received


def printed(database: Database, actor: Actor, now: datetime) -> bytes:
    return database.in_tx(lambda s: form8_pdf(s, actor, BATCH, now=now))


def drawn(text: str) -> str:
    """Persian digits as pypdf gives them back: each run of digits from its end."""
    return re.sub("[۰-۹]+", lambda run: run[0][::-1], text)


def amount(amount_rial: int) -> str:
    return drawn(format_rial(amount_rial, "fa"))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.usefixtures("keys")
def test_it_shows_every_total_and_every_case(database: Database, desk: Desk, now: datetime) -> None:
    text = text_of(printed(database, desk.finance, now))
    with database.reading() as session:
        view = read_batch(session, desk.finance, BATCH)
    for name in COLUMNS:
        assert amount(getattr(view.settled, name)) in text, name
        for case in view.cases:
            assert amount(getattr(case.money, name)) in text, (case.number, name)
    assert drawn("۳۶۶۵۹۰") in text
    assert drawn("۱۴۰۴/۰۹/۰۱ ۱۰:۰۰") in text


@pytest.mark.usefixtures("keys")
def test_the_same_data_give_the_same_bytes_but_for_the_day_of_print(
    database: Database, desk: Desk, now: datetime
) -> None:
    first = printed(database, desk.finance, now)
    assert printed(database, desk.lead, now) == first
    assert printed(database, desk.finance, now + timedelta(days=1)) != first


@pytest.mark.usefixtures("keys")
def test_it_is_persian_whatever_the_screen_speaks(
    database: Database, desk: Desk, now: datetime
) -> None:
    persian = printed(database, desk.finance, now)
    use_language("en")
    try:
        assert printed(database, desk.finance, now) == persian
        assert language() == "en"
    finally:
        use_language("fa")


def test_an_unfinished_case_shows_its_cost_only(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    finish_all(database, desk, received, now, but=CLEAN)
    text = text_of(printed(database, desk.finance, now))
    with database.reading() as session:
        view = read_batch(session, desk.finance, BATCH)
    assert view.unsettled_cost_rial == 6_290_000
    assert text.count(amount(6_290_000)) == 3  # its row, its own sum, the capped case
    assert amount(view.settled.payable_rial) in text


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("role", [Role.RECEPTION, Role.COMMISSION, Role.CHAIR, Role.ADMIN], ids=str)
def test_who_may_not_see_money_prints_nothing(
    database: Database, desk: Desk, now: datetime, role: Role
) -> None:
    with pytest.raises(Refused) as refused:
        printed(database, desk.everyone()[role], now)
    assert refused.value.code == "not_permitted"


def test_an_internal_note_never_reaches_the_paper(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    key = keys[DEDUCTED]
    before = printed(database, desk.finance, now)
    database.in_tx(
        lambda s: notes.add_note(s, desk.lead, key.insurer_id, key.claim_id, text=PLANTED, now=now)
    )
    assert printed(database, desk.finance, now) == before


@pytest.mark.usefixtures("keys")
def test_each_print_is_on_the_record(database: Database, desk: Desk, now: datetime) -> None:
    printed(database, desk.finance, now)
    printed(database, desk.lead, now)
    with database.reading() as session:
        found = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.action == "batch.exported")
            .order_by(AuditEvent.sequence)
        ).all()
    assert [(event.actor_id, event.facts["paper"]) for event in found] == [
        (desk.finance.user_id, "form8"),
        (desk.lead.user_id, "form8"),
    ]

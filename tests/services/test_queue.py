"""The queue: pages by key, each filter, the insurers' limit, counts, totals, export."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.services import queue_rows
from tests.services.queue_rows import Hall
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim
from workbench.db.queries import names
from workbench.db.queries import queue as queries
from workbench.errors import Refused
from workbench.rules.workflow import OPEN_STATES, Role
from workbench.services.choices import find_dentist, read_choices
from workbench.services.claims.listed import ListedClaim
from workbench.services.claims.taking import take_next
from workbench.services.desk.queue import count_queue, export_queue, read_queue
from workbench.services.desk.queue_filter import QueueFilter
from workbench.services.list_pages import ListPage

COUNT = 300

QueuePage = ListPage[ListedClaim]


@pytest.fixture
def hall(prepared: Prepare, now: datetime) -> Hall:
    """Three hundred claims in all states."""
    made: Hall = prepared(queue_rows.filled_hall, now, COUNT)
    return made


@pytest.fixture
def page(database: Database, hall: Hall, now: datetime) -> Callable[..., QueuePage]:
    """Read a page as the assessor."""

    def read(chosen: QueueFilter, **keys: Any) -> QueuePage:
        with database.reading() as session:
            return read_queue(session, hall.assessor, chosen, now=now, **keys)

    return read


def _claims(database: Database) -> list[Claim]:
    with database.reading() as session:
        return queue_rows.all_claims(session)


def _walk(page: Callable[..., QueuePage], chosen: QueueFilter, size: int) -> list[QueuePage]:
    pages = [page(chosen, size=size)]
    while pages[-1].next_key is not None:
        pages.append(page(chosen, size=size, after=pages[-1].next_key))
        assert len(pages) < COUNT
    return pages


@pytest.mark.parametrize("size", [1, 7, 25, 50])
@pytest.mark.parametrize("state", [None, "accepted", "finished", "ready_to_send"])
def test_pages_are_complete_in_order_and_without_repeats(
    database: Database, page: Callable[..., QueuePage], size: int, state: str | None
) -> None:
    if size == 1 and state is None:
        size = 3
    rows = [row for p in _walk(page, QueueFilter(state=state), size) for row in p.rows]
    wanted = [c for c in _claims(database) if (c.state == state if state else c.is_open)]
    ordered = sorted(
        ((c.due_at, c.id) for c in wanted),
        key=lambda k: (k[0].timestamp() if k[0] else 0, k[1]),
        reverse=state == "finished",
    )
    assert [(row.due_at, row.claim_id) for row in rows] == ordered


def test_going_back_shows_the_pages_again(page: Callable[..., QueuePage]) -> None:
    pages = _walk(page, QueueFilter(state="accepted"), 20)
    at = pages[-1]
    for former in reversed(pages[:-1]):
        at = page(QueueFilter(state="accepted"), size=20, before=at.previous_key)
        assert at.rows == former.rows
        assert at.next_key is not None
    assert at.previous_key is None


def _filters(hall: Hall, now: datetime) -> dict[str, tuple[QueueFilter, Callable[[Claim], bool]]]:
    centre = hall.centre_ids[1]
    return {
        "insurer": (
            QueueFilter(insurer_id=hall.insurer_id),
            lambda c: c.insurer_id == hall.insurer_id,
        ),
        "centre": (QueueFilter(centre_id=centre), lambda c: c.centre_id == centre),
        "three at once": (
            QueueFilter(centre_id=centre, insurer_id=hall.insurer_id, state="accepted"),
            lambda c: c.centre_id == centre and c.state == "accepted",
        ),
        "direct": (QueueFilter(kind="direct"), lambda c: c.kind == "direct"),
        "indirect": (QueueFilter(kind="indirect"), lambda c: c.kind == "indirect"),
        "age": (
            QueueFilter(age_days=3),
            lambda c: c.registered_at < now - timedelta(days=3),
        ),
        "amount": (
            QueueFilter(amount_from_rial=5_000_000, amount_to_rial=9_000_000),
            lambda c: 5_000_000 <= c.cost_rial <= 9_000_000,
        ),
        "finding": (QueueFilter(finding=True), lambda c: c.open_finding_count > 0),
        "no finding": (QueueFilter(finding=False), lambda c: c.open_finding_count == 0),
        "overdue": (QueueFilter(is_overdue=True), lambda c: c.is_waiting and c.due_at < now),
        "second round": (QueueFilter(is_second_round=True), lambda c: c.round > 1),
        "first round": (QueueFilter(is_second_round=False), lambda c: c.round == 1),
        "free": (QueueFilter(assignee="free"), lambda c: c.is_waiting),
        "mine": (
            QueueFilter(assignee="me"),
            lambda c: c.assignee_id == hall.assessor.user_id,
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("insurer", "centre", "three at once", "direct", "indirect", "age", "amount"),
        *("finding", "no finding", "overdue", "second round", "first round", "free", "mine"),
    ],
)
def test_each_filter_gives_exactly_what_fits(
    database: Database,
    hall: Hall,
    page: Callable[..., QueuePage],
    now: datetime,
    name: str,
) -> None:
    chosen, fits = _filters(hall, now)[name]
    pages = _walk(page, chosen, 50)
    shown = {row.claim_id for p in pages for row in p.rows}
    expected = {c.id for c in _claims(database) if c.is_open and fits(c)}
    assert shown == expected
    assert pages[0].total == len(expected)


def _by_number(n: int) -> str:
    return f"99{n:07d}"


def test_text_finds_a_case_number_in_persian_digits(
    page: Callable[..., QueuePage],
) -> None:
    found = page(QueueFilter(text="۹۹۰۰۰۰۰۱۲"))
    assert [row.number for row in found.rows] == [_by_number(12)]


def test_text_finds_a_tracking_code(page: Callable[..., QueuePage]) -> None:
    found = page(QueueFilter(text="1403/14/11/036/92"))
    assert [row.number for row in found.rows] == [_by_number(11)]


def test_text_finds_a_national_code_and_shows_it_masked(
    database: Database, hall: Hall, page: Callable[..., QueuePage]
) -> None:
    from workbench.db.models import Person

    with database.reading() as session:
        code = session.get_one(Person, hall.person_ids[0]).national_code
    found = page(QueueFilter(text=code))
    expected = {c.id for c in _claims(database) if c.is_open and c.person_id == hall.person_ids[0]}
    assert {row.claim_id for row in found.rows} == expected
    assert all("****" in row.masked_national_code for row in found.rows)
    assert code not in repr(found)


@pytest.mark.parametrize("typed", ["یزد", "يزد", "یزدانی  سارا", "\u200cیزد"])
def test_text_finds_a_family_name_in_any_letters(
    page: Callable[..., QueuePage], typed: str
) -> None:
    found = page(QueueFilter(text=typed))
    assert found.rows
    assert all("يزدانى" in row.person_name for row in found.rows)


def test_text_finds_a_first_name(page: Callable[..., QueuePage]) -> None:
    found = page(QueueFilter(text="مهت"), size=50)
    assert found.rows
    assert all(row.person_name.startswith("مهتاب") for row in found.rows)


def test_a_common_name_gives_the_same_as_a_rare_one(
    page: Callable[..., QueuePage], monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = page(QueueFilter(text="کریمی"), size=50)
    monkeypatch.setattr(names, "NAMES_MAX", 1)
    common = page(QueueFilter(text="کریمی"), size=50)
    assert common.rows == rare.rows
    assert rare.total == common.total > 0


def test_two_letters_are_refused(page: Callable[..., QueuePage]) -> None:
    with pytest.raises(Refused) as refused:
        page(QueueFilter(text="کر"))
    assert refused.value.code == "search_too_short"


def test_a_turned_round_amount_is_refused(page: Callable[..., QueuePage]) -> None:
    with pytest.raises(Refused) as refused:
        page(QueueFilter(amount_from_rial=2, amount_to_rial=1))
    assert refused.value.code == "amount_range"


@pytest.mark.parametrize("key", ["", "x", "~", "2025-13-01~5", "2025-01-01T00:00:00+00:00~x"])
def test_a_broken_page_key_is_refused(page: Callable[..., QueuePage], key: str) -> None:
    with pytest.raises(Refused) as refused:
        page(QueueFilter(), after=key or "~")
    assert refused.value.code == "page_unknown"


def test_other_insurers_do_not_show(database: Database, hall: Hall, now: datetime) -> None:
    other = database.in_tx(lambda session: queue_rows.second_insurer(session, now))
    stranger = replace(hall.assessor, insurer_ids=frozenset({other}))
    friend = replace(hall.assessor, insurer_ids=frozenset({other, hall.insurer_id}))
    with database.reading() as session:
        for chosen in (
            QueueFilter(),
            QueueFilter(insurer_id=hall.insurer_id),
            QueueFilter(text="کریمی"),
            QueueFilter(text=_by_number(12)),
            QueueFilter(centre_id=hall.centre_ids[0]),
        ):
            assert read_queue(session, stranger, chosen, now=now).rows == ()
            assert read_queue(session, friend, chosen, now=now).rows
        assert count_queue(session, stranger, now=now).by_state == {}
        assert [i for i, _name in read_choices(session, stranger).insurers] == [other]


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.FINANCE, Role.ADMIN, Role.COMMISSION])
def test_who_may_not_read_the_queue(
    database: Database, hall: Hall, now: datetime, role: Role
) -> None:
    actor = replace(hall.assessor, roles=frozenset({role}))
    with database.reading() as session:
        for work in (
            lambda: read_queue(session, actor, QueueFilter(), now=now),
            lambda: count_queue(session, actor, now=now),
            lambda: export_queue(session, actor, QueueFilter(), now=now),
        ):
            with pytest.raises(Refused) as refused:
                work()
            assert refused.value.code == "not_permitted"


def test_counts_agree_with_the_claims(database: Database, hall: Hall, now: datetime) -> None:
    with database.reading() as session:
        counts = count_queue(session, hall.assessor, now=now)
    claims = _claims(database)
    for state in OPEN_STATES:
        assert counts.by_state.get(state, 0) == sum(c.state == state for c in claims)
    assert counts.open == sum(c.is_open for c in claims)
    assert counts.overdue == sum(c.is_waiting and c.due_at < now for c in claims)
    assert counts.waiting_by_insurer == {hall.insurer_id: sum(c.is_waiting for c in claims)}


def test_a_total_above_the_cap_says_so(
    page: Callable[..., QueuePage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "TOTAL_MAX", 100)
    found = page(QueueFilter())
    assert (found.total, found.is_total_capped, found.total_text) == (100, True, "۱۰۰+")
    rare = page(QueueFilter(finding=True))
    assert rare.is_total_capped
    assert 0 < rare.total <= 100
    monkeypatch.undo()
    whole = page(QueueFilter())
    assert not whole.is_total_capped
    assert whole.total > 100


@pytest.mark.parametrize("size", [1, 25, 50])
def test_a_page_takes_at_most_five_statements_whatever_its_size(
    database: Database, hall: Hall, now: datetime, size: int
) -> None:
    statements: list[str] = []
    event.listen(
        database.read_engine, "before_cursor_execute", lambda *a: statements.append(str(a[2]))
    )
    with database.reading() as session:
        count_queue(session, hall.assessor, now=now)
        read_queue(session, hall.assessor, QueueFilter(text="کریمی"), now=now, size=size)
    selects = [s for s in statements if s.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert 4 <= len(selects) <= 5, selects


def test_a_taken_case_is_no_longer_free(database: Database, hall: Hall, now: datetime) -> None:
    first = database.in_tx(lambda s: take_next(s, hall.assessor, now=now))
    second = database.in_tx(lambda s: take_next(s, hall.colleague, now=now))
    assert first is not None and second is not None and first.id != second.id
    with database.reading() as session:
        free = read_queue(session, hall.assessor, QueueFilter(assignee="free"), now=now, size=50)
        mine = read_queue(session, hall.assessor, QueueFilter(assignee="me"), now=now)
        later = read_queue(
            session,
            hall.assessor,
            QueueFilter(assignee="free"),
            now=now + timedelta(hours=1),
            size=50,
        )
    assert {first.id, second.id}.isdisjoint(row.claim_id for row in free.rows)
    assert [row.claim_id for row in mine.rows] == [first.id]
    assert mine.rows[0].is_held(now) and not mine.rows[0].is_held(now + timedelta(hours=1))
    assert {first.id, second.id} <= {row.claim_id for row in later.rows}


def test_the_export_holds_the_rows_quoted_and_is_on_record(
    database: Database, hall: Hall, now: datetime
) -> None:
    def evil(session: Any) -> None:
        claim = session.scalars(select(Claim).where(Claim.number == _by_number(0))).one()
        claim.number = '=HYPERLINK("http://x")'

    database.in_tx(evil)
    data = database.in_tx(
        lambda s: export_queue(s, hall.assessor, QueueFilter(state="accepted"), now=now)
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        strings = archive.read("xl/sharedStrings.xml").decode()
    assert 'rightToLeft="1"' in sheet
    assert "<f>" not in sheet
    assert "=HYPERLINK(" in strings
    with database.reading() as session:
        recorded = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "queue.export")
        ).one()
    accepted = sum(c.state == "accepted" for c in _claims(database))
    assert sheet.count("<row ") == accepted + 1
    assert recorded.facts["rows"] == accepted
    assert recorded.actor_id == hall.assessor.user_id


def test_an_administrator_finds_a_dentist_by_number(
    database: Database, hall: Hall, now: datetime
) -> None:
    admin = replace(hall.assessor, roles=frozenset({Role.ADMIN}))
    with database.reading() as session:
        found = find_dentist(session, admin, "۱۲۳۴۵")
        assert (found.medical_council_number, found.name) == ("12345", "پزشک نمونه")
        assert read_choices(session, admin).insurers
        for actor, number, code in (
            (admin, "1", "dentist_unknown"),
            (hall.assessor, "12345", "not_permitted"),
        ):
            with pytest.raises(Refused) as refused:
                find_dentist(session, actor, number)
            assert refused.value.code == code

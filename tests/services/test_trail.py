"""The trail: complete pages, who saw and did what, words for every action code there is."""

import ast
import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import workbench
from tests.builders import Desk, Key, build_batch, build_claim, build_desk
from tests.services import queue_rows
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Base
from workbench.db.queries import trail as queries
from workbench.errors import Refused
from workbench.i18n import use_language
from workbench.persian.jalali import day_of
from workbench.rules.rulebook import RULES
from workbench.rules.workflow import (
    BATCH_TRANSITIONS,
    CLAIM_TRANSITIONS,
    REFERRAL_TRANSITIONS,
    ClaimState,
    Role,
)
from workbench.services import audit
from workbench.services.claims import taking
from workbench.services.list_files import csv_file
from workbench.services.trail import FileKind, TrailFilter, export_trail, read_actors, read_trail
from workbench.services.trail_words import ACTIONS, action_name, details, is_known

PACKAGE = Path(workbench.__file__).parent
LETTERS = re.compile("[A-Za-z]")


@pytest.fixture
def desk(prepared: Prepare, now: datetime) -> Desk:
    """The small world with a user for each role, one batch."""
    made: Desk = prepared(build_desk, now)
    prepared(build_batch, now)
    return made


def _finished_case(database: Database, desk: Desk, now: datetime) -> Key:
    made = build_claim(database, desk, now, "990748655", to=ClaimState.FINISHED)
    database.in_tx(
        lambda s: taking.open_case(
            s, desk.auditor, made.insurer_id, made.claim_id, now=now + timedelta(minutes=5)
        )
    )
    return made


@pytest.fixture
def key(prepared: Prepare, desk: Desk, now: datetime) -> Key:
    """A finished case that the auditor opened afterwards."""
    made: Key = prepared(_finished_case, desk, now)
    return made


def _all(database: Database, actor: Any, chosen: TrailFilter, size: int = 7) -> list[Any]:
    entries: list[Any] = []
    after = None
    with database.reading() as session:
        while True:
            page = read_trail(session, actor, chosen, after=after, size=size)
            entries += page.entries
            after = page.next_key
            if after is None:
                return entries


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_pages_are_complete_and_newest_first(
    database: Database, desk: Desk, key: Key, size: int
) -> None:
    entries = _all(database, desk.auditor, TrailFilter(), size)
    with database.reading() as session:
        assert len(entries) == session.scalar(select(func.count()).select_from(AuditEvent))
    assert len({entry.event_id for entry in entries}) == len(entries)
    order = [(entry.at, entry.event_id) for entry in entries]
    assert order == sorted(order, reverse=True)


def test_going_back_shows_the_former_page(database: Database, desk: Desk, key: Key) -> None:
    with database.reading() as session:
        first = read_trail(session, desk.auditor, TrailFilter(), size=5)
        second = read_trail(session, desk.auditor, TrailFilter(), size=5, after=first.next_key)
        back = read_trail(session, desk.auditor, TrailFilter(), size=5, before=second.previous_key)
    assert back.entries == first.entries
    assert (first.previous_key, back.previous_key) == (None, None)


def test_who_saw_and_did_what_to_a_case(database: Database, desk: Desk, key: Key) -> None:
    entries = _all(database, desk.lead, TrailFilter(number="۹۹۰۷۴۸۶۵۵"))
    assert entries[0].action == "claim.opened"
    assert entries[0].actor_name == desk.auditor.display_name
    done = [entry.action for entry in entries]
    assert done[-1] == "claim.register"
    assert {"claim.take", "claim.assess", "claim.finish"} <= set(done)
    assert {entry.stream for entry in entries} == {f"claim:{key.insurer_id}-{key.claim_id}"}
    assert entries == _all(
        database, desk.lead, TrailFilter(stream=f"claim:{key.insurer_id}-{key.claim_id}")
    )


def test_a_batch_number_shows_the_batch(database: Database, desk: Desk, key: Key) -> None:
    entries = _all(database, desk.lead, TrailFilter(number="366590"))
    assert {"batch.register", "batch.receive", "batch.start_review"} <= {e.action for e in entries}


def test_an_unknown_number_shows_nothing(database: Database, desk: Desk, key: Key) -> None:
    assert _all(database, desk.lead, TrailFilter(number="1")) == []


def test_what_one_user_did(database: Database, desk: Desk, key: Key) -> None:
    entries = _all(database, desk.manager, TrailFilter(actor_id=desk.assessor.user_id))
    assert {entry.actor_name for entry in entries} == {desk.assessor.display_name}
    both = TrailFilter(actor_id=desk.auditor.user_id, number=key.number)
    assert [e.action for e in _all(database, desk.manager, both)] == ["claim.opened"]
    with database.reading() as session:
        known = read_actors(session, desk.manager)
    assert (desk.assessor.user_id, desk.assessor.display_name) in known


def test_days_are_inclusive_in_tehran(
    database: Database, desk: Desk, key: Key, now: datetime
) -> None:
    today = day_of(now)
    yesterday = today - timedelta(days=1)
    events = _all(database, desk.auditor, TrailFilter(from_on=today, to_on=today))
    assert events and all(day_of(e.at) == today for e in events)
    assert _all(database, desk.auditor, TrailFilter(from_on=yesterday, to_on=yesterday)) == []
    with pytest.raises(Refused) as refused:
        _all(database, desk.auditor, TrailFilter(from_on=today, to_on=yesterday))
    assert refused.value.code == "period_range"


def test_seals_show(database: Database, desk: Desk, key: Key, now: datetime) -> None:
    assert not any(e.is_sealed for e in _all(database, desk.auditor, TrailFilter()))
    while database.in_tx(lambda s: audit.seal(s, now=now)):
        pass
    assert all(e.is_sealed for e in _all(database, desk.auditor, TrailFilter()))


def test_other_insurers_stay_out_of_sight(
    database: Database, desk: Desk, key: Key, now: datetime
) -> None:
    other = database.in_tx(lambda s: queue_rows.second_insurer(s, now))
    stranger = replace(desk.auditor, insurer_ids=frozenset({other}))
    assert _all(database, stranger, TrailFilter(number=key.number)) == []
    stream = TrailFilter(stream=f"claim:{key.insurer_id}-{key.claim_id}")
    assert _all(database, stranger, stream) == []
    assert {e.facts.get("claim") for e in _all(database, stranger, TrailFilter())} == {None}


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in (Role.AUDITOR, Role.LEAD, Role.MANAGER)]
)
def test_who_may_not_read_the_trail(
    database: Database, desk: Desk, now: datetime, role: Role
) -> None:
    actor = desk.everyone()[role]
    with database.reading() as session:
        for work in (
            lambda: read_trail(session, actor, TrailFilter()),
            lambda: read_actors(session, actor),
            lambda: export_trail(session, actor, TrailFilter(), FileKind.CSV, now=now),
        ):
            with pytest.raises(Refused) as refused:
                work()
            assert refused.value.code == "not_permitted"


@pytest.mark.parametrize("kind", list(FileKind))
def test_the_export_is_whole_and_on_record(
    database: Database, desk: Desk, key: Key, now: datetime, kind: FileKind
) -> None:
    chosen = TrailFilter(number=key.number)
    later = now + timedelta(minutes=10)
    count = len(_all(database, desk.auditor, chosen))
    data = database.in_tx(lambda s: export_trail(s, desk.auditor, chosen, kind, now=later))
    if kind is FileKind.CSV:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            rows = archive.read("xl/worksheets/sheet1.xml").decode().split("<row ")[1:]
    assert len(rows) == count + 1
    (event,) = _all(database, desk.auditor, TrailFilter(actor_id=desk.auditor.user_id))[:1]
    assert (event.action, event.facts["rows"]) == ("trail.export", count)


def test_no_cell_of_a_csv_is_a_formula() -> None:
    text = csv_file(["=a"], [["=1+1"], ["+1"], ["-1"], ["@x"], ["\tx"], [5], [None]]).decode(
        "utf-8-sig"
    )
    cells = [row[0] for row in csv.reader(io.StringIO(text))]
    assert cells == ["'=a", "'=1+1", "'+1", "'-1", "'@x", "'\tx", "5", ""]


def test_the_trail_goes_by_its_indexes(
    database: Database, desk: Desk, key: Key, now: datetime
) -> None:
    place = (now, 5)
    for wanted, index in (
        (queries.Events(), "ix_audit_event_at"),
        (queries.Events(actor_id=1), "ix_audit_event_actor"),
        (queries.Events(from_at=now, before_at=now), "ix_audit_event_at"),
        (queries.Events(streams=("claim:1-2",)), "audit_event"),
        (queries.Events(streams=("claim:1-2", "claim:1-3"), actor_id=1), "audit_event"),
    ):
        for at in (None, place):
            plan = queue_rows.plan_of(
                database, queries.events(wanted, at, ascending=False, size=51)
            )
            assert index in plan, plan
            if wanted != queries.Events():
                assert "SCAN audit_event" not in plan, plan
            assert "Seq Scan on audit_event" not in plan, plan


def _codes_in_the_code() -> set[str]:
    """Every action code that is written anywhere: literal, or put together from a table."""
    codes = {f"referral.{action}" for _state, action in REFERRAL_TRANSITIONS} | {"referral.issue"}
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "audit.record(" not in source and "record_change(" not in source:
            continue
        prefixes = re.findall(r'action=f"(\w+)\.\{action\}"', source)
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "record":
                codes |= {
                    str(k.value.value)
                    for k in node.keywords
                    if k.arg == "action" and isinstance(k.value, ast.Constant)
                }
            texts = {
                a.value
                for a in node.args
                if isinstance(a, ast.Constant) and isinstance(a.value, str)
            }
            if name == "record_change":
                codes |= texts
            if name in ("_record", "_move"):
                codes |= {f"{prefix}.{text}" for prefix in prefixes for text in texts}
    codes |= {f"claim.{action}" for _state, action in CLAIM_TRANSITIONS}
    codes |= {f"batch.{action}" for _state, action in BATCH_TRANSITIONS}
    return codes


def test_every_action_code_has_a_persian_name() -> None:
    codes = _codes_in_the_code()
    assert {"claim.opened", "user_added", "referral.export", "remittance.order"} <= codes
    assert sorted(code for code in codes if not is_known(code)) == []
    use_language("fa")
    names = {code: action_name(code) for code in {*codes, *ACTIONS}}
    assert {code: name for code, name in names.items() if LETTERS.search(name)} == {}


def test_everything_recorded_has_a_name(database: Database, desk: Desk, key: Key) -> None:
    entries = _all(database, desk.auditor, TrailFilter(), 500)
    assert sorted({e.action for e in entries if not is_known(e.action)}) == []
    assert all(e.title and not LETTERS.search(e.title) for e in entries)


@pytest.mark.parametrize(
    "table", ["insurer", "person", "centre", "dentist", "contract", "membership", "service"]
)
def test_master_data_has_names(table: str) -> None:
    assert table in Base.metadata.tables
    use_language("fa")
    for change in ("added", "changed"):
        assert not LETTERS.search(action_name(f"{table}.{change}"))


def test_details_say_amounts_and_words() -> None:
    use_language("fa")
    said = details(
        {
            "what": "add_deduction",
            "line": 2,
            "reason": "D03",
            "amount_rial": 1_432_000,
            "version": 9,
            "state": "under_review",
            "until": "2025-11-22",
        }
    )
    for part in ("۱٬۴۳۲٬۰۰۰", "خط ۲", "D03", "۱۴۰۴/۰۹/۰۱", "در حال رسیدگی"):
        assert part in said
    assert "add_deduction" not in said
    said = details({"finding": "canals_mismatch", "roles": ["assessor", "lead"]})
    assert not LETTERS.search(said)
    assert details({"version": 9, "account_id": 5}) == ""


def test_every_kind_of_finding_has_a_name_in_the_trail() -> None:
    for rule in RULES:
        said = details({"finding": rule.__name__})
        assert rule.__name__ not in said, said

"""Search finds by every number and name, masked, recorded, within the insurers."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import Desk, Key, build_batch, build_claim, build_desk
from tests.services import queue_rows, registered_world
from tests.services.queue_rows import Hall
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, Person, Referral
from workbench.db.queries import search as queries
from workbench.errors import Refused
from workbench.persian.digits import to_persian
from workbench.rules.workflow import ClaimState, Role
from workbench.services.desk import search as service
from workbench.services.desk.search import SearchResult, search, search_person

BATCH = "366590"


@pytest.fixture
def desk(prepared: Prepare, now: datetime) -> Desk:
    """The small world with a user for each role, one batch."""
    made: Desk = prepared(build_desk, now)
    prepared(build_batch, now)
    return made


def _received_case(database: Database, desk: Desk, now: datetime) -> Key:
    return build_claim(database, desk, now, "990748655", to=ClaimState.ACCEPTED)


@pytest.fixture
def key(prepared: Prepare, desk: Desk, now: datetime) -> Key:
    """One received case in the batch."""
    made: Key = prepared(_received_case, desk, now)
    return made


@pytest.fixture
def hall(prepared: Prepare, now: datetime) -> Hall:
    """Two hundred claims of people with names."""
    made: Hall = prepared(queue_rows.filled_hall, now, 200)
    return made


def _search(database: Database, actor: Any, text: str, now: datetime) -> SearchResult:
    return database.in_tx(lambda s: search(s, actor, text, now=now))


@pytest.mark.parametrize("typed", ["990748655", "۹۹۰۷۴۸۶۵۵", "٩٩٠٧٤٨٦٥٥", " 990748655 "])
def test_a_case_number_in_any_digits(
    database: Database, desk: Desk, key: Key, now: datetime, typed: str
) -> None:
    found = _search(database, desk.assessor, typed, now)
    assert [c.number for c in found.claims] == [key.number]
    assert (found.people, found.referrals, found.batches) == ((), (), ())


def test_a_referral_shows_itself_and_its_cases(
    database: Database, desk: Desk, key: Key, now: datetime
) -> None:
    with database.reading() as session:
        claim = session.get_one(Claim, (key.insurer_id, key.claim_id))
        number = session.get_one(Referral, (key.insurer_id, claim.referral_id)).number
    found = _search(database, desk.assessor, to_persian(number), now)
    assert [r.number for r in found.referrals] == [number]
    assert [c.number for c in found.claims] == [key.number]


def test_a_batch_shows_its_number_of_cases(
    database: Database, desk: Desk, key: Key, now: datetime
) -> None:
    found = _search(database, desk.assessor, "۳۶۶۵۹۰", now)
    assert [(b.acceptance_number, b.claim_count) for b in found.batches] == [(BATCH, 1)]


def test_a_tracking_code(database: Database, hall: Hall, now: datetime) -> None:
    found = _search(database, hall.assessor, "۱۴۰۳/۱۴/۱۷/۰۳۶/۹۲", now)
    assert [c.number for c in found.claims] == ["990000017"]


def test_a_national_code_is_masked_and_on_record_without_the_code(
    database: Database, desk: Desk, key: Key, now: datetime
) -> None:
    code = registered_world.PRINCIPAL
    found = _search(database, desk.assessor, to_persian(code), now)
    assert [c.number for c in found.claims] == [key.number]
    assert [p.claim_count for p in found.people] == [1]
    assert code not in repr(found)
    assert found.people[0].masked_national_code.count("*") == 4
    with database.reading() as session:
        (event,) = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "search.national_code")
        ).all()
    assert event.actor_id == desk.assessor.user_id
    assert code not in json.dumps(event.facts)
    assert event.facts == {"code_hash": hashlib.sha256(code.encode()).hexdigest()[:5]}


def test_an_unknown_national_code_is_on_record_too(
    database: Database, desk: Desk, now: datetime
) -> None:
    assert _search(database, desk.assessor, "0012345679", now).is_empty
    with database.reading() as session:
        assert session.scalars(
            select(AuditEvent).where(AuditEvent.action == "search.national_code")
        ).all()


def test_other_searches_write_nothing(database: Database, desk: Desk, now: datetime) -> None:
    with database.reading() as session:
        before = session.scalars(select(AuditEvent.id)).all()
    for text in ("990748655", "خانوا", "366590", "1234567890"):
        _search(database, desk.assessor, text, now)
    with database.reading() as session:
        assert session.scalars(select(AuditEvent.id)).all() == before


@pytest.mark.parametrize("typed", ["یزدانی", "يزدانى", "یزد", "سارا", "یزدا\u200cنی"])
def test_a_name_in_any_letters(database: Database, hall: Hall, now: datetime, typed: str) -> None:
    found = _search(database, hall.assessor, typed, now)
    assert found.people and found.claims
    wanted = "سارا" if typed == "سارا" else "يزدانى"
    assert all(wanted in person.name for person in found.people)
    with database.reading() as session:
        people = session.scalars(select(Person)).all()
    assert len(found.people) == sum(wanted in p.name for p in people)


@pytest.mark.parametrize("typed", ["", "  ", "کر", "۱۲", "ك\u200c", "a"])
def test_less_than_three_signs_are_refused(
    database: Database, desk: Desk, now: datetime, typed: str
) -> None:
    with pytest.raises(Refused) as refused:
        _search(database, desk.assessor, typed, now)
    assert refused.value.code == "search_too_short"


@pytest.mark.parametrize("typed", ["%%%", "___", "'; drop table claim; --", "کر%", "\\\\\\"])
def test_signs_of_sql_are_just_letters(
    database: Database, hall: Hall, now: datetime, typed: str
) -> None:
    assert _search(database, hall.assessor, typed, now).is_empty


def test_results_are_limited_and_say_so(
    database: Database, hall: Hall, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not _search(database, hall.assessor, "کریمی مهتاب", now).is_cut
    monkeypatch.setattr(service, "RESULTS_MAX", 2)
    found = _search(database, hall.assessor, "کریمی", now)
    assert found.is_cut
    assert (len(found.people), len(found.claims)) == (2, 2)


def test_a_found_person_opens_his_cases(database: Database, hall: Hall) -> None:
    with database.reading() as session:
        found = search_person(session, hall.assessor, hall.person_ids[3])
        wanted = {c.id for c in queue_rows.all_claims(session) if c.person_id == hall.person_ids[3]}
    assert {c.claim_id for c in found.claims} == wanted
    assert len(found.people) == 1


def test_other_insurers_stay_out_of_sight(
    database: Database, desk: Desk, key: Key, now: datetime
) -> None:
    other = database.in_tx(lambda s: queue_rows.second_insurer(s, now))
    stranger = replace(desk.assessor, insurer_ids=frozenset({other}))
    for text in (key.number, BATCH, registered_world.PRINCIPAL, "خانوادگی", "نام خا"):
        assert _search(database, stranger, text, now).is_empty
        assert not _search(database, desk.assessor, text, now).is_empty


@pytest.mark.parametrize(
    "role", [Role.RECEPTION, Role.FINANCE, Role.ADMIN, Role.COMMISSION, Role.CHAIR]
)
def test_who_may_not_search(database: Database, desk: Desk, now: datetime, role: Role) -> None:
    with pytest.raises(Refused) as refused:
        _search(database, desk.everyone()[role], "990748655", now)
    assert refused.value.code == "not_permitted"


def test_search_goes_by_indexes(database: Database, hall: Hall) -> None:
    for insurer_ids in (None, (1, 2)):
        for statement in (
            queries.claims_by_number("1", insurer_ids, 51),
            queries.claims_of_referral("1", insurer_ids, 51),
            queries.claims_of_people([1, 2], insurer_ids, 51),
            queries.ids_of_people_named("کری", 51),
            queries.people([1, 2], insurer_ids),
            queries.referrals("1", insurer_ids, 50),
            queries.batches("1", insurer_ids, 50),
        ):
            plan = queue_rows.plan_of(database, statement)
            for table in ("claim", "person", "referral", "batch"):
                assert f"SCAN {table}\n" not in f"{plan}\n", plan
                assert f"Seq Scan on {table} " not in plan, plan

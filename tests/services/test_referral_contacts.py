"""Contacts about letters: noted once, for one or several, on the record without the text."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.services import letter_rows as rows
from tests.services.letter_rows import Drawer
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, ReferralContact
from workbench.errors import Refused
from workbench.i18n import use_language
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.contacts import (
    Contact,
    add_contact,
    add_contacts,
    former_contacts,
    message_text,
)
from workbench.services.referrals.lists import ExpiringFilter, read_expiring
from workbench.services.referrals.sums import count_contacts


@dataclass(frozen=True, slots=True)
class Phone:
    """Three letters to call about."""

    database: Database
    drawer: Drawer
    places: tuple[ReferralPlace, ...]
    now: datetime

    def note(self, outcome: str, note: str = "", **options: Any) -> None:
        actor: Actor = options.get("actor", self.drawer.reception)
        at = self.now + options.get("later", timedelta())
        self.database.in_tx(
            lambda s: add_contact(s, actor, self.places[0], outcome=outcome, note=note, now=at)
        )

    def note_all(self, outcome: str, places: tuple[ReferralPlace, ...]) -> int:
        actor = self.drawer.reception
        return self.database.in_tx(
            lambda s: add_contacts(s, actor, places, outcome=outcome, now=self.now)
        )

    def former(self) -> tuple[Contact, ...]:
        with self.database.reading() as session:
            return former_contacts(session, self.drawer.reception, self.places[0])

    def count(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(ReferralContact)) or 0


@pytest.fixture
def phone(database: Database, prepared: Callable[..., Any], now: datetime) -> Phone:
    def fill(database: Database, now: datetime) -> tuple[Drawer, list[int]]:
        def work(session: Any) -> tuple[Drawer, list[int]]:
            drawer = rows.open_drawer(session, now)
            on = day_of(now) + timedelta(2)
            return drawer, [rows.letter(session, drawer, f"80000{n}", on) for n in range(3)]

        return database.in_tx(work)

    drawer, ids = prepared(fill, now)
    places = tuple(ReferralPlace(insurer_id=drawer.insurer_id, referral_id=id_) for id_ in ids)
    return Phone(database, drawer, places, now)


@pytest.mark.parametrize("outcome", ["will_come", "promised_today", "no_answer", "gave_up"])
def test_a_contact_is_noted_with_who_and_when(phone: Phone, outcome: str) -> None:
    phone.note(outcome, "  فردا می‌آید\0 ")
    assert phone.former() == (
        Contact(at=phone.now, actor_name="reception-1", outcome=outcome, note="فردا می‌آید"),
    )


def test_the_trail_has_the_outcome_and_not_the_text(phone: Phone) -> None:
    phone.note("will_come", "گفت ساعت شانزده")
    with phone.database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "referral.contact")
        ).one()
    assert event.facts["outcome"] == "will_come"
    assert "شانزده" not in str(event.facts)
    assert event.actor_id == phone.drawer.reception.user_id


def test_the_same_contact_sent_twice_is_noted_once(phone: Phone) -> None:
    phone.note("no_answer", "یک")
    phone.note("no_answer", "یک", later=timedelta(seconds=5))
    assert phone.count() == 1
    phone.note("no_answer", "دو", later=timedelta(seconds=6))
    phone.note("no_answer", "دو", later=timedelta(minutes=5))
    assert phone.count() == 3


def test_the_latest_contact_comes_first_and_is_the_one_listed(phone: Phone) -> None:
    phone.note("no_answer")
    phone.note("gave_up", later=timedelta(minutes=2))
    assert [each.outcome for each in phone.former()] == ["gave_up", "no_answer"]
    with phone.database.reading() as session:
        page = read_expiring(session, phone.drawer.reception, ExpiringFilter(), now=phone.now)
        counts = count_contacts(session, phone.drawer.reception, ExpiringFilter(), now=phone.now)
    found = {row.number: (row.outcome, row.contact_count) for row in page.rows}
    assert found["800000"] == ("gave_up", 2)
    assert found["800001"] == (None, 0)
    assert counts.by_outcome == {"gave_up": 1, None: 2}
    assert (counts.total, counts.is_capped) == (3, False)


def test_several_letters_are_marked_in_one_go(phone: Phone) -> None:
    assert phone.note_all("will_come", phone.places) == 3
    assert phone.note_all("will_come", phone.places) == 0
    assert phone.count() == 3


def test_one_unknown_letter_leaves_all_unmarked(phone: Phone) -> None:
    foreign = replace(phone.places[0], referral_id=1)
    with pytest.raises(Refused, match="unknown_referral"):
        phone.note_all("will_come", (*phone.places, foreign))
    assert phone.count() == 0


@pytest.mark.parametrize("count", [0, 201])
def test_no_letter_and_too_many_are_refused(phone: Phone, count: int) -> None:
    places = tuple(replace(phone.places[0], referral_id=n) for n in range(count))
    with pytest.raises(Refused, match="contact_letters"):
        phone.note_all("will_come", places)


def test_a_contact_needs_an_outcome_and_a_note_of_bearable_length(phone: Phone) -> None:
    with pytest.raises(Refused, match="contact_outcome"):
        phone.note("")
    with pytest.raises(Refused, match="contact_note_too_long"):
        phone.note("will_come", "ب" * 2_001)
    phone.note("will_come", "ب" * 2_000)
    assert phone.count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE, Role.COMMISSION])
def test_who_only_reads_notes_nothing(phone: Phone, role: Role) -> None:
    reader = replace(phone.drawer.reception, roles=frozenset({role}))
    with pytest.raises(Refused, match="not_permitted"):
        phone.note("will_come", actor=reader)


def test_a_letter_of_another_insurer_looks_like_none(phone: Phone) -> None:
    stranger = replace(phone.drawer.reception, insurer_ids=frozenset({1}))
    with pytest.raises(Refused, match="unknown_referral"):
        phone.note("will_come", actor=stranger)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fa", ("۴۲۱۳۷۲", "۴۸٬۰۰۰٬۰۰۰", "۱۴۰۲/۱۱/۱۳", "سارا نمونه", "مرکز نمونه")),
        ("en", ("421372", "48,000,000", "1402/11/13", "سارا نمونه", "مرکز نمونه")),
    ],
)
def test_the_message_names_person_letter_centre_day_and_amount(
    language: str, words: tuple[str, ...]
) -> None:
    use_language(language)
    text = message_text(
        person_name="سارا نمونه",
        number="421372",
        centre_name="مرکز نمونه",
        last_valid_on=date(2024, 2, 2),
        amount_rial=48_000_000,
    )
    use_language("fa")
    assert all(word in text for word in words), text

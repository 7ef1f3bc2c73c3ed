"""The printed letter: its words, its bytes, its event, and who may print it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.services.office import Office, refused
from workbench.db.models import AuditEvent, Referral
from workbench.i18n import language, use_language
from workbench.services.access import Actor
from workbench.services.batches.words import on_paper
from workbench.services.referrals.pdf import _content, letter_pdf
from workbench.services.referrals.view import read_letter


@pytest.fixture
def letter(office: Office) -> Referral:
    """One of the office's letters."""
    with office.database.reading() as session:
        return session.scalars(select(Referral).order_by(Referral.id)).first()


def printed(office: Office, letter: Referral, actor: Actor) -> bytes:
    return office.database.in_tx(
        lambda s: letter_pdf(s, actor, letter.insurer_id, letter.id, now=office.now)
    )


def test_the_same_letter_gives_the_same_bytes_and_an_event_each(
    office: Office, letter: Referral
) -> None:
    first, second = (printed(office, letter, office.desk.reception) for _ in range(2))
    assert first == second and first.startswith(b"%PDF")
    with office.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "referral.print"))
        assert [event.actor_id for event in events] == [office.desk.reception.user_id] * 2


def test_the_letter_is_persian_whatever_the_screen_speaks(office: Office, letter: Referral) -> None:
    use_language("en")
    english = printed(office, letter, office.desk.reception)
    assert language() == "en"
    use_language("fa")
    assert english == printed(office, letter, office.desk.reception)


def test_it_says_the_amount_the_days_and_the_masked_code(office: Office, letter: Referral) -> None:
    with office.database.reading() as session, on_paper():
        key = (letter.insurer_id, letter.id)
        view = read_letter(session, office.desk.reception, *key, now=office.now)
        said = _content(view, office.now)
        late = _content(replace(view, state="expired", replaces_number="123456"), office.now)
    fields = {label: value for label, value, _ltr in (*said["person"], *said["cover"])}
    assert fields["فرانشیز"] == "۱۰٪" and "****" in fields["کد ملی"]
    assert said["amount"].replace("٬", "") == str(letter.amount_rial).translate(
        str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    )
    assert len(fields) == len(said["person"]) + len(said["cover"])
    assert (said["over"], said["replaces"]) == ("", "")
    assert late["over"] and "۱۲۳۴۵۶" in late["replaces"]


def test_who_may_not_read_letters_prints_none(office: Office, letter: Referral) -> None:
    refused("not_permitted", lambda: printed(office, letter, office.desk.finance))
    stranger = replace(office.desk.reception, insurer_ids=frozenset({letter.insurer_id + 1}))
    refused("unknown_referral", lambda: printed(office, letter, stranger))

"""The number to call about a letter: his own or the principal's, opened on the record."""

from datetime import datetime

import desk as users
import pytest
import registered_world as world
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Person, Referral
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.mobile import Mobile, has_mobile, open_mobile

OWN, PRINCIPALS = "09000000001", "09000000002"


def letter_of_the_child(
    database: Database, now: datetime, *, own: str | None, principals: str | None, role: Role
) -> tuple[Actor, ReferralPlace]:
    def work(session: Session) -> tuple[Actor, ReferralPlace]:
        world.build(session, now)
        numbers = {world.CHILD: own, world.PRINCIPAL: principals}
        for person in session.scalars(select(Person)):
            person.mobile = numbers.get(person.national_code)
        letter = world.referral(session, now, issued_on=day_of(now), national_code=world.CHILD)
        assert isinstance(letter, Referral)
        place = ReferralPlace(insurer_id=letter.insurer_id, referral_id=letter.id)
        return users.user(session, now, "caller", role), place

    return database.in_tx(work)


def opened(database: Database) -> int:
    with database.reading() as session:
        codes = session.scalars(select(AuditEvent.action)).all()
    return codes.count("referral.mobile_opened")


@pytest.mark.parametrize(
    ("own", "principals", "expected"),
    [
        (OWN, PRINCIPALS, Mobile(number=OWN, principal_name=None)),
        (None, PRINCIPALS, Mobile(number=PRINCIPALS, principal_name="نام خانوادگی")),
        (None, None, None),
    ],
)
def test_his_own_number_comes_first_then_the_principals(
    database: Database,
    now: datetime,
    own: str | None,
    principals: str | None,
    expected: Mobile | None,
) -> None:
    actor, place = letter_of_the_child(
        database, now, own=own, principals=principals, role=Role.ASSESSOR
    )
    with database.reading() as session:
        assert has_mobile(session, actor, place) is (expected is not None)
    assert opened(database) == 0
    assert database.in_tx(lambda s: open_mobile(s, actor, place, now=now)) == expected
    assert opened(database) == (0 if expected is None else 1)


def test_who_may_not_note_a_contact_sees_no_number(database: Database, now: datetime) -> None:
    actor, place = letter_of_the_child(database, now, own=OWN, principals=None, role=Role.AUDITOR)
    with pytest.raises(Refused, match="not_permitted"):
        database.in_tx(lambda s: open_mobile(s, actor, place, now=now))
    assert opened(database) == 0

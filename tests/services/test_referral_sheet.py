"""Amending at the desk says up to what, and by whom; the signed sheet is shown on the record."""

from datetime import datetime

import pytest
import registered_world as world
from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Referral, ReferralSheet
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.sheet import amend_letter, read_sheet, sheet_thumb, take_sheet

MILLION = 1_000_000


def place(database: Database, number: str = "700001") -> ReferralPlace:
    with database.reading() as session:
        letter = session.scalars(select(Referral).where(Referral.number == number)).one()
        return ReferralPlace(insurer_id=letter.insurer_id, referral_id=letter.id)


def refusal(database: Database, actor: Actor, amount_rial: int, now: datetime) -> Refused:
    key, sheet = place(database), world.image(9, "sheet.jpg")
    with pytest.raises(Refused) as refused:
        database.in_tx(
            lambda s: amend_letter(s, actor, key, amount_rial=amount_rial, sheet=sheet, now=now)
        )
    return refused.value


@pytest.mark.parametrize("amount_rial", [0, -1])
def test_no_amount_is_refused_as_when_a_letter_is_issued(
    database: Database, reception: Actor, now: datetime, amount_rial: int
) -> None:
    assert refusal(database, reception, amount_rial, now).code == "letter_amount_needed"


def test_too_much_says_up_to_what_the_letter_can_be_raised(
    database: Database, reception: Actor, now: datetime
) -> None:
    refused = refusal(database, reception, 40 * MILLION + 1, now)
    assert (refused.code, refused.facts["most_rial"]) == ("amend_too_large", 40 * MILLION)


def test_too_much_names_the_other_letter_that_holds_the_rest(
    database: Database, reception: Actor, now: datetime
) -> None:
    database.in_tx(
        lambda s: world.referral(s, now, "700002", issued_on=day_of(now), national_code=world.CHILD)
    )
    refused = refusal(database, reception, 30 * MILLION + 1, now)
    assert (refused.code, refused.facts["most_rial"]) == ("amend_too_large_held", 30 * MILLION)
    (holder,) = refused.facts["holders"]
    assert "700002" in holder


def test_a_signed_sheet_is_shown_to_who_may_read_the_letter_and_that_is_recorded(
    database: Database, reception: Actor, store: EvidenceStore, now: datetime
) -> None:
    key = place(database)
    sheet = take_sheet(store, world.picture(5), "sheet.jpg")
    database.in_tx(
        lambda s: amend_letter(s, reception, key, amount_rial=5 * MILLION, sheet=sheet, now=now)
    )
    with database.reading() as session:
        row = session.scalars(select(ReferralSheet)).one()
    assert (sheet_thumb(store, row.sha256) or b"").startswith(b"\xff\xd8")
    assert sheet_thumb(store, "0" * 64) is None
    shown = database.in_tx(lambda s: read_sheet(s, store, reception, key, row.id, now=now))
    assert shown.startswith(b"\xff\xd8")
    with database.reading() as session:
        codes = session.scalars(select(AuditEvent.action)).all()
    assert codes.count("referral.sheet_opened") == 1


def test_a_sheet_of_another_letter_and_another_role_are_refused(
    database: Database, reception: Actor, store: EvidenceStore, now: datetime
) -> None:
    key = place(database)
    with pytest.raises(Refused, match="evidence_not_found"):
        database.in_tx(lambda s: read_sheet(s, store, reception, key, 1, now=now))
    finance = world.actor(Role.FINANCE)
    with pytest.raises(Refused, match="not_permitted"):
        database.in_tx(lambda s: read_sheet(s, store, finance, key, 1, now=now))

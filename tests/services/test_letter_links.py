"""From a case to its letter and to the account of its ceiling, for who may see both."""

from datetime import datetime

import pytest
import registered_world as world
from sqlalchemy import select

from tests.builders import Desk, Key
from workbench.db.engine import Database
from workbench.db.models import Claim
from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services.access import PERMISSIONS
from workbench.services.referrals.letter_links import account_of_claim, letter_of_claim


def test_a_case_leads_to_its_account_and_its_letter(
    database: Database, desk: Desk, received: dict[str, Key], now: datetime
) -> None:
    assessor = world.actor(Role.ASSESSOR)
    with database.reading() as session:
        claim = session.scalars(select(Claim).where(Claim.referral_id.is_not(None))).first()
        ids = (claim.insurer_id, claim.id)
        assert account_of_claim(session, assessor, *ids) == claim.account_id
        assert letter_of_claim(session, assessor, *ids) == claim.referral_id


def test_a_stranger_and_another_insurer_are_refused(
    database: Database, desk: Desk, received: dict[str, Key], now: datetime
) -> None:
    reception = world.actor(Role.RECEPTION)
    stranger = world.actor(Role.ASSESSOR, insurer_ids=frozenset({1}))
    with database.reading() as session:
        claim = session.scalars(select(Claim)).first()
        for find in (account_of_claim, letter_of_claim):
            with pytest.raises(Refused, match="not_permitted"):
                find(session, reception, claim.insurer_id, claim.id)
            with pytest.raises(Refused, match="claim_not_found"):
                find(session, stranger, claim.insurer_id, claim.id)


def test_who_sees_the_links_of_a_case_may_follow_them() -> None:
    assert PERMISSIONS["claim.read"] <= PERMISSIONS["ceiling.read"]
    assert PERMISSIONS["claim.read"] <= PERMISSIONS["referral.read"]

"""Who may do what: every action × role, and every service behind its action."""

from dataclasses import replace
from typing import Any

import pytest

from tests.services import registered_world as world
from tests.services.office import CLEAN, Office, refused
from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services import access
from workbench.services.access import PERMISSIONS, Actor, may, require
from workbench.services.batches import batches, receipt
from workbench.services.claims import reading
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

# Source: the table of permissions in the design, written by hand.
EXPECTED = """
import                 reception admin
batch.receive          reception admin
batch.read             reception assessor lead finance manager auditor
batch.split            lead
batch.send_to_finance  lead
batch.archive          finance
claim.take             assessor lead
claim.assess           assessor lead
claim.park             assessor lead
claim.pass_on          assessor lead
claim.return           assessor lead
claim.finish           assessor lead
claim.resubmit         reception admin
claim.reopen           lead
claim.void             lead
claim.take_from_another  lead
claim.more_rounds      lead
claim.take_back_answer  lead
claim.answer_late      lead
claim.read             assessor lead manager auditor
claim.attach           reception assessor lead
claim.attach_to_any    reception lead
claim.money            assessor lead manager auditor finance
claim.images           assessor lead manager auditor
claim.notes            assessor lead commission chair
referral.issue         reception lead
referral.approve       lead manager
referral.decline       lead manager
referral.amend         reception lead
referral.cancel        reception lead
referral.read          reception assessor lead manager auditor
referral.contact       reception assessor lead manager
plan.read              commission chair lead manager auditor
plan.submit            reception admin
plan.read              commission chair lead manager auditor
plan.attach            reception commission chair lead
plan.attach_to_any     reception chair lead
plan.notes             commission chair lead
plan.vote              commission chair
plan.replace           chair
plan.return            commission chair
plan.resubmit          reception admin
plan.decide            chair
plan.take_back_answer  chair
plan.minutes           commission chair lead manager auditor
notice.read            reception lead chair commission manager auditor
notice.retry           reception lead chair
board.read             chair manager auditor lead
figures.read           manager auditor lead
recheck.assess         assessor lead
recheck.draw           lead manager
recheck.resolve        lead
ceiling.read           assessor lead manager auditor
queue.read             assessor lead manager auditor
search                 assessor lead manager auditor
audit.read             auditor lead manager
finance.remit          finance
user.manage            admin
catalogue.manage       admin
calendar.manage        admin
panel.manage           admin chair
catalogue.read         admin manager lead auditor
catalogue.propose      admin manager lead
catalogue.publish      admin manager
teeth.search           reception assessor lead commission chair manager auditor
"""
WHO = {line.split()[0]: set(line.split()[1:]) for line in EXPECTED.strip().splitlines()}


def test_the_table_names_every_action() -> None:
    assert set(PERMISSIONS) == set(WHO)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", sorted(WHO))
def test_each_role_has_exactly_its_actions(action: str, role: Role) -> None:
    actor = world.actor(role)
    assert may(actor, action) == (role in WHO[action])
    if role in WHO[action]:
        require(actor, action)
    else:
        assert refused("not_permitted", lambda: require(actor, action)) == {"action": action}


def test_two_roles_have_the_actions_of_both_and_none_has_none() -> None:
    both = world.actor(Role.FINANCE, Role.ADMIN)
    nobody = world.actor()
    for action, who in WHO.items():
        assert may(both, action) == bool(who & {"finance", "admin"})
        assert not may(nobody, action)


def test_an_admin_sees_no_patient() -> None:
    allowed = {action for action, who in WHO.items() if "admin" in who}
    assert not allowed & {"claim.read", "claim.images", "claim.notes", "search", "queue.read"}


@pytest.mark.parametrize("action", sorted(action for action in WHO if action.startswith("claim.")))
def test_a_claim_is_fetched_by_who_may_and_whose_insurer_it_is(office: Office, action: str) -> None:
    key = office.keys[CLEAN]

    def fetch(actor: Actor, insurer_id: int = key.insurer_id) -> int:
        return office.database.in_tx(
            lambda s: access.claim_for(s, actor, action, insurer_id, key.claim_id).id
        )

    for role, actor in office.desk.everyone().items():
        if role not in WHO[action]:
            refused("not_permitted", lambda a=actor: fetch(a))
            continue
        assert fetch(actor) == key.claim_id
        assert fetch(replace(actor, insurer_ids=frozenset({key.insurer_id}))) == key.claim_id
        foreign = replace(actor, insurer_ids=frozenset({key.insurer_id + 1}))
        assert refused("claim_not_found", lambda a=foreign: fetch(a)) == {}
        assert refused("claim_not_found", lambda a=actor: fetch(a, key.insurer_id + 1)) == {}


def _outcome(office: Office, call: Any, actor: Actor) -> str:
    try:
        office.database.in_tx(lambda s: call(s, actor))
    except Refused as refused_:
        return refused_.code
    return "done"


def test_the_services_of_batches_and_resubmission_ask_for_their_action(office: Office) -> None:
    steps: dict[str, Any] = {
        "batch.receive": lambda s, a: receipt.receive_batch(s, a, "366590", now=office.now),
        "batch.split": lambda s, a: batches.split_returned(
            s, a, "366590", version=None, now=office.now
        ),
        "batch.send_to_finance": lambda s, a: batches.send_batch_to_finance(
            s, a, "366590", version=None, now=office.now
        ),
        "batch.archive": lambda s, a: batches.archive_batch(
            s, a, "366590", version=None, now=office.now
        ),
        "claim.resubmit": lambda s, a: resubmit_claim(
            s, a, ResubmissionInput(claim_number=CLEAN, explanation="متن"), now=office.now
        ),
        "claim.read": lambda s, a: reading.find_claim(s, a, CLEAN),
    }
    for action, call in steps.items():
        for role, actor in office.desk.everyone().items():
            is_refused = _outcome(office, call, actor) == "not_permitted"
            assert is_refused == (role not in WHO[action]), (action, role)

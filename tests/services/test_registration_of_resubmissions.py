"""A returned claim comes back as the next round."""

from datetime import timedelta

import pytest
import registered_world as world
from sqlalchemy import select, update

from workbench.db.models import Attachment, AuditEvent, Claim, ClaimLine, ClaimRound
from workbench.errors import Refused
from workbench.rules.workflow import ClaimState, Role
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims import transition
from workbench.services.claims.registration import register_claim
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

NUMBER = "1402000001"
CLERK = world.actor(Role.RECEPTION)


def _returned_claim(database, now):
    def work(session):
        lines = (world.line(), world.line(2, unit_price_rial=5_000_000))
        request = world.direct(lines=lines, images=(world.image(1),))
        register_claim(session, None, request, now=now)
        claim = session.scalars(select(Claim)).one()
        session.execute(update(ClaimLine).values(assessed_code="110", is_rejected=True))
        transition.count(session, claim.insurer_id, claim.state, -1)
        transition.set_state(claim, ClaimState.RETURNED)
        transition.count(session, claim.insurer_id, claim.state, +1)

    database.in_tx(work)


@pytest.fixture
def desk(database, prepared, now):
    """A returned direct claim of two lines, the first one re-coded and rejected on the way."""
    prepared(world.build_in, now)
    prepared(_returned_claim, now)
    return database


def resubmit(desk, now, actor=CLERK, **sent):
    values = {"claim_number": NUMBER, "explanation": "گرافی پیوست شد"} | sent
    return desk.in_tx(
        lambda session: resubmit_claim(session, actor, ResubmissionInput(**values), now=now)
    )


def test_the_new_round_holds_changed_lines_images_and_the_explanation(desk, now):
    later = now + timedelta(days=1)
    changed = world.line(2, unit_price_rial=4_000_000)
    made = resubmit(desk, later, lines=(changed,), images=(world.image(2, "after.jpg"),))

    assert made.round == 2
    with desk.reading() as session:
        claim = session.scalars(select(Claim)).one()
        rows = session.scalars(select(ClaimLine).order_by(ClaimLine.round, ClaimLine.number)).all()
        assert [(x.round, x.number, x.cost_rial) for x in rows] == [
            (1, 1, 6_290_000),
            (1, 2, 5_000_000),
            (2, 1, 6_290_000),
            (2, 2, 4_000_000),
        ]
        assert [(x.assessed_code, x.is_rejected) for x in rows[2:]] == [(None, False)] * 2
        assert (claim.state, claim.cost_rial) == ("accepted", 10_290_000)
        assert claim.requested_payable_rial == 9_261_000
        assert claim.due_at == made.due_at == later + timedelta(days=6)  # a holiday, a weekend
        added = session.scalars(select(Attachment).order_by(Attachment.number)).all()
        assert [(x.number, x.round_added) for x in added] == [(1, 1), (2, 2)]
        opened = session.scalars(select(ClaimRound).where(ClaimRound.number == 2)).one()
        assert opened.explanation == "گرافی پیوست شد"
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "claim.resubmit")
        ).one()
        assert (event.facts["changed_lines"], event.facts["new_images"]) == ([2], 1)
        assert verify_balances(session) == []


def test_twice_is_refused(desk, now):
    resubmit(desk, now)
    with pytest.raises(Refused) as refused:
        resubmit(desk, now)
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"claim_number": "1402000009"}, "claim_not_found"),
        ({"explanation": " "}, "resubmission_empty"),
        ({"explanation": "x" * 2_001}, "text_too_long"),
        ({"round": 3}, "wrong_round"),
        ({"lines": (world.line(3),)}, "line_unknown"),
        ({"lines": (world.line(), world.line())}, "line_twice"),
        ({"lines": (world.line(code="999"),)}, "unknown_service"),
        ({"images": (world.image(1),)}, "evidence_attached_already"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_claim_stays_returned(desk, now, sent, code):
    with pytest.raises(Refused) as refused:
        resubmit(desk, now, **sent)
    assert refused.value.code == code
    with desk.reading() as session:
        claim = session.scalars(select(Claim)).one()
        assert (claim.state, claim.round) == ("returned", 1)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.RECEPTION, Role.ADMIN)])
def test_only_reception_and_admin_take_it_back_in(desk, now, role):
    with pytest.raises(Refused) as refused:
        resubmit(desk, now, actor=world.actor(role))
    assert refused.value.code == "not_permitted"

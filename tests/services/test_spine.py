"""One claim all the way: take, re-code, return, re-submission, finish, batch to finance."""

from datetime import datetime, timedelta

from sqlalchemy import select

from tests.services import registered_world as world
from tests.services.desk import assessor_of, lead_of
from workbench.db.engine import Database
from workbench.db.models import Claim, ClaimRound
from workbench.rules.finding import ProposalKind
from workbench.rules.workflow import Role
from workbench.services import audit
from workbench.services.batches import receipt
from workbench.services.ceiling import ledger
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims import assessing, deciding, reading, taking
from workbench.services.claims.assessing import Place
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

RECEPTION = world.actor(Role.RECEPTION)


def test_one_claim_goes_all_the_way(database: Database, now: datetime) -> None:
    def set_up(session):
        world.build(session, now - timedelta(days=20))
        lines = (world.line(code="205", unit_price_rial=7_722_000, tooth=63, surfaces="DP"),)
        return world.received_claim(session, now, lines=lines)

    claim = database.in_tx(set_up)
    key = (claim.insurer_id, claim.claim_id)
    database.in_tx(lambda s: receipt.receive_batch(s, RECEPTION, "366590", now=now))
    actor = database.in_tx(lambda s: assessor_of(s, now))
    taken = database.in_tx(lambda s: taking.take_next(s, actor, now=now))
    assert taken is not None and taken.number == claim.number

    view = database.in_tx(lambda s: reading.read_case(s, actor, *key, now=now))
    recode = next(f for f in view.findings if f.proposal.kind is ProposalKind.RECODE)
    place = Place(insurer_id=key[0], claim_id=key[1], version=view.version)
    after = database.in_tx(
        lambda s: assessing.accept_finding(s, actor, place, key=recode.key, now=now)
    )
    assert (after.money.technical_deduction_rial, after.money.payable_rial) == (
        1_432_000,
        5_661_000,
    )

    version = database.in_tx(lambda s: s.get(Claim, key).version)
    database.in_tx(
        lambda s: deciding.return_claim(
            s,
            actor,
            Place(insurer_id=key[0], claim_id=key[1], version=version),
            defects=[deciding.DefectInput(reason="R03", scope="line", line_number=1)],
            nonce="return-1",
            now=now,
        )
    )
    later = now + timedelta(hours=3)
    database.in_tx(
        lambda s: resubmit_claim(
            s,
            None,
            ResubmissionInput(claim_number=claim.number, explanation="تصویر بعد پیوست شد"),
            now=later,
        )
    )
    taken = database.in_tx(lambda s: taking.take_next(s, actor, now=later))
    assert taken is not None and taken.round == 2
    view = database.in_tx(lambda s: reading.read_case(s, actor, *key, now=later))
    for finding in view.findings:
        if finding.key in {f.key for f in view.findings if view.states[f.key] == "open"}:
            current = database.in_tx(lambda s: s.get(Claim, key).version)
            spot = Place(insurer_id=key[0], claim_id=key[1], version=current)
            if finding.proposal.kind is ProposalKind.RECODE:
                database.in_tx(
                    lambda s, f=finding, p=spot: assessing.accept_finding(
                        s, actor, p, key=f.key, now=later
                    )
                )
            else:
                database.in_tx(
                    lambda s, f=finding, p=spot: assessing.override_finding(
                        s, actor, p, key=f.key, reason="در گرافی دیده شد", now=later
                    )
                )
    view = database.in_tx(lambda s: reading.read_case(s, actor, *key, now=later))
    finished = database.in_tx(
        lambda s: deciding.finish_claim(
            s,
            actor,
            Place(insurer_id=key[0], claim_id=key[1], version=view.version),
            nonce="finish-1",
            seen_available_rial=view.case.available_rial,
            now=later,
        )
    )
    assert finished.money.payable_rial == 5_661_000
    with database.reading() as session:
        row = session.get(Claim, key)
        assert row.payable_rial == 5_661_000 and row.state == "finished"
        balance = ledger.balance(session, row.insurer_id, row.account_id)
        assert (balance.used_rial, balance.reserved_rial) == (5_661_000, 0)
        assert verify_balances(session) == []
        rounds = session.scalars(select(ClaimRound.result).order_by(ClaimRound.number)).all()
        assert rounds == ["returned", "finished"]
        shown = reading.read_case(session, actor, *key, now=later)
        assert shown.money.payable_rial == 5_661_000
    database.in_tx(lambda s: audit.seal(s, now=later))
    with database.reading() as session:
        assert audit.verify_trail(session, now=later).problems == ()
    lead = database.in_tx(lambda s: lead_of(s, now))
    assert lead.roles

"""The full demo of six hundred cases: every finding, reason and state at least five times."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import (
    Attachment,
    AuditEvent,
    Batch,
    Centre,
    Claim,
    ClaimRound,
    Contract,
    ContractCover,
    Defect,
    Dentist,
    InternalNote,
    LineDeduction,
    Person,
    Reason,
    Recheck,
    Remittance,
)
from workbench.demo.fill import fill
from workbench.demo.plan_history import NUMBERS
from workbench.evidence.store import EvidenceStore
from workbench.rules.document import thaw_findings
from workbench.rules.rulebook import RULES
from workbench.rules.workflow import BatchState, ClaimState
from workbench.services import audit
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims.facts import assess
from workbench.services.verification.of_rechecks import recheck_problems

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)
LEAST = 5
IS_OF_DEMO = Claim.number.not_like(f"{NUMBERS}%")
"""One of the six hundred, and no earlier case of somebody who has a plan at the commission."""
UNREACHABLE = {"unknown_code"}
"""Registering a code that is not in the catalogue is refused (B5), so no demo case can have it."""
OF_READ_IMAGES = {
    *("image_blurred", "image_dark", "image_not_radiograph", "image_small", "similar_image"),
}
"""What follows from reading the images: a job after the fill, and here none are drawn."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("full") / "demo.db"
    database = Database(f"sqlite:///{path}", synchronous="NORMAL")
    migrate(database.write_engine)
    store = EvidenceStore(f"memory://{Path(path).parent.name}")
    fill(database, store, now=NOW, draw=False)
    yield database
    database.dispose()


def per_value(database: Database, statement) -> Counter[str]:
    with database.reading() as session:
        return Counter({str(row[0]): row[1] for row in session.execute(statement)})


def short_of(found: Counter[str], wanted: set[str]) -> dict[str, int]:
    return {code: found[code] for code in sorted(wanted) if found[code] < LEAST}


def test_every_claim_state_and_every_batch_state(database: Database) -> None:
    states = per_value(
        database, select(Claim.state, func.count()).where(IS_OF_DEMO).group_by(Claim.state)
    )
    assert states.total() == 600
    assert short_of(states, {str(state) for state in ClaimState}) == {}
    batches = per_value(database, select(Batch.state, func.count()).group_by(Batch.state))
    assert short_of(batches, {str(state) for state in BatchState}) == {}
    remittances = select(Remittance.state, func.count()).group_by(Remittance.state)
    assert set(per_value(database, remittances)) == {"ordered", "sent_for_payment"}


def test_every_finding_of_the_rulebook(database: Database) -> None:
    found: Counter[str] = Counter()
    with database.reading() as session:
        for claim in session.scalars(select(Claim)):
            codes = {finding.code for finding in assess(session, claim).findings}
            rounds = select(ClaimRound.document).where(
                ClaimRound.claim_id == claim.id, ClaimRound.document.is_not(None)
            )
            for document in session.scalars(rounds):
                codes |= {finding.code for finding in thaw_findings(document or {})}
            found.update(codes)
    assert short_of(found, {rule.__name__ for rule in RULES} - UNREACHABLE - OF_READ_IMAGES) == {}
    assert found["unknown_code"] == 0


def test_approvals_in_time_late_run_out_rejected_and_exceeded(database: Database) -> None:
    found: Counter[str] = Counter()
    with database.reading() as session:
        for claim in session.scalars(select(Claim)):
            assessed = assess(session, claim)
            if assessed.case.commission is None:
                continue
            told = {
                str(finding.facts["why"])
                for finding in assessed.findings
                if finding.code in ("no_approval", "beyond_approval")
            }
            is_clean = bool(assessed.case.commission.plans) and not told
            found.update(told or ({"in_time"} if is_clean else set()))
    wanted = {"in_time", "none", "late", "expired", "rejected", "elsewhere", "covered"}
    assert short_of(found, wanted) == {}
    assert set(found) == wanted


def test_every_deduction_reason_of_the_catalogue(database: Database) -> None:
    finished = select(LineDeduction.reason, LineDeduction.claim_id).join(
        Claim, Claim.id == LineDeduction.claim_id
    )
    with database.reading() as session:
        pairs = set(map(tuple, session.execute(finished.where(Claim.payable_rial.is_not(None)))))
        typed = set(
            session.scalars(
                select(Reason.code).where(Reason.kind == "deduction", Reason.is_computed.is_(False))
            )
        )
    assert len(typed) == 19
    assert short_of(Counter(reason for reason, _ in pairs), typed) == {}
    computed = {"D17": Claim.ceiling_reject_rial, "D18": Claim.tariff_reject_rial}
    with database.reading() as session:
        for reason, column in computed.items():
            count = session.scalar(select(func.count()).select_from(Claim).where(column > 0))
            assert (count or 0) >= LEAST, reason


def test_every_return_reason_of_the_catalogue(database: Database) -> None:
    with database.reading() as session:
        pairs = set(map(tuple, session.execute(select(Defect.reason, Defect.claim_id))))
        texts = session.scalars(select(Defect.text)).all()
    assert short_of(Counter(r for r, _ in pairs), {f"R{n:02d}" for n in range(1, 20)}) == {}
    assert all(texts)


def test_the_size_that_was_promised(database: Database) -> None:
    least = {Person: 400, Centre: 25, Dentist: 60, Contract: 6, InternalNote: 5}
    with database.reading() as session:
        counts = {m: session.scalar(select(func.count()).select_from(m)) for m in least}
        images = (
            session.scalar(
                select(func.count())
                .select_from(Attachment)
                .join(Claim, Claim.id == Attachment.claim_id)
                .where(IS_OF_DEMO)
            )
            or 0
        )
        covers = session.scalars(select(ContractCover)).all()
        first, last = session.execute(
            select(func.min(Claim.registered_at), func.max(Claim.registered_at))
        ).one()
    assert {m: n for m, n in counts.items() if n < least[m]} == {}
    assert 1_650 <= images <= 1_750
    assert timedelta(days=80) <= last - first <= timedelta(days=100)
    assert {cover.franchise_basis for cover in covers} >= {1_000, 2_000}
    assert {cover.ceiling_kind for cover in covers} == {"individual", "family"}
    assert any(cover.ceiling_rial is None for cover in covers)
    assert {"orthodontics", "implant"} in [set(cover.excluded_groups) for cover in covers]


def test_the_queue_has_overdue_urgent_and_fresh_claims(database: Database) -> None:
    with database.reading() as session:
        open_claims = session.scalars(select(Claim).where(Claim.is_open)).all()
        left = [claim.due_at - NOW for claim in open_claims if claim.due_at]
    assert len(left) == len(open_claims) > 150
    assert sum(wait < timedelta() for wait in left) >= 20
    assert sum(timedelta() <= wait < timedelta(hours=12) for wait in left) >= 3
    assert sum(wait > timedelta(days=2) for wait in left) >= 20


def test_nothing_happened_in_the_future_nor_before_the_history(database: Database) -> None:
    with database.reading() as session:
        events = select(func.min(AuditEvent.at), func.max(AuditEvent.at)).where(
            AuditEvent.stream.startswith("claim:")
        )
        first, last = session.execute(events).one()
        backwards = session.execute(
            select(Claim.number).where(
                (Claim.accepted_at < Claim.registered_at)
                | (Claim.finished_at < Claim.accepted_at)
                | (Claim.returned_at < Claim.accepted_at)
            )
        ).all()
    assert last <= NOW
    assert first >= NOW - timedelta(days=100)
    assert backwards == []


def test_conflicts_of_interest_were_kept(database: Database) -> None:
    from workbench.demo.cast import read_cast

    with database.reading() as session:
        actor = read_cast(session)["assessor3"]
        own = session.scalars(select(Claim).where(Claim.centre_id == actor.centre_id)).all()
    assert own
    assert all(
        actor.user_id not in (c.assignee_id, c.finished_by_id, c.returned_by_id) for c in own
    )


def test_verify_finds_nothing(database: Database) -> None:
    while database.in_tx(lambda session: audit.seal(session, now=NOW)):
        pass
    with database.reading() as session:
        report = audit.verify_trail(session, now=NOW)
        assert report.problems == () and report.event_count == report.sealed_count > 5_000
        assert verify_balances(session) == []


def test_decided_cases_are_assessed_again(database: Database) -> None:
    states = per_value(database, select(Recheck.state, func.count()).group_by(Recheck.state))
    assert short_of(states, {"agreed", "differs", "waiting"}) == {}
    assert (states["assessing"], states["resolved"], states["dropped"]) == (1, 3, 0)
    with database.reading() as session:
        assert {each for each in recheck_problems(session)} == {None}

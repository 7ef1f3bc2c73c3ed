"""The bulk-filled database is one that the product could have made: verify finds nothing in it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from scripts.bench import filling, scenarios
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, ClaimLine, ClaimRound, User
from workbench.rules.document import document_hash, thaw
from workbench.rules.plain import to_plain
from workbench.rules.workflow import OPEN_STATES, ClaimState
from workbench.services.access import actor_of
from workbench.services.claims import taking
from workbench.services.claims.facts import assess
from workbench.services.claims.reading import read_case
from workbench.services.verification.verification import verify

CLAIMS = 1_500
NOW = datetime.fromisoformat("2026-11-21T08:00:00+00:00")


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "claims.db"
    filling.fill_sqlite(path, CLAIMS, now=NOW, tell=lambda _sentence: None)
    return path


@pytest.fixture
def filled(filled_file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{filled_file}", synchronous="NORMAL")
    yield database
    database.dispose()


def test_verify_passes_on_the_filled_file(filled: Database) -> None:
    with filled.reading() as session:
        found = verify(session, now=NOW)
        assert found.is_sound, [check for check in found.checks if check.problems]
        assert session.scalar(select(func.count()).select_from(Claim)) == CLAIMS
    counts = {check.name: check.count for check in found.checks}
    assert counts["trail"] >= CLAIMS
    assert counts["money"] > CLAIMS * 0.8


def test_verify_would_find_a_rial_too_many(filled: Database) -> None:
    with filled.reading() as session:
        archived = select(Claim.id, Claim.number).where(Claim.state == "archived").limit(1)
        claim = session.execute(archived).one()
        session.execute(
            text("UPDATE claim SET payable_rial = payable_rial + 10 WHERE id = :id"),
            {"id": claim.id},
        )
        problems = [p for check in verify(session, now=NOW).checks for p in check.problems]
        session.rollback()
    assert any(claim.number in problem for problem in problems)


def test_about_five_of_a_hundred_are_open_and_every_state_is_there(filled: Database) -> None:
    with filled.reading() as session:
        rows = session.execute(select(Claim.state, func.count()).group_by(Claim.state))
        counts = {row[0]: row[1] for row in rows}
        lines = session.scalar(select(func.count()).select_from(ClaimLine)) or 0
    assert set(counts) == set(ClaimState)
    assert 0.03 < sum(counts[state] for state in OPEN_STATES) / CLAIMS < 0.08
    assert 1.3 < lines / CLAIMS < 1.8


def test_open_claims_have_the_findings_that_the_queue_shows(filled: Database) -> None:
    with filled.reading() as session:
        claims = session.scalars(
            select(Claim).where(Claim.is_open, Claim.kind == "indirect").limit(60)
        ).all()
        for claim in claims:
            found = assess(session, claim)
            # Made from templates, the claims of a person repeat each other's treatments.
            own = [each for each in found.open_findings if each.code != "treated_before"]
            assert len(own) == claim.open_finding_count
            assert found.money.cost_rial == claim.cost_rial


def test_a_document_is_the_one_that_a_real_finish_would_freeze(filled: Database) -> None:
    with filled.reading() as session:
        rounds = session.scalars(
            select(ClaimRound).where(ClaimRound.result == "finished").limit(50)
        ).all()
        for row in rounds:
            assert row.document is not None
            case = thaw(row.document)
            assert to_plain(case) == row.document["case"]
            assert document_hash(row.document) == row.document_hash
            assert scenarios.canonical(row.document).count('"claim_id"') == 1


def test_the_product_works_on_with_it(filled: Database) -> None:
    def work(session):
        user = session.scalars(select(User).where(User.username == "bench00")).one()
        actor = actor_of(session, user)
        claim = taking.take_next(session, actor, now=NOW)
        assert claim is not None
        view = read_case(session, actor, claim.insurer_id, claim.id, now=NOW)
        assert view.is_mine
        events = select(func.count()).where(
            AuditEvent.stream == f"claim:{claim.insurer_id}-{claim.id}"
        )
        assert session.scalar(events) == 2

    filled.in_tx(work)


@pytest.mark.postgres
def test_the_copy_in_postgres_is_as_sound(filled_file: Path, database_url: str) -> None:
    filling.copy_to_postgres(filled_file, database_url, lambda _sentence: None)
    database = Database(database_url)
    with database.reading() as session:
        found = verify(session, now=NOW)
    database.dispose()
    assert found.is_sound, [check for check in found.checks if check.problems]

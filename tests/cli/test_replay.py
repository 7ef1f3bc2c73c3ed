"""``replay`` computes what was decided again: the same to the rial, or the claim and rule named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.cli.conftest import Command
from tests.cli.finished_desk import PAYABLE_RIAL, build_finished
from workbench.db.engine import Database
from workbench.db.models import Claim, ClaimRound
from workbench.evidence.store import EvidenceStore
from workbench.rules import replay as rules
from workbench.rules.facts import Case
from workbench.rules.finding import Finding
from workbench.rules.parameters import Parameters
from workbench.rules.replay import DriftKind
from workbench.rules.rulebook import find_all
from workbench.services.catalogue.replay import Replay, replay


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Database:
    """A database with a finished claim."""
    build_finished(database, EvidenceStore(f"file://{tmp_path / 'evidence'}"), now)
    return database


def changed_document(database: Database, **changes: object) -> str:
    """Change parts of the only document behind the back of the services; its claim's number."""

    def change(session) -> str:
        row = session.scalars(select(ClaimRound)).one()
        row.document = {**row.document, **changes}
        return session.scalar(select(Claim.number))

    return database.in_tx(change)


def only(found: Replay) -> tuple[str, DriftKind, tuple[str, ...], int]:
    """The number, kind, rules and difference of the one drift."""
    (each,) = found.drifts
    assert (found.rounds, found.drifted, each.round) == (1, 1, 1) and not found.is_same
    return each.number, each.drift.kind, each.drift.rules, each.drift.difference_rial


@pytest.mark.parametrize("workers", [0, 2])
def test_what_was_decided_comes_out_the_same(desk: Database, workers: int) -> None:
    found = replay(desk, workers=workers)
    assert (found.rounds, found.drifted, found.difference_rial) == (1, 0, 0)
    assert found.is_same and found.drifts == ()


def test_an_empty_history_is_the_same(database: Database) -> None:
    found = replay(database, workers=0)
    assert (found.rounds, found.drifted) == (0, 0) and found.is_same


def test_other_money_is_told_to_the_rial(desk: Database) -> None:
    with desk.reading() as session:
        money = session.scalars(select(ClaimRound)).one().document["money"]
    number = changed_document(desk, money={**money, "payable_rial": PAYABLE_RIAL - 10})
    found = replay(desk, workers=0)
    assert only(found) == (number, DriftKind.MONEY, ("payable_rial",), 10)
    assert found.difference_rial == 10


def test_a_rule_that_says_more_than_it_did_is_named(
    desk: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def more(case: Case, parameters: Parameters) -> tuple[Finding, ...]:
        first, *others = find_all(case, parameters)
        return (first, *others, replace(first, code="image_dark", line=None))

    monkeypatch.setattr(rules, "find_all", more)
    kinds = {(each.drift.kind, each.drift.rules) for each in replay(desk, workers=0).drifts}
    assert kinds == {
        (DriftKind.FINDINGS, ("image_dark",)),
        (DriftKind.STATES, ("image_dark",)),
    }


def test_an_answer_that_was_taken_out_is_named(desk: Database) -> None:
    with desk.reading() as session:
        states = session.scalars(select(ClaimRound)).one().document["states"]
    assert states
    changed_document(desk, states={})
    kind_and_rules = only(replay(desk, workers=0))[1:3]
    assert kind_and_rules == (DriftKind.STATES, tuple(sorted({k.split("@")[0] for k in states})))


@pytest.mark.parametrize("text", ["{}", '{"parameters": 3}', '{"parameters": {}, "case": {}}'])
def test_a_document_that_is_none_is_named_and_ends_nothing(desk: Database, text: str) -> None:
    from sqlalchemy import JSON, literal_column

    assert "'" not in text
    value = literal_column(f"'{text}'", JSON)
    desk.in_tx(lambda session: session.execute(update(ClaimRound).values(document=value)))
    assert only(replay(desk, workers=0))[1] is DriftKind.DOCUMENT


@pytest.fixture
def filled(data_folder: Path, now: datetime) -> Iterator[Database]:
    """The database of the command line with a finished claim."""
    database = Database(f"sqlite:///{data_folder / 'workbench.db'}")
    build_finished(database, EvidenceStore(f"file://{data_folder / 'evidence'}"), now)
    yield database
    database.dispose()


def test_the_command_says_so_and_ends_with_1_after_a_drift(
    filled: Database, command: Command
) -> None:
    sound = command("replay", "--workers", "0")
    assert sound.code == 0 and sound.out == "1 decision comes out the same, to the rial.\n"
    with filled.reading() as session:
        money = session.scalars(select(ClaimRound)).one().document["money"]
    number = changed_document(filled, money={**money, "payable_rial": 0})
    drifted = command("replay", "--json")
    assert drifted.code == 1
    assert drifted.json["difference_rial"] == PAYABLE_RIAL
    (drift,) = drifted.json["drifts"]
    assert (drift["claim"], drift["kind"], drift["round"]) == (number, "money", 1)
    assert number in command("replay", "--workers", "0").out

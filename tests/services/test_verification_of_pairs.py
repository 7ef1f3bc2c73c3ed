"""``verify`` names a pair that is not what was answered about it, whatever was changed."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import delete, text, update

from tests.services.office import Office
from tests.services.test_similar_pairs import SECOND, answer, pair, stored
from workbench.db.models import SimilarPair
from workbench.services.claims import assessing
from workbench.services.images.pair_answers import take_back_answer
from workbench.services.verification.of_pairs import pair_problems
from workbench.services.verification.verification import verify

__all__ = ["pair"]
WHY = "دو دندان متفاوت"


@pytest.fixture
def answered(office: Office, pair: str) -> str:
    answer(office, assessing.override_finding, SECOND, pair, reason=WHY)
    return pair


def problems(office: Office) -> list[str]:
    with office.database.reading() as session:
        return [each for each in pair_problems(session) if each is not None]


def change(office: Office, **values: object) -> str:
    """Change the row behind the back of the services; its id."""
    name = str(stored(office).id)
    office.database.in_tx(lambda s: s.execute(update(SimilarPair).values(**values)))
    return name


def test_answered_taken_back_and_answered_again_is_sound(office: Office, answered: str) -> None:
    assert problems(office) == []
    office.write(take_back_answer, office.desk.assessor, SECOND, key=answered)
    assert problems(office) == []
    answer(office, assessing.accept_finding, SECOND, answered)
    assert problems(office) == []
    with office.database.reading() as session:
        found = verify(session, now=office.now)
    (check,) = [each for each in found.checks if each.name == "pairs"]
    assert (check.count, check.problems) == (1, ())


def test_an_open_pair_is_sound(office: Office, pair: str) -> None:
    assert problems(office) == []


def test_another_decision_is_named(office: Office, answered: str) -> None:
    name = change(office, decision="same")
    assert problems(office) == [f"pair {name}: same, answered was coincidence"]


def test_an_answer_that_is_gone_is_named(office: Office, answered: str) -> None:
    name = change(office, decision=None, decided_by_id=None, decided_at=None, reason="")
    assert problems(office) == [f"pair {name}: nothing, answered was coincidence"]


def test_an_answer_that_nobody_gave_is_named(office: Office, pair: str) -> None:
    name = change(
        office, decision="same", decided_by_id=office.desk.assessor.user_id, decided_at=office.now
    )
    assert problems(office) == [f"pair {name} is answered without its event"]


def test_an_answer_that_was_taken_back_and_stands_is_named(office: Office, answered: str) -> None:
    office.write(take_back_answer, office.desk.assessor, SECOND, key=answered)
    name = change(
        office, decision="same", decided_by_id=office.desk.assessor.user_id, decided_at=office.now
    )
    assert problems(office) == [f"pair {name}: same, answered was nothing"]


def test_an_answer_of_somebody_else_is_named(office: Office, answered: str) -> None:
    name = change(office, decided_by_id=office.desk.lead.user_id)
    assert problems(office) == [f"pair {name} is not of who answered it"]


def test_another_reason_is_named(office: Office, answered: str) -> None:
    name = change(office, reason="دیگر")
    assert problems(office) == [f"pair {name} has not the reason that was given"]


def test_a_reason_without_an_answer_is_named(office: Office, answered: str) -> None:
    office.write(take_back_answer, office.desk.assessor, SECOND, key=answered)
    name = change(office, reason="مانده")
    assert problems(office) == [f"pair {name} has a reason without an answer"]


def test_a_pair_that_is_gone_is_named(office: Office, answered: str) -> None:
    name = str(stored(office).id)
    office.database.in_tx(lambda s: s.execute(delete(SimilarPair)))
    assert problems(office) == [f"pair {name} was answered and does not exist"]


def test_a_pair_without_its_image_is_named(office: Office, pair: str) -> None:
    name = str(stored(office).id)
    point_at_nothing(office)
    assert problems(office) == [f"pair {name}: an image of it does not exist"]


def point_at_nothing(office: Office) -> None:
    """The database itself would not let an image go."""
    gone = "UPDATE similar_pair SET earlier_sha256 = 'gone'"
    engine = office.database.write_engine
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database))) as file:
            file.execute(gone)
            file.commit()
        return
    key = "fk_similar_pair_earlier_sha256_evidence_image"
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE similar_pair DROP CONSTRAINT {key}"))
        connection.execute(text(gone))

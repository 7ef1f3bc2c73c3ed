"""Internal notes, and the judgement of remedied defects."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.services.office import CLEAN, TWO_LINES, Office, refused
from workbench.db.models import Defect, InternalNote
from workbench.rules.workflow import Role
from workbench.services.claims import notes
from workbench.services.claims.deciding import DefectInput
from workbench.services.claims.notes import NOTE_LETTERS_MAX
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

WORDS = "با مرکز تلفنی صحبت شد"


def _note(office: Office, text: str = WORDS, **given: Any) -> None:
    office.call(notes.add_note, given.pop("actor", office.desk.assessor), CLEAN, text=text)


def _returned_and_back(office: Office) -> int:
    """A case that came back after a return; returns the id of its defect."""
    office.take(CLEAN)
    office.give_back(CLEAN, DefectInput(reason="R03", scope="line", line_number=1))
    answer = ResubmissionInput(claim_number=CLEAN, explanation="پیوست شد")
    office.database.in_tx(lambda s: resubmit_claim(s, None, answer, now=office.now))
    with office.database.reading() as session:
        return session.scalars(select(Defect.id)).one()


def _judge(office: Office, defect_id: int, number: str = CLEAN, **given: Any) -> None:
    actor = given.pop("actor", office.desk.assessor)
    given = {"is_remedied": True} | given
    office.call(notes.judge_defect, actor, number, defect_id=defect_id, **given)


def test_a_note_is_kept_with_its_author_and_only_its_id_is_on_the_record(office: Office) -> None:
    _note(office, f"  {WORDS}\n")
    with office.database.reading() as session:
        row = session.scalars(select(InternalNote)).one()
    assert (row.text, row.author_id, row.at) == (WORDS, office.desk.assessor.user_id, office.now)
    event = office.events(CLEAN)[-1]
    assert event.action == "claim.note_added"
    assert event.facts == {"claim": CLEAN, "note": row.id}


def test_only_assessor_and_lead_write_notes(office: Office) -> None:
    for role, actor in office.desk.everyone().items():
        if role not in {Role.ASSESSOR, Role.LEAD}:
            refused("not_permitted", lambda a=actor: _note(office, actor=a))
    _note(office, actor=office.desk.lead)


@pytest.mark.parametrize(
    "text, code", [("", "note_empty"), (" \n", "note_empty"), ("x" * 4_001, "text_too_long")]
)
def test_an_empty_or_endless_note_is_refused(office: Office, text: str, code: str) -> None:
    before = office.fingerprint()
    refused(code, lambda: _note(office, text))
    assert office.fingerprint() == before


def test_the_longest_note_is_kept(office: Office) -> None:
    _note(office, "x" * NOTE_LETTERS_MAX)
    assert office.actions(CLEAN)[-1] == "claim.note_added"


@pytest.mark.parametrize("is_remedied", [True, False])
def test_a_defect_of_the_former_round_is_judged(office: Office, is_remedied: bool) -> None:
    defect_id = _returned_and_back(office)
    office.take(CLEAN)
    _judge(office, defect_id, is_remedied=is_remedied)
    with office.database.reading() as session:
        assert session.scalars(select(Defect.is_remedied)).one() is is_remedied
    event = office.events(CLEAN)[-1]
    assert (event.action, event.facts["is_remedied"]) == ("claim.defect_judged", is_remedied)


def test_only_who_holds_the_case_judges_its_defects(office: Office) -> None:
    defect_id = _returned_and_back(office)
    refused("claim_not_taken", lambda: _judge(office, defect_id))
    office.take(CLEAN)
    refused("claim_taken", lambda: _judge(office, defect_id, actor=office.colleague))
    for role, actor in office.desk.everyone().items():
        if role not in {Role.ASSESSOR, Role.LEAD}:
            refused("not_permitted", lambda a=actor: _judge(office, defect_id, actor=a))


def test_no_defect_of_another_case_or_of_this_round_is_judged(office: Office) -> None:
    defect_id = _returned_and_back(office)
    office.take(CLEAN)
    office.take(TWO_LINES)
    refused("defect_unknown", lambda: _judge(office, 0))
    refused("defect_unknown", lambda: _judge(office, defect_id, TWO_LINES))
    office.give_back(CLEAN, DefectInput(reason="R01"))
    refused("wrong_state", lambda: _judge(office, defect_id))

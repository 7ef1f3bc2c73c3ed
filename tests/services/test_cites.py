"""Frames in images: attached to reasons, judged, kept with the decision, seen by who may see it."""

from dataclasses import replace
from typing import Any

import pytest
from plan_world import Panel, word
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.services import registered_world as world
from tests.services.office import TWO_LINES, Office, refused
from workbench.db.engine import Database
from workbench.db.models import (
    Claim,
    ClaimLine,
    ClaimRound,
    Defect,
    LineDeduction,
    PlanUnit,
    PlanVote,
)
from workbench.rules.document import document_hash, thaw
from workbench.rules.facts import Cite
from workbench.services import assessing, deciding
from workbench.services.cite_words import cites_text
from workbench.services.claim_content import attach_images
from workbench.services.deciding import DefectInput
from workbench.services.plan_reading import read_plan
from workbench.services.plan_seal import plan_problems
from workbench.services.plan_votes import cast_vote
from workbench.services.reading import read_case

CITE = Cite(image=1, left=4000, top=2500, width=1200, height=3000)
OTHER = Cite(image=1, left=0, top=0, width=10_000, height=10_000)


def _deduct(office: Office, *cites: Cite) -> Any:
    return office.write(
        assessing.add_deduction,
        office.desk.assessor,
        TWO_LINES,
        line_id=office.line_id(TWO_LINES),
        reason="D01",
        amount_rial=1_000,
        text="",
        cites=cites,
    )


def _reject(office: Office, *cites: Cite) -> Any:
    return office.write(
        assessing.reject_line,
        office.desk.assessor,
        TWO_LINES,
        line_id=office.line_id(TWO_LINES),
        reason="D05",
        text="",
        cites=cites,
    )


@pytest.fixture
def office(office: Office) -> Office:
    """The office, with an image in its case of two lines."""

    def attach(session: Session) -> None:
        key = office.keys[TWO_LINES]
        claim = session.get_one(Claim, (key.insurer_id, key.claim_id))
        attach_images(session, claim, (world.image(77),), {1, 2}, actor=None, now=office.now)

    office.database.in_tx(attach)
    return office


def _rows(office: Office, model: Any) -> list[Any]:
    with office.database.reading() as session:
        return list(session.query(model).all())


@pytest.mark.parametrize(
    "wrong",
    [
        Cite(image=99, left=0, top=0, width=100, height=100),
        Cite(image=1, left=-1, top=0, width=100, height=100),
        Cite(image=1, left=9_950, top=0, width=100, height=100),
        Cite(image=1, left=0, top=0, width=19, height=100),
    ],
)
def test_a_frame_that_is_none_is_refused_and_nothing_is_kept(office: Office, wrong: Cite) -> None:
    office.take(TWO_LINES)
    before = office.fingerprint()
    refused("cite_wrong", lambda: _deduct(office, wrong))
    refused("cite_wrong", lambda: _reject(office, wrong))
    assert office.fingerprint() == before


def test_nine_frames_for_one_reason_are_one_too_many(office: Office) -> None:
    office.take(TWO_LINES)
    many = [Cite(image=1, left=n, top=0, width=100, height=100) for n in range(9)]
    refused("cite_wrong", lambda: _deduct(office, *many))
    _deduct(office, *many[:8])


def test_a_removed_deduction_takes_its_frames_along(office: Office) -> None:
    office.take(TWO_LINES)
    line = _deduct(office, CITE).case.lines[0]
    assert line.deductions[0].cites == (CITE,)
    office.write(
        assessing.remove_deduction,
        office.desk.assessor,
        TWO_LINES,
        line_id=line.line_id,
        index=0,
    )
    assert _rows(office, LineDeduction) == []


def test_a_rejection_keeps_its_frame_until_the_line_is_restored(office: Office) -> None:
    office.take(TWO_LINES)
    assert _reject(office, CITE).case.lines[0].cites == (CITE,)
    restored = office.write(
        assessing.restore_line,
        office.desk.assessor,
        TWO_LINES,
        line_id=office.line_id(TWO_LINES),
    )
    assert restored.case.lines[0].cites == ()


def test_a_return_keeps_the_frames_and_the_next_round_sees_them(office: Office) -> None:
    office.take(TWO_LINES)
    _deduct(office, CITE)
    defect = DefectInput(reason="R02", scope="image", image_number=1, cites=(OTHER,))
    office.write(
        deciding.return_claim, office.desk.assessor, TWO_LINES, defects=[defect], nonce="once"
    )
    assert [row.cites for row in _rows(office, Defect)] == [
        [{"image": 1, "left": 0, "top": 0, "width": 10_000, "height": 10_000}]
    ]
    office.resubmit(TWO_LINES)
    key = office.keys[TWO_LINES]
    with office.database.reading() as session:
        view = read_case(
            session, office.desk.assessor, key.insurer_id, key.claim_id, now=office.now
        )
    assert view.former[1].cites == (("D01", CITE),)
    assert view.defects[0].cites == (OTHER,)
    assert view.case.lines[0].deductions == ()


def test_the_frozen_document_holds_the_frames_and_one_without_them_thaws(office: Office) -> None:
    office.take(TWO_LINES)
    _deduct(office, CITE)
    defect = DefectInput(reason="R02")
    office.write(
        deciding.return_claim, office.desk.assessor, TWO_LINES, defects=[defect], nonce="once"
    )
    (closed,) = [
        row for row in _rows(office, ClaimRound)
        if row.document and row.claim_id == office.keys[TWO_LINES].claim_id
    ]  # fmt: skip
    assert document_hash(closed.document) == closed.document_hash
    assert thaw(closed.document).lines[0].deductions[0].cites == (CITE,)
    old = closed.document
    for line in old["case"]["lines"]:
        line.pop("cites")
        for deduction in line["deductions"]:
            deduction.pop("cites")
    assert thaw(old).lines[0].deductions[0].cites == ()


def test_a_line_that_nothing_changed_holds_no_frame(office: Office) -> None:
    office.take(TWO_LINES)
    office.write(
        assessing.cut_line,
        office.desk.assessor,
        TWO_LINES,
        line_id=office.line_id(TWO_LINES),
        quantity=None,
        unit_price_rial=None,
        reason="",
        note="",
        cites=(CITE,),
    )
    rows = [row for row in _rows(office, ClaimLine) if row.cites]
    assert rows == []


def test_frames_are_numbered_within_their_image() -> None:
    second = Cite(image=3, left=0, top=0, width=50, height=50)
    assert cites_text([CITE, OTHER, second]) == (
        "تصویر ۱، کادر ۱؛ تصویر ۱، کادر ۲؛ تصویر ۳، کادر ۱"
    )


def _vote_with_frame(database: Database, panel: Panel, member: int, now: Any, *cites: Cite) -> None:
    votes = [replace(word(1, "r"), cites=cites), word(2, "a")]
    database.in_tx(lambda s: cast_vote(s, panel.members[member], panel.place, votes, now=now))


def test_frames_of_a_vote_are_as_blind_as_the_vote(
    database: Database, panel: Panel, now: Any
) -> None:
    _vote_with_frame(database, panel, 0, now, CITE)
    with database.reading() as session:
        for reader in (panel.members[1], panel.chair):
            assert str(CITE.top) not in repr(
                read_plan(session, reader, panel.place, now=now).panel.members
            )
        own = read_plan(session, panel.members[0], panel.place, now=now).panel.members[0]
    assert own.words is not None and own.words[0].cites == (CITE,)


def test_frames_of_the_deciding_vote_become_public_and_are_sealed(
    database: Database, panel: Panel, now: Any
) -> None:
    for member in (0, 1):
        _vote_with_frame(database, panel, member, now, CITE)
    with database.reading() as session:
        view = read_plan(session, panel.chair, panel.place, now=now)
        assert view.units[0].cites == (CITE,)
        assert view.units[1].cites == ()
        assert [each for each in plan_problems(session) if each] == []

    def move(session: Session) -> None:
        session.execute(update(PlanUnit).where(PlanUnit.number == 1).values(cites=[]))

    database.in_tx(move)
    with database.reading() as session:
        assert [each for each in plan_problems(session) if each] != []


def test_a_plan_refuses_the_frame_of_an_image_it_has_not(
    database: Database, panel: Panel, now: Any
) -> None:
    wrong = Cite(image=99, left=0, top=0, width=100, height=100)
    refused("cite_wrong", lambda: _vote_with_frame(database, panel, 0, now, wrong))
    with database.reading() as session:
        assert session.query(PlanVote).all() == []

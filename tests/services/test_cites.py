"""Frames in images: attached to reasons, judged, kept with the decision, seen by who may see it."""

from dataclasses import replace
from typing import Any

import pytest
from plan_world import Panel, word
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.services import registered_world as world
from tests.services.office import CHILD_CODE, ROOT, TWO_LINES, Office, refused
from workbench.db.engine import Database
from workbench.db.models import (
    AuditEvent,
    Claim,
    ClaimLine,
    ClaimRound,
    Defect,
    LineDeduction,
    PlanUnit,
    PlanVote,
)
from workbench.rules.document import document_hash, thaw
from workbench.rules.facts import Cite, EvidenceKind
from workbench.services.claims import assessing, deciding
from workbench.services.claims.content import attach_images
from workbench.services.claims.deciding import DefectInput
from workbench.services.claims.reading import read_case
from workbench.services.commission.reading import read_plan
from workbench.services.commission.seal import plan_problems
from workbench.services.commission.votes import cast_vote
from workbench.services.images import citing
from workbench.services.images.cite_words import cites_text
from workbench.services.images.cites import plain_cites

RECODE = "paediatric_code_age@1"
BEFORE, AFTER = "evidence_missing@1:before", "evidence_missing@1:after"
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


def _accept(office: Office, number: str, key: str, *cites: Cite) -> Any:
    return office.write(
        assessing.accept_finding, office.desk.assessor, number, key=key, cites=cites
    )


def _cite(office: Office, index: int | None, *cites: Cite, **given: Any) -> Any:
    return office.write(
        citing.cite_deduction,
        given.pop("actor", office.desk.assessor),
        TWO_LINES,
        line_id=office.line_id(TWO_LINES),
        index=index,
        cites=cites,
        **given,
    )


def _image_for(office: Office, number: str, seed: int) -> None:
    """An image that is no evidence of the treatment, so that the findings stay."""

    def attach(session: Session) -> None:
        key = office.keys[number]
        claim = session.get_one(Claim, (key.insurer_id, key.claim_id))
        attach_images(
            session,
            claim,
            (world.image(seed, kind=EvidenceKind.IDENTITY),),
            {1},
            actor=None,
            now=office.now,
        )

    office.database.in_tx(attach)


def _what(office: Office, what: str) -> list[dict[str, Any]]:
    rows = _rows(office, AuditEvent)
    return [row.facts for row in rows if row.facts.get("what") == what]


def test_an_accepted_deduction_carries_the_frames(office: Office) -> None:
    _image_for(office, ROOT, 78)
    office.take(ROOT)
    line = _accept(office, ROOT, BEFORE, CITE).case.lines[0]
    assert [each.cites for each in line.deductions] == [(CITE,)]
    (facts,) = _what(office, "accept_finding")
    assert (facts["images"], facts["cites"]) == ([1], plain_cites([CITE]))


def test_a_second_finding_of_the_same_code_keeps_the_frames_of_the_first(office: Office) -> None:
    _image_for(office, ROOT, 78)
    office.take(ROOT)
    _accept(office, ROOT, BEFORE, CITE)
    line = _accept(office, ROOT, AFTER, OTHER).case.lines[0]
    assert [each.cites for each in line.deductions] == [(CITE, OTHER)]


def test_an_accepted_recode_carries_the_frames_until_it_is_overridden(office: Office) -> None:
    _image_for(office, CHILD_CODE, 79)
    office.take(CHILD_CODE)
    assert _accept(office, CHILD_CODE, RECODE, CITE).case.lines[0].cites == (CITE,)
    overridden = office.write(
        assessing.override_finding, office.desk.assessor, CHILD_CODE, key=RECODE, reason="درست است"
    )
    assert overridden.case.lines[0].cites == ()


def test_a_finding_accepted_with_a_frame_that_is_none_stays_open(office: Office) -> None:
    office.take(CHILD_CODE)
    before = office.fingerprint()
    refused("cite_wrong", lambda: _accept(office, CHILD_CODE, RECODE, CITE))
    assert office.fingerprint() == before


def test_frames_are_attached_to_a_deduction_beside_those_it_has(office: Office) -> None:
    office.take(TWO_LINES)
    _deduct(office, CITE)
    line = _cite(office, 0, OTHER, CITE).case.lines[0]
    assert [each.cites for each in line.deductions] == [(CITE, OTHER)]
    (facts,) = _what(office, "cite_deduction")
    assert (facts["line"], facts["reason"]) == (1, "D01")
    assert facts["cites"] == plain_cites([OTHER, CITE])


def test_frames_are_attached_to_a_rejection(office: Office) -> None:
    office.take(TWO_LINES)
    _reject(office)
    assert _cite(office, None, CITE).case.lines[0].cites == (CITE,)


@pytest.mark.parametrize(
    ("code", "index", "cites"),
    [
        ("deduction_not_found", 1, (CITE,)),
        ("deduction_not_found", -1, (CITE,)),
        ("cite_nothing", 0, ()),
        ("cite_nothing", None, (CITE,)),
        ("cite_wrong", 0, (Cite(image=9, left=0, top=0, width=100, height=100),)),
        ("cite_wrong", 0, tuple(replace(CITE, left=n) for n in range(8))),
    ],
)
def test_what_cannot_be_attached_is_refused(
    office: Office, code: str, index: int | None, cites: tuple[Cite, ...]
) -> None:
    office.take(TWO_LINES)
    _deduct(office, CITE)
    before = office.fingerprint()
    refused(code, lambda: _cite(office, index, *cites))
    assert office.fingerprint() == before


def test_only_the_holder_attaches_and_only_to_what_he_saw(office: Office) -> None:
    office.take(TWO_LINES)
    seen = office.claim(TWO_LINES).version
    _deduct(office)
    before = office.fingerprint()
    refused("claim_changed", lambda: _cite(office, 0, CITE, version=seen))
    refused("claim_taken", lambda: _cite(office, 0, CITE, actor=office.colleague))
    refused("not_permitted", lambda: _cite(office, 0, CITE, actor=office.desk.finance))
    assert office.fingerprint() == before


def test_a_removed_deduction_takes_attached_frames_along(office: Office) -> None:
    office.take(TWO_LINES)
    _deduct(office)
    _cite(office, 0, CITE)
    office.write(
        assessing.remove_deduction,
        office.desk.assessor,
        TWO_LINES,
        line_id=office.line_id(TWO_LINES),
        index=0,
    )
    assert _rows(office, LineDeduction) == []


def test_attached_frames_are_in_the_frozen_document(office: Office) -> None:
    office.take(TWO_LINES)
    _deduct(office)
    _cite(office, 0, CITE)
    office.write(
        deciding.return_claim,
        office.desk.assessor,
        TWO_LINES,
        defects=[DefectInput(reason="R02")],
        nonce="once",
    )
    (closed,) = [
        row for row in _rows(office, ClaimRound)
        if row.document and row.claim_id == office.keys[TWO_LINES].claim_id
    ]  # fmt: skip
    assert document_hash(closed.document) == closed.document_hash
    assert thaw(closed.document).lines[0].deductions[0].cites == (CITE,)

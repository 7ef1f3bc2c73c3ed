"""Reading a case: what it shows to whom, and in how many statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace

import pytest
from sqlalchemy import event

from tests.builders import Key
from tests.services import registered_world as world
from tests.services.office import CAPPED, CLEAN, DIRECT, Office, refused
from workbench.persian.identifiers import mask_national_code
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.claims import assessing, notes, reading, registration
from workbench.services.claims.content import LineRequest
from workbench.services.claims.deciding import DefectInput
from workbench.services.claims.frame import ClaimInput
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim
from workbench.services.claims.view import CaseView

STATEMENTS_MAX = 28
WORDS = "یادداشت-کاشته‌شده"
READERS = {Role.ASSESSOR, Role.LEAD, Role.MANAGER, Role.AUDITOR}


def _read(office: Office, number: str, actor: Actor | None = None) -> CaseView:
    key = office.keys[number]
    with office.database.reading() as session:
        return reading.read_case(
            session,
            actor or office.desk.assessor,
            key.insurer_id,
            key.claim_id,
            now=office.now,
        )


@contextmanager
def _counted(office: Office) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without those that open a connection."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            sent.append(statement)

    engine = office.database.read_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def _large(office: Office, number: str, lines: int, images: int) -> str:
    """A member's document with that many different lines and images."""
    codes = ("110", "125", "130", "310", "312", "320", "420", "530", "810", "820", "905", "990")
    request = world.direct(
        number=number,
        lines=tuple(_line(n, codes[n % len(codes)]) for n in range(1, lines + 1)),
        images=tuple(
            world.image(shade, f"{shade}.jpg", lines=(1 + shade % lines,))
            for shade in range(images)
        ),
    )
    return _register(office, request)


def _register(office: Office, request: ClaimInput) -> str:
    made = office.database.in_tx(
        lambda s: registration.register_claim(s, None, request, now=office.now)
    )
    number = request.number
    office.keys[number] = Key(insurer_id=made.insurer_id, claim_id=made.claim_id, number=number)
    return number


def _line(number: int, code: str) -> LineRequest:
    return world.line(number, code=code, unit_price_rial=10_000, tooth=11 + number % 7)


def test_a_case_is_read_in_few_statements_whatever_its_size(office: Office) -> None:
    counts = []
    for number, lines, images in (("1402000011", 1, 0), ("1402000012", 12, 24)):
        _large(office, number, lines, images)
        office.take(number)
        with _counted(office) as sent:
            view = _read(office, number)
        assert (len(view.case.lines), len(view.images)) == (lines, images)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= STATEMENTS_MAX


def test_reading_writes_nothing(office: Office) -> None:
    before = office.fingerprint()
    with _counted(office) as sent:
        _read(office, CLEAN)
    assert office.fingerprint() == before
    assert all(statement.lstrip().startswith(("SELECT", "WITH")) for statement in sent)


def test_the_national_code_is_masked_and_opening_it_is_on_the_record(office: Office) -> None:
    view = _read(office, CLEAN)
    assert view.patient.national_code == mask_national_code(world.PRINCIPAL)
    assert world.PRINCIPAL not in str(astuple(view.patient))
    before = office.actions(CLEAN)
    opened = office.call(reading.open_national_code, office.desk.auditor, CLEAN)
    assert opened == world.PRINCIPAL
    assert office.actions(CLEAN) == [*before, "claim.national_code_opened"]
    assert office.events(CLEAN)[-1].actor_id == office.desk.auditor.user_id


def test_only_readers_see_a_case_open_its_code_or_its_images(office: Office) -> None:
    before = office.fingerprint()
    for role, actor in office.desk.everyone().items():
        if role in READERS:
            assert _read(office, CLEAN, actor).number == CLEAN
            continue
        refused("not_permitted", lambda a=actor: _read(office, CLEAN, a))
        refused("not_permitted", lambda a=actor: office.call(reading.open_national_code, a, CLEAN))
        refused(
            "not_permitted", lambda a=actor: office.call(reading.record_seen, a, CLEAN, numbers=[1])
        )
    assert office.fingerprint() == before


def test_a_case_of_another_insurer_looks_like_none(office: Office) -> None:
    foreign = replace(office.desk.assessor, insurer_ids=frozenset({1}))
    own = replace(office.desk.assessor, insurer_ids=frozenset({office.keys[CLEAN].insurer_id}))
    refused("claim_not_found", lambda: _read(office, CLEAN, foreign))
    with office.database.reading() as session:
        refused("claim_not_found", lambda: reading.find_claim(session, foreign, CLEAN))
        refused("claim_not_found", lambda: reading.find_claim(session, own, "990999999"))
        refused("not_permitted", lambda: reading.find_claim(session, office.desk.finance, CLEAN))
        key = office.keys[CLEAN]
        assert reading.find_claim(session, own, CLEAN) == (key.insurer_id, key.claim_id)


@pytest.mark.parametrize("interest", ["centre_id", "dentist_id"])
def test_a_case_of_the_own_centre_or_treatment_is_not_shown(office: Office, interest: str) -> None:
    actor = replace(office.desk.assessor, **{interest: getattr(office.claim(CLEAN), interest)})
    refused("conflict_of_interest", lambda: _read(office, CLEAN, actor))
    refused("conflict_of_interest", lambda: office.call(reading.open_national_code, actor, CLEAN))


def test_internal_notes_are_for_assessor_and_lead_and_nowhere_in_the_page_of_others(
    office: Office,
) -> None:
    office.call(notes.add_note, office.desk.assessor, CLEAN, text=WORDS)
    for actor in (office.desk.assessor, office.desk.lead):
        view = _read(office, CLEAN, actor)
        assert view.notes is not None
        assert [(note.text, note.author) for note in view.notes] == [
            (WORDS, office.desk.assessor.display_name)
        ]
    for actor in (office.desk.manager, office.desk.auditor):
        view = _read(office, CLEAN, actor)
        assert view.notes is None
        assert WORDS not in repr(view)


def test_only_images_of_the_case_are_recorded_as_shown(office: Office) -> None:
    number = _large(office, "1402000013", 1, 2)
    before = office.actions(number)
    office.call(reading.record_seen, office.desk.manager, number, numbers=[2, 1, 9, 2])
    assert office.actions(number) == [*before, "evidence.shown"]
    assert office.events(number)[-1].facts["images"] == [1, 2]
    office.call(reading.record_seen, office.desk.manager, number, numbers=[9])
    assert office.actions(number) == [*before, "evidence.shown"]


def test_the_view_says_what_its_reader_can_do_next(office: Office) -> None:
    assert (_read(office, CLEAN).may_take, _read(office, CLEAN).is_mine) == (True, False)
    assert _read(office, CLEAN, office.desk.lead).may_void
    assert not _read(office, CLEAN, office.desk.manager).may_take
    office.take(CLEAN)
    mine, other = _read(office, CLEAN), _read(office, CLEAN, office.colleague)
    assert (mine.is_mine, mine.may_take, mine.holder) == (True, False, None)
    assert (other.is_mine, other.may_take) == (False, False)
    assert other.holder == office.desk.assessor.display_name
    office.write(
        assessing.override_finding,
        office.desk.assessor,
        CLEAN,
        key=mine.findings[0].key,
        reason="دیده شد",
    )
    office.finish(CLEAN)
    lead = _read(office, CLEAN, office.desk.lead)
    assert (lead.may_reopen, lead.may_void, lead.is_mine) == (True, False, False)
    assert not _read(office, CLEAN).may_reopen


def test_the_bar_shows_the_money_with_and_without_the_open_proposals(office: Office) -> None:
    line = world.line(code="205", unit_price_rial=7_722_000, tooth=26)
    number = _register(office, world.direct(number="1402000014", lines=(line,)))
    view = _read(office, number)
    assert view.open_lines == (1,)
    assert view.money.technical_deduction_rial == 0
    assert view.money_with_proposals.technical_deduction_rial == 1_432_000


def test_the_ceiling_adds_up_before_and_after_the_decision(office: Office) -> None:
    for number in (CAPPED, DIRECT):
        office.take(number)
        while keys := office.open_keys(number):
            office.write(
                assessing.override_finding,
                office.desk.assessor,
                number,
                key=keys[0],
                reason="دیده شد",
            )
        before = _read(office, number).ceiling
        office.finish(number)
        after = _read(office, number).ceiling
        for ceiling in (before, after):
            parts = (ceiling.used_rial, ceiling.reserved_other_rial, ceiling.this_rial)
            assert sum(parts) + (ceiling.free_rial or 0) == ceiling.limit_rial
        assert after == before
        assert before.this_rial == office.claim(number).payable_rial


def test_the_second_round_shows_what_was_decided_before_the_return(office: Office) -> None:
    office.take(CLEAN)
    office.deduct(CLEAN, 178_000)
    office.give_back(CLEAN, DefectInput(reason="R03", scope="line", line_number=1, text="بعد"))
    answer = ResubmissionInput(claim_number=CLEAN, explanation="تصویر پیوست شد")
    office.database.in_tx(lambda s: resubmit_claim(s, None, answer, now=office.now))
    view = _read(office, CLEAN)
    assert view.former[1].deductions == (("D01", 178_000),)
    assert view.former[1].assessed_code is None
    assert view.money.technical_deduction_rial == 0
    assert list(view.former) == [1]


def test_a_reopened_round_keeps_its_decisions_and_names_none_as_former(office: Office) -> None:
    office.take(CLEAN)
    office.deduct(CLEAN, 178_000)
    office.decide_all(CLEAN)
    office.finish(CLEAN)
    office.reopen(CLEAN)
    view = _read(office, CLEAN)
    assert view.former == {}
    assert view.money.technical_deduction_rial == 178_000


def test_the_second_round_shows_defects_changes_and_the_explanation(office: Office) -> None:
    office.take(CLEAN)
    office.give_back(CLEAN, DefectInput(reason="R03", scope="line", line_number=1, text="بعد"))
    answer = ResubmissionInput(
        claim_number=CLEAN,
        explanation="تصویر پیوست شد",
        lines=(world.line(unit_price_rial=6_000_000),),
    )
    office.database.in_tx(lambda s: resubmit_claim(s, None, answer, now=office.now))
    view = _read(office, CLEAN)
    assert [(row.number, row.result, row.explanation) for row in view.rounds] == [
        (1, "returned", ""),
        (2, None, "تصویر پیوست شد"),
    ]
    assert view.rounds[0].closed_by == office.desk.assessor.display_name
    (defect,) = view.defects
    assert (defect.reason, defect.line_number, defect.is_remedied) == ("R03", 1, None)
    (change,) = view.changes
    assert change.changes == {
        "unit_price_rial": (6_290_000, 6_000_000),
        "cost_rial": (6_290_000, 6_000_000),
    }

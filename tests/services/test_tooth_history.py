"""The treatments of a person's teeth: whose, which lines, and what of another insurer is told."""

from dataclasses import fields, replace

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from tests import builders
from tests.services import registered_world as world
from tests.services.office import CHILD_CODE, CLEAN, DIRECT, ROOT, TWO_LINES, Office, refused
from workbench.db.models import Centre, Claim, ClaimLine, Membership, Person, Service, new_id
from workbench.persian.jalali import parse_day
from workbench.rules.workflow import ClaimState, Role
from workbench.services import reference
from workbench.services.access import Actor
from workbench.services.catalogue.catalogue import DEFAULT_TARIFF_SET
from workbench.services.ceiling import enrolment
from workbench.services.teeth.history import (
    TREATMENTS_MAX,
    ToothHistory,
    ToothTreatment,
    read_tooth_history,
)

READERS = {Role.ASSESSOR, Role.LEAD, Role.MANAGER, Role.AUDITOR, Role.COMMISSION, Role.CHAIR}
LINES = 200


def _end(office: Office, number: str, to: ClaimState = ClaimState.FINISHED, work=()) -> None:
    builders.bring(office.database, office.desk, office.keys[number], office.now, to, work)


def _person(session: Session, national_code: str = world.PRINCIPAL) -> int:
    return session.scalars(select(Person.id).where(Person.national_code == national_code)).one()


def _read(
    office: Office, actor: Actor | None = None, code: str = world.PRINCIPAL, **given
) -> ToothHistory:
    with office.database.reading() as session:
        return read_tooth_history(
            session,
            actor or office.desk.commission,
            _person(session, code),
            **({"centre_id": None} | given),
        )


def _second_insurer(session: Session, now) -> int:
    """Another insurer that has the same person on its list."""
    number = "1403/2"
    reference.register_insurer(session, None, code="ins-2", name="بیمه دیگر", now=now)
    enrolment.register_contract(
        session,
        None,
        insurer_code="ins-2",
        number=number,
        policyholder_code="ph-1",
        plan="طرح دو",
        start_on=parse_day("1402/01/01"),
        end_on=parse_day("1404/12/29"),
        tariff_set_code=DEFAULT_TARIFF_SET,
        covers=[
            enrolment.CoverInput(
                code="dental", title="دندان", franchise_basis=1_000, ceiling_rial=1_000_000
            )
        ],
        now=now,
    )
    row = enrolment.register_membership(
        session,
        None,
        insurer_code="ins-2",
        contract_number=number,
        national_code=world.PRINCIPAL,
        relation="principal",
        principal_national_code=None,
        now=now,
    )
    return session.scalars(select(Membership.insurer_id).where(Membership.id == row.id)).one()


def test_an_approved_line_of_a_finished_case_is_told_in_full(office: Office) -> None:
    _end(office, CLEAN)
    with office.database.reading() as session:
        title = session.scalars(select(Service.title).where(Service.code == "125")).one()
    assert _read(office).treatments == (
        ToothTreatment(
            on=world.SERVICE_ON,
            code="125",
            tooth=26,
            jaw=None,
            title=title,
            group="filling",
            surfaces="MO",
            centre="مرکز نمونه",
        ),
    )


def test_a_direct_document_counts_like_a_case_of_a_centre(office: Office) -> None:
    _end(office, DIRECT)
    assert len(_read(office).treatments) == 1


def test_nothing_is_told_of_a_case_before_its_end(office: Office) -> None:
    _end(office, CLEAN, ClaimState.UNDER_REVIEW)
    _end(office, ROOT, ClaimState.RETURNED)
    _end(office, CHILD_CODE, ClaimState.VOID)
    assert _read(office) == ToothHistory()


def test_the_states_after_the_finish_count_too(office: Office) -> None:
    _end(office, CLEAN)
    for state in (ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED):
        change = update(Claim).where(Claim.number == CLEAN).values(state=state)
        office.database.in_tx(lambda session, change=change: session.execute(change))
        assert len(_read(office).treatments) == 1


def test_a_rejected_line_was_not_done(office: Office) -> None:
    _end(office, CLEAN, work=[builders.reject(1, "D15", office.now)])
    assert _read(office) == ToothHistory()


def test_a_line_of_which_nothing_was_approved_was_not_done(office: Office) -> None:
    _end(office, CLEAN, work=[builders.deduct(1, "D15", 6_290_000, office.now)])
    assert _read(office) == ToothHistory()


def test_the_approved_code_is_told_not_the_requested_one(office: Office) -> None:
    _end(office, CHILD_CODE)
    (treatment,) = _read(office).treatments
    assert (treatment.code, treatment.tooth, treatment.surfaces) == ("125", 63, "DP")


def test_only_the_last_round_of_a_case_counts(office: Office) -> None:
    _end(office, CLEAN)
    change = update(Claim).where(Claim.number == CLEAN).values(round=2)
    office.database.in_tx(lambda session: session.execute(change))
    assert _read(office) == ToothHistory()


def test_what_has_neither_tooth_nor_jaw_is_left_out(office: Office) -> None:
    _end(office, TWO_LINES)
    assert [each.tooth for each in _read(office).treatments] == [26]


def test_a_jaw_has_its_history_too(office: Office) -> None:
    _end(office, TWO_LINES)
    change = update(ClaimLine).where(ClaimLine.code == "905").values(jaw="upper")
    office.database.in_tx(lambda session: session.execute(change))
    assert {(each.tooth, each.jaw) for each in _read(office).treatments} == {
        (26, None),
        (None, "upper"),
    }


def test_a_code_the_catalogue_does_not_know_has_no_title(office: Office) -> None:
    _end(office, CLEAN)
    change = update(ClaimLine).values(code="777777")
    office.database.in_tx(lambda session: session.execute(change))
    (treatment,) = _read(office).treatments
    assert (treatment.code, treatment.title, treatment.group) == ("777777", None, None)


def test_the_newest_comes_first(office: Office) -> None:
    for number in (CLEAN, ROOT, CHILD_CODE):
        _end(office, number)
    later = (
        update(ClaimLine)
        .where(ClaimLine.claim_id == office.keys[ROOT].claim_id)
        .values(service_on=parse_day("1402/10/01"))
    )
    office.database.in_tx(lambda session: session.execute(later))
    days = [each.on for each in _read(office).treatments]
    assert len(days) == 3
    assert days == sorted(days, reverse=True)
    assert _read(office).treatments[0].tooth == 11


def test_the_treatments_of_others_are_not_his(office: Office) -> None:
    _end(office, CLEAN)
    assert _read(office, code=world.CHILD) == ToothHistory()


def test_a_centre_sees_which_treatments_were_done_elsewhere(office: Office) -> None:
    _end(office, CLEAN)
    with office.database.reading() as session:
        own = session.scalars(select(Centre.id).where(Centre.code == world.CENTRE)).one()
    assert [
        _read(office, centre_id=centre_id).treatments[0].is_elsewhere
        for centre_id in (own, own + 1, None)
    ] == [False, True, False]


def test_of_another_insurer_only_day_code_and_tooth_are_told(office: Office) -> None:
    _end(office, CLEAN)
    other_id = office.database.in_tx(lambda session: _second_insurer(session, office.now))
    reader = replace(office.desk.commission, insurer_ids=frozenset({other_id}))
    (treatment,) = _read(office, reader, centre_id=1).treatments
    assert treatment == ToothTreatment(
        on=world.SERVICE_ON, code="125", tooth=26, jaw=None, is_foreign=True
    )
    told = {field.name for field in fields(treatment) if getattr(treatment, field.name)}
    assert told == {"on", "code", "tooth", "is_foreign"}


def test_whoever_works_for_both_insurers_is_told_all(office: Office) -> None:
    _end(office, CLEAN)
    other_id = office.database.in_tx(lambda session: _second_insurer(session, office.now))
    both = frozenset({other_id, office.keys[CLEAN].insurer_id})
    (treatment,) = _read(office, replace(office.desk.commission, insurer_ids=both)).treatments
    assert treatment.centre == "مرکز نمونه" and not treatment.is_foreign


def test_a_person_of_foreign_insurers_only_is_unknown(office: Office) -> None:
    _end(office, CLEAN)
    reader = replace(office.desk.commission, insurer_ids=frozenset({1}))
    assert refused("person_unknown", lambda: _read(office, reader)) == {}


@pytest.mark.parametrize("role", list(Role))
def test_it_is_read_by_whoever_may_read_claims_or_plans(office: Office, role: Role) -> None:
    actor = office.desk.everyone()[role]
    if role in READERS:
        assert _read(office, actor) == ToothHistory()
    else:
        assert refused("not_permitted", lambda: _read(office, actor)) == {"action": "plan.read"}


def _copies(session: Session, office: Office, count: int) -> None:
    """So many more lines of the finished case."""
    claim_id = office.keys[CLEAN].claim_id
    line = session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim_id)).one()
    columns = {column.key: getattr(line, column.key) for column in ClaimLine.__mapper__.columns}
    rows = [columns | {"id": new_id(), "number": 2 + n} for n in range(count)]
    session.execute(insert(ClaimLine), rows)


def test_a_history_without_end_is_cut_and_says_so(office: Office) -> None:
    _end(office, CLEAN)
    office.database.in_tx(lambda session: _copies(session, office, TREATMENTS_MAX - 1))
    assert not _read(office).is_cut
    office.database.in_tx(
        lambda session: session.execute(update(ClaimLine).values(number=ClaimLine.number + 5_000))
    )
    office.database.in_tx(lambda session: _copies_again(session, office))
    history = _read(office)
    assert history.is_cut and len(history.treatments) == TREATMENTS_MAX


def _copies_again(session: Session, office: Office) -> None:
    claim_id = office.keys[CLEAN].claim_id
    line = session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim_id)).first()
    columns = {column.key: getattr(line, column.key) for column in ClaimLine.__mapper__.columns}
    session.execute(insert(ClaimLine), [columns | {"id": new_id(), "number": 1}])


def test_two_hundred_lines_are_read_in_three_statements(office: Office) -> None:
    _end(office, CLEAN)
    office.database.in_tx(lambda session: _copies(session, office, LINES - 1))
    with office.database.reading() as session:
        person_id = _person(session)
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            sent.append(statement)

    with office.database.reading() as session:
        event.listen(office.database.read_engine, "before_cursor_execute", note)
        history = read_tooth_history(session, office.desk.lead, person_id, centre_id=None)
        event.remove(office.database.read_engine, "before_cursor_execute", note)
    assert len(history.treatments) == LINES
    assert len(sent) == 3, "who knows him, his treatments, what is hidden from the reader"

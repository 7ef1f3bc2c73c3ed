"""A batch on the screen: its totals are the sums, its money is the one settlement."""

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests import builders
from tests.builders import BATCH, Desk, Key
from tests.services.batch_world import CAPPED, CLEAN, DEDUCTED, RECODED, finish_all
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, ClaimRound
from workbench.errors import Refused
from workbench.rules.document import thaw
from workbench.rules.lines import case_money
from workbench.rules.workflow import BatchState, ClaimState, Role
from workbench.services.batches.listing import BatchFilters, batch_choices, read_batches
from workbench.services.batches.view import (
    COLUMNS,
    BatchView,
    CaseRow,
    note_case_opened,
    read_batch,
    read_case_lines,
)
from workbench.services.claims import notes

READERS = {
    Role.RECEPTION,
    Role.ASSESSOR,
    Role.LEAD,
    Role.FINANCE,
    Role.MANAGER,
    Role.AUDITOR,
}


@pytest.fixture
def keys(prepared: Prepare, desk: Desk, received: dict[str, Key], now: datetime) -> dict[str, Key]:
    """A batch with all its cases finished."""
    prepared(finish_all, desk, received, now)
    return received


def view_of(database: Database, desk: Desk, role: Role = Role.LEAD) -> BatchView:
    with database.reading() as session:
        return read_batch(session, desk.everyone()[role], BATCH)


def case_of(view: BatchView, number: str) -> CaseRow:
    return next(case for case in view.cases if case.number == number)


@pytest.mark.usefixtures("keys")
def test_totals_are_the_sums_of_the_cases(database: Database, desk: Desk) -> None:
    view = view_of(database, desk)
    assert view.settled is not None
    for name in COLUMNS:
        summed = sum(getattr(case.money, name) for case in view.cases)
        assert getattr(view.settled, name) == summed
    total = view.settled
    assert total.technical_approval_rial == (
        total.cost_rial
        - total.tariff_reject_rial
        - total.technical_deduction_rial
        - total.patient_share_rial
    )


@pytest.mark.usefixtures("keys")
def test_the_worked_cases_come_out_as_by_hand(database: Database, desk: Desk) -> None:
    view = view_of(database, desk)
    recoded, capped = case_of(view, RECODED).money, case_of(view, CAPPED).money
    assert recoded is not None and capped is not None
    assert [getattr(recoded, name) for name in COLUMNS] == [
        7_722_000, 0, 1_432_000, 629_000, 5_661_000, 0, 5_661_000,
    ]  # fmt: skip
    assert (capped.ceiling_reject_rial, capped.payable_rial) == (1_660_995, 4_000_005)
    results = {case.number: case.result for case in view.cases}
    assert results == {
        CLEAN: "approved",
        RECODED: "deducted",
        DEDUCTED: "deducted",
        CAPPED: "ceiling",
    }


def test_stored_money_is_what_the_frozen_round_settles_to(
    database: Database, desk: Desk, keys: dict[str, Key]
) -> None:
    view = view_of(database, desk)
    with database.reading() as session:
        rounds = session.scalars(select(ClaimRound).where(ClaimRound.result == "finished")).all()
        by_claim = {row.claim_id: case_money(thaw(row.document)) for row in rounds}
        for case in view.cases:
            money = by_claim[case.claim_id]
            assert case.money is not None
            for name in COLUMNS:
                assert getattr(case.money, name) == getattr(money, name), (case.number, name)
            lines = read_case_lines(session, desk.lead, BATCH, case.number).lines
            for line, settled in zip(lines, money.lines, strict=True):
                for column in fields(settled):
                    assert getattr(line, column.name) == getattr(settled, column.name)
    assert len(by_claim) == len(keys)


@pytest.mark.usefixtures("keys")
def test_the_lines_of_a_case_add_up_to_the_case(database: Database, desk: Desk) -> None:
    view = view_of(database, desk)
    with database.reading() as session:
        for case in view.cases:
            lines = read_case_lines(session, desk.finance, BATCH, case.number).lines
            for name in COLUMNS:
                summed = sum(getattr(line, name) for line in lines)
                assert summed == getattr(case.money, name), (case.number, name)


@pytest.mark.usefixtures("keys")
def test_every_deducted_rial_of_a_line_has_its_reason(database: Database, desk: Desk) -> None:
    with database.reading() as session:
        lines = read_case_lines(session, desk.finance, BATCH, DEDUCTED).lines
        (recoded,) = read_case_lines(session, desk.finance, BATCH, RECODED).lines
        (capped,) = read_case_lines(session, desk.finance, BATCH, CAPPED).lines
    assert [[(r.code, r.amount_rial) for r in line.reasons] for line in lines] == [
        [("D18", 210_000), ("D01", 1_200_000)],
        [("D05", 6_290_000)],
        [],
    ]
    assert lines[0].reasons[1].text == "اختلاف با نرخ‌نامه"
    assert [line.outcome for line in lines] == [2, 4, 1]
    assert (recoded.code, recoded.former_code) == ("125", "205")
    assert [r.code for r in recoded.reasons] == ["D03"]
    assert [(r.code, r.amount_rial) for r in capped.reasons] == [("D17", 1_660_995)]


def test_an_unfinished_case_shows_its_cost_and_is_left_out_of_the_sums(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    finish_all(database, desk, received, now, but=CLEAN)
    view = view_of(database, desk)
    case = case_of(view, CLEAN)
    assert (case.cost_rial, case.money, case.result) == (6_290_000, None, ClaimState.ACCEPTED)
    assert (view.settled_count, view.unsettled_count) == (3, 1)
    assert view.unsettled_cost_rial == 6_290_000
    assert view.settled is not None
    finished = [row for row in view.cases if row.money]
    assert view.settled.cost_rial == sum(row.cost_rial or 0 for row in finished)
    assert not view.is_ready_for_finance
    assert view.steps[2].status == "current"


def test_a_void_case_counts_nowhere(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    builders.bring(database, desk, received[CLEAN], now, ClaimState.VOID)
    view = view_of(database, desk)
    assert case_of(view, CLEAN).money is None
    assert (view.unsettled_count, len(view.cases)) == (3, 4)
    assert view.unsettled_cost_rial == sum(c.cost_rial or 0 for c in view.cases) - 6_290_000


def test_a_returned_case_tells_its_defects(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    builders.bring(database, desk, received[CLEAN], now, ClaimState.RETURNED)
    with database.reading() as session:
        case = read_case_lines(session, desk.finance, BATCH, CLEAN)
    assert [(d.code, d.text) for d in case.defects] == [("R03", "تصویر بعد")]
    assert (case.outcome, case.lines[0].outcome, case.lines[0].payable_rial) == (5, 5, None)


@pytest.mark.usefixtures("keys")
def test_the_steps_name_who_did_them(database: Database, desk: Desk, now: datetime) -> None:
    steps = view_of(database, desk).steps
    assert [step.status for step in steps] == ["done", "done", "done", "current", "waiting"]
    assert steps[0].names == ("مرکز نمونه",)
    assert (steps[1].names, steps[1].at) == (("reception-1",), now)
    assert steps[2].names == ("assessor-1",)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("role", sorted(Role))
def test_only_its_readers_see_a_batch(database: Database, desk: Desk, role: Role) -> None:
    if role in READERS:
        assert len(view_of(database, desk, role).cases) == 4
        return
    with pytest.raises(Refused) as refused:
        view_of(database, desk, role)
    assert refused.value.code == "not_permitted"


@pytest.mark.usefixtures("keys")
def test_reception_sees_the_cases_without_money(database: Database, desk: Desk) -> None:
    view = view_of(database, desk, Role.RECEPTION)
    assert (view.settled, view.unsettled_cost_rial) == (None, None)
    assert {(case.money, case.cost_rial, case.outcome) for case in view.cases} == {
        (None, None, None)
    }
    with database.reading() as session:
        (row,) = read_batches(session, desk.reception, BatchFilters()).rows
        assert (row.cost_rial, row.payable_rial) == (None, None)
        with pytest.raises(Refused) as refused:
            read_case_lines(session, desk.reception, BATCH, CLEAN)
    assert refused.value.code == "not_permitted"


def test_an_internal_note_is_in_nothing_that_is_read_here(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    key = keys[DEDUCTED]
    planted = "یادداشت محرمانه ۷۷۱"
    database.in_tx(
        lambda s: notes.add_note(s, desk.lead, key.insurer_id, key.claim_id, text=planted, now=now)
    )
    with database.reading() as session:
        read = repr(read_batch(session, desk.finance, BATCH)) + repr(
            read_case_lines(session, desk.finance, BATCH, DEDUCTED)
        )
    assert planted not in read
    assert "اختلاف با نرخ" in read


def test_a_case_of_another_batch_is_not_told_by_this_one(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    builders.build_batch(database, now, "366591")
    with database.reading() as session, pytest.raises(Refused) as refused:
        read_case_lines(session, desk.lead, "366591", CLEAN)
    assert refused.value.code == "claim_not_in_batch"


def test_opening_the_lines_is_on_the_record(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    database.in_tx(lambda s: note_case_opened(s, desk.finance, BATCH, CLEAN, now=now))
    with database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "claim.lines_opened")
        ).one()
    assert (event.actor_id, event.facts["claim"]) == (desk.finance.user_id, CLEAN)


def test_the_list_turns_its_pages_by_key(database: Database, desk: Desk, now: datetime) -> None:
    numbers = [f"36660{n}" for n in range(5)]
    for place, number in enumerate(numbers):
        builders.build_batch(database, now - timedelta(days=place // 2), number)
    seen: list[str] = []
    key: str | None = None
    with database.reading() as session:
        for _turn in range(3):
            page = read_batches(session, desk.lead, BatchFilters(), after_key=key, size=2)
            seen += [row.acceptance_number for row in page.rows]
            key = page.next_key
    assert key is None
    assert sorted(seen) == numbers
    assert seen[-1] == "366604"


def test_the_list_is_narrowed_by_each_filter(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    builders.build_batch(database, now, "366591")
    with database.reading() as session:
        choices = batch_choices(session, desk.lead)
        (insurer_id,), (centre_id,) = choices.insurers, choices.centres

        def found(**changes: object) -> list[str]:
            filters = replace(BatchFilters(), **changes)  # type: ignore[arg-type]
            rows = read_batches(session, desk.lead, filters).rows
            return sorted(row.acceptance_number for row in rows)

        assert found() == [BATCH, "366591"]
        assert found(state=BatchState.UNDER_REVIEW) == [BATCH]
        assert found(number="۳۶۶۵۹۱") == ["366591"]
        assert found(number="3665") == [BATCH, "366591"]
        assert found(insurer_id=insurer_id, centre_id=centre_id) == [BATCH, "366591"]
        assert found(insurer_id=insurer_id + 1) == found(centre_id=centre_id + 1) == []


@pytest.mark.usefixtures("keys")
def test_the_row_of_the_list_sums_what_the_batch_sums(database: Database, desk: Desk) -> None:
    view = view_of(database, desk)
    with database.reading() as session:
        (row,) = read_batches(session, desk.lead, BatchFilters()).rows
        stored = sum(claim.payable_rial or 0 for claim in session.scalars(select(Claim)))
    assert view.settled is not None
    assert (row.claim_count, row.settled_count) == (4, 4)
    assert row.payable_rial == view.settled.payable_rial == stored
    assert row.cost_rial == view.settled.cost_rial


def test_a_user_of_another_insurer_sees_no_batch(
    database: Database, desk: Desk, keys: dict[str, Key]
) -> None:
    stranger = replace(desk.lead, insurer_ids=frozenset({1}))
    with database.reading() as session:
        assert read_batches(session, stranger, BatchFilters()).rows == ()
        assert batch_choices(session, stranger).insurers == {}
        with pytest.raises(Refused) as refused:
            read_batch(session, stranger, BATCH)
    assert refused.value.code == "batch_not_found"

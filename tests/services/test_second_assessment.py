"""A decided case is assessed again by another, who does not see what was decided."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from tests.builders import BATCH
from tests.services.desk import user
from tests.services.office import CHILD_CODE, CLEAN, TWO_LINES, Office, refused
from workbench.db.models import AuditEvent, Claim, Recheck
from workbench.db.queries.rechecks import knows
from workbench.errors import Refused
from workbench.rules.document import document_hash
from workbench.rules.rulebook import find_all
from workbench.rules.second_assessment import Choice
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.batches.view import read_all_lines, read_batch, read_case_lines
from workbench.services.claims import reading, taking
from workbench.services.desk import drafts
from workbench.services.desk.search import search
from workbench.services.images.evidence import find_evidence
from workbench.services.rechecks.drawing import Draw, closed_weeks, draw_now, draw_rechecks
from workbench.services.rechecks.rechecks import (
    RecheckPlace,
    give_back_recheck,
    read_recheck_desk,
    take_recheck,
)
from workbench.services.rechecks.resolution import (
    Compared,
    draft_key,
    read_compared,
    resolve_recheck,
)
from workbench.services.rechecks.second_assessment import (
    SecondView,
    answer_second,
    deduct_second_line,
    hand_in_second,
    keep_second_note,
    read_second,
    reject_second_line,
)
from workbench.services.verification.of_rechecks import recheck_problems

WEEK = timedelta(days=7)


def drawn(office: Office, percent: int = 100) -> Draw:
    return draw_rechecks(
        office.database, percent=percent, now=office.now + WEEK, chance=random.Random(3)
    )


def place(office: Office, number: str = CLEAN) -> RecheckPlace:
    key = office.keys[number]
    with office.database.reading() as session:
        statement = select(Recheck.id).where(Recheck.claim_id == key.claim_id)
        newest = statement.order_by(Recheck.round.desc()).limit(1)
        return RecheckPlace(insurer_id=key.insurer_id, recheck_id=session.scalars(newest).one())


def row(office: Office, number: str = CLEAN) -> Recheck:
    found = place(office, number)
    with office.database.reading() as session:
        return session.get_one(Recheck, (found.insurer_id, found.recheck_id))


def call(  # type: ignore[no-untyped-def]
    office: Office, service: Callable[..., object], actor: Actor, of: str, /, **given: object
):
    where = place(office, of)
    return office.database.in_tx(lambda s: service(s, actor, where, **given))


def take(office: Office, number: str = CLEAN, actor: Actor | None = None) -> None:
    call(office, take_recheck, actor or office.colleague, number, now=office.now + WEEK)


def hand_in(office: Office, number: str = CLEAN, actor: Actor | None = None) -> None:
    """What is left open is overridden first."""
    while left := view(office, number, actor).second.open_findings:
        given = {"key": left[0].key, "choice": Choice.OVERRIDE}
        call(office, answer_second, actor or office.colleague, number, **given)
    call(office, hand_in_second, actor or office.colleague, number, now=office.now + WEEK)


def view(office: Office, number: str = CLEAN, actor: Actor | None = None) -> SecondView:
    where = place(office, number)
    with office.database.reading() as session:
        return read_second(session, actor or office.colleague, where)


def compared(office: Office, actor: Actor, number: str = CLEAN) -> Compared:
    where = place(office, number)
    with office.database.reading() as session:
        return read_compared(session, actor, where)


def resolve(office: Office, actor: Actor, number: str = CLEAN, **given: object) -> None:
    given = {"version": row(office, number).version, "resolution": "second"} | given
    given = {"note": "قیمت بالاتر بود", "now": office.now + WEEK} | given
    call(office, resolve_recheck, actor, number, **given)


@pytest.fixture
def decided(office: Office) -> Office:
    """The clean case is decided with a deduction, and drawn."""
    office.take(CLEAN)
    office.decide_all(CLEAN)
    office.deduct(CLEAN, 100_000)
    office.finish(CLEAN)
    assert drawn(office) == Draw(decided=1, drawn=1)
    return office


def test_weeks_end_on_friday(office: Office) -> None:
    weeks = closed_weeks(office.now)
    assert [first.weekday() for first, _last in weeks] == [5, 5, 5, 5]
    assert all((last - first).days == 6 for first, last in weeks)
    assert weeks[-1][1] < office.now.date() <= weeks[-1][1] + WEEK


def test_the_present_week_is_not_drawn(office: Office) -> None:
    office.finished(CLEAN)
    assert draw_rechecks(office.database, percent=100, now=office.now) == Draw()


def test_nothing_is_drawn_where_nothing_was_decided(office: Office) -> None:
    assert drawn(office) == Draw()


def test_a_week_is_drawn_once(decided: Office) -> None:
    assert drawn(decided) == Draw(decided=1, drawn=0)
    found = row(decided)
    assert (found.state, found.first_by_id) == ("waiting", decided.desk.assessor.user_id)
    claim = decided.claim(CLEAN)
    assert (found.payable_rial, found.cost_rial) == (claim.payable_rial, claim.cost_rial)


def test_two_who_draw_at_once_draw_once(office: Office) -> None:
    office.finished(CLEAN)
    found: list[Draw] = []
    at_once(
        lambda: found.append(drawn(office)),
        lambda: found.append(drawn(office)),
    )
    assert sum(each.drawn for each in found) == 1


def test_the_button_draws_for_the_insurers_of_the_lead(office: Office) -> None:
    office.finished(CLEAN)
    later = office.now + WEEK

    def draw_as(actor: Actor) -> Draw:
        return office.database.in_tx(lambda s: draw_now(s, actor, percent=10, now=later))

    refused("not_permitted", lambda: draw_as(office.desk.assessor))
    assert draw_as(replace(office.desk.lead, insurer_ids=frozenset({1}))) == Draw()
    assert draw_as(office.desk.lead) == Draw(decided=1, drawn=1)


def test_the_second_assessor_sees_nothing_of_the_first_decision(decided: Office) -> None:
    take(decided)
    seen = view(decided)
    line = seen.second.case.lines[0]
    assert (line.deductions, line.is_rejected, line.assessor_note) == ((), False, "")
    assert seen.second.case.decided == ()
    assert seen.second.money.technical_deduction_rial == 0
    assert find_all(seen.second.case, seen.second.parameters) == seen.second.findings
    assert CLEAN not in str(seen.work)


def test_his_other_ways_to_the_decision_are_closed_until_his_own_is_in(decided: Office) -> None:
    key, colleague, lead = decided.keys[CLEAN], decided.colleague, decided.desk.lead
    take(decided)

    def read_now(actor: Actor) -> object:
        with decided.database.reading() as session:
            return reading.read_case(session, actor, key.insurer_id, key.claim_id, now=decided.now)

    refused("recheck_is_blind", lambda: read_now(colleague))
    with decided.database.reading() as session:
        refused(
            "evidence_not_found",
            lambda: find_evidence(
                session, colleague, key.insurer_id, key.claim_id, 1, "view", now=decided.now
            ),
        )
    refused("recheck_not_in", lambda: compared(decided, decided.desk.lead))
    refused("recheck_not_in", lambda: compared(decided, colleague))
    with decided.database.reading() as session:
        found = {
            each.number: each for each in search(session, colleague, CLEAN, now=decided.now).claims
        }
        assert found[CLEAN].payable_rial is None
        batch = read_batch(session, colleague, BATCH)
        assert (batch.may_see_money, {case.money for case in batch.cases}) == (False, {None})
        refused("recheck_counts_here", lambda: read_all_lines(session, colleague, BATCH))
        refused("recheck_is_blind", lambda: read_case_lines(session, colleague, BATCH, CLEAN))
        found = {each.number: each for each in search(session, lead, CLEAN, now=decided.now).claims}
        assert found[CLEAN].payable_rial is not None
    assert read_now(decided.desk.assessor)
    hand_in(decided)
    assert read_now(colleague)
    assert compared(decided, colleague).number == CLEAN


def test_nobody_assesses_his_own_case_again(decided: Office) -> None:
    refused("recheck_own", lambda: take(decided, actor=decided.desk.assessor))
    with decided.database.reading() as session:
        assert read_recheck_desk(session, decided.desk.assessor).waiting == ()
        (waiting,) = read_recheck_desk(session, decided.colleague).waiting
    assert waiting.number is None


def test_who_has_looked_at_the_case_does_not_assess_it_again(decided: Office) -> None:
    decided.call(taking.open_case, decided.colleague, CLEAN)
    refused("recheck_known", lambda: take(decided))
    with decided.database.reading() as session:
        assert read_recheck_desk(session, decided.colleague).waiting == ()


def test_a_conflict_of_interest_keeps_him_away(decided: Office) -> None:
    conflicted = replace(decided.colleague, centre_id=decided.claim(CLEAN).centre_id)
    refused("conflict_of_interest", lambda: take(decided, actor=conflicted))
    with decided.database.reading() as session:
        assert read_recheck_desk(session, conflicted).waiting == ()


def test_another_insurers_case_looks_like_none(decided: Office) -> None:
    foreign = replace(decided.colleague, insurer_ids=frozenset({1}))
    refused("recheck_not_found", lambda: take(decided, actor=foreign))
    take(decided)
    refused("recheck_not_found", lambda: view(decided, actor=foreign))
    refused("recheck_not_yours", lambda: view(decided, actor=decided.desk.lead))


def test_of_two_who_take_it_at_once_one_has_it(decided: Office) -> None:
    third = decided.database.in_tx(lambda s: user(s, decided.now, "assessor-3", Role.ASSESSOR))
    codes: list[str] = []

    def try_to(actor: Actor) -> None:
        try:
            take(decided, actor=actor)
            codes.append("taken")
        except Refused as refusal:
            codes.append(refusal.code)

    at_once(lambda: try_to(third), lambda: try_to(decided.colleague))
    assert sorted(codes) == ["recheck_taken", "taken"]


def at_once(*works: Callable[[], object]) -> None:
    gate = Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        work()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_taking_ones_own_again_changes_nothing(decided: Office) -> None:
    take(decided)
    take(decided)
    assert row(decided).second_by_id == decided.colleague.user_id


def test_given_back_it_waits_for_somebody_else(decided: Office) -> None:
    take(decided)
    call(
        decided, deduct_second_line, decided.colleague, CLEAN,
        number=1, reason="D01", amount_rial=5_000,
    )  # fmt: skip
    call(decided, give_back_recheck, decided.colleague, CLEAN, now=decided.now)
    found = row(decided)
    assert (found.state, found.second_by_id, found.work) == ("waiting", None, {})
    refused("recheck_known", lambda: take(decided))


def test_the_lead_gives_anothers_back(decided: Office) -> None:
    take(decided)
    third = decided.database.in_tx(lambda s: user(s, decided.now, "assessor-3", Role.ASSESSOR))
    refused(
        "not_permitted",
        lambda: call(decided, give_back_recheck, third, CLEAN, now=decided.now),
    )
    call(decided, give_back_recheck, decided.desk.lead, CLEAN, now=decided.now)
    assert row(decided).state == "waiting"


def test_the_same_decision_agrees(decided: Office) -> None:
    take(decided)
    call(
        decided, deduct_second_line, decided.colleague, CLEAN,
        number=1, reason="D01", amount_rial=100_000,
    )  # fmt: skip
    hand_in(decided)
    found = row(decided)
    assert (found.state, found.second_payable_rial) == ("agreed", found.payable_rial)
    assert found.document is not None
    assert found.document_hash == document_hash(found.document)
    refused("recheck_agreed", lambda: resolve(decided, decided.desk.lead))


def test_another_decision_differs_and_changes_nothing_of_the_case(decided: Office) -> None:
    before = decided.claim(CLEAN)
    take(decided)
    hand_in(decided)
    found, after = row(decided), decided.claim(CLEAN)
    assert found.state == "differs"
    assert found.second_payable_rial is not None
    assert found.second_payable_rial > found.payable_rial
    columns = Claim.__table__.c.keys()
    assert [getattr(before, c) for c in columns] == [getattr(after, c) for c in columns]
    pair = compared(decided, decided.desk.lead).pair
    assert (pair.first.lines[0].reasons, pair.second.lines[0].reasons) == ((("D01", 100_000),), ())
    refused("recheck_not_open", lambda: hand_in(decided))


def test_open_findings_are_answered_first(office: Office) -> None:
    office.take(CHILD_CODE)
    office.decide_all(CHILD_CODE)
    office.finish(CHILD_CODE)
    drawn(office)
    take(office, CHILD_CODE)
    given = {"now": office.now}
    facts = refused(
        "undecided_lines",
        lambda: call(office, hand_in_second, office.colleague, CHILD_CODE, **given),
    )
    assert facts["lines"] == (1,)
    found = view(office, CHILD_CODE).second.open_findings
    (key,) = [each.key for each in found if each.code == "paediatric_code_age"]
    call(office, answer_second, office.colleague, CHILD_CODE, key=key, choice=Choice.ACCEPT)
    money = view(office, CHILD_CODE).second.money
    assert money.technical_deduction_rial == 1_432_000
    hand_in(office, CHILD_CODE)
    assert row(office, CHILD_CODE).state == "differs"


def test_an_answer_is_taken_back(office: Office) -> None:
    office.take(CHILD_CODE)
    office.decide_all(CHILD_CODE)
    office.finish(CHILD_CODE)
    drawn(office)
    take(office, CHILD_CODE)
    key = view(office, CHILD_CODE).second.open_findings[0].key
    for choice in (Choice.ACCEPT, None):
        call(office, answer_second, office.colleague, CHILD_CODE, key=key, choice=choice)
    assert key in {each.key for each in view(office, CHILD_CODE).second.open_findings}
    given = {"key": "no_such@1", "choice": Choice.ACCEPT}
    refused(
        "finding_not_found",
        lambda: call(office, answer_second, office.colleague, CHILD_CODE, **given),
    )


def test_a_line_is_rejected_and_put_back(office: Office) -> None:
    office.finished(TWO_LINES)
    drawn(office)
    take(office, TWO_LINES)
    colleague = office.colleague
    before = view(office, TWO_LINES).second.money
    call(office, reject_second_line, colleague, TWO_LINES, number=2, reason="D05")
    after = view(office, TWO_LINES).second.money
    assert after.lines[1].technical_approval_rial == 0
    assert after.lines[0] == before.lines[0]
    call(office, reject_second_line, colleague, TWO_LINES, number=2, reason=None)
    assert view(office, TWO_LINES).second.money == before


def test_what_may_not_be_deducted_is_refused_and_not_kept(decided: Office) -> None:
    take(decided)

    def deduct(reason: str, amount_rial: int, number: int = 1) -> None:
        given = {"number": number, "reason": reason, "amount_rial": amount_rial}
        call(decided, deduct_second_line, decided.colleague, CLEAN, **given)

    refused("deduction_above_rest", lambda: deduct("D01", 10**10))
    refused("negative_amount", lambda: deduct("D01", -1))
    refused("computed_reason", lambda: deduct("D17", 5))
    refused("reason_needs_text", lambda: deduct("D99", 5))
    refused("recheck_reason_unknown", lambda: deduct("X1", 5))
    refused("recheck_line_unknown", lambda: deduct("D01", 5, number=9))
    assert row(decided).work == {}


def test_a_note_is_kept_for_the_lead(decided: Office) -> None:
    take(decided)
    call(decided, keep_second_note, decided.colleague, CLEAN, text=" گرافی واضح نیست ")
    assert view(decided).work.note == "گرافی واضح نیست"
    hand_in(decided)
    assert compared(decided, decided.desk.lead).note == "گرافی واضح نیست"


@pytest.mark.parametrize("is_taken", [False, True])
def test_a_reopened_decision_drops_out(decided: Office, is_taken: bool) -> None:
    if is_taken:
        take(decided)
    decided.reopen(CLEAN)
    assert row(decided).state == "dropped"
    code = "recheck_not_open" if is_taken else "recheck_taken"
    refused(code, lambda: hand_in(decided) if is_taken else take(decided))
    assert drawn(decided) == Draw()


def test_what_is_in_stays_when_the_case_is_reopened(decided: Office) -> None:
    take(decided)
    hand_in(decided)
    decided.reopen(CLEAN)
    assert row(decided).state == "differs"


def test_the_lead_resolves_a_difference_with_a_reason(decided: Office) -> None:
    lead = decided.desk.lead
    take(decided)
    hand_in(decided)
    refused("recheck_needs_reason", lambda: resolve(decided, lead, note=" . "))
    refused("not_permitted", lambda: resolve(decided, decided.colleague))
    refused("recheck_needs_amount", lambda: resolve(decided, lead, resolution="neither"))
    resolve(decided, lead, is_example=True)
    found = row(decided)
    assert (found.state, found.right_payable_rial) == ("resolved", found.second_payable_rial)
    with decided.database.reading() as session:
        (example,) = read_recheck_desk(session, decided.desk.assessor).examples
    assert (example.number, example.note) == (CLEAN, "قیمت بالاتر بود")
    assert compared(decided, decided.desk.assessor).resolved_by == lead.display_name


def test_neither_was_right(decided: Office) -> None:
    take(decided)
    hand_in(decided)
    resolve(decided, decided.desk.lead, resolution="neither", right_payable_rial=7)
    assert row(decided).right_payable_rial == 7


def test_of_two_leads_at_once_one_resolves(decided: Office) -> None:
    other = decided.database.in_tx(lambda s: user(s, decided.now, "lead-2", Role.LEAD))
    take(decided)
    hand_in(decided)
    version, codes = row(decided).version, []

    def try_to(actor: Actor) -> None:
        try:
            resolve(decided, actor, version=version)
            codes.append("resolved")
        except Refused as refusal:
            codes.append(refusal.code)

    at_once(lambda: try_to(other), lambda: try_to(decided.desk.lead))
    assert sorted(codes) == ["recheck_resolved_already", "resolved"]


def test_a_lead_who_assessed_second_does_not_resolve(decided: Office) -> None:
    take(decided, actor=decided.desk.lead)
    hand_in(decided, actor=decided.desk.lead)
    assert not compared(decided, decided.desk.lead).may_resolve
    refused("recheck_resolver_involved", lambda: resolve(decided, decided.desk.lead))


def test_others_do_not_read_what_is_no_example(decided: Office) -> None:
    take(decided)
    hand_in(decided)
    third = decided.database.in_tx(lambda s: user(s, decided.now, "assessor-3", Role.ASSESSOR))
    refused("recheck_not_found", lambda: compared(decided, third))
    refused("recheck_not_found", lambda: compared(decided, decided.desk.assessor))


def test_each_step_is_on_the_trail_of_the_case_without_amounts(decided: Office) -> None:
    take(decided)
    hand_in(decided)
    resolve(decided, decided.desk.lead)
    claim = decided.claim(CLEAN)
    with decided.database.reading() as session:
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.stream == f"claim:{claim.insurer_id}-{claim.id}")
            .where(AuditEvent.action.startswith("recheck."))
            .order_by(AuditEvent.sequence)
        ).all()
        assert session.scalar(select(func.count()).where(AuditEvent.action == "recheck.draw")) == 1
    assert [e.action for e in events] == ["recheck.take", "recheck.hand_in", "recheck.resolve"]
    assert all(set(event.facts) == {"claim", "round"} for event in events)


def test_verify_names_a_second_decision_that_was_changed(decided: Office) -> None:
    def problems() -> list[str | None]:
        with decided.database.reading() as session:
            return list(recheck_problems(session))

    assert problems() == []
    take(decided)
    hand_in(decided)
    assert problems() == [None]
    found = row(decided)

    def change(**values: object) -> None:
        statement = update(Recheck).where(Recheck.id == found.id).values(**values)
        decided.database.in_tx(lambda s: s.execute(statement))

    change(second_payable_rial=1)
    assert problems() == [f"second assessment {found.id}: the payable is not that of its document"]
    change(second_payable_rial=found.second_payable_rial, document_hash="0")
    assert problems() == [f"second assessment {found.id}: the document is not as it was handed in"]
    change(document_hash=found.document_hash, compared=found.compared | {"first": {}})
    assert problems() == [
        f"second assessment {found.id}: what was compared is not what the two documents say"
    ]


def test_a_lead_who_decided_it_is_told_that_another_resolves_it(decided: Office) -> None:
    lead, colleague = decided.desk.lead, decided.colleague
    leads = {Role.LEAD, Role.ASSESSOR}
    take(decided)
    hand_in(decided)
    party = replace(colleague, roles=frozenset(leads))
    seen = compared(decided, party)
    assert (seen.is_party, seen.may_resolve) == (True, False)
    refused("recheck_resolver_involved", lambda: resolve(decided, party))
    for actor, may_resolve in ((lead, True), (colleague, False), (decided.desk.manager, False)):
        seen = compared(decided, actor)
        assert (seen.is_party, seen.may_resolve) == (False, may_resolve)


def test_the_half_typed_reason_is_kept_until_it_is_resolved(decided: Office) -> None:
    take(decided)
    hand_in(decided)
    lead, key = decided.desk.lead, draft_key(place(decided))

    def kept() -> dict[str, str]:
        with decided.database.reading() as session:
            return drafts.drafts(session, lead.user_id, key)

    decided.database.in_tx(
        lambda s: drafts.save_draft(s, lead.user_id, key, "قیمت بالا", now=decided.now)
    )
    refused("recheck_needs_reason", lambda: resolve(decided, lead, note=""))
    assert kept() == {key: "قیمت بالا"}
    resolve(decided, lead)
    assert kept() == {}


def test_who_resolved_it_knows_the_case(decided: Office) -> None:
    """A later round of it is assessed by somebody else."""
    take(decided)
    hand_in(decided)

    def knowing(actor: Actor) -> bool:
        statement = select(Claim.id).where(
            Claim.id == decided.keys[CLEAN].claim_id, knows(actor.user_id)
        )
        with decided.database.reading() as session:
            return session.scalars(statement).first() is not None

    assert not knowing(decided.desk.lead)
    resolve(decided, decided.desk.lead)
    assert knowing(decided.desk.lead)

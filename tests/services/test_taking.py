"""Holding a case: take, next, give back, park, pass on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import builders
from tests.services.desk import assessor_of, user
from tests.services.office import CAPPED, CLEAN, DIRECT, ROOT, Office, refused
from workbench.db.models import Batch, Claim, Insurer
from workbench.rules.workflow import BatchState, ClaimState, Role
from workbench.services.access import Actor
from workbench.services.claims import taking
from workbench.services.claims.taking import lease_length

WHO_TAKES = {Role.ASSESSOR, Role.LEAD}


def _direct(office: Office, number: str, days_ago: int) -> str:
    """A member's document that was accepted some days ago, so that it is due before the others."""
    office.keys[number] = builders.build_claim(
        office.database,
        office.desk,
        office.now - timedelta(days=days_ago),
        number,
        to=ClaimState.ACCEPTED,
        acceptance_number=None,
    )
    return number


def _next(office: Office, actor: Actor | None = None, now: datetime | None = None) -> str | None:
    claim = office.database.in_tx(
        lambda s: taking.take_next(s, actor or office.desk.assessor, now=now or office.now)
    )
    return claim.number if claim else None


def _park(office: Office, number: str, **given: object) -> None:
    given = {"reason": "منتظر تماس مرکز", "until_on": date(2025, 11, 25), "version": None} | given
    office.call(taking.park_claim, given.pop("actor", office.desk.assessor), number, **given)


def _pass_on(office: Office, number: str, to: Actor, **given: object) -> None:
    given = {"to_user_id": to.user_id, "version": None} | given
    office.call(taking.pass_on_claim, given.pop("actor", office.desk.assessor), number, **given)


def test_taking_holds_the_case_and_starts_its_batch(office: Office) -> None:
    claim = office.take(CLEAN)
    assert (claim.state, claim.assignee_id) == ("under_review", office.desk.assessor.user_id)
    assert claim.lease_until_at == office.now + lease_length()
    with office.database.reading() as session:
        batch = session.get_one(Batch, (claim.insurer_id, claim.batch_id))
        assert (batch.state, batch.review_started_at) == (BatchState.UNDER_REVIEW, office.now)
    event = office.events(CLEAN)[-1]
    assert (event.action, event.actor_id) == ("claim.take", office.desk.assessor.user_id)
    assert event.facts["version"] == claim.version


def test_only_assessor_and_lead_take_hold_park_and_pass_on(office: Office) -> None:
    before = office.fingerprint()
    for role, actor in office.desk.everyone().items():
        if role in WHO_TAKES:
            continue
        refused("not_permitted", lambda a=actor: office.take(CLEAN, a))
        refused("not_permitted", lambda a=actor: _next(office, a))
        refused("not_permitted", lambda a=actor: _park(office, CLEAN, actor=a))
        refused("not_permitted", lambda a=actor: _pass_on(office, CLEAN, office.colleague, actor=a))
        refused("not_permitted", lambda a=actor: office.call(taking.release_claim, a, CLEAN))
    assert office.fingerprint() == before


def test_taking_ones_own_case_again_renews_the_hold_and_leaves_no_second_event(
    office: Office,
) -> None:
    version = office.take(CLEAN).version
    before = office.actions(CLEAN)
    later = office.now + timedelta(minutes=20)
    again = office.take(CLEAN, now=later)
    assert (again.version, again.lease_until_at) == (version, later + lease_length())
    assert office.actions(CLEAN) == before


def test_a_case_that_another_holds_is_refused_with_his_name_and_until_when(office: Office) -> None:
    office.take(CLEAN)
    facts = refused("claim_taken", lambda: office.take(CLEAN, office.colleague))
    assert facts == {
        "number": CLEAN,
        "name": office.desk.assessor.display_name,
        "until": office.now + lease_length(),
    }
    refused("not_permitted", lambda: office.take(CLEAN, office.colleague, from_another=True))
    refused("claim_taken", lambda: office.take(CLEAN, office.desk.lead))


def test_a_lead_takes_from_another_and_the_trail_says_from_whom(office: Office) -> None:
    office.take(CLEAN)
    taken = office.take(CLEAN, office.desk.lead, from_another=True)
    assert taken.assignee_id == office.desk.lead.user_id
    assert office.events(CLEAN)[-1].facts["former"] == office.desk.assessor.user_id
    facts = refused("claim_taken", lambda: office.deduct(CLEAN, 1_000))
    assert facts["name"] == office.desk.lead.display_name


@pytest.mark.parametrize("seconds, is_free", [(-1, False), (0, True)])
def test_the_hold_ends_at_its_last_second(office: Office, seconds: int, is_free: bool) -> None:
    office.take(CLEAN)
    then = office.now + lease_length() + timedelta(seconds=seconds)
    if is_free:
        assert office.take(CLEAN, office.colleague, now=then).assignee_id == (
            office.colleague.user_id
        )
    else:
        refused("claim_taken", lambda: office.take(CLEAN, office.colleague, now=then))


def test_after_the_hold_has_ended_its_owner_goes_on_until_someone_takes_it(office: Office) -> None:
    office.take(CLEAN)
    then = office.now + lease_length() + timedelta(hours=1)
    refused(
        "claim_not_taken", lambda: office.deduct(CLEAN, 1_000, actor=office.colleague, now=then)
    )
    office.deduct(CLEAN, 1_000, now=then)
    assert office.claim(CLEAN).lease_until_at == then + lease_length()


def test_next_is_the_case_that_is_due_first(office: Office) -> None:
    late, later = _direct(office, "1402000008", 9), _direct(office, "1402000009", 7)
    assert [_next(office), _next(office)] == [late, later]
    assert office.claim(late).assignee_id == office.desk.assessor.user_id


def test_next_skips_taken_and_parked_cases_and_comes_to_an_end(office: Office) -> None:
    office.take(CLEAN)
    _park(office, CLEAN)
    office.take(DIRECT, office.colleague)
    offered = []
    while (number := _next(office)) is not None:
        offered.append(number)
    assert sorted(offered) == sorted(set(office.keys) - {CLEAN, DIRECT})


def test_next_offers_a_case_again_when_its_hold_is_over(office: Office) -> None:
    number = _direct(office, "1402000008", 9)
    assert _next(office) == number
    assert _next(office, office.colleague) != number
    assert _next(office, office.desk.lead, office.now + lease_length()) == number


@pytest.mark.parametrize("interest", ["centre_id", "dentist_id"])
def test_a_case_of_the_own_centre_or_treatment_is_neither_offered_nor_taken(
    office: Office, interest: str
) -> None:
    actor = replace(office.desk.assessor, **{interest: getattr(office.claim(CLEAN), interest)})
    assert _next(office, actor) is None
    assert refused("conflict_of_interest", lambda: office.take(CLEAN, actor)) == {"number": CLEAN}
    lead = replace(office.desk.lead, **{interest: getattr(office.claim(CLEAN), interest)})
    refused("conflict_of_interest", lambda: office.take(CLEAN, lead, from_another=True))


def test_a_case_of_another_insurer_does_not_exist_for_the_assessor(office: Office) -> None:
    foreign = replace(office.desk.assessor, insurer_ids=frozenset({1}))
    assert _next(office, foreign) is None
    refused("claim_not_found", lambda: office.take(CLEAN, foreign))


@pytest.mark.parametrize("state", [ClaimState.RETURNED, ClaimState.FINISHED, ClaimState.VOID])
def test_a_case_that_waits_for_nobody_here_is_not_taken(office: Office, state: ClaimState) -> None:
    builders.bring(office.database, office.desk, office.keys[CLEAN], office.now, state)
    assert refused("wrong_state", lambda: office.take(CLEAN))["state"] == state


def test_after_the_rounds_of_the_insurer_only_a_lead_takes_it(office: Office) -> None:
    key = office.keys[CLEAN]

    def set_round(session: object, number: int) -> None:
        session.get_one(Claim, (key.insurer_id, key.claim_id)).round = number

    with office.database.reading() as session:
        limit = session.get_one(Insurer, key.insurer_id).max_rounds
    office.database.in_tx(lambda s: set_round(s, limit + 1))
    assert refused("too_many_rounds", lambda: office.take(CLEAN))["rounds"] == limit
    offered = {_next(office) for _ in office.keys}
    assert CLEAN not in offered
    office.take(CLEAN, office.desk.lead)
    refused(
        "colleague_unfit",
        lambda: _pass_on(office, CLEAN, office.colleague, actor=office.desk.lead),
    )
    office.database.in_tx(lambda s: set_round(s, limit))
    _pass_on(office, CLEAN, office.colleague, actor=office.desk.lead)


def test_giving_back_puts_the_case_into_the_queue_again(office: Office) -> None:
    office.take(CLEAN)
    office.call(taking.release_claim, office.desk.assessor, CLEAN)
    claim = office.claim(CLEAN)
    assert (claim.state, claim.assignee_id, claim.lease_until_at) == ("under_review", None, None)
    assert office.actions(CLEAN)[-1] == "claim.release"
    refused("claim_not_taken", lambda: office.deduct(CLEAN, 1_000))
    office.take(CLEAN, office.colleague)


def test_giving_back_what_one_does_not_hold_changes_nothing(office: Office) -> None:
    office.take(CLEAN)
    before = office.fingerprint()
    office.call(taking.release_claim, office.colleague, CLEAN)
    office.call(taking.release_claim, office.desk.assessor, ROOT)
    assert office.fingerprint() == before


def test_parking_keeps_reason_and_day_and_ends_the_hold(office: Office) -> None:
    office.take(CLEAN)
    _park(office, CLEAN, reason="  منتظر تماس مرکز ", version=office.claim(CLEAN).version)
    claim = office.claim(CLEAN)
    assert (claim.state, claim.lease_until_at) == ("parked", None)
    assert (claim.park_reason, claim.park_until_on) == ("منتظر تماس مرکز", date(2025, 11, 25))
    assert office.events(CLEAN)[-1].facts["until"] == "2025-11-25"
    refused("wrong_state", lambda: _park(office, CLEAN))
    taken = office.take(CLEAN)
    assert (taken.state, taken.park_reason, taken.park_until_on) == ("under_review", None, None)


def test_parking_needs_a_reason_a_day_to_come_and_the_hold(office: Office) -> None:
    refused("claim_not_taken", lambda: _park(office, CLEAN))
    version = office.take(CLEAN).version
    before = office.fingerprint()
    refused("reason_needed", lambda: _park(office, CLEAN, reason="  "))
    refused("reminder_in_the_past", lambda: _park(office, CLEAN, until_on=date(2025, 11, 21)))
    refused("claim_changed", lambda: _park(office, CLEAN, version=version - 1))
    refused("claim_taken", lambda: _park(office, CLEAN, actor=office.colleague))
    assert office.fingerprint() == before
    _park(office, CLEAN, until_on=date(2025, 11, 22))


def test_today_is_the_day_in_tehran_not_in_greenwich(office: Office) -> None:
    after_midnight = datetime(2025, 11, 22, 21, 0, tzinfo=UTC)
    office.take(CLEAN, now=after_midnight)
    refused(
        "reminder_in_the_past",
        lambda: _park(office, CLEAN, until_on=date(2025, 11, 22), now=after_midnight),
    )
    _park(office, CLEAN, until_on=date(2025, 11, 23), now=after_midnight)


def test_passing_on_gives_the_hold_to_the_colleague(office: Office) -> None:
    version = office.take(CLEAN).version
    refused("claim_changed", lambda: _pass_on(office, CLEAN, office.colleague, version=version - 1))
    _pass_on(office, CLEAN, office.colleague, version=version)
    claim = office.claim(CLEAN)
    assert (claim.assignee_id, claim.lease_until_at) == (
        office.colleague.user_id,
        office.now + lease_length(),
    )
    assert office.events(CLEAN)[-1].facts["to"] == office.colleague.user_id
    refused("claim_taken", lambda: _pass_on(office, CLEAN, office.colleague))
    refused("claim_not_taken", lambda: _pass_on(office, CAPPED, office.colleague))


def test_only_a_colleague_who_may_assess_this_case_gets_it(office: Office) -> None:
    claim = office.take(CLEAN)
    own = office.database.in_tx(
        lambda s: user(s, office.now, "assessor-3", Role.ASSESSOR, centre_id=claim.centre_id)
    )
    gone = office.database.in_tx(
        lambda s: user(s, office.now, "assessor-4", Role.ASSESSOR, is_disabled=True)
    )
    unfit = {role: who for role, who in office.desk.everyone().items() if role != Role.LEAD}
    for colleague in (own, gone, *unfit.values()):
        refused("colleague_unfit", lambda c=colleague: _pass_on(office, CLEAN, c))
    with office.database.reading() as session:
        fit = taking.colleagues(session, office.desk.assessor, claim)
    assert {who.username for who in fit} == {"assessor-2", "lead-1"}


def test_opening_a_case_is_on_the_record(office: Office) -> None:
    office.call(taking.open_case, office.desk.auditor, CLEAN)
    event = office.events(CLEAN)[-1]
    assert (event.action, event.actor_id) == ("claim.opened", office.desk.auditor.user_id)
    refused("not_permitted", lambda: office.call(taking.open_case, office.desk.finance, CLEAN))


def test_a_new_assessor_starts_at_once(office: Office) -> None:
    newcomer = office.database.in_tx(lambda s: assessor_of(s, office.now, "assessor-5"))
    assert _next(office, newcomer) in office.keys

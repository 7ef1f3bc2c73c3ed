"""A small demo: its money by hand, its first cases, going on after a kill, and its refusals."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import (
    Attachment,
    CeilingAccount,
    Claim,
    ClaimLine,
    EvidenceImage,
    Person,
    PlanImage,
    PlanUnit,
    Referral,
    ReferralContact,
    TreatmentPlan,
)
from workbench.db.models.referral import CONTACT_OUTCOMES
from workbench.demo import marks
from workbench.demo.cast import read_cast
from workbench.demo.fill import INSURED_MIN, SEED, DemoState, demo_state, fill
from workbench.demo.plan_history import NUMBERS as EARLIER
from workbench.demo.plan_history import PASTS
from workbench.demo.world import plan_world
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.persian.identifiers import is_national_code
from workbench.persian.jalali import day_of
from workbench.rules.workflow import ClaimState, ReferralState
from workbench.services import audit
from workbench.services.catalogue.changes import list_changes
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims import demo_answer
from workbench.services.claims.facts import assess
from workbench.services.claims.taking import take_claim, take_next
from workbench.services.commission.access import Interest
from workbench.services.commission.inbox import Tab, read_inbox
from workbench.services.teeth.history import read_tooth_history
from workbench.settings import settings
from workbench.web.demo_users import demo_users

NOW = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)
CASES = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "demo_money.toml").read_text(encoding="utf-8")
)["case"]
SMALL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A filled database, its images, and how far the fill told it had come."""

    database: Database
    store: EvidenceStore
    steps: list[tuple[int, int]]


def empty(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder / 'demo.db'}", synchronous="NORMAL")
    migrate(database.write_engine)
    return database


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    database = empty(tmp_path_factory.mktemp("demo"))
    store = EvidenceStore("memory://demo-small")
    steps: list[tuple[int, int]] = []
    fill(
        database,
        store,
        claims=SMALL,
        now=NOW,
        draw=False,
        on_progress=lambda done, total: steps.append((done, total)),
    )
    yield Demo(database=database, store=store, steps=steps)
    database.dispose()


def claim_of(session, number: str) -> Claim:
    return session.scalars(select(Claim).where(Claim.number == number)).one()


@pytest.mark.parametrize("case", CASES, ids=[case["number"] for case in CASES])
def test_money_is_what_was_computed_by_hand(demo: Demo, case: dict[str, object]) -> None:
    with demo.database.reading() as session:
        claim = claim_of(session, str(case["number"]))
        if claim.state in (ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE):
            money = claim
        else:
            found = assess(session, claim)
            money = found.money_with_proposals if case.get("with_proposals") else found.money
        assert {
            "C": money.cost_rial,
            "T": money.tariff_reject_rial,
            "D": money.technical_deduction_rial,
            "S": money.patient_share_rial,
            "A": money.technical_approval_rial,
            "X": money.ceiling_reject_rial,
            "P": money.payable_rial,
        } == {symbol: case[symbol] for symbol in "CTDSAXP"}


def test_as_many_claims_as_were_asked_for_and_progress_to_the_end(demo: Demo) -> None:
    with demo.database.reading() as session:
        numbers = session.scalars(select(Claim.number)).all()
    earlier = [number for number in numbers if number.startswith(EARLIER)]
    assert len(numbers) - len(earlier) == SMALL
    assert len(earlier) == sum(len(pasts) for pasts in PASTS.values())
    assert demo.steps[-1] == (SMALL, SMALL)
    assert [done for done, _ in demo.steps] == sorted({done for done, _ in demo.steps})


def test_next_gives_a_clean_case_then_the_mock_up_then_a_second_round(demo: Demo) -> None:
    with demo.database.reading() as session:
        actor = read_cast(session)["assessor1"]
        first = [take_next(session, actor, now=NOW) for _ in range(6)]
        numbers = [claim.number for claim in first if claim]
    assert numbers == ["990701482", "990701483", "990701484", "990701485", "990701486", "990701487"]


def test_the_mock_up_case_has_just_its_findings_and_its_ceiling(demo: Demo) -> None:
    with demo.database.reading() as session:
        claim = claim_of(session, "990701483")
        found = assess(session, claim)
        assert sorted((f.code, f.line) for f in found.findings) == [
            ("evidence_missing", 3),
            ("paediatric_code_age", 1),
            ("tariff_excess", 4),
        ]
        account = session.get_one(CeilingAccount, (claim.insurer_id, claim.account_id))
        assert account.limit_rial == 100_000_000
        assert account.used_rial == 41_380_000
        # The other letter, and what acceptance kept of this one: round10 of C - T - S as asked.
        assert account.reserved_rial == 18_000_000 + 29_617_840
        assert claim.image_count == 9


def test_the_clean_and_the_largest_case_have_nothing_to_decide(demo: Demo) -> None:
    with demo.database.reading() as session:
        assert assess(session, claim_of(session, "990701482")).findings == ()
        largest = claim_of(session, "990701485")
        assert (largest.line_count, largest.image_count) == (12, 24)
        assert assess(session, largest).findings == ()


def test_people_are_synthetic_and_their_codes_right(demo: Demo) -> None:
    with demo.database.reading() as session:
        codes = session.scalars(select(Person.national_code)).all()
    world = plan_world(SEED, NOW.date(), INSURED_MIN)
    assert len(codes) == INSURED_MIN + len(world.waiting) + len(world.planned)
    assert all(is_national_code(code) and code.startswith("999") for code in codes)


def test_letters_wait_unused_and_many_end_soon(demo: Demo) -> None:
    with demo.database.reading() as session:
        letters = session.scalars(
            select(Referral).where(Referral.state == ReferralState.ISSUED)
        ).all()
        contacts = session.scalars(select(ReferralContact)).all()
    ends = [letter.last_valid_on for letter in letters]
    soon = [end for end in ends if NOW.date() <= end <= NOW.date() + timedelta(days=10)]
    assert len(soon) >= 20
    assert len(ends) > 2 * len(soon)
    assert {contact.outcome for contact in contacts} == set(CONTACT_OUTCOMES)


def test_a_change_waits_for_a_second_person(demo: Demo) -> None:
    with demo.database.reading() as session:
        changes = list_changes(session, read_cast(session)["manager"])
    assert [change.item_count for change in changes] == [3, 1]
    assert all(change.state == "draft" and change.may_publish for change in changes)


def test_plans_of_every_state_wait_for_the_commission(demo: Demo) -> None:
    with demo.database.reading() as session:
        lists = {
            tab: read_inbox(session, read_cast(session)["commission"], tab, now=NOW).rows
            for tab in Tab
        }
        own = read_cast(session)["commission3"]
        rows = read_inbox(session, own, Tab.OPEN, now=NOW).rows
    counts = {tab: len(rows) for tab, rows in lists.items()}
    assert counts[Tab.OPEN] == 17
    assert (counts[Tab.BREACHED], counts[Tab.OVERDUE], counts[Tab.AT_RISK]) == (1, 2, 3)
    assert (counts[Tab.RETURNED], counts[Tab.CHAIR], counts[Tab.VOTE]) == (3, 2, 3)
    assert {row.result for row in lists[Tab.DECIDED]} == {
        "approved",
        "partly_approved",
        "rejected",
    }
    assert {row.is_late for row in lists[Tab.DECIDED]} == {True, False}
    assert sum(row.interest is Interest.CENTRE for row in rows) == 2
    assert sum(bool(row.pack.missing) for row in lists[Tab.OPEN]) == 2


def test_the_teeth_of_some_plans_have_a_history_in_other_centres_too(demo: Demo) -> None:
    told = {}
    with demo.database.reading() as session:
        actor = read_cast(session)["commission"]
        for plan in session.scalars(select(TreatmentPlan).where(TreatmentPlan.state != "decided")):
            teeth = set(session.scalars(select(PlanUnit.tooth).where(PlanUnit.plan_id == plan.id)))
            found = read_tooth_history(
                session, actor, plan.person_id, centre_id=plan.centre_id
            ).treatments
            if found:
                assert teeth & {each.tooth for each in found}, plan.number
                assert all(each.on < day_of(plan.submitted_at) for each in found)
                told[plan.number] = {each.is_elsewhere for each in found}
        states = session.scalars(select(Claim.state).where(Claim.number.startswith(EARLIER))).all()
    assert len(told) == len(PASTS) == 6
    assert all(True in places for places in told.values())
    assert any(False in places for places in told.values())
    assert set(states) == {ClaimState.ARCHIVED}


def test_trail_and_ceilings_are_proved(demo: Demo) -> None:
    while demo.database.in_tx(lambda session: audit.seal(session, now=NOW)):
        pass
    with demo.database.reading() as session:
        assert audit.verify_trail(session, now=NOW).problems == ()
        assert verify_balances(session) == []


def test_all_demo_users_stand_and_two_belong_to_a_centre(demo: Demo) -> None:
    with demo.database.reading() as session:
        cast = read_cast(session)
    assert set(cast) == {user.username for user in demo_users()}
    assert all(cast[user.username].roles == set(user.roles) for user in demo_users())
    assert {name for name, actor in cast.items() if actor.centre_id} == {
        "assessor3",
        "commission3",
    }


def test_every_image_is_of_one_patient_and_stands_in_the_store(demo: Demo) -> None:
    with demo.database.reading() as session:
        images = session.scalars(select(EvidenceImage.sha256)).all()
        attached = session.scalars(select(Attachment.sha256)).all()
        planned = session.scalars(select(PlanImage.sha256)).all()
    assert len(attached) == len(set(attached)), "a picture is billed with once"
    assert {*attached, *planned} == set(images)
    assert all(demo.store.exists(sha256) for sha256 in images)


def test_a_filled_or_foreign_database_is_refused(demo: Demo, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        fill(demo.database, demo.store, claims=SMALL, now=NOW, draw=False)
    assert refused.value.code == "demo_not_empty"
    assert demo_state(demo.database) is DemoState.COMPLETE
    other = empty(tmp_path)
    with demo.database.reading() as session:
        person = session.scalars(select(Person)).first()
    assert person is not None
    from workbench.services.reference import register_insurer

    other.in_tx(lambda s: register_insurer(s, None, code="x", name="بیمه", now=NOW))
    assert demo_state(other) is DemoState.FOREIGN
    with pytest.raises(Refused, match="demo_not_empty"):
        fill(other, demo.store, claims=SMALL, now=NOW, draw=False)


class Killed(Exception):
    """Stands for the end of the process."""


def content_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What a seed decides: all but ids and the hashes that hold them."""
    with database.reading() as session:
        claims = session.execute(
            select(
                Claim.number, Claim.state, Claim.round, Claim.cost_rial, Claim.payable_rial,
                Claim.due_at, Claim.open_finding_count, Claim.park_reason,
            ).order_by(Claim.number)
        )  # fmt: skip
        lines = session.execute(
            select(ClaimLine.code, ClaimLine.tooth, ClaimLine.cost_rial, ClaimLine.outcome)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .order_by(Claim.number, ClaimLine.round, ClaimLine.number)
        )  # fmt: skip
        people = session.execute(
            select(Person.national_code, Person.first_name, Person.last_name, Person.birth_on)
            .order_by(Person.national_code)
        )  # fmt: skip
        return {
            "claims": [tuple(row) for row in claims],
            "lines": [tuple(row) for row in lines],
            "people": [tuple(row) for row in people],
        }


def test_a_killed_fill_goes_on_and_ends_as_one_that_was_not_killed(
    demo: Demo, tmp_path: Path
) -> None:
    database = empty(tmp_path)
    store = EvidenceStore("memory://demo-killed")

    def stop(done: int, total: int) -> None:
        if done > 20:
            raise Killed

    with pytest.raises(Killed):
        fill(database, store, claims=SMALL, now=NOW, draw=False, on_progress=stop)
    assert demo_state(database) is DemoState.INCOMPLETE
    later = NOW + timedelta(hours=5)
    resumed = fill(database, store, claims=999, seed=1, now=later, draw=False)
    assert resumed.was_resumed and 0 < resumed.claim_count < SMALL
    assert demo_state(database) is DemoState.COMPLETE
    assert content_of(database) == content_of(demo.database)
    database.dispose()


def test_a_size_out_of_bounds_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    database = empty(tmp_path)
    with pytest.raises(Refused, match="demo_size"):
        fill(database, EvidenceStore("memory://none"), claims=3, now=NOW, draw=False)
    assert demo_state(database) is DemoState.EMPTY
    with database.reading() as session:
        assert marks.read_start(session) is None


@pytest.fixture
def demo_mode(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def returned_key(demo: Demo) -> tuple[int, int]:
    with demo.database.reading() as session:
        claim = session.scalars(
            select(Claim).where(Claim.state == ClaimState.RETURNED).order_by(Claim.number)
        ).first()
    assert claim is not None
    return claim.insurer_id, claim.id


def test_the_centre_answers_a_returned_case(demo: Demo, demo_mode: None) -> None:
    key = returned_key(demo)
    with demo.database.reading() as session:
        before = session.get_one(Claim, key)
        former = before.round, before.image_count
    back = demo.database.in_tx(lambda s: demo_answer.answer_as_centre(s, demo.store, *key, now=NOW))
    assert back.round == former[0] + 1
    with demo.database.reading() as session:
        claim = session.get_one(Claim, key)
        assert claim.state == ClaimState.ACCEPTED and claim.due_at == back.due_at > NOW
        assert claim.image_count >= former[1]
        actor = read_cast(session)["assessor2"]
        taken = take_claim(session, actor, *key, now=NOW)
        assert taken.state == ClaimState.UNDER_REVIEW
        session.rollback()
    with pytest.raises(Refused, match="wrong_state"):
        demo.database.in_tx(lambda s: demo_answer.answer_as_centre(s, demo.store, *key, now=NOW))


def test_outside_demo_mode_no_centre_answers(demo: Demo) -> None:
    key = (1, 1)
    with pytest.raises(Refused, match="demo_only"):
        demo.database.in_tx(lambda s: demo_answer.answer_as_centre(s, demo.store, *key, now=NOW))


def test_letters_above_their_contracts_limit_wait_for_an_approval(demo: Demo) -> None:
    with demo.database.reading() as session:
        requested = session.scalars(
            select(Referral).where(Referral.state == ReferralState.REQUESTED)
        ).all()
    assert len(requested) >= 5
    assert all(letter.requested_by_id is not None for letter in requested)

"""Random lives of referral letters on one family ceiling, beside a model without a database.

Whatever is issued, amended, cancelled, used, accepted or expired, and however the clock jumps: the
reserve of every letter and of the ceiling is what a few lines of arithmetic say.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.services import registered_world as world
from tests.services.desk import user
from tests.services.walking import walk
from workbench.db.engine import Database
from workbench.db.models import CeilingAccount, CeilingReservation, Contract, Referral
from workbench.errors import Refused
from workbench.persian.jalali import add_months, day_of, parse_day
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.batches.receipt import receive_batch
from workbench.services.catalogue.catalogue import DEFAULT_TARIFF_SET
from workbench.services.ceiling import enrolment
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims.registration import register_claim
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.approval import approve_letter, decline_letter
from workbench.services.referrals.changes import amend_referral, cancel_referral
from workbench.services.referrals.expiry import expire_referrals
from workbench.services.referrals.issue import LetterRequest, issue_letter
from workbench.services.verification.of_letters import letter_problems

T = TypeVar("T")
LIMIT_RIAL, LETTER_LIMIT_RIAL = world.CEILING_RIAL, 30_000_000
CASE_RIAL = 5_661_000
"""What one filling of 6,290,000 rials costs the insurer at ten per cent of franchise."""

MILLIONS = st.integers(0, 45)
WHICH = st.integers(0, 5)
DAYS = st.sampled_from([0, 1, 20, 59, 62, 63, 90])
STEPS = 25
RUNS, RUNS_SLOW, RUNS_TO_NOTICE = 12, 150, 60
UNUSED = {"issued", "amended"}
WALK_DAYS_MAX = 700


@dataclass
class Letter:
    """One letter as it has to be."""

    place: ReferralPlace
    number: str
    national_code: str
    amount_rial: int
    last_valid_on: date
    state: str = "issued"
    left_rial: int = 0
    cases: int = 0
    waiting: list[str] = field(default_factory=list)
    is_accepted: bool = False

    def is_over(self, now: datetime) -> bool:
        return self.state in UNUSED and day_of(now) > self.last_valid_on


class LetterMachine(RuleBasedStateMachine):
    """Each rule does the same to the desk and to the model; both must grant or both refuse."""

    database: Database
    reception: Actor
    manager: Actor
    began: datetime

    walk = 0

    @initialize()
    def open(self) -> None:
        """A contract of its own, so that every walk begins with a ceiling that nothing holds."""
        type(self).walk += 1
        self.now, self.made = self.began, 0
        self.letters: list[Letter] = []
        self.contract_number = f"1402/9/9/{self.walk}"
        self.contract = self.database.in_tx(self._register_contract)

    def _register_contract(self, session: Session) -> tuple[int, int]:
        enrolment.register_contract(
            session,
            None,
            insurer_code=world.INSURER,
            number=self.contract_number,
            policyholder_code="ph-1",
            plan="طرح یک",
            start_on=parse_day("1402/01/01"),
            end_on=parse_day("1408/12/29"),
            tariff_set_code=DEFAULT_TARIFF_SET,
            letter_limit_rial=LETTER_LIMIT_RIAL,
            covers=[
                enrolment.CoverInput(
                    code="dental",
                    title="دندان‌پزشکی",
                    franchise_basis=1_000,
                    ceiling_rial=LIMIT_RIAL,
                    ceiling_kind="family",
                )
            ],
            now=self.began,
        )
        for code, relation in ((world.PRINCIPAL, "principal"), (world.CHILD, "son")):
            enrolment.register_membership(
                session,
                None,
                insurer_code=world.INSURER,
                contract_number=self.contract_number,
                national_code=code,
                relation=relation,
                principal_national_code=None if relation == "principal" else world.PRINCIPAL,
                now=self.began,
            )
        contract = session.scalars(select(Contract).filter_by(number=self.contract_number)).one()
        return contract.insurer_id, contract.id

    def _did(self, work: Callable[[Session], T], is_possible: bool) -> T | None:
        """What ``work`` returned; None when it was refused, which has to be as expected."""
        try:
            result = self.database.in_tx(work)
        except Refused as refused:
            assert not is_possible, refused
            return None
        assert is_possible, "it was granted"
        return result

    @property
    def room_rial(self) -> int:
        return LIMIT_RIAL - sum(letter.left_rial for letter in self.letters)

    def _end_overdue(self) -> None:
        for letter in self.letters:
            if letter.is_over(self.now):
                letter.state, letter.left_rial = "expired", 0

    def _chosen(self, which: int) -> Letter:
        return self.letters[which % len(self.letters)]

    @rule(days=DAYS)
    def pass_days(self, days: int) -> None:
        if (self.now - self.began).days + days < WALK_DAYS_MAX:
            self.now += timedelta(days=days)

    @rule(millions=MILLIONS)
    def issue(self, millions: int) -> None:
        amount_rial = millions * 1_000_000
        wanted = LetterRequest(
            insurer_id=self.contract[0],
            contract_id=self.contract[1],
            cover_code="dental",
            national_code=world.PRINCIPAL if millions % 2 else world.CHILD,
            centre_code=world.CENTRE,
            amount_rial=amount_rial,
        )
        freed = sum(letter.left_rial for letter in self.letters if letter.is_over(self.now))
        is_possible = 0 < amount_rial <= self.room_rial + freed
        letter = self._did(
            lambda s: issue_letter(s, self.reception, wanted, now=self.now), is_possible
        )
        if letter is None:
            return
        self._end_overdue()
        is_requested = amount_rial > LETTER_LIMIT_RIAL
        self.letters.append(
            Letter(
                place=ReferralPlace(insurer_id=letter.insurer_id, referral_id=letter.id),
                number=letter.number,
                national_code=wanted.national_code,
                amount_rial=amount_rial,
                last_valid_on=add_months(day_of(self.now), 2),
                state="requested" if is_requested else "issued",
                left_rial=0 if is_requested else amount_rial,
            )
        )

    @precondition(lambda self: bool(self.letters))
    @rule(which=WHICH)
    def approve(self, which: int) -> None:
        """The reserve is made now, not when the letter was asked for."""
        letter = self._chosen(which)
        freed = sum(other.left_rial for other in self.letters if other.is_over(self.now))
        is_possible = letter.state == "requested" and letter.amount_rial <= self.room_rial + freed
        if not self._did(
            lambda s: approve_letter(s, self.manager, letter.place, now=self.now), is_possible
        ):
            return
        self._end_overdue()
        letter.state, letter.left_rial = "issued", letter.amount_rial
        letter.last_valid_on = add_months(day_of(self.now), 2)

    @precondition(lambda self: bool(self.letters))
    @rule(which=WHICH)
    def decline(self, which: int) -> None:
        letter = self._chosen(which)
        if self._did(
            lambda s: decline_letter(s, self.manager, letter.place, reason="کم", now=self.now),
            letter.state == "requested",
        ):
            letter.state = "cancelled"

    @precondition(lambda self: bool(self.letters))
    @rule(which=WHICH, millions=MILLIONS)
    def amend(self, which: int, millions: int) -> None:
        letter, amount_rial = self._chosen(which), millions * 1_000_000
        gone_rial = letter.amount_rial - letter.left_rial
        is_possible = (
            letter.state in UNUSED | {"in_use"}
            and not letter.is_over(self.now)
            and not letter.is_accepted
            and amount_rial not in (0, letter.amount_rial)
            and amount_rial >= min(letter.amount_rial, max(gone_rial, letter.cases * CASE_RIAL))
            and amount_rial - letter.amount_rial <= self.room_rial
        )
        self.made += 1  # every sheet is another one, and no bytes are of two patients
        shade = 2 * self.made + (letter.national_code == world.CHILD)
        sheet = world.image(shade, "sheet.jpg")
        if self._did(
            lambda s: amend_referral(
                s, self.reception, letter.place, amount_rial=amount_rial, sheet=sheet, now=self.now
            ),
            is_possible,
        ):
            letter.left_rial += amount_rial - letter.amount_rial
            letter.amount_rial = amount_rial
            if letter.state in UNUSED:
                letter.state = "amended"

    @precondition(lambda self: bool(self.letters))
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        letter = self._chosen(which)
        is_unused = letter.state in UNUSED and not letter.is_over(self.now)
        is_possible = is_unused or letter.state == "requested"

        def work(session) -> bool:
            cancel_referral(session, self.reception, letter.place, reason="نیامد", now=self.now)
            return True

        if self._did(work, is_possible):
            letter.state, letter.left_rial = "cancelled", 0

    @precondition(lambda self: bool(self.letters))
    @rule(which=WHICH)
    def serve(self, which: int) -> None:
        """Record a case; an overdue letter that no job has ended yet still takes it."""
        letter = self._chosen(which)
        self.made += 1
        number = f"98{self.walk:03d}{self.made:04d}"
        batch = f"5{self.walk % 1000:03d}{self.made:02d}"

        def work(session) -> bool:
            world.batch(session, self.now, batch)
            claim = world.indirect(
                number=number,
                referral_number=letter.number,
                acceptance_number=batch,
                national_code=letter.national_code,
                contract_number=self.contract_number,
                case_on=day_of(self.now),
                lines=(world.line(service_on=day_of(self.now)),),
                registered_at=self.now,
            )
            register_claim(session, None, claim, now=self.now)
            return True

        is_possible = letter.state in UNUSED | {"in_use"} and not letter.is_accepted
        if self._did(work, is_possible):
            letter.state = "in_use"
            letter.cases += 1
            letter.waiting.append(batch)

    @precondition(lambda self: any(letter.waiting for letter in self.letters))
    @rule(which=WHICH)
    def accept(self, which: int) -> None:
        """Reception has the paper: what the cases do not need goes back, once."""
        waiting = [letter for letter in self.letters if letter.waiting]
        letter = waiting[which % len(waiting)]
        batch = letter.waiting.pop(0)

        def work(session) -> bool:
            receive_batch(session, self.reception, batch, now=self.now)
            return True

        assert self._did(work, True)
        if not letter.is_accepted:
            letter.left_rial = min(letter.left_rial, letter.cases * CASE_RIAL)
            letter.is_accepted = True

    @rule(back=st.booleans(), days=DAYS)
    def run_the_job(self, back: bool, days: int) -> None:
        """Some days later, or with a clock that was set back a year."""
        self.pass_days(0 if back else days)
        expire_referrals(self.database, now=self.now - timedelta(days=365 * back))
        if not back:
            self._end_overdue()

    @invariant()
    def agrees(self) -> None:
        if not getattr(self, "letters", None):
            return
        with self.database.reading() as session:
            rows = session.execute(
                select(Referral.number, Referral.state, CeilingReservation.reserved_left_rial)
                .join(CeilingReservation, CeilingReservation.id == Referral.reservation_id)
                .where(Referral.contract_id == self.contract[1])
            ).all()
            held = session.scalars(
                select(CeilingAccount.reserved_rial).filter_by(contract_id=self.contract[1])
            ).one()
        found = {number: (str(state), left) for number, state, left in rows}
        for letter in self.letters:
            assert found[letter.number] == (letter.state, letter.left_rial), letter
        assert held == sum(letter.left_rial for letter in self.letters) <= LIMIT_RIAL

    def teardown(self) -> None:
        with self.database.reading() as session:
            assert verify_balances(session) == []
            assert [problem for problem in letter_problems(session) if problem] == []


@pytest.fixture
def reception(database: Database, now: datetime) -> Actor:
    """The small world, and who issues letters in it."""

    def work(session: Session) -> Actor:
        world.build(session, now)
        return user(session, now, "reception-1", Role.RECEPTION)

    return database.in_tx(work)


def _walk(database: Database, reception: Actor, began: datetime, runs: int) -> None:
    manager = database.in_tx(lambda s: user(s, began, "manager-1", Role.MANAGER))
    facts = {"database": database, "reception": reception, "manager": manager, "began": began}
    machine = type("Machine", (LetterMachine,), facts)
    walk(machine, runs, steps=STEPS)


def test_letters_agree_with_their_model(
    database: Database, reception: Actor, now: datetime
) -> None:
    _walk(database, reception, now, RUNS)


@pytest.mark.slow
def test_letters_agree_with_their_model_over_thousands_of_steps(
    database: Database, reception: Actor, now: datetime
) -> None:
    _walk(database, reception, now, RUNS_SLOW)


def test_the_walk_would_notice_a_reserve_that_stays(
    database: Database, reception: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that forgets to end overdue letters is found by the same walk."""
    monkeypatch.setitem(globals(), "expire_referrals", lambda *_a, **_k: None)
    with pytest.raises((AssertionError, ExceptionGroup)):
        _walk(database, reception, now, RUNS_TO_NOTICE)

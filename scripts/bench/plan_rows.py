"""Rows of treatment plans: open ones that wait by their deadline, closed ones of four years."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scripts.bench.accounts import Accounts
from scripts.bench.rows import Rows, json_text, stored
from scripts.bench.world import Contract, Member, World
from workbench.rules.working_time import ClockState, Deadline, WorkCalendar, deadline, state_of

CLOCK_SHARES = {
    ClockState.RUNNING: 0.85,
    ClockState.AT_RISK: 0.09,
    ClockState.OVERDUE: 0.04,
    ClockState.BREACHED: 0.02,
}
BACK = timedelta(days=21)
RETURNED_SHARE = 0.05
SMALL_INSURER_SHARE = 0.05
VOTES, VOTES_SHARES = (0, 1, 2), (0.55, 0.35, 0.10)
CHAIR_SHARE, HELD_SHARE, LAPSED_SHARE = 0.1, 0.004, 0.05
SEATED_CLOSED_SHARE = 0.25
LATE_SHARE = 0.03
YEARS = 4
KINDS = ("identity", "plan_form", "panoramic", "photograph")
IMAGES = 2_000
LETTER_RIAL = 200_000_000
TEETH = (16, 15, 14, 24, 25, 26, 36, 35, 34, 44, 45, 46)
Moment = tuple[datetime, Deadline]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A person's letter, on which all his plans stand."""

    contract: Contract
    person_id: int
    referral_id: int
    centre_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """Where a plan stands: its clock, and what was decided when."""

    moment: Moment
    state: str
    votes: int
    closed_at: datetime | None = None
    held_until_at: datetime | None = None


class Plans:
    """Makes ``open_count`` undecided plans (some of them returned) and ``closed_count`` others."""

    def __init__(
        self,
        world: World,
        rows: Rows,
        chance: random.Random,
        calendar: WorkCalendar,
        accounts: Accounts,
        member_ids: Sequence[int],
    ) -> None:
        self._world, self._rows, self._chance = world, rows, chance
        self._calendar, self._accounts, self._member_ids = calendar, accounts, member_ids
        self._people = [member for family in world.members for member in family]
        self._principals = {m.person_id: m for m in self._people if m.person_id == m.principal_id}
        self._letters: dict[int, Letter] = {}
        self._images: list[str] = []
        self._made = 0

    def make(self, open_count: int, closed_count: int) -> None:
        """All of them, the closed ones first."""
        self._fill_images()
        now = self._rows.now
        first_at = now - timedelta(days=365 * YEARS)
        step = (now - timedelta(days=6) - first_at) / max(1, closed_count)
        for n in range(closed_count):
            self._make_closed(first_at + n * step)
        moments = self._moments()
        names, shares = zip(*CLOCK_SHARES.items(), strict=True)
        for _ in range(open_count):
            name = self._chance.choices(names, shares)[0]
            self._make_open(self._chance.choice(moments[name] or moments[ClockState.RUNNING]), name)

    def _moments(self) -> dict[ClockState, list[Moment]]:
        """Each minute of the last weeks by how the clock of a plan sent then stands now."""
        now = self._rows.now
        found: dict[ClockState, list[Moment]] = {name: [] for name in CLOCK_SHARES}
        for minute in range(0, int(BACK.total_seconds() // 60)):
            at = now - timedelta(minutes=minute)
            clock = deadline(at, self._calendar)
            found[state_of(clock, now)].append((at, clock))
        return found

    def _make_closed(self, at: datetime) -> None:
        clock = deadline(at, self._calendar)
        span = (clock.due_at - at) * self._chance.uniform(0.2, 0.98)
        if self._chance.random() < LATE_SHARE:
            span = clock.due_at - at + timedelta(hours=3)
        fate = Fate(moment=(at, clock), state="decided", votes=2, closed_at=at + span)
        plan_id, letter = self._write_plan(fate)
        self._write_units(plan_id, letter, 1, "approve")
        if self._chance.random() < SEATED_CLOSED_SHARE:
            self._write_seats(plan_id, letter, fate)

    def _make_open(self, moment: Moment, name: ClockState) -> None:
        chance = self._chance
        state = "returned" if chance.random() < RETURNED_SHARE else "submitted"
        votes = chance.choices(VOTES, VOTES_SHARES)[0]
        until, now = None, self._rows.now
        if chance.random() < (HELD_SHARE if name is ClockState.RUNNING else 10 * HELD_SHARE):
            until = now + timedelta(minutes=chance.randint(600, 6_000))
        elif chance.random() < LAPSED_SHARE:
            until = now - timedelta(minutes=chance.randint(1, 3_000))
        closed_at = now if state == "returned" else None
        fate = Fate(
            moment=moment, state=state, votes=votes, closed_at=closed_at, held_until_at=until
        )
        plan_id, letter = self._write_plan(fate)
        self._write_units(plan_id, letter, chance.randint(1, 3), None)
        self._write_seats(plan_id, letter, fate)
        self._write_images(plan_id, letter)

    def _letter(self) -> Letter:
        """Of a person by chance; those of the last insurer are few."""
        while True:
            member = self._chance.choice(self._people)
            known = self._letters.get(member.person_id)
            contract = known.contract if known else self._contract(member)
            is_small = contract.insurer_id == self._world.insurer_ids[-1]
            if not is_small or self._chance.random() < SMALL_INSURER_SHARE:
                return known or self._write_letter(member, contract)

    def _contract(self, member: Member) -> Contract:
        return self._world.contracts[member.policyholder, self._world.years[-1][0]]

    def _write_letter(self, member: Member, contract: Contract) -> Letter:
        rows, referral_id = self._rows, self._rows.new_id()
        self._accounts.membership(contract, member, self._principals[member.principal_id])
        held = self._accounts.hold(
            contract, member, LETTER_RIAL, rows.now, referral_id=referral_id, claim_id=0
        )
        self._accounts.close(held)
        letter = Letter(
            contract=contract,
            person_id=member.person_id,
            referral_id=referral_id,
            centre_id=self._chance.choice(self._world.centre_ids),
        )
        rows.add(
            "referral",
            insurer_id=contract.insurer_id,
            id=referral_id,
            number=f"{800_000_000 + len(self._letters)}",
            contract_id=contract.contract_id,
            cover_code=contract.cover.code,
            account_id=held.account.account_id,
            reservation_id=held.reservation_id,
            person_id=member.person_id,
            centre_id=letter.centre_id,
            issued_by="centre",
            issued_on=contract.start_on.isoformat(),
            last_valid_on=contract.end_on.isoformat(),
            amount_rial=held.referral_rial,
            state="issued",
            version=1,
        )
        self._letters[member.person_id] = letter
        return letter

    def _write_plan(self, fate: Fate) -> tuple[int, Letter]:
        rows, letter, plan_id = self._rows, self._letter(), self._rows.new_id()
        at, clock = fate.moment
        is_decided = fate.state == "decided"
        self._made += 1
        times = {
            "submitted_at": stored(at),
            "start_at": stored(clock.start_at),
            "due_at": stored(clock.due_at),
            "limit_at": stored(clock.limit_at),
        }
        rows.add(
            "treatment_plan",
            insurer_id=letter.contract.insurer_id,
            id=plan_id,
            number=f"{18_000_000 + self._made}",
            referral_id=letter.referral_id,
            contract_id=letter.contract.contract_id,
            person_id=letter.person_id,
            centre_id=letter.centre_id,
            dentist_id=self._chance.choice(self._world.dentist_ids),
            kinds="implant",
            state=fate.state,
            round=1,
            amount_rial=98_000_000,
            is_complete=1,
            at_risk_at=stored(clock.at_risk_at),
            **times,
            decided_at=stored(fate.closed_at) if is_decided and fate.closed_at else None,
            is_late=int(fate.closed_at is not None and fate.closed_at > clock.due_at),
            result="approved" if is_decided else None,
            version=1,
            panel_seats=3,
            panel_quorum=2,
            panel_majority="more_than_half",
            votes=fate.votes,
            needs_chair=int(fate.votes == 2 and self._chance.random() < CHAIR_SHARE),
        )
        rows.add(
            "plan_round",
            insurer_id=letter.contract.insurer_id,
            id=rows.new_id(),
            plan_id=plan_id,
            number=1,
            **times,
            explanation="",
            closed_at=fate.closed_at and stored(fate.closed_at),
            result=None if fate.closed_at is None else fate.state,
        )
        return plan_id, letter

    def _write_units(self, plan_id: int, letter: Letter, count: int, choice: str | None) -> None:
        for number, tooth in enumerate(self._chance.sample(TEETH, count), 1):
            self._rows.add(
                "plan_unit",
                insurer_id=letter.contract.insurer_id,
                id=self._rows.new_id(),
                plan_id=plan_id,
                number=number,
                code="610",
                service_group="implant",
                tooth=tooth,
                quantity=1,
                amount_rial=98_000_000,
                choice=choice,
            )

    def _write_seats(self, plan_id: int, letter: Letter, fate: Fate) -> None:
        """Those who voted, and one who has not: his seat is held or has lapsed."""
        at, clock = fate.moment
        count = fate.votes + (fate.held_until_at is not None)
        for place, member_id in enumerate(self._chance.sample(self._member_ids, count)):
            has_voted = place < fate.votes
            until = at if has_voted or fate.held_until_at is None else fate.held_until_at
            self._rows.add(
                "plan_seat",
                insurer_id=letter.contract.insurer_id,
                id=self._rows.new_id(),
                plan_id=plan_id,
                round=1,
                member_id=member_id,
                taken_at=stored(at),
                held_until_at=stored(until),
                due_at=stored(clock.due_at),
                has_voted=int(has_voted),
                is_open=int(fate.state == "submitted"),
            )

    def _fill_images(self) -> None:
        """Radiographs that stand in no store; plans share them."""
        for n in range(IMAGES):
            self._images.append(hashlib.sha256(f"plan/{n}".encode()).hexdigest())
            self._rows.add(
                "evidence_image",
                sha256=self._images[-1],
                person_id=self._people[n % len(self._people)].person_id,
                size_bytes=80_000,
                width=900,
                height=700,
                stored_at=stored(self._rows.now),
            )

    def _write_images(self, plan_id: int, letter: Letter) -> None:
        for number, sha256 in enumerate(self._chance.sample(self._images, len(KINDS)), 1):
            self._rows.add(
                "plan_image",
                insurer_id=letter.contract.insurer_id,
                id=self._rows.new_id(),
                plan_id=plan_id,
                number=number,
                sha256=sha256,
                kind=KINDS[number - 1],
                phase="before",
                teeth=json_text([]),
                round_added=1,
                file_name=f"{number}.jpg",
            )

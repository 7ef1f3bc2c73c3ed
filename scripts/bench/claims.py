"""The claims themselves, batch by batch in the order of time, with all that hangs on them."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from scripts.bench import plan, writing
from scripts.bench.accounts import Accounts, Held
from scripts.bench.bulk import Bulk, Sent
from scripts.bench.documents import Stamp
from scripts.bench.rows import Rows, stored
from scripts.bench.scenarios import SCENARIOS, Scenario, Template, make_template
from scripts.bench.trail import Trail
from scripts.bench.world import Contract, World
from scripts.bench.writing import DECIDED
from workbench.persian.jalali import TEHRAN
from workbench.rules.lines import case_money
from workbench.rules.money import CaseMoney
from workbench.rules.workflow import BatchState, ClaimState
from workbench.rules.working_time import WorkCalendar, add_working_hours

YEARS = 4
DIRECT_SHARE = 0.1
CLAIMS_A_BATCH = 18
# A batch brings eighteen claims, a direct one only itself.
DIRECT_CHANCE = DIRECT_SHARE * CLAIMS_A_BATCH / (1 - DIRECT_SHARE + DIRECT_SHARE * CLAIMS_A_BATCH)
DUE_HOURS = 72
REMITTANCE_CLAIMS = 100
PAID = (ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED)
SHARES = [scenario.share for scenario in SCENARIOS]


class Claims:
    """Makes ``count`` claims; ``states`` counts them per insurer for the work counters."""

    def __init__(
        self, world: World, rows: Rows, chance: random.Random, calendar: WorkCalendar, count: int
    ) -> None:
        self.states: Counter[tuple[int, str]] = Counter()
        self.trail = Trail(rows)
        self._world, self._rows, self._chance = world, rows, chance
        self._calendar, self._count = calendar, count
        self.accounts = Accounts(rows)
        self._templates: dict[tuple[Any, ...], Template] = {}
        self._due: dict[datetime, datetime] = {}
        self._batches = 0
        self._made = 0
        self._remittances: dict[int, list[int]] = {}
        self._principals = {
            member.person_id: member
            for family in world.members
            for member in family
            if member.person_id == member.principal_id
        }

    def make(self) -> None:
        """All of them; then what adds up over them."""
        first_at = self._rows.now - timedelta(days=365 * YEARS)
        span = self._rows.now - first_at - timedelta(days=2)
        while self._made < self._count:
            part = self._made / self._count
            self._make_sent(first_at + span * part, plan.fate_at(part))
        self.accounts.write_balances()
        for insurer_id in list(self._remittances):
            self._write_remittance(insurer_id)
        for (insurer_id, state), count in sorted(self.states.items()):
            self._rows.add(
                "work_counter", insurer_id=insurer_id, state=state, shard=0, claim_count=count
            )

    def _make_sent(self, sent_at: datetime, fate: plan.Fate) -> None:
        chance = self._chance
        place = chance.randrange(len(self._world.insurer_ids))
        insurers = len(self._world.insurer_ids)
        is_direct = chance.random() < DIRECT_CHANCE
        received_at = sent_at if is_direct else self._received_at(sent_at)
        if fate.batch is BatchState.READY_TO_SEND and not is_direct:
            received_at = None
        sent = Sent(
            batch_id=None if is_direct else self._rows.new_id(),
            insurer_id=self._world.insurer_ids[place],
            centre_id=chance.choice(self._world.centre_ids),
            policyholders=list(range(place, len(self._world.members), insurers)),
            fate=fate,
            sent_at=sent_at,
            received_at=received_at,
            due_at=received_at and self._due_at(received_at),
        )
        size = 1 if is_direct else chance.randint(CLAIMS_A_BATCH // 2, CLAIMS_A_BATCH * 3 // 2)
        for _ in range(min(size, self._count - self._made)):
            self._make_claim(sent)
        if sent.batch_id is not None:
            self._write_batch(sent)

    def _received_at(self, sent_at: datetime) -> datetime:
        return min(self._rows.now, sent_at + timedelta(hours=self._chance.randint(10, 60)))

    def _due_at(self, since: datetime) -> datetime:
        hour = since.replace(minute=0, second=0, microsecond=0)
        known = self._due.get(hour)
        if known is None:
            known = self._due[hour] = add_working_hours(self._calendar, hour, DUE_HOURS)
        return known + (since - hour)

    def _make_claim(self, sent: Sent) -> None:
        chance, is_direct = self._chance, sent.batch_id is None
        state = plan.state_of(sent.fate, chance)
        if is_direct and state is ClaimState.READY_TO_SEND:
            state = ClaimState.ACCEPTED
        registered_at = sent.sent_at - timedelta(minutes=chance.randint(0, 4 * 24 * 60))
        if is_direct:
            registered_at = sent.sent_at
        registered_on = registered_at.astimezone(TEHRAN).date()
        service_on = registered_on - timedelta(days=chance.randint(1, 25))
        year = max(y for y, first_on in self._world.years if first_on <= service_on)
        policyholder = chance.choice(sent.policyholders)
        while not self._world.members[policyholder]:
            policyholder = chance.choice(sent.policyholders)
        member = chance.choice(self._world.members[policyholder])
        contract = self._world.contracts[policyholder, year]
        scenario = chance.choices(SCENARIOS, SHARES)[0]
        asked = self._template(scenario, contract, is_direct, is_decided=False)
        dentist_id = chance.choice(self._world.dentist_ids)
        claim = Bulk(self._rows, sent, state, contract, member, registered_at, dentist_id)
        claim.referral_id = None if is_direct else self._rows.new_id()
        claim.membership_id = self.accounts.membership(
            contract, member, self._principals[member.principal_id]
        )
        requested = asked.money.payable_rial
        claim.requested_rial = requested
        held = self.accounts.hold(
            contract, member, requested, registered_at,
            referral_id=claim.referral_id, claim_id=claim.claim_id,
        )  # fmt: skip
        if claim.referral_id is not None:
            claim.referral_number = f"{700_000_000 + self._made}"
            writing.write_referral(self._rows, claim, held, service_on)
            if sent.received_at is not None:
                assert sent.batch_id is not None
                self.accounts.receive(
                    held, requested, sent.received_at,
                    referral_id=claim.referral_id, batch_id=sent.batch_id,
                )  # fmt: skip
        template = asked
        if state in DECIDED:
            template = self._template(scenario, contract, is_direct, is_decided=True)
        self._end(claim, held, template, service_on)
        self._made += 1
        self.states[sent.insurer_id, state.value] += 1

    def _template(
        self, scenario: Scenario, contract: Contract, is_direct: bool, *, is_decided: bool
    ) -> Template:
        key = (scenario, contract.cover, contract.year, is_direct, is_decided)
        known = self._templates.get(key)
        if known is None:
            known = self._templates[key] = make_template(
                scenario,
                self._world.codes,
                contract.cover,
                year=contract.year,
                service_on=contract.start_on + timedelta(days=40),
                is_direct=is_direct,
                is_decided=is_decided,
            )
        return known

    def _end(self, claim: Bulk, held: Held, template: Template, service_on: date) -> None:
        """Money, round, lines, images, the row itself and its event, as its state asks."""
        sent, state = claim.sent, claim.state
        stamp = Stamp(
            claim_id=claim.claim_id,
            number=claim.number,
            line_ids=tuple(self._rows.new_id() for _ in template.case.lines),
            service_on=service_on,
            registered_on=claim.registered_at.astimezone(TEHRAN).date(),
            birth_on=claim.member.birth_on,
            joined_on=claim.contract.start_on,
            contract_end_on=claim.contract.end_on,
            referral_number=claim.referral_number,
            issued_on=writing.issued_on(service_on, claim.contract),
            last_valid_on=writing.last_valid_on(service_on, claim.contract),
            reserved_rial=held.left_rial,
            available_rial=held.available_rial,
        )
        money = None
        if state in DECIDED or state is ClaimState.RETURNED:
            money = _money(template, held.available_rial)
            received_at = sent.received_at or sent.sent_at
            claim.ended_at = min(
                self._rows.now, received_at + timedelta(minutes=self._chance.randint(90, 6000))
            )
            claim.ended_by_id = self._chance.choice(self._world.assessor_ids)
        cause = {
            "claim_id": claim.claim_id,
            "referral_id": claim.referral_id,
            "batch_id": sent.batch_id,
            "round": 1,
            "actor_id": claim.ended_by_id,
        }
        if state in DECIDED and money is not None and claim.ended_at is not None:
            self.accounts.finish(
                held, money.payable_rial, money.ceiling_reject_rial, claim.ended_at, **cause
            )
            if state in PAID and sent.batch_id is None:
                claim.remittance_id = self._remit(sent.insurer_id, money.payable_rial)
        elif state is ClaimState.VOID:
            self.accounts.void(held, sent.received_at or sent.sent_at, **cause)
        self.accounts.close(held)
        claim.account_id, claim.reservation_id = held.account.account_id, held.reservation_id
        writing.write_round(self._rows, claim, template, stamp, money)
        writing.write_lines(self._rows, claim, template, stamp, money)
        writing.write_images(self._rows, claim, template, stamp)
        decided = money if state in DECIDED else None
        claim.write(template, decided, service_on, self._chance, self._world.assessor_ids)
        self.trail.record(claim, decided)

    def _write_batch(self, sent: Sent) -> None:
        self._batches += 1
        has_left = sent.fate.batch in (BatchState.SENT_TO_FINANCE, BatchState.ARCHIVED)
        later = stored(min(self._rows.now, sent.sent_at + timedelta(days=20)))
        is_archived = sent.fate.batch is BatchState.ARCHIVED
        self._rows.add(
            "batch",
            insurer_id=sent.insurer_id,
            id=sent.batch_id,
            acceptance_number=f"{300_000 + self._batches}",
            centre_id=sent.centre_id,
            state=str(sent.fate.batch),
            sent_at=stored(sent.sent_at),
            received_at=sent.received_at and stored(sent.received_at),
            review_started_at=sent.received_at and stored(sent.received_at),
            sent_to_finance_at=later if has_left else None,
            archived_at=later if is_archived else None,
            version=3,
        )

    def _remit(self, insurer_id: int, payable_rial: int) -> int:
        """The order that pays a direct claim; a full one is written."""
        order = self._remittances.setdefault(insurer_id, [self._rows.new_id()])
        order.append(payable_rial)
        remittance_id = order[0]
        if len(order) > REMITTANCE_CLAIMS:
            self._write_remittance(insurer_id)
        return remittance_id

    def _write_remittance(self, insurer_id: int) -> None:
        remittance_id, *amounts = self._remittances.pop(insurer_id)
        self._rows.add(
            "remittance",
            insurer_id=insurer_id,
            id=remittance_id,
            number=f"H{remittance_id}",
            amount_rial=sum(amounts),
            ordered_on=self._rows.now.date().isoformat(),
            state="sent_for_payment",
            sent_at=stored(self._rows.now),
        )


def _money(template: Template, available_rial: int | None) -> CaseMoney:
    """The template's money, or this claim's own where the ceiling is short."""
    if available_rial is None or template.money.payable_rial <= available_rial:
        return template.money
    return case_money(replace(template.case, available_rial=available_rial))

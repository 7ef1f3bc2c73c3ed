"""One bulk-filled claim while it is made, and its row."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from scripts.bench import plan
from scripts.bench.rows import Rows, stored
from scripts.bench.scenarios import Template
from scripts.bench.world import Contract, Member
from workbench.rules.money import CaseMoney
from workbench.rules.workflow import OPEN_STATES, WAITING_STATES, ClaimState

HELD_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A batch, or a direct claim by itself: when it came and what became of it."""

    batch_id: int | None
    insurer_id: int
    centre_id: int
    policyholders: list[int]
    fate: plan.Fate
    sent_at: datetime
    received_at: datetime | None
    due_at: datetime | None


class Bulk:
    """One claim on its way to its row in the table."""

    def __init__(
        self,
        rows: Rows,
        sent: Sent,
        state: ClaimState,
        contract: Contract,
        member: Member,
        registered_at: datetime,
        dentist_id: int,
    ) -> None:
        self._rows = rows
        self.sent, self.state, self.contract, self.member = sent, state, contract, member
        self.registered_at, self.dentist_id = registered_at, dentist_id
        self.claim_id = rows.new_id()
        self.number = f"99{self.claim_id % 10**9:09d}"
        self.referral_id: int | None = None
        self.referral_number: str | None = None
        self.membership_id = 0
        self.account_id = self.reservation_id = 0
        self.remittance_id: int | None = None
        self.requested_rial = 0
        self.ended_at: datetime | None = None
        self.ended_by_id: int | None = None

    def write(
        self,
        template: Template,
        money: CaseMoney | None,
        service_on: date,
        chance: random.Random,
        assessor_ids: list[int],
    ) -> None:
        """The row with its place in the queue and, when decided, its seven columns."""
        sent, state, case = self.sent, self.state, template.case
        cost_rial = sum(line.cost_rial for line in case.lines)
        values: dict[str, Any] = {}
        if money is not None:
            values = {
                "tariff_reject_rial": money.tariff_reject_rial,
                "technical_deduction_rial": money.technical_deduction_rial,
                "patient_share_rial": money.patient_share_rial,
                "technical_approval_rial": money.technical_approval_rial,
                "ceiling_reject_rial": money.ceiling_reject_rial,
                "payable_rial": money.payable_rial,
                "finished_at": self.ended_at and stored(self.ended_at),
                "finished_by_id": self.ended_by_id,
                "assignee_id": self.ended_by_id,
            }
        values |= self._place(chance, assessor_ids)
        self._rows.add(
            "claim",
            insurer_id=sent.insurer_id,
            id=self.claim_id,
            number=self.number,
            tracking_code=f"1405/14/{self.claim_id % 10**9}/036/92" if not sent.batch_id else None,
            kind=str(case.kind),
            state=str(state),
            is_open=int(state in OPEN_STATES),
            is_waiting=int(state in WAITING_STATES),
            round=1,
            contract_id=self.contract.contract_id,
            cover_code=self.contract.cover.code,
            membership_id=self.membership_id,
            person_id=self.member.person_id,
            account_id=self.account_id,
            reservation_id=self.reservation_id,
            referral_id=self.referral_id,
            batch_id=sent.batch_id,
            remittance_id=self.remittance_id,
            centre_id=sent.centre_id,
            dentist_id=self.dentist_id,
            case_on=service_on.isoformat(),
            registered_at=stored(self.registered_at),
            accepted_at=sent.received_at and stored(sent.received_at),
            due_at=sent.due_at and stored(sent.due_at),
            has_prescription=0,
            line_count=len(case.lines),
            image_count=len(case.evidence),
            open_finding_count=0 if money is not None else template.open_count,
            service_groups=template.service_groups,
            cost_rial=cost_rial,
            requested_payable_rial=self.requested_rial,
            version=5,
            **values,
        )

    def _place(self, chance: random.Random, assessor_ids: list[int]) -> dict[str, Any]:
        """Who holds an open claim, why it is parked, when it was returned."""
        now = self._rows.now
        if self.state is ClaimState.UNDER_REVIEW and chance.random() < HELD_SHARE:
            until = now + timedelta(minutes=chance.randint(-600, 30))
            return {"assignee_id": chance.choice(assessor_ids), "lease_until_at": stored(until)}
        if self.state is ClaimState.PARKED:
            until_on = now.date() + timedelta(days=chance.randint(1, 20))
            return {
                "assignee_id": chance.choice(assessor_ids),
                "park_reason": "در انتظار پاسخ مرکز",
                "park_until_on": until_on.isoformat(),
            }
        if self.state is ClaimState.RETURNED and self.ended_at is not None:
            return {"returned_at": stored(self.ended_at), "returned_by_id": self.ended_by_id}
        return {}

"""Ceiling accounts of the bulk-filled claims: every balance is the sum of the entries written."""

from dataclasses import dataclass
from datetime import datetime

from scripts.bench.rows import Rows, stored
from scripts.bench.world import Contract, Member

REFERRAL_STEP_RIAL = 500_000


@dataclass(slots=True)
class Account:
    """A running balance in rials."""

    insurer_id: int
    account_id: int
    contract: Contract
    holder_id: int
    reserved_rial: int = 0
    used_rial: int = 0

    @property
    def room_rial(self) -> int | None:
        """What is free; None: unlimited."""
        limit = self.contract.cover.ceiling_rial
        return None if limit is None else limit - self.reserved_rial - self.used_rial


@dataclass(slots=True)
class Held:
    """What a claim holds of an account, and what it may use at its finish (None: unlimited)."""

    account: Account
    reservation_id: int
    referral_rial: int
    left_rial: int
    available_rial: int | None


class Accounts:
    """Opens accounts and memberships when they are first needed, writes entries as money moves."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._accounts: dict[tuple[int, int], Account] = {}
        self._memberships: dict[tuple[int, int], int] = {}

    def membership(self, contract: Contract, member: Member, principal: Member) -> int:
        """The id of the person's membership, his principal's made with it."""
        if member is not principal:
            self.membership(contract, principal, principal)
        key = (contract.contract_id, member.person_id)
        known = self._memberships.get(key)
        if known is None:
            known = self._memberships[key] = self._rows.new_id()
            self._rows.add(
                "membership",
                insurer_id=contract.insurer_id,
                id=known,
                contract_id=contract.contract_id,
                person_id=member.person_id,
                principal_id=member.principal_id,
                relation=member.relation,
                joined_on=contract.start_on.isoformat(),
            )
        return known

    def hold(
        self,
        contract: Contract,
        member: Member,
        wanted_rial: int,
        at: datetime,
        *,
        referral_id: int | None,
        claim_id: int,
    ) -> Held:
        """Reserve for a claim as far as there is room; a letter keeps its surplus for now."""
        account = self._account(contract, member, at)
        room = account.room_rial
        amount = wanted_rial
        if referral_id is not None:
            amount = -(-wanted_rial // REFERRAL_STEP_RIAL) * REFERRAL_STEP_RIAL
        amount = amount if room is None else min(amount, room)
        reservation_id = self._rows.new_id()
        held = Held(account, reservation_id, max(amount, 1), 0, None)
        self._enter(
            held, "reserve", amount, at, f"reserve:{reservation_id}", reserved=amount,
            referral_id=referral_id, claim_id=None if referral_id else claim_id,
        )  # fmt: skip
        held.available_rial = None if room is None else amount
        if room is not None and referral_id is None:
            held.available_rial = (account.room_rial or 0) + min(wanted_rial, amount)
        return held

    def receive(
        self, held: Held, needed_rial: int, at: datetime, *, referral_id: int, batch_id: int
    ) -> None:
        """The acceptance-release of a letter: what its claim does not need."""
        surplus = max(0, held.left_rial - needed_rial)
        self._enter(
            held, "release", surplus, at, f"acceptance:{held.reservation_id}", reserved=-surplus,
            referral_id=referral_id, batch_id=batch_id,
        )  # fmt: skip
        if held.available_rial is not None:
            held.available_rial = held.left_rial

    def finish(
        self,
        held: Held,
        payable_rial: int,
        ceiling_reject_rial: int,
        at: datetime,
        **cause: int | None,
    ) -> None:
        """Use the payable amount, release the rest, note what the ceiling refused."""
        key = f"use:{cause['claim_id']}:1"
        self._enter(
            held, "use", payable_rial, at, key, reserved=-payable_rial, used=payable_rial, **cause
        )
        rest = held.left_rial
        if rest:
            self._enter(held, "release", rest, at, f"{key}:rest", reserved=-rest, **cause)
        if ceiling_reject_rial:
            self._enter(held, "ceiling_reject", ceiling_reject_rial, at, f"{key}:reject", **cause)

    def void(self, held: Held, at: datetime, **cause: int | None) -> None:
        """Release all that a voided claim held."""
        rest = held.left_rial
        if rest:
            key = f"void:{cause['claim_id']}"
            self._enter(held, "release", rest, at, key, reserved=-rest, **cause)

    def close(self, held: Held) -> None:
        """Write the reservation with what it holds in the end."""
        self._rows.add(
            "ceiling_reservation",
            insurer_id=held.account.insurer_id,
            id=held.reservation_id,
            account_id=held.account.account_id,
            reserved_left_rial=held.left_rial,
        )

    def write_balances(self) -> None:
        """Write every account with its final balance."""
        for account in self._accounts.values():
            cover = account.contract.cover
            self._rows.add(
                "ceiling_account",
                insurer_id=account.insurer_id,
                id=account.account_id,
                contract_id=account.contract.contract_id,
                cover_code=cover.code,
                holder_id=account.holder_id,
                is_family=int(cover.is_family),
                limit_rial=cover.ceiling_rial,
                reserved_rial=account.reserved_rial,
                used_rial=account.used_rial,
            )

    def _account(self, contract: Contract, member: Member, at: datetime) -> Account:
        holder_id = member.principal_id if contract.cover.is_family else member.person_id
        key = (contract.contract_id, holder_id)
        account = self._accounts.get(key)
        if account is None:
            account = Account(contract.insurer_id, self._rows.new_id(), contract, holder_id)
            self._accounts[key] = account
            limit = contract.cover.ceiling_rial
            if limit is not None:
                self._rows.add(
                    "ceiling_entry",
                    insurer_id=contract.insurer_id,
                    id=self._rows.new_id(),
                    account_id=account.account_id,
                    kind="grant",
                    amount_rial=limit,
                    limit_change_rial=limit,
                    reserved_change_rial=0,
                    used_change_rial=0,
                    at=stored(at),
                    idempotency_key=f"grant:{account.account_id}",
                )
        return account

    def _enter(
        self,
        held: Held,
        kind: str,
        amount_rial: int,
        at: datetime,
        key: str,
        *,
        reserved: int = 0,
        used: int = 0,
        **cause: int | None,
    ) -> None:
        account = held.account
        account.reserved_rial += reserved
        account.used_rial += used
        held.left_rial += reserved
        self._rows.add(
            "ceiling_entry",
            insurer_id=account.insurer_id,
            id=self._rows.new_id(),
            account_id=account.account_id,
            reservation_id=held.reservation_id,
            kind=kind,
            amount_rial=amount_rial,
            limit_change_rial=0,
            reserved_change_rial=reserved,
            used_change_rial=used,
            at=stored(at),
            idempotency_key=key,
            **cause,
        )

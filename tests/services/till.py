"""A ceiling account of its own for the tests of the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from tests.services.office import CLEAN, Office
from workbench.db.engine import Database
from workbench.db.models import CeilingEntry
from workbench.services.ceiling import ledger
from workbench.services.ceiling.ledger import Balance, Cause
from workbench.services.ceiling.ledger_check import verify_balances


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """An account with one reservation; each call is a transaction."""

    database: Database
    insurer_id: int
    account_id: int
    reservation_id: int
    cause: Cause

    def another(self) -> "Till":
        """The same account with a second, empty reservation."""
        reservation_id = self.database.in_tx(
            lambda s: ledger.open_reservation(s, self.insurer_id, self.account_id)
        )
        return replace(self, reservation_id=reservation_id)

    def move(self, service: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """A ledger service on the reservation."""
        return self.database.in_tx(
            lambda s: service(
                s, self.insurer_id, self.reservation_id, *given, cause=self.cause, **named
            )
        )

    def reserve(self, amount_rial: int, key: str, **named: Any) -> None:
        self.move(ledger.reserve, amount_rial, key=key, **named)

    def release(self, amount_rial: int, key: str, **named: Any) -> None:
        self.move(ledger.release, amount_rial, key=key, **named)

    def use(self, part_rial: int, payable_rial: int, key: str, reject_rial: int = 0) -> None:
        self.move(
            ledger.use,
            reserved_part_rial=part_rial,
            payable_rial=payable_rial,
            ceiling_reject_rial=reject_rial,
            key=key,
        )

    def credit_back(self, used_rial: int, again_rial: int, key: str) -> int:
        again: int = self.move(
            ledger.credit_back, used_rial=used_rial, reserve_again_rial=again_rial, key=key
        )
        return again

    def balance(self) -> Balance:
        with self.database.reading() as session:
            return ledger.balance(session, self.insurer_id, self.account_id)

    def state(self) -> tuple[int, int, int]:
        """Reserved and used rials of the account, and what the reservation holds."""
        balance = self.balance()
        return balance.reserved_rial, balance.used_rial, self.left()

    def left(self) -> int:
        with self.database.reading() as session:
            return ledger.reserved_left(session, self.insurer_id, self.reservation_id)

    def entries(self) -> list[tuple[str, int, int, int, int]]:
        """Kind, amount and the changes of limit, reserved and used, in order."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(CeilingEntry)
                .where(CeilingEntry.account_id == self.account_id)
                .order_by(CeilingEntry.id)
            )
            return [
                (
                    row.kind,
                    row.amount_rial,
                    row.limit_change_rial,
                    row.reserved_change_rial,
                    row.used_change_rial,
                )
                for row in rows
            ]

    def problems(self) -> list[str]:
        """The oracle: what ``verify`` says of all balances."""
        with self.database.reading() as session:
            return verify_balances(session)


def open_till(office: Office, limit_rial: int | None = 100, cover: str = "till") -> Till:
    """A new account of that limit (None: unlimited), with an empty reservation."""
    claim = office.claim(CLEAN)
    cause = Cause(at=office.now)
    account_id = office.database.in_tx(
        lambda s: ledger.open_account(
            s,
            claim.insurer_id,
            contract_id=claim.contract_id,
            cover_code=cover,
            holder_id=claim.person_id,
            is_family=False,
            limit_rial=limit_rial,
            cause=cause,
        )
    )
    reservation_id = office.database.in_tx(
        lambda s: ledger.open_reservation(s, claim.insurer_id, account_id)
    )
    return Till(
        database=office.database,
        insurer_id=claim.insurer_id,
        account_id=account_id,
        reservation_id=reservation_id,
        cause=cause,
    )

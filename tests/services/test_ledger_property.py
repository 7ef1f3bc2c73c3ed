"""Random walks over the ledger: whatever happens, it agrees with a model of a few lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.services.office import Office
from tests.services.till import Till, open_till
from tests.services.walking import walk
from workbench.errors import Refused

LIMIT_RIAL = 100
AMOUNTS = st.integers(0, 60)
RESERVATIONS = st.integers(0, 2)
STEPS = 40
RUNS, RUNS_SLOW = 8, 250


@dataclass
class Model:
    """What an account of ``limit`` rials is, without a database."""

    limit: int | None
    left: list[int] = field(default_factory=lambda: [0, 0, 0])
    used: list[int] = field(default_factory=lambda: [0, 0, 0])

    @property
    def room(self) -> float:
        """What can be withdrawn."""
        return float("inf") if self.limit is None else self.limit - sum(self.left) - sum(self.used)

    def reserve(self, at: int, amount: int) -> bool:
        if amount > self.room:
            return False
        self.left[at] += amount
        return True

    def release(self, at: int, amount: int) -> bool:
        if amount > self.left[at]:
            return False
        self.left[at] -= amount
        return True

    def use(self, at: int, part: int, payable: int) -> bool:
        if max(0, payable - part) > self.room:
            return False
        self.left[at] -= part
        self.used[at] += payable
        return True

    def credit_back(self, at: int, again: int) -> int:
        self.used[at] = 0
        kept = int(min(again, self.room))
        self.left[at] += kept
        return kept


class LedgerMachine(RuleBasedStateMachine):
    """Each rule does the same to the ledger and to the model; both must grant or both refuse."""

    office: Office
    opened = 0

    @initialize(limit=st.sampled_from([LIMIT_RIAL, LIMIT_RIAL, None]))
    def open(self, limit: int | None) -> None:
        type(self).opened += 1
        first = open_till(self.office, limit, cover=f"walk-{self.opened}")
        self.tills = [first, first.another(), first.another()]
        self.model = Model(limit=limit)
        self.steps = 0
        self.done: list[tuple[str, int, str]] = []

    def _key(self) -> str:
        self.steps += 1
        return f"walk-{self.opened}-{self.steps}"

    @rule(at=RESERVATIONS, amount=AMOUNTS)
    def reserve(self, at: int, amount: int) -> None:
        key = self._key()
        granted = _granted(lambda: self.tills[at].reserve(amount, key))
        assert granted == self.model.reserve(at, amount)
        if granted:
            self.done.append(("reserve", at, key))

    @rule(at=RESERVATIONS, amount=AMOUNTS)
    def release(self, at: int, amount: int) -> None:
        key = self._key()
        granted = _granted(lambda: self.tills[at].release(amount, key))
        assert granted == self.model.release(at, amount)

    @rule(at=RESERVATIONS, quarters=st.integers(0, 4), payable=AMOUNTS)
    def use(self, at: int, quarters: int, payable: int) -> None:
        part_rial = self.model.left[at] * quarters // 4
        key = self._key()
        granted = _granted(lambda: self.tills[at].use(part_rial, payable, key, reject_rial=1))
        assert granted == self.model.use(at, part_rial, payable)

    @rule(at=RESERVATIONS, again=AMOUNTS)
    def credit_back(self, at: int, again: int) -> None:
        used = self.model.used[at]
        kept = self.tills[at].credit_back(used, again, self._key())
        assert kept == self.model.credit_back(at, again)

    @precondition(lambda self: bool(self.done))
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """A retry of what was done, with another amount even: it changes nothing."""
        _name, at, key = data.draw(st.sampled_from(self.done))
        self.tills[at].reserve(1, key)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "model"):
            return
        balance = self.tills[0].balance()
        assert balance.limit_rial == self.model.limit
        assert balance.reserved_rial == sum(self.model.left)
        assert balance.used_rial == sum(self.model.used)
        assert [till.left() for till in self.tills] == self.model.left

    def teardown(self) -> None:
        if hasattr(self, "tills"):
            assert self.tills[0].problems() == []


def _granted(move: object) -> bool:
    try:
        move()  # type: ignore[operator]
    except Refused as refused:
        assert refused.code in {"ceiling_too_low", "reservation_too_low"}
        return False
    return True


def _walk(office: Office, runs: int) -> None:
    machine = type("Machine", (LedgerMachine,), {"office": office})
    walk(machine, runs, steps=STEPS)


@pytest.fixture
def walk_office(office: Office) -> Iterator[Office]:
    """The office, with the oracle at the end."""
    yield office
    assert office.is_exact()


def test_the_ledger_agrees_with_its_model_over_hundreds_of_steps(walk_office: Office) -> None:
    _walk(walk_office, RUNS)


@pytest.mark.slow
def test_the_ledger_agrees_with_its_model_over_ten_thousand_steps(walk_office: Office) -> None:
    _walk(walk_office, RUNS_SLOW)


def test_the_walk_would_notice_a_wrong_ledger(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A use that forgets to end the reserve is found by the same walk."""

    def forgetful(till: Till, _part: int, payable: int, key: str, reject_rial: int = 0) -> None:
        Till_use(till, 0, payable, key, reject_rial)

    Till_use = Till.use  # noqa: N806 - the real one
    monkeypatch.setattr(Till, "use", forgetful)
    with pytest.raises((AssertionError, ExceptionGroup)):
        _walk(office, RUNS)

"""The ledger between processes: never overdrawn, and exact after ``kill -9``."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.services.office import Office
from tests.services.till import Till, open_till
from workbench.db.models import CeilingEntry

WORKER = "tests.services.ledger_worker"
ROOT = Path(__file__).parents[2]


def _start(till: Till, name: str, wishes: int) -> "subprocess.Popen[str]":
    database = till.database
    numbers = (till.insurer_id, till.account_id, till.another().reservation_id)
    process = subprocess.Popen(
        [sys.executable, "-m", WORKER, database.url, *map(str, numbers), name, str(wishes)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def _granted(processes: "list[subprocess.Popen[str]]") -> int:
    return sum(int(process.communicate(timeout=300)[0]) for process in processes)


@pytest.mark.parametrize("wishes", [60, pytest.param(10_000, marks=pytest.mark.slow)])
def test_processes_together_are_granted_exactly_what_there_is(office: Office, wishes: int) -> None:
    till = open_till(office, 100)
    count = 3 if wishes < 100 else 8
    processes = [_start(till, f"worker-{n}", wishes) for n in range(count)]
    assert _granted(processes) == 100
    balance = till.balance()
    assert (balance.reserved_rial, balance.withdrawable_rial) == (100, 0)
    assert till.problems() == []


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.slow)])
def test_killed_at_any_moment_the_sums_stay_exact(office: Office, kills: int) -> None:
    till = open_till(office, 100)
    for number in range(kills):
        process = _start(till, f"victim-{number}", 0)
        time.sleep(0.05 + number % 7 * 0.03)
        process.kill()
        process.communicate()
        assert till.problems() == []
    with till.database.reading() as session:
        entries = session.scalar(
            select(func.count()).where(CeilingEntry.account_id == till.account_id)
        )
    assert entries and entries > kills, "the victims did nothing before they were killed"
    assert till.balance().reserved_rial <= kills

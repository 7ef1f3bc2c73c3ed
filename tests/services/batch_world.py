"""A received batch for tests: a clean case, a re-coded one, deductions, a ceiling reject."""

from datetime import datetime

from tests import builders
from tests.builders import BATCH, Desk, Key
from tests.services import registered_world as world
from workbench.db.engine import Database
from workbench.rules.workflow import ClaimState

CLEAN, RECODED, DEDUCTED, CAPPED = "990000001", "990000002", "990000003", "990000004"


def received_batch(database: Database, desk: Desk, now: datetime) -> dict[str, Key]:
    """Four accepted cases in batch 366590; the reserve of the last one does not suffice."""
    builders.build_batch(database, now)
    lines = {
        CLEAN: (world.line(),),
        RECODED: (world.line(code="205", unit_price_rial=7_722_000, tooth=63),),
        DEDUCTED: (
            world.line(unit_price_rial=6_500_000),
            world.line(2, tooth=36, surfaces="OB"),
            world.line(3, code="905", tooth=None, surfaces="", unit_price_rial=600_003),
        ),
        CAPPED: (world.line(tooth=46),),
    }
    reserve = {CAPPED: 4_000_005}
    keys = {
        number: builders.build_claim(
            database, desk, now, number, lines=wanted, reserve_rial=reserve.get(number)
        )
        for number, wanted in lines.items()
    }
    builders.receive(database, desk, BATCH, now)
    return keys


def finish_all(
    database: Database, desk: Desk, keys: dict[str, Key], now: datetime, *, but: str = ""
) -> None:
    """Finish all cases of the batch, except the case ``but``."""
    work = {
        DEDUCTED: (
            builders.deduct(1, "D01", 1_200_000, now, "اختلاف با نرخ‌نامه"),
            builders.reject(2, "D05", now),
        )
    }
    for number, key in keys.items():
        if number != but:
            builders.bring(database, desk, key, now, ClaimState.FINISHED, work.get(number, ()))

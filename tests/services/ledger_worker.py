"""A process that wishes for single rials, run by ``test_ledger_processes``.

Arguments: database URL, insurer, account, its reservation, its name, how many wishes (0: without
end, each given back again). Prints how many were granted.
"""

import sys
from datetime import UTC, datetime

from workbench.db.engine import Database
from workbench.errors import Refused
from workbench.services.ceiling import ledger


def main() -> None:
    """Wish, count, print."""
    url, insurer, _account, reservation, name, wishes = sys.argv[1:]
    database = Database(url)
    place = (int(insurer), int(reservation))
    cause = ledger.Cause(at=datetime.now(UTC))
    _say("ready")
    granted = number = 0
    while number < int(wishes) or wishes == "0":
        key = f"{name}:{number}"
        number += 1
        try:
            database.in_tx(lambda s, k=key: ledger.reserve(s, *place, 1, cause, key=k))
        except Refused as refused:
            assert refused.code == "ceiling_too_low", refused.code
            continue
        granted += 1
        if wishes == "0":
            database.in_tx(lambda s, k=key: ledger.release(s, *place, 1, cause, key=f"{k}:back"))
    _say(str(granted))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

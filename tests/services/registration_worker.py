"""A process that sends one image for one patient: ``URL STORE NUMBER NATIONAL_CODE NOW``.

It says ``ready``, begins at a line on its standard input, and prints ``landed`` or the refusal.
"""

import sys
from datetime import datetime

from tests.services import registered_world as world
from workbench.db.engine import Database
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.store import EvidenceStore
from workbench.services.claims.registration import register_claim


def main() -> None:
    """Send it."""
    url, folder, number, national_code, now = sys.argv[1:]
    database, store = Database(url), EvidenceStore(folder)
    claim = world.direct(number=number, national_code=national_code, images=(world.image(1),))
    _say("ready")
    sys.stdin.readline()
    try:
        take_in(store, world.picture(1), "before.jpg")
        at = datetime.fromisoformat(now)
        database.in_tx(lambda session: register_claim(session, None, claim, now=at))
        _say("landed")
    except Refused as refused:
        _say(refused.code)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

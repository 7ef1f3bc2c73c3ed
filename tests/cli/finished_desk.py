"""A desk with one finished claim and its image, made by the services: what verify has to guard."""

from datetime import datetime, timedelta

from sqlalchemy import update

from tests.services import registered_world as world
from tests.services.desk import assessor_of
from workbench.db.engine import Database
from workbench.db.models import Claim, ImageJob
from workbench.evidence.intake import take_in
from workbench.evidence.store import EvidenceStore
from workbench.rules.workflow import Role
from workbench.services.batches import receipt
from workbench.services.claims import assessing, deciding, reading, taking
from workbench.services.claims.assessing import Place
from workbench.services.runtime import seal_waiting

RECEPTION = world.actor(Role.RECEPTION)
SHADE = 40
PAYABLE_RIAL = 5_661_000


def build_finished(database: Database, store: EvidenceStore, now: datetime) -> tuple[int, int]:
    """A received, assessed and finished claim; returns its key. The trail is sealed."""
    image = take_in(store, world.picture(SHADE), "before.jpg")
    line = world.line()

    def register(session):
        world.build(session, now - timedelta(days=20))
        return world.received_claim(session, now, lines=(line,), images=(world.image(SHADE),))

    claim = database.in_tx(register)
    assert image.sha256
    key = (claim.insurer_id, claim.claim_id)
    database.in_tx(lambda s: receipt.receive_batch(s, RECEPTION, "366590", now=now))
    actor = database.in_tx(lambda s: assessor_of(s, now))
    database.in_tx(lambda s: taking.take_next(s, actor, now=now))
    finish(database, actor, key, now)
    while seal_waiting(database):
        pass
    return key


def finish(database: Database, actor, key: tuple[int, int], now: datetime) -> None:
    """Override every open finding, then finish the claim the actor holds."""

    def place(session) -> Place:
        version = session.get(Claim, key).version
        return Place(insurer_id=key[0], claim_id=key[1], version=version)

    view = database.in_tx(lambda s: reading.read_case(s, actor, *key, now=now))
    for finding in view.findings:
        if view.states[finding.key] == "open":
            database.in_tx(
                lambda s, f=finding: assessing.override_finding(
                    s, actor, place(s), key=f.key, reason="در گرافی دیده شد", now=now
                )
            )
    # Its image waits so long already that it holds nothing up.
    added_at = now - timedelta(hours=1)
    database.in_tx(lambda s: s.execute(update(ImageJob).values(created_at=added_at)))
    database.in_tx(
        lambda s: deciding.finish_claim(
            s,
            actor,
            place(s),
            nonce=f"finish-{key[1]}",
            seen_available_rial=view.case.available_rial,
            now=now,
        )
    )

"""Reading waiting images and sweeping their store, as the server does both by itself."""

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli import desk
from workbench.cli.output import AsJson, show
from workbench.errors import Refused
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.db.engine import Database
    from workbench.evidence.store import EvidenceStore

SOMETHING_IS_WRONG = 1
SWEEP_HOURS = 24
SWEEP_HOURS_MAX = 100_000
SWEEP_MOST = 1_000


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("read")(read_evidence)
    app.command("sweep")(sweep_evidence)


def read_evidence(
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many images.")] = None,
    as_json: AsJson = False,
) -> int:
    """Make copies and fingerprints of the images that are due; 1 when one could not be read."""
    from workbench.services import runtime
    from workbench.services.images.queue import count_waiting_images

    with desk.open_database() as database:
        read, put_off = _read_all(database, runtime.evidence_store(), limit)
        with database.reading() as session:
            waiting = count_waiting_images(session).count
    result = {"read": read, "put_off": put_off, "waiting": waiting}
    line = _("Read {read} images, put off {put_off}; {waiting} wait.")
    show(result, [line.format(**result)], as_json=as_json)
    return SOMETHING_IS_WRONG if put_off else 0


def _read_all(database: "Database", store: "EvidenceStore", limit: int | None) -> tuple[int, int]:
    """How many were read, and how many put off; ends early where the store is away."""
    from workbench import clock
    from workbench.services.images.reading import read_next_image
    from workbench.services.runtime import compare_image

    read = put_off = 0
    while limit is None or read + put_off < limit:
        outcome = read_next_image(database, store, now=clock.now(), compare=compare_image)
        if outcome is None:
            break
        if outcome.error is None:
            read += 1
        else:
            put_off += 1
        if outcome.is_store_away:
            break
    return read, put_off


def sweep_evidence(
    older_than_hours: Annotated[
        float, typer.Option(help="Spare files younger than this.")
    ] = SWEEP_HOURS,
    most: Annotated[
        int, typer.Option(min=1, help="Remove nothing where there are more than this.")
    ] = SWEEP_MOST,
    as_json: AsJson = False,
) -> None:
    """Remove files of the image store that no image of the database knows."""
    from datetime import timedelta

    from workbench import clock
    from workbench.services import runtime
    from workbench.services.images.sweep import sweep_orphans

    if not 1 <= older_than_hours <= SWEEP_HOURS_MAX:
        raise Refused("sweep_hours_wrong", minimum=1, maximum=SWEEP_HOURS_MAX)
    with desk.open_database() as database:
        margin = timedelta(hours=older_than_hours)
        store = runtime.evidence_store()
        removed = sweep_orphans(database, store, now=clock.now(), margin=margin, most=most)
    result = {"removed": removed}
    line = _("Removed {removed} files that no image knows.")
    show(result, [line.format(**result)], as_json=as_json)

"""Uploading images from a page: each file checked and stored first, then all rows at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workbench.db.engine import Database
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.jpeg import display_name
from workbench.evidence.limits import DEFAULT_LIMITS
from workbench.evidence.store import EvidenceStore
from workbench.rules.facts import EvidenceKind, Phase
from workbench.services.access import Actor
from workbench.services.claims.content import ImageRequest
from workbench.services.images.attach_rights import AnyPlace, check_may_attach
from workbench.services.images.attaching import Attached, add_images

FILES_MAX = 24
MEGABYTES_MAX = DEFAULT_LIMITS.size_bytes // 1024**2
STOPPING = frozenset(
    {"evidence_store_full", "evidence_store_unavailable", "evidence_store_unknown"}
)

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was chosen, and what it shows; without a day: when it was taken."""

    name: str
    read: Callable[[], bytes]
    kind: EvidenceKind
    phase: Phase = Phase.NONE
    teeth: tuple[int, ...] = ()
    taken_on: date | None = None


def upload_images(
    database: Database,
    store: EvidenceStore,
    actor: Actor,
    place: AnyPlace,
    files: Sequence[Upload],
    *,
    now: datetime,
    on_progress: OnProgress | None = None,
) -> Attached:
    """Take files in and add them to a claim or plan; each refused one is named with its refusal.

    Refused as a whole: ``upload_without_files``, ``too_many_files``, what ``add_images`` refuses,
    and a store that does not take anything.
    """
    if not files:
        raise Refused("upload_without_files")
    if len(files) > FILES_MAX:
        raise Refused("too_many_files", limit=FILES_MAX)
    with database.reading() as session:
        check_may_attach(session, actor, place, now=now)
    requests: list[ImageRequest] = []
    refused: list[tuple[str, Refused]] = []
    for done, file in enumerate(files, 1):
        try:
            requests.append(_taken_in(store, file))
        except Refused as refusal:
            if refusal.code in STOPPING:
                raise
            refused.append((display_name(file.name), refusal))
        if on_progress is not None:
            on_progress(done, len(files))
    attached = database.in_tx(lambda s: add_images(s, actor, place, requests, now=now))
    return Attached(numbers=attached.numbers, refused=(*refused, *attached.refused))


def _taken_in(store: EvidenceStore, file: Upload) -> ImageRequest:
    accepted = take_in(store, file.read(), file.name)
    taken_on = file.taken_on
    if taken_on is None and accepted.captured_at is not None:
        taken_on = accepted.captured_at.date()
    return ImageRequest(
        accepted=accepted,
        file_name=display_name(file.name),
        kind=file.kind,
        phase=file.phase,
        teeth=file.teeth,
        taken_on=taken_on,
    )

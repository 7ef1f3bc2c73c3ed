"""``replay``: every decision computed again from the document that was frozen with it.

One pass over the rounds by ranges of their keys, in as many processes as there are cores; no
statement per claim. What was changed in a document is for ``verify`` to find, by its hash.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Claim, Insurer
from workbench.db.queries import frozen
from workbench.db.queries.frozen import KeyRange
from workbench.rules.document import DocumentReader
from workbench.rules.replay import Drift, DriftKind, drifts_of
from workbench.services.in_processes import work_through

OnProgress = Callable[[str, int, int], None]
RANGE_ROUNDS = 500
LAST_ID = 2**63 - 1
DRIFTS_MAX = 1_000

_reader = DocumentReader()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """A round that comes out otherwise today, by the number of its claim."""

    insurer_id: int
    claim_id: int
    number: str
    round: int
    drift: Drift


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """How many rounds were computed again, those that drifted (the first 1,000) and by how much.

    ``difference_rial``: payable today less payable then, over all of them.
    """

    rounds: int
    drifted: int
    drifts: tuple[Drifted, ...]
    difference_rial: int
    seconds: float

    @property
    def is_same(self) -> bool:
        """Whether every round came out as it was decided."""
        return not self.drifted


def replay(
    database: Database, *, workers: int = 2, on_progress: OnProgress | None = None
) -> Replay:
    """Compute every ended round again; ``workers``: processes beside this one, 0 for none."""
    begun = time.monotonic()
    with database.reading() as session:
        ranges = list(_ranges(session))
    rounds = drifted = difference_rial = 0
    kept: list[Drifted] = []
    for done, (count, found) in enumerate(
        work_through(database, replay_range, ranges, workers=workers), 1
    ):
        rounds += count
        drifted += len({(each.claim_id, each.round) for each in found})
        difference_rial += sum(each.drift.difference_rial for each in found)
        kept += found[: DRIFTS_MAX - len(kept)]
        if on_progress is not None:
            on_progress("replay", done, len(ranges))
    return Replay(
        rounds=rounds,
        drifted=drifted,
        drifts=tuple(kept),
        difference_rial=difference_rial,
        seconds=time.monotonic() - begun,
    )


def _ranges(session: Session) -> Iterator[KeyRange]:
    for insurer_id in session.scalars(select(Insurer.id).order_by(Insurer.id)).all():
        after_id = -1
        while True:
            end = session.scalar(frozen.range_end(insurer_id, after_id, RANGE_ROUNDS))
            last_id = LAST_ID if end is None else end
            yield KeyRange(insurer_id=insurer_id, first_id=after_id + 1, last_id=last_id)
            if end is None:
                break
            after_id = end


def replay_range(session: Session, keys: KeyRange) -> tuple[int, list[Drifted]]:
    """How many rounds of a range were computed again, and what drifted."""
    count = 0
    found = []
    for insurer_id, claim_id, number, text in session.execute(frozen.documents(keys)):
        count += 1
        found += [(insurer_id, claim_id, number, drift) for drift in _drifts_of_text(text)]
    return count, _named(session, found)


def _drifts_of_text(text: str) -> tuple[Drift, ...]:
    try:
        document, parameters = _reader.read(text)
    except (ValueError, TypeError, KeyError) as error:
        return (Drift(kind=DriftKind.DOCUMENT, rules=(type(error).__name__,)),)
    return drifts_of(document, parameters)


def _named(session: Session, found: list[tuple[int, int, int, Drift]]) -> list[Drifted]:
    ids = sorted({claim_id for _insurer, claim_id, _round, _drift in found})
    numbers: dict[int, str] = {}
    if ids:
        rows = session.execute(select(Claim.id, Claim.number).where(Claim.id.in_(ids)))
        numbers = {row.id: row.number for row in rows}
    return [
        Drifted(
            insurer_id=insurer_id,
            claim_id=claim_id,
            number=numbers.get(claim_id, str(claim_id)),
            round=number,
            drift=drift,
        )
        for insurer_id, claim_id, number, drift in found
    ]

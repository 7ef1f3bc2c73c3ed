"""``verify``: whether the trail, the ledger, the money and the counters still say the same.

Each check reads only, names what is wrong by ids, and knows nothing of the others. What a change
of the tail of the trail leaves whole is found by an anchor that was kept outside: count and hash.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workbench.db.models import (
    AuditSeal,
    CeilingAccount,
    Claim,
    EvidenceImage,
    Remittance,
    WorkCounter,
)
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore, Kind
from workbench.services import audit
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.commission.seal import plan_problems
from workbench.services.verification.of_letters import letter_problems
from workbench.services.verification.of_money import money_problems
from workbench.services.verification.of_pairs import pair_problems
from workbench.services.verification.of_rechecks import recheck_problems
from workbench.services.verification.of_steps import step_problems
from workbench.services.verification.of_sums import sum_problems

OnProgress = Callable[[str, int, int], None]
"""Called with the name of the check, what is done and all there is to do."""

PROBLEMS_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """How many events were sealed once, and the chain's hash then."""

    count: int
    chain_hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.chain_hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it looked at, and what is wrong (at most 100 problems are named)."""

    name: str
    count: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All checks, and the head of the chain to be kept outside."""

    checks: tuple[Check, ...]
    head: Anchor

    @property
    def is_sound(self) -> bool:
        """Whether no check found anything."""
        return not any(check.problems for check in self.checks)


def verify(
    session: Session,
    *,
    now: datetime,
    anchor: Anchor | None = None,
    store: EvidenceStore | None = None,
    on_progress: OnProgress | None = None,
) -> Verification:
    """Run every check; ``store``: also read every image file; ``anchor``: the tail is not cut."""
    progress = on_progress or _silent
    trail = audit.verify_trail(session, now=now)
    checks = [
        _check("database", 1, _database_problems(session)),
        _check("trail", trail.event_count, trail.problems),
        _check("balances", _count_of_accounts(session), verify_balances(session)),
    ]
    if anchor is not None:
        checks.insert(2, _check("anchor", anchor.count, _anchor_problems(session, anchor)))
    count, problems = _gathered(money_problems(session, progress))
    checks.append(_check("money", count, problems))
    checks.append(_check("counters", *_gathered(_counter_problems(session))))
    checks.append(_check("steps", *_gathered(step_problems(session))))
    checks.append(_check("sums", *_gathered(sum_problems(session))))
    checks.append(_check("letters", *_gathered(letter_problems(session))))
    checks.append(_check("plans", *_gathered(plan_problems(session))))
    checks.append(_check("pairs", *_gathered(pair_problems(session))))
    checks.append(_check("rechecks", *_gathered(recheck_problems(session))))
    checks.append(_check("remittances", *_gathered(_remittance_problems(session))))
    if store is not None:
        checks.append(_check("evidence", *_gathered(_evidence_problems(session, store, progress))))
    head = Anchor(count=trail.sealed_count, chain_hash=trail.head_hash)
    return Verification(checks=tuple(checks), head=head)


def schema_revision(session: Session) -> str:
    """The migration at which the database stands."""
    return str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _silent(_name: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def _check(name: str, count: int, problems: tuple[str, ...] | list[str]) -> Check:
    named = list(problems[:PROBLEMS_MAX])
    if len(problems) > PROBLEMS_MAX:
        named.append(f"and {len(problems) - PROBLEMS_MAX} more")
    return Check(name=name, count=count, problems=tuple(named))


def _gathered(found: Iterator[str | None]) -> tuple[int, list[str]]:
    """How many things were looked at, and the problems among them."""
    count, problems = 0, []
    for problem in found:
        if problem is None:
            count += 1
        else:
            problems.append(problem)
    return count, problems


def _database_problems(session: Session) -> list[str]:
    """Damaged pages and rows that hang on nothing, where the database can say so (SQLite)."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    pages = [str(row[0]) for row in session.execute(text("PRAGMA quick_check(10)"))]
    orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    return [line for line in pages if line != "ok"] + [
        f"row {row[1]} of {row[0]} hangs on nothing in {row[2]}" for row in orphans
    ]


def _anchor_problems(session: Session, anchor: Anchor) -> list[str]:
    if anchor.count == 0:
        return []
    link = session.scalar(select(AuditSeal.chain_hash).where(AuditSeal.position == anchor.count))
    if link is None:
        sealed = session.scalar(select(func.max(AuditSeal.position))) or 0
        return [f"the trail was cut: {sealed} of {anchor.count} sealed events are left"]
    if link != anchor.chain_hash:
        return [f"seal {anchor.count} is not the one of the anchor: the trail was written anew"]
    return []


def _count_of_accounts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CeilingAccount)) or 0


def _counter_problems(session: Session) -> Iterator[str | None]:
    """Counters per insurer and state against the claims; None for each that is right."""
    kept = select(WorkCounter.insurer_id, WorkCounter.state, func.sum(WorkCounter.count))
    real = select(Claim.insurer_id, Claim.state, func.count())
    counters = _by_key(session, kept.group_by(WorkCounter.insurer_id, WorkCounter.state))
    claims = _by_key(session, real.group_by(Claim.insurer_id, Claim.state))
    for insurer_id, state in sorted(counters.keys() | claims.keys()):
        counted, there = (found.get((insurer_id, state), 0) for found in (counters, claims))
        yield None
        if counted != there:
            yield f"insurer {insurer_id}, {state}: counted {counted}, there are {there}"


def _by_key(session: Session, statement: object) -> dict[tuple[int, str], int]:
    rows = session.execute(statement).all()  # type: ignore[call-overload]
    return {(row[0], row[1]): int(row[2]) for row in rows}


def _remittance_problems(session: Session) -> Iterator[str | None]:
    """Each order's amount against the claims it pays."""
    statement = (
        select(Remittance.id, Remittance.amount_rial, func.sum(Claim.payable_rial))
        .outerjoin(
            Claim,
            (Claim.insurer_id == Remittance.insurer_id) & (Claim.remittance_id == Remittance.id),
        )
        .group_by(Remittance.insurer_id, Remittance.id, Remittance.amount_rial)
    )
    for remittance_id, amount_rial, sum_rial in session.execute(statement):
        yield None
        if amount_rial != int(sum_rial or 0):
            yield f"remittance {remittance_id}: {amount_rial} rials, its claims {sum_rial or 0}"


def _evidence_problems(
    session: Session, store: EvidenceStore, progress: OnProgress
) -> Iterator[str | None]:
    """Every original is read and hashed; a copy for display may be missing, but not be another."""
    statement = select(
        EvidenceImage.sha256, EvidenceImage.rendition_sha256, EvidenceImage.thumb_sha256
    ).order_by(EvidenceImage.sha256)
    known = session.execute(statement).all()
    for done, (sha256, rendition, thumb) in enumerate(known, 1):
        yield None
        noted = {Kind.ORIGINAL: sha256, Kind.RENDITION: rendition, Kind.THUMB: thumb}
        for kind, expected in noted.items():
            problem = _file_problem(store, sha256, kind, expected)
            if problem is not None:
                yield f"image {sha256}, {kind.value}: {problem}"
        progress("evidence", done, len(known))


def _file_problem(
    store: EvidenceStore, sha256: str, kind: Kind, expected: str | None
) -> str | None:
    """A copy that is not there, or not noted yet, is made where it is shown."""
    is_copy = kind is not Kind.ORIGINAL
    try:
        if expected is not None:
            store.read(sha256, kind, expected)
    except Refused as refused:
        is_made_anew = is_copy and refused.code == "evidence_missing_file"
        return None if is_made_anew else refused.code
    return None

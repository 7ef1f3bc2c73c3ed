"""Taking an uploaded image in, and looking at files without taking them in."""

from collections.abc import Iterable
from pathlib import Path

from workbench.errors import Refused
from workbench.evidence.jpeg import Accepted, check
from workbench.evidence.limits import DEFAULT_LIMITS, Limits
from workbench.evidence.store import EvidenceStore


def take_in(
    store: EvidenceStore, data: bytes, name: str, limits: Limits = DEFAULT_LIMITS
) -> Accepted:
    """Check an image and keep its bytes; the caller writes the row afterwards.

    Copies and fingerprints are made later, by the job that stands beside the row.
    """
    accepted = check(data, name, limits)
    store.put(accepted.sha256, data)
    return accepted


def check_files(
    paths: Iterable[str | Path], limits: Limits = DEFAULT_LIMITS
) -> list[dict[str, object]]:
    """One answer per file: ``file, accepted, reason`` (a code or null), ``sha256, bytes``."""
    return [_check_file(path, limits) for path in paths]


def _check_file(path: str | Path, limits: Limits) -> dict[str, object]:
    size: int | None = None
    try:
        data, size = _read(Path(path), limits)
        sha256: str | None = check(data, Path(path).name, limits).sha256
        reason = None
    except Refused as refused:
        sha256, reason = None, refused.code
    return {
        "file": str(path),
        "accepted": reason is None,
        "reason": reason,
        "sha256": sha256,
        "bytes": size,
    }


def _read(path: Path, limits: Limits) -> tuple[bytes, int]:
    """The first bytes of a file, one more than allowed, and its size; never a huge read."""
    try:
        if not path.is_file():
            raise Refused("evidence_unreadable", name=path.name)
        with path.open("rb") as file:
            return file.read(limits.size_bytes + 1), path.stat().st_size
    except (OSError, ValueError) as error:
        raise Refused("evidence_unreadable", name=path.name) from error

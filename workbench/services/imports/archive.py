"""Unpacking a zip that came from outside: bounded, flat, and never outside its folder."""

import io
import re
import zipfile
import zlib
from pathlib import Path

from workbench.errors import Refused
from workbench.services.imports.reading import EVIDENCE_FOLDER

ENTRIES_MAX = 20_000
TOTAL_BYTES_MAX = 2 * 1024**3
ENTRY_BYTES_MAX = 256 * 1024**2
NAME_BYTES_MAX = 240
RATIO_MAX = 200
RATIO_FREE_BYTES = 1024**2  # a small file may compress as well as it likes
CHUNK_BYTES = 256 * 1024
_STRANGE = re.compile(r"[\\:\x00-\x1f]")
_IGNORED = re.compile(r"(^|/)(__MACOSX/|\.)")


def unpack(data: bytes, folder: Path) -> Path:
    """Unpack ``<kind>.jsonl`` and ``evidence/<name>`` into ``folder``; returns where they are.

    One folder around everything is allowed. Refused: ``archive_damaged``, ``archive_bad_name`` (a
    path that leads out, a drive, a deeper folder), ``archive_too_large`` (entries, bytes or ratio,
    counted while unpacking, whatever the archive claims).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > ENTRIES_MAX:
                raise Refused("archive_too_large", limit=ENTRIES_MAX)
            names = _targets([entry.filename for entry in entries])
            (folder / EVIDENCE_FOLDER).mkdir()
            total = 0
            for entry, name in zip(entries, names, strict=True):
                if name is not None:
                    room = min(ENTRY_BYTES_MAX, TOTAL_BYTES_MAX - total)
                    total += _unpack_entry(archive, entry, folder / name, room)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Refused("archive_damaged") from error
    return folder


def _targets(names: list[str]) -> list[str | None]:
    """Where each entry goes, below one folder around them all; None for what is passed over."""
    plain = [name for name in names if not _IGNORED.search(name)]
    first_parts = {name.split("/", 1)[0] for name in plain if "/" in name}
    has_outer = len(first_parts) == 1 and all("/" in name for name in plain)
    outer = f"{first_parts.pop()}/" if has_outer else ""
    if outer == f"{EVIDENCE_FOLDER}/":
        outer = ""
    targets = [_target(name, outer) for name in names]
    kept = [target for target in targets if target is not None]
    if len(set(kept)) < len(kept):
        raise Refused("archive_bad_name", name=max(kept, key=kept.count))
    return targets


def _target(name: str, outer: str) -> str | None:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or _STRANGE.search(name):
        raise Refused("archive_bad_name", name=name[-80:])
    if _IGNORED.search(name):
        return None
    inner = name.removeprefix(outer)
    folder, _, file = inner.rpartition("/")
    is_long = len(file.encode()) > NAME_BYTES_MAX
    if folder not in ("", EVIDENCE_FOLDER) or not file or is_long:
        raise Refused("archive_bad_name", name=name[-80:])
    return inner


def _unpack_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, room_bytes: int
) -> int:
    """Write one entry, counting what really comes out; returns its bytes."""
    written = 0
    most = min(room_bytes, max(RATIO_FREE_BYTES, entry.compress_size * RATIO_MAX))
    with archive.open(entry) as source, target.open("xb") as file:
        while chunk := source.read(CHUNK_BYTES):
            written += len(chunk)
            if written > most:
                raise Refused("archive_too_large", limit=ENTRIES_MAX)
            file.write(chunk)
    return written

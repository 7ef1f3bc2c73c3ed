"""From a line of a file to a checked row, and from a row to its images; nothing is written."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.jpeg import Accepted
from workbench.evidence.limits import DEFAULT_LIMITS
from workbench.evidence.store import EvidenceStore
from workbench.services.imports.rows import ClaimRow, PlanRow, ResubmissionRow, Row

LINE_BYTES_MAX = 1024 * 1024
PROBLEMS_MAX = 10
EVIDENCE_FOLDER = "evidence"
PYDANTIC_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "enum": "choice_wrong",
    "literal_error": "choice_wrong",
    "bool_type": "choice_wrong",
    "bool_parsing": "choice_wrong",
    "string_too_short": "text_missing",
    "string_too_long": "field_too_long",
    "too_short": "list_too_short",
    "too_long": "list_too_long",
}


class Unreadable(Exception):
    """A line that is no row: ``key`` as far as it could be told, and all problems at once."""

    def __init__(self, problems: list[Refused], key: str = "") -> None:
        super().__init__(problems)
        self.problems = tuple(problems)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A row with the hash of its content and, unless it is known already, its stored images."""

    row: Row
    content_hash: str
    images: Mapping[str, Accepted] = field(default_factory=dict)


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Line number and bytes of each line that is not empty; None for one that is too long."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LINE_BYTES_MAX + 1):
            number += 1
            is_long = len(line) > LINE_BYTES_MAX
            while is_long and not line.endswith(b"\n") and line:
                line = file.readline(LINE_BYTES_MAX)
            if is_long or line.strip():
                yield number, None if is_long else line


def read_row(model: type[Row], line: bytes | None) -> Row:
    """The checked row of a line; raises ``Unreadable`` with every problem of it."""
    if line is None:
        raise Unreadable([Refused("line_too_long", limit=LINE_BYTES_MAX)])
    try:
        content = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable([Refused("json_broken")]) from error
    if not isinstance(content, dict):
        raise Unreadable([Refused("json_broken")])
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = [_problem(details) for details in error.errors()[:PROBLEMS_MAX]]
        raise Unreadable(problems, _key_of(model, content)) from error


def _problem(details: Any) -> Refused:
    context = details.get("ctx", {})
    known = PYDANTIC_CODES.get(details["type"], "field_wrong")
    code = context["code"] if details["type"] == "workbench" else known
    shown = str(context.get("value", details.get("input")))[:80]
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return Refused(code, field=_path(details["loc"]), value=shown, expected=expected)


def _path(location: tuple[str | int, ...]) -> str:
    """``lines[1].tooth``, counted from one as people do."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).lstrip(".")


def _key_of(model: type[Row], content: dict[str, Any]) -> str:
    """The key as it was written, to find the row again."""
    return "|".join(str(content.get(name, ""))[:60] for name in model.key_fields)


def prepare(
    store: EvidenceStore, folder: Path, row: Row, known_hash: str | None = None
) -> Prepared:
    """Read and store the row's images (files first) unless its content is known already."""
    names = _image_names(row)
    contents = {name: _read_image(folder / EVIDENCE_FOLDER, name) for name in names}
    content_hash = _content_hash(row, contents)
    if content_hash == known_hash:
        return Prepared(row=row, content_hash=content_hash)
    images = {name: take_in(store, data, name) for name, data in contents.items()}
    return Prepared(row=row, content_hash=content_hash, images=images)


def _image_names(row: Row) -> tuple[str, ...]:
    if not isinstance(row, ClaimRow | PlanRow | ResubmissionRow):
        return ()
    names = [image.file for image in row.images]
    for name in names:
        if names.count(name) > 1:
            raise Refused("evidence_attached_already", name=name)
    return tuple(names)


def _read_image(folder: Path, name: str) -> bytes:
    """At most one byte more than an image may have; never a file outside the folder."""
    path = folder / name
    try:
        if path.is_symlink() or not path.is_file():
            raise Refused("evidence_file_missing", name=name)
        with path.open("rb") as file:
            return file.read(DEFAULT_LIMITS.size_bytes + 1)
    except (OSError, ValueError) as error:
        raise Refused("evidence_unreadable", name=name) from error


def _content_hash(row: Row, contents: Mapping[str, bytes]) -> str:
    content = {
        "row": row.model_dump(mode="json", by_alias=True),
        "evidence": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

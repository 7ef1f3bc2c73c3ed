"""What an import did, row by row: landed, unchanged, or refused with the reasons."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workbench.errors import Refused
from workbench.services.errors import sentence


class Outcome(StrEnum):
    """What became of a row."""

    LANDED = "landed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One row of the report. ``key`` is empty where the line could not be read."""

    kind: str
    line_number: int
    key: str
    outcome: Outcome
    problems: tuple[Refused, ...] = ()

    @property
    def code(self) -> str:
        """The code of the first problem; empty when there is none."""
        return self.problems[0].code if self.problems else ""

    @property
    def sentence(self) -> str:
        """All problems in the present language."""
        return " ".join(sentence(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """All rows in the order of the files."""

    rows: tuple[ImportRow, ...]

    def count(self, outcome: Outcome) -> int:
        """How many rows ended so."""
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def refused(self) -> tuple[ImportRow, ...]:
        """The rows that did not land, with their reasons."""
        return tuple(row for row in self.rows if row.outcome is Outcome.REFUSED)

    def counts(self) -> dict[str, dict[str, int]]:
        """Kind → outcome → rows."""
        found = Counter((row.kind, str(row.outcome)) for row in self.rows)
        counts: dict[str, dict[str, int]] = {}
        for (kind, outcome), rows in found.items():
            counts.setdefault(kind, {})[outcome] = rows
        return counts

    def to_json(self) -> dict[str, Any]:
        """The report for ``--json``: counts, and each refused row with its sentence."""
        return {
            "counts": self.counts(),
            "refused": [
                {
                    "kind": row.kind,
                    "line": row.line_number,
                    "key": row.key,
                    "code": row.code,
                    "sentence": row.sentence,
                }
                for row in self.refused
            ],
        }

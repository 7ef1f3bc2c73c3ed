"""What cases come to with a change: sums, and the lines that come out otherwise."""

from collections import Counter
from dataclasses import dataclass, field

from workbench.rules.what_if import FlipKind

ROWS_MAX = 5_000
"""So many lines of each kind of flip are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipRow:
    """A line that flips, with its case; amounts are what is paid for it."""

    number: str
    centre: str
    line: int
    code: str
    title: str
    tooth: int | None
    surfaces: str
    kind: FlipKind
    before_rial: int
    after_rial: int
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    gap_months: int | None

    @property
    def difference_rial(self) -> int:
        """What is paid more (less: negative)."""
        return self.after_rial - self.before_rial


@dataclass(slots=True, kw_only=True)
class Sums:
    """What the cases of a part come to, and of all parts together.

    ``computed`` cases were computed again because the change speaks of them; ``drifted`` of these
    came to other money than was decided. ``gaps_months``: how many lines flip by months since the
    treatment they repeat;
    ``known_gaps_months``: those found anyway. ``rows`` may be but the largest of each kind.
    """

    cases: int = 0
    lines: int = 0
    changed_cases: int = 0
    computed: int = 0
    drifted: int = 0
    unreadable: int = 0
    persons: set[int] = field(default_factory=set)
    centres: set[str] = field(default_factory=set)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    by_reason: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[FlipKind] = field(default_factory=Counter)
    lines_by_code: Counter[str] = field(default_factory=Counter)
    lines_by_centre: Counter[str] = field(default_factory=Counter)
    by_centre: Counter[str] = field(default_factory=Counter)
    gaps_months: Counter[int] = field(default_factory=Counter)
    known_gaps_months: Counter[int] = field(default_factory=Counter)
    rows: list[FlipRow] = field(default_factory=list)

    def add(self, other: "Sums") -> None:
        """Take in the sums of another part."""
        for name in ("cases", "lines", "changed_cases", "computed", "drifted", "unreadable"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("persons", "centres", "before", "after", "by_reason", "by_kind"):
            getattr(self, name).update(getattr(other, name))
        for name in ("lines_by_code", "lines_by_centre", "by_centre"):
            getattr(self, name).update(getattr(other, name))
        for name in ("gaps_months", "known_gaps_months"):
            getattr(self, name).update(getattr(other, name))
        self.rows += other.rows
        if len(self.rows) > 2 * ROWS_MAX * len(FlipKind):
            self.keep_largest()

    def keep_largest(self) -> None:
        """Of each kind the ``ROWS_MAX`` lines with the largest difference, the largest first."""
        kept = Counter[FlipKind]()
        rows, self.rows = sorted(self.rows, key=_by_size), []
        for row in rows:
            kept[row.kind] += 1
            if kept[row.kind] <= ROWS_MAX:
                self.rows.append(row)


def _by_size(row: FlipRow) -> tuple[int, str, int]:
    return -abs(row.difference_rial), row.number, row.line

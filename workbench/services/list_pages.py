"""One page of a list that is read by key, forwards or backwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from workbench.services.claims.listed import capped_text

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Generic[Row]):
    """The rows; the keys are opaque, None where there is no such page."""

    rows: tuple[Row, ...]
    next_key: str | None
    previous_key: str | None
    total: int
    is_total_capped: bool

    @property
    def total_text(self) -> str:
        """The total in the present language, «۱٬۰۰۰+» above the cap."""
        return capped_text(self.total, self.is_total_capped)


def list_page(
    found: Sequence[Row],
    size: int,
    *,
    after: str | None,
    before: str | None,
    key: Callable[[Row], str],
    total: Callable[[], tuple[int, bool]],
) -> ListPage[Row]:
    """The page of ``found``: up to ``size`` + 1 rows in the direction of reading.

    ``total``, how many there are at least and whether there may be more, is asked only when the
    page is not all.
    """
    has_more, rows = len(found) > size, tuple(found[:size])
    rows = rows[::-1] if before else rows
    is_all = not has_more and after is None and before is None
    count, is_capped = (len(rows), False) if is_all else total()
    has_former = has_more if before else after is not None
    has_later = True if before else has_more
    return ListPage(
        rows=rows,
        next_key=key(rows[-1]) if rows and has_later else None,
        previous_key=key(rows[0]) if rows and has_former else None,
        total=count,
        is_total_capped=is_capped,
    )

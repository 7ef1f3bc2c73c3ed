"""The export of a page of figures: one button in the head of every one of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.persian.jalali import day_of, format_day
from workbench.services.access import Actor
from workbench.services.figures.sheets import FigureSheet, figures_xlsx
from workbench.services.figures.throughput import Wanted
from workbench.ui.downloads import XLSX, download
from workbench.ui.page import Context
from workbench.ui.pages import title


class MakeSheets(Protocol):
    """``sheets(session, actor, wanted, now=…)``: the tables of a page, as the page shows them."""

    def __call__(
        self, session: Session, actor: Actor, wanted: Wanted, *, now: datetime
    ) -> Sequence[FigureSheet]:
        """The sheets, in the order of the page."""


def draw_export(asking: Context, page: str, wanted: Wanted, sheets: MakeSheets) -> None:
    """A button that makes the file when it is pressed; ``page`` is the page's address."""
    name = title(page)

    def made(session: Session, actor: Actor, *, now: datetime) -> bytes:
        tables = sheets(session, actor, wanted, now=now)
        return figures_xlsx(
            session, actor, page=page, title=name, wanted=wanted, sheets=tables, now=now
        )

    on = format_day(day_of(asking.now)).replace("/", "")
    download(
        asking,
        _("Export"),
        made,
        file_name=f"{page}-{on}.xlsx",
        mime=XLSX,
        key="mg_export",
        icon=":material/download:",
    )

"""Prices and coefficients out and in as XLSX: a report per row, nothing applied until confirmed."""

from datetime import date
from html import escape

import streamlit as st

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.catalogue.grid import card, grid
from workbench.pages.catalogue.list_export import draw_export
from workbench.services.access import may
from workbench.services.catalogue.changes import propose
from workbench.services.catalogue.price_sheets import (
    COEFFICIENTS,
    PRICES,
    SheetReport,
    read_price_sheet,
)
from workbench.services.errors import sentence
from workbench.services.runtime import database
from workbench.services.sheet_reading import BYTES_MAX
from workbench.ui.format import digits, ltr
from workbench.ui.jalali_input import jalali_input, typed_day
from workbench.ui.page import Context, doing, tell

WRONG_SHOWN_MAX = 200


def draw_files(asking: Context, tariff_set: str | None) -> None:
    """Export for all; for who may propose, import beneath. ``tariff_set`` None: coefficients."""
    kind = COEFFICIENTS if tariff_set is None else PRICES
    with st.expander(_("Export and import (XLSX)"), key=f"cat_form_file_{kind}"):
        draw_export(asking, kind, tariff_set)
        if may(asking.actor, "catalogue.propose"):
            _draw_import(asking, kind)


def _draw_import(asking: Context, kind: str) -> None:
    st.html(f'<div class="az"><p class="ink2 s13">{escape(_explained())}</p></div>')
    keys = {name: f"cat_{name}.{kind}" for name in ("file", "file_on", "file_why", "file_some")}
    chosen = st.file_uploader(
        _("Sheet (XLSX)"),
        type=["xlsx"],
        key=keys["file"],
        max_upload_size=BYTES_MAX // 1_000_000,
    )
    on = jalali_input(_("First day of the prices"), keys["file_on"])
    if chosen is not None and on is not None:
        _draw_report(asking, kind, chosen.getvalue(), on, keys)
    elif chosen is not None:
        said = escape(_("Type the first day; the report follows."))
        st.html(f'<div class="az s13" role="status">{said}</div>')


def _explained() -> str:
    return _(
        "Export the list, write the new values in, and choose the file here. You see what is "
        "wrong in which row; what is right becomes one change, which a second person publishes."
    )


def _draw_report(
    asking: Context, kind: str, content: bytes, on: date, keys: dict[str, str]
) -> None:
    report = _report(asking, kind, content, on)
    if isinstance(report, str):
        st.html(f'<div class="az"><div class="bad-note" role="alert">{escape(report)}</div></div>')
        return
    st.html(_summary(report))
    is_some = True
    if report.wrong:
        st.html(card(_("Wrong rows"), _wrong(report)))
        is_some = st.checkbox(_("Leave the wrong rows out"), key=keys["file_some"])
    st.text_input(_("Reason of the change"), key=keys["file_why"])
    st.button(
        _("Propose"),
        key=f"cat_file_save_{kind}",
        type="primary",
        disabled=not report.items or not is_some,
        on_click=_propose,
        args=(asking, kind, keys),
    )


def _report(asking: Context, kind: str, content: bytes, on: date) -> SheetReport | str:
    try:
        with database().reading() as session:
            return read_price_sheet(session, asking.actor, kind, content, from_on=on)
    except Refused as refused:
        return sentence(refused)


def _summary(report: SheetReport) -> str:
    said = _("{new} rows change something, {same} say what holds already, {wrong} are wrong.")
    text = said.format(
        new=digits(len(report.items)),
        same=digits(report.unchanged_count),
        wrong=digits(len(report.wrong)),
    )
    return f'<div class="az s13" role="status" data-test="cat-report">{escape(text)}</div>'


def _wrong(report: SheetReport) -> str:
    rows = [
        (
            ltr(row.number),
            f"<bdi>{escape(digits(row.key))}</bdi>",
            escape(sentence(row.problem)),
        )
        for row in report.wrong[:WRONG_SHOWN_MAX]
        if row.problem is not None
    ]
    table = grid((_("Row"), _("Code"), _("Why")), rows, 2)
    rest = len(report.wrong) - WRONG_SHOWN_MAX
    if rest > 0:
        more = escape(_("… and {n} more rows").format(n=digits(rest)))
        table += f'<p class="mut s13">{more}</p>'
    return table


def _propose(asking: Context, kind: str, keys: dict[str, str]) -> None:
    """The file is read again now: what it is compared with may have changed meanwhile."""
    kept, now = st.session_state, clock.now()
    chosen, on, reason = kept.get(keys["file"]), typed_day(keys["file_on"]), kept[keys["file_why"]]
    if chosen is None or on is None:
        tell("refused", _("Choose the file and type the first day."))
        return
    report = _report(asking, kind, chosen.getvalue(), on)
    if isinstance(report, str):
        tell("refused", report)
    elif report.wrong and not kept.get(keys["file_some"]):
        tell("refused", _("Some rows are wrong. Correct them, or say that they are left out."))
    else:
        given = {"reason": reason, "from_on": on, "items": report.items, "now": now}
        if doing(lambda s: propose(s, asking.actor, **given)) is not None:
            tell("done", _("Proposed. It waits among the changes for a second person."))
            kept[keys["file_why"]] = ""

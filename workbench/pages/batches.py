"""The list of batches, and one batch down to the services of its cases (mock-up 06)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape
from typing import Protocol, TypeVar

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _, counted
from workbench.pages import batch_images, batch_panels, batch_rows
from workbench.rules.workflow import BatchState
from workbench.services.access import Actor
from workbench.services.batches import batches
from workbench.services.batches import listing as batch_list
from workbench.services.batches import view as batch_view
from workbench.services.batches.form8 import form8_pdf
from workbench.services.batches.listing import BatchFilters
from workbench.services.batches.spreadsheets import batch_xlsx
from workbench.services.batches.view import BatchView
from workbench.services.errors import state_name
from workbench.ui import navigate
from workbench.ui.address import asked
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import table
from workbench.ui.downloads import PDF, XLSX, download
from workbench.ui.format import digits
from workbench.ui.page import Context, context, doing, tell
from workbench.ui.page import reading as read
from workbench.ui.paging import first_and_next

T = TypeVar("T")
AFTER, CHOSEN = "batches.after", "batch.case"


class Paper(Protocol):
    """A service that makes the bytes of a paper of a batch."""

    def __call__(
        self, session: Session, actor: Actor, acceptance_number: str, *, now: datetime
    ) -> bytes: ...


def batches_page() -> None:
    """The batches of the actor's insurers, by filters and pages."""
    asking = context()
    st.html(f'<div class="az"><div class="ph"><h1>{escape(_("Batches"))}</h1></div></div>')
    filters = _filters(asking)
    after = st.session_state.get(AFTER)
    page = read(lambda s: batch_list.read_batches(s, asking.actor, filters, after_key=after))
    table(
        "batches_rows",
        columns=batch_rows.batch_columns(page.sees_money),
        rows=[batch_rows.batch_list_row(row) for row in page.rows],
        on_open=lambda number: navigate.go("batch", batch=number),
        words=_empty_words(filters),
    )
    first_and_next("batches", after, page.next_key, _turn)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _empty_words(filters: BatchFilters) -> dict[str, str]:
    if filters == BatchFilters():
        return {
            "empty": _("There is no batch yet."),
            "hint": _("Centres send them; reception brings them in by the page “Incoming”."),
        }
    return {"empty": _("No batch fits these filters.")}


def _turn(key: str | None) -> None:
    st.session_state[AFTER] = key


def _filters(asking: Context) -> BatchFilters:
    """The four fields; what stands in them is still there after a look at a batch."""
    choices = read(lambda s: batch_list.batch_choices(s, asking.actor))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _restore("batches_number")
        number = st.text_input(
            _("Acceptance number"),
            key="batches_number",
            on_change=_keep,
            args=("batches_number",),
            width=180,
        )
        state = _choice(_("State"), "batches_state", {s.value: state_name(s) for s in BatchState})
        insurer_id = _choice(_("Insurer"), "batches_insurer", choices.insurers)
        centre_id = _choice(_("Centre"), "batches_centre", choices.centres)
    return BatchFilters(state=state, insurer_id=insurer_id, centre_id=centre_id, number=number)


def _choice(label: str, key: str, names: dict[T, str]) -> T | None:
    _restore(key)
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda value: names.get(value, digits(value)),
        placeholder=_("All"),
        key=key,
        on_change=_keep,
        args=(key,),
        width=220,
    )


def _keep(key: str) -> None:
    """A filter was changed: the list begins anew, and the choice outlives a visit to a batch."""
    st.session_state[f"kept.{key}"] = st.session_state[key]
    _turn(None)


def _restore(key: str) -> None:
    """The framework forgets the fields of a page that is left."""
    if key not in st.session_state and f"kept.{key}" in st.session_state:
        st.session_state[key] = st.session_state[f"kept.{key}"]


def batch_page() -> None:
    """One batch (address ``?batch=…``)."""
    asking = context()
    (number,) = asked("batch", "batch")
    if not number:
        navigate.go("batches")
        st.rerun()
    view = read(lambda s: batch_view.read_batch(s, asking.actor, number))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Batches"),
            key="b_batches",
            type="tertiary",
            icon=":material/chevron_right:"
            if asking.language == "fa"
            else ":material/chevron_left:",
            on_click=navigate.go,
            args=("batches",),
        )
        with st.container(width="stretch"):
            st.html(batch_panels.batch_head(view))
        _actions(asking, view)
    st.html(batch_panels.steps(view))
    if view.settled is not None:
        st.html(batch_panels.equation(view))
    chosen = _chosen(view)
    open_ids = batch_images.open_cases(asking, view)
    cases = batch_panels.cases_table(view, chosen, open_ids)
    open_rows("batch_cases", cases, partial(_open_row, asking, number))
    if chosen and view.may_see_money:
        _lines(asking, view, chosen)
    batch_images.draw_asked(asking, view, open_ids)
    page_agent("agent", {"keys": {"Ctrl+Enter": "b_forward"}}, lambda: None)


def _actions(asking: Context, view: BatchView) -> None:
    """Papers and steps; what leads on is the one primary button.

    The split goes first: when it is done, no other button takes its place under the pointer.
    """
    if view.may_split:
        label = _("Split {n} returned off").format(n=digits(view.returned_count))
        st.button(label, key="b_split", on_click=_split, args=(asking, view))
    if view.may_see_money:
        number = view.acceptance_number
        _download(
            asking, number, _("Form no. 8 (PDF)"), "form8", form8_pdf, "pdf", PDF, is_paper=True
        )
        _download(asking, number, "XLSX", "batch", batch_xlsx, "xlsx", XLSX)
    if view.may_send_to_finance:
        _forward(_("Send to finance"), _send, asking, view, is_next=view.is_ready_for_finance)
    if view.may_archive:
        _forward(_("Archive"), _archive, asking, view, is_next=True)


def _forward(
    label: str,
    action: Callable[[Context, BatchView], None],
    asking: Context,
    view: BatchView,
    *,
    is_next: bool,
) -> None:
    """The step that leads on: the one primary button, once nothing stands in its way."""
    st.button(
        label,
        key="b_forward",
        type="primary" if is_next else "secondary",
        on_click=action,
        args=(asking, view),
        shortcut="Ctrl+Enter",
    )


def _download(
    asking: Context,
    number: str,
    label: str,
    name: str,
    make: Paper,
    ending: str,
    mime: str,
    *,
    is_paper: bool = False,
) -> None:
    """The bytes are made when the button is pressed; each time leaves an audit event."""
    download(
        asking,
        label,
        lambda session, actor, *, now: make(session, actor, number, now=now),
        file_name=f"{name}-{number}.{ending}",
        mime=mime,
        key=f"get_{name}",
        is_paper=is_paper,
    )


def _send(asking: Context, view: BatchView) -> None:
    number, version = view.acceptance_number, view.version
    doing(
        lambda s: batches.send_batch_to_finance(
            s, asking.actor, number, version=version, now=clock.now()
        ),
        done=_("Batch {number} was sent to finance.").format(number=digits(number)),
    )


def _archive(asking: Context, view: BatchView) -> None:
    number, version = view.acceptance_number, view.version
    doing(
        lambda s: batches.archive_batch(s, asking.actor, number, version=version, now=clock.now()),
        done=_("Batch {number} was archived.").format(number=digits(number)),
    )


def _split(asking: Context, view: BatchView) -> None:
    number, version = view.acceptance_number, view.version
    made = doing(
        lambda s: batches.split_returned(s, asking.actor, number, version=version, now=clock.now())
    )
    if made is not None:
        count = len(made.claim_numbers)
        text = counted(
            count,
            _("{n} returned case now stands in batch {number}."),
            _("{n} returned cases now stand in batch {number}."),
        )
        tell("done", text.format(n=digits(count), number=digits(made.acceptance_number)))


def _chosen(view: BatchView) -> str | None:
    """The case whose lines are shown, as long as it is in this batch."""
    number = st.session_state.get(CHOSEN)
    return number if any(case.number == number for case in view.cases) else None


def _open_row(asking: Context, acceptance_number: str, opened: str) -> None:
    """A row was opened, or the button in it pressed."""
    claim_number = opened.removeprefix(batch_images.IMAGES_OF)
    if claim_number != opened:
        batch_images.ask(claim_number)
    else:
        _open_lines(asking, acceptance_number, claim_number)


def _open_lines(asking: Context, acceptance_number: str, claim_number: str) -> None:
    """Show the lines of a case; looking at them is on the record."""
    if st.session_state.get(CHOSEN) == claim_number:
        return
    st.session_state[CHOSEN] = claim_number
    doing(
        lambda s: batch_view.note_case_opened(
            s, asking.actor, acceptance_number, claim_number, now=clock.now()
        )
    )


def _lines(asking: Context, view: BatchView, number: str) -> None:
    acceptance_number = view.acceptance_number
    case = read(lambda s: batch_view.read_case_lines(s, asking.actor, acceptance_number, number))
    money = next(row.money for row in view.cases if row.number == number)
    open_rows("batch_lines", batch_panels.lines_table(case, money))
    if view.may_open_cases:
        st.button(
            _("Open the case"),
            key="b_open_case",
            type="tertiary",
            on_click=navigate.open_case,
            args=(number,),
        )

"""Reception: record the physical receipt of a batch; chase what was sent and never came."""

from datetime import date
from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.persian.digits import to_ascii
from workbench.persian.jalali import parse_day
from workbench.services import receipt
from workbench.services.receipt import OVERDUE_DAYS, BatchNotReceived
from workbench.ui.components.open_rows import open_rows
from workbench.ui.format import digits, instant, ltr, pill, rial
from workbench.ui.page import Context, context, doing, tell
from workbench.ui.page import reading as read

NUMBER, DAY, ONLY_LATE = "receipt.number", "receipt.day", "receipt.only_late"


def receipt_page() -> None:
    """A number, a day, one button; below it the batches that are still on their way."""
    asking = context()
    st.html(f'<div class="az"><div class="ph"><h1>{escape(_("Physical receipt"))}</h1></div></div>')
    with (
        st.form("receipt", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("Acceptance number"), key=NUMBER, width=200)
        st.text_input(
            _("Day of receipt, if not today"),
            key=DAY,
            width=220,
            placeholder=digits("1404/09/01"),
        )
        st.form_submit_button(
                _("Record the receipt"), key="b_receive", type="primary",
                on_click=_receive, args=(asking,),
            )  # fmt: skip
    only_late = st.toggle(
        _("Only those sent more than {n} days ago").format(n=digits(OVERDUE_DAYS)), key=ONLY_LATE
    )
    days = OVERDUE_DAYS if only_late else 0
    waiting = read(
        lambda s: receipt.batches_not_received(
            s, asking.actor, now=asking.now, older_than_days=days
        )
    )
    open_rows("receipt_rows", _table(waiting), _fill)


def _fill(number: str) -> None:
    st.session_state[NUMBER] = digits(number)


def _receive(asking: Context) -> None:
    number = to_ascii(st.session_state[NUMBER]).strip()
    if not number:
        tell("refused", _("Type the acceptance number first."))
        return
    try:
        received_on = _day(st.session_state[DAY])
    except ValueError:
        tell("refused", _("The day is written like 1404/09/01."))
        return
    done = doing(
        lambda s: receipt.receive_batch(
            s, asking.actor, number, now=clock.now(), received_on=received_on
        )
    )
    if done is not None:
        said = _("Batch {number} was received: {n} cases accepted, to be decided by {due_at}.")
        tell(
            "done",
            said.format(
                number=digits(number), n=digits(done.claim_count), due_at=instant(done.first_due_at)
            ),
        )
        st.session_state[NUMBER] = st.session_state[DAY] = ""


def _day(text: str) -> date | None:
    return parse_day(text) if text.strip() else None


def _table(rows: list[BatchNotReceived]) -> str:
    heads = (
        _("Acceptance number"),
        _("Insurer"),
        _("Centre"),
        _("Telephone"),
        _("Sent by the centre"),
        _("On its way"),
        _("Cases"),
        _("Service cost"),
    )
    titles = "".join(f"<th>{escape(title)}</th>" for title in heads)
    body = "".join(_row(row) for row in rows)
    if not rows:
        text = escape(_("Every batch that was sent has been received."))
        body = f'<tr><td colspan="{len(heads)}" class="empty">{text}</td></tr>'
    return f"""<section class="az card"><header><h2>{escape(_("Sent, not received"))}</h2>
<span class="c">{escape(digits(len(rows)))}</span></header><div class="scroll"><table>
<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div></section>"""


def _row(row: BatchNotReceived) -> str:
    days = _("{n} days").format(n=digits(row.days))
    shown = pill("late", days) if row.days >= OVERDUE_DAYS else escape(days)
    return f"""<tr data-open="{escape(row.acceptance_number)}" tabindex="0" style="cursor:pointer">
<td class="w6">{ltr(row.acceptance_number)}</td><td>{escape(row.insurer)}</td>
<td>{escape(row.centre)}</td><td>{ltr(row.phone or "–")}</td><td>{ltr(instant(row.sent_at))}</td>
<td>{shown}</td><td>{escape(digits(row.claim_count))}</td><td>{rial(row.cost_rial)}</td></tr>"""

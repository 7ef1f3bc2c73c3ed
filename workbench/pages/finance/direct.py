"""Finance: finished direct claims into remittance orders, and orders on to the bank."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _, counted
from workbench.persian.jalali import TEHRAN, parse_day
from workbench.services.batches import finance
from workbench.services.batches.finance import DirectClaim, RemittanceRow
from workbench.services.errors import state_name
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import day, digits, instant, ltr, pill, rial
from workbench.ui.page import Context, context, doing, tell
from workbench.ui.page import reading as read
from workbench.ui.paging import first_and_next

AFTER, CHOSEN = "direct.after", "direct.chosen"
NUMBER, DAY = "direct.number", "direct.day"
STATE_TONES = {finance.ORDERED: "review", finance.SENT_FOR_PAYMENT: "approved"}


def direct_page() -> None:
    """Choose finished claims of one insurer, order their payment, send the order."""
    asking = context()
    st.html(f'<div class="az"><div class="ph"><h1>{escape(_("Direct claims"))}</h1></div></div>')
    after = st.session_state.get(AFTER)
    page = read(lambda s: finance.finished_direct_claims(s, asking.actor, after_key=after))
    chosen = finance.chosen_of(page.rows, st.session_state.get(CHOSEN, []))
    _order_form(asking, chosen)
    open_rows("direct_rows", _claims_table(page.rows, chosen), _toggle)
    first_and_next("direct", after, page.next_key, _turn)
    _remittances(asking)
    page_agent("agent", {}, lambda: None)


def _turn(key: str | None) -> None:
    st.session_state[AFTER] = key
    st.session_state[CHOSEN] = []


def _toggle(key: str) -> None:
    chosen = list(st.session_state.get(CHOSEN, []))
    if key in chosen:
        chosen.remove(key)
    else:
        chosen.append(key)
    st.session_state[CHOSEN] = chosen


def _order_form(asking: Context, chosen: Sequence[DirectClaim]) -> None:
    with (
        st.form("order", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("Number of the order"), key=NUMBER, width=240)
        st.text_input(
            _("Day of the order, if not today"),
            key=DAY,
            width=220,
            placeholder=day(asking.now.astimezone(TEHRAN).date()),
        )
        st.form_submit_button(
            _("Order the payment"),
            key="b_order",
            type="primary",
            on_click=_order,
            args=(asking, list(chosen)),
        )
    sentence = counted(len(chosen), _("{n} claim chosen"), _("{n} claims chosen"))
    count = sentence.format(n=digits(len(chosen))) if chosen else _("Choose the claims below")
    amount = rial(finance.payable_of(chosen), zero=_("zero"))
    st.html(
        f'<div class="az panel" style="padding:10px 14px"><span class="row">{escape(count)}'
        f'<span class="sp"></span><span class="mut">{escape(_("Amount of the order"))}</span>'
        f'<b class="s16">{amount}</b></span></div>'
    )


def _order(asking: Context, chosen: Sequence[DirectClaim]) -> None:
    try:
        ordered_on = _day(st.session_state[DAY])
    except ValueError:
        tell("refused", _("The day is written like 1404/09/01."))
        return
    keys = [finance.ClaimKey(insurer_id=c.insurer_id, claim_id=c.claim_id) for c in chosen]
    number = st.session_state[NUMBER]
    done = doing(
        lambda s: finance.order_remittance(
            s,
            asking.actor,
            keys[0].insurer_id if keys else 0,
            keys,
            number=number,
            ordered_on=ordered_on,
            now=clock.now(),
        ),
        done=_("The payment was ordered; the order waits to be sent for payment."),
    )
    if done is not None:
        st.session_state[NUMBER] = st.session_state[DAY] = ""
        st.session_state[CHOSEN] = []


def _day(text: str) -> date:
    return parse_day(text) if text.strip() else clock.now().astimezone(TEHRAN).date()


def _remittances(asking: Context) -> None:
    found = read(lambda s: finance.read_remittances(s, asking.actor))
    rows = sorted(found, key=lambda r: (r.state == finance.ORDERED, r.ordered_on), reverse=True)
    st.html(_remittance_table(rows))
    waiting = {f"{row.number} · {row.insurer}": row for row in rows if row.state == finance.ORDERED}
    if not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            _("Order to send for payment"), list(waiting), key="direct_send", format_func=digits,
            index=None, placeholder=_("Choose the order"), width=360,
        )  # fmt: skip
        st.button(
            _("Send for payment"),
            key="b_pay",
            on_click=_send,
            args=(asking, waiting.get(name or "")),
            disabled=name not in waiting,
        )


def _send(asking: Context, row: RemittanceRow | None) -> None:
    """Send the chosen order; the next one has to be chosen anew."""
    st.session_state["direct_send"] = None
    if row is None:
        return
    doing(
        lambda s: finance.send_remittance(
            s, asking.actor, row.insurer_id, row.remittance_id, now=clock.now()
        ),
        done=_("Order {number} was sent for payment.").format(number=digits(row.number)),
    )


def _claims_table(rows: Sequence[DirectClaim], chosen: Sequence[DirectClaim]) -> str:
    heads = (
        ("", ""),
        (_("Case"), ""),
        (_("Tracking code"), ""),
        (_("Insurer"), ""),
        (_("Insured"), ""),
        (_("Finished"), ""),
        (_("Service cost"), "n"),
        (_("Payable to the member"), "n"),
    )
    titles = "".join(f'<th class="{kind}">{escape(title)}</th>' for title, kind in heads)
    body = "".join(_claim_row(row, row in chosen) for row in rows)
    if not rows:
        text = escape(_("No finished direct claim waits for an order."))
        body = f'<tr><td colspan="{len(heads)}" class="empty">{text}</td></tr>'
    return f"""<section class="az card"><header>
<h2>{escape(_("Finished, not ordered"))}</h2></header>
<div class="scroll"><table role="grid"><thead><tr>{titles}</tr></thead>
<tbody>{body}</tbody></table></div></section>"""


def _claim_row(row: DirectClaim, is_chosen: bool) -> str:
    state = 'class="sel" aria-selected="true"' if is_chosen else 'aria-selected="false"'
    mark = "☑" if is_chosen else "☐"
    return f"""<tr {state} data-open="{escape(row.key)}" tabindex="0" style="cursor:pointer">
<td>{mark}</td><td class="w6">{ltr(row.number)}</td><td>{ltr(row.tracking_code or "–")}</td>
<td>{escape(row.insurer)}</td><td>{escape(row.patient)}</td><td>{ltr(instant(row.finished_at))}</td>
<td class="n">{rial(row.cost_rial)}</td><td class="n w6">{rial(row.payable_rial)}</td></tr>"""


def _remittance_table(rows: Sequence[RemittanceRow]) -> str:
    heads = (
        (_("Number of the order"), ""),
        (_("Insurer"), ""),
        (_("Day of the order"), ""),
        (_("State"), ""),
        (_("Sent for payment on"), ""),
        (_("Claims"), "n"),
        (_("Amount"), "n"),
    )
    titles = "".join(f'<th class="{kind}">{escape(title)}</th>' for title, kind in heads)
    body = "".join(
        f"""<tr><td class="w6">{ltr(row.number)}</td><td>{escape(row.insurer)}</td>
<td>{ltr(day(row.ordered_on))}</td>
<td>{pill(STATE_TONES[row.state], state_name(row.state))}</td><td>{ltr(instant(row.sent_at))}</td>
<td class="n">{escape(digits(row.claim_count))}</td>
<td class="n w6">{rial(row.amount_rial)}</td></tr>"""
        for row in rows
    )
    if not rows:
        text = escape(_("No order yet."))
        body = f'<tr><td colspan="{len(heads)}" class="empty">{text}</td></tr>'
    return f"""<div class="az"><section class="card"><header>
<h2>{escape(_("Remittance orders"))}</h2>
</header><div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>
</div></section></div>"""

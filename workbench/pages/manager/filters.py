"""The filter bar of the managers' pages, kept in the address: codes and days, never a name."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

import streamlit as st

from workbench.i18n import _
from workbench.pages.manager.export import MakeSheets, draw_export
from workbench.pages.manager.views import draw_views
from workbench.persian.jalali import (
    add_months,
    day_from_parts,
    day_of,
    format_day,
    month_of,
    parse_day,
)
from workbench.services.choices import Decider, read_choices, read_deciders
from workbench.services.figures.throughput import Wanted, usual_period
from workbench.services.figures.words import kind_name, part_name
from workbench.ui import navigate
from workbench.ui.format import day
from workbench.ui.jalali_input import jalali_input, typed_day
from workbench.ui.page import Context, reading
from workbench.ui.pages import title

IDS = ("insurer", "centre", "assessor")
KINDS = ("indirect", "direct")
PART = "part"


def wanted_by_address(now: datetime) -> Wanted:
    """What the address asks for; what it says wrongly is left out."""
    first_on, last_on = periods(now).get(st.query_params.get("period", ""), usual_period(now))
    first_on = _day("from") or first_on
    last_on = min(_day("to") or last_on, day_of(now))
    kind = st.query_params.get("kind")
    return Wanted(
        first_on=min(first_on, last_on),
        last_on=last_on,
        insurer_id=_id("insurer"),
        centre_id=_id("centre"),
        assessor_id=_id("assessor"),
        kind=kind if kind in KINDS else None,
    )


def limits_to_save(now: datetime) -> dict[str, str]:
    """The address as a view keeps it: days that have a name move along with the calendar."""
    wanted = wanted_by_address(now)
    period = (wanted.first_on, wanted.last_on)
    code = next((name for name, days in periods(now).items() if days == period), None)
    kept = {name: st.query_params[name] for name in (*IDS, "kind", PART) if name in st.query_params}
    if code is not None:
        return {"period": code, **kept}
    first, last = (format_day(on).replace("/", "-") for on in period)
    return {"from": first, "to": last, **kept}


def _day(name: str) -> date | None:
    try:
        return parse_day(st.query_params.get(name, ""))
    except ValueError:
        return None


def _id(name: str) -> int | None:
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def part_by_address(options: Sequence[str]) -> str:
    """What the address tells the figures apart by; the first of ``options`` where it is silent."""
    chosen = st.query_params.get(PART, "")
    return chosen if chosen in options else options[0]


def draw_parting(options: Sequence[str]) -> None:
    """The choice of what the figures are told apart by."""
    key = f"mg_{PART}"
    st.session_state[key] = part_by_address(options)
    st.segmented_control(
        _("Told apart by"),
        list(options),
        key=key,
        format_func=part_name,
        label_visibility="collapsed",
        on_change=_set_part,
    )


def _set_part() -> None:
    chosen = st.session_state[f"mg_{PART}"]
    if chosen is not None:
        st.query_params[PART] = chosen


def periods(now: datetime) -> dict[str, tuple[date, date]]:
    """The periods to choose from, by their code, up to today."""
    today = day_of(now)
    year, month = month_of(today)
    this_month = day_from_parts(year, month, 1)
    last_month = add_months(this_month, -1)
    return {
        "day": (today, today),
        "week": (today - timedelta(days=6), today),
        "usual": usual_period(now),
        "month": (this_month, today),
        "former": (last_month, this_month - timedelta(days=1)),
        "quarter": (today - timedelta(days=89), today),
        "year": (day_from_parts(year, 1, 1), today),
        "years": (add_months(today, -48), today),
    }


def period_name(code: str) -> str:
    """What a period is called."""
    return {
        "day": _("Today"),
        "week": _("7 days"),
        "usual": _("42 days"),
        "month": _("This month"),
        "former": _("Last month"),
        "quarter": _("90 days"),
        "year": _("This year"),
        "years": _("Four years"),
        "own": _("Own period…"),
    }[code]


TABS = (
    *("throughput", "deductions", "commission_figures", "referral_figures", "assessor_figures"),
    *("agreement", "what-if", "catalogues"),
)
"""The managers' pages, by their address."""


def draw_head(asking: Context, present: str, sheets: MakeSheets | None = None) -> None:
    """The pages of figures by name, beneath them the filters that all of them share.

    ``sheets``: the tables of the page; with them the head offers their export.
    """
    draw_tabs(present)
    with st.container(key="mg_head", horizontal=True, vertical_alignment="center"):
        _draw_filters(asking)
        draw_views(asking, limits_to_save(asking.now))
        if sheets is not None:
            st.space("stretch")
            draw_export(asking, present, wanted_by_address(asking.now), sheets)


def draw_tabs(present: str) -> None:
    """The pages of figures by name; that of the present one is the page's title."""
    with st.container(key="mg_tabs", horizontal=True):
        for path in TABS:
            _draw_tab(path, is_present=path == present)


def _draw_tab(path: str, *, is_present: bool) -> None:
    if is_present:
        st.html(f'<div class="az mg-here"><h1>{escape(title(path))}</h1></div>')
        return
    st.button(title(path), key=f"mg_tab_{path}", type="tertiary", on_click=_go, args=(path,))


def _go(path: str) -> None:
    navigate.go(path, **st.query_params.to_dict())


def _draw_filters(asking: Context) -> None:
    """Each choice goes into the address at once."""
    wanted, known = wanted_by_address(asking.now), periods(asking.now)
    period = (wanted.first_on, wanted.last_on)
    code = next((name for name, days in known.items() if days == period), "own")
    choices, deciders = reading(
        lambda s: (read_choices(s, asking.actor), read_deciders(s, asking.actor))
    )
    with st.popover(_period_word(code, period), icon=":material/calendar_month:"):
        _draw_period(known, code, period)
    names: dict[str, tuple[str, dict[Any, str], Any]] = {
        "insurer": (_("All insurers"), dict(choices.insurers), wanted.insurer_id),
        "centre": (_("All centres"), dict(choices.centres), wanted.centre_id),
        "assessor": (_("All assessors"), _people(deciders), wanted.assessor_id),
        "kind": (_("All kinds"), {code: kind_name(code) for code in KINDS}, wanted.kind),
    }
    for name, (all_word, options, chosen) in names.items():
        _draw_choice(name, all_word, options, chosen)


def _people(deciders: Sequence[Decider]) -> dict[int, str]:
    left = _("{name} (left)")
    return {
        each.user_id: left.format(name=each.name) if each.has_left else each.name
        for each in deciders
    }


def limits_note(now: datetime) -> str:
    """The period, as it follows the name of a chart that leaves the page."""
    wanted = wanted_by_address(now)
    first, last = day(wanted.first_on), day(wanted.last_on)
    return _(": ") + _("{first} to {last}").format(first=first, last=last)


def _period_word(code: str, period: tuple[date, date]) -> str:
    if code != "own":
        return period_name(code)
    return _("{first} to {last}").format(first=day(period[0]), last=day(period[1]))


def _draw_period(known: dict[str, tuple[date, date]], code: str, period: tuple[date, date]) -> None:
    with st.container(key="mg_periods"):
        for name, days in known.items():
            st.button(
                period_name(name),
                key=f"mg_p_{name}",
                type="secondary" if name == code else "tertiary",
                on_click=_set_days,
                args=days,
                width="stretch",
            )
        jalali_input(_("From"), "mg_from", period[0])
        jalali_input(_("To"), "mg_to", period[1])
    st.button(_("Show"), key="mg_p_own", on_click=_set_own)


def _set_own() -> None:
    first_on, last_on = typed_day("mg_from"), typed_day("mg_to")
    if first_on is not None and last_on is not None:
        _set_days(*sorted((first_on, last_on)))


def _set_days(first_on: date, last_on: date) -> None:
    """Both days at once: each change of the address is a step of the browser's way back."""
    kept = {name: value for name, value in st.query_params.items() if name != "period"}
    for name, on in (("from", first_on), ("to", last_on)):
        kept[name] = format_day(on).replace("/", "-")
        st.session_state.pop(f"mg_{name}", None)
    st.query_params.from_dict(kept)


def _draw_choice(name: str, all_word: str, options: dict[Any, str], chosen: Any) -> None:
    key = f"mg_{name}"
    st.session_state[key] = chosen if chosen in options else None
    st.selectbox(
        all_word,
        list(options),
        index=None,
        key=key,
        placeholder=all_word,
        format_func=lambda each: options[each],
        label_visibility="collapsed",
        width=150,
        on_change=_set_choice,
        args=(name,),
    )


def _set_choice(name: str) -> None:
    chosen = st.session_state[f"mg_{name}"]
    if chosen is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(chosen)

"""Services and reasons: who may, adds, renames and deactivates; nothing is deleted."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _, language
from workbench.pages.catalogue.grid import card, empty, grid, note
from workbench.pages.catalogue.list_export import draw_export
from workbench.services.access import may
from workbench.services.catalogue.codes import (
    DEDUCTION,
    DEFECT,
    ReasonRow,
    ServiceRow,
    add_reason,
    read_reasons,
    read_services,
    rename_reason,
    set_reason_active,
    set_service_active,
)
from workbench.services.catalogue.lists import read_coefficients
from workbench.services.referrals.letter_words import group_name
from workbench.ui.format import digits, ltr, pill, whole
from workbench.ui.page import Context, doing, reading

NONE = '<span class="mut">–</span>'
TEXT, SERVICE = "cat_service_text", "cat_service"
KIND, NUMBER, NEW_FA, NEW_EN, REASON = (
    "cat_reason_kind",
    "cat_reason_number",
    "cat_reason_new_fa",
    "cat_reason_new_en",
    "cat_reason",
)


def draw_services(asking: Context) -> None:
    """The services by code; the administrator says which may be chosen."""
    st.html(note(_at_once()))
    text = st.text_input(_("Code or title"), key=TEXT, width=320)
    rows = reading(lambda s: read_services(s, asking.actor, text=text))
    sets = reading(lambda s: read_coefficients(s, asking.actor, now=asking.now)).sets
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            st.html(_services(rows, sets))
            draw_export(asking, "services")
        if rows and may(asking.actor, "catalogue.manage"):
            with st.container(width=380), st.container(border=True, key="cat_form_service"):
                _service_form(asking, rows)


def draw_reasons(asking: Context) -> None:
    """Deductions and defects; the administrator adds, renames and deactivates them."""
    st.html(note(_at_once()))
    rows = reading(lambda s: read_reasons(s, asking.actor))
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            st.html(_reasons(rows, DEDUCTION, _("Deduction reasons")))
            st.html(_reasons(rows, DEFECT, _("Return reasons")))
            draw_export(asking, "reasons")
        if may(asking.actor, "catalogue.manage"):
            with st.container(width=380):
                with st.container(border=True, key="cat_form_reason"):
                    _reason_form(asking, rows)
                with st.container(border=True, key="cat_form_new_reason"):
                    _new_reason_form(asking)


def _at_once() -> str:
    return _(
        "Services and reasons have no dates: the administrator changes them at once. Nothing is "
        "deleted; what is deactivated can no longer be chosen and stays where cases have it."
    )


def _active(is_active: bool) -> str:
    return pill("approved", _("active")) if is_active else pill("waiting", _("not active"))


def _services(rows: tuple[ServiceRow, ...], sets: Mapping[str, str]) -> str:
    if not rows:
        return empty(_("No service has this code or title."))
    heads = (_("Code"), _("Service"), _("Group"), _("Tariff set"), _("State"))
    cells = [
        (
            ltr(row.code),
            f"<bdi>{escape(row.title)}</bdi>",
            escape(group_name(row.group)),
            f"<bdi>{escape(sets.get(row.tariff_set, row.tariff_set))}</bdi>",
            _active(row.is_active),
        )
        for row in rows
    ]
    return card(_("Services"), grid(heads, cells, 1))


def _service_form(asking: Context, rows: tuple[ServiceRow, ...]) -> None:
    place = st.selectbox(
        _("Service"),
        range(len(rows)),
        key=SERVICE,
        format_func=lambda each: f"{digits(rows[each].code)} {rows[each].title}",
    )
    row = rows[place]
    st.button(
        _("Deactivate") if row.is_active else _("Activate"),
        key="cat_service_save",
        on_click=_set_service,
        args=(asking, row),
    )


def _set_service(asking: Context, row: ServiceRow) -> None:
    now = clock.now()
    doing(
        lambda s: set_service_active(
            s, asking.actor, row.tariff_set, row.code, is_active=not row.is_active, now=now
        ),
        done=_("Saved."),
    )


def _title(row: ReasonRow) -> str:
    return row.title_fa if language() == "fa" else row.title_en


def _reasons(rows: tuple[ReasonRow, ...], kind: str, title: str) -> str:
    heads = (_("Code"), _("Title"), _("Times used"), _("State"))
    cells = [
        (
            f'<bdi dir="ltr">{escape(row.code)}</bdi>',
            f"<bdi>{escape(_title(row))}</bdi>",
            ltr(whole(row.uses)) if row.uses else NONE,
            pill("review", _("computed")) if row.is_computed else _active(row.is_active),
        )
        for row in rows
        if row.kind == kind
    ]
    return card(title, grid(heads, cells, 1, numbers=(2,)))


def _reason_form(asking: Context, rows: tuple[ReasonRow, ...]) -> None:
    place = st.selectbox(
        _("Reason"),
        range(len(rows)),
        key=REASON,
        format_func=lambda each: f"{rows[each].code} {_title(rows[each])}",
    )
    row = rows[place]
    keys = tuple(f"{REASON}.{name}.{row.code}" for name in ("fa", "en"))
    st.text_input(_("Persian title"), row.title_fa, key=keys[0])
    st.text_input(_("English title"), row.title_en, key=keys[1])
    with st.container(horizontal=True):
        st.button(
            _("Save titles"),
            key="cat_reason_rename",
            type="primary",
            on_click=_rename,
            args=(asking, row.code, *keys),
        )
        if not row.is_computed:
            st.button(
                _("Deactivate") if row.is_active else _("Activate"),
                key="cat_reason_active",
                on_click=_set_reason,
                args=(asking, row),
            )


def _rename(asking: Context, code: str, fa_key: str, en_key: str) -> None:
    titles = {"title_fa": st.session_state[fa_key], "title_en": st.session_state[en_key]}
    now = clock.now()
    doing(lambda s: rename_reason(s, asking.actor, code, **titles, now=now), done=_("Saved."))


def _set_reason(asking: Context, row: ReasonRow) -> None:
    now = clock.now()
    doing(
        lambda s: set_reason_active(
            s, asking.actor, row.code, is_active=not row.is_active, now=now
        ),
        done=_("Saved."),
    )


def _new_reason_form(asking: Context) -> None:
    names = {DEDUCTION: _("Deduction"), DEFECT: _("Return")}
    st.selectbox(_("New reason of"), list(names), key=KIND, format_func=names.__getitem__)
    st.text_input(_("Number"), key=NUMBER, placeholder=digits("21"))
    st.text_input(_("Persian title"), key=NEW_FA)
    st.text_input(_("English title"), key=NEW_EN)
    st.button(_("Add"), key="cat_reason_add", on_click=_add, args=(asking,))


def _add(asking: Context) -> None:
    kept, now = st.session_state, clock.now()
    given = {"kind": kept[KIND], "number": kept[NUMBER]}
    titles = {"title_fa": kept[NEW_FA], "title_en": kept[NEW_EN]}
    done = doing(
        lambda s: add_reason(s, asking.actor, **given, **titles, now=now), done=_("Saved.")
    )
    if done is not None:
        kept[NUMBER] = kept[NEW_FA] = kept[NEW_EN] = ""

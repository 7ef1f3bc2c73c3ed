"""Saved views of the figures: the filter under a name, each user's own, for all of these pages."""

import streamlit as st

from workbench.i18n import _
from workbench.services.desk.saved_views import View, delete_view, list_views, save_view
from workbench.ui.page import Context, doing, reading

PAGE, NAME = "figures", "mg_view_name"
Limits = dict[str, str]
"""Parameter of the address → its value; ``period`` stands for days that move along."""


def draw_views(asking: Context, present: Limits) -> str | None:
    """The views to open, and a name to save the ``present`` limits under; the one in use."""
    views = reading(lambda s: list_views(s, asking.actor, PAGE))
    used = next((view.name for view in views if view.filters == present), None)
    with (
        st.popover(used or _("Views"), icon=":material/bookmark:"),
        st.container(key="mg_views"),
    ):
        for view in views:
            _draw_view(asking, view, is_used=view.name == used)
        st.text_input(_("Name of the view"), key=NAME, max_chars=40)
        st.button(_("Save this view"), key="mg_view_save", on_click=_save, args=(asking, present))
    return used


def _draw_view(asking: Context, view: View, *, is_used: bool) -> None:
    with st.container(key=f"mg_view_row_{view.view_id}", horizontal=True):
        st.button(
            view.name,
            key=f"mg_view_{view.view_id}",
            type="secondary" if is_used else "tertiary",
            width="stretch",
            on_click=_open,
            args=(view.filters,),
        )
        st.button(
            "✕",
            key=f"mg_view_delete_{view.view_id}",
            type="tertiary",
            help=_("Delete “{name}”").format(name=view.name),
            on_click=_delete,
            args=(asking, view.view_id),
        )


def _open(limits: Limits) -> None:
    """The whole address is the view's, so that nothing of the former one stays."""
    st.query_params.from_dict(limits)


def _save(asking: Context, present: Limits) -> None:
    name = st.session_state[NAME]
    if doing(
        lambda s: save_view(s, asking.actor, PAGE, name, dict(present)),
        done=_("The view is saved."),
    ):
        st.session_state[NAME] = ""


def _delete(asking: Context, view_id: int) -> None:
    doing(lambda s: delete_view(s, asking.actor, view_id), done=_("The view is deleted."))

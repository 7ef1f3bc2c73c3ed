"""The script of every rerun: who asks, which pages he has, the top bar, then the page itself."""

import streamlit as st

from workbench.services.access import may
from workbench.ui import navigate
from workbench.ui.left_dialogs import close_left
from workbench.ui.page import context, draw_told
from workbench.ui.pages import pages_of
from workbench.ui.top_bar import draw_top_bar


def main() -> None:
    """One rerun."""
    st.set_page_config(layout="wide", page_title="ارزیاب")
    asking = context()
    pages = pages_of(asking.actor)
    page = st.navigation(list(pages.values()), position="top")
    navigate.follow(pages)
    close_left(page.url_path)
    draw_top_bar(asking, has_search=may(asking.actor, "search"))
    page.run()
    draw_told()


main()

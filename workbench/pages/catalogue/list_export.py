"""The button that hands a catalogue out as XLSX."""

from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.services.access import Actor
from workbench.services.catalogue.exports import export_catalogue
from workbench.ui.downloads import XLSX, download
from workbench.ui.page import Context


def draw_export(asking: Context, kind: str, tariff_set: str | None = None) -> None:
    """The whole list, on the record."""

    def make(session: Session, actor: Actor, *, now: datetime) -> bytes:
        return export_catalogue(session, actor, kind, tariff_set=tariff_set, now=now)

    with st.container(horizontal=True):
        download(
            asking,
            _("Export (XLSX)"),
            make,
            file_name=f"{kind}.xlsx",
            mime=XLSX,
            key=f"cat_export_{kind}",
        )

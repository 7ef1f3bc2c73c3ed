"""The small chart of teeth in the patient column of the case page."""

import streamlit as st

from workbench.i18n import _
from workbench.persian.jalali import day_of
from workbench.services.claims.view import CaseView
from workbench.services.teeth.history import ToothHistory
from workbench.ui import case_panels
from workbench.ui.components.odontogram import odontogram
from workbench.ui.page import Context
from workbench.ui.tooth_data import PlannedUnit, odontogram_data


def draw_teeth(view: CaseView, history: ToothHistory, asking: Context) -> None:
    """What was done to the patient's teeth in all centres, the lines of this case as frames."""
    data = odontogram_data(
        history,
        case_units(view),
        language=asking.language,
        birth_on=view.patient.birth_on,
        as_of=day_of(asking.now),
        is_compact=True,
    )
    with st.container(key="teeth_small"):
        st.html(case_panels.heading(_("Tooth chart")))
        odontogram("case_teeth", data)


def case_units(view: CaseView) -> list[PlannedUnit]:
    """The lines of the case that name a tooth or a jaw."""
    repeated = {each.line for each in view.findings if each.code == "treated_before"}
    return [
        PlannedUnit(
            title=service.title if service else line.code,
            tooth=line.tooth,
            jaw=line.jaw,
            is_in_case=True,
            overlaps=line.number in repeated,
        )
        for line in view.case.lines
        for service in (line.assessed_service or line.service,)
        if line.tooth is not None or line.jaw
    ]

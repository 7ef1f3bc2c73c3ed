"""Columns and rows of the tables on the desk."""

from datetime import datetime

from workbench.i18n import _, language
from workbench.persian.jalali import day_of
from workbench.persian.rial import number as grouped
from workbench.services.claims.listed import ListedClaim
from workbench.services.desk.desk import CameBack, HeldClaim
from workbench.services.errors import state_name
from workbench.services.images.late_pairs import LatePair
from workbench.ui import claim_cells as cells
from workbench.ui.components.table import (
    Column,
    Row,
    code_cell,
    number_cell,
    pill_cell,
    text_cell,
)
from workbench.ui.format import clock_time, day, digits, findings_word, images_added, instant

PLAN = "plan"


def held_columns() -> list[Column]:
    """Columns of what I hold."""
    return [
        {"id": "number", "title": _("Case")},
        {"id": "person", "title": _("Insured person")},
        {"id": "centre", "title": _("Centre"), "wide_only": True},
        {"id": "round", "title": _("Round")},
        {"id": "lines", "title": _("Lines looked at")},
        {"id": "state", "title": _("Status")},
        {"id": "lease", "title": _("Held until")},
        {"id": "due", "title": _("Time left")},
    ]


def held_row(each: HeldClaim, now: datetime) -> Row:
    """One case I hold."""
    claim = each.claim
    settled = _("{n} of {all}").format(
        n=digits(each.settled_line_count), all=digits(claim.line_count)
    )
    status = (
        pill_cell("deducted", findings_word(claim.open_finding_count))
        if claim.open_finding_count
        else pill_cell("waiting", _("no open finding"))
    )
    lease = (
        code_cell(clock_time(claim.lease_until_at))
        if claim.is_held(now)
        else text_cell(_("ended, free again"), muted=True)
    )
    return {
        "id": claim.number,
        "cells": [
            cells.number_link(claim),
            text_cell(claim.person_name),
            text_cell(claim.centre_name),
            text_cell(digits(claim.round)),
            text_cell(settled),
            status,
            lease,
            cells.due_cell(claim, now),
        ],
    }


def parked_columns() -> list[Column]:
    """Columns of what I parked."""
    return [
        {"id": "number", "title": _("Case")},
        {"id": "person", "title": _("Insured person")},
        {"id": "reason", "title": _("Reason"), "wraps": True},
        {"id": "until", "title": _("Reminder")},
        {"id": "due", "title": _("Time left")},
    ]


def parked_row(claim: ListedClaim, now: datetime) -> Row:
    """One parked case; a reminder that has come is marked."""
    until = claim.park_until_on
    is_due = until is not None and until <= day_of(now)
    reminder = pill_cell("returned", day(until)) if is_due else code_cell(day(until))
    return {
        "id": claim.number,
        "cells": [
            cells.number_link(claim),
            text_cell(claim.person_name),
            text_cell(claim.park_reason or ""),
            reminder,
            cells.due_cell(claim, now),
        ],
    }


def back_columns() -> list[Column]:
    """Columns of what came back."""
    return [
        {"id": "number", "title": _("Case")},
        {"id": "person", "title": _("Insured person")},
        {"id": "centre", "title": _("Centre"), "wide_only": True},
        {"id": "defects", "title": _("Defects named")},
        {"id": "changes", "title": _("What changed since")},
        {"id": "due", "title": _("Time left")},
    ]


def back_row(each: CameBack, now: datetime) -> Row:
    """One case that was re-submitted after my return."""
    changes = []
    if each.added_image_count:
        changes.append(images_added(each.added_image_count))
    if each.changed_lines:
        lines = cells.comma().join(digits(number) for number in each.changed_lines)
        changes.append(_("changed lines: {lines}").format(lines=lines))
    return {
        "id": each.claim.number,
        "cells": [
            cells.number_link(each.claim),
            text_cell(each.claim.person_name),
            text_cell(each.claim.centre_name),
            text_cell(cells.comma().join(each.defect_codes)),
            text_cell(cells.comma().join(changes) or _("an explanation only")),
            cells.due_cell(each.claim, now),
        ],
    }


def late_columns() -> list[Column]:
    """Columns of what was found alike after its case or plan was decided."""
    return [
        {"id": "number", "title": _("Case or plan")},
        {"id": "image", "title": _("Image")},
        {"id": "state", "title": _("State")},
        {"id": "decided", "title": _("Decided on")},
        {"id": "found", "title": _("Found on")},
        {"id": "distance", "title": _("Distance"), "numeric": True},
    ]


def late_row(each: LatePair) -> Row:
    """One image that looks like an earlier one, which nobody knew when it was decided."""
    word = _("Treatment plan {number}") if each.is_plan else _("Case {number}")
    return {
        "id": f"{PLAN if each.is_plan else 'case'}:{each.number}",
        "cells": [
            text_cell(word.format(number=digits(each.number))),
            text_cell(digits(each.image)),
            text_cell(state_name(each.state)),
            code_cell(instant(each.decided_at)),
            code_cell(instant(each.found_at)),
            number_cell(digits(each.distance)),
        ],
    }


def finished_columns() -> list[Column]:
    """Columns of what I finished last."""
    return [
        {"id": "number", "title": _("Case")},
        {"id": "centre", "title": _("Centre"), "wide_only": True},
        {"id": "at", "title": _("Finished")},
        {"id": "result", "title": _("Result")},
        {"id": "cost", "title": _("Service cost"), "numeric": True},
        {"id": "deduction", "title": _("Technical deduction"), "numeric": True},
        {"id": "payable", "title": _("Payable"), "numeric": True},
    ]


def finished_row(claim: ListedClaim, now: datetime) -> Row:
    """One finished case with its money."""
    is_deducted = bool(claim.technical_deduction_rial)
    return {
        "id": claim.number,
        "cells": [
            cells.number_link(claim),
            text_cell(claim.centre_name),
            code_cell(_finished(claim, now)),
            pill_cell("deducted", _("Deducted"))
            if is_deducted
            else pill_cell("approved", _("Approved")),
            cells.rial_cell(claim.cost_rial),
            cells.rial_cell(claim.technical_deduction_rial),
            number_cell(grouped(claim.payable_rial or 0, language())),
        ],
    }


def _finished(claim: ListedClaim, now: datetime) -> str:
    """The time of today, or day and time of an earlier day."""
    at = claim.finished_at
    return clock_time(at) if at and day_of(at) == day_of(now) else instant(at)

"""The columns and rows of the list of batches."""

from typing import cast

from workbench.i18n import _, language
from workbench.persian.rial import format_rial
from workbench.services.batches.listing import BatchRow
from workbench.services.batches.words import column_title
from workbench.services.errors import state_name
from workbench.ui.components.table import (
    Column,
    Row,
    Tone,
    code_cell,
    link_cell,
    number_cell,
    pill_cell,
    text_cell,
)
from workbench.ui.format import STATE_TONES, digits, instant


def batch_columns(sees_money: bool) -> list[Column]:
    """The columns of the list of batches, which stands by the day of sending."""
    columns: list[Column] = [
        {"id": "number", "title": _("Acceptance number")},
        {"id": "insurer", "title": _("Insurer")},
        {"id": "centre", "title": _("Centre")},
        {"id": "state", "title": _("State")},
        {"id": "sent", "title": _("Sent by the centre"), "sorted": "descending"},
        {"id": "last", "title": _("Last action"), "wide_only": sees_money},
        {"id": "cases", "title": _("Cases"), "numeric": True},
        {"id": "finished", "title": _("Finished"), "numeric": True},
        {"id": "returned", "title": _("Returned"), "numeric": True},
    ]
    if sees_money:
        columns += [
            {"id": "cost", "title": column_title("cost_rial"), "numeric": True, "wide_only": True},
            {"id": "payable", "title": column_title("payable_rial"), "numeric": True},
        ]
    return columns


def batch_list_row(row: BatchRow) -> Row:
    """One batch of the list; opening it opens the batch."""
    counts = (row.claim_count, row.settled_count, row.returned_count)
    amounts = () if row.cost_rial is None else (row.cost_rial, row.payable_rial)
    return {
        "id": row.acceptance_number,
        "cells": [
            link_cell(digits(row.acceptance_number)),
            text_cell(row.insurer),
            text_cell(row.centre),
            pill_cell(cast(Tone, STATE_TONES.get(row.state, "waiting")), state_name(row.state)),
            code_cell(instant(row.sent_at)),
            code_cell(instant(row.last_at), muted=True),
            *(number_cell(digits(count) if count else "–", muted=not count) for count in counts),
            *(number_cell(_amount(amount), muted=not amount) for amount in amounts),
        ],
    }


def _amount(amount_rial: int | None) -> str:
    return format_rial(amount_rial, language()) if amount_rial else "–"

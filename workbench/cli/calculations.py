"""Commands that compute and touch nothing: money, deadline, expiry, tooth, evidence check.

Their result is JSON for everybody; ``--json`` only puts it on one line.
"""

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.output import AsJson, show_json
from workbench.errors import Refused

HOURS_DEFAULT = 48.0
HOURS_MAX = 10_000.0
WORKING_HOURS_A_YEAR_MIN = 4_800  # 200 working days; says how many years a calendar has to span

evidence_app = typer.Typer(help="Judge, read and sweep image files.", rich_markup_mode=None)


class Thursday(StrEnum):
    """Whether the clock runs on Thursdays."""

    OFF = "off"
    WORKING = "working"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("money")(compute_money)
    app.command("deadline")(compute_deadline)
    app.command("expiry")(compute_expiry)
    app.command("tooth")(read_tooth)


def compute_money(
    file: Annotated[str, typer.Argument(help="A JSON file, or - for standard input.")],
    as_json: AsJson = False,
) -> None:
    """Compute the money of a case from a JSON description."""
    from workbench.cli.money_input import read_money
    from workbench.rules.money import settle

    given = read_money(file, _content(file))
    try:
        money = settle(
            given.lines,
            franchise_basis=given.franchise_basis,
            available_rial=given.available_rial,
        )
    except Refused as refused:
        index = int(str(refused.facts.get("line", 1))) - 1
        raise Refused(refused.code, **refused.facts, index=index) from refused
    show_json(asdict(money), is_compact=as_json)


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise Refused("file_unreadable", name=file, problem=_reason(error)) from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def compute_deadline(
    submitted: Annotated[str, typer.Argument(help='Jalali, Tehran time: "1402/09/08 15:00".')],
    thursday: Annotated[Thursday, typer.Option(help="Does the clock run on Thursdays?")] = (
        Thursday.OFF
    ),
    hours: Annotated[float, typer.Option(help="Working hours until due.")] = HOURS_DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Compute when a request is due, by the official holidays of Iran."""
    from workbench.db.holidays_iran import iran_calendar
    from workbench.persian.jalali import format_instant, parse_instant
    from workbench.rules.working_time import deadline

    try:
        submitted_at = parse_instant(submitted)
    except ValueError as error:
        raise Refused("instant_wrong", text=submitted) from error
    if not 0 < hours <= HOURS_MAX:
        raise Refused("hours_wrong", maximum=int(HOURS_MAX))
    last_year = submitted_at.year + 1 + int(hours / WORKING_HOURS_A_YEAR_MIN)
    calendar = iran_calendar(submitted_at.year - 1, last_year, thursday is Thursday.OFF)
    found = deadline(submitted_at, calendar, hours)
    result = {
        "start": format_instant(found.start_at),
        "due": format_instant(found.due_at),
        "limit": format_instant(found.limit_at),
    }
    show_json(result, is_compact=as_json)


def compute_expiry(
    issued: Annotated[str, typer.Argument(help="The day of issue, Jalali: 1402/06/31.")],
    as_json: AsJson = False,
) -> None:
    """Compute the last day on which a referral letter is valid."""
    from workbench.persian.jalali import format_day, parse_day
    from workbench.rules.referral import last_valid_day

    try:
        issued_on = parse_day(issued)
    except ValueError as error:
        raise Refused("day_wrong", text=issued) from error
    show_json({"last_valid_day": format_day(last_valid_day(issued_on))}, is_compact=as_json)


def read_tooth(
    text: Annotated[str, typer.Argument(help="U/LC, LL6, 36, «۶ پایین چپ» …")],
    as_json: AsJson = False,
) -> None:
    """Read the name of one tooth, as people write it."""
    from workbench.rules.teeth import TeethError, describe_tooth, parse_tooth

    try:
        tooth = parse_tooth(text)
    except TeethError as error:
        raise Refused(error.code, text=text) from error
    result: dict[str, Any] = {
        "fdi": tooth.fdi,
        "quadrant": tooth.quadrant,
        "unit": tooth.unit,
        "label": tooth.label,
        "jaw": tooth.jaw.value,
        "side": tooth.side.value,
        "is_primary": tooth.is_primary,
        "is_anterior": tooth.is_anterior,
        "name_fa": describe_tooth(tooth.fdi, "fa"),
        "name_en": describe_tooth(tooth.fdi, "en"),
    }
    show_json(result, is_compact=as_json)


@evidence_app.callback()
def look_at_evidence() -> None:
    """Judge, read and sweep image files."""


@evidence_app.command("check")
def check_evidence(
    files: Annotated[list[str], typer.Argument(help="Image files to be judged.")],
    as_json: AsJson = False,
) -> None:
    """Say of each file whether it would be accepted, and if not, why. Nothing is stored."""
    from workbench.evidence.intake import check_files

    show_json(check_files(files), is_compact=as_json)

"""``report``: the daily summary of the figures as a PDF."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import desk
from workbench.cli.output import AsJson, show
from workbench.errors import Refused
from workbench.i18n import _


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("report")(report_day)


def report_day(
    day: Annotated[str, typer.Option("--day", help="A Jalali day; yesterday without it.")] = "",
    output: Annotated[Path | None, typer.Option(help="The PDF; it is not replaced.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the summary of a day: what came and left, ages, reasons, letters, plans."""
    from datetime import timedelta

    from workbench import clock
    from workbench.persian.jalali import day_of, format_day, parse_day
    from workbench.services.figures.daily_summary import COMMAND_LINE, daily_summary

    now = clock.now()
    try:
        on = parse_day(day) if day else day_of(now) - timedelta(days=1)
    except ValueError as error:
        raise Refused("day_wrong", text=day) from error
    file = output or Path(f"report-{format_day(on).replace('/', '-')}.pdf")
    with desk.open_database() as database:
        content = database.in_tx(lambda s: daily_summary(s, COMMAND_LINE, on, now=now))
        desk.seal(database)
    try:
        with file.open("xb") as target:
            target.write(content)
    except OSError as error:
        problem = error.strerror or str(error)
        raise Refused("file_unwritable", name=str(file), problem=problem) from error
    result = {"file": str(file), "day": format_day(on), "bytes": len(content)}
    show(result, [_("{file} was written.").format(file=file)], as_json=as_json)

"""What a command writes: JSON for scripts or lines for people, in the language of the terminal."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from workbench.i18n import use_language

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on one line.")]
LANGUAGE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def prepare_streams() -> None:
    """UTF-8 whatever the locale; Persian sentences where the locale is Persian, else English."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    chosen = next((os.environ[name] for name in LANGUAGE_VARIABLES if os.environ.get(name)), "")
    use_language("fa" if chosen.startswith("fa") else "en")


def say(line: str) -> None:
    """One line for people on standard output, at once."""
    typer.echo(line)
    sys.stdout.flush()


def complain(line: str) -> None:
    """One line on standard error, whatever line breaks it holds."""
    typer.echo(" ".join(line.split()), err=True)


def show(result: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """The result of a command: JSON for a script, lines for a person."""
    if as_json:
        show_json(result, is_compact=True)
        return
    for line in lines:
        say(line)


def show_json(result: Any, *, is_compact: bool) -> None:
    """A result that is JSON for everybody; indented for people."""
    say(json.dumps(result, ensure_ascii=False, indent=None if is_compact else 2))


class Progress:
    """A progress bar on standard error; silent where nobody watches."""

    def __init__(self, bar: Any = None) -> None:
        self._bar = bar
        self._tasks: dict[str, Any] = {}

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` of ``name`` are through."""
        if self._bar is None:
            return
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=total)
        self._bar.update(self._tasks[name], completed=done, total=total)


@contextmanager
def progress(*, as_json: bool) -> Iterator[Progress]:
    """A progress bar while the block runs, if a person sits at the terminal."""
    if as_json or not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        yield Progress(bar)

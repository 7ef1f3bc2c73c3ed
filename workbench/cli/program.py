"""The program: its commands, and how each of them ends.

0: done. 1: done, and something is wrong (``verify`` found a problem, ``import`` refused a row).
2: the input was bad; one line on standard error says what.
"""

import logging
import signal
import sys
from collections.abc import Sequence

import typer

from workbench.cli import (
    calculations,
    data,
    documents,
    history,
    images,
    notices,
    reports,
    server,
    users,
)
from workbench.cli.output import complain, prepare_streams
from workbench.errors import Refused

BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    help="Arzyab: assessing supplementary dental claims.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for module in (server, data, history, notices, reports, calculations, documents):
    module.register(app)
app.add_typer(users.app, name="user")
images.register(calculations.evidence_app)
app.add_typer(calculations.evidence_app, name="evidence")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code; a polite end is as good as Ctrl+C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command; a bad input is one line on standard error, never a traceback."""
    prepare_streams()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        code = app(list(arguments), prog_name="workbench", standalone_mode=False)
    except Refused as refused:
        complain(_sentence(refused))
        return BAD_INPUT
    except typer.TyperException as error:
        complain(f"{error.format_message()} (--help)")
        return BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _sentence(refused: Refused) -> str:
    from workbench.cli.messages import MESSAGES
    from workbench.services.errors import sentence

    return sentence(refused, MESSAGES)

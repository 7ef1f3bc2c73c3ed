"""The command on what was decided: replay."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import desk
from workbench.cli.output import AsJson, progress, show
from workbench.i18n import _, counted

if TYPE_CHECKING:
    from workbench.services.catalogue.replay import Drifted, Replay

SOMETHING_DRIFTED = 1


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("replay")(replay_history)


def replay_history(
    workers: Annotated[int, typer.Option(help="Processes that compute.", min=0, max=64)] = 2,
    as_json: AsJson = False,
) -> int:
    """Compute every decision again from its frozen document; 1 when one comes out otherwise."""
    from workbench.services.catalogue.replay import replay

    with desk.open_database() as database, progress(as_json=as_json) as bar:
        found = replay(database, workers=workers, on_progress=bar)
    show(_result(found), _lines(found), as_json=as_json)
    return 0 if found.is_same else SOMETHING_DRIFTED


def _result(found: "Replay") -> dict[str, Any]:
    return {
        "rounds": found.rounds,
        "drifted": found.drifted,
        "difference_rial": found.difference_rial,
        "drifts": [
            {
                "claim": each.number,
                "round": each.round,
                "kind": each.drift.kind.value,
                "rules": list(each.drift.rules),
                "difference_rial": each.drift.difference_rial,
            }
            for each in found.drifts
        ],
        "seconds": round(found.seconds, 1),
    }


def _lines(found: "Replay") -> list[str]:
    if found.is_same:
        said = counted(
            found.rounds,
            _("{rounds} decision comes out the same, to the rial."),
            _("{rounds} decisions come out the same, to the rial."),
        )
        return [said.format(rounds=found.rounds)]
    last = _("{drifted} of {rounds} come out otherwise; difference {difference_rial} rials.")
    summed = last.format(
        drifted=found.drifted, rounds=found.rounds, difference_rial=found.difference_rial
    )
    return [*(_line(each) for each in found.drifts), summed]


def _line(each: "Drifted") -> str:
    said = _("claim {number}, round {round}: {kind} ({rules}), {difference_rial} rials")
    return said.format(
        number=each.number,
        round=each.round,
        kind=each.drift.kind.value,
        rules=", ".join(each.drift.rules),
        difference_rial=each.drift.difference_rial,
    )

"""``evidence read`` and ``evidence sweep``."""

import os
from pathlib import Path

from tests.cli.conftest import Command
from tests.cli.finished_desk import SHADE, build_finished
from tests.services import registered_world as world
from workbench import clock
from workbench.evidence.intake import take_in
from workbench.services import runtime


def finished_desk() -> None:
    build_finished(runtime.database(), runtime.evidence_store(), clock.now())
    runtime.close()


def test_read_says_how_many_it_read(command: Command) -> None:
    finished_desk()
    assert command("evidence", "read", "--json").json == {"read": 1, "put_off": 0, "waiting": 0}
    assert "Read 0 images, put off 0; 0 wait." in command("evidence", "read").out


def test_read_ends_with_1_where_an_image_cannot_be_read(
    command: Command, data_folder: Path
) -> None:
    finished_desk()
    for path in (data_folder / "evidence").rglob("*.jpg"):
        path.unlink()
    ran = command("evidence", "read", "--limit", "1", "--json")
    assert (ran.code, ran.json) == (1, {"read": 0, "put_off": 1, "waiting": 1})


def test_sweep_removes_what_no_image_knows(command: Command, data_folder: Path) -> None:
    finished_desk()
    take_in(runtime.evidence_store(), world.picture(SHADE + 1), "lost.jpg")
    assert command("evidence", "sweep", "--json").json == {"removed": 0}
    for path in (data_folder / "evidence").rglob("*.jpg"):
        os.utime(path, (0, 0))
    assert command("evidence", "sweep", "--json").json == {"removed": 1}
    assert len(list((data_folder / "evidence").rglob("*.jpg"))) == 1


def test_sweep_removes_nothing_where_the_database_is_another(
    command: Command, data_folder: Path
) -> None:
    for shade in (1, 2):
        take_in(runtime.evidence_store(), world.picture(shade), "a.jpg")
    for path in (data_folder / "evidence").rglob("*.jpg"):
        os.utime(path, (0, 0))
    assert "--most" in command("evidence", "sweep", "--most", "1").complaint
    assert command("evidence", "sweep", "--older-than-hours", "0").complaint
    assert len(list((data_folder / "evidence").rglob("*.jpg"))) == 2

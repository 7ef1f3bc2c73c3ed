"""The command line in this process, with a data folder of its own."""

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.finished_desk import build_finished
from workbench.cli import program
from workbench.db.engine import Database
from workbench.evidence.store import EvidenceStore
from workbench.i18n import use_language
from workbench.services import runtime
from workbench.settings import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on standard error of a refused input."""
        assert self.code == 2, (self.code, self.out, self.error)
        assert self.out == ""
        lines = self.error.splitlines()
        assert len(lines) == 1 and lines[0].strip(), self.error
        assert "Traceback" not in self.error
        return lines[0]


Command = Callable[..., Ran]


@pytest.fixture
def data_folder(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A data folder with an empty, migrated database that the settings point at."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "workbench.db")
    for name in ("DATABASE_URL", "EVIDENCE_URL", "DEMO", "PORT"):
        monkeypatch.delenv(f"WORKBENCH_{name}", raising=False)
    monkeypatch.setenv("WORKBENCH_DATA", str(folder))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    settings.cache_clear()
    yield folder
    runtime.close()
    settings.cache_clear()
    use_language("fa")


@pytest.fixture
def command(
    data_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Run a command: arguments, optionally standard input; its code and what it wrote."""

    def run(*arguments: str, given: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        settings.cache_clear()
        capsys.readouterr()
        code = program.run(arguments)
        written = capsys.readouterr()
        return Ran(code=code, out=written.out, error=written.err)

    return run


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    """The store of the desk."""
    return EvidenceStore(f"file://{tmp_path / 'evidence'}")


@pytest.fixture
def desk(database: Database, store: EvidenceStore, now: datetime) -> Database:
    """A database with a finished claim."""
    build_finished(database, store, now)
    return database

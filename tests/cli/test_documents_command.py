"""``docs``: the generated pages are those of the code as it stands."""

from pathlib import Path

from tests.cli.conftest import Command
from workbench.cli.documents import FOLDER, documents
from workbench.rules.workflow import BATCH_TRANSITIONS, CLAIM_TRANSITIONS
from workbench.services.access import PERMISSIONS


def test_the_pages_in_the_repository_are_current() -> None:
    for name, text in documents().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run `docs` again"


def test_the_command_writes_them(command: Command, tmp_path: Path) -> None:
    ran = command("docs", "--folder", str(tmp_path / "made"), "--json")
    assert ran.json["written"] == ["states.md", "permissions.md"]
    assert (tmp_path / "made" / "states.md").read_text() == documents()["states.md"]
    assert "states.md" in command("docs", "--folder", str(tmp_path / "made")).out


def test_every_transition_and_permission_is_there() -> None:
    made = documents()
    for table in (CLAIM_TRANSITIONS, BATCH_TRANSITIONS):
        for (state, action), step in table.items():
            assert f"| {state} | {action} | {step.to} |" in made["states.md"]
    for action in PERMISSIONS:
        assert f"| `{action}` |" in made["permissions.md"]

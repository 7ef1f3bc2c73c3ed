"""``docs``: the pages of the documentation that are made from the code, so that they stay true."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import AsJson, show
from workbench.i18n import _
from workbench.rules.workflow import (
    BATCH_TRANSITIONS,
    CLAIM_TRANSITIONS,
    PLAN_TRANSITIONS,
    REFERRAL_TRANSITIONS,
    BatchState,
    ClaimState,
    PlanState,
    ReferralState,
    Role,
    Transition,
)

FOLDER = Path(__file__).parents[2] / "docs"
NOTE = "<!-- Made by `python -m workbench docs`; a test compares. Do not edit. -->"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("docs")(write_documents)


def write_documents(
    folder: Annotated[Path, typer.Option(help="Where to.")] = FOLDER, as_json: AsJson = False
) -> None:
    """Write the pages made from the code: state diagrams and the permission table."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(name)
    lines = [_("{name} was written.").format(name=name) for name in written]
    show({"folder": str(folder), "written": written}, lines, as_json=as_json)


def documents() -> dict[str, str]:
    """File name → text of every generated page."""
    return {"states.md": _states(), "permissions.md": _permissions()}


def _states() -> str:
    parts = [
        "# States",
        NOTE,
        "Every change of a state goes through these tables (`workbench/rules/workflow.py`).",
        "## Claim",
        "A centre's case begins ready to send, a member's document accepted.",
        _diagram((ClaimState.READY_TO_SEND, ClaimState.ACCEPTED), CLAIM_TRANSITIONS),
        _table(CLAIM_TRANSITIONS),
        "## Batch",
        _diagram((BatchState.READY_TO_SEND,), BATCH_TRANSITIONS),
        _table(BATCH_TRANSITIONS),
        "## Treatment plan",
        "The vote that settles every unit in time decides; ties and what is late are the chair's.",
        _diagram((PlanState.SUBMITTED,), PLAN_TRANSITIONS),
        _table(PLAN_TRANSITIONS),
        "## Referral letter",
        "Issuing reserves; above a contract's limit a letter is only requested until its "
        "approval. The job `expire-referrals` does what the system does here.",
        _diagram((ReferralState.REQUESTED, ReferralState.ISSUED), REFERRAL_TRANSITIONS),
        _table(REFERRAL_TRANSITIONS),
    ]
    return "\n\n".join(parts) + "\n"


def _diagram(first: tuple[str, ...], table: Mapping[tuple[str, str], Transition]) -> str:
    """A mermaid state diagram; actions between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, action), step in table.items():
        arrows.setdefault((str(state), str(step.to)), []).append(action)
    ends = {str(step.to) for step in table.values()} - {str(state) for state, _action in table}
    lines = ["```mermaid", "stateDiagram-v2", *(f"    [*] --> {state}" for state in first)]
    lines += [f"    {a} --> {b}: {', '.join(actions)}" for (a, b), actions in arrows.items()]
    lines += [f"    {end} --> [*]" for end in sorted(ends)]
    return "\n".join([*lines, "```"])


def _table(table: Mapping[tuple[str, str], Transition]) -> str:
    lines = ["| state | action | leads to | who | needs a reason |", "|---|---|---|---|---|"]
    for (state, action), step in table.items():
        who = ", ".join(role.value for role in Role if role in step.roles) or "the system"
        reason = "yes" if step.needs_reason else ""
        lines.append(f"| {state} | {action} | {step.to} | {who} | {reason} |")
    return "\n".join(lines)


def _permissions() -> str:
    from workbench.services.access import PERMISSIONS

    lines = [
        "# Permissions",
        "",
        NOTE,
        "",
        "Checked in the services (`workbench/services/access.py`), whatever a page shows.",
        "",
        "| action | " + " | ".join(role.value for role in Role) + " |",
        "|---|" + ":-:|" * len(Role),
    ]
    for action, roles in PERMISSIONS.items():
        marks = " | ".join("✓" if role in roles else " " for role in Role)
        lines.append(f"| `{action}` | {marks} |")
    return "\n".join(lines) + "\n"

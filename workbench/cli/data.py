"""Commands on the whole data: migrate, import, export, backup, restore, verify, expire, demo."""

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import desk
from workbench.cli.output import AsJson, progress, show, show_json
from workbench.errors import Refused
from workbench.i18n import _, counted

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.services.verification.verification import Anchor, Verification

SOMETHING_IS_WRONG = 1
ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-f]{64}|)")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("migrate")(migrate)
    app.command("demo")(fill_demo)
    app.command("import")(import_data)
    app.command("export")(export_data)
    app.command("import-schema")(print_import_schema)
    app.command("backup")(back_up_data)
    app.command("restore")(restore_data)
    app.command("verify")(verify_data)
    app.command("expire-referrals")(expire_letters)
    app.command("draw-rechecks")(draw_cases)


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the newest schema; a second time changes nothing."""
    from workbench.services.verification.verification import schema_revision

    with desk.open_database() as database, database.reading() as session:
        result = {"revision": schema_revision(session)}
    line = _("The database stands at revision {revision}.").format(**result)
    show(result, [line], as_json=as_json)


def import_data(
    folder: Annotated[Path, typer.Argument(help="A folder of .jsonl files and evidence/.")],
    as_json: AsJson = False,
) -> int:
    """Import a folder; bad rows are named and skipped, a repeat changes nothing."""
    from workbench import clock
    from workbench.services import runtime
    from workbench.services.imports import import_folder

    with desk.open_database() as database, progress(as_json=as_json) as bar:
        report = import_folder(
            database, runtime.evidence_store(), folder, now=clock.now(), on_progress=bar
        )
        desk.seal(database)
    result = report.to_json()
    lines = [
        f"{kind}: " + ", ".join(f"{outcome} {count}" for outcome, count in counts.items())
        for kind, counts in result["counts"].items()
    ]
    lines += [
        f"{row['kind']}.jsonl:{row['line']} {row['key']}: {row['sentence']}"
        for row in result["refused"]
    ]
    show(result, lines or [_("The files hold no rows.")], as_json=as_json)
    return SOMETHING_IS_WRONG if report.refused else 0


def print_import_schema(as_json: AsJson = False) -> None:
    """Print the JSON Schema of the files that import takes."""
    from workbench.services.imports import import_schema

    show_json(import_schema(), is_compact=as_json)


def export_data(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    as_json: AsJson = False,
) -> None:
    """Write everything into a folder that import takes, and the results beside it."""
    from workbench import clock
    from workbench.services import runtime
    from workbench.services.backups.exports_bundle import export_folder

    with desk.open_database() as database:
        report = export_folder(database, runtime.evidence_store(), folder, now=clock.now())
        desk.seal(database)
    result: dict[str, Any] = {
        "folder": str(folder),
        "counts": dict(report.counts),
        "missing_images": list(report.missing_images),
    }
    lines = [f"{name}.jsonl: {count}" for name, count in result["counts"].items()]
    lines += [
        _("Image {name} is missing in the store.").format(name=name)
        for name in report.missing_images
    ]
    show(result, lines, as_json=as_json)


def back_up_data(
    file: Annotated[Path, typer.Argument(help="The zip to be written; must not exist.")],
    as_json: AsJson = False,
) -> None:
    """Write the database and all images into one zip, while the server runs."""
    from workbench import clock
    from workbench.services import runtime
    from workbench.services.backups.backup import back_up

    with desk.open_database() as database, progress(as_json=as_json) as bar:
        made = back_up(database, runtime.evidence_store(), file, now=clock.now(), on_progress=bar)
    result = {
        "file": made.file,
        "bytes": made.size_bytes,
        "sha256": made.sha256,
        "rows": made.rows,
        "images": made.images,
        "missing_images": list(made.missing),
        "head": str(made.head),
    }
    line = _("{file}: {rows} rows, {images} images, {bytes} bytes. Anchor: {head}")
    missing = [_("Image {name} is missing in the store.").format(name=n) for n in made.missing]
    show(result, [line.format(**result), *missing], as_json=as_json)


def restore_data(
    file: Annotated[Path, typer.Argument(help="A zip that backup wrote.")],
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty database; it is verified before the first row lands."""
    from workbench import clock
    from workbench.services import runtime
    from workbench.services.backups.restoration import restore

    with desk.open_database() as database, progress(as_json=as_json) as bar:
        found = restore(database, runtime.evidence_store(), file, now=clock.now(), on_progress=bar)
    show(_verification(found), _verification_lines(found), as_json=as_json)


def verify_data(
    head: Annotated[
        str, typer.Option(help="An anchor COUNT:HASH kept from before: finds a cut tail.")
    ] = "",
    evidence: Annotated[bool, typer.Option("--evidence", help="Read every image too.")] = False,
    as_json: AsJson = False,
) -> int:
    """Prove that trail, ledger, money and counters are whole; 1 means that they are not."""
    from workbench import clock
    from workbench.services import runtime
    from workbench.services.verification.verification import verify

    anchor = _anchor(head) if head else None
    with (
        desk.open_database() as database,
        progress(as_json=as_json) as bar,
        database.reading() as session,
    ):
        found = verify(
            session,
            now=clock.now(),
            anchor=anchor,
            store=runtime.evidence_store() if evidence else None,
            on_progress=bar,
        )
    show(_verification(found), _verification_lines(found), as_json=as_json)
    return 0 if found.is_sound else SOMETHING_IS_WRONG


def _anchor(text: str) -> "Anchor":
    from workbench.services.verification.verification import Anchor

    match = ANCHOR.fullmatch(text.strip())
    if match is None:
        raise Refused("head_wrong", text=text)
    return Anchor(count=int(match[1]), chain_hash=match[2])


def _verification(found: "Verification") -> dict[str, Any]:
    return {
        "ok": found.is_sound,
        "checks": [
            {"name": check.name, "count": check.count, "problems": list(check.problems)}
            for check in found.checks
        ],
        "head": {
            "count": found.head.count,
            "hash": found.head.chain_hash,
            "anchor": str(found.head),
        },
    }


def _verification_lines(found: "Verification") -> list[str]:
    lines = []
    for check in found.checks:
        if check.problems:
            said = counted(
                len(check.problems),
                _("{name}: {problems} problem, {count} looked at"),
                _("{name}: {problems} problems, {count} looked at"),
            )
        else:
            said = _("{name}: sound, {count} looked at")
        lines.append(said.format(name=check.name, count=check.count, problems=len(check.problems)))
        lines += [f"  {problem}" for problem in check.problems]
    return [*lines, _("Anchor, to be kept outside: {head}").format(head=found.head)]


def fill_demo(
    claims: Annotated[int | None, typer.Option(help="How many claims; 600 if absent.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same data.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fill an empty database with synthetic claims and drawn images, or finish a broken fill."""
    from workbench import clock
    from workbench.demo.fill import CLAIMS, SEED, fill
    from workbench.services import runtime

    with desk.open_database() as database, progress(as_json=as_json) as bar:
        filled = fill(
            database,
            runtime.evidence_store(),
            claims=CLAIMS if claims is None else claims,
            seed=SEED if seed is None else seed,
            now=clock.now(),
            on_progress=partial(bar, "claims"),
        )
        desk.seal(database)
    result = {"claims": filled.claim_count, "was_resumed": filled.was_resumed}
    line = _("{claims} claims were made.").format(**result)
    show(result, [line], as_json=as_json)


def expire_letters(
    now: Annotated[str, typer.Option(help="Jalali, Tehran time; default: now.")] = "",
    as_json: AsJson = False,
) -> None:
    """End the letters whose time is over and return their reserve; a second run ends nothing."""
    from dataclasses import asdict

    from workbench.services.referrals.expiry import expire_referrals

    at = _instant(now)
    with desk.open_database() as database:
        result = asdict(expire_referrals(database, now=at))
        desk.seal(database)
    line = _(
        "Expired {expired}, invalid {invalid}, settled {settled}; "
        "{released_rial} rials went back to the ceilings."
    )
    show(result, [line.format(**result)], as_json=as_json)


def draw_cases(
    now: Annotated[str, typer.Option(help="Jalali, Tehran time; default: now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Draw decided cases of finished weeks for a second assessment; a second run draws none."""
    from dataclasses import asdict

    from workbench.services.rechecks.drawing import draw_rechecks

    at, percent = _instant(now), desk.chosen_settings().recheck_percent
    with desk.open_database() as database:
        result = asdict(draw_rechecks(database, percent=percent, now=at))
        desk.seal(database)
    line = _("Drew {drawn} of {decided} decided cases for a second assessment.")
    show(result, [line.format(**result)], as_json=as_json)


def _instant(text: str) -> "datetime":
    """What was typed as an instant, or now; refused: ``instant_wrong``."""
    from workbench import clock
    from workbench.persian.jalali import parse_instant

    try:
        return parse_instant(text) if text else clock.now()
    except ValueError as error:
        raise Refused("instant_wrong", text=text) from error

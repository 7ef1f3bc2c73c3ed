"""One money everywhere: decision bar, finish, form no. 8, XLSX and ``money`` say the same."""

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from workbench.cli.program import app
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import Batch, Claim, ClaimRound
from workbench.demo.fill import fill
from workbench.evidence.store import EvidenceStore
from workbench.persian.rial import format_rial
from workbench.rules.document import thaw
from workbench.rules.facts import Case
from workbench.rules.lines import case_money, deductions_of, tariff_rial
from workbench.rules.money import CaseMoney
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.batches.form8 import form8_pdf
from workbench.services.batches.spreadsheets import batch_xlsx
from workbench.services.batches.view import read_batch

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)
COLUMNS = (
    "cost_rial",
    "tariff_reject_rial",
    "technical_deduction_rial",
    "patient_share_rial",
    "technical_approval_rial",
    "ceiling_reject_rial",
    "payable_rial",
)
LEAD = Actor(user_id=1, username="lead", display_name="سرپرست", roles=frozenset({Role.LEAD}))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('money') / 'demo.db'}")
    migrate(database.write_engine)
    fill(database, EvidenceStore("memory://money"), claims=600, now=NOW, draw=False)
    yield database
    database.dispose()


def ended(database: Database) -> list[tuple[Claim, dict[str, Any]]]:
    """Every finished claim with the document of its last round."""
    with database.reading() as session:
        return [
            (row.Claim, row.document)
            for row in session.execute(
                select(Claim, ClaimRound.document)
                .join(
                    ClaimRound,
                    (ClaimRound.claim_id == Claim.id) & (ClaimRound.number == Claim.round),
                )
                .where(Claim.payable_rial.is_not(None))
            )
        ]


def amounts(of: Claim | CaseMoney) -> tuple[int, ...]:
    return tuple(getattr(of, name) for name in COLUMNS)


def by_command(case: Case, folder: Path) -> dict[str, Any]:
    """What ``python -m workbench money`` says of the same case."""
    given = {
        "franchise_percent": case.cover.franchise_basis / 100,
        "available_ceiling_rial": case.available_rial,
        "lines": [
            {
                "cost_rial": line.cost_rial,
                "tariff_rial": tariff_rial(line),
                "deductions": [
                    {"reason": each.reason, "amount_rial": each.amount_rial}
                    for each in deductions_of(line)
                ],
            }
            for line in case.lines
        ],
    }
    path = folder / "case.json"
    path.write_text(json.dumps(given))
    result = CliRunner().invoke(app, ["money", str(path), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_bar_the_finish_and_the_command_agree_on_every_finished_case(
    database: Database, tmp_path: Path
) -> None:
    claims = ended(database)
    assert len(claims) > 50
    for claim, document in claims:
        case = thaw(document)
        bar = case_money(case)
        assert amounts(bar) == amounts(claim), claim.number
        command = by_command(case, tmp_path)
        assert tuple(command[name] for name in COLUMNS) == amounts(claim), claim.number


def printed(amount_rial: int) -> str:
    """An amount as the reader of PDF gives it back: each run of digits from its end."""
    return re.sub("[۰-۹]+", lambda run: run[0][::-1], format_rial(amount_rial, "fa"))


def test_form_8_and_the_spreadsheet_agree_with_every_case_of_every_batch(
    database: Database,
) -> None:
    with database.reading() as session:
        numbers = {claim.batch_id: claim for claim, _ in ended(database) if claim.batch_id}
        batches = {
            row.id: row.acceptance_number
            for row in session.scalars(select(Batch))
            if row.id in numbers
        }
    assert batches
    for number in batches.values():
        view = database.in_tx(lambda s, n=number: read_batch(s, LEAD, n))
        paper = database.in_tx(lambda s, n=number: form8_pdf(s, LEAD, n, now=NOW))
        sheet = database.in_tx(lambda s, n=number: batch_xlsx(s, LEAD, n, now=NOW))
        pages = pypdf.PdfReader(io.BytesIO(paper)).pages
        text = "".join(page.extract_text() for page in pages)
        cells = {
            value
            for row in openpyxl.load_workbook(io.BytesIO(sheet))
            .worksheets[0]
            .iter_rows(values_only=True)
            for value in row
            if isinstance(value, int | float)
        }
        for case in view.cases:
            if case.money is not None and case.money.payable_rial:
                assert case.money.payable_rial in cells, case.number
                assert printed(case.money.payable_rial) in text, case.number

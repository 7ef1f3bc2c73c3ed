"""The format is documented as it is: schema, field list and the example bundle."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from workbench.db.models import Claim
from workbench.evidence.store import EvidenceStore
from workbench.i18n import catalogue
from workbench.services import import_messages
from workbench.services.catalogue.catalogue import seed_catalogue
from workbench.services.claims import registration_messages
from workbench.services.imports import Outcome, import_folder, import_schema
from workbench.services.imports.rows import (
    ROWS,
    CoverPart,
    ImagePart,
    LinePart,
    ServiceRow,
    UnitPart,
)

PARTS = {"CoverPart": "covers", "LinePart": "lines", "UnitPart": "units"}
ROOT = Path(__file__).parents[2]
PLACEHOLDERS = r"\{\w+\}"


def test_the_schema_in_docs_is_the_one_the_code_makes():
    written = json.loads((ROOT / "docs/import.schema.json").read_text(encoding="utf-8"))
    assert written == import_schema()


@pytest.mark.parametrize("model", [*ROWS, CoverPart, LinePart, ImagePart, UnitPart])
def test_every_field_is_documented(model):
    name = getattr(model, "kind", PARTS.get(model.__name__))
    text = (ROOT / "docs/import.md").read_text(encoding="utf-8")
    start = f"| · each of {name or 'images'} |" if model not in ROWS else f"| {name} |"
    row = next(line for line in text.splitlines() if line.startswith(start))
    for field, info in model.model_fields.items():
        assert (info.alias or field) in row, f"{field} of {start}"


def test_every_group_is_documented():
    text = (ROOT / "docs/import.md").read_text(encoding="utf-8")
    groups = ServiceRow.model_json_schema()["properties"]["group"]["enum"]
    assert [group for group in groups if group not in text] == []


@pytest.mark.parametrize("is_seeded", [False, True])
def test_the_example_lands_in_an_empty_and_in_a_new_database(database, tmp_path, now, is_seeded):
    if is_seeded:
        database.in_tx(lambda session: seed_catalogue(session, now=now))
    store = EvidenceStore(f"file://{tmp_path}")
    report = import_folder(database, store, ROOT / "examples/import", now=now)
    assert [row.sentence for row in report.refused] == []
    counts = report.counts()
    assert counts["claims"] == {"landed": 2}
    kept = Outcome.UNCHANGED if is_seeded else Outcome.LANDED
    assert counts["services"] == counts["tariffs"] == {str(kept): 3}
    with database.reading() as session:
        payable = select(Claim.requested_payable_rial).order_by(Claim.number)
        assert session.scalars(payable).all() == [4_527_000, 6_949_800]


def test_every_sentence_has_a_persian_one_with_the_same_places():

    persian = catalogue("fa")
    messages = [*import_messages.MESSAGES.values(), *registration_messages.MESSAGES.values()]
    for message in messages:
        assert set(re.findall(PLACEHOLDERS, message)) == set(
            re.findall(PLACEHOLDERS, persian[message])
        )


def test_no_sentence_has_two_wordings():
    both = set(import_messages.MESSAGES) & set(registration_messages.MESSAGES)
    assert both == set()

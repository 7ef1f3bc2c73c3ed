"""The return dialog proposes the defects of the open findings with their lines, and no others."""

from dataclasses import replace

from tests.services.office import CLEAN, ROOT, Office
from workbench.services.claims import assessing, reading
from workbench.services.claims.proposed_defects import proposed_defects


def _proposed(office: Office, number: str) -> dict[str, tuple[int, ...]]:
    key = office.keys[number]
    with office.database.reading() as session:
        view = reading.read_case(
            session, office.desk.assessor, key.insurer_id, key.claim_id, now=office.now
        )
    return dict(proposed_defects(view))


def test_a_root_treatment_without_its_radiographs_asks_for_both_on_its_line(
    office: Office,
) -> None:
    office.take(ROOT)
    assert _proposed(office, ROOT) == {"R02": (1,), "R03": (1,)}


def test_a_case_that_lacks_nothing_proposes_nothing(office: Office) -> None:
    office.take(CLEAN)
    assert _proposed(office, CLEAN) == {}


def test_an_overridden_document_is_not_proposed_any_more(office: Office) -> None:
    office.take(ROOT)
    key = next(key for key in office.open_keys(ROOT) if key.endswith(":before"))
    given = {"key": key, "reason": "در پانورکس دیده شد"}
    office.write(assessing.override_finding, office.desk.assessor, ROOT, **given)
    assert _proposed(office, ROOT) == {"R03": (1,)}


def test_a_document_that_two_lines_lack_names_both(office: Office) -> None:
    office.take(ROOT)
    with office.database.reading() as session:
        key = office.keys[ROOT]
        view = reading.read_case(
            session, office.desk.assessor, key.insurer_id, key.claim_id, now=office.now
        )
    again = [replace(each, line=2, facts=dict(each.facts)) for each in view.findings]
    states = {
        each.key: view.states[one.key] for each, one in zip(again, view.findings, strict=True)
    }
    both = replace(view, findings=(*view.findings, *again), states={**view.states, **states})
    assert proposed_defects(both) == {"R02": (1, 2), "R03": (1, 2)}

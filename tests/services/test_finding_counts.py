"""After a table of the rules was changed, the queue's counts of open findings follow."""

from dataclasses import replace

from sqlalchemy import select, update

from tests.services.office import CLEAN, ROOT, Office, refused
from tests.services.test_rule_tables import NEED, _place, _set
from workbench.db.models import Claim, ClaimRecount
from workbench.services.catalogue.changes import Published
from workbench.services.catalogue.rule_checks import NEEDS
from workbench.services.catalogue.rule_tables import count_touched
from workbench.services.claims.finding_counts import PAGE, recount_some


def marked(office: Office) -> set[int]:
    with office.database.reading() as session:
        return set(session.scalars(select(ClaimRecount.claim_id)))


def touched(office: Office, table: str, groups: tuple[str, ...], replaces: int | None) -> int:
    with office.database.reading() as session:
        return count_touched(session, office.desk.admin, table, groups, replaces=replaces)


def change(office: Office) -> Published:
    """A filling needs another radiograph before it, from 2023 on."""
    place = _place(office, NEEDS, "filling", "before")
    return _set(office, NEEDS, NEED, place)


def test_the_counts_follow_a_change(office: Office) -> None:
    before = office.claim(CLEAN).open_finding_count
    changed = change(office)
    assert office.claim(CLEAN).open_finding_count == before
    assert len(marked(office)) == changed.open_cases > 0
    while recount_some(office.database):
        pass
    assert marked(office) == set()
    after = office.claim(CLEAN)
    assert after.open_finding_count == len(office.open_keys(CLEAN)) == before + 1
    assert after.version == office.place(CLEAN).version


def test_what_is_touched_is_told_before_it_is_saved(office: Office) -> None:
    at = _place(office, NEEDS, "root_canal", "before")
    row = replace(NEED, name="during")
    both = touched(office, NEEDS, row.groups, at)
    assert both > touched(office, NEEDS, row.groups, None) > 0
    changed = _set(office, NEEDS, row, at)
    assert changed.open_cases == both == len(marked(office))
    assert touched(office, NEEDS, (), None) == 0
    refused("rule_row_gone", lambda: touched(office, NEEDS, row.groups, at))
    with office.database.reading() as session:
        refused(
            "not_permitted",
            lambda: count_touched(session, office.desk.auditor, NEEDS, row.groups),
        )


def test_a_case_that_ended_meanwhile_is_left_as_it_is(office: Office) -> None:
    office.take(CLEAN)
    office.decide_all(CLEAN)
    change(office)
    office.decide_all(CLEAN)
    office.finish(CLEAN)
    while recount_some(office.database):
        pass
    assert marked(office) == set()
    assert office.claim(CLEAN).open_finding_count == 0


def test_twice_marked_is_counted_once_and_a_page_at_a_time(office: Office) -> None:
    change(office)
    first = marked(office)
    _set(office, NEEDS, replace(NEED, name="during", defect="R04"))
    assert marked(office) == first
    assert recount_some(office.database) == min(PAGE, len(first))
    assert recount_some(office.database) == max(0, len(first) - PAGE)


def test_nothing_is_marked_for_other_groups(office: Office) -> None:
    office.database.in_tx(
        lambda s: s.execute(update(Claim).where(Claim.number == ROOT).values(open_finding_count=77))
    )
    change(office)
    while recount_some(office.database):
        pass
    assert office.claim(ROOT).open_finding_count == 77

"""A tried change is found again after a reload, and never once it would say something else."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.office import CLEAN, TWO_LINES, Office, refused
from tests.services.registered_world import actor
from tests.services.test_changes_tried import CHEAPER, MANAGER, interval
from workbench.persian.jalali import day_of
from workbench.rules.changes import Item
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.catalogue import kept_trials
from workbench.services.catalogue.changes import Change, amend, propose, publish, read_change
from workbench.services.catalogue.kept_trials import Kept, begin_trial, find_trial, was_tried
from workbench.services.figures.throughput import Wanted

SECONDS_MAX = 30


@pytest.fixture
def decided(office: Office) -> Office:
    office.finished(CLEAN)
    office.finished(TWO_LINES)
    return office


def proposed(office: Office, *items: Item) -> Change:
    def work(session):
        change_id = propose(
            session,
            office.desk.manager,
            reason="تعرفه تازه",
            from_on=day_of(office.now) + timedelta(days=30),
            items=items,
            now=office.now,
        )
        return read_change(session, office.desk.manager, change_id)

    return office.database.in_tx(work)


def wanted(office: Office, days: int = 10) -> Wanted:
    today = day_of(office.now)
    return Wanted(first_on=today - timedelta(days=days), last_on=today)


def find(office: Office, change: Change, who: Actor = MANAGER, days: int = 10) -> Kept | None:
    with office.database.reading() as session:
        return find_trial(session, who, change, wanted(office, days))


def tried(office: Office, change: Change) -> Kept:
    begin_trial(office.database, MANAGER, change, wanted(office), now=office.now, workers=0)
    end = time.monotonic() + SECONDS_MAX
    while (kept := find(office, change)) is None or kept.is_under_way:
        assert time.monotonic() < end, "the trial did not end"
        time.sleep(0.02)
    return kept


def test_it_is_found_by_who_asked_with_the_same_filter(decided: Office) -> None:
    change = proposed(decided, CHEAPER)
    assert find(decided, change) is None and not was_tried(MANAGER, change)
    kept = tried(decided, change)
    assert kept.found is not None and kept.found.flips == 2
    assert (kept.as_of, kept.done, kept.total) == (decided.now, 2, 2)
    assert find(decided, change, who=replace(MANAGER, language="en")) is not None
    assert find(decided, change, days=9) is None
    assert find(decided, change, who=actor(Role.LEAD)) is None
    assert find(decided, change, who=replace(MANAGER, insurer_ids=frozenset({7}))) is None
    assert was_tried(MANAGER, change)


def test_it_is_not_found_once_the_change_or_the_rules_are_others(decided: Office) -> None:
    change = proposed(decided, CHEAPER)
    tried(decided, change)
    decided.database.in_tx(
        lambda s: amend(
            s,
            decided.desk.manager,
            change.id,
            version=change.version,
            reason="تعرفه دیگر",
            from_on=change.from_on,
            items=[replace(CHEAPER, amount_rial=4_000_000)],
            now=decided.now,
        )
    )
    with decided.database.reading() as session:
        amended = read_change(session, decided.desk.manager, change.id)
    assert find(decided, amended) is None and was_tried(MANAGER, amended)
    tried(decided, amended)
    rule = proposed(decided, interval(36))
    decided.database.in_tx(
        lambda s: publish(s, decided.desk.admin, rule.id, version=rule.version, now=decided.now)
    )
    assert find(decided, amended) is None


def test_what_is_refused_is_kept_too_and_only_readers_may_ask(decided: Office) -> None:
    change = replace(proposed(decided, CHEAPER), items=())
    kept = tried(decided, change)
    assert kept.found is None and kept.refused is not None
    assert kept.refused.code == "change_empty"
    clerk = actor(Role.RECEPTION)
    with decided.database.reading() as session:
        refused("not_permitted", lambda: find_trial(session, clerk, change, wanted(decided)))


def test_an_error_ends_the_waiting(decided: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(kept_trials, "try_change", broken)
    kept = tried(decided, proposed(decided, CHEAPER))
    assert kept.refused is not None and kept.refused.code == "trial_broken"


def test_only_the_newest_are_kept(decided: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_trials, "KEPT_MAX", 1)
    first, second = proposed(decided, CHEAPER), proposed(decided, CHEAPER)
    tried(decided, first)
    tried(decided, second)
    assert find(decided, first) is None and find(decided, second) is not None

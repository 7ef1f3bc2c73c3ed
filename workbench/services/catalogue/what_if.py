"""A proposed change tried on the cases that were decided in a period: nothing is written.

The documents are computed in processes of their own, some hundred cases at a time; each part brings
its sums and the lines that flip. Amounts are whole rials.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.queries import frozen
from workbench.db.queries.tariffs import level_of
from workbench.db.rule_parameters import parameters_of
from workbench.db.treated_history import DecidedCase, histories
from workbench.errors import Refused
from workbench.rules.changes import (
    CoefficientItem,
    Item,
    PriceItem,
    RuleItem,
    as_if_always,
    touched_groups,
)
from workbench.rules.document import DocumentReader, thaw
from workbench.rules.facts import Case
from workbench.rules.parameters import Parameters
from workbench.rules.plain import to_plain
from workbench.rules.what_if import Flip, Place, Trial, Tried, try_on
from workbench.services.access import Actor, require
from workbench.services.catalogue.what_if_sums import FlipRow, Sums
from workbench.services.figures.throughput import Wanted, counted_of
from workbench.services.in_processes import work_through
from workbench.services.rechecks.blindness import blind_numbers

OnProgress = Callable[[int, int], None]
PART_CASES = 250
UNTRIABLE = ("approval_needs", "pack_items")
"""Tables that a decided case's document knows nothing of: what would have been asked of whom."""
COLUMNS = (
    *("cost_rial", "tariff_reject_rial", "technical_deduction_rial", "patient_share_rial"),
    *("technical_approval_rial", "ceiling_reject_rial", "payable_rial"),
)
INTERVALS = "retreatment_intervals"

_reader = DocumentReader()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a change would have made of the cases decided in the period."""

    items: tuple[Item, ...]
    wanted: Wanted
    sums: Sums
    seconds: float

    @property
    def flips(self) -> int:
        """How many lines come out otherwise."""
        return sum(self.sums.by_kind.values())

    @property
    def difference_rial(self) -> int:
        """What is paid more (less: negative)."""
        return self.sums.after["payable_rial"] - self.sums.before["payable_rial"]


def try_change(
    database: Database,
    actor: Actor,
    items: Sequence[Item],
    wanted: Wanted,
    *,
    now: datetime,
    workers: int = 2,
    on_progress: OnProgress | None = None,
) -> WhatIf:
    """Try a change as if it had always held; ``workers``: processes beside this one.

    Refused: ``not_permitted``, ``period_wrong``, ``rule_row_gone``, ``change_empty`` and
    ``change_untriable`` (needed approvals and packs of documents are not part of a decided case).
    """
    require(actor, "figures.read")
    _check(items)
    begun = time.monotonic()
    with database.reading() as session:
        as_if_always(parameters_of(session), items)
        keys = session.execute(frozen.decided(counted_of(actor, wanted, now))).all()
        blind = blind_numbers(session, actor.user_id)
    sums, done = Sums(), 0
    work = partial(try_part, tuple(items))
    for part in work_through(database, work, _parts(keys), workers=workers):
        sums.add(part)
        done += part.cases + part.unreadable
        if on_progress is not None:
            on_progress(min(done, len(keys)), len(keys))
    sums.rows = [row for row in sums.rows if row.number not in blind]
    sums.keep_largest()
    return WhatIf(items=tuple(items), wanted=wanted, sums=sums, seconds=time.monotonic() - begun)


def _check(items: Sequence[Item]) -> None:
    if not items:
        raise Refused("change_empty")
    if all(isinstance(each, RuleItem) and each.table in UNTRIABLE for each in items):
        raise Refused("change_untriable")


Keys = tuple[int, tuple[int, ...]]


def _parts(keys: Sequence[Any]) -> Iterator[Keys]:
    """The claims of an insurer, some hundred at a time."""
    for insurer_id, rows in groupby(keys, key=lambda row: row.insurer_id):
        ids = (row.claim_id for row in rows)
        while part := tuple(islice(ids, PART_CASES)):
            yield insurer_id, part


def try_part(items: tuple[Item, ...], session: Session, keys: Keys) -> Sums:
    """The sums of some claims of one insurer with the change."""
    insurer_id, claim_ids = keys
    present = parameters_of(session)
    trial = Trial(present=present, changed=as_if_always(present, items), items=items)
    touched = _Touched.of(present, items)
    sums, tried = Sums(), []
    for row in session.execute(frozen.decided_documents(insurer_id, claim_ids)):
        try:
            document, _then = _reader.read(row.text)
            is_touched = touched.touches(document, row)
            case = thaw(document) if is_touched else None
        except (ValueError, TypeError, KeyError, AssertionError):
            sums.unreadable += 1
            continue
        sums.cases += 1
        sums.lines += len(document["case"]["lines"])
        if case is None:
            _add_money(sums, document["money"], document["money"])
        else:
            tried.append((row, case, document["money"]))
    _try_cases(session, insurer_id, tried, trial, sums)
    return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class _Touched:
    """What a change speaks of, to leave the other cases as they are; ``groups`` None: any."""

    groups: frozenset[str] | None
    codes: frozenset[tuple[str, str]]
    centres: frozenset[str]

    @classmethod
    def of(cls, present: Parameters, items: Sequence[Item]) -> "_Touched":
        return cls(
            groups=touched_groups(present, items),
            codes=frozenset((i.tariff_set, i.code) for i in items if isinstance(i, PriceItem)),
            centres=frozenset(i.centre for i in items if isinstance(i, CoefficientItem)),
        )

    def touches(self, document: dict[str, Any], row: Row[Any]) -> bool:
        if self.groups is None or row.centre_code in self.centres:
            return True
        services = [
            line[name]
            for line in document["case"]["lines"]
            for name in ("service", "assessed_service", "equivalent_service", "matching_service")
            if line[name] is not None
        ]
        return any(
            each["group"] in self.groups or (row.tariff_set, each["code"]) in self.codes
            for each in services
        )


def _try_cases(
    session: Session,
    insurer_id: int,
    cases: Sequence[tuple[Row[Any], Case, Any]],
    trial: Trial,
    sums: Sums,
) -> None:
    earlier = {}
    if any(isinstance(each, RuleItem) and each.table == INTERVALS for each in trial.items):
        decided = [
            DecidedCase(
                insurer_id=insurer_id,
                claim_id=row.id,
                person_id=row.person_id,
                decided_at=row.closed_at,
                lines=case.lines,
            )
            for row, case, _money in cases
        ]
        parameters = (trial.present, trial.changed)
        earlier = histories(session.connection(), decided, parameters)
    for row, case, money in cases:
        place = Place(
            tariff_set=row.tariff_set,
            centre=row.centre_code,
            is_contracted=row.is_contracted,
            level=level_of(case.dentist_speciality),
        )
        known = replace(case, history=earlier.get(row.id, case.history))
        tried = try_on(known, place, trial)
        sums.computed += 1
        sums.drifted += to_plain(tried.before) != money
        _add(sums, row, tried)


def _add(sums: Sums, row: Row[Any], tried: Tried) -> None:
    _add_money(sums, asdict(tried.before), asdict(tried.after))
    sums.by_reason.update(tried.by_reason)
    sums.known_gaps_months.update(tried.known_gaps_months)
    if not tried.flips:
        return
    sums.changed_cases += 1
    sums.persons.add(row.person_id)
    sums.centres.add(row.centre_name)
    for flip in tried.flips:
        sums.by_kind[flip.kind] += 1
        sums.lines_by_centre[row.centre_name] += 1
        sums.lines_by_code[flip.line.code] += 1
        sums.by_centre[row.centre_name] += flip.after_rial - flip.before_rial
        if flip.gap_months is not None:
            sums.gaps_months[flip.gap_months] += 1
        sums.rows.append(_flip_row(row, flip))


def _add_money(sums: Sums, before: dict[str, Any], after: dict[str, Any]) -> None:
    for name in COLUMNS:
        sums.before[name] += before[name]
        sums.after[name] += after[name]


def _flip_row(row: Row[Any], flip: Flip) -> FlipRow:
    line = flip.line
    return FlipRow(
        number=row.number,
        centre=row.centre_name,
        line=line.number,
        code=line.code,
        title=line.service.title if line.service else "",
        tooth=line.tooth,
        surfaces=line.surfaces,
        kind=flip.kind,
        before_rial=flip.before_rial,
        after_rial=flip.after_rial,
        rules=flip.rules,
        reasons=flip.reasons,
        gap_months=flip.gap_months,
    )

"""Earlier treatments for many decided cases at once, as far as a longer interval may reach."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from workbench.db.queries import tooth_history as queries
from workbench.persian.jalali import add_months
from workbench.rules import facts
from workbench.rules.parameters import Parameters

_OF_PERSONS = queries.of_persons()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedCase:
    """Whose case it is, and when it was decided: what was decided later was not known."""

    insurer_id: int
    claim_id: int
    person_id: int
    decided_at: datetime
    lines: tuple[facts.Line, ...]


def histories(
    connection: Connection, cases: Sequence[DecidedCase], parameters: Iterable[Parameters]
) -> dict[int, tuple[facts.EarlierTreatment, ...]]:
    """By claim: the treatments that an interval of one of the parameters may reach.

    One statement. As ``case_history.load_history``, without images: of other insurers' claims only
    the same code counts, with day, code and place.
    """
    groups, months = _reach(parameters)
    if not cases or not groups:
        return {}
    days = [line.service_on for case in cases for line in case.lines]
    asked = {
        "person_ids": sorted({case.person_id for case in cases}),
        "groups": sorted(groups),
        "from_on": add_months(min(days), -months),
        "until_on": max(days),
    }
    rows: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(_OF_PERSONS, asked):
        rows.setdefault(row.person_id, []).append(row)
    return {
        case.claim_id: tuple(_of_case(case, rows.get(case.person_id, ()), months)) for case in cases
    }


def _reach(parameters: Iterable[Parameters]) -> tuple[set[str], int]:
    intervals = [each for one in parameters for each in one.retreatment_intervals]
    groups = {group for interval in intervals for group in interval.groups}
    return groups, max((interval.months for interval in intervals), default=0)


def _of_case(
    case: DecidedCase, rows: Iterable[Row[Any]], months: int
) -> Iterable[facts.EarlierTreatment]:
    days: Mapping[date, None] = dict.fromkeys(line.service_on for line in case.lines)
    first_on, last_on = add_months(min(days), -months), max(days)
    codes = {line.assessed_code or line.code for line in case.lines}
    for row in rows:
        is_this = (row.insurer_id, row.claim_id) == (case.insurer_id, case.claim_id)
        is_known = row.finished_at is not None and row.finished_at <= case.decided_at
        if is_this or not is_known or not first_on <= row.service_on <= last_on:
            continue
        if row.insurer_id == case.insurer_id:
            yield _own(row)
        elif row.code in codes:
            yield facts.EarlierTreatment(
                on=row.service_on, code=row.code, tooth=row.tooth, jaw=row.jaw
            )


def _own(row: Row[Any]) -> facts.EarlierTreatment:
    return facts.EarlierTreatment(
        on=row.service_on,
        code=row.code,
        tooth=row.tooth,
        jaw=row.jaw,
        surfaces=row.surfaces,
        group=row.service_group,
        title=row.title,
        centre=row.centre,
        claim_number=row.claim_number,
    )

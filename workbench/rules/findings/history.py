"""The finding about a treatment that was done before, within its re-treatment interval."""

from collections.abc import Iterator
from datetime import date

from workbench.persian.jalali import add_months, completed_years
from workbench.rules.facts import Case, EarlierTreatment, Line, Service
from workbench.rules.finding import Finding
from workbench.rules.findings.build import NOTHING, decide, reject
from workbench.rules.parameters import Overlap, Parameters, RetreatmentInterval
from workbench.rules.teeth import Tooth, distinct_surfaces


def treated_before(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """The same was done within the interval, in whichever centre (clinical.md §4, B8; D05).

    The latest such treatment is told, one finding a line; a line of this case that bills the same
    code at the same place before counts like one. Where the overlap cannot be known, because a
    surface is not told, nothing is proposed.
    """
    for line in case.lines:
        service = line.assessed_service or line.service
        if service is None:
            continue
        for interval in _intervals(case, line, service, parameters):
            found = _latest(case, line, service, interval)
            if found is not None:
                yield _finding(line, interval, *found)
                break


def _intervals(
    case: Case, line: Line, service: Service, parameters: Parameters
) -> Iterator[RetreatmentInterval]:
    age_years = completed_years(case.birth_on, line.service_on)
    for interval in parameters.retreatment_intervals:
        is_of_age = interval.until_years is None or age_years < interval.until_years
        if service.group in interval.groups and is_of_age and interval.is_in_force(line.service_on):
            yield interval


def _latest(
    case: Case, line: Line, service: Service, interval: RetreatmentInterval
) -> tuple[EarlierTreatment, int | None] | None:
    """The latest treatment that this one repeats, and its line where it is of this case."""
    found: list[tuple[EarlierTreatment, int | None]] = [
        (each, None) for each in case.history if _is_repeated(each, line, service, interval)
    ]
    for other in case.lines:
        each = _as_treatment(other)
        is_before = (other.service_on, other.number) < (line.service_on, line.number)
        is_same_code = each is not None and each.code == service.code
        if each and is_before and is_same_code and _is_repeated(each, line, service, interval):
            found.append((each, other.number))
    return max(found, key=lambda pair: (pair[0].on, pair[1] is None), default=None)


def _as_treatment(line: Line) -> EarlierTreatment | None:
    """A line of this case, if something may be paid for it."""
    service = line.assessed_service or line.service
    if service is None or line.is_rejected:
        return None
    return EarlierTreatment(
        on=line.service_on,
        code=service.code,
        tooth=line.tooth,
        jaw=line.jaw,
        surfaces=line.surfaces,
        group=service.group,
        title=service.title,
    )


def _is_repeated(
    each: EarlierTreatment, line: Line, service: Service, interval: RetreatmentInterval
) -> bool:
    """Whether ``each`` is of the interval's kind and place, and the interval runs on the day."""
    if not each.on <= line.service_on <= last_day(each.on, interval.months):
        return False
    is_coded = each.group is None or interval.is_same_code
    if each.code != service.code if is_coded else each.group not in interval.groups:
        return False
    return is_same_place(each, line, interval.scope)


def last_day(on: date, months: int) -> date:
    """The last day of the interval that begins with a treatment of day ``on``."""
    return add_months(on, months)


def is_same_place(each: EarlierTreatment, line: Line, scope: Overlap) -> bool:
    """Whether a treatment and a line share what ``scope`` says; a jaw not told is none."""
    if scope is Overlap.MOUTH:
        return True
    if scope is Overlap.JAW:
        jaw = jaw_of(line.tooth, line.jaw)
        return jaw is not None and jaw_of(each.tooth, each.jaw) == jaw
    if line.tooth is None or each.tooth != line.tooth:
        return False
    return scope is Overlap.TOOTH or _shares_surface(each, line) is not False


def jaw_of(tooth: int | None, jaw: str | None) -> str | None:
    """The jaw of a tooth, or the one that is named."""
    return jaw if tooth is None else Tooth(tooth).jaw.value


def _shares_surface(each: EarlierTreatment, line: Line) -> bool | None:
    """None: the surfaces of one of them are not told."""
    if not each.surfaces or not line.surfaces:
        return None
    return bool(distinct_surfaces(each.surfaces) & distinct_surfaces(line.surfaces))


def _finding(
    line: Line, interval: RetreatmentInterval, each: EarlierTreatment, other_line: int | None
) -> Finding:
    is_sure = interval.scope is not Overlap.SURFACE or _shares_surface(each, line) is True
    facts: dict[str, object] = {
        "tooth": line.tooth,
        "earlier_on": each.on,
        "earlier_code": each.code,
        "earlier_title": each.title,
        "earlier_tooth": each.tooth,
        "earlier_jaw": each.jaw,
        "months": interval.months,
        "ends_on": last_day(each.on, interval.months),
        "is_sure": is_sure,
        "centre": each.centre,
        "earlier_claim": each.claim_number,
        "earlier_images": each.images,
        "other_line": other_line,
    }
    if is_sure:
        return reject("treated_before", line, "D05", interval.source, **facts)
    return decide("treated_before", line, NOTHING, interval.source, facts)

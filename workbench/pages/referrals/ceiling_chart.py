"""The chart of a ceiling account's year: used, reserved and free as steps, time as it is read."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from html import escape

from workbench.i18n import _, language
from workbench.persian.jalali import TEHRAN, add_months, day_from_parts, day_of, month_name, parts
from workbench.services.ceiling.view import CeilingView, Point
from workbench.ui import charts
from workbench.ui.format import digits, ltr, whole

Step = tuple[float, float, Point]
MILLION = 1_000_000
YEAR_DAYS = 365
TICKS = 4
LABEL_SHARE_MIN = 0.13
EDGE_MIN, LATE = 0.03, 0.6
HEADROOM = 1.15


def chart(view: CeilingView) -> str:
    """The chart (HTML): shapes are stretched, every label is text of the page."""
    start, end = _span(view)
    top = _top(view)
    steps = _steps(view.points, start, end)
    shapes = (
        _shape("f", steps, lambda p: max(p.limit_rial, p.used_rial + p.reserved_rial), top)
        + _shape("r", steps, lambda p: p.used_rial + p.reserved_rial, top)
        + _shape("u", steps, lambda p: p.used_rial, top)
    )
    label = escape(_("Balance over the year"))
    return f"""<div class="cl-chart" role="img" aria-label="{label}">{shapes}{_grid(view, top)}
<i class="now"></i>{_values(top)}{_months(start, end)}{_tags(view, top)}
{_ended(view.points, start, end, top)}</div>"""


def _span(view: CeilingView) -> tuple[datetime, datetime]:
    """A year back at most, and not before the contract."""
    begun = datetime.combine(view.contract_start_on, time(), TEHRAN)
    start = max(begun, view.as_of - timedelta(days=YEAR_DAYS))
    if view.points:
        start = min(start, max(view.points[0].at, view.as_of - timedelta(days=YEAR_DAYS)))
    return min(start, view.as_of - timedelta(days=1)), view.as_of


def _top(view: CeilingView) -> float:
    reached = max((p.used_rial + p.reserved_rial for p in view.points), default=0)
    if view.standing.limit_rial is None:
        return max(reached * HEADROOM, float(MILLION))
    return float(max(view.standing.limit_rial, reached, 1))


def _steps(points: Sequence[Point], start: datetime, end: datetime) -> list[Step]:
    """From, to (0 the start, 1 the end) and the balance between."""
    steps = []
    for place, point in enumerate(points):
        until = points[place + 1].at if place + 1 < len(points) else end
        if until > start:
            steps.append((_share(point.at, start, end), _share(until, start, end), point))
    return steps


def _share(at: datetime, start: datetime, end: datetime) -> float:
    return max(0.0, min(1.0, (at - start) / (end - start)))


def _shape(kind: str, steps: Sequence[Step], height: Callable[[Point], int], top: float) -> str:
    """A band of steps down to zero, the start where the reading begins."""
    return "".join(
        f'<i class="{kind}" style="inset-inline-start:{100 * begin:.3f}%;'
        f"width:calc({100 * (until - begin):.3f}% + 1px);"
        f'height:{100 * min(1.0, height(point) / top):.2f}%"></i>'
        for begin, until, point in steps
        if height(point) > 0
    )


def _grid(view: CeilingView, top: float) -> str:
    lines = "".join(
        f'<i class="g" style="bottom:{100 * n / TICKS:g}%"></i>' for n in range(1, TICKS)
    )
    if view.standing.limit_rial is None:
        return lines
    return (
        f'{lines}<i class="g lim" style="bottom:{100 * view.standing.limit_rial / top:.2f}%"></i>'
    )


def _values(top: float) -> str:
    return "".join(
        f'<span class="y" style="top:{100 - 100 * n / TICKS:g}%">'
        f"{ltr(_millions(top * n / TICKS))}</span>"
        for n in range(TICKS + 1)
    )


def _millions(amount_rial: float) -> str:
    """With tenths where there are some."""
    tenths = round(10 * amount_rial / MILLION)
    return charts.decimal(tenths / 10) if tenths % 10 else whole(tenths // 10)


def _months(start: datetime, end: datetime) -> str:
    """The names of the months at their first day."""
    year, month, _day = parts(day_of(start))
    first = add_months(day_from_parts(year, month, 1), 1)
    labels = []
    while first <= day_of(end):
        share = _share(datetime.combine(first, time(), TEHRAN), start, end)
        name = month_name(parts(first)[1], language())
        if EDGE_MIN < share < 1 - EDGE_MIN:
            place = f"inset-inline-start:{100 * share:.1f}%"
            labels.append(f'<span class="x" style="{place}">{escape(name)}</span>')
        first = add_months(first, 1)
    return "".join(labels)


def _tags(view: CeilingView, top: float) -> str:
    """Names of the bands at the present end, where a band is high enough to carry one."""
    now, bottom, tags = view.standing, 0.0, []
    free = 0 if now.limit_rial is None else now.limit_rial - now.used_rial - now.reserved_rial
    for name, word, amount in (
        ("on-used", _("Used"), now.used_rial),
        ("", _("Reserved"), now.reserved_rial),
        ("", _("Free"), free),
    ):
        share = amount / top
        if share >= LABEL_SHARE_MIN:
            y = 100 - 100 * (bottom + share / 2)
            tags.append(f'<span class="tag {name}" style="top:{y:.1f}%">{escape(word)}</span>')
        bottom += share
    return "".join(tags)


def _ended(points: Sequence[Point], start: datetime, end: datetime, top: float) -> str:
    """The last letter that expired in sight, said where its reserve came back."""
    ended = [p for p in points if p.kind == "expire" and p.amount_rial and p.at > start]
    if not ended:
        return ""
    point = ended[-1]
    share = _share(point.at, start, end)
    height = min(0.8, (point.used_rial + point.reserved_rial + point.amount_rial) / top)
    amount = digits(f"{round(point.amount_rial / MILLION, 1):g}")
    said = _("expired: {amount} million back").format(amount=amount)
    side, away = ("start", share) if share < LATE else ("end", 1.01 - share)
    return (
        f'<span class="end" style="inset-inline-{side}:{100 * away:.1f}%;'
        f'bottom:{100 * height + 4:.1f}%">'
        f'<bdi dir="auto">{escape(said)}</bdi></span>'
    )

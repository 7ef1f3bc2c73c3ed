"""The HTML of the commission's figures: tiles, groups, members, plans behind a figure."""

from collections.abc import Sequence
from html import escape

from workbench.i18n import _, counted
from workbench.pages.manager import figure_parts as parts
from workbench.pages.manager.throughput_panels import number, percent
from workbench.rules.commission_figures import MEMBER_UNITS_LEAST, TOLD_MAX
from workbench.rules.throughput import Grain, grain_of
from workbench.services.commission.words import state_word
from workbench.services.figures import commission_words as words
from workbench.services.figures.commission import (
    CommissionFigures,
    GroupFigures,
    MemberFigures,
    PlanRow,
)
from workbench.services.figures.throughput import Wanted
from workbench.services.referrals.letter_words import group_name
from workbench.ui.format import digits, instant, ltr, pill, whole

TONES = {"decided": "approved", "returned": "returned", "submitted": "review"}


def tiles(view: CommissionFigures) -> str:
    """The figures of the period."""
    hours = view.hours
    return parts.tiles(
        (
            parts.tile("came", _("Came in"), number(view.total("came")), "", words.came_is()),
            parts.tile(
                "decided", _("Decided"), number(view.total("decided")), "", words.decided_is()
            ),
            parts.tile(
                "late",
                _("On time"),
                percent(view.on_time_percent),
                _late(view.total("decided") - view.total("on_time")),
                words.on_time_is(),
            ),
            parts.tile(
                "returned", _("Returned"), number(view.total("returned")), "", words.returned_is()
            ),
            parts.tile(
                None, _("Time of a round"), _hours(hours.median), _p90(view), words.hours_is()
            ),
            parts.tile(
                None, _("Approval share"), percent(view.approved_percent), "", words.approved_is()
            ),
        )
    )


def _late(count: int) -> str:
    if not count:
        return ""
    return counted(count, _("{n} plan late"), _("{n} plans late")).format(n=whole(count))


def _hours(hours: float | None) -> str:
    if hours is None:
        return parts.NONE
    return f"{parts.decimal(hours)} <i>{escape(_('working hours'))}</i>"


def _p90(view: CommissionFigures) -> str:
    if view.hours.p90 is None:
        return _("no decision in the period")
    return _("ninetieth percentile {n}").format(n=parts.plain_decimal(view.hours.p90))


def flow_head(view: CommissionFigures) -> str:
    """What the bars and lines are."""
    each = {
        Grain.DAY: _("plans a day; bars came, the line was closed; below the share on time"),
        Grain.WEEK: _("plans a week, from Saturday; bars came, the line was closed; below on time"),
        Grain.MONTH: _("plans a month; bars came, the line was closed; below the share on time"),
    }[grain_of(len(view.flows))]
    return parts.heading(_("Arrivals and decisions"), each, words.on_time_is())


def told_head() -> str:
    """What the forecast is held against."""
    note = _("bars came, the dotted line was expected that morning")
    definition = _(
        "As of each finished working day at 08:00: plans a working day of the ten before it, "
        "against those that came (rest days before it included). The last {n} working days of the "
        "period at most."
    )
    return parts.heading(
        _("Forecast against what came"), note, definition.format(n=digits(TOLD_MAX))
    )


def groups(view: CommissionFigures) -> str:
    """Approvals by group of services; a press shows its plans."""
    columns = (
        (_("Group"), _("Group of services of the planned units; a plan counts in each of its.")),
        (_("Plans"), _("Plans decided in the period with a unit of the group.")),
        (_("Units"), _("Planned units decided in the period.")),
        (_("Approval share"), words.approved_is()),
        (_("As asked"), _("Units approved without a change.")),
        (_("With a change"), _("Units approved as another service or for less.")),
        (_("Not approved"), _("Units that were rejected.")),
        (_("Allowed of asked"), _("Rials allowed of the rials asked for, of the decided units.")),
        (_("Rounds a plan"), _("Rounds until the decision, of the decided plans.")),
        (_("Returns"), _("Rounds returned in the period of plans with a unit of the group.")),
    )
    rows = [_group(each) for each in view.groups]
    body = parts.table(columns, rows) if rows else parts.empty(_("No decision in the period."))
    return parts.card(_("By group of services"), _("a row opens its plans"), body)


def _group(each: GroupFigures) -> str:
    allowed = 100 * each.allowed_rial / each.asked_rial if each.asked_rial else None
    cells = [
        parts.name(group_name(each.group)),
        number(each.plans),
        number(each.units),
        percent(each.approved_percent),
        *(number(count) for count in (each.approved, each.modified, each.rejected)),
        percent(allowed),
        parts.decimal(each.rounds_per_plan),
        number(each.returns),
    ]
    return parts.row(f"group:{each.group}", cells)


def members(view: CommissionFigures) -> str:
    """What the members said, by name; nobody is ranked."""
    note = _("by name; under {n} units no share is told").format(n=digits(MEMBER_UNITS_LEAST))
    columns = (
        (_("Member"), ""),
        (_("Plans"), _("Plans decided in the period that he voted on; casting votes left out.")),
        (_("Units"), _("Units of these plans that he voted on.")),
        (_("He approved"), _("Of these units, those he approved, as asked or with a change.")),
        (_("As decided"), _("Of these units, those the panel decided as he said.")),
    )
    rows = [_member(each) for each in view.members]
    body = parts.table(columns, rows) if rows else parts.empty(_("No decision in the period."))
    return parts.card(_("Members of the panel"), note, body)


def _member(each: MemberFigures) -> str:
    few = f'<span class="mut">{escape(_("too few"))}</span>'
    left = f' <span class="bdg waiting">{escape(_("left"))}</span>' if each.has_left else ""
    shares = (each.approved_percent, each.agreed_percent)
    cells = [
        parts.name(each.name) + left,
        number(each.plans),
        number(each.units),
        *(percent(share) if each.is_compared else few for share in shares),
    ]
    return parts.row(f"member:{each.member_id}", cells)


def plans_title(figure: str, of: str) -> str:
    """What the list of plans is of."""
    if figure == "group":
        return _("Decided plans: {name}").format(name=group_name(of))
    return {
        "came": _("Plans that came"),
        "decided": _("Decided plans"),
        "late": _("Plans decided late"),
        "returned": _("Returned plans"),
        "member": _("Decided plans that the member voted on"),
    }[figure]


def plans(title: str, wanted: Wanted, rows: Sequence[PlanRow]) -> str:
    """The plans behind a figure, the newest first; a row opens its plan."""
    columns = (
        (_("Plan"), ""),
        (_("State"), _("How the round ended.")),
        (_("Round"), ""),
        (_("Centre"), ""),
        (_("Sent"), ""),
        (_("Deadline"), ""),
        (_("Closed"), ""),
        (_("Working hours"), words.hours_is()),
    )
    return parts.behind(
        title,
        wanted,
        columns,
        [_plan(row) for row in rows],
        words=7,
        many=counted(len(rows), _("the newest {n} plan"), _("the newest {n} plans")),
        nothing=_("No plan is here."),
    )


def _plan(row: PlanRow) -> str:
    late = ' class="late-ink"' if row.is_late else ""
    cells = [
        ltr(row.number),
        pill(TONES[row.state], state_word(row.state)),
        ltr(row.round),
        parts.name(row.centre),
        ltr(instant(row.submitted_at)),
        ltr(instant(row.due_at)),
        ltr(instant(row.closed_at)),
        f"<span{late}>{parts.decimal(row.hours)}</span>",
    ]
    return parts.row(row.number, cells, words=7)

"""How many members decide about a planned service, by groups and amount, as settings.

Nothing is edited: of one list of groups and one amount the newest row counts, and a row without
seats withdraws it. A plan keeps the panel of its submission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.models import AuditEvent, PanelSetting, User, UserRole, new_id
from workbench.errors import Refused
from workbench.rules.panel import Majority, PanelRule
from workbench.rules.parameters import load_parameters
from workbench.rules.workflow import Role
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.referrals.letter_words import group_name

STREAM = "panel"
SEATS_MAX = 9
AMOUNT_MAX_RIAL = 1_000_000_000_000
HISTORY_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelInput:
    """A setting as typed; ``groups`` empty: services of any group."""

    groups: tuple[str, ...]
    from_rial: int
    seats: int
    quorum: int
    majority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelChange:
    """One recorded change, who made it and when; ``rule`` None: the setting was withdrawn."""

    at: datetime
    by: str | None
    groups: tuple[str, ...]
    from_rial: int
    rule: PanelRule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """The settings in force, the general ones first, and the newest changes.

    ``member_count``: how many users can sit on a panel now.
    """

    rules: tuple[PanelRule, ...]
    history: tuple[PanelChange, ...]
    member_count: int


def panel_groups() -> tuple[str, ...]:
    """The groups of services that can need an approval."""
    needs = load_parameters().approval_needs
    return tuple(dict.fromkeys(group for need in needs for group in need.groups))


def rules_in_force(session: Session) -> list[PanelRule]:
    """The settings that are not withdrawn; without any the defaults of ``PanelRule`` hold."""
    newest = {
        _key(row.groups, row.from_rial): row
        for row in session.scalars(
            select(PanelSetting).order_by(PanelSetting.recorded_at, PanelSetting.id)
        )
    }
    return [_rule(row) for row in newest.values() if row.seats]


def read_panel_settings(session: Session, actor: Actor) -> PanelSettings:
    """The settings in force with their history."""
    require(actor, "panel.manage")
    rules = sorted(rules_in_force(session), key=lambda rule: (rule.groups, rule.from_rial))
    return PanelSettings(
        rules=tuple(rules), history=_history(session), member_count=_member_count(session)
    )


def change_panel(session: Session, actor: Actor, wanted: PanelInput, *, now: datetime) -> PanelRule:
    """Add a setting, or replace the one of the same groups and amount.

    It holds for plans submitted or re-submitted from then on. Refused: ``panel_group_unknown``,
    ``panel_amount_wrong``, ``panel_seats_wrong``, ``panel_quorum_wrong``,
    ``panel_majority_unknown``, ``panel_same``, ``panel_overlaps``.
    """
    require(actor, "panel.manage")
    rule = _checked(wanted)
    for present in rules_in_force(session):
        if present == rule:
            raise Refused("panel_same")
        if _overlaps(present, rule):
            names = tuple(group_name(group) for group in present.groups)
            raise Refused("panel_overlaps", groups=names)
    _write(session, actor, rule, "change", now)
    return rule


def withdraw_panel(
    session: Session, actor: Actor, groups: Sequence[str], from_rial: int, *, now: datetime
) -> None:
    """End a setting: a more general one, or the default, holds again.

    Refused: ``panel_not_set``.
    """
    require(actor, "panel.manage")
    key = _key(groups, from_rial)
    rules = rules_in_force(session)
    present = next((rule for rule in rules if (rule.groups, rule.from_rial) == key), None)
    if present is None:
        raise Refused("panel_not_set")
    _write(session, actor, present, "withdraw", now)


def _key(groups: Sequence[str], from_rial: int) -> tuple[tuple[str, ...], int]:
    return tuple(sorted(groups)), from_rial


def _rule(row: PanelSetting) -> PanelRule:
    return PanelRule(
        groups=tuple(sorted(row.groups)),
        from_rial=row.from_rial,
        seats=row.seats,
        quorum=row.quorum,
        majority=Majority(row.majority),
    )


def _checked(wanted: PanelInput) -> PanelRule:
    unknown = sorted(set(wanted.groups) - set(panel_groups()))
    if unknown:
        raise Refused("panel_group_unknown", group=unknown[0])
    if not 0 <= wanted.from_rial <= AMOUNT_MAX_RIAL:
        raise Refused("panel_amount_wrong", limit_rial=AMOUNT_MAX_RIAL)
    if not 1 <= wanted.seats <= SEATS_MAX:
        raise Refused("panel_seats_wrong", least=1, most=SEATS_MAX)
    if not 1 <= wanted.quorum <= wanted.seats:
        raise Refused("panel_quorum_wrong", seats=wanted.seats)
    if wanted.majority not in set(Majority):
        raise Refused("panel_majority_unknown", majority=wanted.majority)
    return PanelRule(
        groups=tuple(sorted(set(wanted.groups))),
        from_rial=wanted.from_rial,
        seats=wanted.seats,
        quorum=wanted.quorum,
        majority=Majority(wanted.majority),
    )


def _overlaps(present: PanelRule, rule: PanelRule) -> bool:
    """Two settings of one amount that name a group in common say two things about it."""
    return (
        present.from_rial == rule.from_rial
        and present.groups != rule.groups
        and bool(set(present.groups) & set(rule.groups))
    )


def _write(session: Session, actor: Actor, rule: PanelRule, action: str, now: datetime) -> None:
    is_withdrawn = action == "withdraw"
    row = PanelSetting(
        id=new_id(),
        groups=list(rule.groups),
        from_rial=rule.from_rial,
        seats=0 if is_withdrawn else rule.seats,
        quorum=0 if is_withdrawn else rule.quorum,
        majority=rule.majority,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        action=f"panel.{action}",
        stream=STREAM,
        actor_id=actor.user_id,
        now=now,
        row=row.id,
        groups=list(rule.groups),
        from_rial=rule.from_rial,
        seats=row.seats or None,
        quorum=row.quorum or None,
        majority=None if is_withdrawn else str(rule.majority),
    )


def _history(session: Session) -> tuple[PanelChange, ...]:
    rows = session.scalars(
        select(PanelSetting)
        .order_by(PanelSetting.recorded_at.desc(), PanelSetting.id.desc())
        .limit(HISTORY_MAX)
    )
    events = session.execute(
        select(AuditEvent.facts, User.display_name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.stream == STREAM)
        .order_by(AuditEvent.sequence.desc())
        .limit(HISTORY_MAX)
    )
    names = {facts["row"]: name for facts, name in events}
    return tuple(
        PanelChange(
            at=row.recorded_at,
            by=names.get(row.id),
            groups=tuple(sorted(row.groups)),
            from_rial=row.from_rial,
            rule=_rule(row) if row.seats else None,
        )
        for row in rows
    )


def _member_count(session: Session) -> int:
    statement = (
        select(func.count(func.distinct(User.id)))
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role.in_((Role.COMMISSION, Role.CHAIR)), User.is_disabled.is_(False))
    )
    return session.scalar(statement) or 0

"""Services and reasons: codes without dates. What is in use is never deleted, only deactivated.

They change at once, by the administrator alone, and each change is on the record: a deactivated
code can no longer be chosen, and every case that has it keeps showing it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.models import Defect, LineDeduction, PlanDefect, Reason, Service, TariffSet
from workbench.db.rule_parameters import parameters_of
from workbench.errors import Refused
from workbench.persian.digits import to_ascii
from workbench.persian.text import normalise
from workbench.services import audit
from workbench.services.access import Actor, require

DEDUCTION, DEFECT = "deduction", "defect"
LETTERS = {DEDUCTION: "D", DEFECT: "R"}
NUMBER_DIGITS = (2, 3)
TITLE_MIN, TITLE_MAX = 3, 200
SERVICES_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """A reason; ``uses``: so many deductions and returns name it, so it is never deleted."""

    code: str
    kind: str
    title_fa: str
    title_en: str
    group: str
    is_computed: bool
    is_active: bool
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service of the catalogue."""

    tariff_set: str
    code: str
    title: str
    group: str
    scope: str
    is_active: bool


def read_reasons(session: Session, actor: Actor) -> tuple[ReasonRow, ...]:
    """All reasons, deductions before defects, by code."""
    require(actor, "catalogue.read")
    uses = _uses(session)
    rows = session.scalars(select(Reason).order_by(Reason.kind, Reason.code))
    return tuple(
        ReasonRow(
            code=row.code,
            kind=row.kind,
            title_fa=row.title_fa,
            title_en=row.title_en,
            group=row.group,
            is_computed=row.is_computed,
            is_active=row.is_active,
            uses=uses.get(row.code, 0),
        )
        for row in rows
    )


def read_services(session: Session, actor: Actor, *, text: str = "") -> tuple[ServiceRow, ...]:
    """The services whose code or title holds ``text``, by set and code; at most 500."""
    require(actor, "catalogue.read")
    wanted = (
        select(TariffSet.code.label("tariff_set"), Service)
        .join(TariffSet, TariffSet.id == Service.tariff_set_id)
        .order_by(TariffSet.code, Service.code)
        .limit(SERVICES_MAX)
    )
    key = normalise(to_ascii(text))
    if key:
        wanted = wanted.where(Service.search_key.contains(key, autoescape=True))
    return tuple(
        ServiceRow(
            tariff_set=tariff_set,
            code=row.code,
            title=row.title,
            group=row.group,
            scope=row.scope,
            is_active=row.is_active,
        )
        for tariff_set, row in session.execute(wanted)
    )


def add_reason(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    number: str,
    title_fa: str,
    title_en: str,
    now: datetime,
) -> str:
    """A new reason; its code is the letter of its kind and the number.

    Refused: ``reason_number_wrong``, ``reason_known``, ``reason_title_wrong``.
    """
    require(actor, "catalogue.manage")
    digits = to_ascii(number).strip()
    if kind not in LETTERS or not digits.isdecimal() or len(digits) not in NUMBER_DIGITS:
        raise Refused("reason_number_wrong")
    code = f"{LETTERS[kind]}{digits}"
    if session.get(Reason, code) is not None:
        raise Refused("reason_known", reason=code)
    titles = _titles(title_fa, title_en)
    session.add(Reason(code=code, kind=kind, is_active=True, **titles))
    session.flush()
    _record(session, actor, "reason.added", f"reason:{code}", now, reason=code)
    return code


def rename_reason(
    session: Session, actor: Actor, code: str, *, title_fa: str, title_en: str, now: datetime
) -> None:
    """Other titles; cases show them from now on. Refused: ``unknown_reason`` and of titles."""
    require(actor, "catalogue.manage")
    row = _reason(session, code)
    titles = _titles(title_fa, title_en)
    if (row.title_fa, row.title_en) == (titles["title_fa"], titles["title_en"]):
        return
    row.title_fa, row.title_en = titles["title_fa"], titles["title_en"]
    _record(session, actor, "reason.changed", f"reason:{code}", now, reason=code)


def set_reason_active(
    session: Session, actor: Actor, code: str, *, is_active: bool, now: datetime
) -> None:
    """Whether a reason may be chosen.

    Refused: ``unknown_reason``, ``reason_computed``, ``reason_in_rules`` (a needed document that
    is not ended names it).
    """
    require(actor, "catalogue.manage")
    row = _reason(session, code)
    if row.is_computed:
        raise Refused("reason_computed", reason=code)
    needs = parameters_of(session).evidence_needs
    if not is_active and any(
        code in (need.defect, need.reason) for need in needs if need.valid_until is None
    ):
        raise Refused("reason_in_rules", reason=code)
    if row.is_active == is_active:
        return
    row.is_active = is_active
    _record(
        session, actor, "reason.changed", f"reason:{code}", now, reason=code, is_active=is_active
    )


def set_service_active(
    session: Session, actor: Actor, tariff_set: str, code: str, *, is_active: bool, now: datetime
) -> None:
    """Whether a service may be chosen. Refused: ``unknown_service_code``."""
    require(actor, "catalogue.manage")
    row = session.scalars(
        select(Service)
        .join(TariffSet, TariffSet.id == Service.tariff_set_id)
        .where(TariffSet.code == tariff_set, Service.code == code)
        .with_for_update()
    ).first()
    if row is None:
        raise Refused("unknown_service_code", service_code=code)
    if row.is_active == is_active:
        return
    row.is_active = is_active
    _record(
        session, actor, "service.changed", f"service:{row.id}", now, code=code, is_active=is_active
    )


def _reason(session: Session, code: str) -> Reason:
    row = session.scalars(select(Reason).where(Reason.code == code).with_for_update()).first()
    if row is None:
        raise Refused("unknown_reason", key=code)
    return row


def _titles(title_fa: str, title_en: str) -> dict[str, str]:
    titles = {"title_fa": title_fa.strip(), "title_en": title_en.strip()}
    if not all(TITLE_MIN <= len(title) <= TITLE_MAX for title in titles.values()):
        raise Refused("reason_title_wrong", least=TITLE_MIN, most=TITLE_MAX)
    return titles


def _uses(session: Session) -> dict[str, int]:
    """How often each reason was named; one statement a table."""
    counts: dict[str, int] = {}
    models: tuple[Any, ...] = (LineDeduction, Defect, PlanDefect)
    for model in models:
        rows = session.execute(select(model.reason, func.count()).group_by(model.reason))
        for code, count in rows:
            counts[code] = counts.get(code, 0) + int(count)
    return counts


def _record(
    session: Session, actor: Actor, action: str, stream: str, now: datetime, **facts: Any
) -> None:
    audit.record(session, action=action, stream=stream, actor_id=actor.user_id, now=now, **facts)

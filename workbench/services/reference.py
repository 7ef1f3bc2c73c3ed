"""Master data shared by all insurers: insurers, policyholders, centres, dentists, insured people.

Each ``register_…`` adds what is new, corrects what differs, and does nothing the second time; the
answer says which. ``actor`` None is the system (the command line, the demo).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Base,
    Centre,
    CentreDentist,
    Dentist,
    Insurer,
    Person,
    Policyholder,
    new_id,
)
from workbench.errors import Refused
from workbench.persian.identifiers import (
    is_medical_council_number,
    mask_national_code,
    normalise_email,
    normalise_mobile,
    normalise_national_code,
)
from workbench.persian.text import normalise
from workbench.services import audit
from workbench.services.access import Actor, require

Row = TypeVar("Row", bound=Base)


class Change(StrEnum):
    """What registering a thing did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The id of a registered row, and what happened to it."""

    id: int
    change: Change


def actor_id_of(actor: Actor | None) -> int | None:
    """The user behind an action; None for the system."""
    return None if actor is None else actor.user_id


def require_import(actor: Actor | None) -> None:
    """Refuse a user who may not bring data in; the system may."""
    if actor is not None:
        require(actor, "import")


def row_by_code(session: Session, model: type[Row], column: str, code: str) -> Row:
    """The row whose natural key is ``code``; refused with ``unknown_<table>``."""
    row = session.scalars(select(model).where(getattr(model, column) == code)).first()
    if row is None:
        shown = mask_national_code(code) if column == "national_code" else code
        raise Refused(f"unknown_{model.__tablename__}", key=shown)
    return row


def later(now: datetime, former: datetime | None) -> datetime:
    """``recorded_at`` of a dated row: ``now``, and in any case after the row that it corrects."""
    return now if former is None else max(now, former + timedelta(microseconds=1))


def register_insurer(
    session: Session,
    actor: Actor | None,
    *,
    code: str,
    name: str,
    direct_due_hours: int = 72,
    indirect_due_hours: int = 72,
    max_rounds: int = 3,
    now: datetime,
) -> Registered:
    """Add or correct an insurer; the due hours are working hours (ILL: 72)."""
    values = {
        "name": name,
        "direct_due_hours": direct_due_hours,
        "indirect_due_hours": indirect_due_hours,
        "max_rounds": max_rounds,
    }
    return upsert(session, actor, Insurer, {"code": code}, values, now=now)


def register_policyholder(
    session: Session, actor: Actor | None, *, code: str, name: str, now: datetime
) -> Registered:
    """Add or correct the organisation that holds group contracts."""
    return upsert(session, actor, Policyholder, {"code": code}, {"name": name}, now=now)


def register_centre(
    session: Session,
    actor: Actor | None,
    *,
    code: str,
    name: str,
    province: str,
    is_contracted: bool = True,
    phone: str = "",
    mobile: str = "",
    email: str = "",
    now: datetime,
) -> Registered:
    """Add or correct a treatment centre; notices go to its mobile number, else to its e-mail.

    Refused: ``mobile_wrong``, ``email_wrong``.
    """
    values = {
        "name": name,
        "province": province,
        "is_contracted": is_contracted,
        "phone": phone,
        "mobile": _mobile(mobile) or "",
        "email": _email(email),
    }
    return upsert(session, actor, Centre, {"code": code}, values, now=now)


def register_dentist(
    session: Session,
    actor: Actor | None,
    *,
    medical_council_number: str,
    first_name: str,
    last_name: str,
    speciality: str = "general",
    centre_codes: tuple[str, ...] = (),
    now: datetime,
) -> Registered:
    """Add or correct a dentist and register him at centres (B4); none is taken away."""
    if not is_medical_council_number(medical_council_number):
        raise Refused("medical_council_number_wrong", value=medical_council_number)
    values = {
        "first_name": first_name,
        "last_name": last_name,
        "speciality": speciality,
        "search_key": normalise(f"{last_name} {first_name}"),
    }
    key = {"medical_council_number": medical_council_number}
    registered = upsert(session, actor, Dentist, key, values, now=now)
    added = [_register_at(session, registered.id, code) for code in centre_codes]
    if any(added) and registered.change is Change.UNCHANGED:
        return Registered(id=registered.id, change=Change.CHANGED)
    return registered


def _register_at(session: Session, dentist_id: int, centre_code: str) -> bool:
    centre = row_by_code(session, Centre, "code", centre_code)
    known = session.scalar(
        select(CentreDentist.id).where(
            CentreDentist.centre_id == centre.id, CentreDentist.dentist_id == dentist_id
        )
    )
    if known is not None:
        return False
    session.add(CentreDentist(centre_id=centre.id, dentist_id=dentist_id))
    session.flush()
    return True


def register_person(
    session: Session,
    actor: Actor | None,
    *,
    national_code: str,
    first_name: str,
    last_name: str,
    birth_on: date,
    mobile: str | None = None,
    now: datetime,
) -> Registered:
    """Add or correct an insured person; a wrong national code or mobile number is refused."""
    try:
        code = normalise_national_code(national_code)
    except ValueError as error:
        raise Refused("national_code_wrong", value=national_code) from error
    values = {
        "first_name": first_name,
        "last_name": last_name,
        "birth_on": birth_on,
        "mobile": _mobile(mobile),
        "search_key": normalise(f"{last_name} {first_name}"),
        "first_search_key": normalise(f"{first_name} {last_name}"),
    }
    return upsert(session, actor, Person, {"national_code": code}, values, now=now)


def _mobile(text: str | None) -> str | None:
    try:
        return normalise_mobile(text) if text else None
    except ValueError as error:
        raise Refused("mobile_wrong", value=text) from error


def _email(text: str) -> str:
    try:
        return normalise_email(text) if text else ""
    except ValueError as error:
        raise Refused("email_wrong", value=text) from error


def upsert(
    session: Session,
    actor: Actor | None,
    model: type[Any],
    key: dict[str, Any],
    values: dict[str, Any],
    *,
    now: datetime,
    insurer_id: int = audit.NO_INSURER,
) -> Registered:
    """Add the row of ``key``, or set what differs; one audit event unless nothing changed.

    The event names the columns that changed, never their values (some are personal).
    """
    require_import(actor)
    row = session.scalars(select(model).filter_by(**key)).first()
    if row is None:
        row_id, change, fields = new_id(), Change.ADDED, []
        session.add(model(id=row_id, **key, **values))
    else:
        row_id = row.id
        fields = sorted(name for name, value in values.items() if getattr(row, name) != value)
        if not fields:
            return Registered(id=row_id, change=Change.UNCHANGED)
        change = Change.CHANGED
        for name in fields:
            setattr(row, name, values[name])
    session.flush()
    record_reference(
        session, actor, model.__tablename__, row_id, change, now, insurer_id, fields=fields
    )
    return Registered(id=row_id, change=change)


def record_reference(
    session: Session,
    actor: Actor | None,
    kind: str,
    row_id: int,
    change: Change,
    now: datetime,
    insurer_id: int = audit.NO_INSURER,
    **facts: Any,
) -> None:
    """One audit event of a master-data row, in a stream of its own."""
    audit.record(
        session,
        action=f"{kind}.{change}",
        stream=f"{kind}:{row_id}",
        actor_id=actor_id_of(actor),
        now=now,
        insurer_id=insurer_id,
        **facts,
    )

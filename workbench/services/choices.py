"""What filters and forms offer to choose from; no patient is among it."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, ClaimStep, Dentist, Insurer, User, UserRole
from workbench.errors import Refused
from workbench.persian.text import normalise
from workbench.rules.steps import FINISH, RETURN
from workbench.rules.workflow import Role
from workbench.services.access import Actor, may, may_see_insurer, require

CHOICES_MAX = 2_000
DECISIONS = (FINISH, RETURN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the filters offer: id and name, by name."""

    insurers: tuple[tuple[int, str], ...]
    centres: tuple[tuple[int, str], ...]
    assessors: tuple[tuple[int, str], ...]


def read_choices(session: Session, actor: Actor) -> Choices:
    """Insurers, centres and assessors to choose from; no patient is among them."""
    if not may(actor, "user.manage"):
        require(actor, "queue.read")
    insurers = session.execute(select(Insurer.id, Insurer.name).order_by(Insurer.name)).all()
    centres = session.execute(
        select(Centre.id, Centre.name).order_by(Centre.name).limit(CHOICES_MAX)
    ).all()
    assessors = session.execute(
        select(User.id, User.display_name)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.ASSESSOR.value, User.is_disabled.is_(False))
        .order_by(User.display_name)
        .limit(CHOICES_MAX)
    ).all()
    return Choices(
        insurers=tuple((i, name) for i, name in insurers if may_see_insurer(actor, i)),
        centres=tuple((i, name) for i, name in centres),
        assessors=tuple((i, name) for i, name in assessors),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Somebody whose decisions the figures may be limited to."""

    user_id: int
    name: str
    has_left: bool


def read_deciders(session: Session, actor: Actor) -> tuple[Decider, ...]:
    """The present assessors and whoever else has decided a case, by name; who left comes last."""
    require(actor, "figures.read")
    decisions = exists().where(ClaimStep.actor_id == User.id, ClaimStep.action.in_(DECISIONS))
    assessing = exists().where(UserRole.user_id == User.id, UserRole.role == Role.ASSESSOR.value)
    rows = session.execute(
        select(User.id, User.display_name, User.is_disabled)
        .where(decisions | (assessing & User.is_disabled.is_(False)))
        .order_by(User.is_disabled, User.display_name)
        .limit(CHOICES_MAX)
    )
    return tuple(Decider(user_id=i, name=name, has_left=left) for i, name, left in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class DentistChoice:
    """A dentist to name as a user's own identity."""

    dentist_id: int
    name: str
    medical_council_number: str


def find_dentist(session: Session, actor: Actor, medical_council_number: str) -> DentistChoice:
    """The dentist of a medical council number, in any digits; refused: ``dentist_unknown``."""
    require(actor, "user.manage")
    number = normalise(medical_council_number)
    found = session.scalars(select(Dentist).where(Dentist.medical_council_number == number)).first()
    if found is None:
        raise Refused("dentist_unknown")
    return _dentist(found)


def read_dentist(session: Session, actor: Actor, dentist_id: int) -> DentistChoice:
    """A dentist by id; refused: ``dentist_unknown``."""
    require(actor, "user.manage")
    found = session.get(Dentist, dentist_id)
    if found is None:
        raise Refused("dentist_unknown")
    return _dentist(found)


def _dentist(row: Dentist) -> DentistChoice:
    return DentistChoice(
        dentist_id=row.id, name=row.name, medical_council_number=row.medical_council_number
    )

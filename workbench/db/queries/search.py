"""Search by number or name: every statement goes by an index and has a limit."""

from collections.abc import Sequence

from sqlalchemy import Select, and_, exists, func, or_, select

from workbench.db.models import Batch, Centre, Claim, Insurer, Membership, Person, Referral
from workbench.db.queries.listed import Rows, fixed, listed
from workbench.db.queries.names import people_named

Insurers = Sequence[int] | None


def claims_by_number(number: str, insurer_ids: Insurers, limit: int) -> Rows:
    """Claims of a case number or a tracking code."""
    halves = [
        _within(select(Claim.insurer_id, Claim.id).where(column == number), Claim, insurer_ids)
        for column in (Claim.number, Claim.tracking_code)
    ]
    keys = halves[0].union(halves[1]).limit(fixed(limit)).subquery()
    return listed(keys).order_by(Claim.id.desc())


def claims_of_referral(number: str, insurer_ids: Insurers, limit: int) -> Rows:
    """Claims under a referral."""
    statement = select(Claim.insurer_id, Claim.id).join(
        Referral,
        and_(Referral.insurer_id == Claim.insurer_id, Referral.id == Claim.referral_id),
    )
    keys = _within(statement.where(Referral.number == number), Claim, insurer_ids)
    return listed(keys.limit(fixed(limit)).subquery()).order_by(Claim.id.desc())


def claims_of_people(person_ids: Sequence[int], insurer_ids: Insurers, limit: int) -> Rows:
    """Claims of some people, the newest first."""
    statement = select(Claim.insurer_id, Claim.id).where(Claim.person_id.in_(person_ids))
    keys = _within(statement, Claim, insurer_ids).order_by(Claim.id.desc()).limit(fixed(limit))
    return listed(keys.subquery()).order_by(Claim.id.desc())


def person_by_code(national_code: str) -> Select[int]:
    """The person of a national code."""
    return select(Person.id).where(Person.national_code == national_code)


def people(person_ids: Sequence[int], insurer_ids: Insurers) -> Rows:
    """People with the number of their claims, those the insurers know; by family name."""
    claims = _within(
        select(func.count()).where(Claim.person_id == Person.id), Claim, insurer_ids
    ).scalar_subquery()
    is_member = _within(
        select(Membership.id).where(Membership.person_id == Person.id), Membership, insurer_ids
    )
    return (
        select(
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.national_code,
            Person.birth_on,
            claims.label("claim_count"),
        )
        .where(Person.id.in_(person_ids), or_(claims > 0, exists(is_member)))
        .order_by(Person.search_key)
    )


def ids_of_people_named(name_key: str, limit: int) -> Select[int]:
    """People whose family or first name begins so."""
    return people_named(name_key, limit=limit)


def referrals(number: str, insurer_ids: Insurers, limit: int) -> Rows:
    """Referrals of a number."""
    statement = (
        select(
            Referral.number,
            Referral.state,
            Referral.amount_rial,
            Referral.issued_on,
            Referral.last_valid_on,
            Person.first_name,
            Person.last_name,
            Person.national_code,
            Centre.name.label("centre_name"),
            Insurer.name.label("insurer_name"),
        )
        .join(Person, Person.id == Referral.person_id)
        .join(Centre, Centre.id == Referral.centre_id)
        .join(Insurer, Insurer.id == Referral.insurer_id)
        .where(Referral.number == number)
    )
    return _within(statement, Referral, insurer_ids).limit(fixed(limit))


def batches(number: str, insurer_ids: Insurers, limit: int) -> Rows:
    """Batches of an acceptance number, with the number of their claims."""
    claims = (
        select(func.count())
        .where(Claim.insurer_id == Batch.insurer_id, Claim.batch_id == Batch.id)
        .scalar_subquery()
    )
    statement = (
        select(
            Batch.acceptance_number,
            Batch.state,
            Batch.sent_at,
            Centre.name.label("centre_name"),
            Insurer.name.label("insurer_name"),
            claims.label("claim_count"),
        )
        .join(Centre, Centre.id == Batch.centre_id)
        .join(Insurer, Insurer.id == Batch.insurer_id)
        .where(Batch.acceptance_number == number)
    )
    return _within(statement, Batch, insurer_ids).limit(fixed(limit))


def _within(
    statement: Rows,
    model: type[Claim] | type[Membership] | type[Referral] | type[Batch],
    insurer_ids: Insurers,
) -> Rows:
    if insurer_ids is None:
        return statement
    return statement.where(func.coalesce(model.insurer_id, model.insurer_id).in_(insurer_ids))

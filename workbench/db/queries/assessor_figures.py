"""The people and services that the page of assessors names."""

from sqlalchemy import Select, func, select

from workbench.db.models import Service, User


def groups() -> Select[str, str]:
    """Code and group of every service of the catalogues."""
    return select(Service.code, func.min(Service.group)).group_by(Service.code)


def people(ids: list[int]) -> Select[int, str, bool]:
    """Id, name, and whether the user left."""
    return select(User.id, User.display_name, User.is_disabled).where(User.id.in_(ids))

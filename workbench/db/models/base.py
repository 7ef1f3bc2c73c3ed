"""The declarative base, portable column types and ids.

Portable on purpose (SQLite, PostgreSQL, Citus, YugabyteDB, CockroachDB): BIGINT ids made here, text
codes with CHECK instead of ENUM, instants in UTC, days as Gregorian dates, money as integer rials.
"""

import itertools
import random
import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
ID_EPOCH_SECONDS = 1_735_689_600  # 2025-01-01T00:00:00Z
ID_RANDOM_BITS = 21

_id_sequence = itertools.count(random.SystemRandom().getrandbits(ID_RANDOM_BITS))


def new_id() -> int:
    """A 63-bit id: milliseconds since 2025 above 21 bits of a per-process sequence.

    Ordered by time, unique within a process for 2 million ids a millisecond; processes start at
    random places of the sequence, and a clash would end in a refused insert, never in a mix-up.
    """
    milliseconds = time.time_ns() // 1_000_000 - ID_EPOCH_SECONDS * 1000
    return milliseconds << ID_RANDOM_BITS | next(_id_sequence) & (1 << ID_RANDOM_BITS) - 1


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; stored in UTC, naive where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        assert value.tzinfo is not None, "naive instants are not stored"
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        int: BigInteger(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class Identified:
    """A table shared by all insurers: one BIGINT key."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=new_id)


class InsurerKeyed:
    """A table that hangs on a contract: ``insurer_id`` comes first in its key."""

    insurer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=new_id)


def insurer_key(column: str, table: str) -> ForeignKeyConstraint:
    """The composite foreign key ``(insurer_id, column)`` → ``table (insurer_id, id)``."""
    return ForeignKeyConstraint(["insurer_id", column], [f"{table}.insurer_id", f"{table}.id"])

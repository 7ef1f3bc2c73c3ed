"""The catalogues: services, dated tariffs, coefficients, reasons and the calendar (shared tables).

Dated rows are never edited once used: a correction is a new row with a later ``recorded_at``.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, Identified


class TariffSet(Identified, Base):
    """A catalogue of codes with its prices; codes are not universal between insurers."""

    __tablename__ = "tariff_set"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Service(Identified, Base):
    """One code of a tariff set; fields as ``workbench.rules.facts.Service``."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("tariff_set_id", "code"),
        CheckConstraint("scope IN ('tooth','jaw','mouth')", name="scope"),
        CheckConstraint("dentition IN ('permanent','primary')", name="dentition"),
    )
    tariff_set_id: Mapped[int] = mapped_column(ForeignKey("tariff_set.id"))
    code: Mapped[str]
    title: Mapped[str]
    search_key: Mapped[str]
    group: Mapped[str] = mapped_column("service_group")
    cover_code: Mapped[str] = mapped_column(default="dental")
    scope: Mapped[str] = mapped_column(default="tooth")
    surfaces: Mapped[int | None]
    canals: Mapped[int | None]
    dentition: Mapped[str | None]
    is_paediatric: Mapped[bool] = mapped_column(default=False)
    adult_equivalent_code: Mapped[str | None]
    is_illustrative: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class Tariff(Identified, Base):
    """The price of a code from a day on, per (contracted?, general or specialist)."""

    __tablename__ = "tariff"
    __table_args__ = (
        UniqueConstraint(
            "tariff_set_id", "code", "is_contracted", "level", "valid_from", "recorded_at"
        ),
        CheckConstraint("amount_rial >= 0", name="amount"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )
    tariff_set_id: Mapped[int] = mapped_column(ForeignKey("tariff_set.id"))
    code: Mapped[str]
    is_contracted: Mapped[bool] = mapped_column(default=True)
    level: Mapped[str] = mapped_column(default="general")
    amount_rial: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]


class CentreCoefficient(Identified, Base):
    """What a centre's prices are multiplied with, in ten-thousandths, from a day on."""

    __tablename__ = "centre_coefficient"
    __table_args__ = (UniqueConstraint("centre_id", "tariff_set_id", "valid_from", "recorded_at"),)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    tariff_set_id: Mapped[int] = mapped_column(ForeignKey("tariff_set.id"))
    basis: Mapped[int]
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]


class Reason(Base):
    """A deduction (D…) or return (R…) reason of the editable catalogue."""

    __tablename__ = "reason"
    __table_args__ = (CheckConstraint("kind IN ('deduction','defect')", name="kind"),)
    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title_fa: Mapped[str]
    title_en: Mapped[str]
    group: Mapped[str] = mapped_column("reason_group", default="")
    source: Mapped[str] = mapped_column(default="")
    is_computed: Mapped[bool] = mapped_column(default=False)
    needs_text: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class WeeklySchedule(Identified, Base):
    """Which weekdays are off from a day on (0 = Saturday … 6 = Friday), comma separated."""

    __tablename__ = "weekly_schedule"
    __table_args__ = (UniqueConstraint("valid_from", "recorded_at"),)
    valid_from: Mapped[date]
    off_weekdays: Mapped[str]
    recorded_at: Mapped[datetime]


class CalendarDay(Identified, Base):
    """A correction of the calendar that wins over the holiday package: off or working.

    Of one day the newest row counts; one without a title withdraws what was corrected before.
    """

    __tablename__ = "calendar_day"
    __table_args__ = (Index("ix_calendar_day_on", "day_on"),)
    day_on: Mapped[date]
    is_off: Mapped[bool]
    title: Mapped[str]
    recorded_at: Mapped[datetime]


class RuleTable(Identified, Base):
    """A whole table of the rules as an administrator left it; of one name the newest row counts.

    ``rows`` are in the plain form of ``rules.parameters``; without a row the shipped ones hold.
    """

    __tablename__ = "rule_table"
    __table_args__ = (Index("ix_rule_table_name", "name", "id"),)
    name: Mapped[str]
    rows: Mapped[list[Any]]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

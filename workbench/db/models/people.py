"""Who takes part: insurers, policyholders, insured persons, centres, dentists (shared tables)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, Identified


class Insurer(Identified, Base):
    """بیمه‌گر. The due hours are working hours from acceptance (ILL: 72)."""

    __tablename__ = "insurer"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    direct_due_hours: Mapped[int] = mapped_column(default=72)
    indirect_due_hours: Mapped[int] = mapped_column(default=72)
    max_rounds: Mapped[int] = mapped_column(default=3)


class Policyholder(Identified, Base):
    """بیمه‌گذار: the employer or organisation that holds a group contract."""

    __tablename__ = "policyholder"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Person(Identified, Base):
    """An insured person. ``search_key`` is the normalised «family name first name»."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("length(national_code) = 10", name="national_code_length"),
        Index("ix_person_search_key", "search_key"),
        Index("ix_person_first_search_key", "first_search_key"),
    )
    national_code: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    birth_on: Mapped[date]
    mobile: Mapped[str | None]
    search_key: Mapped[str]
    first_search_key: Mapped[str]

    @property
    def name(self) -> str:
        """First and family name."""
        return f"{self.first_name} {self.last_name}"


class Centre(Identified, Base):
    """مرکز درمانی طرف قرارداد; ``mobile`` and ``email`` are where notices go."""

    __tablename__ = "centre"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    province: Mapped[str]
    is_contracted: Mapped[bool] = mapped_column(default=True)
    phone: Mapped[str] = mapped_column(default="")
    mobile: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str] = mapped_column(default="", server_default="")


class Dentist(Identified, Base):
    """پزشک معالج; speciality ``general`` or a named one."""

    __tablename__ = "dentist"
    __table_args__ = (Index("ix_dentist_search_key", "search_key"),)
    medical_council_number: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    speciality: Mapped[str] = mapped_column(default="general")
    search_key: Mapped[str]

    @property
    def name(self) -> str:
        """First and family name."""
        return f"{self.first_name} {self.last_name}"


class CentreDentist(Identified, Base):
    """A dentist registered by a centre (B4)."""

    __tablename__ = "centre_dentist"
    __table_args__ = (UniqueConstraint("centre_id", "dentist_id"),)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    dentist_id: Mapped[int] = mapped_column(ForeignKey("dentist.id"), index=True)

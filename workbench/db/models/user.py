"""Users, their roles and limits, sessions, sign-in attempts, saved views and drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, Identified


class User(Identified, Base):
    """A person who signs in. ``centre_id`` and ``dentist_id`` say where he has an interest."""

    __tablename__ = "app_user"
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str | None]
    is_disabled: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="fa")
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    dentist_id: Mapped[int | None] = mapped_column(ForeignKey("dentist.id"))
    reset_token_hash: Mapped[str | None] = mapped_column(unique=True)
    reset_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class UserRole(Base):
    """One role of a user; roles are those of ``services.access``."""

    __tablename__ = "user_role"
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class UserInsurer(Base):
    """Limits a user to insurers; a user without rows may work for all."""

    __tablename__ = "user_insurer"
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    insurer_id: Mapped[int] = mapped_column(ForeignKey("insurer.id"), primary_key=True)


class UserSession(Base):
    """A signed-in browser, by the SHA-256 of its 256-bit token."""

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="")


class SignInAttempt(Identified, Base):
    """One try to sign in, for the lock-out; kept for a day."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_username", "username_key", "at"),
        Index("ix_sign_in_attempt_address", "address", "at"),
    )
    username_key: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
    is_success: Mapped[bool]


class SavedView(Identified, Base):
    """A named set of filters of a user: of the queue, or of the managers' figures."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    page: Mapped[str]
    name: Mapped[str]
    filters: Mapped[dict[str, Any]]


class Draft(Base):
    """Half-typed text of a user, by place (``claim:…:return`` and the like)."""

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("length(value) <= 20000", name="length"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    updated_at: Mapped[datetime]

"""Accounts, the roles an administrator gave them, and one-time tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.access.roles import Role
from app.models.base import Moment, Name, Row, UtcDateTime, now, one_of, reference


class Locale(StrEnum):
    """The languages of the site."""

    ZH = "zh"
    ZH_HANT = "zh-Hant"
    EN = "en"


class TokenPurpose(StrEnum):
    """What a one-time token opens; a token of one purpose opens nothing else."""

    RESET_PASSWORD = "reset_password"


class User(Row, UserMixin):  # type: ignore[misc]
    """An account. Signed in with by e-mail address or mobile number; at least one of them is there.

    `fs_uniquifier` ties sessions to the account: a new one ends all of them. `email` is stored in lower case,
    `phone` in E.164 form.
    """

    __tablename__ = "users"

    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # type: ignore[assignment]
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[Name] = mapped_column(default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    locale: Mapped[str] = mapped_column(String(8), default=Locale.ZH.value)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment] = mapped_column(default=now)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="has_login"),
        one_of("locale", Locale),
    )

    @property
    def login(self) -> str:
        """The address or number to show for this account."""
        return self.email or self.phone or ""

    @property
    def display_name(self) -> str:
        """The name to show for this account."""
        return self.name or self.login

    @property
    def roles(self) -> list[str]:  # type: ignore[override]
        """Nothing: what an account may do is decided in `app.access`, not by Flask-Security."""
        return []


class UserRole(Row):
    """A role that an administrator gave: consultant, coordinator, admin (firm roles come from memberships)."""

    __tablename__ = "user_roles"

    user_id: Mapped[UUID] = mapped_column(reference("users.id"))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("user_id", "role"), one_of("role", Role))


class AccountToken(Row):
    """A one-time token of an account: only its hash is kept, for one purpose, until a time.

    `fingerprint` is a digest of password and logins at issue: when any of them changes, the token is void.
    """

    __tablename__ = "account_tokens"

    user_id: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    issued_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (one_of("purpose", TokenPurpose),)

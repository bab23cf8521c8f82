"""Firms, who belongs to them, and invitations into them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.access.orm_guard import FirmScoped
from app.models.base import Code, Exact, FirmOwned, Json, Moment, Name, Row, UtcDateTime, now, one_of, reference
from app.models.users import User


class MembershipRole(StrEnum):
    """The two roles inside a firm."""

    OWNER = "owner"
    MEMBER = "member"


class Firm(Row, FirmScoped):
    """A manufacturer. `uscc` is its 统一社会信用代码, unique where given; `sector` a sector id of the content.

    `revenue_wan` is yearly revenue in units of 10,000 yuan. `deleted_at` hides a firm at once; its rows follow.
    `action_reminders`: its owners and consultant are written to about agreed actions that are due.
    """

    __tablename__ = "firms"

    name: Mapped[Name]
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    town: Mapped[Name] = mapped_column(default="")
    sector: Mapped[Code]
    employees: Mapped[int | None]
    revenue_wan: Mapped[Decimal | None] = mapped_column(Exact)
    machines: Mapped[int | None]
    demo: Mapped[bool] = mapped_column(default=False)
    action_reminders: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Moment] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    firm_id = synonym("id")
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="firm", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("employees >= 0", name="employees"),
        CheckConstraint("revenue_wan >= 0", name="revenue"),
        CheckConstraint("machines >= 0", name="machines"),
    )


class Membership(Row, FirmOwned):
    """A user's place in a firm. `sections` limits a member to these section ids; null means all."""

    __tablename__ = "memberships"

    user_id: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    sections: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[Moment] = mapped_column(default=now)

    firm: Mapped[Firm] = relationship(back_populates="memberships")
    user: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("user_id", "firm_id"), one_of("role", MembershipRole))


class FirmInvitation(Row, FirmOwned):
    """An invitation into a firm, by link or QR (token) or by a short code; single use.

    Only hashes are kept. `sections` are given to the membership that it creates.
    """

    __tablename__ = "firm_invitations"

    role: Mapped[str] = mapped_column(String(20), default=MembershipRole.MEMBER.value)
    sections: Mapped[list[str] | None] = mapped_column(Json)
    name: Mapped[Name] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    firm: Mapped[Firm] = relationship()

    __table_args__ = (one_of("role", MembershipRole),)

    def is_open(self, at: datetime) -> bool:
        """True while it can be accepted."""
        return self.used_at is None and self.revoked_at is None and at < self.expires_at

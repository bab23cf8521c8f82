"""A consultant's work for a firm: asked for, agreed by the firm, ended by either side."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.orm_guard import AdviceScoped, Personal
from app.models.base import Moment, Name, Row, UtcDateTime, now, one_of, reference
from app.models.clusters import Cluster
from app.models.firms import Firm
from app.models.users import User


class AskedBy(StrEnum):
    """Who asked for the consultant's work. What the firm asks for itself is agreed at once."""

    FIRM = "firm"
    COORDINATOR = "coordinator"
    CONSULTANT = "consultant"


_OPEN = column("ended_at").is_(None) & column("declined_at").is_(None)


class Engagement(Row, AdviceScoped):
    """One engagement of one consultant with one firm. The consultant reaches the firm's rows while it is open:
    from `agreed_at` until `ended_at`. A new one after the end is a row of its own.

    `purpose` is what the asker wrote to the firm, `answer` the firm's word where it declined. `cluster_id` is the
    cluster whose coordinator asked. `until_on` is the last agreed day, after which the access ends by itself,
    `told_on` the day on which both sides were reminded of it; `visit_on` the day of the visit: the one wished for,
    until the firm agrees.
    """

    __tablename__ = "engagements"

    firm_id: Mapped[UUID] = mapped_column(reference("firms.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(20), default=AskedBy.FIRM.value)
    asked_by_name: Mapped[Name] = mapped_column(default="")
    cluster_id: Mapped[UUID | None] = mapped_column(reference("clusters.id", ondelete="SET NULL"), index=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[Moment] = mapped_column(default=now)
    agreed_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until_on: Mapped[date | None]
    visit_on: Mapped[date | None]
    told_on: Mapped[date | None]
    ended_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    firm: Mapped[Firm] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    cluster: Mapped[Cluster | None] = relationship()

    __table_args__ = (
        one_of("asked_by", AskedBy),
        CheckConstraint("agreed_at IS NULL OR declined_at IS NULL", name="agreed_or_declined"),
        Index(
            "uq_engagements_open",
            "user_id",
            "firm_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )


class EngagementRequest(Row, Personal):
    """What a consultant or a coordinator typed to ask for an engagement, kept whether there is such a firm or not: its
    asker sees this row, and learns of the firm only once the firm agrees or writes back.

    `firm_typed` and `consultant_typed` are a firm number or a login (of the firm's owner, of the consultant; the latter
    is empty where a consultant asks for himself). `invitee_id` stands for a firm on the coordinator's list instead.
    `engagement_id` is what came of it, if anything.
    """

    __tablename__ = "engagement_requests"

    requested_by: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    cluster_id: Mapped[UUID | None] = mapped_column(reference("clusters.id"), index=True)
    invitee_id: Mapped[UUID | None] = mapped_column(reference("invitees.id", ondelete="SET NULL"))
    firm_typed: Mapped[str] = mapped_column(String(254), default="")
    consultant_typed: Mapped[str] = mapped_column(String(254), default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    visit_on: Mapped[date | None]
    asked_at: Mapped[Moment] = mapped_column(default=now, index=True)
    engagement_id: Mapped[UUID | None] = mapped_column(reference("engagements.id", ondelete="SET NULL"))

    engagement: Mapped[Engagement | None] = relationship()

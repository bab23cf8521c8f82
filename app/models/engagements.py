"""A consultant's work for a firm: asked for, agreed by the firm, ended by either side."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.orm_guard import AdviceScoped
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

    `purpose` is what the asker wrote to the firm. `cluster_id` is the cluster whose coordinator asked. `until_on` is
    the last agreed day, after which the access ends by itself; `visit_on` the agreed day of the visit.
    """

    __tablename__ = "engagements"

    firm_id: Mapped[UUID] = mapped_column(reference("firms.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(20), default=AskedBy.FIRM.value)
    asked_by_name: Mapped[Name] = mapped_column(default="")
    cluster_id: Mapped[UUID | None] = mapped_column(reference("clusters.id", ondelete="SET NULL"), index=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[Moment] = mapped_column(default=now)
    agreed_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until_on: Mapped[date | None]
    visit_on: Mapped[date | None]
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

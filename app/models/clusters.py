"""Clusters of firms and who coordinates them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.orm_guard import ClusterScoped
from app.models.base import Moment, Name, Row, UtcDateTime, now, reference
from app.models.firms import Firm
from app.models.users import User


class Cluster(Row):
    """A cluster that firms join by its code. `sector` is null where several trades belong to it."""

    __tablename__ = "clusters"

    name: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(default="")
    code: Mapped[str] = mapped_column(String(16), unique=True)
    town: Mapped[Name] = mapped_column(default="")
    sector: Mapped[str | None] = mapped_column(String(64))
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment] = mapped_column(default=now)


class ClusterMember(Row, ClusterScoped):
    """A firm's membership in a cluster, from `joined_at` until `left_at`. Joining again takes up the same row.

    `invitee_id` is the entry of the coordinator's list that the firm came by, or that has its number.

    It alone shows no result: that takes a consent of kind `named_results` for this cluster.
    """

    __tablename__ = "cluster_members"

    cluster_id: Mapped[UUID] = mapped_column(reference("clusters.id"), index=True)
    firm_id: Mapped[UUID] = mapped_column(reference("firms.id"), index=True)
    joined_at: Mapped[Moment] = mapped_column(default=now)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invitee_id: Mapped[UUID | None] = mapped_column(reference("invitees.id", ondelete="SET NULL"), index=True)

    cluster: Mapped[Cluster] = relationship()
    firm: Mapped[Firm] = relationship()

    __table_args__ = (UniqueConstraint("cluster_id", "firm_id"),)


class Coordinator(Row):
    """A user who coordinates a cluster.

    `share` is what he looks after, towns between bars ("|横沥镇|长安镇|"), empty for all; it orders the work and hides
    nothing. A deputy stands in for the colleague `deputy_for` from `from_on` to `until_on` (both days included, by
    Chinese time) and coordinates in these days only; for all others the three are null.
    """

    __tablename__ = "coordinators"

    cluster_id: Mapped[UUID] = mapped_column(reference("clusters.id"))
    user_id: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    share: Mapped[str] = mapped_column(String(600), default="")
    deputy_for: Mapped[UUID | None] = mapped_column(reference("users.id"))
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    created_at: Mapped[Moment] = mapped_column(default=now)

    cluster: Mapped[Cluster] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    absent: Mapped[User | None] = relationship(foreign_keys=[deputy_for])

    __table_args__ = (
        UniqueConstraint("cluster_id", "user_id"),
        CheckConstraint("(deputy_for IS NULL) = (from_on IS NULL AND until_on IS NULL)", name="deputy"),
        CheckConstraint("until_on >= from_on", name="days"),
    )

    @property
    def towns(self) -> list[str]:
        """The towns of the share one by one."""
        return [town for town in self.share.split("|") if town]

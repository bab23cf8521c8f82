"""A coordinator's list: the firms of the cluster, invited or to be invited, whether or not they have an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.orm_guard import ClusterOwned
from app.models.base import Moment, Name, Row, UtcDateTime, now, one_of, reference
from app.models.clusters import Cluster
from app.models.users import Locale


class Invitee(Row, ClusterOwned):
    """A firm on the list, as the coordinator knows it: nothing here comes from the firm itself.

    `name_key` is the folded name, `tags` stand between bars ("|core|export|"), `tier` counts from the chain leader.
    `link_number` is part of the personal link, which no longer opens anything once it is counted up. What became of
    the firm stands in `ClusterMember.invitee_id`.
    """

    __tablename__ = "invitees"

    cluster_id: Mapped[UUID] = mapped_column(reference("clusters.id"), index=True)
    name: Mapped[Name]
    name_key: Mapped[Name] = mapped_column(index=True)
    uscc: Mapped[str | None] = mapped_column(String(18))
    town: Mapped[Name] = mapped_column(default="")
    sector: Mapped[str | None] = mapped_column(String(64))
    employees: Mapped[int | None]
    contact: Mapped[Name] = mapped_column(default="")
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(8), default=Locale.ZH.value)
    tags: Mapped[str] = mapped_column(String(600), default="")
    tier: Mapped[int | None]
    part_group: Mapped[Name] = mapped_column(default="")
    link_number: Mapped[int] = mapped_column(default=1)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[Moment] = mapped_column(default=now)

    cluster: Mapped[Cluster] = relationship()

    __table_args__ = (
        UniqueConstraint("cluster_id", "uscc"),
        CheckConstraint("employees >= 0", name="employees"),
        CheckConstraint("tier BETWEEN 1 AND 9", name="tier"),
        one_of("locale", Locale),
    )

    @property
    def tag_list(self) -> list[str]:
        """The tags one by one."""
        return split_tags(self.tags)


def split_tags(stored: str) -> list[str]:
    """The tags one by one, of the stored form."""
    return [tag for tag in stored.split("|") if tag]

"""Rounds of self-assessment that a coordinator calls: from when to when, with which questionnaires, in which words."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.orm_guard import ClusterOwned
from app.models.base import Json, Moment, Name, Row, now, reference
from app.models.clusters import Cluster


class Campaign(Row, ClusterOwned):
    """A round of a cluster. Both days belong to it, by Chinese time.

    `versions` are the questionnaires that were published when it was called: {"molds": {"common": "1", …}, …}. The two
    texts stand in its letters and mails.
    """

    __tablename__ = "campaigns"

    cluster_id: Mapped[UUID] = mapped_column(reference("clusters.id"), index=True)
    title: Mapped[Name]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    versions: Mapped[dict[str, dict[str, str]]] = mapped_column(Json, default=dict)
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)

    cluster: Mapped[Cluster] = relationship()

    __table_args__ = (CheckConstraint("closes_on >= opens_on", name="days"),)

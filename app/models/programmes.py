"""Joint programmes that a coordinator had worked out for a cluster: computed once, never changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.access.orm_guard import ClusterOwned
from app.models.base import Json, Moment, Row, UtcDateTime, now, one_of, reference


class ProgrammeState(StrEnum):
    """A computation is asked for, then there, or could not be done."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Programme(Row, ClusterOwned):
    """What joint buying brings most firms of a cluster to a level. `target` null: each firm's next level; `budget` in
    yuan, null for none; `choice` which firms and ways to buy. `payload` is what `scoring.joint.release` lets out: ids
    of firms only where they show their name; their names are looked up anew each time. `versions` are the content
    versions of each trade, `lifted` the number of firms that is shown."""

    __tablename__ = "programmes"

    cluster_id: Mapped[UUID] = mapped_column(reference("clusters.id"), index=True)
    target: Mapped[int | None]
    budget: Mapped[int | None]
    choice: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(20), default=ProgrammeState.PENDING.value)
    engine: Mapped[str] = mapped_column(String(32), default="")
    versions: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    lifted: Mapped[int | None]
    payload: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        one_of("state", ProgrammeState),
        CheckConstraint("target BETWEEN 1 AND 4", name="target"),
        CheckConstraint("budget >= 0", name="budget"),
    )

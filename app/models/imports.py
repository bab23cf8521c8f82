"""Lists of firms that were handed in as a file: what the preview promised, and when it was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.access.orm_guard import ClusterOwned
from app.models.base import Json, Moment, Name, Row, UtcDateTime, now, reference


class Import(Row, ClusterOwned):
    """One file. `file_key` holds what was read of it until it is applied or given up; `counts` what the preview said:
    {"new", "updated", "same", "duplicate", "errors"}."""

    __tablename__ = "imports"

    cluster_id: Mapped[UUID] = mapped_column(reference("clusters.id"), index=True)
    file_name: Mapped[Name]
    file_key: Mapped[str | None] = mapped_column(String(200))
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

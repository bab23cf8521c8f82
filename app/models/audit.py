"""Who did what, when: written by services, never changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Moment, Name, Row, now, reference


class AuditEvent(Row):
    """One event. `kind` is "noun:verb" (`user:sign_in`), `subject` the id it concerns, `details` ids and values
    without secrets. `firm_id` is kept as a plain value: the record outlives the firm."""

    __tablename__ = "audit_events"

    kind: Mapped[Code] = mapped_column(index=True)
    actor_id: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"), index=True)
    actor_label: Mapped[Name] = mapped_column(default="")
    firm_id: Mapped[UUID | None] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(64), default="", index=True)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[Moment] = mapped_column(default=now, index=True)

"""Sections handed to a colleague by link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Code, FirmOwned, Moment, Name, Row, UtcDateTime, now, reference


class Handover(Row, FirmOwned):
    """A link that lets somebody without an account answer one section. Only the token's hash is kept."""

    __tablename__ = "handovers"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    section_id: Mapped[Code]
    name: Mapped[Name]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    expires_at: Mapped[Moment]
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assessment: Mapped[Assessment] = relationship()

    def is_open(self, at: datetime) -> bool:
        """True while the link works."""
        return self.revoked_at is None and at < self.expires_at

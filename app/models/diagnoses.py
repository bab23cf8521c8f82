"""The consultant's diagnosis of one round in words, and the pieces of text that a consultant uses again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.orm_guard import Personal
from app.models.assessments import Assessment
from app.models.base import FirmOwned, Json, Moment, Name, Row, UtcDateTime, now, reference


class Diagnosis(Row, FirmOwned):
    """The words on one submitted round. `texts` is {"zh" or "en": {"summary": text, "findings": {dimension: text}}};
    a missing language is read in the other one.

    The firm sees it, and reports print it under `by_name`, from `signed_at` on. `version` counts the changes: a save
    carries the version it saw, and a stale one is refused.
    """

    __tablename__ = "diagnoses"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), unique=True)
    user_id: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    by_name: Mapped[Name] = mapped_column(default="")
    texts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    updated_by_label: Mapped[Name] = mapped_column(default="")
    updated_at: Mapped[Moment] = mapped_column(default=now)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assessment: Mapped[Assessment] = relationship()

    __table_args__ = (CheckConstraint("version >= 1", name="version"),)


class TextBlock(Row, Personal):
    """A piece of text that a consultant uses again. `dimension` is where it belongs, "summary", or "" for anywhere."""

    __tablename__ = "text_blocks"

    title: Mapped[Name]
    dimension: Mapped[str] = mapped_column(String(32), default="")
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    requested_by: Mapped[UUID] = mapped_column(reference("users.id"), index=True)
    updated_at: Mapped[Moment] = mapped_column(default=now)

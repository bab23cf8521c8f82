"""Files attached to answers as evidence."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Code, FirmOwned, Moment, Name, Row, now, reference


class Attachment(Row, FirmOwned):
    """One file of one item. `file_key` is its random name in the store; `name` what the sender called it."""

    __tablename__ = "attachments"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    item_id: Mapped[Code]
    file_key: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_by_label: Mapped[Name] = mapped_column(default="")
    created_at: Mapped[Moment] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship()

    __table_args__ = (CheckConstraint("size > 0", name="size"),)

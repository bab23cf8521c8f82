"""Files attached to answers as evidence."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Code, FirmOwned, Row, StoredFile, reference


class Attachment(Row, FirmOwned, StoredFile):
    """One file of one item."""

    __tablename__ = "attachments"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    item_id: Mapped[Code]

    assessment: Mapped[Assessment] = relationship()

    __table_args__ = (CheckConstraint("size > 0", name="size"),)

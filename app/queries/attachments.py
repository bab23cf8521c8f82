"""Read attached files."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.errors import NotFoundError
from app.extensions import db
from app.models.attachments import Attachment


def get_attachment(attachment_id: UUID) -> Attachment:
    """The attachment with its assessment. Raises NotFoundError."""
    row = db.session.scalar(
        select(Attachment).where(Attachment.id == attachment_id).options(joinedload(Attachment.assessment))
    )
    if row is None:
        raise NotFoundError
    return row


def list_attachments(assessment_id: UUID) -> Sequence[Attachment]:
    """The files of a round, oldest first."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.assessment_id == assessment_id)
        .order_by(Attachment.created_at, Attachment.id)
    ).all()


def count_attachments(assessment_id: UUID, item_id: str) -> int:
    """How many files an answer has."""
    return (
        db.session.scalar(
            select(func.count(Attachment.id)).where(
                Attachment.assessment_id == assessment_id, Attachment.item_id == item_id
            )
        )
        or 0
    )

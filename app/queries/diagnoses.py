"""Read diagnoses, and the text blocks of the consultant who asks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.access.scope import current_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.diagnoses import Diagnosis, TextBlock


def find_diagnosis(assessment_id: UUID) -> Diagnosis | None:
    """The diagnosis of a round, signed or not; None where nobody has begun one."""
    return db.session.scalar(select(Diagnosis).where(Diagnosis.assessment_id == assessment_id))


def find_signed_diagnosis(assessment_id: UUID) -> Diagnosis | None:
    """The diagnosis of a round that its consultant has signed."""
    return db.session.scalar(
        select(Diagnosis).where(Diagnosis.assessment_id == assessment_id, Diagnosis.signed_at.is_not(None))
    )


def list_blocks() -> Sequence[TextBlock]:
    """The own text blocks, by where they belong and title."""
    return db.session.scalars(
        select(TextBlock)
        .where(TextBlock.requested_by == current_scope().user_id)
        .order_by(TextBlock.dimension, TextBlock.title, TextBlock.id)
    ).all()


def get_block(block_id: UUID) -> TextBlock:
    """An own text block. Raises NotFoundError."""
    row = db.session.scalar(
        select(TextBlock).where(TextBlock.id == block_id, TextBlock.requested_by == current_scope().user_id)
    )
    if row is None:
        raise NotFoundError
    return row


def count_blocks() -> int:
    """How many text blocks the present user has."""
    return (
        db.session.scalar(select(func.count(TextBlock.id)).where(TextBlock.requested_by == current_scope().user_id))
        or 0
    )

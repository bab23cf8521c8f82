"""Read engagements: which consultants work for a firm, which firms a consultant works for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.scope import current_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.engagements import Engagement
from app.models.firms import Firm


def list_engagements(firm_id: UUID) -> Sequence[Engagement]:
    """The engagements by which somebody sees this firm now, with the consultants' accounts, oldest first."""
    return db.session.scalars(
        select(Engagement)
        .options(joinedload(Engagement.user))
        .where(Engagement.firm_id == firm_id, Engagement.agreed_at.is_not(None), Engagement.ended_at.is_(None))
        .order_by(Engagement.agreed_at, Engagement.id)
    ).all()


def get_engagement(firm_id: UUID, engagement_id: UUID) -> Engagement:
    """The engagement, through its firm. Raises NotFoundError."""
    row = db.session.scalar(select(Engagement).where(Engagement.id == engagement_id, Engagement.firm_id == firm_id))
    if row is None:
        raise NotFoundError
    return row


def list_own_engagements() -> Sequence[Engagement]:
    """The open engagements of the current user with their firms, by firm name."""
    return db.session.scalars(
        select(Engagement)
        .join(Engagement.firm)
        .options(joinedload(Engagement.firm))
        .where(
            Engagement.user_id == current_scope().user_id,
            Engagement.agreed_at.is_not(None),
            Engagement.ended_at.is_(None),
            Firm.deleted_at.is_(None),
        )
        .order_by(Firm.name, Firm.id)
    ).all()

"""Read the access that firms give to consultants."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.scope import current_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.firms import Firm
from app.models.grants import ConsultantGrant


def list_grants(firm_id: UUID) -> Sequence[ConsultantGrant]:
    """Consultants who see this firm now, with their accounts, oldest first."""
    return db.session.scalars(
        select(ConsultantGrant)
        .options(joinedload(ConsultantGrant.user))
        .where(ConsultantGrant.firm_id == firm_id, ConsultantGrant.revoked_at.is_(None))
        .order_by(ConsultantGrant.granted_at, ConsultantGrant.id)
    ).all()


def get_grant(firm_id: UUID, grant_id: UUID) -> ConsultantGrant:
    """The grant, through the firm that gave it. Raises NotFoundError."""
    row = db.session.scalar(
        select(ConsultantGrant).where(ConsultantGrant.id == grant_id, ConsultantGrant.firm_id == firm_id)
    )
    if row is None:
        raise NotFoundError
    return row


def list_own_grants() -> Sequence[ConsultantGrant]:
    """The open grants of the current user with their firms, by firm name."""
    return db.session.scalars(
        select(ConsultantGrant)
        .join(ConsultantGrant.firm)
        .options(joinedload(ConsultantGrant.firm))
        .where(
            ConsultantGrant.user_id == current_scope().user_id,
            ConsultantGrant.revoked_at.is_(None),
            Firm.deleted_at.is_(None),
        )
        .order_by(Firm.name, Firm.id)
    ).all()

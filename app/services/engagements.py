"""A firm engages a consultant, and ends the engagement."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.access.roles import Role
from app.access.scope import current_scope
from app.errors import N_, InputError
from app.extensions import db
from app.models.base import now
from app.models.engagements import AskedBy, Engagement
from app.queries.engagements import get_engagement
from app.queries.firms import get_firm
from app.queries.users import find_user, list_roles
from app.services import audit


def engage(firm_id: UUID, login: str) -> Engagement:
    """Let the consultant with this login see the firm's results and answers from now on. Raises InputError.

    The answer is the same for an unknown account and for one that is no consultant's.
    """
    firm = get_firm(firm_id)
    user = find_user(login)
    if user is None or not user.active or Role.CONSULTANT not in list_roles(user.id):
        raise InputError(
            N_("There is no consultant with this address or number here. Ask your consultant which one they use here."),
            field="login",
        )
    row = db.session.scalar(
        select(Engagement).where(
            Engagement.firm_id == firm.id,
            Engagement.user_id == user.id,
            Engagement.ended_at.is_(None),
            Engagement.declined_at.is_(None),
        )
    )
    if row is None:
        row = Engagement(firm_id=firm.id, user_id=user.id, user=user, asked_by=AskedBy.FIRM.value)
        db.session.add(row)
    if row.agreed_at is None:
        row.agreed_by, row.agreed_at = current_scope().user_id, now()
        audit.record("engagement:agree", row.id, firm_id=firm.id, user=str(user.id))
    return row


def end(firm_id: UUID, engagement_id: UUID) -> None:
    """End an engagement at once, from the firm's side; harmless where it has ended."""
    row = get_engagement(firm_id, engagement_id)
    if row.ended_at is None:
        row.ended_by, row.ended_at = current_scope().user_id, now()
        audit.record("engagement:end", row.id, firm_id=firm_id, user=str(row.user_id))

"""A firm lets a consultant in, and out again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.access.roles import Role
from app.access.scope import current_scope
from app.errors import N_, InputError
from app.extensions import db
from app.models.base import now
from app.models.grants import ConsultantGrant
from app.queries.firms import get_firm
from app.queries.grants import get_grant
from app.queries.users import find_user, list_roles
from app.services import audit


def grant_access(firm_id: UUID, login: str) -> ConsultantGrant:
    """Let the consultant with this login see the firm's results and answers. Raises InputError.

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
        select(ConsultantGrant).where(ConsultantGrant.firm_id == firm.id, ConsultantGrant.user_id == user.id)
    )
    if row is None:
        row = ConsultantGrant(firm_id=firm.id, user_id=user.id, user=user)
        db.session.add(row)
    elif row.revoked_at is None:
        return row
    row.granted_by, row.granted_at, row.revoked_at = current_scope().user_id, now(), None
    audit.record("grant:give", row.id, firm_id=firm.id, user=str(user.id))
    return row


def revoke_access(firm_id: UUID, grant_id: UUID) -> None:
    """End a consultant's access at once; harmless where it has ended."""
    grant = get_grant(firm_id, grant_id)
    if grant.revoked_at is None:
        grant.revoked_at = now()
        audit.record("grant:revoke", grant.id, firm_id=firm_id, user=str(grant.user_id))

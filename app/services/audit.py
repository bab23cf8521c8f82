"""Write audit events. Called by other services inside their transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.access.scope import current_scope
from app.extensions import db
from app.models.audit import AuditEvent


def record(
    kind: str, subject: object = "", *, firm_id: UUID | None = None, actor_id: UUID | None = None, **details: Any
) -> None:
    """Add one event; the actor is the user of the current scope unless given. `details` hold no secrets."""
    scope = current_scope()
    label = scope.handover.name if scope.handover else ""
    db.session.add(
        AuditEvent(
            kind=kind,
            actor_id=actor_id or scope.user_id,
            actor_label=label,
            firm_id=firm_id,
            subject=str(subject),
            details=details,
        )
    )

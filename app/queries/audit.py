"""Read the audit record; for administrators."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import AuditEvent
from app.models.users import User

PAGE = 50


def list_events(page: int, *, kind: str = "") -> Sequence[tuple[AuditEvent, User | None]]:
    """One page of events with their actors, newest first; `kind` is the beginning of an event's kind."""
    query = (
        select(AuditEvent, User)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .order_by(AuditEvent.created_at.desc(), AuditEvent.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    if kind:
        query = query.where(AuditEvent.kind.startswith(kind, autoescape=True))
    return [(event, user) for event, user in db.session.execute(query)]


def count_events(*, kind: str = "") -> int:
    """How many events there are."""
    query = select(func.count(AuditEvent.id))
    if kind:
        query = query.where(AuditEvent.kind.startswith(kind, autoescape=True))
    return db.session.scalar(query) or 0

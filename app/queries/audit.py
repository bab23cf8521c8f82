"""Read the audit record: all of it for administrators, what concerns a cluster for its coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.extensions import db
from app.models.audit import AuditEvent
from app.models.users import User
from app.queries.clusters import get_cluster

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


def list_cluster_events(cluster_id: UUID, page: int) -> Sequence[tuple[AuditEvent, User | None]]:
    """One page of what was done in a cluster, newest first. Raises NotFoundError out of reach."""
    get_cluster(cluster_id)
    query = (
        select(AuditEvent, User)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(_about(cluster_id))
        .order_by(AuditEvent.created_at.desc(), AuditEvent.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [(event, user) for event, user in db.session.execute(query)]


def count_cluster_events(cluster_id: UUID) -> int:
    """How many events concern a cluster. Raises NotFoundError out of reach."""
    get_cluster(cluster_id)
    return db.session.scalar(select(func.count(AuditEvent.id)).where(_about(cluster_id))) or 0


def _about(cluster_id: UUID) -> ColumnElement[bool]:
    """Events of the cluster itself, and of its rounds, which name it in their details."""
    of_round = and_(
        AuditEvent.kind.startswith("campaign:"), AuditEvent.details["cluster"].as_string() == str(cluster_id)
    )
    return or_(AuditEvent.subject == str(cluster_id), of_round)

"""Read consents: what a firm agrees to, the history of it, and who sees what today because of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models.clusters import Cluster
from app.models.consents import Consent, ConsentKind
from app.models.engagements import Engagement
from app.models.firms import Membership
from app.models.handovers import Handover
from app.models.users import User
from app.queries.clusters import list_coordinators, list_firm_clusters
from app.queries.engagements import list_engagements
from app.queries.firms import list_memberships
from app.queries.handovers import list_firm_handovers


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster that the firm belongs to: its coordinators, and whether they see the firm by name."""

    cluster: Cluster
    named: bool
    coordinators: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Viewers:
    """Everybody who sees something of a firm today."""

    memberships: Sequence[Membership]
    handovers: Sequence[Handover]
    clusters: tuple[ClusterView, ...]
    engagements: Sequence[Engagement]
    statistics: bool


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One line of the history: a consent, in which wording, by whom, until when."""

    consent: Consent
    cluster: Cluster | None
    given_by: str
    withdrawn_by: str


def list_open_consents(firm_id: UUID, kind: ConsentKind, cluster_id: UUID | None = None) -> Sequence[Consent]:
    """The consents of this kind (for this cluster) that hold now, oldest first; more than one is not expected."""
    query = select(Consent).where(
        Consent.firm_id == firm_id, Consent.kind == kind.value, Consent.withdrawn_at.is_(None)
    )
    query = query.where(Consent.cluster_id.is_(None) if cluster_id is None else Consent.cluster_id == cluster_id)
    return db.session.scalars(query.order_by(Consent.given_at, Consent.id)).all()


def list_history(firm_id: UUID) -> list[ConsentEvent]:
    """All consents ever given by a firm, newest first, with the names of clusters and people."""
    rows = db.session.execute(
        select(Consent, Cluster)
        .outerjoin(Cluster, Cluster.id == Consent.cluster_id)
        .where(Consent.firm_id == firm_id)
        .order_by(Consent.given_at.desc(), Consent.id)
    ).all()
    people = {user_id for consent, _cluster in rows for user_id in (consent.given_by, consent.withdrawn_by) if user_id}
    names = {user.id: user.display_name for user in db.session.scalars(select(User).where(User.id.in_(people)))}
    return [
        ConsentEvent(
            consent,
            cluster,
            names.get(consent.given_by, "") if consent.given_by else "",
            names.get(consent.withdrawn_by, "") if consent.withdrawn_by else "",
        )
        for consent, cluster in rows
    ]


def read_viewers(firm_id: UUID) -> Viewers:
    """Who sees something of the firm today: people, open section links, coordinators, consultants, group figures."""
    members = list_firm_clusters(firm_id)
    coordinators = list_coordinators([row.cluster_id for row in members])
    return Viewers(
        memberships=list_memberships(firm_id),
        handovers=list_firm_handovers(firm_id),
        clusters=tuple(
            ClusterView(
                cluster=row.cluster,
                named=bool(list_open_consents(firm_id, ConsentKind.NAMED_RESULTS, row.cluster_id)),
                coordinators=tuple(c.user.display_name for c in coordinators.get(row.cluster_id, ())),
                since=row.joined_at,
            )
            for row in members
        ),
        engagements=list_engagements(firm_id),
        statistics=bool(list_open_consents(firm_id, ConsentKind.STATISTICS)),
    )

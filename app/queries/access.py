"""What a visitor has been given: the input of every scope. Read in system scope, returned as plain values."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from app.access.roles import Role
from app.access.scope import HandoverLink, Reach
from app.extensions import db
from app.models.assessments import Assessment, AssessmentStatus
from app.models.base import now
from app.models.clusters import ClusterMember, Coordinator
from app.models.consents import Consent, ConsentKind
from app.models.engagements import Engagement
from app.models.firms import Firm, Membership
from app.models.handovers import Handover
from app.models.users import UserRole

CHINA = ZoneInfo("Asia/Shanghai")


def load_reach(user_id: UUID | None, handover_id: UUID | None) -> Reach:
    """Everything that a user and an opened hand-over link reach. Deleted firms are out of everybody's reach."""
    handover = None if handover_id is None else find_handover_link(handover_id)
    link = frozenset({Role.LINK}) if handover else frozenset[Role]()
    if user_id is None:
        return Reach(roles=link, handover=handover)
    given = set(db.session.scalars(select(UserRole.role).where(UserRole.user_id == user_id)))
    firms: dict[str, set[UUID]] = defaultdict(set)
    sections: list[tuple[UUID, frozenset[str]]] = []
    for firm_id, role, only in db.session.execute(
        select(Membership.firm_id, Membership.role, Membership.sections)
        .join(Firm, Firm.id == Membership.firm_id)
        .where(Membership.user_id == user_id, Firm.deleted_at.is_(None))
    ):
        firms[role].add(firm_id)
        if only and role != Role.OWNER:
            sections.append((firm_id, frozenset(only)))
    granted = _advised_firms(user_id) if Role.CONSULTANT in given else frozenset[UUID]()
    clusters, named = _clusters(user_id) if Role.COORDINATOR in given else (frozenset[UUID](), frozenset[UUID]())
    return Reach(
        user_id=user_id,
        roles=frozenset({Role.ACCOUNT, *map(Role, given), *map(Role, firms)}) | link,
        owner_firm_ids=frozenset(firms[Role.OWNER]),
        member_firm_ids=frozenset(firms[Role.MEMBER]),
        consultant_firm_ids=granted,
        named_firm_ids=named,
        cluster_ids=clusters,
        sections=tuple(sections),
        handover=handover,
    )


def _advised_firms(user_id: UUID) -> frozenset[UUID]:
    """The firms that let a consultant in, until the day agreed."""
    return frozenset(
        db.session.scalars(
            select(Engagement.firm_id)
            .join(Firm, Firm.id == Engagement.firm_id)
            .where(
                Engagement.user_id == user_id,
                Engagement.agreed_at.is_not(None),
                Engagement.ended_at.is_(None),
                or_(Engagement.until_on.is_(None), Engagement.until_on >= today()),
                Firm.deleted_at.is_(None),
            )
        )
    )


def _clusters(user_id: UUID) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """The clusters that a user coordinates today (a deputy in his days), and their firms that agreed to be named."""
    named = (
        select(ClusterMember.cluster_id, ClusterMember.firm_id)
        .join(Firm, Firm.id == ClusterMember.firm_id)
        .join(
            Consent,
            and_(
                Consent.firm_id == ClusterMember.firm_id,
                Consent.cluster_id == ClusterMember.cluster_id,
                Consent.kind == ConsentKind.NAMED_RESULTS,
                Consent.withdrawn_at.is_(None),
            ),
        )
        .where(ClusterMember.left_at.is_(None), Firm.deleted_at.is_(None))
    )
    day = today()
    cluster_ids = frozenset(
        db.session.scalars(
            select(Coordinator.cluster_id).where(
                Coordinator.user_id == user_id,
                or_(Coordinator.from_on.is_(None), Coordinator.from_on <= day),
                or_(Coordinator.until_on.is_(None), Coordinator.until_on >= day),
            )
        )
    )
    if not cluster_ids:
        return cluster_ids, frozenset()
    rows = db.session.execute(named.where(ClusterMember.cluster_id.in_(cluster_ids)))
    return cluster_ids, frozenset(firm_id for _cluster_id, firm_id in rows)


def today() -> date:
    """The day it is in China."""
    return now().astimezone(CHINA).date()


def find_handover_link(handover_id: UUID) -> HandoverLink | None:
    """The open link of this id, while it is neither revoked nor expired and its assessment is a draft; else None."""
    row = db.session.execute(
        select(
            Handover.firm_id, Handover.assessment_id, Handover.section_id, Handover.name, Handover.expires_at,
        )
        .join(Assessment, Assessment.id == Handover.assessment_id)
        .join(Firm, Firm.id == Handover.firm_id)
        .where(
            Handover.id == handover_id,
            Handover.revoked_at.is_(None),
            Assessment.status == AssessmentStatus.DRAFT,
            Firm.deleted_at.is_(None),
        )
    ).one_or_none()  # fmt: skip
    if row is None or row.expires_at <= now():
        return None
    return HandoverLink(handover_id, row.firm_id, row.assessment_id, row.section_id, row.name)

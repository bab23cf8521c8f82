"""What a visitor has been given: the input of every scope. Read in system scope, returned as plain values."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Uuid, and_, bindparam, func, or_, select

from app.access.ids import IdSet, ids_of
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
from app.models.users import User, UserRole

CHINA = ZoneInfo("Asia/Shanghai")

_USER, _TODAY = bindparam("user_id", type_=Uuid()), bindparam("today", type_=Date())

_ROLES = select(func.aggregate_strings(UserRole.role, ",")).where(UserRole.user_id == _USER)

# The firms that let a consultant in, until the day agreed.
_ADVISED = (
    select(ids_of(Engagement.firm_id))
    .join(Firm, Firm.id == Engagement.firm_id)
    .where(
        Engagement.user_id == _USER,
        Engagement.agreed_at.is_not(None),
        Engagement.ended_at.is_(None),
        or_(Engagement.until_on.is_(None), Engagement.until_on >= _TODAY),
        Firm.deleted_at.is_(None),
    )
)

# A deputy coordinates in his days.
_COORDINATES = and_(
    Coordinator.user_id == _USER,
    or_(Coordinator.from_on.is_(None), Coordinator.from_on <= _TODAY),
    or_(Coordinator.until_on.is_(None), Coordinator.until_on >= _TODAY),
)
_CLUSTERS = select(ids_of(Coordinator.cluster_id)).where(_COORDINATES)

# The firms of these clusters that agreed to be named.
_NAMED = (
    select(ids_of(ClusterMember.firm_id))
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
    .where(
        ClusterMember.cluster_id.in_(select(Coordinator.cluster_id).where(_COORDINATES)),
        ClusterMember.left_at.is_(None),
        Firm.deleted_at.is_(None),
    )
)

# A row for each membership, at least one, with the rest as texts: every request pays for it, so it is one statement,
# built once.
_GIVEN = (
    select(
        Firm.id.label("firm_id"),
        Membership.role,
        Membership.sections,
        *(
            query.correlate(None).scalar_subquery().label(name)
            for name, query in (("roles", _ROLES), ("advised", _ADVISED), ("clusters", _CLUSTERS), ("named", _NAMED))
        ),
    )
    .select_from(User)
    .outerjoin(Membership, Membership.user_id == User.id)
    .outerjoin(Firm, and_(Firm.id == Membership.firm_id, Firm.deleted_at.is_(None)))
    .where(User.id == _USER)
)


def load_reach(user_id: UUID | None, handover_id: UUID | None) -> Reach:
    """Everything that a user and an opened hand-over link reach. Deleted firms are out of everybody's reach."""
    handover = None if handover_id is None else find_handover_link(handover_id)
    link = frozenset({Role.LINK}) if handover else frozenset[Role]()
    rows = [] if user_id is None else db.session.execute(_GIVEN, {"user_id": user_id, "today": today()}).all()
    if not rows:
        return Reach(roles=link, handover=handover)
    firms: dict[str, list[UUID]] = defaultdict(list)
    sections: list[tuple[UUID, frozenset[str]]] = []
    for row in rows:
        if row.firm_id is not None:
            firms[row.role].append(row.firm_id)
            if row.sections and row.role != Role.OWNER:
                sections.append((row.firm_id, frozenset(row.sections)))
    given = frozenset(map(Role, rows[0].roles.split(",") if rows[0].roles else ()))
    return Reach(
        user_id=user_id,
        roles=frozenset({Role.ACCOUNT, *given, *map(Role, firms)}) | link,
        owner_firm_ids=IdSet(firms[Role.OWNER]),
        member_firm_ids=IdSet(firms[Role.MEMBER]),
        consultant_firm_ids=IdSet.read(rows[0].advised) if Role.CONSULTANT in given else IdSet(),
        named_firm_ids=IdSet.read(rows[0].named) if Role.COORDINATOR in given else IdSet(),
        cluster_ids=IdSet.read(rows[0].clusters) if Role.COORDINATOR in given else IdSet(),
        sections=tuple(sections),
        handover=handover,
    )


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

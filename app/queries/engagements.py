"""Read engagements: which consultants work for a firm, which firms a consultant works for, and how far that is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.access.scope import current_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.actions import Action, ActionState
from app.models.assessments import Assessment, AssessmentStatus
from app.models.base import now
from app.models.diagnoses import Diagnosis
from app.models.engagements import Engagement, EngagementRequest
from app.models.firms import Firm
from app.models.results import Result
from app.models.verifications import Verification, VerificationState
from app.queries.access import today

REST = timedelta(days=30)
"""How long a request that came to nothing stands in the way of the next one."""
STAGES = (
    "agreed", "open", "submitted", "visit", "with_firm", "changes", "verified", "diagnosed", "actions",
)  # fmt: skip
"""How far the work for a firm is: agreed (no round yet), the first round open, submitted, the consultant's findings
begun, shown to the firm, the firm asks for changes, verified, the diagnosis signed, agreed actions open."""


@dataclass(frozen=True, slots=True)
class Advised:
    """A firm that a consultant works for: what its round says, and how far the work is (one of STAGES).

    The fields from `assessment_id` on are of its last submitted round, empty before the first. `draft` says that a
    round is open, `trade` whose questions the submitted one answers. `actions` are those still open, `overdue` those
    of them past their day.
    """

    engagement_id: UUID
    firm_id: UUID
    name: str
    sector: str
    town: str
    employees: int | None
    agreed_at: datetime
    until_on: date | None
    visit_on: date | None
    stage: str
    draft: bool
    actions: int = 0
    overdue: int = 0
    assessment_id: UUID | None = None
    round: int = 0
    submitted_at: datetime | None = None
    level: int | None = None
    score: Decimal | None = None
    trade: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    verified_level: int | None = None
    verified_at: datetime | None = None


def list_engagements(firm_id: UUID) -> Sequence[Engagement]:
    """The engagements by which somebody sees this firm now, with the consultants' accounts, oldest first."""
    return db.session.scalars(
        _OF_FIRM.where(Engagement.firm_id == firm_id, _in_force()).order_by(Engagement.agreed_at, Engagement.id)
    ).all()


def list_firm_requests(firm_id: UUID) -> Sequence[Engagement]:
    """What was asked of this firm and waits for its answer, oldest first."""
    return db.session.scalars(
        _OF_FIRM.where(
            Engagement.firm_id == firm_id,
            Engagement.agreed_at.is_(None),
            Engagement.declined_at.is_(None),
            Engagement.ended_at.is_(None),
        ).order_by(Engagement.asked_at, Engagement.id)
    ).all()


def list_past_engagements(firm_id: UUID) -> Sequence[Engagement]:
    """What has ended, run out, or was declined, newest first."""
    return db.session.scalars(
        _OF_FIRM.where(
            Engagement.firm_id == firm_id,
            or_(
                Engagement.ended_at.is_not(None),
                Engagement.declined_at.is_not(None),
                and_(Engagement.agreed_at.is_not(None), Engagement.until_on < today()),
            ),
        ).order_by(Engagement.asked_at.desc(), Engagement.id)
    ).all()


def get_engagement(firm_id: UUID, engagement_id: UUID) -> Engagement:
    """The engagement, through its firm. Raises NotFoundError."""
    row = db.session.scalar(_OF_FIRM.where(Engagement.id == engagement_id, Engagement.firm_id == firm_id))
    if row is None:
        raise NotFoundError
    return row


def find_open_engagement(firm_id: UUID, user_id: UUID) -> Engagement | None:
    """What is asked or agreed between a firm and a consultant and has not ended, also when its last day is past."""
    return db.session.scalar(
        select(Engagement).where(
            Engagement.firm_id == firm_id,
            Engagement.user_id == user_id,
            Engagement.ended_at.is_(None),
            Engagement.declined_at.is_(None),
        )
    )


def list_run_out(on: date) -> list[UUID]:
    """The engagements whose last day lies before `on` and that nobody has closed; by that day."""
    return list(db.session.scalars(_dated(Engagement.until_on < on)))


def list_ending(on: date, last: date) -> list[UUID]:
    """The engagements that end from `on` to `last` and whose sides have not been told; by that day."""
    return list(db.session.scalars(_dated(Engagement.until_on.between(on, last), Engagement.told_on.is_(None))))


def lock_engagement(engagement_id: UUID) -> Engagement | None:
    """The engagement as it is now, locked against a second worker."""
    return db.session.scalar(
        select(Engagement)
        .where(Engagement.id == engagement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def was_declined(firm_id: UUID, user_id: UUID) -> bool:
    """Whether the firm has declined this consultant so lately that it is not asked again."""
    return (
        db.session.scalar(
            select(func.count(Engagement.id)).where(
                Engagement.firm_id == firm_id, Engagement.user_id == user_id, Engagement.declined_at > now() - REST
            )
        )
        or 0
    ) > 0


def get_own_engagement(engagement_id: UUID) -> Engagement:
    """An engagement of the current user that is in force, with its firm. Raises NotFoundError."""
    row = db.session.scalar(
        select(Engagement)
        .join(Engagement.firm)
        .options(contains_eager(Engagement.firm))
        .where(
            Engagement.id == engagement_id,
            Engagement.user_id == current_scope().user_id,
            _in_force(),
            Firm.deleted_at.is_(None),
        )
    )
    if row is None:
        raise NotFoundError
    return row


# ---- what was asked


def list_own_requests(cluster_id: UUID | None = None) -> Sequence[EngagementRequest]:
    """What the current user has asked for lately and nobody has agreed to yet, newest first: for himself, or as
    coordinator of a cluster. Of a coordinator's requests nothing tells what came of them."""
    query = (
        select(EngagementRequest)
        .where(EngagementRequest.requested_by == current_scope().user_id, EngagementRequest.asked_at > now() - REST)
        .order_by(EngagementRequest.asked_at.desc(), EngagementRequest.id)
    )
    if cluster_id is not None:
        return db.session.scalars(query.where(EngagementRequest.cluster_id == cluster_id)).all()
    return db.session.scalars(
        query.outerjoin(EngagementRequest.engagement)
        .options(contains_eager(EngagementRequest.engagement))
        .where(EngagementRequest.cluster_id.is_(None), Engagement.agreed_at.is_(None))
    ).all()


def count_requests(since: datetime) -> int:
    """How often the current user has asked since then."""
    return (
        db.session.scalar(
            select(func.count(EngagementRequest.id)).where(
                EngagementRequest.requested_by == current_scope().user_id, EngagementRequest.asked_at > since
            )
        )
        or 0
    )


# ---- the portfolio


def read_portfolio(engagement_id: UUID | None = None) -> list[Advised]:
    """The firms that the current user works for (or the one of this engagement), by name."""
    verifications, drafts, actions = _verifications(), _drafts(), _actions()
    query = _PORTFOLIO.where(Engagement.user_id == current_scope().user_id, _in_force(), Firm.deleted_at.is_(None))
    if engagement_id is not None:
        query = query.where(Engagement.id == engagement_id)
    found = []
    for row in db.session.execute(query.order_by(Firm.name, Firm.id)):
        checks = verifications.get(row.assessment_id, ())
        verified = next((v for v in checks if v.verified_at is not None), None)
        overdue, left = actions.get(row.firm_id, (0, 0))
        found.append(
            Advised(
                row.engagement_id, row.firm_id, row.name, row.sector, row.town, row.employees, row.agreed_at,
                row.until_on, row.visit_on,
                stage=_stage(row, checks, row.firm_id in drafts, left),
                draft=row.firm_id in drafts,
                actions=left,
                overdue=overdue,
                assessment_id=row.assessment_id,
                round=row.number or 0,
                submitted_at=row.submitted_at,
                level=row.level,
                score=row.score,
                trade=row.trade or "",
                versions=row.versions or {},
                verified_level=verified and verified.level,
                verified_at=verified and verified.verified_at,
            )
        )  # fmt: skip
    return found


def read_summaries(assessment_ids: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """The summaries of the published results of these rounds, from which a visit is prepared."""
    rows = db.session.execute(
        select(Result.assessment_id, Result.summary).where(
            Result.assessment_id.in_(list(assessment_ids)), Result.current.is_(True)
        )
    )
    return {row.assessment_id: row.summary for row in rows}


_OF_FIRM = select(Engagement).options(joinedload(Engagement.user), joinedload(Engagement.cluster))
_PORTFOLIO = (
    select(
        Engagement.id.label("engagement_id"), Engagement.agreed_at, Engagement.until_on, Engagement.visit_on,
        Firm.id.label("firm_id"), Firm.name, Firm.sector, Firm.town, Firm.employees,
        Result.level, Result.score, Result.versions,
        Assessment.id.label("assessment_id"), Assessment.number, Assessment.submitted_at,
        Assessment.sector.label("trade"),
        Diagnosis.signed_at,
    )
    .join(Engagement.firm)
    .outerjoin(Result, and_(Result.firm_id == Firm.id, Result.current.is_(True)))
    .outerjoin(Assessment, Assessment.id == Result.assessment_id)
    .outerjoin(Diagnosis, Diagnosis.assessment_id == Assessment.id)
)  # fmt: skip


def _dated(*conditions: ColumnElement[bool]) -> Select[UUID]:
    return (
        select(Engagement.id)
        .join(Engagement.firm)
        .where(Engagement.agreed_at.is_not(None), Engagement.ended_at.is_(None), Firm.deleted_at.is_(None), *conditions)
        .order_by(Engagement.until_on, Engagement.id)
    )


def _in_force() -> ColumnElement[bool]:
    return and_(
        Engagement.agreed_at.is_not(None),
        Engagement.ended_at.is_(None),
        or_(Engagement.until_on.is_(None), Engagement.until_on >= today()),
    )


def _verifications() -> Mapping[UUID, Sequence[Any]]:
    """Of each round (number, state, verified_at, level), newest first."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(
        select(Verification.assessment_id, Verification.state, Verification.verified_at, Result.level)
        .outerjoin(Result, Result.id == Verification.result_id)
        .order_by(Verification.assessment_id, Verification.number.desc())
    ):
        found[row.assessment_id].append(row)
    return found


def _drafts() -> frozenset[UUID]:
    return frozenset(
        db.session.scalars(select(Assessment.firm_id).where(Assessment.status == AssessmentStatus.DRAFT).distinct())
    )


def _actions() -> Mapping[UUID, tuple[int, int]]:
    """Of each firm (overdue, open) actions."""
    late, left = Counter[UUID](), Counter[UUID]()
    day = today()
    for firm_id, due_on, number in db.session.execute(
        select(Action.firm_id, Action.due_on, func.count(Action.id))
        .where(Action.state.in_([ActionState.OPEN.value, ActionState.WORKING.value]))
        .group_by(Action.firm_id, Action.due_on)
    ):
        left[firm_id] += number
        late[firm_id] += number if due_on is not None and due_on < day else 0
    return {firm_id: (late[firm_id], number) for firm_id, number in left.items()}


_AT_WORK = {
    VerificationState.DRAFT.value: "visit",
    VerificationState.SUBMITTED.value: "with_firm",
    VerificationState.CHANGES_REQUESTED.value: "changes",
}


def _stage(row: Any, checks: Sequence[Any], draft: bool, actions: int) -> str:
    if row.assessment_id is None:
        return "open" if draft else "agreed"
    at_work = next((_AT_WORK[v.state] for v in checks if v.state in _AT_WORK), None)
    if at_work is not None:
        return at_work
    if row.signed_at is not None:
        return "actions" if actions else "diagnosed"
    return "verified" if any(v.verified_at is not None for v in checks) else "submitted"

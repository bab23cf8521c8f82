"""Read stored results. The one on claims is the published one; those on what was verified stand beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment, AssessmentStatus
from app.models.results import Basis, Result


def get_published_result(assessment_id: UUID) -> Result:
    """The published result of a submitted assessment, with assessment and firm. Raises NotFoundError."""
    result = find_published_result(assessment_id)
    if result is None:
        raise NotFoundError
    return result


def find_published_result(assessment_id: UUID) -> Result | None:
    """The published result of an assessment, with assessment and firm; None while it is a draft."""
    return db.session.scalar(
        select(Result)
        .join(Result.assessment)
        .where(
            Result.assessment_id == assessment_id,
            Result.basis == Basis.CLAIMED,
            Assessment.status == AssessmentStatus.SUBMITTED,
        )
        .options(joinedload(Result.assessment).joinedload(Assessment.firm))
        .order_by(Result.created_at, Result.id)
        .limit(1)
    )


def find_verified_result(assessment_id: UUID) -> Result | None:
    """The newest result of an assessment that rests on what was found on site, with assessment and firm."""
    return db.session.scalar(
        select(Result)
        .where(Result.assessment_id == assessment_id, Result.basis == Basis.VERIFIED)
        .options(joinedload(Result.assessment).joinedload(Assessment.firm))
        .order_by(Result.created_at.desc(), Result.id)
        .limit(1)
    )


def list_verified_results(assessment_ids: Collection[UUID]) -> dict[UUID, Result]:
    """The newest verified result of each of these assessments; those without one are absent."""
    rows = db.session.scalars(
        select(Result)
        .where(Result.assessment_id.in_(list(assessment_ids)), Result.basis == Basis.VERIFIED)
        .options(joinedload(Result.assessment).joinedload(Assessment.firm))
        .order_by(Result.created_at, Result.id.desc())
    )
    return {row.assessment_id: row for row in rows}


def find_current_result(firm_id: UUID) -> Result | None:
    """The published result of a firm's last submitted round; None before the first."""
    return db.session.scalar(select(Result).where(Result.firm_id == firm_id, Result.current.is_(True)).limit(1))


def list_published_results(firm_id: UUID) -> Sequence[Result]:
    """The published results of a firm's rounds, oldest round first, with assessment and firm."""
    rows = db.session.scalars(
        select(Result)
        .join(Result.assessment)
        .where(
            Result.firm_id == firm_id,
            Result.basis == Basis.CLAIMED,
            Assessment.status == AssessmentStatus.SUBMITTED,
        )
        .options(joinedload(Result.assessment).joinedload(Assessment.firm))
        .order_by(Assessment.number, Result.created_at, Result.id)
    )
    first: dict[UUID, Result] = {}
    for row in rows:
        first.setdefault(row.assessment_id, row)
    return list(first.values())


def list_latest_results(firm_ids: Collection[UUID]) -> dict[UUID, Result]:
    """For each firm the published result of its last submitted round, with assessment; firms without one are absent."""
    last = (
        select(Assessment.firm_id, func.max(Assessment.number).label("number"))
        .where(Assessment.firm_id.in_(list(firm_ids)), Assessment.status == AssessmentStatus.SUBMITTED)
        .group_by(Assessment.firm_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(Result)
        .join(Result.assessment)
        .join(last, and_(last.c.firm_id == Assessment.firm_id, last.c.number == Assessment.number))
        .where(Result.basis == Basis.CLAIMED)
        .options(contains_eager(Result.assessment))
        .order_by(Result.created_at.desc(), Result.id.desc())
    )
    return {row.firm_id: row for row in rows}

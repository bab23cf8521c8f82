"""How far the firms of a cluster are in a round."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select

from app.extensions import db
from app.models.assessments import Answer, Assessment, AssessmentStatus
from app.models.campaigns import Campaign
from app.models.results import Basis, Result
from app.queries.assessments import known_facts
from scoring import asked
from scoring.content.loader import load_catalogue

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a firm is in the round that counts."""

    stage: str
    at: datetime


def window(campaign: Campaign) -> tuple[datetime, datetime]:
    """The moments between which a round lies: from the first day's begin to the last day's end, Chinese time."""

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), CHINA)

    return midnight(campaign.opens_on), midnight(campaign.closes_on + timedelta(days=1))


def read_progress(firm_ids: Collection[UUID], campaign: Campaign | None) -> dict[UUID, Progress]:
    """How far each firm is that has begun. What was submitted before a round does not count in it, nor what came
    after its end."""
    if not firm_ids:
        return {}
    verified_at = (
        select(func.min(Result.created_at))
        .where(Result.assessment_id == Assessment.id, Result.basis == Basis.VERIFIED)
        .scalar_subquery()
    )
    query = select(Assessment, verified_at).where(Assessment.firm_id.in_(list(firm_ids)))
    if campaign is not None:
        start, end = window(campaign)
        query = query.where(
            Assessment.created_at < end,
            or_(
                Assessment.submitted_at.is_(None), and_(Assessment.submitted_at >= start, Assessment.submitted_at < end)
            ),
        )
    latest: dict[UUID, Assessment] = {}
    verified: dict[UUID, datetime] = {}
    for assessment, at in db.session.execute(query.order_by(Assessment.number)):
        if at is not None:
            verified[assessment.id] = at
        known = latest.get(assessment.firm_id)
        if known is None or known.status != AssessmentStatus.SUBMITTED or not assessment.is_draft:
            latest[assessment.firm_id] = assessment
    drafts = [a for a in latest.values() if a.is_draft]
    done = _count_answers([a.id for a in drafts])
    return {
        firm_id: Progress("verified", verified[a.id])
        if a.id in verified
        else Progress(_stage_of(a, done.get(a.id, 0)), a.submitted_at or a.created_at)
        for firm_id, a in latest.items()
    }


def _count_answers(assessment_ids: Sequence[UUID]) -> dict[UUID, int]:
    if not assessment_ids:
        return {}
    return dict(
        db.session.execute(
            select(Answer.assessment_id, func.count(Answer.id))
            .where(Answer.assessment_id.in_(assessment_ids), Answer.value.is_not(None))
            .group_by(Answer.assessment_id)
        ).all()
    )


def _stage_of(assessment: Assessment, done: int) -> str:
    if not assessment.is_draft:
        return "submitted"
    facts = tuple(sorted((name, value) for name, value in known_facts(assessment).items() if _is_plain(value)))
    versions = tuple(sorted(assessment.versions.items()))
    return "half" if done * 2 >= _number_asked(assessment.sector, versions, facts) else "started"


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool | None)


@lru_cache(maxsize=4096)
def _number_asked(sector: str, versions: tuple[tuple[str, str], ...], facts: tuple[tuple[str, Any], ...]) -> int:
    return len(asked(load_catalogue(sector, dict(versions)), dict(facts)))

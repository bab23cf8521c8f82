"""Read the plans that firms have made of their routes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.roadmaps import Roadmap


def find_roadmap(assessment_id: UUID) -> Roadmap | None:
    """The plan of a round with its steps; None where the firm has made none."""
    return db.session.scalar(
        select(Roadmap)
        .where(Roadmap.assessment_id == assessment_id)
        .options(selectinload(Roadmap.steps), joinedload(Roadmap.assessment))
    )


def get_roadmap(assessment_id: UUID) -> Roadmap:
    """The plan of a round with its steps. Raises NotFoundError."""
    roadmap = find_roadmap(assessment_id)
    if roadmap is None:
        raise NotFoundError
    return roadmap


def find_roadmaps_until(assessment: Assessment) -> tuple[Roadmap | None, Roadmap | None]:
    """(the plan of this round, the last one that the firm made of a round before), each with steps and round."""
    rows = (
        db.session.scalars(
            select(Roadmap)
            .join(Roadmap.assessment)
            .where(Roadmap.firm_id == assessment.firm_id, Assessment.number <= assessment.number)
            .options(joinedload(Roadmap.steps), contains_eager(Roadmap.assessment))
            .order_by(Assessment.number.desc())
            .limit(2)
        )
        .unique()
        .all()
    )
    own = next((row for row in rows if row.assessment_id == assessment.id), None)
    return own, next((row for row in rows if row.assessment_id != assessment.id), None)

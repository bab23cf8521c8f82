"""Read the answers of a round, and put them into the form in which the engine reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models.assessments import Answer, Assessment


def list_answers(assessment_id: UUID) -> Sequence[Answer]:
    """The present answers of a round, by item."""
    return db.session.scalars(
        select(Answer).where(Answer.assessment_id == assessment_id).order_by(Answer.item_id)
    ).all()


def answers_document(assessment: Assessment, answers: Sequence[Answer]) -> dict[str, Any]:
    """A round as an answers document: firm facts, pains, answers. What was emptied again is left out.

    An answer carries `evidence` where a text was given, and where one was asked for, empty as it may be.
    """
    revenue = assessment.revenue_wan
    firm = {
        "name": assessment.firm.name,
        "sector": assessment.sector,
        "employees": assessment.employees,
        "revenue_wan": revenue,
        "machines": assessment.machines,
        "profile": dict(assessment.profile),
    }
    return {
        "firm": {key: value for key, value in firm.items() if value is not None},
        "pains": list(assessment.pains),
        "answers": {answer.item_id: _with_evidence(answer) for answer in answers if answer.value is not None},
    }


def _with_evidence(answer: Answer) -> Any:
    evidence = (answer.evidence or "").strip()
    return {"value": answer.value, "evidence": evidence} if evidence or answer.evidence_asked else answer.value

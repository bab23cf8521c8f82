"""Publish results: computed once at submission, stored, never changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.extensions import db
from app.models.assessments import Assessment
from app.models.results import Result
from app.queries.results import find_published_result
from scoring.content.catalogue import Catalogue
from scoring.result import assess


def publish(assessment: Assessment, document: dict[str, Any], catalogue: Catalogue) -> Result:
    """Score the document and store the result of this round; the one there is, if it was published already."""
    published = find_published_result(assessment.id)
    if published is not None:
        return published
    payload = assess(document, catalogue)
    overall = payload["index"]["overall"]
    result = Result(
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        engine=payload["engine"],
        versions=dict(payload["content"]),
        level=payload["official"]["level"],
        score=Decimal(payload["official"]["score"]),
        index_overall=None if overall is None else Decimal(str(overall)),
        payload=payload,
    )
    db.session.add(result)
    return result

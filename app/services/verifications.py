"""Verify a submitted round on site: begin, show the firm, settle, open again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.access.scope import current_scope
from app.errors import N_, ConflictError, NotFoundError
from app.extensions import db
from app.models.verifications import Verification
from app.queries.assessments import lock_assessment
from app.queries.verifications import find_open_verification
from app.services import audit
from app.services.answers import writer_name


def begin(assessment_id: UUID) -> Verification:
    """The open verification of a submitted round; a new, empty one where there is none.

    Raises NotFoundError outside the reach, ConflictError while the round is a draft.
    """
    assessment = lock_assessment(assessment_id)
    if assessment is None or assessment.firm_id not in current_scope().firm_ids:
        raise NotFoundError
    if assessment.is_draft:
        raise ConflictError(N_("This round is not submitted yet. There is nothing to verify."))
    found = find_open_verification(assessment_id)
    if found is not None:
        return found
    last = db.session.scalar(select(func.max(Verification.number)).where(Verification.assessment_id == assessment_id))
    row = Verification(
        firm_id=assessment.firm_id,
        assessment_id=assessment_id,
        number=(last or 0) + 1,
        user_id=current_scope().user_id,
        by_name=writer_name(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("verification:begin", row.id, firm_id=row.firm_id)
    return row

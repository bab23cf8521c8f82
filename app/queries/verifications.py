"""Read verifications with their findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.verifications import Verification, VerificationState

OPEN = (VerificationState.DRAFT, VerificationState.SUBMITTED, VerificationState.CHANGES_REQUESTED)


def get_verification(verification_id: UUID) -> Verification:
    """The verification with its findings, round and firm. Raises NotFoundError."""
    row = db.session.scalar(_WHOLE.where(Verification.id == verification_id))
    if row is None:
        raise NotFoundError
    return row


def find_open_verification(assessment_id: UUID) -> Verification | None:
    """The one of this round that is being worked on, with its findings."""
    return db.session.scalar(
        _WHOLE.where(Verification.assessment_id == assessment_id, Verification.state.in_(OPEN)).limit(1)
    )


def find_verified(assessment_id: UUID) -> Verification | None:
    """The newest of this round that came to a verified result, with its findings; also while it is open again."""
    return db.session.scalar(
        _WHOLE.where(Verification.assessment_id == assessment_id, Verification.verified_at.is_not(None))
        .order_by(Verification.number.desc())
        .limit(1)
    )


def findings_of(verification: Verification) -> Mapping[str, Mapping[str, Any]]:
    """The findings as `scoring.verification` reads them."""
    return {f.item_id: {"verdict": f.verdict, "value": f.value} for f in verification.findings}


_WHOLE = select(Verification).options(
    selectinload(Verification.findings),
    joinedload(Verification.result),
    joinedload(Verification.assessment).joinedload(Assessment.firm),
)

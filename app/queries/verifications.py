"""Read verifications with their findings."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.results import Result
from app.models.verifications import Finding, FindingFile, Reply, Verdict, Verification, VerificationState

OPEN = (VerificationState.DRAFT, VerificationState.SUBMITTED, VerificationState.CHANGES_REQUESTED)


@dataclass(frozen=True, slots=True)
class Verified:
    """That a round was verified, by whom and when, and the stored result."""

    by_name: str
    at: datetime
    result: Result


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


def list_verifications(assessment_id: UUID) -> Sequence[Verification]:
    """All of a round with their findings, the newest first."""
    return db.session.scalars(
        _WHOLE.where(Verification.assessment_id == assessment_id).order_by(Verification.number.desc())
    ).all()


def find_waiting(firm_id: UUID) -> Verification | None:
    """The verification of a firm that waits for its answer; the oldest where several do."""
    return db.session.scalar(
        select(Verification)
        .where(
            Verification.firm_id == firm_id,
            Verification.state == VerificationState.SUBMITTED,
            Verification.answered_at.is_(None),
        )
        .order_by(Verification.submitted_at, Verification.id)
        .limit(1)
    )


def list_verified(assessment_ids: Collection[UUID]) -> dict[UUID, Verified]:
    """The newest verified result of each of these rounds; rounds without one are absent. No finding is read."""
    rows = db.session.execute(
        select(Verification.assessment_id, Verification.by_name, Verification.verified_at, Result)
        .join(Result, Result.id == Verification.result_id)
        .where(Verification.assessment_id.in_(list(assessment_ids)))
        .order_by(Verification.number)
    )
    return {assessment_id: Verified(name, at, result) for assessment_id, name, at, result in rows if at is not None}


def list_round_files(assessment_id: UUID) -> Sequence[FindingFile]:
    """The photos and files of all verifications of a round, oldest first."""
    return db.session.scalars(
        select(FindingFile)
        .join(FindingFile.verification)
        .where(Verification.assessment_id == assessment_id)
        .order_by(FindingFile.created_at, FindingFile.id)
    ).all()


def is_shown(verification: Verification, row: Finding | FindingFile | None = None) -> bool:
    """Whether the firm may see a verification, or one finding or file of it.

    It sees nothing of a draft; while the consultant looks again at what it objected to, it sees what stood there when
    it answered, and nothing that has changed or come since.
    """
    if verification.submitted_at is None or verification.state == VerificationState.DRAFT:
        return False
    if row is None or verification.answered_at is None or verification.state != VerificationState.CHANGES_REQUESTED:
        return True
    written = row.updated_at if isinstance(row, Finding) else row.created_at
    return written <= verification.answered_at


def findings_of(verification: Verification) -> Mapping[str, Mapping[str, Any]]:
    """The findings as `scoring.verification` reads them."""
    return {f.item_id: {"verdict": f.verdict, "value": f.value} for f in verification.findings}


def mark_of(row: Verification) -> str:
    """A mark of what the consultant says as it stands: it changes when a finding is written, added or removed, with the
    day of the visit and the remark, and when all is sent."""
    parts = [f"{f.item_id}:{f.id}:{f.version}" for f in sorted(row.findings, key=lambda f: f.item_id)]
    said = (str(row.submitted_at), str(row.visited_on), *parts, row.remark)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def count_replies(findings: Iterable[Finding]) -> tuple[int, int]:
    """(corrections that wait for the firm's reply, corrections altogether)."""
    corrections = [f for f in findings if f.verdict != Verdict.AGREED]
    return sum(f.reply == Reply.NONE for f in corrections), len(corrections)


_WHOLE = select(Verification).options(
    selectinload(Verification.findings),
    joinedload(Verification.result),
    joinedload(Verification.assessment).joinedload(Assessment.firm),
)

"""Verifications of a submitted round in any state, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.extensions import db
from app.models.assessments import Assessment
from app.models.base import now
from app.models.results import Result
from app.models.verifications import Finding, FindingFile, Verification, VerificationState
from app.queries.results import get_published_result
from app.queries.verifications import mark_of
from tests.app import factories as make

S = VerificationState
STATES = ("draft", "submitted", "answered", "changes_requested", "verified", "closed")
"""The states, and `answered`: submitted, and the firm has accepted everything."""


def make_verification(assessment_id: UUID, state: str = "draft", **values: Any) -> Verification:
    """One in this state, without findings; a verified one with a result of its own."""
    assessment = db.session.get_one(Assessment, assessment_id)
    at = now() - timedelta(minutes=5)
    stored = S.SUBMITTED.value if state == "answered" else state
    values = {"number": 1, "by_name": "核实员", "state": stored, **values}
    if state not in ("draft", "closed"):
        values.setdefault("submitted_at", at)
    if state in ("answered", "changes_requested", "verified"):
        values.setdefault("answered_at", at + timedelta(minutes=1))
    if state == "verified":
        values.setdefault("verified_at", at + timedelta(minutes=2))
        values.setdefault("result_id", make_verified_result(assessment).id)
    row = Verification(firm_id=assessment.firm_id, assessment_id=assessment.id, **values)
    db.session.add(row)
    db.session.flush()
    return row


def make_verified_result(assessment: Assessment, **values: Any) -> Result:
    """A result with verified values, which is not the current one."""
    published = get_published_result(assessment.id)
    values = {"level": 0, "basis": "verified", "current": False, "payload": published.payload, **values}
    copied = ("engine", "versions", "score", "sector", "size_band", "town", "summary")
    row = Result(
        firm_id=assessment.firm_id,
        assessment_id=assessment.id,
        **{name: getattr(published, name) for name in copied},
        **values,
    )
    db.session.add(row)
    db.session.flush()
    return row


def make_finding(row: Verification, item_id: str, claimed: Any, verdict: str, value: Any, **values: Any) -> Finding:
    """One finding, written before the verification was submitted; where the firm has answered, to this one too."""
    values.setdefault("updated_at", now() - timedelta(minutes=10))
    finding = Finding(
        firm_id=row.firm_id,
        verification_id=row.id,
        item_id=item_id,
        claimed=claimed,
        verdict=verdict,
        value=value,
        **values,
    )
    db.session.add(finding)
    db.session.flush()
    if row.answered_at is not None and finding.updated_at <= row.answered_at:
        db.session.refresh(row, ["findings"])
        row.answered_mark = mark_of(row)
    return finding


def make_finding_file(row: Verification, item_id: str, **values: Any) -> FindingFile:
    """A photo; its bytes are put by whoever needs them."""
    values = {"name": "现场.jpg", "media_type": "image/jpeg", "size": 10, "sha256": "0" * 64, **values}
    values.setdefault("file_key", f"findings/{next(make._numbers)}.bin")
    values.setdefault("created_at", now() - timedelta(minutes=10))
    file = FindingFile(firm_id=row.firm_id, verification_id=row.id, item_id=item_id, **values)
    db.session.add(file)
    db.session.flush()
    return file

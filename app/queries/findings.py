"""Read single findings and their files, and lock a verification against a second writer."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.errors import NotFoundError
from app.extensions import db
from app.models.verifications import Finding, FindingFile, Verification


def lock_verification(verification_id: UUID) -> Verification:
    """The verification, locked until the end of the transaction, as it is now. Raises NotFoundError."""
    row = db.session.scalar(
        select(Verification)
        .where(Verification.id == verification_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFoundError
    return row


def find_finding(verification_id: UUID, item_id: str) -> Finding | None:
    """What was found for one item."""
    return db.session.scalar(
        select(Finding)
        .where(Finding.verification_id == verification_id, Finding.item_id == item_id)
        .execution_options(populate_existing=True)
    )


def count_finding_files(verification_id: UUID, item_id: str) -> int:
    """How many files a finding has."""
    of_item = (FindingFile.verification_id == verification_id, FindingFile.item_id == item_id)
    return db.session.scalar(select(func.count(FindingFile.id)).where(*of_item)) or 0


def find_same_file(verification_id: UUID, item_id: str, sha256: str) -> FindingFile | None:
    """The very same file, where it has arrived before."""
    return db.session.scalar(
        select(FindingFile)
        .where(
            FindingFile.verification_id == verification_id,
            FindingFile.item_id == item_id,
            FindingFile.sha256 == sha256,
        )
        .limit(1)
    )


def get_finding_file(file_id: UUID) -> FindingFile:
    """The file with its verification. Raises NotFoundError."""
    row = db.session.scalar(
        select(FindingFile).where(FindingFile.id == file_id).options(joinedload(FindingFile.verification))
    )
    if row is None:
        raise NotFoundError
    return row

"""Findings of a visit: every write of one goes through here, and so do the photos and files beside it.

A save names the version of the finding that its writer saw. Where another consultant was faster it is refused with
both values, unless both say the same. What was submitted, verified or closed refuses every write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.access.scope import current_scope
from app.errors import (
    N_,
    BadAnswerError,
    ConflictError,
    DomainError,
    InputError,
    LockedError,
    NotFoundError,
    StaleAnswerError,
)
from app.extensions import db
from app.files import delete_file, get_file
from app.models.base import now
from app.models.verifications import Finding, FindingFile, Reply, Verdict, Verification, VerificationState
from app.queries.assessments import Round, read_round
from app.queries.findings import (
    count_finding_files,
    find_finding,
    find_same_file,
    get_finding_file,
    lock_verification,
)
from app.queries.verifications import is_shown
from app.services import audit
from app.services.answers import checked_value, writer_name
from app.services.spreadsheets import CHINA
from app.services.texts import clean_text
from app.services.uploads import check_upload
from app.transaction import after_commit
from scoring.content.model import Question
from scoring.verification import direction

MOST_PER_FINDING = 5
KINDS = ("jpg", "png", "pdf")
WRITABLE = (VerificationState.DRAFT, VerificationState.CHANGES_REQUESTED)
CLEARED, AGREED, NOT_SEEN, CORRECTED = "", "agreed", "not_seen", "corrected"
NO_CLAIM = (None, "unknown")
_LOCKED = N_("The findings lie with the firm or are settled. They cannot be changed now.")


@dataclass(frozen=True, slots=True)
class FindingSave:
    """One save of one finding. `verdict`: agreed, not_seen, corrected (then `value` is what was found, an answer value
    of the contract), or empty, which takes the finding back. `version` is the one its writer saw, 0 for none. `note`
    of None stays as it is. `key` makes a repeat harmless."""

    verdict: str
    value: Any = None
    note: str | None = None
    version: int = 0
    key: str | None = None


@dataclass(frozen=True, slots=True)
class FindingsSaved:
    """What became of the findings of one form: what was refused or is in conflict, by item; all else is saved."""

    problems: dict[str, DomainError]
    conflicts: dict[str, StaleAnswerError]


def save_finding(verification_id: UUID, item_id: str, save: FindingSave) -> Finding | None:
    """Save one finding; None where none is left. The same save sent twice is applied once.

    Raises BadAnswerError, StaleAnswerError, LockedError, NotFoundError.
    """
    verification, round_ = _lock(verification_id)
    return _write(verification, round_, item_id, save)


def save_findings(verification_id: UUID, saves: Mapping[str, FindingSave]) -> FindingsSaved:
    """Save the findings of one form, each for itself, so that one bad value costs nothing else."""
    verification, round_ = _lock(verification_id)
    problems: dict[str, DomainError] = {}
    conflicts: dict[str, StaleAnswerError] = {}
    for item, save in saves.items():
        try:
            _write(verification, round_, item, save)
        except StaleAnswerError as error:
            conflicts[item] = error
        except InputError as error:
            problems[item] = error
    return FindingsSaved(problems, conflicts)


def save_visit(
    verification_id: UUID, visited_on: date | None, remark: str, seen: tuple[date | None, str]
) -> Verification:
    """Store the day of the visit and the word on the whole; `seen` is what the page showed of both.

    Raises InputError for a day to come, ConflictError with both where somebody else changed them, LockedError.
    """
    verification, _round = _lock(verification_id)
    remark = clean_text(remark, "remark")
    if visited_on is not None and visited_on > now().astimezone(CHINA).date():
        raise InputError(N_("The day of the visit is still to come. Enter it after the visit."), field="visited_on")
    there = (verification.visited_on, verification.remark)
    if there != (visited_on, remark):
        if there != seen and seen != (visited_on, remark):
            raise ConflictError(N_("Somebody else changed the day or the remark. Both are shown; please choose."))
        if there == seen:
            verification.visited_on, verification.remark = visited_on, remark
            audit.record("verification:visit", verification.id, firm_id=verification.firm_id)
    return verification


def _lock(verification_id: UUID) -> tuple[Verification, Round]:
    verification = lock_verification(verification_id)
    if verification.firm_id not in current_scope().firm_ids:
        raise NotFoundError
    if verification.state not in WRITABLE:
        raise LockedError(_LOCKED)
    return verification, read_round(verification.assessment)


def _question(round_: Round, item_id: str) -> Question:
    question = round_.catalogue.questions.get(item_id)
    if question is None or item_id in round_.off:
        raise NotFoundError
    return question


def _write(verification: Verification, round_: Round, item_id: str, save: FindingSave) -> Finding | None:
    question = _question(round_, item_id)
    answer = round_.answers.get(item_id)
    claimed = answer.value if answer else None
    verdict, value = _judge(question, claimed, save)
    row = find_finding(verification.id, item_id)
    if row is not None and save.key is not None and row.save_key == _stored_key(item_id, save):
        return row
    note = row.note if row else ""
    if save.note is not None:
        note = _checked_note(question, save.note)
    before = finding_state(row)
    after = {"verdict": verdict, "value": value, "note": note}
    if after == before or (row is None and verdict == CLEARED and not note):
        return row
    if save.version != (row.version if row else 0):
        raise StaleAnswerError(
            item=item_id,
            mine=after,
            theirs=before,
            version=row.version if row else 0,
            by=row.updated_by_label if row else "",
            at=row.updated_at.isoformat() if row else None,
        )
    if verdict == CLEARED:
        if save.note:
            raise BadAnswerError(N_("Choose first what you saw; then the note is kept with it."), item=item_id)
        db.session.delete(row)
        db.session.flush()
        audit.record("finding:remove", verification.id, firm_id=verification.firm_id, item=item_id)
        return None
    if row is None:
        row = Finding(firm_id=verification.firm_id, verification_id=verification.id, item_id=item_id, version=0)
        db.session.add(row)
    row.claimed, row.verdict, row.value, row.note = claimed, verdict, value, note
    row.version, row.save_key = save.version + 1, _stored_key(item_id, save)
    row.updated_by, row.updated_by_label, row.updated_at = current_scope().user_id, writer_name(), now()
    row.reply, row.reply_text, row.replied_by, row.replied_at = Reply.NONE.value, "", None, None
    db.session.flush()
    audit.record("finding:save", verification.id, firm_id=verification.firm_id, item=item_id, verdict=verdict)
    return row


def _judge(question: Question, claimed: Any, save: FindingSave) -> tuple[str, Any]:
    """Verdict and value as they are stored. Raises BadAnswerError."""
    if save.verdict == CLEARED:
        return CLEARED, None
    if save.verdict in (AGREED, NOT_SEEN):
        if claimed in NO_CLAIM:
            raise BadAnswerError(N_("The firm claims nothing here. Choose what you saw."), item=question.id)
        return (save.verdict, claimed if save.verdict == AGREED else None)
    if save.verdict != CORRECTED or save.value in NO_CLAIM:
        raise BadAnswerError(item=question.id, code="malformed")
    value = checked_value(question, save.value)
    if value == claimed:
        return AGREED, claimed
    return str(Verdict(direction(question, claimed, value))), value


def _checked_note(question: Question, note: str) -> str:
    try:
        return clean_text(note, "note")
    except InputError as error:
        raise BadAnswerError(error.message, item=question.id, code="bad_type", reason="text_too_long") from error


def _stored_key(item_id: str, save: FindingSave) -> str | None:
    """The key of a save, bound to its writer and to the version that it replaces."""
    if save.key is None:
        return None
    return hashlib.sha256(f"{current_scope().user_id}:{item_id}:{save.version}:{save.key}".encode()).hexdigest()


def finding_state(row: Finding | None) -> dict[str, Any] | None:
    """What a conflict shows of a finding."""
    return None if row is None else {"verdict": row.verdict, "value": row.value, "note": row.note}


# ---- photos and files


def add_file(verification_id: UUID, item_id: str, name: str, data: bytes) -> FindingFile:
    """Keep a photo or PDF beside a finding. The same file sent twice is kept once.

    Raises InputError with the reason, StorageError, LockedError, NotFoundError.
    """
    verification, round_ = _lock(verification_id)
    _question(round_, item_id)
    upload = check_upload(name, data, KINDS)
    same = find_same_file(verification_id, item_id, upload.sha256)
    if same is not None:
        return same
    if count_finding_files(verification_id, item_id) >= MOST_PER_FINDING:
        raise InputError(N_("There are five files already. Remove one first."), field="file")
    row = FindingFile(
        firm_id=verification.firm_id,
        verification_id=verification.id,
        item_id=item_id,
        file_key=upload.keep(),
        **upload.fields(),
        created_by=current_scope().user_id,
        created_by_label=writer_name(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "finding_file:add", row.id, firm_id=row.firm_id, item=item_id, name=row.name, size=row.size, sha256=row.sha256
    )
    return row


def remove_file(file_id: UUID) -> FindingFile:
    """Remove a file for good. Raises LockedError, NotFoundError."""
    row = get_finding_file(file_id)
    _lock(row.verification_id)
    audit.record("finding_file:remove", row.id, firm_id=row.firm_id, item=row.item_id, name=row.name, sha256=row.sha256)
    key = row.file_key
    db.session.delete(row)
    after_commit(lambda: delete_file(key))
    return row


def read_file(file_id: UUID) -> tuple[FindingFile, bytes]:
    """A file with its bytes. The firm has none before the findings are shown to it. Raises NotFoundError."""
    row = get_finding_file(file_id)
    if row.firm_id not in current_scope().consultant_firm_ids and not is_shown(row.verification, row):
        raise NotFoundError
    return row, get_file(row.file_key)

"""Answers: every write of one goes through here. A save names the version of the answer that its writer saw.

Where somebody else was faster it is refused with both values, unless both say the same. Times are the server's; a
submitted round refuses every write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from app.access.scope import current_scope
from app.errors import (
    N_,
    BadAnswerError,
    DomainError,
    ForbiddenError,
    InputError,
    LockedError,
    NotFoundError,
    StaleAnswerError,
)
from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment
from app.models.base import now
from app.models.users import User
from app.queries.answers import list_answers
from app.queries.assessments import (
    AnswerRow,
    Round,
    catalogue_of,
    find_change,
    lock_assessment,
    read_round,
    section_of,
)
from app.queries.attachments import list_attachments
from app.services.texts import clean_text
from scoring.answers import parse_value
from scoring.content.model import Question
from scoring.errors import AnswerError

_REPLACE = (
    update(Answer)
    .where(Answer.assessment_id == bindparam("of_assessment"), Answer.item_id == bindparam("new_item_id"))
    .values({name: bindparam(f"new_{name}") for name in AnswerRow._fields if name != "item_id"})
    .execution_options(synchronize_session=False)
)
_NOTHING: dict[str, Any] = {"value": None, "evidence": "", "note": ""}


@dataclass(frozen=True, slots=True)
class Save:
    """One save of one answer. `value` is an answer value of the contract, None empties the answer. `version` is the
    one its writer saw, 0 for none. `evidence` and `note` of None stay as they are. `key` makes a repeat harmless."""

    value: Any
    version: int
    evidence: str | None = None
    note: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SectionSaved:
    """What became of the answers of one page: what was refused or is in conflict, by item; all else is saved."""

    problems: dict[str, DomainError]
    conflicts: dict[str, StaleAnswerError]

    @property
    def is_clean(self) -> bool:
        """True when everything was saved."""
        return not self.problems and not self.conflicts


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the page before submission says about one answer: the text, and the version it was asked for."""

    text: str
    version: int


def lock_draft(assessment_id: UUID) -> Assessment:
    """The round, locked against a second writer. Raises NotFoundError, LockedError once it is submitted."""
    assessment = lock_assessment(assessment_id)
    if assessment is None:
        raise NotFoundError
    if not assessment.is_draft:
        raise LockedError
    return assessment


def require_section(assessment: Assessment, section_id: str) -> None:
    """Raise unless the current visitor may fill in this section: 404 for a link to another one, else 403."""
    scope = current_scope()
    if scope.everything or scope.may_answer(assessment.firm_id, assessment.id, section_id):
        return
    if assessment.firm_id not in scope.firm_ids:
        raise NotFoundError
    raise ForbiddenError(N_("This section was given to somebody else. The owner of the firm can change that."))


def require_whole_round(assessment: Assessment) -> None:
    """Raise unless the current visitor works on the round as a whole: no link, no member limited to sections."""
    scope = current_scope()
    if scope.everything or (assessment.firm_id in scope.firm_ids and assessment.firm_id not in scope.sections):
        return
    if assessment.firm_id not in scope.firm_ids:
        raise NotFoundError
    raise ForbiddenError


def save_answer(assessment_id: UUID, item_id: str, save: Save) -> Round:
    """Save one answer; returns the round as it stands then. The same save sent twice is applied once.

    Raises BadAnswerError, StaleAnswerError, LockedError, ForbiddenError, NotFoundError.
    """
    round_ = read_round(lock_draft(assessment_id))
    require_section(round_.assessment, section_of(round_.catalogue, item_id).id)
    row = round_.answers.get(item_id)
    if row is not None and row.version != save.version and _was_applied(assessment_id, item_id, save):
        return round_
    written = write_answer(round_.assessment, round_.catalogue.questions[item_id], row, save)
    return round_ if written is None else round_.with_answer(written)


def save_section(assessment_id: UUID, section_id: str, saves: Mapping[str, Save]) -> SectionSaved:
    """Save the answers of a page sent as one form: each for itself, so that one bad value costs nothing else.

    An answer that the sender did not touch is left alone, even if somebody else changed it meanwhile.
    """
    round_ = read_round(lock_draft(assessment_id))
    require_section(round_.assessment, section_id)
    problems: dict[str, DomainError] = {}
    conflicts: dict[str, StaleAnswerError] = {}
    for item, save in saves.items():
        if section_of(round_.catalogue, item).id != section_id:
            raise NotFoundError
        row = round_.answers.get(item)
        try:
            if row is None or save.version == row.version or not _untouched(assessment_id, item, save):
                write_answer(round_.assessment, round_.catalogue.questions[item], row, save)
        except StaleAnswerError as error:
            conflicts[item] = error
        except InputError as error:
            problems[item] = error
    return SectionSaved(problems, conflicts)


def _was_applied(assessment_id: UUID, item_id: str, save: Save) -> bool:
    """Whether this very save has arrived before."""
    if save.key is None:
        return False
    found = db.session.scalar(
        select(AnswerChange.id).where(
            AnswerChange.assessment_id == assessment_id,
            AnswerChange.idempotency_key == _stored_key(item_id, save),
        )
    )
    return found is not None


def _stored_key(item_id: str, save: Save) -> str | None:
    """The key of a save, bound to the answer and the version that it replaces: it can be applied only once."""
    if save.key is None:
        return None
    return hashlib.sha256(f"{item_id}:{save.version}:{save.key}".encode()).hexdigest()


def _untouched(assessment_id: UUID, item_id: str, save: Save) -> bool:
    """Whether a save from an old page repeats what that page showed."""
    change = find_change(assessment_id, item_id, save.version) if save.version else None
    shown: dict[str, Any] = (change.after or {}) if change else {}
    return (
        save.value == shown.get("value")
        and (save.evidence or "").strip() == (shown.get("evidence") or "")
        and (save.note or "").strip() == (shown.get("note") or "")
    )


def write_answer(assessment: Assessment, question: Question, row: AnswerRow | None, save: Save) -> AnswerRow | None:
    """Write what a save means over the answer it saw; None where there is nothing to write."""
    value = checked_value(question, save.value)
    evidence, note = (row.evidence, row.note) if row else (None, "")
    if save.evidence is not None:
        nothing = "" if row and row.evidence_asked else None
        evidence = _checked_text(question, save.evidence, "evidence") or nothing
    if save.note is not None:
        note = _checked_text(question, save.note, "note")
    after = {"value": value, "evidence": evidence or "", "note": note}
    before = answer_state(row)
    if after == (before or _NOTHING):
        return row
    if save.version != (row.version if row else 0):
        raise _stale(question.id, after, row)
    asked = row.evidence_asked if row else False
    by, name = current_scope().user_id, writer_name()
    written = AnswerRow(question.id, value, evidence, asked, note, save.version + 1, by, name, now())
    if row is None:
        fields = written._asdict()
        db.session.add(Answer(assessment_id=assessment.id, firm_id=assessment.firm_id, **fields))
    else:
        values = {f"new_{name}": value for name, value in written._asdict().items()}
        db.session.execute(_REPLACE, {"of_assessment": assessment.id, **values})
    record_change(assessment, written, before, after, _stored_key(question.id, save))
    return written


def _stale(item_id: str, mine: dict[str, Any], answer: Answer | AnswerRow | None) -> StaleAnswerError:
    """Both values, the version that stands, and who wrote it when."""
    return StaleAnswerError(
        item=item_id,
        mine=mine,
        theirs=answer_state(answer),
        version=answer.version if answer else 0,
        by=answer.updated_by_label if answer else "",
        at=answer.updated_at.isoformat() if answer else None,
    )


def touch(answer: Answer) -> None:
    """Count the version up, and note who and when."""
    answer.version += 1
    answer.updated_by, answer.updated_by_label, answer.updated_at = current_scope().user_id, writer_name(), now()


def record_change(
    assessment: Assessment,
    answer: Answer | AnswerRow,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    key: str | None = None,
) -> None:
    """Keep what stood before and after, who changed it and when."""
    db.session.add(
        AnswerChange(
            firm_id=assessment.firm_id,
            assessment_id=assessment.id,
            item_id=answer.item_id,
            version=answer.version,
            before=before,
            after=after,
            changed_by=answer.updated_by,
            changed_by_label=answer.updated_by_label,
            changed_at=answer.updated_at,
            idempotency_key=key,
        )
    )


def answer_state(answer: Answer | AnswerRow | None) -> dict[str, Any] | None:
    """What the history of an answer keeps of one moment."""
    if answer is None:
        return None
    return {"value": answer.value, "evidence": answer.evidence or "", "note": answer.note}


def writer_name() -> str:
    """The name shown beside what the current visitor writes; empty where an account has none (never its login)."""
    scope = current_scope()
    if scope.user_id is not None:
        user = db.session.get(User, scope.user_id)
        return user.name if user else ""
    return scope.handover.name if scope.handover else ""


def checked_value(question: Question, raw: Any) -> Any:
    """An answer value as it is stored: what the engine accepts, in one canonical form. Raises BadAnswerError."""
    if raw is None:
        return None
    if isinstance(raw, dict) and "value" in raw:
        raise BadAnswerError(item=question.id, code="malformed")
    try:
        parse_value(question, raw)
    except AnswerError as error:
        raise BadAnswerError(item=question.id, code=error.problems[0].code, reason=_reason(raw)) from error
    except RecursionError as error:
        raise BadAnswerError(item=question.id, code="malformed") from error
    if isinstance(raw, list):
        return [o.id for o in question.options if o.id in raw]
    if isinstance(raw, dict):
        return {name: plain_number(number) for name, number in sorted(raw.items())}
    return raw


def _reason(raw: Any) -> str:
    """What exactly is wrong with two counts, for a sentence beside them."""
    if not isinstance(raw, dict) or set(raw) != {"part", "whole"}:
        return ""
    part, whole = raw["part"], raw["whole"]
    if not all(isinstance(n, int | float | Decimal) and not isinstance(n, bool) for n in (part, whole)):
        return "no_number"
    if part < 0 or whole < 0:
        return "below_zero"
    return "part_above_whole" if part > whole else "too_large"


def plain_number(number: Any) -> int | float:
    return int(number) if number == int(number) else float(number)


def _checked_text(question: Question, raw: object, name: str) -> str:
    try:
        return clean_text(raw, name)
    except InputError as error:
        raise BadAnswerError(
            error.message, item=question.id, code="bad_type", reason="text_too_long", field=name
        ) from error


def is_claim(question: Question, value: Any) -> bool:
    """Whether an answer is one whose evidence is asked for before submission."""
    return question.kind == "level" and isinstance(value, int) and value >= 2


def save_evidence(assessment_id: UUID, evidence: Mapping[str, Evidence]) -> SectionSaved:
    """Store the evidence texts of the page before submission. An empty one is stored as asked and not given."""
    assessment = lock_draft(assessment_id)
    scope = current_scope()
    if not scope.everything and assessment.firm_id not in scope.firm_ids:
        raise NotFoundError
    catalogue = catalogue_of(assessment)
    present = {answer.item_id: answer for answer in list_answers(assessment_id)}
    problems: dict[str, DomainError] = {}
    conflicts: dict[str, StaleAnswerError] = {}
    for item, given in evidence.items():
        require_section(assessment, section_of(catalogue, item).id)
        answer = present.get(item)
        if answer is None or not is_claim(catalogue.questions[item], answer.value):
            continue
        try:
            text = _checked_text(catalogue.questions[item], given.text, "evidence")
            if text == (answer.evidence or "") and answer.evidence_asked:
                continue
            before = answer_state(answer)
            after = {**(before or {}), "evidence": text}
            if answer.version != given.version and after != before:
                raise _stale(item, after, answer)
            answer.evidence_asked, answer.evidence = True, text
            touch(answer)
            record_change(assessment, answer, before, {**after, "evidence_asked": True})
        except StaleAnswerError as error:
            conflicts[item] = error
        except InputError as error:
            problems[item] = error
    return SectionSaved(problems, conflicts)


def file_names(assessment_id: UUID) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for file in list_attachments(assessment_id):
        names.setdefault(file.item_id, []).append(file.name)
    return {item: ", ".join(files)[:2000] for item, files in names.items()}


def name_files_as_evidence(assessment: Assessment) -> None:
    """An answer whose only evidence is a file names the file, so that every reader of the round sees it."""
    names = file_names(assessment.id)
    for answer in list_answers(assessment.id):
        if answer.item_id in names and not answer.evidence and answer.value is not None:
            before = answer_state(answer)
            answer.evidence = names[answer.item_id]
            touch(answer)
            record_change(assessment, answer, before, answer_state(answer) or {})
    db.session.flush()

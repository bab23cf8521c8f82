"""Read rounds of assessment: the round itself, its questions as this profile is asked them, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from app.access.scope import current_scope
from app.errors import NotFoundError
from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment, AssessmentStatus
from app.models.attachments import Attachment
from app.models.firms import Membership
from app.models.users import User
from app.queries.answers import answers_document
from scoring.answers import Document, read, switched_off
from scoring.content.catalogue import FIRM_FACTS, Catalogue
from scoring.content.loader import load_catalogue
from scoring.content.model import Question, Section
from scoring.content.serving import serve
from scoring.errors import ContentError
from scoring.official import standing

SECONDS_PER_QUESTION = 35


# Statements of the pages that are opened most, put together once.
_ASSESSMENT = select(Assessment).where(Assessment.id == bindparam("assessment_id")).options(joinedload(Assessment.firm))
_LOCKED = (
    select(Assessment)
    .where(Assessment.id == bindparam("assessment_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ANSWERS = (
    select(
        Answer.item_id, Answer.value, Answer.evidence, Answer.evidence_asked, Answer.note, Answer.version,
        Answer.updated_by, Answer.updated_by_label, Answer.updated_at,
    )
    .where(Answer.assessment_id == bindparam("assessment_id"))
    .order_by(Answer.item_id)
)  # fmt: skip
_FILES = (
    select(
        Attachment.id,
        Attachment.item_id,
        Attachment.name,
        Attachment.size,
        Attachment.created_by,
        Attachment.created_by_label,
    )  # fmt: skip
    .where(Attachment.assessment_id == bindparam("assessment_id"))
    .order_by(Attachment.created_at, Attachment.id)
)
_HOLDERS = (
    select(Membership.user_id, User.name, Membership.sections)
    .join(User, User.id == Membership.user_id)
    .where(Membership.firm_id == bindparam("holder_firm_id"), Membership.sections.is_not(None))
    .order_by(Membership.created_at, Membership.id)
)


class AnswerRow(NamedTuple):
    """The present answer to one item, as columns: a page shows dozens of them."""

    item_id: str
    value: Any
    evidence: str | None
    evidence_asked: bool
    note: str
    version: int
    updated_by: UUID | None
    updated_by_label: str
    updated_at: datetime


class FileRow(NamedTuple):
    """An attached file as a page lists it."""

    id: UUID
    item_id: str
    name: str
    size: int
    created_by: UUID | None
    created_by_label: str


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How far a section is: questions dealt with ("not sure" counts) of those that are asked."""

    section: Section
    done: int
    of: int

    @property
    def is_done(self) -> bool:
        """True when nothing is left to deal with."""
        return self.done == self.of


@dataclass(frozen=True)
class Round:
    """A round with its content and its present answers."""

    assessment: Assessment
    catalogue: Catalogue
    answers: Mapping[str, AnswerRow]

    @property
    def id(self) -> UUID:
        """The id of the assessment."""
        return self.assessment.id

    @cached_property
    def off(self) -> frozenset[str]:
        """Questions that the profile switches off; their answers are kept and ignored."""
        return switched_off(self.catalogue, known_facts(self.assessment))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that hold at least one question for this firm."""
        return tuple(s for s in self.catalogue.sector.sections if any(i not in self.off for i in s.questions))

    def questions(self, section: Section) -> list[Question]:
        """The questions of a section as this firm is asked them."""
        return [self.catalogue.questions[i] for i in section.questions if i not in self.off]

    def find_section(self, section_id: str) -> Section | None:
        """A section that is asked, or None."""
        return next((s for s in self.sections if s.id == section_id), None)

    def is_done(self, item: str) -> bool:
        """Whether an item has any answer; "not sure" and "not applicable" are answers, nothing is none."""
        answer = self.answers.get(item)
        return answer is not None and answer.value is not None

    @cached_property
    def progress(self) -> tuple[SectionProgress, ...]:
        """Progress by section."""
        return tuple(
            SectionProgress(s, sum(self.is_done(q.id) for q in self.questions(s)), len(self.questions(s)))
            for s in self.sections
        )

    @property
    def done(self) -> int:
        """Questions dealt with."""
        return sum(p.done for p in self.progress)

    @property
    def total(self) -> int:
        """Questions asked."""
        return sum(p.of for p in self.progress)

    @property
    def minutes_left(self) -> int:
        """A rough number of minutes for what is left; 0 when nothing is."""
        return -(-(self.total - self.done) * SECONDS_PER_QUESTION // 60)

    @cached_property
    def parsed(self) -> Document:
        """The answers as the engine reads them, without evidence: for progress and range while filling in."""
        firm = {"sector": self.assessment.sector, "profile": self.assessment.profile}
        firm |= {name: value for name in FIRM_FACTS if (value := getattr(self.assessment, name)) is not None}
        known = self.catalogue.questions
        answers = {item: row.value for item, row in self.answers.items() if row.value is not None and item in known}
        return read({"firm": firm, "answers": answers}, self.catalogue)

    def document(self) -> dict[str, Any]:
        """The answers document."""
        rows = [row for item, row in self.answers.items() if item in self.catalogue.questions]
        return answers_document(self.assessment, cast("Sequence[Answer]", rows))

    def settle(self) -> None:
        """Take over from the database all that progress and range need; they are worked out later, after the commit."""
        _ = self.off, self.parsed

    def with_answer(self, row: AnswerRow) -> Round:
        """The same round with one answer as it was just written."""
        return replace(self, answers={**self.answers, row.item_id: row})

    def level_range(self, items: Sequence[str] | None = None) -> tuple[int, int]:
        """Lowest and highest official level over all completions of what is open; only `items` count as answered."""
        document, edition = self.parsed, self.catalogue.edition
        if items is not None:
            answers = {item: document.answers[item] for item in items if item in document.answers}
            document = replace(document, answers=answers)
        return standing(document, edition).level, standing(document, edition, missing="high").level

    def range_steps(self) -> list[tuple[int, tuple[int, int]]]:
        """How the range narrowed: (number of the section after which, range) where it changed, in section order."""
        steps: list[tuple[int, tuple[int, int]]] = []
        items: list[str] = []
        before = self.level_range([])
        for number, section in enumerate(self.sections, 1):
            answered = [q.id for q in self.questions(section) if self.is_done(q.id)]
            items += answered
            after = self.level_range(items) if answered else before
            if after != before:
                steps.append((number, after))
                before = after
        return steps


@dataclass(frozen=True, slots=True)
class SectionHolder:
    """A member whose membership is limited to some sections."""

    user_id: UUID
    name: str
    sections: tuple[str, ...]


def known_facts(assessment: Assessment) -> dict[str, Any]:
    """The profile facts that are known, with the firm's numbers: what conditions of content look at."""
    facts = {name: value for name, value in assessment.profile.items() if value not in (None, "unknown")}
    numbers = {name: getattr(assessment, name) for name in FIRM_FACTS}
    return facts | {name: value for name, value in numbers.items() if value is not None}


def catalogue_of(assessment: Assessment) -> Catalogue:
    """The content that a round was begun with, or has been moved to."""
    return load_catalogue(assessment.sector, assessment.versions)


def find_newer_content(round_: Round) -> Catalogue | None:
    """Content published since an open round was begun, where it is newer in something and older in nothing."""
    if not round_.assessment.is_draft:
        return None
    try:
        newest = serve(round_.assessment.sector)
    except (KeyError, ContentError):
        return None
    pinned = round_.catalogue.versions
    steps = [int(version) - int(pinned.get(name, "0")) for name, version in newest.versions.items()]
    return newest if min(steps) >= 0 and max(steps) > 0 else None


def section_of(catalogue: Catalogue, item_id: str) -> Section:
    """The section in which a question stands. Raises NotFoundError for an unknown question."""
    for section in catalogue.sector.sections:
        if item_id in section.questions:
            return section
    raise NotFoundError("This question is not part of your questionnaire.")


def get_assessment(assessment_id: UUID) -> Assessment:
    """The round with its firm. Raises NotFoundError."""
    row = db.session.scalar(_ASSESSMENT, {"assessment_id": assessment_id})
    if row is None:
        raise NotFoundError
    return row


def lock_assessment(assessment_id: UUID) -> Assessment | None:
    """The round, locked until the end of the transaction, as it is now."""
    return db.session.scalar(_LOCKED, {"assessment_id": assessment_id})


def get_round(assessment_id: UUID) -> Round:
    """The round with content and answers. Raises NotFoundError."""
    return read_round(get_assessment(assessment_id))


def read_round(assessment: Assessment) -> Round:
    """Content and answers of a round that is already loaded."""
    return Round(assessment, catalogue_of(assessment), read_answers(assessment.id))


def read_answers(assessment_id: UUID) -> dict[str, AnswerRow]:
    """The present answers of a round by item, as columns."""
    rows = db.session.execute(_ANSWERS, {"assessment_id": assessment_id})
    return {row[0]: AnswerRow._make(row) for row in rows}


def list_files(assessment_id: UUID) -> list[FileRow]:
    """The files attached to a round, oldest first."""
    return [FileRow._make(row) for row in db.session.execute(_FILES, {"assessment_id": assessment_id})]


def find_draft(firm_id: UUID) -> Assessment | None:
    """The round of a firm that is being filled in."""
    return db.session.scalar(
        select(Assessment)
        .where(Assessment.firm_id == firm_id, Assessment.status == AssessmentStatus.DRAFT)
        .order_by(Assessment.number.desc(), Assessment.id)
        .limit(1)
    )


def find_last_submitted(firm_id: UUID) -> Assessment | None:
    """The latest round of a firm that was submitted."""
    return db.session.scalar(
        select(Assessment)
        .where(Assessment.firm_id == firm_id, Assessment.status == AssessmentStatus.SUBMITTED)
        .order_by(Assessment.number.desc(), Assessment.id)
        .limit(1)
    )


def list_rounds(firm_id: UUID) -> Sequence[Assessment]:
    """All rounds of a firm, newest first."""
    return db.session.scalars(
        select(Assessment).where(Assessment.firm_id == firm_id).order_by(Assessment.number.desc(), Assessment.id)
    ).all()


def find_last_item(assessment_id: UUID) -> str | None:
    """The item that the current user answered last in a round."""
    user_id = current_scope().user_id
    if user_id is None:
        return None
    return db.session.scalar(
        select(AnswerChange.item_id)
        .where(AnswerChange.assessment_id == assessment_id, AnswerChange.changed_by == user_id)
        .order_by(AnswerChange.changed_at.desc(), AnswerChange.id)
        .limit(1)
    )


def find_change(assessment_id: UUID, item_id: str, version: int) -> AnswerChange | None:
    """The change that led to a version of an answer."""
    return db.session.scalar(
        select(AnswerChange)
        .where(
            AnswerChange.assessment_id == assessment_id,
            AnswerChange.item_id == item_id,
            AnswerChange.version == version,
        )
        .order_by(AnswerChange.changed_at, AnswerChange.id)
        .limit(1)
    )


def list_changes(assessment_id: UUID, item_id: str) -> Sequence[AnswerChange]:
    """The history of one answer, oldest first."""
    return db.session.scalars(
        select(AnswerChange)
        .where(AnswerChange.assessment_id == assessment_id, AnswerChange.item_id == item_id)
        .order_by(AnswerChange.version, AnswerChange.changed_at, AnswerChange.id)
    ).all()


def list_section_holders(firm_id: UUID) -> list[SectionHolder]:
    """Members who were given some sections only, oldest first."""
    rows = db.session.execute(_HOLDERS, {"holder_firm_id": firm_id})
    return [SectionHolder(user_id, name, tuple(sections)) for user_id, name, sections in rows if sections]


def next_number(firm_id: UUID) -> int:
    """The number of a firm's next round."""
    last = db.session.scalar(select(func.max(Assessment.number)).where(Assessment.firm_id == firm_id))
    return (last or 0) + 1

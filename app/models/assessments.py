"""Rounds of assessment, their answers, and the history of every answer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Code, Exact, FirmOwned, Json, Moment, Name, Row, UtcDateTime, now, one_of, reference
from app.models.firms import Firm


class AssessmentStatus(StrEnum):
    """A draft takes answers; a submitted one refuses every write."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class Assessment(Row, FirmOwned):
    """One round of one firm. `versions` pins the content packages: {"molds": "1", "common": "1"}.

    `employees`, `revenue_wan`, `machines` are the firm's at this round; `profile` the facts {id: value}, `pains`
    the numbers of the firm's own troubles. `based_on` is the round that the answers were copied from.
    """

    __tablename__ = "assessments"

    number: Mapped[int]
    sector: Mapped[Code]
    versions: Mapped[dict[str, str]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(20), default=AssessmentStatus.DRAFT.value)
    profile: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    pains: Mapped[list[int]] = mapped_column(Json, default=list)
    employees: Mapped[int | None]
    revenue_wan: Mapped[Decimal | None] = mapped_column(Exact)
    machines: Mapped[int | None]
    based_on: Mapped[UUID | None] = mapped_column(reference("assessments.id", ondelete="SET NULL"))
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    submitted_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    truth_confirmed: Mapped[bool] = mapped_column(default=False)

    firm: Mapped[Firm] = relationship()
    answers: Mapped[list[Answer]] = relationship(
        back_populates="assessment", cascade="all, delete-orphan", passive_deletes=True, order_by="Answer.item_id"
    )

    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(status = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_at"),
        one_of("status", AssessmentStatus),
    )

    @property
    def is_draft(self) -> bool:
        """True while answers may change."""
        return self.status == AssessmentStatus.DRAFT


class Answer(Row, FirmOwned):
    """The present answer to one item. `value` is any answer value of the contract; null means unanswered again.

    `evidence` is the text given; `evidence_asked` tells an empty text from one never asked for. `version` counts the
    changes: a save carries the version it saw, and a stale one is refused. `updated_by_label` names the writer also
    where there is no account (hand-over link).
    """

    __tablename__ = "answers"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"))
    item_id: Mapped[Code]
    value: Mapped[Any | None] = mapped_column(Json)
    evidence: Mapped[str | None] = mapped_column(Text)
    evidence_asked: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    updated_by_label: Mapped[Name] = mapped_column(default="")
    updated_at: Mapped[Moment] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship(back_populates="answers")

    __table_args__ = (UniqueConstraint("assessment_id", "item_id"), CheckConstraint("version >= 1", name="version"))


class AnswerChange(Row, FirmOwned):
    """One change of one answer: what stood before and after ({"value", "evidence", "note"}), who, when.

    `idempotency_key` is chosen by the sender: a save that arrives twice is recorded once.
    """

    __tablename__ = "answer_changes"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    item_id: Mapped[Code]
    version: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    changed_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    changed_by_label: Mapped[Name] = mapped_column(default="")
    changed_at: Mapped[Moment] = mapped_column(default=now)
    idempotency_key: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("assessment_id", "idempotency_key"),)

"""What a consultant saw on site, item by item, what the firm says to it, and the files that show it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Code, FirmOwned, Json, Moment, Name, Row, StoredFile, UtcDateTime, now, one_of, reference
from app.models.results import Result


class VerificationState(StrEnum):
    """`draft`: the consultant notes findings. `submitted`: the firm reads and answers them. `changes_requested`: the
    firm objects to some, the consultant looks again. `verified`: settled, with a stored result. `closed`: a later
    verification of the same round has taken its place, or it was given up; its result stays."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    VERIFIED = "verified"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What the consultant found beside a claim. `not_seen`: it could not be shown."""

    AGREED = "agreed"
    UP = "up"
    DOWN = "down"
    NOT_SEEN = "not_seen"


class Reply(StrEnum):
    """What the firm says to one finding."""

    NONE = ""
    ACCEPTED = "accepted"
    OBJECTED = "objected"


_OPEN = column("state", String).in_(["draft", "submitted", "changes_requested"])


class Verification(Row, FirmOwned):
    """One verification of one submitted round; at most one of a round is open. Reopening makes the next `number`,
    which starts from the findings of the one before; the one before keeps its result.

    `user_id` and `by_name` are the consultant who signs it. `result_id` is the result with the verified values
    (`Result.basis` "verified"), set together with `verified_at`. `remark` is the consultant's word to the firm,
    `answer` the firm's word to the whole; `answered_mark` is the mark (`queries.verifications.mark_of`) of what the
    firm answered to.
    """

    __tablename__ = "verifications"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"), index=True)
    by_name: Mapped[Name] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(20), default=VerificationState.DRAFT.value)
    visited_on: Mapped[date | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    result_id: Mapped[UUID | None] = mapped_column(reference("results.id"))
    begun_at: Mapped[Moment] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_mark: Mapped[str] = mapped_column(String(32), default="")
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assessment: Mapped[Assessment] = relationship()
    result: Mapped[Result | None] = relationship()
    findings: Mapped[list[Finding]] = relationship(
        back_populates="verification", cascade="all, delete-orphan", passive_deletes=True, order_by="Finding.item_id"
    )

    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        one_of("state", VerificationState),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(verified_at IS NULL) = (result_id IS NULL)", name="verified_at"),
        Index("uq_verifications_open", "assessment_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class Finding(Row, FirmOwned):
    """What was found for one item. `claimed` repeats the answer's value, `value` is the verified one (equal to the
    claim where agreed; null where not seen): answer values of the contract.

    `version` counts the consultant's changes: a save carries the version it saw, and a stale one is refused;
    `save_key` is chosen by the sender, so that a save that arrives twice counts once. A change takes back the firm's
    reply.
    """

    __tablename__ = "findings"

    verification_id: Mapped[UUID] = mapped_column(reference("verifications.id"))
    item_id: Mapped[Code]
    claimed: Mapped[Any | None] = mapped_column(Json)
    verdict: Mapped[str] = mapped_column(String(20))
    value: Mapped[Any | None] = mapped_column(Json)
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    save_key: Mapped[str | None] = mapped_column(String(64))
    updated_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    updated_by_label: Mapped[Name] = mapped_column(default="")
    updated_at: Mapped[Moment] = mapped_column(default=now)
    reply: Mapped[str] = mapped_column(String(20), default=Reply.NONE.value)
    reply_text: Mapped[str] = mapped_column(Text, default="")
    replied_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    verification: Mapped[Verification] = relationship(back_populates="findings")

    __table_args__ = (
        UniqueConstraint("verification_id", "item_id"),
        one_of("verdict", Verdict),
        one_of("reply", Reply),
        CheckConstraint("version >= 1", name="version"),
    )


class FindingFile(Row, FirmOwned, StoredFile):
    """A photo or file beside a finding."""

    __tablename__ = "finding_files"

    verification_id: Mapped[UUID] = mapped_column(reference("verifications.id"), index=True)
    item_id: Mapped[Code]

    verification: Mapped[Verification] = relationship()

    __table_args__ = (CheckConstraint("size > 0", name="size"),)

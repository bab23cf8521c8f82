"""Diagnosis reports built from stored results."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import FirmOwned, Moment, Name, Row, UtcDateTime, now, one_of, reference
from app.models.results import Result
from app.models.users import Locale


class ReportState(StrEnum):
    """A report is asked for, then there, or could not be built."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Report(Row, FirmOwned):
    """One PDF of one result in one language, built once. `verify_code` and `firm_name` are printed in it; `file_key`
    names the file in the store, `file_name` is what it is called when downloaded. `mark` is the digest of what is
    printed beside the result (the consultant's words, the agreed actions): other words make another report, the same
    words the same one."""

    __tablename__ = "reports"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    result_id: Mapped[UUID] = mapped_column(reference("results.id"), index=True)
    locale: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str] = mapped_column(String(64), default="")
    verify_code: Mapped[str] = mapped_column(String(32), unique=True)
    firm_name: Mapped[Name] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(20), default=ReportState.PENDING.value)
    file_name: Mapped[str] = mapped_column(String(255), default="")
    file_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assessment: Mapped[Assessment] = relationship()
    result: Mapped[Result] = relationship()

    __table_args__ = (
        UniqueConstraint("result_id", "locale", "mark"),
        one_of("locale", Locale),
        one_of("state", ReportState),
    )

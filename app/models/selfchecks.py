"""Runs of the self-checks beside the main questionnaire."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Code, Exact, FirmOwned, Json, Moment, Name, Row, UtcDateTime, now, one_of, reference
from app.models.firms import Firm


class RunStatus(StrEnum):
    """A draft takes answers; a finished run keeps its result and refuses every write."""

    DRAFT = "draft"
    FINISHED = "finished"


class SelfCheckRun(Row, FirmOwned):
    """One filling-in of one check by one firm. `version` pins the check's content.

    `facts` are yes/no facts by id, `answers` 0-2, "na" or "unknown" by question. `payload` is the result as the engine
    gave it once, `score` its share in place; both are empty while it is a draft.
    """

    __tablename__ = "selfcheck_runs"

    check_id: Mapped[Code]
    version: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default=RunStatus.DRAFT.value)
    facts: Mapped[dict[str, bool]] = mapped_column(Json, default=dict)
    answers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    payload: Mapped[dict[str, Any] | None] = mapped_column(Json)
    score: Mapped[Decimal | None] = mapped_column(Exact)
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    updated_by_label: Mapped[Name] = mapped_column(default="")
    updated_at: Mapped[Moment] = mapped_column(default=now)
    finished_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    firm: Mapped[Firm] = relationship()

    __table_args__ = (
        UniqueConstraint("firm_id", "check_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(status = 'finished') = (finished_at IS NOT NULL)", name="finished_at"),
        one_of("status", RunStatus),
    )

    @property
    def is_draft(self) -> bool:
        """True while answers may change."""
        return self.status == RunStatus.DRAFT

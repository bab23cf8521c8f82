"""Stored results: computed once, never changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Exact, FirmOwned, Json, Moment, Row, now, reference


class Result(Row, FirmOwned):
    """One result of one assessment. The first is the published one; later ones stand beside it.

    `payload` is the engine's result as in the contract. `level`, `score`, `index_overall` repeat it for sorting.
    """

    __tablename__ = "results"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    engine: Mapped[str] = mapped_column(String(32))
    versions: Mapped[dict[str, str]] = mapped_column(Json)
    level: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Exact)
    index_overall: Mapped[Decimal | None] = mapped_column(Exact)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[Moment] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship()

    __table_args__ = (CheckConstraint("level BETWEEN 0 AND 4", name="level"),)

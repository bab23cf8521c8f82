"""Stored results: computed once, never changed."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Code, Exact, FirmOwned, Json, Moment, Name, Row, now, one_of, reference


class Basis(StrEnum):
    """What a result rests on: the firm's own claims, or what a consultant found on site."""

    CLAIMED = "claimed"
    VERIFIED = "verified"


class Result(Row, FirmOwned):
    """One result of one assessment. The one on claims is the published one; verified ones stand beside it.

    `payload` is the engine's result as in the contract. The columns below it repeat what groups are compared by, so
    that no page of many firms reads payloads: `sector`, `size_band` and `town` as they were at submission (the fixed
    cell of `scoring.cohort`), `evidence` the share of claims that name a record (percent), `summary` the dimensions,
    the gate of the next level, the scenes, which requirements of a chain leader are met, and how many
    flags of each kind there are. `current` marks the published result of the firm's last submitted round,
    `previous_id` that of the round before; `benchmarked` says that it is counted in the benchmarks.
    """

    __tablename__ = "results"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    engine: Mapped[str] = mapped_column(String(32))
    basis: Mapped[str] = mapped_column(String(20), default=Basis.CLAIMED.value)
    versions: Mapped[dict[str, str]] = mapped_column(Json)
    level: Mapped[int]
    score: Mapped[Decimal] = mapped_column(Exact)
    index_overall: Mapped[Decimal | None] = mapped_column(Exact)
    spread: Mapped[Decimal | None] = mapped_column(Exact)
    evidence: Mapped[Decimal | None] = mapped_column(Exact)
    sector: Mapped[Code] = mapped_column(default="")
    size_band: Mapped[str] = mapped_column(String(8), default="")
    town: Mapped[Name] = mapped_column(default="")
    summary: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    current: Mapped[bool] = mapped_column(default=False)
    benchmarked: Mapped[bool] = mapped_column(default=False)
    previous_id: Mapped[UUID | None] = mapped_column(reference("results.id", ondelete="SET NULL"))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[Moment] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship()

    __table_args__ = (CheckConstraint("level BETWEEN 0 AND 4", name="level"), one_of("basis", Basis))

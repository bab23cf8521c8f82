"""The route that a firm has made its plan, and how far each step of it is."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Code, FirmOwned, Json, Moment, Row, now, one_of, reference


class StepState(StrEnum):
    """How far a step is. Every state but `open` has a day."""

    OPEN = "open"
    WORKING = "working"
    DONE = "done"
    DROPPED = "dropped"


class Roadmap(Row, FirmOwned):
    """The plan of a submitted round, at most one: the wish as address parameters, and the engine's route as adopted.

    `route` is kept as it was shown on that day; what was planned is compared with what the next round reaches.
    """

    __tablename__ = "roadmaps"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), unique=True)
    wish: Mapped[str] = mapped_column(Text)
    route: Mapped[dict[str, Any]] = mapped_column(Json)
    adopted_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    adopted_at: Mapped[Moment] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship()
    steps: Mapped[list[RoadmapStep]] = relationship(
        back_populates="roadmap",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="RoadmapStep.position",
    )


class RoadmapStep(Row, FirmOwned):
    """One step of a plan, in its order, with the day since which it is in this state."""

    __tablename__ = "roadmap_steps"

    roadmap_id: Mapped[UUID] = mapped_column(reference("roadmaps.id"))
    position: Mapped[int]
    solution: Mapped[Code]
    state: Mapped[str] = mapped_column(String(20), default=StepState.OPEN.value)
    since: Mapped[date | None]
    updated_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    updated_at: Mapped[Moment] = mapped_column(default=now)

    roadmap: Mapped[Roadmap] = relationship(back_populates="steps")

    __table_args__ = (
        UniqueConstraint("roadmap_id", "solution"),
        one_of("state", StepState),
        CheckConstraint("(state = 'open') = (since IS NULL)", name="since"),
    )

"""What a firm and its consultant agreed to do, by whom and by when."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.assessments import Assessment
from app.models.base import Code, FirmOwned, Moment, Name, Row, now, one_of, reference


class ActionState(StrEnum):
    """How far an action is. Every state but `open` has a day."""

    OPEN = "open"
    WORKING = "working"
    DONE = "done"
    DROPPED = "dropped"


class Action(Row, FirmOwned):
    """One agreed action after one round, in the order agreed. `owner` is the person in the firm, in words; `solution`
    the solution of the catalogue it stands for, "" for any other work. `since` is the day since which it is in this
    state, `reminded_on` the day of the last reminder."""

    __tablename__ = "actions"

    assessment_id: Mapped[UUID] = mapped_column(reference("assessments.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[Name] = mapped_column(default="")
    due_on: Mapped[date | None]
    solution: Mapped[Code] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(20), default=ActionState.OPEN.value)
    since: Mapped[date | None]
    reminded_on: Mapped[date | None]
    created_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    updated_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"))
    updated_at: Mapped[Moment] = mapped_column(default=now)

    assessment: Mapped[Assessment] = relationship()

    __table_args__ = (
        one_of("state", ActionState),
        CheckConstraint("(state = 'open') = (since IS NULL)", name="since"),
    )

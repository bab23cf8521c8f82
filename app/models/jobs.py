"""Work done in the background, as its asker sees it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.access.orm_guard import Personal
from app.models.base import Code, Json, Moment, Name, Row, UtcDateTime, now, one_of, reference


class JobState(StrEnum):
    """The life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Row, Personal):
    """One background task. `kind` names it in the task registry, `subject` what it is about (an id), `payload` the
    rest of its input. `message` is a progress text or a reason (an id of the translations), `error_id` what to look for
    in the log; `file_key` the file that it made for its asker, `file_name` what to call it, `expires_at` when it goes.

    `attempts` counts how often a worker took it up; `worker` (host:process) has it now and `beat_at` is its last sign
    of life: after a long silence another one takes the job up again. `due_at` holds back a job that is waiting to be
    tried once more, `cancel_asked` tells a running one to stop. Those of a higher `priority` are run first."""

    __tablename__ = "jobs"

    kind: Mapped[Code]
    state: Mapped[str] = mapped_column(String(20), default=JobState.QUEUED.value, index=True)
    progress: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    error_id: Mapped[str | None] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), default="", index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    file_key: Mapped[str | None] = mapped_column(String(200))
    file_name: Mapped[Name] = mapped_column(default="")
    requested_by: Mapped[UUID | None] = mapped_column(reference("users.id", ondelete="SET NULL"), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(String(80), default="")
    priority: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[Moment] = mapped_column(default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (one_of("state", JobState), CheckConstraint("progress BETWEEN 0 AND 100", name="progress"))

"""What a task gets to know, and how it reports progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask

from app.access.scope import system_scope
from app.services import jobs
from app.transaction import transaction

Store = Callable[[], None]
"""What a task returns: the writes, run in the one transaction that also marks the job as done."""


@dataclass(frozen=True)
class JobContext:
    """The input of a task: the job's subject and payload, as recorded, and the user who asked."""

    app: Flask
    job_id: UUID
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)
    requested_by: UUID | None = None

    def progress(self, percent: int, message: str = "") -> None:
        """Show progress at once. Uses a context of its own, so it also works while the task is reading."""
        with self.app.app_context(), system_scope(), transaction():
            jobs.set_progress(self.job_id, percent, message)


Task = Callable[[JobContext], Store | None]
"""A task reads and computes, then returns its writes (or None). It holds no write lock while it computes."""


class JobFailed(Exception):
    """A task ends without success for a reason that its asker understands; `args[0]` is a message id."""

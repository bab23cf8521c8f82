"""What a task gets to know, and how it reports progress."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.exc import OperationalError

from app.access.scope import system_scope
from app.errors import StorageError
from app.services import jobs
from app.services.jobs import JobCancelled, JobLost
from app.transaction import transaction

log = logging.getLogger("app.jobs")

BEAT_SECONDS = 15.0
_MAY_PASS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENFILE, errno.EMFILE}

Store = Callable[[], None]
"""What a task returns: the writes, run in the one transaction that also marks the job as done."""


@dataclass(frozen=True)
class JobContext:
    """The input of a task: the job's subject and payload, as recorded, and the user who asked. `attempt` is what
    this run holds the job by; `stop` is set once it holds it no longer or was called off."""

    app: Flask
    job_id: UUID
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)
    requested_by: UUID | None = None
    attempt: int = 1
    stop: Event = field(default_factory=Event, compare=False)

    def progress(self, percent: int, message: str = "") -> None:
        """Show progress at once. Uses a context of its own, so it also works while the task is reading.

        Raises JobCancelled or JobLost where the task is to end here; whatever it has not stored is dropped.
        """
        with self.app.app_context(), system_scope(), transaction():
            jobs.set_progress(self.job_id, self.attempt, percent, message)


Task = Callable[[JobContext], Store | None]
"""A task reads and computes, then returns its writes (or None). It holds no write lock while it computes."""


class JobFailed(Exception):
    """A task ends without success for a reason that its asker understands; `args[0]` is a message id."""


class JobPaused(Exception):
    """A long task has kept what it did so far and lets others have a turn; it goes on later from there."""


def may_pass(error: BaseException) -> bool:
    """Whether a failure is one of the surroundings (a full disk, a database away), so that a later try may do."""
    return isinstance(error, OperationalError | StorageError) or (
        isinstance(error, OSError) and error.errno in _MAY_PASS
    )


@contextmanager
def beating(context: JobContext) -> Iterator[None]:
    """Show a sign of life every few seconds while a task computes."""
    ended = Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                with context.app.app_context(), system_scope(), transaction():
                    jobs.beat(context.job_id, context.attempt)
            except (JobCancelled, JobLost):
                context.stop.set()
                return
            except Exception:  # the database may be away for a moment; the next sign may get through
                log.exception("no sign of life of job %s", context.job_id)

    thread = Thread(target=beat, name=f"beat-{context.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=5)

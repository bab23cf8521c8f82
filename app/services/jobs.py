"""Ask for background work and keep its record. The queue itself is handed in by the jobs layer.

A worker that takes a job up counts an attempt and shows signs of life; what it stores is stored only while that
attempt still holds the job, so two workers never both finish one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select

from app.access.scope import current_scope
from app.errors import N_, ConflictError
from app.extensions import db
from app.models.base import now
from app.models.jobs import Job, JobState
from app.queries.jobs import get_job
from app.transaction import after_commit

MOST_ATTEMPTS = 3
SILENCE = timedelta(seconds=60)
PAUSES = (timedelta(minutes=1), timedelta(minutes=5))
"""How long a job waits after its first and second failure for a reason that may pass."""
GAVE_UP = N_("The work was begun three times and stopped each time. The administrator sees the reason.")


class JobLost(Exception):
    """This attempt no longer holds the job: it was silent too long, and another worker has taken it up."""


class JobCancelled(Exception):
    """Whoever asked for the job has called it off."""


def request_job(kind: str, subject: object = "", *, priority: int = 0, **payload: Any) -> Job:
    """Record a job and enqueue it once this transaction is committed. Returns the job, to show its progress.

    While the same user has the same work waiting, that job is returned instead of a second one.
    """
    waiting = db.session.scalar(
        select(Job)
        .where(
            Job.kind == kind,
            Job.subject == str(subject),
            Job.state == JobState.QUEUED,
            Job.requested_by == current_scope().user_id,
        )
        .order_by(Job.created_at, Job.id)
        .limit(1)
    )
    if waiting is not None and waiting.payload == payload and waiting.priority >= priority:
        return waiting
    job = Job(kind=kind, subject=str(subject), payload=payload, priority=priority, requested_by=current_scope().user_id)
    db.session.add(job)
    _enqueue(job)
    return job


def _enqueue(job: Job) -> None:
    enqueue, job_id, priority = current_app.extensions["enqueue"], job.id, job.priority
    after_commit(lambda: enqueue(job_id, priority))


def start_job(job_id: UUID, worker: str) -> Job | None:
    """Mark a waiting job as running here. None when it is gone, held back, or somebody else has started it."""
    job = db.session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    if job is None or job.state != JobState.QUEUED or (job.due_at is not None and job.due_at > now()):
        return None
    job.state, job.worker, job.beat_at, job.due_at = JobState.RUNNING, worker, now(), None
    job.attempts += 1
    job.started_at = job.started_at or job.beat_at
    return job


def hold_job(job_id: UUID, attempt: int) -> Job:
    """The job, locked, while this attempt holds it. Raises JobLost."""
    job = db.session.scalar(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    )
    if job is None or job.state != JobState.RUNNING or job.attempts != attempt:
        raise JobLost
    return job


def beat(job_id: UUID, attempt: int) -> None:
    """A sign of life. Raises JobLost, and JobCancelled where the asker has called the job off."""
    job = hold_job(job_id, attempt)
    if job.cancel_asked:
        raise JobCancelled
    job.beat_at = now()


def set_progress(job_id: UUID, attempt: int, percent: int, message: str) -> None:
    """Move the progress forward, never back; a sign of life too. Raises as `beat`."""
    beat(job_id, attempt)
    job = db.session.get_one(Job, job_id)
    job.progress = max(job.progress, min(percent, 99))
    job.message = message


def finish_job(job_id: UUID) -> None:
    """Mark a job as done."""
    job = db.session.get_one(Job, job_id)
    job.state, job.progress, job.ended_at, job.error_id = JobState.DONE, 100, now(), None


def pause_job(job_id: UUID, attempt: int) -> None:
    """Let others have a turn: the job waits at the end of its queue. This attempt is not counted."""
    job = hold_job(job_id, attempt)
    job.state, job.attempts = (JobState.CANCELLED if job.cancel_asked else JobState.QUEUED), attempt - 1
    if job.state == JobState.QUEUED:
        _enqueue(job)
    else:
        job.ended_at = now()


def postpone_job(job_id: UUID, attempt: int, error_id: str) -> bool:
    """Try once more later, after a failure that may pass; False where it was tried often enough."""
    job = hold_job(job_id, attempt)
    if job.attempts >= MOST_ATTEMPTS:
        return False
    job.state, job.error_id, job.due_at = JobState.QUEUED, error_id, now() + PAUSES[job.attempts - 1]
    return True


def attach_file(job_id: UUID, key: str, name: str) -> list[str]:
    """The job has made this file for its asker; returns the keys of the files it takes the place of."""
    job = db.session.get_one(Job, job_id)
    older = db.session.scalars(
        select(Job).where(
            Job.kind == job.kind,
            Job.subject == job.subject,
            Job.requested_by == job.requested_by,
            Job.file_key.is_not(None),
            Job.id != job.id,
        )
    ).all()
    replaced = [row.file_key for row in older if row.file_key]
    for row in older:
        row.file_key = None
    job.file_key, job.file_name = key, name
    return replaced


def fail_job(job_id: UUID, error_id: str, message: str = "") -> None:
    """Mark a job as failed; `error_id` names the place in the log, `message` is an id shown to the asker."""
    job = db.session.get(Job, job_id)
    if job is not None:
        job.state, job.error_id, job.ended_at = JobState.FAILED, error_id, now()
        job.message = message or job.message


def cancel_job(job: Job) -> None:
    """Call a job off: a waiting one at once, a running one at its next sign of life. One that has ended stays."""
    if job.state == JobState.QUEUED:
        job.state, job.ended_at = JobState.CANCELLED, now()
    elif job.state == JobState.RUNNING:
        job.cancel_asked = True


def mark_cancelled(job_id: UUID, attempt: int) -> None:
    """The running job has stopped, as its asker wished."""
    job = hold_job(job_id, attempt)
    job.state, job.ended_at = JobState.CANCELLED, now()


def retry_job(job_id: UUID) -> None:
    """Run a job again that failed or was called off. Raises ConflictError for any other."""
    job = get_job(job_id)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise ConflictError(N_("Only work that failed or was called off can be started again."))
    job.state, job.attempts, job.progress = JobState.QUEUED, 0, 0
    job.cancel_asked, job.due_at, job.ended_at, job.error_id, job.message = False, None, None, None, ""
    _enqueue(job)


def take_back(is_alive: Callable[[str], bool | None]) -> tuple[list[Job], list[Job]]:
    """Jobs whose worker is silent or dead wait again, and those held back long enough are due.

    Returns (to be enqueued, given up after too many attempts). `is_alive(worker)` is None where nobody can tell.
    """
    at = now()
    given_up, due = [], []
    for job in db.session.scalars(select(Job).where(Job.state == JobState.RUNNING).with_for_update(skip_locked=True)):
        silent = job.beat_at is None or job.beat_at < at - SILENCE
        if not silent and is_alive(job.worker) is not False:
            continue
        if job.cancel_asked:
            job.state, job.ended_at = JobState.CANCELLED, at
        elif job.attempts >= MOST_ATTEMPTS:
            given_up.append(job)
        else:
            job.state = JobState.QUEUED
            due.append(job)
    for job in db.session.scalars(select(Job).where(Job.state == JobState.QUEUED, Job.due_at <= at)):
        job.due_at = None
        due.append(job)
    return due, given_up


def list_waiting() -> Sequence[Job]:
    """All jobs that wait and are not held back, the urgent ones first, then oldest first."""
    return db.session.scalars(
        select(Job)
        .where(Job.state == JobState.QUEUED, or_(Job.due_at.is_(None), Job.due_at <= now()))
        .order_by(Job.priority.desc(), Job.created_at, Job.id)
    ).all()


def take_expired(at: datetime) -> list[str]:
    """The keys of files that are to be removed by now; their jobs no longer name them."""
    keys = []
    for job in db.session.scalars(select(Job).where(Job.file_key.is_not(None), Job.expires_at <= at)):
        if job.file_key:
            keys.append(job.file_key)
        job.file_key = None
    return keys

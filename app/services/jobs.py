"""Ask for background work and keep its record. The queue itself is handed in by the jobs layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.access.scope import current_scope
from app.extensions import db
from app.models.base import now
from app.models.jobs import Job, JobState
from app.transaction import after_commit


def request_job(kind: str, subject: object = "", **payload: Any) -> Job:
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
    if waiting is not None and waiting.payload == payload:
        return waiting
    job = Job(kind=kind, subject=str(subject), payload=payload, requested_by=current_scope().user_id)
    db.session.add(job)
    enqueue = current_app.extensions["enqueue"]
    job_id = job.id
    after_commit(lambda: enqueue(job_id))
    return job


def start_job(job_id: UUID) -> Job | None:
    """Mark a queued job as running. None when it is gone or somebody else has started it."""
    job = db.session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    if job is None or job.state != JobState.QUEUED:
        return None
    job.state = JobState.RUNNING
    job.started_at = now()
    return job


def set_progress(job_id: UUID, percent: int, message: str) -> None:
    """Move the progress forward, never back."""
    job = db.session.get(Job, job_id)
    if job is not None and job.state == JobState.RUNNING:
        job.progress = max(job.progress, min(percent, 99))
        job.message = message


def finish_job(job_id: UUID) -> None:
    """Mark a job as done."""
    job = db.session.get_one(Job, job_id)
    job.state, job.progress, job.ended_at = JobState.DONE, 100, now()


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


def requeue_jobs(*, interrupted: bool) -> Sequence[UUID]:
    """Ids of all waiting jobs, oldest first; with `interrupted` those that a dead worker left running wait again."""
    if interrupted:
        for job in db.session.scalars(select(Job).where(Job.state == JobState.RUNNING)):
            job.state = JobState.QUEUED
    db.session.flush()
    return db.session.scalars(select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.created_at, Job.id)).all()

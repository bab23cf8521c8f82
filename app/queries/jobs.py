"""Read jobs. The row lock shows a user only the jobs that he asked for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.errors import NotFoundError
from app.extensions import db
from app.models.jobs import Job, JobState


def find_latest_job(kind: str, subject: object) -> Job | None:
    """The newest job of this kind about this subject, or None."""
    return db.session.scalar(
        select(Job)
        .where(Job.kind == kind, Job.subject == str(subject))
        .order_by(Job.created_at.desc(), Job.id)
        .limit(1)
    )


def get_job(job_id: UUID) -> Job:
    """A job that the current user asked for. Raises NotFoundError."""
    job = db.session.scalar(select(Job).where(Job.id == job_id))
    if job is None:
        raise NotFoundError
    return job


def list_jobs_about(kind: str, subject: object, limit: int = 10) -> Sequence[Job]:
    """The newest jobs of this kind about this subject."""
    return db.session.scalars(
        select(Job)
        .where(Job.kind == kind, Job.subject == str(subject))
        .order_by(Job.created_at.desc(), Job.id)
        .limit(limit)
    ).all()


def list_jobs(limit: int = 100) -> Sequence[Job]:
    """The newest jobs in the current scope."""
    return db.session.scalars(select(Job).order_by(Job.created_at.desc(), Job.id).limit(limit)).all()


def count_jobs(state: JobState) -> int:
    """How many jobs in the current scope are in this state."""
    return db.session.scalar(select(func.count(Job.id)).where(Job.state == state.value)) or 0

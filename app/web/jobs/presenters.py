"""Finished values for the page of background jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.i18n import moment
from app.models.base import now
from app.models.jobs import Job, JobState
from app.services.jobs import MOST_ATTEMPTS

STATES = {
    JobState.QUEUED: lazy("waiting"),
    JobState.RUNNING: lazy("running"),
    JobState.DONE: lazy("finished"),
    JobState.FAILED: lazy("failed"),
    JobState.CANCELLED: lazy("called off"),
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A background job. An address is empty where it can be neither called off nor started again."""

    id: str
    at: str
    kind: str
    state: str
    failed: bool
    progress: str
    attempts: str
    took: str
    error: str
    reason: str
    cancel_url: str
    retry_url: str


def present_jobs(rows: Sequence[Job]) -> tuple[JobRow, ...]:
    """Background jobs."""
    return tuple(_job(row) for row in rows)


def _job(row: Job) -> JobRow:
    state = JobState(row.state)
    stopping = state == JobState.RUNNING and row.cancel_asked
    return JobRow(
        id=row.id.hex[:8],
        at=moment(row.created_at),
        kind=row.kind,
        state=_("stopping") if stopping else _state(row),
        failed=state == JobState.FAILED,
        progress=f"{row.progress} %",
        attempts=_("%(number)s of %(most)s", number=row.attempts, most=MOST_ATTEMPTS),
        took=_took(row),
        error=row.error_id or "",
        reason=_(row.message) if state == JobState.FAILED and row.message else "",
        cancel_url=url_for("jobs.cancel", job_id=row.id)
        if state in (JobState.QUEUED, JobState.RUNNING) and not stopping
        else "",
        retry_url=url_for("jobs.retry", job_id=row.id) if state in (JobState.FAILED, JobState.CANCELLED) else "",
    )


def _state(row: Job) -> str:
    if row.state == JobState.QUEUED and row.due_at is not None and row.due_at > now():
        return _("tried again at %(moment)s", moment=moment(row.due_at))
    return str(STATES[JobState(row.state)])


def _took(row: Job) -> str:
    if row.started_at is None:
        return ""
    until = row.ended_at or now()
    return _("%(seconds)s s", seconds=f"{(until - row.started_at).total_seconds():.1f}")

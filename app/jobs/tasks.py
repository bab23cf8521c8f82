"""The table of tasks, and the one function that runs any of them."""

from __future__ import annotations

import logging
import secrets
from uuid import UUID

from flask import Flask

from app.access.scope import system_scope
from app.extensions import db
from app.jobs import (
    campaigns,
    cluster_reports,
    clusters,
    firms,
    invitees,
    messages,
    programmes,
    releases,
    reports,
)
from app.jobs.context import JobContext, JobFailed, Task
from app.services import jobs
from app.transaction import transaction

log = logging.getLogger("app.jobs")

TASKS: dict[str, Task] = {
    "campaigns.letters": campaigns.letters,
    "campaigns.send": campaigns.send,
    "cluster_reports.build": cluster_reports.build,
    "clusters.clear": clusters.clear,
    "clusters.export": clusters.export,
    "firms.purge": firms.purge,
    "invitees.export": invitees.export,
    "messages.deliver": messages.deliver,
    "programmes.compute": programmes.compute,
    "releases.form": releases.form_blocks,
    "reports.build": reports.build,
}


def run_job(app: Flask, job_id: UUID) -> None:
    """Run a recorded job: mark it running, compute, then store its writes and its success in one transaction.

    A job that is gone or already taken is left alone, so running an id twice does no harm. An exception marks the
    job as failed with an error id that the log holds too.
    """
    with app.app_context(), system_scope():
        with transaction():
            job = jobs.start_job(job_id)
            context = None if job is None else JobContext(app, job.id, job.subject, job.payload, job.requested_by)
            kind = "" if job is None else job.kind
        if context is None:
            return
        try:
            store = TASKS[kind](context)
            with transaction():
                if store is not None:
                    store()
                jobs.finish_job(job_id)
        except JobFailed as reason:
            _record_failure(job_id, secrets.token_hex(4), str(reason))
        except Exception:
            error_id = secrets.token_hex(4)
            log.exception("error %s in job %s %s", error_id, kind, job_id)
            _record_failure(job_id, error_id, "")


def _record_failure(job_id: UUID, error_id: str, message: str) -> None:
    db.session.rollback()
    with transaction():
        jobs.fail_job(job_id, error_id, message)

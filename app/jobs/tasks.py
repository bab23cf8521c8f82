"""The table of tasks, and the one function that runs any of them."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Callable
from uuid import UUID

from flask import Flask

from app.access.scope import system_scope
from app.errors import N_
from app.extensions import db
from app.jobs import (
    bundles,
    calibrations,
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
from app.jobs.context import JobContext, JobFailed, JobPaused, Task, beating, may_pass
from app.services import jobs
from app.services.jobs import JobCancelled, JobLost
from app.transaction import transaction

log = logging.getLogger("app.jobs")

NO_ROOM = N_("The server could not store the file. Try again later; if it stays so, tell the administrator.")

TASKS: dict[str, Task] = {
    "calibrations.compute": calibrations.recalibrate,
    "bundles.build": lambda context: bundles.build(context, run_job),
    "bundles.withdraw": bundles.remove,
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

GIVE_UP: dict[str, Callable[[UUID], None]] = {
    "programmes.compute": programmes.give_up,
    "reports.build": reports.give_up,
}
"""What is written about the subject when its job has failed for good, in the transaction that says so."""


def worker_name() -> str:
    """This process, as the record of a job names it."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def is_alive(worker: str) -> bool | None:
    """Whether the process of a worker lives; None for one on another host."""
    host, _, process = worker.rpartition(":")
    if host != socket.gethostname()[:60] or not process.isdigit():
        return None
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def run_job(app: Flask, job_id: UUID) -> None:
    """Run a recorded job: mark it running, compute, then store its writes and its success in one transaction.

    A job that is gone or already taken is left alone, so running an id twice does no harm. An exception marks the
    job as failed with an error id that the log holds too; where the reason may pass, it is tried again later. What an
    attempt did that no longer holds the job, or was called off, is dropped.
    """
    with app.app_context(), system_scope():
        with transaction():
            job = jobs.start_job(job_id, worker_name())
            if job is None:
                return
            context = JobContext(app, job.id, job.subject, job.payload, job.requested_by, job.attempts)
            kind = job.kind
        with beating(context):
            _run(kind, context)


def _run(kind: str, context: JobContext) -> None:
    try:
        store = TASKS[kind](context)
        with transaction():
            jobs.hold_job(context.job_id, context.attempt)
            if store is not None:
                store()
            jobs.finish_job(context.job_id)
    except JobLost:
        log.warning("job %s %s was taken up by another worker", kind, context.job_id)
    except JobCancelled:
        _end(lambda: jobs.mark_cancelled(context.job_id, context.attempt))
    except JobPaused:
        _end(lambda: jobs.pause_job(context.job_id, context.attempt))
    except JobFailed as reason:
        _fail(kind, context, secrets.token_hex(4), str(reason))
    except Exception as error:
        error_id = secrets.token_hex(4)
        log.exception("error %s in job %s %s", error_id, kind, context.job_id)
        if may_pass(error) and _postponed(context, error_id):
            return
        _fail(kind, context, error_id, NO_ROOM if may_pass(error) else "")


def _end(write: Callable[[], None]) -> None:
    db.session.rollback()
    try:
        with transaction():
            write()
    except JobLost:
        log.warning("a job was taken up by another worker while it stopped")


def _postponed(context: JobContext, error_id: str) -> bool:
    db.session.rollback()
    with transaction():
        return jobs.postpone_job(context.job_id, context.attempt, error_id)


def _fail(kind: str, context: JobContext, error_id: str, message: str) -> None:
    def write() -> None:
        jobs.hold_job(context.job_id, context.attempt)
        jobs.fail_job(context.job_id, error_id, message)
        if kind in GIVE_UP:
            GIVE_UP[kind](UUID(context.subject))

    _end(write)


def recover(app: Flask) -> list[tuple[UUID, int]]:
    """Jobs whose worker died wait again (returned with their priority), or are given up after too many attempts."""
    with app.app_context(), system_scope(), transaction():
        due, given_up = jobs.take_back(is_alive)
        for job in given_up:
            error_id = secrets.token_hex(4)
            log.error("error %s: job %s %s stopped its worker %s times", error_id, job.kind, job.id, job.attempts)
            jobs.fail_job(job.id, error_id, jobs.GAVE_UP)
            if job.kind in GIVE_UP:
                GIVE_UP[job.kind](UUID(job.subject))
        return [(job.id, job.priority) for job in due]

"""Work that is not lost: a dead or silent worker's job is taken up again, a poisonous one is given up and shown, what
may pass is tried again later, and nobody stores what another worker has taken over."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import create_app
from app.access.scope import system_scope
from app.config import read_config
from app.errors import StorageError
from app.extensions import db
from app.files import put_file
from app.jobs import queue, tasks
from app.jobs.context import JobContext, JobPaused, Store
from app.models.base import now
from app.models.clusters import Cluster
from app.models.jobs import Job, JobState
from app.services import jobs
from app.transaction import transaction

DEAD = "no-such-host:1"


def queued(app: Flask, kind: str = "note", **values: Any) -> UUID:
    """A job that stands in the database, and in no queue."""
    with app.app_context(), system_scope(), transaction():
        job = Job(kind=kind, subject="subject", **values)
        db.session.add(job)
        return job.id


def read(app: Flask, job_id: UUID) -> Job:
    """The job as stored now."""
    with app.app_context(), system_scope():
        return db.session.get_one(Job, job_id)


def change(app: Flask, job_id: UUID, **values: Any) -> None:
    """Time passes, or a worker dies."""
    with app.app_context(), system_scope(), transaction():
        job = db.session.get_one(Job, job_id)
        for name, value in values.items():
            setattr(job, name, value)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The task table, to be filled by a test."""
    entries: dict[str, Any] = {}
    monkeypatch.setattr(tasks, "TASKS", entries)
    return entries


def fail_with(error: Exception) -> Any:
    """A task that fails."""

    def task(_context: JobContext) -> Store | None:
        raise error

    return task


def test_a_silent_worker_loses_its_job_and_cannot_store(backend: str, app: Flask, table: dict[str, Any]) -> None:
    """The first worker is taken for dead while it computes; the second one finishes; the first stores nothing."""
    runs: list[int] = []

    def build(context: JobContext) -> Store:
        runs.append(context.attempt)
        if context.attempt == 1:
            change(app, context.job_id, beat_at=now() - jobs.SILENCE - timedelta(seconds=1), worker=DEAD)
            assert [job_id for job_id, _ in tasks.recover(app)] == [context.job_id]
            tasks.run_job(app, context.job_id)
        name = f"attempt {context.attempt}"
        return lambda: db.session.add(Cluster(name=name, code=name))

    table["note"] = build
    job_id = queued(app)
    tasks.run_job(app, job_id)
    assert runs == [1, 2]
    assert read(app, job_id).state == JobState.DONE
    with app.app_context(), system_scope():
        assert db.session.scalars(db.select(Cluster.name)).all() == ["attempt 2"]


def test_a_lively_worker_keeps_its_job(app: Flask) -> None:
    job_id = queued(app, state="running", attempts=1, worker=tasks.worker_name(), beat_at=now())
    assert tasks.recover(app) == []
    assert read(app, job_id).state == JobState.RUNNING


def test_the_job_of_a_process_that_is_gone_is_taken_back_at_once(app: Flask) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    worker = tasks.worker_name().rpartition(":")[0] + f":{gone.pid}"
    job_id = queued(app, state="running", attempts=1, worker=worker, beat_at=now(), priority=3)
    assert tasks.recover(app) == [(job_id, 3)]


def test_what_stops_its_worker_three_times_is_given_up_and_shown(
    app: Flask, table: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    job_id = queued(app)
    for _ in range(jobs.MOST_ATTEMPTS):
        with app.app_context(), system_scope(), transaction():
            assert jobs.start_job(job_id, DEAD) is not None
        change(app, job_id, beat_at=now() - timedelta(hours=1))
        tasks.recover(app)
    job = read(app, job_id)
    assert (job.state, job.message) == (JobState.FAILED, jobs.GAVE_UP)
    assert job.error_id and job.error_id in caplog.text


def test_work_asked_for_while_the_queue_is_away_waits_in_the_database(
    app: Flask, table: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(table, "note", lambda _context: None)
    with monkeypatch.context() as away:
        away.setitem(app.extensions, "config", replace(app.extensions["config"], queue_url="redis://127.0.0.1:1/0"))
        away.setitem(app.config, "JOBS_AT_ONCE", False)
        opened = {name: app.extensions.pop(name, None) for name in ("huey", "run_job")}
        with app.app_context(), system_scope(), transaction():
            job_id = jobs.request_job("note", "subject").id
        app.extensions.update({name: part for name, part in opened.items() if part is not None})
        assert read(app, job_id).state == JobState.QUEUED
    if opened["huey"] is None:
        del app.extensions["huey"], app.extensions["run_job"]
    queue.recover(app)
    assert read(app, job_id).state == JobState.DONE


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        StorageError(),
        OperationalError("SELECT", {}, Exception("away")),
    ],
)
def test_what_may_pass_is_tried_again_later_and_then_said_clearly(
    app: Flask, table: dict[str, Any], error: Exception
) -> None:
    table["note"] = fail_with(error)
    job_id = queued(app)
    for pause in jobs.PAUSES:
        tasks.run_job(app, job_id)
        job = read(app, job_id)
        assert job.state == JobState.QUEUED and job.due_at is not None
        assert pause - timedelta(minutes=1) < job.due_at - now() <= pause
        tasks.run_job(app, job_id)
        assert read(app, job_id).attempts == job.attempts, "not before its time"
        change(app, job_id, due_at=now())
        assert tasks.recover(app) == [(job_id, 0)]
    tasks.run_job(app, job_id)
    job = read(app, job_id)
    assert (job.state, job.message) == (JobState.FAILED, tasks.NO_ROOM)


def test_any_other_failure_is_not_tried_again(app: Flask, table: dict[str, Any]) -> None:
    table["note"] = fail_with(ZeroDivisionError())
    job_id = queued(app)
    tasks.run_job(app, job_id)
    assert (read(app, job_id).state, read(app, job_id).attempts) == (JobState.FAILED, 1)


def test_waiting_work_is_called_off_at_once_and_running_work_at_its_next_sign(
    app: Flask, table: dict[str, Any]
) -> None:
    waiting = queued(app)
    with app.app_context(), system_scope(), transaction():
        jobs.cancel_job(db.session.get_one(Job, waiting))
    tasks.run_job(app, waiting)
    assert (read(app, waiting).state, read(app, waiting).attempts) == (JobState.CANCELLED, 0)

    def build(context: JobContext) -> Store:
        with app.app_context(), system_scope(), transaction():
            jobs.cancel_job(db.session.get_one(Job, context.job_id))
        context.progress(50)
        raise AssertionError("it went on")

    table["note"] = build
    running = queued(app)
    tasks.run_job(app, running)
    assert read(app, running).state == JobState.CANCELLED


def test_a_pause_lets_others_have_a_turn_and_is_no_failed_attempt(app: Flask, table: dict[str, Any]) -> None:
    order: list[str] = []

    def long(context: JobContext) -> Store | None:
        order.append("long")
        if order.count("long") == 1:
            raise JobPaused
        return None

    table["long"] = long
    job_id = queued(app, kind="long")
    tasks.run_job(app, job_id)
    assert order == ["long", "long"]
    assert (read(app, job_id).state, read(app, job_id).attempts) == (JobState.DONE, 1)


def test_a_called_off_or_failed_job_is_started_again(app: Flask, table: dict[str, Any]) -> None:
    table["note"] = fail_with(ZeroDivisionError())
    job_id = queued(app)
    tasks.run_job(app, job_id)
    table["note"] = lambda _context: None
    with app.app_context(), system_scope(), transaction():
        jobs.retry_job(job_id)
    job = read(app, job_id)
    assert (job.state, job.error_id, job.attempts) == (JobState.DONE, None, 1)


def test_files_go_when_their_time_is_over(app: Flask) -> None:
    put_file_in(app, "exports/old.zip"), put_file_in(app, "exports/new.zip")
    old = queued(app, state="done", file_key="exports/old.zip", expires_at=now() - timedelta(minutes=1))
    new = queued(app, state="done", file_key="exports/new.zip", expires_at=now() + timedelta(days=1))
    queue.clear_expired(app)
    assert (read(app, old).file_key, read(app, new).file_key) == (None, "exports/new.zip")
    root = Path(app.extensions["config"].files_url.removeprefix("file://"))
    assert [(root / f"exports/{name}.zip").exists() for name in ("old", "new")] == [False, True]


def put_file_in(app: Flask, key: str) -> None:
    """A file of the store."""
    with app.app_context():
        put_file(key, b"zip")


WORKER = """
import sys, time
from app import create_app
from app.jobs import queue, tasks
from pathlib import Path
mark = Path(sys.argv[1])

def slow(context):
    with mark.open("a") as file:
        file.write(f"{context.attempt}\\n")
    if context.attempt == 1:
        context.progress(40)
        time.sleep(120)

tasks.TASKS["slow"] = slow
queue.work(create_app(), 1)
"""


def test_a_killed_workers_job_is_finished_by_the_next_one(app: Flask, queue_url: str, tmp_path: Path) -> None:
    settings = app.extensions["config"]
    environment = {
        "INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "QUEUE_URL": queue_url,
        "PATH": os.environ["PATH"],
    }
    other = create_app(read_config(environment, testing=True))
    mark = tmp_path / "attempts"
    with other.app_context(), system_scope(), transaction():
        job_id = jobs.request_job("slow").id
    first = _worker(environment, mark)
    try:
        _wait_until(lambda: read(other, job_id).progress == 40)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert read(other, job_id).state == JobState.RUNNING
        second = _worker(environment, mark)
        try:
            _wait_until(lambda: read(other, job_id).state == JobState.DONE)
        finally:
            second.kill()
            second.wait()
    finally:
        first.kill()
        first.wait()
    assert mark.read_text().split() == ["1", "2"]


def _worker(environment: dict[str, str], mark: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER, str(mark)], env=environment)


def _wait_until(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)

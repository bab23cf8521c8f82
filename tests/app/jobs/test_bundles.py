"""A bundle made by two worker processes, one of which is killed in the middle: it still arrives, complete."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

from flask import Flask

from app import create_app
from app.access.policy import Permission
from app.access.scope import acting_as, narrow, system_scope
from app.config import read_config
from app.extensions import db
from app.files import get_file
from app.jobs import queue, tasks
from app.models.jobs import Job, JobState
from app.models.reports import Report, ReportState
from app.queries.access import load_reach
from app.services import bundles
from app.transaction import transaction
from tests.app import factories as make

FIRMS = 12
WORKER = """
import os, sys, time
from pathlib import Path
from app import create_app
from app.jobs import queue, tasks
from tests.app import light_reports

def build(context):
    with Path(sys.argv[1]).open("a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(0.4)
    return light_reports.build(context)

tasks.TASKS["reports.build"] = build
queue.work(create_app(), 1)
"""


def test_a_bundle_survives_the_death_of_the_worker_that_makes_it(app: Flask, queue_url: str, tmp_path: Path) -> None:
    settings = app.extensions["config"]
    environment = {
        "INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "QUEUE_URL": queue_url,
        "PATH": os.environ["PATH"],
    }
    other = create_app(read_config(environment, testing=True))
    job_id = _order(other)
    built = tmp_path / "built"
    command = [sys.executable, "-c", WORKER, str(built)]
    workers = [subprocess.Popen(command, env=environment) for _ in range(2)]
    try:
        _wait_until(lambda: _ready(other) >= 4 and len(set(built.read_text().split())) == 2)
        name = _read(other, job_id).worker
        dead = next(worker for worker in workers if str(worker.pid) == name.rpartition(":")[2])
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        assert _ready(other) < FIRMS
        # What every worker does once a minute.
        _wait_until(lambda: _look_after(other) or _read(other, job_id).state == JobState.DONE)
        _wait_until(lambda: _read(other, job_id).state == JobState.DONE)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    job = _read(other, job_id)
    with other.app_context():
        archive = ZipFile(BytesIO(get_file(job.file_key or "")))
    assert archive.testzip() is None
    pages = [archive.read(name) for name in archive.namelist() if name.endswith(".pdf")]
    with other.app_context(), system_scope():
        ids = {str(report_id) for report_id in db.session.scalars(db.select(Report.id))}
    assert {page.split()[1].decode() for page in pages} == ids
    assert len(pages) == FIRMS and all(page.endswith(b"%%EOF") for page in pages)
    assert job.payload["left_out"] == 0
    for draft in tmp_path.rglob("*.part"):  # what he was writing when he was killed goes an hour later
        os.utime(draft, (time.time() - 2 * 3600,) * 2)
    queue.clear_expired(other)
    assert not list(tmp_path.rglob("*.part"))


def _order(app: Flask) -> UUID:
    with make.writing(app):
        user = make.make_user()
        make.give(user, "consultant")
        firms = [make.make_firm() for _ in range(FIRMS)]
        for firm in firms:
            make.make_engagement(firm, user)
            make.make_result(make.make_assessment(firm, submitted=True))
        user_id, firm_ids = user.id, [firm.id for firm in firms]
    with app.app_context(), system_scope():
        scope = narrow(load_reach(user_id, None), Permission.BUNDLE_CREATE)
        with acting_as(scope), transaction():
            return bundles.order(firm_ids, "zh", bundles.Contents.BOTH).id


def _ready(app: Flask) -> int:
    with app.app_context(), system_scope():
        return len(db.session.scalars(db.select(Report.id).where(Report.state == ReportState.READY)).all())


def _read(app: Flask, job_id: UUID) -> Job:
    with app.app_context(), system_scope():
        return db.session.get_one(Job, job_id)


def _look_after(app: Flask) -> bool:
    """True once nothing is left behind by the dead worker."""
    queue.look_after(app)
    with app.app_context(), system_scope():
        running = db.session.scalars(db.select(Job.worker).where(Job.state == JobState.RUNNING)).all()
    return all(tasks.is_alive(worker) for worker in running)


def _wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)

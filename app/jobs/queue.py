"""The queue: Huey on SQLite on one machine, on Redis or Valkey for workers on several."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from uuid import UUID

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey

from app.access.scope import system_scope
from app.config import Config
from app.jobs import backups
from app.jobs.tasks import run_job
from app.services.jobs import requeue_jobs
from app.transaction import transaction

_NAME = "assessment"
_lock = Lock()


def init_app(app: Flask) -> None:
    """Hand the queue to the services that enqueue. It is opened when first used."""
    app.extensions["enqueue"] = lambda job_id: enqueue(app, job_id)
    app.extensions["queue_answers"] = lambda: is_reachable(app)


def get_queue(app: Flask) -> Huey:
    """The application's queue, opened once."""
    with _lock:
        if "huey" not in app.extensions:
            settings: Config = app.extensions["config"]
            app.extensions["huey"] = _open(app, settings)
        huey: Huey = app.extensions["huey"]
    return huey


def _open(app: Flask, settings: Config) -> Huey:
    if settings.queue_url.startswith("redis"):
        huey = RedisHuey(_NAME, url=settings.queue_url, results=False)
    else:
        path = Path(settings.queue_url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        huey = SqliteHuey(_NAME, filename=str(path), timeout=20, results=False)
    huey.immediate = bool(app.config.get("JOBS_AT_ONCE"))

    def run(job_id: str) -> None:
        run_job(app, UUID(job_id))

    app.extensions["run_job"] = huey.task(name="run_job")(run)
    return huey


def enqueue(app: Flask, job_id: UUID) -> None:
    """Put a recorded job into the queue."""
    get_queue(app)
    app.extensions["run_job"](str(job_id))


def recover(app: Flask) -> int:
    """Enqueue all waiting jobs again, as the queue may have lost some. Returns their number.

    On one machine there is one worker: what was running when it ended waits again.
    """
    settings: Config = app.extensions["config"]
    with app.app_context(), system_scope(), transaction():
        job_ids = requeue_jobs(interrupted=settings.queue_url.startswith("sqlite"))
    for job_id in job_ids:
        enqueue(app, job_id)
    return len(job_ids)


def work(app: Flask, workers: int) -> None:
    """Run the worker until it is told to stop (SIGINT, SIGTERM)."""
    huey = get_queue(app)
    recover(app)
    backups.schedule(app, huey)
    huey.create_consumer(workers=workers, worker_type="thread", initial_delay=0.05, max_delay=1.0).run()


def is_reachable(app: Flask) -> bool:
    """True when the queue answers."""
    get_queue(app).pending_count()
    return True

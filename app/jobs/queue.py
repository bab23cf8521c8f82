"""The queue: Huey on SQLite on one machine, on Redis or Valkey for workers on several."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from threading import Lock
from uuid import UUID

from flask import Flask
from huey import Huey, PriorityRedisHuey, SqliteHuey, crontab
from redis.exceptions import RedisError

from app.access.scope import system_scope
from app.config import Config
from app.files import clear_drafts, delete_file
from app.jobs import actions, backups, engagements, tasks
from app.models.base import now
from app.services.jobs import list_waiting, take_expired
from app.transaction import transaction

_NAME = "assessment"
log = logging.getLogger("app.jobs")
_lock = Lock()


def init_app(app: Flask) -> None:
    """Hand the queue to the services that enqueue. It is opened when first used."""
    app.extensions["enqueue"] = lambda job_id, priority: enqueue(app, job_id, priority)
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
        huey = PriorityRedisHuey(_NAME, url=settings.queue_url, results=False)
    else:
        path = Path(settings.queue_url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        huey = SqliteHuey(_NAME, filename=str(path), timeout=20, results=False)
    huey.immediate = bool(app.config.get("JOBS_AT_ONCE"))

    def run(job_id: str) -> None:
        tasks.run_job(app, UUID(job_id))

    app.extensions["run_job"] = huey.task(name="run_job")(run)
    return huey


def enqueue(app: Flask, job_id: UUID, priority: int = 0) -> None:
    """Put a recorded job into the queue; those of a higher priority are taken first. Where the queue is away or full,
    the job waits in the database until `look_after` finds it."""
    try:
        get_queue(app)
        app.extensions["run_job"](str(job_id), priority=priority)
    except (sqlite3.Error, RedisError):
        log.exception("the queue takes no job; %s waits in the database", job_id)


def recover(app: Flask) -> int:
    """Enqueue all waiting jobs again, as the queue may have lost some, and those that a dead worker left.

    Returns their number. A job that stands in the queue twice is run once.
    """
    tasks.recover(app)
    with app.app_context(), system_scope(), transaction(writes=False):
        waiting = [(job.id, job.priority) for job in list_waiting()]
    for job_id, priority in waiting:
        enqueue(app, job_id, priority)
    return len(waiting)


def look_after(app: Flask) -> None:
    """Once a minute, by every worker: take up what others left, what is due again, and what the queue has lost."""
    huey = get_queue(app)
    if huey.pending_count() == 0:
        recover(app)
        return
    for job_id, priority in tasks.recover(app):
        enqueue(app, job_id, priority)


def clear_expired(app: Flask) -> None:
    """Remove the files whose time is over, and what a killed process left half-written."""
    with app.app_context(), system_scope():
        with transaction():
            keys = take_expired(now())
        for key in keys:
            delete_file(key)
        clear_drafts()


def work(app: Flask, workers: int) -> None:
    """Run the worker until it is told to stop (SIGINT, SIGTERM)."""
    huey = get_queue(app)
    recover(app)
    actions.schedule(app, huey)
    backups.schedule(app, huey)
    engagements.schedule(app, huey)
    huey.periodic_task(crontab(minute="*"), name="look_after", priority=100)(lambda: look_after(app))
    huey.periodic_task(crontab(minute="17"), name="clear_expired")(lambda: clear_expired(app))
    huey.create_consumer(workers=workers, worker_type="thread", initial_delay=0.05, max_delay=1.0).run()


def is_reachable(app: Flask) -> bool:
    """True when the queue answers."""
    get_queue(app).pending_count()
    return True

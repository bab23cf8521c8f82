"""Look whether a request for an engagement names a firm, away from the request that must not tell; and by the worker's
clock, what ends soon and what has run out. Safe to run on several workers, and twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from uuid import UUID

from flask import Flask
from huey import Huey, crontab

from app.access.scope import system_scope
from app.jobs.actions import DAYTIME
from app.jobs.context import JobContext, Store
from app.models.base import now
from app.queries.engagements import list_ending, list_run_out
from app.services.engagement_requests import open_request
from app.services.engagements import AHEAD, remind_of_end, run_out
from app.services.spreadsheets import CHINA
from app.transaction import transaction

log = logging.getLogger("app.jobs")


def ask(context: JobContext) -> Store:
    """Ask the firm that the request in the subject names. One short transaction: nothing to prepare."""
    return partial(open_request, UUID(context.subject))


def schedule(app: Flask, huey: Huey) -> None:
    """Look every hour, so that nothing is missed while the machine was off."""

    def look() -> None:
        run(app, now().astimezone(CHINA))

    huey.periodic_task(crontab(minute="12"), name="engagements")(look)


def run(app: Flask, at: datetime) -> tuple[int, int]:
    """Close what has run out by `at` (Chinese time), and in the daytime remind of what ends soon; returns (engagements
    closed, messages written). One that fails keeps none of the others waiting."""
    day = at.date()
    with app.app_context(), system_scope():
        with transaction(writes=False):
            over = list_run_out(day)
            ending = list_ending(day, day + AHEAD) if at.hour in DAYTIME else []
        closed = sum(_each(run_out, engagement_id, day) for engagement_id in over)
        return closed, sum(_each(remind_of_end, engagement_id, day) for engagement_id in ending)


def _each(step: Callable[[UUID, date], int], engagement_id: UUID, day: date) -> int:
    try:
        with transaction():
            return step(engagement_id, day)
    except Exception:
        log.exception("engagement %s was not looked after", engagement_id)
        return 0

"""Remind firms of what they agreed, by the worker's clock. Safe to run on several workers, and twice."""

from __future__ import annotations

import logging
from datetime import datetime

from flask import Flask
from huey import Huey, crontab

from app.access.scope import system_scope
from app.models.base import now
from app.queries.actions import list_firms_with_due_actions
from app.services.actions import AHEAD, remind
from app.services.spreadsheets import CHINA
from app.transaction import transaction

log = logging.getLogger("app.jobs")

DAYTIME = range(9, 18)
"""Hours in which people are written to, Chinese time."""


def schedule(app: Flask, huey: Huey) -> None:
    """Look every hour of the day, so that a day on which the machine was off in the morning is not missed."""

    def look() -> None:
        run(app, now().astimezone(CHINA))

    huey.periodic_task(crontab(minute="7"), name="action_reminders")(look)


def run(app: Flask, at: datetime) -> int:
    """Write to the firms whose turn it is at `at` (Chinese time); returns the number of messages. One firm that fails
    keeps nobody else waiting."""
    if at.hour not in DAYTIME:
        return 0
    written = 0
    with app.app_context(), system_scope():
        with transaction(writes=False):
            firm_ids = list_firms_with_due_actions(at.date() + AHEAD)
        for firm_id in firm_ids:
            try:
                with transaction():
                    written += remind(firm_id, at.date())
            except Exception:
                log.exception("no reminder to firm %s", firm_id)
    return written

"""The nightly backup of an installation on one machine, by the worker's clock."""

from __future__ import annotations

import logging
from datetime import datetime

from flask import Flask
from huey import Huey, crontab

from app.config import Config
from app.models.base import now
from app.services.backups import write_nightly
from app.services.spreadsheets import CHINA

log = logging.getLogger("app.jobs")


def schedule(app: Flask, huey: Huey) -> None:
    """Look every hour, at the minute of BACKUP_AT, whether this day's backup is due; nothing where it is not set.

    So a backup that was missed because the machine was off, or that failed, is made up for within the hour.
    """
    settings: Config = app.extensions["config"]
    if settings.backup_at is None:
        return

    def look() -> None:
        run(settings, now().astimezone(CHINA))

    huey.periodic_task(crontab(minute=str(settings.backup_at.minute)), name="backup")(look)


def run(settings: Config, at: datetime) -> bool:
    """Write the backup of the day `at` (Chinese time) where it is due and not there; True if it was written."""
    if settings.backup_at is None or at.time() < settings.backup_at:
        return False
    written = write_nightly(settings, at)
    if written is not None:
        log.info("backup written: %s", written)
    return written is not None

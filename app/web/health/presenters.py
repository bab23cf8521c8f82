"""The parts that must be there before the site can serve, each checked on its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask

from app.config import Config
from app.queries.health import database_answers, schema_is_current
from scoring.content.serving import served_sectors, troubles

log = logging.getLogger("app.health")


def check_parts(app: Flask) -> dict[str, bool]:
    """{"database", "migrations", "queue", "content", "font"} → is it there?"""
    checks: dict[str, Callable[[], bool]] = {
        "database": database_answers,
        "migrations": schema_is_current,
        "queue": app.extensions["queue_answers"],
        "content": lambda: bool(served_sectors()),
        "font": lambda: _has_font(app),
    }
    return {name: _holds(name, check) for name, check in checks.items()}


MOST_FAULTS = 20


def content_troubles() -> list[dict[str, Any]]:
    """Trades and self-checks whose newest content cannot be used: what is wrong where, and the versions served.

    [{"sector" or "selfcheck" or "file": name, "serving": {package: version} or null,
    "faults": [{"file", "place", "message"}]}]
    """
    return [
        {
            trouble.kind: trouble.name,
            "serving": trouble.serving,
            "faults": [{"file": f.file, "place": f.place, "message": f.message} for f in trouble.faults[:MOST_FAULTS]],
        }
        for trouble in troubles()
    ]


def _has_font(app: Flask) -> bool:
    settings: Config = app.extensions["config"]
    return any(settings.fonts.glob("*.ttf"))


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        log.exception("%s is not ready", name)
        return False

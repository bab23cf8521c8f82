"""Is it alive (`/healthz`), is it ready to serve (`/readyz`)?"""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.extensions import limiter
from app.web.health.presenters import check_parts

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@limiter.exempt
@access(P.PUBLIC)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@limiter.exempt
@access(P.PUBLIC)
def ready() -> ResponseReturnValue:
    """200 when all parts are there, else 503 with the names of those that are not."""
    parts = check_parts(current_app._get_current_object())  # type: ignore[attr-defined]
    is_ready = all(parts.values())
    return {"status": "ok" if is_ready else "unavailable", "parts": parts}, 200 if is_ready else 503

"""Is it alive (`/healthz`), is it ready to serve (`/readyz`)?"""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.extensions import limiter
from app.web.health.presenters import check_parts, content_troubles

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
    """200 when all parts are there, else 503 with the names of those that are not.

    Broken new content does not stop the site, which serves the last good version: "degraded", with file, place and
    remedy under `content`.
    """
    parts = check_parts(current_app._get_current_object())  # type: ignore[attr-defined]
    if not all(parts.values()):
        return {"status": "unavailable", "parts": parts, "content": content_troubles()}, 503
    found = content_troubles()
    return {"status": "degraded" if found else "ok", "parts": parts, "content": found}

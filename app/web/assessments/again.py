"""A session that ended while somebody was filling in: nothing typed is lost."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf

from app.errors import SignInRequired
from app.i18n import gettext as _
from app.web.errors import wants_json


def keep_what_was_sent(error: Exception) -> ResponseReturnValue:
    """Show what was sent again, to be sent once more after signing in: nothing typed is lost."""
    signed_in = isinstance(error, CSRFError) and (current_user.is_authenticated or "handover" in session)
    address = request.path if request.method in ("GET", "HEAD") else _page_of_form()
    sign_in_url = url_for("accounts.sign_in", next=address)
    if wants_json():
        if signed_in:
            return {
                "error": "stale_page",
                "message": _("This page is too old. Reload it."),
                "csrf_token": generate_csrf(),
            }, 400
        return {"error": SignInRequired.id, "message": _(SignInRequired.message), "sign_in": sign_in_url}, 401
    if request.method in ("GET", "HEAD") or isinstance(error, SignInRequired) and not request.form:
        return redirect(sign_in_url, 302 if request.method in ("GET", "HEAD") else 303)
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    page = render_template(
        "assessments/again.html", kept=kept, address=request.path, sign_in_url=None if signed_in else sign_in_url
    )
    return page, 401 if not signed_in else 400


def _page_of_form() -> str:
    """The page that holds the form that was sent."""
    for action, page in (("/submit", "/review"), ("/visit/day", "/visit")):
        if request.path.endswith(action):
            return request.path.removesuffix(action) + page
    return request.path

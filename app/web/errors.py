"""Errors on their way out: one handler reads the table of `app.errors` and answers as page or as JSON."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from app.errors import (
    N_,
    DomainError,
    ErrorRow,
    ForbiddenError,
    InputError,
    NotFoundError,
    RateLimitedError,
    SignInRequired,
    TooLargeError,
    error_row,
)
from app.extensions import db
from app.i18n import DEFAULT_LANGUAGE
from app.i18n import gettext as _

MOST_THROWN_AWAY = 100 * 1024 * 1024
log = logging.getLogger("app.errors")

_HTTP: dict[int, type[DomainError]] = {
    400: InputError,
    403: ForbiddenError,
    404: NotFoundError,
    413: TooLargeError,
    429: RateLimitedError,
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _handle_http)
    app.register_error_handler(SignInRequired, _handle_sign_in)
    app.register_error_handler(DomainError, _handle_domain)
    app.register_error_handler(Exception, _handle_unexpected)


def wants_json() -> bool:
    """True when the asker is a program: it sent JSON or prefers JSON to HTML."""
    accept = request.accept_mimetypes
    return request.is_json or accept.best_match(["text/html", "application/json"]) == "application/json"


def local_path(target: str | None) -> str | None:
    """`target` when it is a path on this site, else None: the only addresses that `next` may name."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 33 or char == "\\" for char in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def _return_path() -> str | None:
    """Where to go after signing in: this page, or for a form the page that held it."""
    if request.method in ("GET", "HEAD"):
        return local_path(request.full_path.rstrip("?"))
    referrer = urlsplit(request.referrer or "")
    return local_path(referrer.path) if referrer.netloc == request.host else None


def _handle_sign_in(error: SignInRequired) -> ResponseReturnValue:
    target = url_for("accounts.sign_in", next=_return_path())
    if wants_json():
        return {"error": error.id, "message": _(error.message), "sign_in": target}, 401
    return redirect(target, 302 if request.method in ("GET", "HEAD") else 303)


def _handle_domain(error: DomainError) -> ResponseReturnValue:
    row = error_row(error)
    log.log(row.level, "%s %s: %s", request.method, request.path, error)
    return _answer(row, error.id, error.message, error.details)


def _handle_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, SecurityError):  # a host that is not ours: no address can be built for its page
        return current_app.response_class("Unknown host\n", status, mimetype="text/plain")
    kind = _HTTP.get(status)
    if kind is None:
        message = NotFoundError.message if status == 405 else DomainError.message
        answer = _answer(ErrorRow(status, "errors/error.html"), f"http_{status}", message, {})
    else:
        answer = _answer(error_row(kind()), kind.id, kind.message, {})
    response = current_app.make_response(answer)
    if status == 413:
        _read_rest()
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return response


def _read_rest() -> None:
    """Read a body that is too large to its end, or so far: a browser that is cut off while sending shows no answer."""
    left = min(request.content_length or 0, MOST_THROWN_AWAY)
    source = request.input_stream
    while left > 0 and (part := source.read(min(left, 65_536))):
        left -= len(part)


def _handle_unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.testing and not current_app.config.get("SHOW_ERROR_PAGES"):
        raise error
    db.session.rollback()
    g.language = session.get("language", DEFAULT_LANGUAGE)  # the page must not need the database
    error_id = secrets.token_hex(4)
    row = error_row(error)
    log.log(row.level, "error %s in %s %s", error_id, request.method, request.path, exc_info=error)
    message = N_("Something went wrong on our side. What you saved is kept. Please try again later.")
    return _answer(row, "internal", message, {"number": error_id})


def _answer(row: ErrorRow, error_id: str, message: str, details: dict[str, object]) -> ResponseReturnValue:
    if wants_json():
        return {"error": error_id, "message": _(message), **details}, row.status
    page = render_template(row.page, status=row.status, message=_(message), number=details.get("number"))
    return page, row.status

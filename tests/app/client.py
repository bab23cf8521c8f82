"""A test browser: sends CSRF tokens unless told not to, and checks every HTML answer."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.app.markup import check_page

SAFE = ("GET", "HEAD", "OPTIONS")
_RAW_TOKEN = "0" * 40


class Browser(FlaskClient):
    """`csrf=False` leaves the token out; `check=False` skips the check of the page."""

    application: Flask

    def open(self, *args: Any, csrf: bool = True, check: bool = True, **kwargs: Any) -> TestResponse:
        """Like FlaskClient.open; the answer's page is parsed and checked."""
        if csrf and kwargs.get("method", "GET") not in SAFE:
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRFToken", self.csrf_token())
            kwargs["headers"] = headers
        response = super().open(*args, **kwargs)
        if check and response.mimetype == "text/html" and response.status_code not in range(300, 400):
            check_page(response.get_data(as_text=True))
        return response

    def csrf_token(self) -> str:
        """A valid token of this browser's session, for the form field `csrf_token` or the header."""
        with self.session_transaction() as session:
            session.setdefault("csrf_token", _RAW_TOKEN)
            raw = session["csrf_token"]
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw)

    def sign_in(self, uniquifier: str) -> None:
        """Sign in without the form."""
        with self.session_transaction() as session:
            session["_user_id"] = uniquifier
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = time.time()

    def speak(self, language: str) -> None:
        """Choose "zh" or "en"."""
        with self.session_transaction() as session:
            session["language"] = language

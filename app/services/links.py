"""Addresses for mails, printed links and QR codes: always from BASE_URL, never from a request's Host header."""

from __future__ import annotations

from flask import current_app

from app.config import Config


def absolute_url(endpoint: str, **values: object) -> str:
    """The public address of an endpoint; works in jobs and commands too."""
    settings: Config = current_app.extensions["config"]
    path: str = current_app.url_map.bind("localhost").build(endpoint, values)
    return settings.base_url + path

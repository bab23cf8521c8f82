"""Alive and ready."""

from __future__ import annotations

import pytest
from flask import Flask

from app.config import Config
from tests.app.client import Browser


def test_alive(client: Browser) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_ready_when_all_parts_are_there(app: Flask, client: Browser) -> None:
    settings: Config = app.extensions["config"]
    settings.fonts.mkdir(exist_ok=True)
    font = settings.fonts / "some.ttf"
    font.touch()
    try:
        response = client.get("/readyz")
    finally:
        font.unlink()
    assert response.get_json()["parts"] == dict.fromkeys(("content", "database", "font", "migrations", "queue"), True)
    assert response.status_code == 200


def test_not_ready_names_the_part(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise OSError("gone")

    monkeypatch.setattr("app.web.health.presenters.database_answers", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["parts"]["database"] is False

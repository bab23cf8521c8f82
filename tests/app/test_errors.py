"""Errors on their way out: page or JSON, translated, without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, abort

from app import create_app
from app.access.guard import access
from app.access.policy import Permission as P
from app.config import read_config
from app.errors import (
    ERROR_TABLE,
    ConflictError,
    DomainError,
    ForbiddenError,
    InputError,
    LockedError,
    NotFoundError,
    RateLimitedError,
    ReadOnlyError,
    TokenError,
    TooLargeError,
    error_row,
)
from app.extensions import db, limiter
from app.models.clusters import Cluster
from tests.app.client import Browser

RAISED: dict[str, Exception] = {
    "input": InputError(),
    "forbidden": ForbiddenError(),
    "not-found": NotFoundError(),
    "token": TokenError(),
    "conflict": ConflictError(mine=1, theirs=2),
    "locked": LockedError(),
    "too-large": TooLargeError(),
    "rate": RateLimitedError(),
    "bug": ZeroDivisionError("secret detail"),
}


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """An application with a view that raises, showing error pages as in production."""
    blueprint = Blueprint("faulty", __name__)

    @blueprint.route("/raise/<name>", methods=["GET", "POST"])
    @access(P.PUBLIC)
    def fail(name: str) -> str:
        if name.isdigit():
            abort(int(name))
        raise RAISED[name]

    @blueprint.get("/write")
    @access(P.PUBLIC)
    def write() -> str:
        db.session.add(Cluster(name="x", code="X"))
        db.session.flush()
        return ""

    monkeypatch.setattr("app.BLUEPRINTS", (*__import__("app").BLUEPRINTS, blueprint))
    app: Flask = create_app(read_config({"INSTANCE_PATH": str(tmp_path)}, testing=True))
    app.config["SHOW_ERROR_PAGES"] = True
    limiter.enabled = False
    app.test_client_class = Browser
    with app.app_context():
        db.create_all()
    yield app.test_client()  # type: ignore[misc]


@pytest.mark.parametrize("name", list(RAISED))
def test_each_error_has_its_status_as_page_and_as_json(faulty: Browser, name: str) -> None:
    status = error_row(RAISED[name]).status
    page = faulty.get(f"/raise/{name}")
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert "secret detail" not in page.text
    json = faulty.get(f"/raise/{name}", headers={"Accept": "application/json"})
    assert (json.status_code, json.mimetype) == (status, "application/json")
    assert json.get_json()["error"] == getattr(RAISED[name], "id", "internal")
    assert "secret detail" not in json.text


def test_a_conflict_carries_both_values(faulty: Browser) -> None:
    answer = faulty.post("/raise/conflict", json={}).get_json()
    assert (answer["mine"], answer["theirs"]) == (1, 2)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 429, 500, 503])
def test_http_errors_have_a_page(faulty: Browser, status: int) -> None:
    assert faulty.get(f"/raise/{status}").status_code == status


def test_unknown_and_wrong_method(faulty: Browser) -> None:
    assert faulty.get("/nothing/here").status_code == 404
    wrong = faulty.post("/healthz")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_an_unexpected_error_is_logged_under_the_number_shown(
    faulty: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    number = faulty.get("/raise/bug", headers={"Accept": "application/json"}).get_json()["number"]
    assert number in caplog.text


def test_a_reading_request_that_writes_is_a_bug(faulty: Browser) -> None:
    assert faulty.get("/write").status_code == 500
    faulty.application.config["SHOW_ERROR_PAGES"] = False
    with pytest.raises(ReadOnlyError):
        faulty.get("/write")


def test_a_large_body_is_refused(faulty: Browser) -> None:
    csrf_token = faulty.csrf_token()
    response = faulty.post("/raise/input", data={"csrf_token": csrf_token, "x": "y" * 13 * 1024 * 1024})
    assert response.status_code == 413


def test_every_domain_error_is_in_the_table() -> None:
    for kind in DomainError.__subclasses__():
        assert kind in ERROR_TABLE
    ids = [kind.id for kind in ERROR_TABLE if issubclass(kind, DomainError)]
    assert len(ids) == len(set(ids))



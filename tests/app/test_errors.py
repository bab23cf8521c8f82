"""Errors on their way out: page or JSON, translated, without secrets."""

from __future__ import annotations

import io
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
from tests.app.world import World

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

    @blueprint.post("/twice")
    @access(P.PUBLIC)
    def write_twice() -> str:
        db.session.add_all([Cluster(name="x", code="X"), Cluster(name="y", code="X")])
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


def test_who_comes_second_with_the_same_thing_is_told_so(faulty: Browser) -> None:
    assert faulty.post("/twice").status_code == 409


class SlowBody(io.BytesIO):
    """A body that notes whether the database was asked before it had arrived."""

    asked = False

    def read(self, size: int | None = -1) -> bytes:
        type(self).asked |= db.session.registry.has() and db.session().in_transaction()
        return super().read(size)


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_that_arrives_slowly_keeps_nobody_from_writing(client_owner: Browser, world: World, kind: str) -> None:
    body = b'{"value": 2, "version": 0}'
    SlowBody.asked = False
    client_owner.put(
        f"/api/assessments/{world.draft_id}/answers/scene_energy",
        input_stream=SlowBody(body), content_length=len(body), content_type=kind,
    )  # fmt: skip
    assert not SlowBody.asked


def test_a_large_body_is_refused(faulty: Browser) -> None:
    csrf_token = faulty.csrf_token()
    response = faulty.post("/raise/input", data={"csrf_token": csrf_token, "x": "y" * 13 * 1024 * 1024})
    assert response.status_code == 413


def test_every_domain_error_is_in_the_table() -> None:
    for kind in DomainError.__subclasses__():
        assert kind in ERROR_TABLE
    ids = [kind.id for kind in ERROR_TABLE if issubclass(kind, DomainError)]
    assert len(ids) == len(set(ids))

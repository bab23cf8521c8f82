"""Every endpoint × every visitor, as the table says; and what holds for all endpoints alike.

Named cases of the platform's lessons: 1 (table, new routes fail), 2, 18 (redirects), 19 (CSRF), 25 (cache headers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask, url_for
from werkzeug.test import TestResponse

from app.access.guard import UnmarkedEndpointError, access, check_endpoints, permission_of
from app.access.policy import GRANTS, Permission
from app.access.roles import Role
from app.extensions import db
from app.transaction import SAFE_METHODS
from tests.app.access_table import CANARY, DONE, REACHED, SIGN_IN, Row, collect_rows
from tests.app.test_reports import _fonts  # noqa: F401  # reports are built here, with the fonts of all tests
from tests.app.world import VISITORS, World
from tests.conftest import sign_in

TABLE = collect_rows()
READING = [pytest.param(row, id=f"{row.endpoint} {n}") for n, row in enumerate(TABLE) if row.method in SAFE_METHODS]
CHANGING = [
    pytest.param(row, visitor, id=f"{row.method} {row.endpoint} {visitor} {number}")
    for number, row in enumerate(TABLE)
    if row.method not in SAFE_METHODS
    for visitor in VISITORS
]


def ask(app: Flask, world: World, row: Row, visitor: str, **kwargs: object) -> TestResponse:
    """Send the row's request as this visitor."""
    with app.test_request_context():
        address = url_for(row.endpoint, **row.values(world), **row.query)
    body = {"data": row.data(world)} if row.data else {"json": row.json(world)} if row.json else {}
    return sign_in(app, world, visitor).open(address, method=row.method, **body, **kwargs)  # type: ignore[arg-type]


def read_all(data: bytes) -> str:
    """The text of an answer; of a workbook or an archive all that is packed in it."""
    if not data.startswith(b"PK"):
        return data.decode(errors="replace")
    with ZipFile(BytesIO(data)) as archive:
        return "".join(name + read_all(archive.read(name)) for name in archive.namelist())


@pytest.mark.parametrize("row", READING)
def test_reading_gives_each_visitor_what_the_table_says(app: Flask, world: World, row: Row) -> None:
    for visitor in VISITORS:
        check(app, world, row, visitor)


@pytest.mark.parametrize(("row", "visitor"), CHANGING)
def test_changing_gives_each_visitor_what_the_table_says(app: Flask, world: World, row: Row, visitor: str) -> None:
    check(app, world, row, visitor)


def check(app: Flask, world: World, row: Row, visitor: str) -> None:
    """The answer to this visitor is the one in the table, and holds no text of a foreign firm."""
    response = ask(app, world, row, visitor)
    expected = row.expected(visitor)
    goes_to_sign_in = row.endpoint != "accounts.reset_password" and response.headers.get("Location", "").startswith(
        "/sign-in"
    )
    if expected == SIGN_IN:
        assert goes_to_sign_in or response.status_code == 401, (visitor, response.status)
    elif expected == DONE:
        assert response.status_code in (200, 201, 202, 204, 302, 303, 422), (visitor, response.status)
        assert not goes_to_sign_in
    elif expected == REACHED:
        assert response.status_code not in (401, 403, 404) and not goes_to_sign_in, (visitor, response.status)
    elif isinstance(expected, int):
        assert response.status_code == expected, (visitor, response.status)
    if row.canary and visitor not in ("foreign", "admin"):
        assert CANARY not in read_all(response.data), "a text of a foreign firm is shown"


def test_every_route_has_a_row(app: Flask) -> None:
    known = {(row.endpoint, row.method) for row in TABLE}
    there = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert there - known == set(), "add a row in tests/app/access_rows/<feature>.py"
    assert known - there == set(), "these rows have no route any more"


def test_every_endpoint_declares_one_permission(app: Flask) -> None:
    for endpoint in app.view_functions:
        assert isinstance(permission_of(app, endpoint), Permission), endpoint


def test_an_unmarked_endpoint_stops_the_start() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(UnmarkedEndpointError, match="open"):
        check_endpoints(app)


def test_a_view_declares_one_permission_only() -> None:
    with pytest.raises(UnmarkedEndpointError):
        access(Permission.PUBLIC)(access(Permission.PUBLIC)(lambda: ""))


@pytest.mark.parametrize("visitor", ["anonymous", "owner", "coordinator", "admin"])
def test_reading_never_commits(app: Flask, world: World, visitor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("a reading request has committed")

    with app.test_request_context():  # the rows make what they ask for first
        rows = [replace(row, values=settled(row.values(world))) for row in TABLE if row.method in SAFE_METHODS]
    monkeypatch.setattr(db.session, "commit", refuse)
    for row in rows:
        ask(app, world, row, visitor)


def settled(values: dict[str, object]) -> Callable[[World], dict[str, object]]:
    """What gives these values, whatever the world."""
    return lambda _world: values


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=f"{row.method} {row.endpoint}") for row in TABLE if row.method not in SAFE_METHODS],
)
def test_every_change_needs_the_token(app: Flask, world: World, row: Row) -> None:
    visitor = next(name for name in ("owner", *VISITORS) if row.expected(name) not in (SIGN_IN, 403))
    response = ask(app, world, row, visitor, csrf=False)
    assert response.status_code in (400, 403), response.status


def test_pages_of_somebody_are_never_cached(app: Flask, world: World) -> None:
    for row in TABLE:
        if row.method == "GET":
            headers = ask(app, world, row, "owner").headers
            assert headers["Cache-Control"] == "private, no-store"
            assert "Cookie" in headers["Vary"]


def test_security_headers_are_on_every_page(app: Flask, world: World) -> None:
    for row in TABLE:
        if row.method == "GET":
            headers = ask(app, world, row, "anonymous").headers
            assert "script-src 'self'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"


def test_every_role_has_something_to_do() -> None:
    assert set(GRANTS) == set(Role)

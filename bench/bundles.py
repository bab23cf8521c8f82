"""Reports by the hundred: one ZIP made by one worker process and by two, and what the site feels of it meanwhile.

`BENCH_REPORTS=500 python -m bench bundles` makes the ZIP of five hundred. A worker of its own builds each report; the
web server runs beside it all the time. Only ratios count: both sides are measured in one run on one machine.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete

from app import create_app
from app.access.scope import system_scope
from app.config import ROOT, read_config
from app.extensions import db
from app.models.firms import Membership
from app.models.jobs import Job, JobState
from app.models.reports import Report
from app.services.bundles import BUILD
from app.services.users import register_user
from app.transaction import transaction
from bench.table import Row
from bench.web import PASSWORD, Client, _free_port, _wait
from tests.app import factories as make
from tests.app.rounds import SAID, make_round, persona

REPORTS = int(os.environ.get("BENCH_REPORTS", "60"))
RATE_LEAST, GROWTH_MOST, WAIT_MOST, DOWNLOAD_MOST = 1.5, 1.1, 4.0, 2.0
LOGIN, OWNER, IDLE_SECONDS, FETCHES = "consultant@example.com", "owner@example.com", 6.0, 300


class Owner(Client):
    """One browser of the firm itself."""

    @property
    def page(self) -> str:
        return "/account"


class Consultant(Client):
    """One browser on the page of the downloads."""

    @property
    def page(self) -> str:
        return "/advice/bundles"

    def order(self) -> None:
        form = urlencode({"csrf_token": self.token, "all": "1", "locale": "zh", "what": "reports_and_table"}).encode()
        status, _ = self.ask("POST", self.page, form, "application/x-www-form-urlencoded")
        if status != 303:
            raise RuntimeError(f"the order gave {status}")


def run() -> list[Row]:
    """All rows of this benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "fonts").symlink_to(ROOT / "instance" / "fonts")
        port = _free_port()
        environment = {**os.environ, "INSTANCE_PATH": folder, "PORT": str(port)}
        environment.pop("DATABASE_URL", None)
        app = create_app(read_config(environment))
        _fill(app)
        command = [sys.executable, "-m", "gunicorn", "bench.webapp:app", "--bind", f"127.0.0.1:{port}"]
        command += ["--workers", "1", "--threads", "4", "--keep-alive", "75", "--log-level", "error"]
        with _running([*command, "--no-control-socket"], environment):
            _wait(port)
            client = Consultant(port, LOGIN, "", "", "")
            client.sign_in()
            idle = _ask_for(client, lambda: False, IDLE_SECONDS)
            alone, busy, memory = _build(app, client, environment, 1)
            both, _, _ = _build(app, client, environment, 2)
            rows = [
                Row(f"ZIP of {REPORTS} reports, one worker", REPORTS / alone, "reports/s"),
                Row(f"ZIP of {REPORTS} reports, two workers", REPORTS / both, "reports/s"),
                Row("two workers against one", alone / both, "×", RATE_LEAST, at_least=True),
                _growth(memory),
                _ratio("a page while a ZIP is built, 95th percentile against idle", busy, idle, WAIT_MOST, _late),
                *_downloads(app, client, Owner(port, OWNER, "", "", "")),
            ]
        return rows


def _fill(app: Flask) -> None:
    """A consultant and his firms, each with a submitted round."""
    with app.app_context():
        upgrade()
        with app.test_request_context("/", method="POST"), system_scope(), transaction():
            user = register_user(LOGIN, PASSWORD)
            db.session.add(user)
            db.session.flush()
            make.give(user, "consultant")
            owner = register_user(OWNER, PASSWORD)
            db.session.add(owner)
            for number in range(REPORTS):
                firm = make.make_firm(f"示例模具厂{number}")
                if not number:
                    make.make_membership(owner, firm)
                make.make_engagement(firm, user)
                make_round(firm, persona("P01"), SAID)


def _build(
    app: Flask, client: Consultant, environment: dict[str, str], workers: int
) -> tuple[float, list[float], list[float]]:
    """Have the ZIP made from nothing: seconds, seconds of each page asked for meanwhile, memory of a worker in MB."""
    with app.app_context(), system_scope(), transaction():
        db.session.execute(delete(Report))
        db.session.execute(delete(Job))
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs"]
    memory: list[float] = []
    with _running(command, environment) as first:
        others = [_running(command, environment) for _ in range(workers - 1)]
        for other in others:
            other.__enter__()
        try:
            time.sleep(8)  # they are up
            client.order()
            job_id = _find(app)
            done = threading.Event()
            watch = threading.Thread(target=_watch, args=(first.pid, memory, done))
            watch.start()
            times = _ask_for(client, lambda: _state(app, job_id) not in (JobState.QUEUED, JobState.RUNNING), 3600)
            done.set()
            watch.join()
        finally:
            for other in others:
                other.__exit__(None, None, None)
    with app.app_context(), system_scope():
        job = db.session.get_one(Job, job_id)
        if job.state != JobState.DONE or job.payload["left_out"] or job.ended_at is None:
            raise RuntimeError(f"the ZIP did not come: {job.state} {job.message} {job.error_id}")
        return (job.ended_at - job.created_at).total_seconds(), times, memory


def _ask_for(client: Client, over: Callable[[], bool], seconds: float) -> list[float]:
    """Ask for the page ten times a second until it is over; seconds of each."""
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end and not over():
        begin = time.perf_counter()
        status, _ = client.ask("GET", client.page)
        if status != 200:
            raise RuntimeError(f"the page gave {status}")
        times.append(time.perf_counter() - begin)
        time.sleep(0.1)
    return times


def _downloads(app: Flask, consultant: Client, owner: Client) -> list[Row]:
    """What a ready report costs its firm, and a consultant with all firms of this benchmark."""
    owner.sign_in()
    name = "a ready report against a static file of its size"
    return [
        _download(app, owner, name),
        _download(app, consultant, f"the same for a consultant of {REPORTS} firms"),
    ]


def _download(app: Flask, client: Client, name: str) -> Row:
    """In turns on one connection."""
    with app.app_context(), system_scope():
        firm = db.select(Membership.firm_id)
        report = db.session.scalars(db.select(Report).where(Report.firm_id.in_(firm)).limit(1)).one()
        address, size = f"/reports/{report.id}/download", report.size or 0
    static = Path(app.root_path) / "static" / f"bench-{os.getpid()}.bin"
    static.write_bytes(os.urandom(size))
    ours: list[float] = []
    theirs: list[float] = []
    try:
        for _ in range(FETCHES):
            for path, times in ((address, ours), (f"/static/{static.name}", theirs)):
                begin = time.perf_counter()
                status, data = client.ask("GET", path)
                times.append(time.perf_counter() - begin)
                if status != 200 or len(data) != size:
                    raise RuntimeError(f"{path} gave {status}, {len(data)} bytes")
    finally:
        static.unlink()
    return _ratio(name, ours, theirs, DOWNLOAD_MOST, statistics.median)


def _ratio(name: str, ours: list[float], theirs: list[float], most: float, of: Callable[[list[float]], float]) -> Row:
    note = f"{1000 * of(ours):.1f} against {1000 * of(theirs):.1f} ms, {len(ours)} and {len(theirs)} requests"
    return Row(name, of(ours) / of(theirs), "×", most, note=note)


def _late(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _growth(memory: list[float]) -> Row:
    """What a worker holds in the last third of a ZIP against the first."""
    third = len(memory) // 3
    first, last = statistics.median(memory[:third]), statistics.median(memory[-third:])
    note = f"{first:.0f} MB, then {last:.0f} MB"
    return Row("memory of a worker, last third of a ZIP against the first", last / first, "×", GROWTH_MOST, note=note)


def _watch(process: int, memory: list[float], done: threading.Event) -> None:
    while not done.wait(0.2):
        with suppress(OSError):
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
            memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


def _find(app: Flask) -> UUID:
    with app.app_context(), system_scope():
        return db.session.scalars(db.select(Job.id).where(Job.kind == BUILD)).one()


def _state(app: Flask, job_id: UUID) -> str:
    with app.app_context(), system_scope():
        return db.session.get_one(Job, job_id).state


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

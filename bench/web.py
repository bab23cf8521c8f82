"""The site under gunicorn: 2 workers, 16 clients, each a firm of its own with a round of its own.

An answer save is held against a minimal view that inserts one row, a question page against a minimal page that renders
the same base template; both run in turns on the same server and database, so that only the ratio counts.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from bench.table import Row

CLIENTS, WORKERS, THREADS = 16, 2, 8
ROUNDS, SECONDS = 3, 4.0
PASSWORD = "bench-password-9271"
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Client:
    """One browser with its own firm: its connection, cookie, token, round and the version of its answer."""

    port: int
    login: str
    assessment: str
    section: str
    item: str
    cookie: str = ""
    token: str = ""
    version: int = 0
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """One request on the kept connection; the cookie is remembered."""
        headers = {"Accept": "text/html"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if kind:
            headers |= {"Content-Type": kind, "X-CSRFToken": self.token, "Accept": "application/json"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or ():
            if value.startswith("session="):
                self.cookie = value.split(";", 1)[0]
        return answer.status, answer.read()

    def sign_in(self) -> None:
        """Through the form, as a person does."""
        self.token = _token(self.ask("GET", "/sign-in")[1])
        form = urlencode({"csrf_token": self.token, "login": self.login, "password": PASSWORD}).encode()
        status, _ = self.ask("POST", "/sign-in", form, "application/x-www-form-urlencoded")
        if status not in (302, 303):
            raise RuntimeError(f"sign-in gave {status}")
        self.token = _token(self.ask("GET", self.page)[1])

    @property
    def page(self) -> str:
        return f"/assessments/{self.assessment}/sections/{self.section}"

    def save(self) -> int:
        path = f"/api/assessments/{self.assessment}/answers/{self.item}"
        body = {"value": self.version % 4, "version": self.version}
        status, data = self.ask("PUT", path, json.dumps(body).encode(), "application/json")
        if status == 200:
            self.version += 1
        return status

    def insert(self) -> int:
        return self.ask("PUT", "/bench/row", b"{}", "application/json")[0]

    def show(self) -> int:
        return self.ask("GET", self.page)[0]

    def show_minimal(self) -> int:
        return self.ask("GET", "/bench/page")[0]


@dataclass
class Load:
    """What one kind of request gave: seconds of each, and answers that were not 200."""

    times: list[float] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def tail(self) -> float:
        """95th percentile over the median."""
        return quantiles(self.times, n=20)[-1] / median(self.times)


def run() -> list[Row]:
    """The rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = {**os.environ, "INSTANCE_PATH": folder, "PORT": str(port)}
        environment.pop("DATABASE_URL", None)
        ready = subprocess.run(
            [sys.executable, "-m", "bench.firms", str(CLIENTS)],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        firms = json.loads(ready.stdout.splitlines()[-1])
        command = [sys.executable, "-m", "gunicorn", "bench.webapp:app", "--bind", f"127.0.0.1:{port}"]
        command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "75"]
        command += ["--log-level", "error", "--no-control-socket"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            _wait(port)
            return _measure([Client(port, **f) for f in firms])
        finally:
            server.terminate()
            server.wait(20)


def _measure(clients: list[Client]) -> list[Row]:
    for client in clients:
        client.sign_in()
    kinds: dict[str, Callable[[Client], int]] = {
        "insert": Client.insert, "save": Client.save, "minimal": Client.show_minimal, "page": Client.show,
    }  # fmt: skip
    loads = {name: Load() for name in kinds}
    for act in kinds.values():
        _press(clients, act, 0.5, Load())
    for _ in range(ROUNDS):
        for name, act in kinds.items():
            _press(clients, act, SECONDS, loads[name])
    errors = sum(load.errors for load in loads.values())
    requests = sum(len(load.times) for load in loads.values())
    return [
        _ratio("answer save, throughput against inserting one row", loads["save"], loads["insert"], 0.5),
        _ratio("question page, throughput against a minimal page", loads["page"], loads["minimal"], 1 / 3),
        _spread("answer save, 95th percentile against the median", loads["save"]),
        _spread("question page, 95th percentile against the median", loads["page"]),
        Row(
            "answers other than 200", errors, "", 0, note=f"{CLIENTS} clients, {WORKERS} workers, {requests:,} requests"
        ),
    ]


def _ratio(name: str, ours: Load, minimal: Load, least: float) -> Row:
    return Row(
        name, ours.rate / minimal.rate, "×", least, True, f"{ours.rate:,.0f} against {minimal.rate:,.0f} a second"
    )


def _spread(name: str, load: Load) -> Row:
    return Row(name, load.tail, "×", 4, note=f"median {1000 * median(load.times):.0f} ms")


def _press(clients: list[Client], act: Callable[[Client], int], seconds: float, load: Load) -> None:
    """All clients at once, each asking again as soon as it is answered."""
    start = time.perf_counter()
    end = start + seconds
    lock = threading.Lock()

    def work(client: Client) -> None:
        times, errors = [], 0
        while (begin := time.perf_counter()) < end:
            errors += act(client) != 200
            times.append(time.perf_counter() - begin)
        with lock:
            load.times += times
            load.errors += errors

    threads = [threading.Thread(target=work, args=(c,)) for c in clients]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    load.seconds += time.perf_counter() - start


def _token(page: bytes) -> str:
    found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
    if not found:
        raise RuntimeError("no token on the page")
    return found[1].decode()


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")

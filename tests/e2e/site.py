"""The site as it runs in production, for browsers: migrations, demo data, gunicorn and the job worker, on a free port.

Limits on sign-in, codes and orders are in force. The server stands behind one trusted proxy, and every visitor of the
tests comes from an address of his own, as on the real site.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from app.config import ROOT
from app.reports import fonts
from app.services.demo import PASSWORD as DEMO_PASSWORD

START_SECONDS = 60
STOP_SECONDS = 15
DEMO_FIRMS = 14


@dataclass
class Site:
    """A running site. `demo` accounts are `owner`, `owner2`, `member`, `coordinator`, `consultant`, `admin`."""

    instance: Path
    port: int
    environ: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    worker: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def content(self) -> Path:
        """Its content: a copy, so that a test can publish a newer version."""
        return self.instance / "content"

    def flask(self, *arguments: str) -> str:
        """Run a command of the application; returns what it prints."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process of the site in Python; what it writes goes to the log of this name."""
        with (self.instance / f"{name}.log").open("ab") as log:
            command = [sys.executable, *arguments]
            return subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True)

    def start_worker(self) -> None:
        """Start the job worker."""
        self.worker = self.start("jobs", "-m", "flask", "--app", "wsgi", "jobs")
        self.processes.append(self.worker)

    def kill_worker(self) -> None:
        """The job worker dies without a chance to put anything in order."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()
        self.processes.remove(self.worker)

    def log(self) -> str:
        """What the processes wrote: errors, if any."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.instance.glob("*.log")))


def prepare_site(instance: Path) -> None:
    """A folder with content, database and demo data, which every site of a run begins with. Made once, by whichever
    process comes first."""
    with instance.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if instance.exists():
            return
        draft = instance.with_suffix(".draft")
        site = _site(draft)
        shutil.copytree(ROOT / "questionnaires", site.content)
        _share_fonts(draft)
        site.flask("db", "upgrade")
        site.flask("demo", "--firms", str(DEMO_FIRMS))
        draft.rename(instance)


def _site(instance: Path) -> Site:
    environ = {name: value for name, value in os.environ.items() if name not in _OWN_SETTINGS}
    site = Site(instance, _free_port(), environ)
    environ |= {"INSTANCE_PATH": str(instance), "PORT": str(site.port), "TRUSTED_PROXIES": "1"}
    environ["CONTENT_ROOT"] = str(site.content)
    return site


def start_site(instance: Path, prepared: Path) -> Site:
    """Fill the instance folder, start the processes and wait until the site answers."""
    shutil.copytree(prepared, instance, symlinks=True, dirs_exist_ok=True)
    site = _site(instance)
    web = ["-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{site.port}", "--workers", "2", "--threads", "8"]
    web += ["--log-level", "warning", "--no-control-socket", "--graceful-timeout", "3"]
    try:
        site.processes.append(site.start("web", *web))
        site.start_worker()
        _wait_until_ready(site)
    except BaseException:
        stop_site(site)
        raise
    return site


def stop_site(site: Site) -> None:
    """End the processes of the site."""
    for process in site.processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in site.processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


_OWN_SETTINGS = {
    "INSTANCE_PATH", "PORT", "BASE_URL", "DATABASE_URL", "QUEUE_URL", "FILES_URL", "SECRET_KEY", "MAIL_URL", "SMS_URL",
    "TRUSTED_PROXIES",
}  # fmt: skip


def _share_fonts(instance: Path) -> None:
    """The fonts of the checkout, prepared by now or at the latest here, serve every instance of the tests."""
    cache = ROOT / "instance" / "fonts"
    fonts.prepare(cache)
    (instance / "fonts").symlink_to(cache, target_is_directory=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in site.processes):
            break
        try:
            with urllib.request.urlopen(f"{site.url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the site did not start:\n{site.log()}")


__all__ = ["DEMO_PASSWORD", "Site", "prepare_site", "start_site", "stop_site"]

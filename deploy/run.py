"""Everything on one machine, in the foreground: prepares what is missing, then serves the site with its job worker.

`make run` calls it. Ctrl-C or SIGTERM ends web server and worker cleanly; if one of them dies, the other is ended too
and the exit status is 1. Settings come from the environment as for the application (`app/config.py`).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
WEB_PROCESSES, WEB_THREADS = 2, 8
GRACE_SECONDS = 15


def main() -> int:
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    from app.config import ConfigError, read_config

    try:
        config = read_config()
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    if not _is_free(config.port):
        other = config.port % 65535 + 1
        print(f"Port {config.port} is taken. Choose another one, for example: PORT={other} make run", file=sys.stderr)
        return 2
    new = config.embedded and not Path(config.database_url.removeprefix("sqlite:///")).exists()
    _prepare("Preparing the fonts of charts and reports (once, about half a minute) …", "-m", "app.reports")
    _prepare("Bringing the database up to date …", "-m", "flask", "--app", "wsgi", "db", "upgrade")
    logins = config.instance / "demo-logins.txt"
    if new and config.is_local:
        _prepare("Filling in demo data …", "-m", "flask", "--app", "wsgi", "demo", output=logins)
    if logins.exists():
        print(
            f"\nDemo logins, one per role (all firms and people in it are made up):\n{logins.read_text()}", flush=True
        )
    web = [
        PYTHON, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{config.port}", "--workers", str(WEB_PROCESSES),
        "--threads", str(WEB_THREADS), "--graceful-timeout", "10", "--timeout", "120", "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip
    worker = [PYTHON, "-m", "flask", "--app", "wsgi", "jobs"]
    return _serve([web, worker], config.base_url)


def _is_free(port: int) -> bool:
    """Whether nobody listens there yet; gunicorn would find out only after all the preparing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _prepare(text: str, *arguments: str, output: Path | None = None) -> None:
    """Run a command; what it prints goes to `output`, or is dropped. On failure show why and end with its status."""
    print(text, flush=True)
    done = subprocess.run([PYTHON, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise SystemExit(done.returncode)
    if output is not None:
        output.write_text(done.stdout, encoding="utf-8")


def _serve(commands: list[list[str]], address: str) -> int:
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # Own process groups: Ctrl-C in the terminal reaches this process alone, which ends the children in order.
    children = [subprocess.Popen(c, start_new_session=True) for c in commands]
    print(f"Open {address}   (Ctrl-C ends it)", flush=True)
    while not stopping and all(c.poll() is None for c in children):
        time.sleep(0.2)
    failed = not stopping
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

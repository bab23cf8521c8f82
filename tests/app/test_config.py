"""Settings: good defaults, and a malformed value stops the start by its name."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT, ConfigError, read_config


def read(tmp_path: Path, **environ: str) -> object:
    """Settings with the instance folder under tmp_path."""
    return read_config({"INSTANCE_PATH": str(tmp_path), **environ})


def test_defaults_serve_one_machine(tmp_path: Path) -> None:
    settings = read_config({"INSTANCE_PATH": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/app.db"
    assert settings.queue_url == f"sqlite:///{tmp_path}/queue.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.embedded and not settings.https
    assert settings.files_url.startswith("file:///")


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = read_config({"INSTANCE_PATH": str(tmp_path)}).secret_key
    assert len(first) == 64
    assert read_config({"INSTANCE_PATH": str(tmp_path)}).secret_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert first not in repr(read_config({"INSTANCE_PATH": str(tmp_path)}))


@pytest.mark.parametrize(
    "environ",
    [
        {"PORT": "eighty"}, {"PORT": "0"}, {"PORT": "70000"}, {"PORT": "-1"}, {"TRUSTED_PROXIES": "x"},
        {"DATABASE_URL": "mysql://x"}, {"DATABASE_URL": "app.db"}, {"QUEUE_URL": "amqp://x"}, {"MAIL_URL": "mail"},
        {"SMS_URL": "ftp://x"}, {"BASE_URL": "example.com"}, {"BASE_URL": "https://example.com/path"},
        {"SECRET_KEY": "short"}, {"FILES_URL": "nowhere://files"}, {"INSTANCE_PATH": "/proc/data"},
    ],
)  # fmt: skip
def test_a_malformed_value_is_named(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=f"^{next(iter(environ))}: "):
        read(tmp_path, **environ)


@pytest.mark.parametrize("environ", [{"DATABASE_URL": "postgresql://h/db"}, {"BASE_URL": "https://example.com"}])
def test_a_secret_key_is_asked_for_where_others_can_reach_the_site(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="^SECRET_KEY: "):
        read(tmp_path, **environ)
    assert read(tmp_path, SECRET_KEY="x" * 32, **environ)


def test_hosts_and_cookies_follow_the_address(tmp_path: Path) -> None:
    public = read_config({"INSTANCE_PATH": str(tmp_path), "BASE_URL": "https://a.example", "SECRET_KEY": "x" * 32})
    assert public.hosts == ["a.example"]
    assert public.flask_settings()["SESSION_COOKIE_SECURE"] is True


def test_postgres_addresses_name_the_driver(tmp_path: Path) -> None:
    for prefix in ("postgres://", "postgresql://"):
        settings = read_config(
            {"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": prefix + "h/db", "SECRET_KEY": "x" * 32}
        )
        assert settings.database_url == "postgresql+psycopg://h/db"


def start(tmp_path: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What a command of the terminal says and how it ends."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_PATH": str(tmp_path), **environ},
        capture_output=True,
        text=True,
    )


def test_a_taken_port_is_told_before_anything_is_prepared(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = start(tmp_path, "deploy/run.py", PORT=port)
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr and not done.stdout
    assert not (tmp_path / "app.db").exists()


@pytest.mark.parametrize("command", [("deploy/run.py",), ("-m", "flask", "--app", "wsgi", "routes")])
def test_a_malformed_value_is_one_line_in_the_terminal(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = start(tmp_path, *command, PORT="eighty")
    assert done.returncode != 0
    assert done.stderr.splitlines() == ["PORT: 'eighty' is not a whole number from 1 to 65535"]

"""Every setting, read once from the environment into a frozen object. A malformed value stops the start by name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import time, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fsspec import get_filesystem_class
from fsspec.utils import get_protocol

ROOT = Path(__file__).resolve().parent.parent
ARGON2 = {"argon2__time_cost": 3, "argon2__memory_cost": 65536, "argon2__parallelism": 2}


class ConfigError(ValueError):
    """A setting is malformed or missing; the message begins with its name."""


@dataclass(frozen=True)
class Config:
    """All settings of one running application. `embedded` means SQLite: one machine, no other service."""

    instance: Path
    database_url: str
    queue_url: str
    files_url: str
    secret_key: str = field(repr=False)
    base_url: str
    mail_url: str
    sms_url: str
    port: int
    trusted_proxies: int
    backup_at: time | None = None
    backup_dir: Path = ROOT / "instance" / "backups"
    testing: bool = False

    @property
    def embedded(self) -> bool:
        """True when the database is the local SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def is_local(self) -> bool:
        """True when the site is reached from this machine only."""
        return _is_local(self.base_url)

    @property
    def https(self) -> bool:
        """True when the site is served under https; cookies are then marked secure."""
        return self.base_url.startswith("https://")

    @property
    def fonts(self) -> Path:
        """The folder in which set-up caches the fonts of charts and reports."""
        return self.instance / "fonts"

    @property
    def hosts(self) -> list[str]:
        """The host names that a request may carry; any other is answered 400."""
        host = urlsplit(self.base_url).hostname or "localhost"
        return sorted({host, *(("localhost", "127.0.0.1", "[::1]") if _is_local(self.base_url) else ())})

    def flask_settings(self) -> dict[str, Any]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "TRUSTED_HOSTS": self.hosts,
            "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "MAX_FORM_PARTS": 2000,
            "SESSION_COOKIE_NAME": "session",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.https,
            "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
            "SESSION_REFRESH_EACH_REQUEST": False,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(self.database_url),
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": False,
            "SECURITY_PASSWORD_SALT": self.secret_key,
            "SECURITY_PASSWORD_HASH": "argon2",
            "SECURITY_PASSWORD_SCHEMES": ["argon2"],
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__time_cost": 1, "argon2__memory_cost": 64}
            if self.testing
            else ARGON2,
            "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
            "SECURITY_JOIN_USER_ROLES": False,
            "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": str}}],
            "SECURITY_CLI_USERS_NAME": False,
            "SECURITY_CLI_ROLES_NAME": False,
            "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "app" / "translations"),
            "RATELIMIT_STORAGE_URI": self.queue_url if self.queue_url.startswith("redis") else "memory://",
            "RATELIMIT_ENABLED": True,
            "RATELIMIT_HEADERS_ENABLED": False,
        }


def engine_options(database_url: str) -> dict[str, Any]:
    """Engine options for a database address: SQLite waits for a lock, PostgreSQL connections are checked."""
    if database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": 20}}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}


def read_config(environ: Mapping[str, str] | None = None, *, testing: bool = False) -> Config:
    """Settings from the environment (or a mapping). Raises ConfigError naming the variable."""
    env = dict(os.environ if environ is None else environ)
    instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    port = _integer(env, "PORT", 8000, 1, 65535)
    base_url = _base_url(env.get("BASE_URL") or f"http://127.0.0.1:{port}")
    database_url = _database_url(env.get("DATABASE_URL") or f"sqlite:///{instance / 'app.db'}")
    queue_url = _scheme(
        "QUEUE_URL", env.get("QUEUE_URL") or f"sqlite:///{instance / 'queue.db'}", ("sqlite", "redis", "rediss")
    )
    return Config(
        instance=instance,
        database_url=database_url,
        queue_url=queue_url,
        files_url=_files_url(env.get("FILES_URL") or (instance / "files").as_uri()),
        secret_key=_secret_key(env, instance, database_url, base_url),
        base_url=base_url,
        mail_url=_scheme("MAIL_URL", env.get("MAIL_URL") or "outbox:", ("outbox", "smtp", "smtps")),
        sms_url=_scheme("SMS_URL", env.get("SMS_URL") or "outbox:", ("outbox", "http", "https")),
        port=port,
        trusted_proxies=_integer(env, "TRUSTED_PROXIES", 0, 0, 10),
        backup_at=_backup_at(env, database_url),
        backup_dir=Path(env.get("BACKUP_DIR") or instance / "backups").resolve(),
        testing=testing,
    )


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        raise ConfigError(f"{name}: {raw!r} is not a whole number from {low} to {high}")
    return int(raw)


def _backup_at(env: Mapping[str, str], database_url: str) -> time | None:
    """The time of day of the nightly backup, by Chinese time; None where none is wanted."""
    raw = env.get("BACKUP_AT", "").strip()
    if not raw:
        return None
    hour, _, minute = raw.partition(":")
    if not (raw.isascii() and hour.isdigit() and minute.isdigit() and len(minute) == 2):
        raise ConfigError(f"BACKUP_AT: {raw!r} is not a time of day such as 02:30")
    if int(hour) > 23 or int(minute) > 59:
        raise ConfigError(f"BACKUP_AT: {raw!r} is not a time of day such as 02:30")
    if not database_url.startswith("sqlite"):
        raise ConfigError("BACKUP_AT: backs up the SQLite set-up only; with PostgreSQL use pg_dump")
    return time(int(hour), int(minute))


def _scheme(name: str, value: str, allowed: tuple[str, ...]) -> str:
    scheme = value.split(":", 1)[0]
    if ":" not in value or scheme not in allowed:
        raise ConfigError(f"{name}: {value!r} does not begin with one of {', '.join(s + ':' for s in allowed)}")
    return value


def _files_url(value: str) -> str:
    """An address of a kind that fsspec knows and has the package for."""
    try:
        get_filesystem_class(get_protocol(value))
    except (ValueError, ImportError) as error:
        raise ConfigError(f"FILES_URL: {value!r} cannot be used: {error}") from None
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ConfigError(f"BASE_URL: {value!r} is not of the form https://host or http://host:port")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if value.startswith(prefix):
            return "postgresql+psycopg://" + value.removeprefix(prefix)
    return _scheme("DATABASE_URL", value, ("sqlite", "postgresql+psycopg"))


def _is_local(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secret_key(env: Mapping[str, str], instance: Path, database_url: str, base_url: str) -> str:
    given = env.get("SECRET_KEY", "")
    if given:
        if len(given) < 16:
            raise ConfigError("SECRET_KEY: needs at least 16 characters")
        return given
    if not database_url.startswith("sqlite") or not _is_local(base_url):
        raise ConfigError("SECRET_KEY: must be set when DATABASE_URL is PostgreSQL or BASE_URL is a public address")
    path = instance / "secret_key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft = instance / f"secret_key.{secrets.token_hex(4)}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            with suppress(FileExistsError):
                os.link(draft, path)  # the first process wins; the others read its key
            draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"INSTANCE_PATH: cannot keep data in {str(instance)!r}: {error.strerror}") from None

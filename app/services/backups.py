"""Backups of an installation on one machine: database and files in one archive that can be checked.

The archive is a gzipped tar: `manifest.json` first (format, time, schema, size and SHA-256 of each file), then
`database.db` as SQLite copies it while the site is running, then `files/…`. A backup is written beside its place and
moved there once it is whole. PostgreSQL and remote file stores have tools of their own; here they are refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from alembic.script import ScriptDirectory

from app.config import ROOT, Config
from app.errors import InputError
from app.files import DRAFT
from app.models.base import now

FORMAT = 1
KEY = "secret_key"
"""Passwords are peppered with it: without it nobody could sign in after a restore. Absent where SECRET_KEY is set."""
KEEP = 14
"""So many nightly backups stay."""
PREFIX = "backup-"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds: files beside the database, bytes of the archive, SHA-256 of the archive."""

    path: Path
    files: int
    size: int
    sha256: str


def write_backup(settings: Config, target: Path) -> Summary:
    """Write database and files to `target`, which must not exist. Raises InputError."""
    database, files = _places(settings)
    if target.exists():
        raise InputError(f"This file is there already: {str(target)}")
    if not database.exists():
        raise InputError(f"There is no database to back up: {str(database)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            copy = Path(folder) / "database.db"
            _copy_database(database, copy)
            # The files come second: a row of the copy never names a file that was written later.
            parts = [("database.db", copy), *((f"files/{name}", path) for name, path in _walk(files))]
            if (settings.instance / KEY).is_file():
                parts.append((KEY, settings.instance / KEY))
            _pack(draft, parts, schema_of(copy))
        os.chmod(draft, 0o600)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return Summary(target, sum(name.startswith("files/") for name, _ in parts), target.stat().st_size, _digest(target))


def restore_backup(settings: Config, source: Path) -> int:
    """Put a backup in the place of database and files, which are kept beside; returns the number of files.

    Everything is checked before anything is touched. Raises InputError for an archive that is damaged, incomplete,
    from a newer schema than this program knows, or while the site still runs.
    """
    database, files = _places(settings)
    database.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=database.parent) as name:
        folder = Path(name)
        count = _unpack(source, folder)
        _check_schema(folder / "database.db")
        with _alone(database):
            stamp = now().strftime("%Y%m%d-%H%M%S-%f")
            (folder / "files").mkdir(exist_ok=True)
            for place, new in (
                (database, folder / "database.db"),
                (database.with_name(f"{database.name}-wal"), None),
                (database.with_name(f"{database.name}-shm"), None),
                (files, folder / "files"),
                (settings.instance / KEY, folder / KEY),
            ):
                if new is not None and not new.exists():
                    continue
                if place.exists():
                    place.rename(place.with_name(f"{place.name}.before-{stamp}"))
                if new is not None:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(new, place)
    return count


def write_nightly(settings: Config, at: datetime) -> Path | None:
    """The backup of this day in BACKUP_DIR, if it is not there yet; older ones than the last 14 go."""
    target = settings.backup_dir / f"{PREFIX}{at:%Y-%m-%d}.tar.gz"
    if target.exists():
        return None
    write_backup(settings, target)
    for old in sorted(settings.backup_dir.glob(f"{PREFIX}????-??-??.tar.gz"))[:-KEEP]:
        old.unlink()
    return target


def _places(settings: Config) -> tuple[Path, Path]:
    """Database file and folder of files. Raises InputError where they are not on this machine."""
    files = urlsplit(settings.files_url)
    if not settings.embedded:
        raise InputError("DATABASE_URL is PostgreSQL: back it up with pg_dump, and the file store by itself.")
    if files.scheme not in ("", "file"):
        raise InputError("FILES_URL is not a folder of this machine: back up the file store by itself.")
    folder = unquote(files.path) if files.scheme else settings.files_url
    return Path(settings.database_url.removeprefix("sqlite:///")), Path(folder)


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy, also while others write."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.suffix != DRAFT:  # not whole yet
            yield path.relative_to(folder).as_posix(), path


def _pack(target: Path, parts: list[tuple[str, Path]], schema: str) -> None:
    contents = {name: {"size": path.stat().st_size, "sha256": _digest(path)} for name, path in parts}
    manifest = {"format": FORMAT, "at": now().isoformat(), "schema": schema, "contents": contents}
    with tarfile.open(target, "w:gz", compresslevel=6) as archive:
        _add(archive, "manifest.json", BytesIO(data := json.dumps(manifest, indent=1).encode()), len(data))
        for name, path in parts:
            with path.open("rb") as file:
                _add(archive, name, file, path.stat().st_size)


def _add(archive: tarfile.TarFile, name: str, data: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, data)


def _unpack(source: Path, folder: Path) -> int:
    """Everything that the manifest names, checked against its digests. Raises InputError."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _manifest(archive)
            contents: dict[str, Any] = manifest["contents"]
            missing = set(contents)
            for entry in archive:
                if entry.name == "manifest.json":
                    continue
                said = contents.get(entry.name)
                if said is None or not entry.isreg() or entry.size != said["size"] or entry.name not in missing:
                    raise _damaged(source)
                path = folder / PurePosixPath(entry.name)
                if ".." in path.parts or not path.is_relative_to(folder):
                    raise _damaged(source)
                path.parent.mkdir(parents=True, exist_ok=True)
                data = archive.extractfile(entry)
                if data is None or _save(data, path) != said["sha256"]:
                    raise _damaged(source)
                missing.discard(entry.name)
    except FileNotFoundError as error:
        raise InputError(f"There is no such file: {str(source)}") from error
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(source) from error
    if missing or "database.db" not in contents:
        raise _damaged(source)
    return sum(name.startswith("files/") for name in contents)


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    first = archive.next()
    data = None if first is None or first.name != "manifest.json" else archive.extractfile(first)
    found: dict[str, Any] = json.loads(b"" if data is None else data.read())
    if found["format"] != FORMAT:
        raise InputError("This backup was made by another version of the program and cannot be read by this one.")
    return found


def _check_schema(database: Path) -> None:
    """Raises InputError for a schema that this program does not know; an older one is brought up to date later."""
    schema = schema_of(database)
    known = {revision.revision for revision in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()}
    if schema not in known:
        raise InputError(
            f"This backup has a newer schema ({schema or '?'}) than this program. Update the program first."
        )


def schema_of(database: Path) -> str:
    """The schema of a database file; empty where it has none or is no database."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                return ""
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return ""


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Nobody else has the database open: its journal is folded in, and it is held until the change is done."""
    if not database.exists():
        yield
        return
    with closing(sqlite3.connect(database, timeout=2, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise InputError("The site is running. Stop it, then restore.") from error
        except sqlite3.DatabaseError:
            pass  # what stands there is no database any more: that is why somebody restores
        yield


def _damaged(source: Path) -> InputError:
    return InputError(f"This backup is damaged or not complete; nothing was changed: {str(source)}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _save(data: IO[bytes], path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while chunk := data.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()

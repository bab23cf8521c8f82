"""Backup and restore of an installation on one machine: whole and checked, or nothing."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from huey import SqliteHuey

from app import create_app
from app.config import Config, ConfigError, read_config
from app.errors import InputError
from app.jobs import backups as nightly
from app.services.backups import KEEP, PREFIX, restore_backup, write_backup, write_nightly
from app.services.spreadsheets import CHINA


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the migrations have made."""
    folder = tmp_path_factory.mktemp("migrated")
    app: Flask = create_app(read_config({"INSTANCE_PATH": str(folder)}, testing=True))
    with app.app_context():
        upgrade()
    return folder / "app.db"


@pytest.fixture
def site(tmp_path: Path, migrated: Path) -> Config:
    """An installation with a user and a file."""
    settings = read_config({"INSTANCE_PATH": str(tmp_path / "site"), "BACKUP_AT": "02:30"}, testing=True)
    with closing(sqlite3.connect(migrated)) as source, closing(sqlite3.connect(tmp_path / "site" / "app.db")) as target:
        source.backup(target)
    write(settings, "one")
    (settings.instance / "files" / "reports").mkdir(parents=True)
    (settings.instance / "files" / "reports" / "a.pdf").write_bytes(b"%PDF")
    return settings


def write(settings: Config, name: str) -> None:
    """Put a name into the database."""
    with closing(sqlite3.connect(settings.instance / "app.db")) as db:
        db.execute("CREATE TABLE IF NOT EXISTS note (name TEXT)")
        db.execute("DELETE FROM note")
        db.execute("INSERT INTO note VALUES (?)", (name,))
        db.commit()


def read(settings: Config) -> str:
    """The name in the database."""
    with closing(sqlite3.connect(settings.instance / "app.db")) as db:
        return str(db.execute("SELECT name FROM note").fetchone()[0])


def repack(source: Path, target: Path, **changed: bytes) -> Path:
    """The same archive with other contents under some names; the manifest says what it said."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            data = old.extractfile(entry)
            assert data is not None
            body = changed.get(entry.name.replace(".", "_").replace("/", "_"), data.read())
            entry.size = len(body)
            new.addfile(entry, BytesIO(body))
    return target


def test_what_was_backed_up_is_there_again_and_what_stood_there_is_kept(site: Config, tmp_path: Path) -> None:
    done = write_backup(site, tmp_path / "out" / "a.tar.gz")
    key = (site.instance / "secret_key").read_text()
    assert done.files == 1 and done.size == done.path.stat().st_size and done.path.stat().st_mode & 0o077 == 0
    write(site, "two")
    (site.instance / "files" / "reports" / "a.pdf").write_bytes(b"other")
    (site.instance / "secret_key").write_text("x" * 64)
    assert restore_backup(site, done.path) == 1
    assert read(site) == "one"
    assert (site.instance / "files" / "reports" / "a.pdf").read_bytes() == b"%PDF"
    assert (site.instance / "secret_key").read_text() == key
    [kept] = site.instance.glob("app.db.before-*")
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT name FROM note").fetchone() == ("two",)
    assert len(list(site.instance.glob("files.before-*"))) == 1


def test_it_is_taken_while_others_write(site: Config, tmp_path: Path) -> None:
    with closing(sqlite3.connect(site.instance / "app.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE note SET name = 'in the journal'")
        db.commit()
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE note SET name = 'not committed'")
        write_backup(site, tmp_path / "a.tar.gz")
        db.rollback()
    restore_backup(site, tmp_path / "a.tar.gz")
    assert read(site) == "in the journal"


def test_nothing_is_restored_under_a_running_site(site: Config, tmp_path: Path) -> None:
    write_backup(site, tmp_path / "a.tar.gz")
    with closing(sqlite3.connect(site.instance / "app.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("SELECT * FROM note").fetchall()
        with pytest.raises(InputError, match="running"):
            restore_backup(site, tmp_path / "a.tar.gz")
    assert read(site) == "one"


def test_a_damaged_or_foreign_file_changes_nothing(site: Config, tmp_path: Path) -> None:
    whole = write_backup(site, tmp_path / "a.tar.gz").path
    (tmp_path / "cut.tar.gz").write_bytes(whole.read_bytes()[:-2000])
    (tmp_path / "text.tar.gz").write_text("no archive")
    repack(whole, tmp_path / "changed.tar.gz", files_reports_a_pdf=b"%PDX")
    repack(whole, tmp_path / "longer.tar.gz", files_reports_a_pdf=b"%PDF and more")
    repack(whole, tmp_path / "manifest.tar.gz", manifest_json=b"[]")
    write(site, "two")
    for name in ("cut", "text", "changed", "longer", "manifest", "not there"):
        with pytest.raises(InputError):
            restore_backup(site, tmp_path / f"{name}.tar.gz")
    assert read(site) == "two"
    assert not list(site.instance.glob("*.before-*"))


def test_an_archive_cannot_write_outside_its_place(site: Config, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar.gz"
    contents = {"../../escaped": {"size": 1, "sha256": "0"}}
    manifest = json.dumps({"format": 1, "at": "", "schema": "", "contents": contents}).encode()
    with tarfile.open(evil, "w:gz") as archive:
        for name, body in (("manifest.json", manifest), ("../../escaped", b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, BytesIO(body))
    with pytest.raises(InputError):
        restore_backup(site, evil)
    assert not list(tmp_path.rglob("escaped"))


def test_a_newer_schema_is_refused(site: Config, tmp_path: Path) -> None:
    with closing(sqlite3.connect(site.instance / "app.db")) as db:
        [known] = db.execute("SELECT version_num FROM alembic_version").fetchone()
        db.execute("UPDATE alembic_version SET version_num = '9999_later'")
        db.commit()
    write_backup(site, tmp_path / "later.tar.gz")
    with closing(sqlite3.connect(site.instance / "app.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (known,))
        db.commit()
    with pytest.raises(InputError, match="newer schema"):
        restore_backup(site, tmp_path / "later.tar.gz")


def test_an_existing_file_is_not_written_over_and_other_set_ups_are_refused(site: Config, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(InputError, match="already"):
        write_backup(site, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"
    env = {"INSTANCE_PATH": str(tmp_path / "pg"), "DATABASE_URL": "postgresql://h/db", "SECRET_KEY": "x" * 32}
    with pytest.raises(InputError, match="PostgreSQL"):
        write_backup(read_config(env), tmp_path / "b")
    with pytest.raises(ConfigError, match="^BACKUP_AT: "):
        read_config({**env, "BACKUP_AT": "02:30"})


@pytest.mark.parametrize("value", ["24:00", "2", "02:60", "02:5", "-1:00", "at night", "２:30"])
def test_a_malformed_time_is_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match="^BACKUP_AT: "):
        read_config({"INSTANCE_PATH": str(tmp_path), "BACKUP_AT": value})


def test_one_backup_a_night_from_its_time_on_and_the_last_ones_stay(site: Config) -> None:
    before = datetime(2026, 11, 1, 2, 29, tzinfo=CHINA)
    assert not nightly.run(site, before)
    assert nightly.run(site, before.replace(minute=30))
    assert not nightly.run(site, before.replace(hour=23))
    for day in range(2, 2 + KEEP):
        write_nightly(site, datetime(2026, 11, day, 3, tzinfo=CHINA))
    names = sorted(path.name for path in site.backup_dir.iterdir())
    assert len(names) == KEEP
    assert names[0] == f"{PREFIX}2026-11-02.tar.gz"


def test_the_worker_looks_every_hour_only_where_it_is_switched_on(site: Config, tmp_path: Path) -> None:
    for settings, expected in ((site, 1), (read_config({"INSTANCE_PATH": str(tmp_path / "off")}), 0)):
        app = Flask(__name__)
        app.extensions["config"] = settings
        huey = SqliteHuey("test", filename=str(tmp_path / f"queue{expected}.db"))
        nightly.schedule(app, huey)
        due = datetime(2026, 11, 1, 5, 30)
        assert len(huey.read_periodic(due)) == expected
        assert not huey.read_periodic(due.replace(minute=31))

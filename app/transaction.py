"""One commit per request, job or command. This is the only module that commits.

A request that only reads (GET, HEAD, OPTIONS) never writes: the attempt is an error. On SQLite a writing transaction
begins with BEGIN IMMEDIATE, so that it waits for its turn instead of failing half-way.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, g, has_request_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session

from app.errors import ConflictError, ReadOnlyError, StorageError
from app.extensions import db

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Transaction:
    """The unit of work in progress: whether it may write, and what to do once it is committed."""

    writes: bool
    hooks: list[Callable[[], None]] = field(default_factory=list)


@contextmanager
def transaction(*, writes: bool = True) -> Iterator[Transaction]:
    """Commit at the end, roll back on any exception; then run the hooks. Cannot be nested."""
    if "transaction" in g:
        raise RuntimeError("a transaction is already open: one commit per request, job or command")
    if not has_request_context() and db.session().in_transaction():
        db.session.rollback()  # a job or command that has read so far: begin anew, so that the right BEGIN is sent
    current = g.transaction = Transaction(writes)
    try:
        yield current
        if current.writes:
            db.session.commit()
        else:
            db.session.rollback()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        g.pop("transaction", None)
    for hook in current.hooks:
        hook()


def pause_writing() -> None:
    """Give the turn back while something slow is computed; what is read afterwards is read anew.

    Raises RuntimeError once something was changed.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("something was changed already")
    db.session.rollback()


def finish_writing() -> None:
    """Commit now; the rest of the request only reads. For answers that are worth computing outside the write lock."""
    current: Transaction = g.transaction
    if current.writes:
        db.session.commit()
        current.writes = False
        hooks, current.hooks = current.hooks, []
        for hook in hooks:
            hook()


def after_commit(hook: Callable[[], None]) -> None:
    """Run `hook` once the present transaction is committed; not at all if it is rolled back."""
    current: Transaction | None = g.get("transaction")
    if current is None:
        raise RuntimeError("no transaction is open")
    current.hooks.append(hook)


def init_app(app: Flask) -> None:
    """Read what a request sends before anything else. First of all hooks: none may have asked the database yet."""
    app.before_request(_receive_body)


def _receive_body() -> None:
    """A phone with a bad network takes its time to send; it must not hold the turn to write meanwhile."""
    if request.method not in SAFE_METHODS:
        request.get_data(parse_form_data=True)


class TransactionalFlask(Flask):
    """Runs each view inside one transaction; errors of the commit reach the error handlers like those of the view."""

    def dispatch_request(self) -> ResponseReturnValue:
        try:
            with transaction(writes=request.method not in SAFE_METHODS):
                return super().dispatch_request()
        except IntegrityError as error:
            if _is_duplicate(error):
                raise ConflictError from error
            raise
        except OperationalError as error:
            if _is_full(error):
                raise StorageError from error
            raise


def _is_duplicate(error: IntegrityError) -> bool:
    """Whether somebody else was faster with the same thing: a unique constraint, as PostgreSQL and SQLite say it."""
    unique_violation = "23505"
    return getattr(error.orig, "sqlstate", "") == unique_violation or "UNIQUE constraint" in str(error.orig)


def _is_full(error: OperationalError) -> bool:
    """Whether the disk of the database is full, as PostgreSQL and SQLite say it."""
    disk_full = "53100"
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or getattr(error.orig, "sqlstate", "") == disk_full


def may_write() -> bool:
    """Whether writing is allowed here: not in a reading request, and not in a nested wider scope."""
    if g.get("scope_depth", 0):
        return False
    current: Transaction | None = g.get("transaction")
    if current is not None:
        return current.writes
    return has_request_context() and request.method not in SAFE_METHODS


def install(session_class: type[Session] | Any) -> None:
    """Listen on the session class: refuse writes where only reading is allowed. Once per process."""
    if not event.contains(session_class, "before_flush", _refuse_writes):
        event.listen(session_class, "before_flush", _refuse_writes)
        event.listen(session_class, "do_orm_execute", _refuse_bulk_writes)


def _refuse_writes(session: Session, _context: object, _instances: object) -> None:
    changed = session.new or session.deleted or any(session.is_modified(row) for row in session.dirty)
    if changed and not may_write():
        raise ReadOnlyError("rows may be changed only inside a writing transaction")


def _refuse_bulk_writes(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and not may_write():
        raise ReadOnlyError("rows may be changed only inside a writing transaction")


class WriteTurn:
    """The turn to write to one SQLite file, across threads and processes.

    SQLite's own waiting polls with growing pauses and is unfair under load; a lock file is handed on in the order of
    asking. SQLite's lock and its busy timeout stay in force beneath it.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.file = -1

    def take(self) -> None:
        """Wait for the turn."""
        self.lock.acquire()
        try:
            self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self.file, fcntl.LOCK_EX)
        except BaseException:
            self.lock.release()
            raise

    def give(self) -> None:
        """Hand it on."""
        os.close(self.file)
        self.lock.release()


def prepare_engine(engine: Engine) -> None:
    """SQLite: write-ahead log, foreign keys, and explicit BEGIN so that the transaction's kind is ours to choose."""
    if engine.dialect.name != "sqlite":
        return
    path = engine.url.database
    turn = WriteTurn(f"{path}.turn") if path and path != ":memory:" else None

    def begin(connection: Connection) -> None:
        if not may_write():
            connection.exec_driver_sql("BEGIN")
            return
        if turn is not None:
            turn.take()
            connection.info["turn"] = turn
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def give_back(_connection: object, record: Any, *_rest: object) -> None:
        taken: WriteTurn | None = record.info.pop("turn", None)
        if taken is not None:
            taken.give()

    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", give_back)
    event.listen(engine, "invalidate", give_back)


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=20000", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

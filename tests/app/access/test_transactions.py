"""One commit per unit of work, hooks after it, nothing written by a reading request."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.scope import system_scope
from app.errors import ReadOnlyError
from app.extensions import db
from app.models.clusters import Cluster
from app.transaction import after_commit, transaction


def names(app: Flask) -> set[str]:
    """Names of all clusters, read in a session of its own."""
    with app.app_context(), system_scope():
        return set(db.session.scalars(select(Cluster.name)))


@pytest.mark.usefixtures("system")
def test_commit_then_hooks(app: Flask) -> None:
    seen: list[set[str]] = []
    with transaction():
        db.session.add(Cluster(name="a", code="A"))
        after_commit(lambda: seen.append(names(app)))
        assert names(app) == set()
    assert seen == [{"a"}]


@pytest.mark.usefixtures("system")
def test_an_exception_rolls_back_and_drops_the_hooks(app: Flask) -> None:
    seen: list[int] = []
    with pytest.raises(ZeroDivisionError), transaction():
        db.session.add(Cluster(name="a", code="A"))
        db.session.flush()
        after_commit(lambda: seen.append(1))
        raise ZeroDivisionError
    assert names(app) == set()
    assert seen == []


@pytest.mark.usefixtures("system")
def test_no_second_transaction_inside_the_first() -> None:
    with pytest.raises(RuntimeError, match="already open"), transaction(), transaction():
        pass


@pytest.mark.usefixtures("system")
def test_no_write_without_a_writing_transaction() -> None:
    db.session.add(Cluster(name="a", code="A"))
    with pytest.raises(ReadOnlyError):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(ReadOnlyError), transaction(writes=False):
        db.session.add(Cluster(name="a", code="A"))
        db.session.flush()
    with pytest.raises(ReadOnlyError), transaction(writes=False):
        db.session.execute(db.update(Cluster).values(name="b"))


@pytest.mark.usefixtures("system")
def test_hooks_need_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="no transaction"):
        after_commit(lambda: None)


def test_writers_wait_for_each_other(app: Flask) -> None:
    """Many read-then-write transactions at once: all succeed, nobody sees a locked database."""
    barrier = Barrier(6)
    errors: list[Exception] = []

    def write(number: int) -> None:
        barrier.wait()
        try:
            for turn in range(5):
                with app.app_context(), system_scope(), transaction():
                    db.session.scalars(select(Cluster)).all()
                    db.session.add(Cluster(name=f"{number}-{turn}", code=f"{number}-{turn}"))
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(names(app)) == 30

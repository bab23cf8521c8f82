"""The file store: whole files or none, also when the disk is full."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from app.errors import NotFoundError, StorageError, error_row
from app.files import delete_file, get_file, put_file

ROOM = 3 * 1024 * 1024


@contextmanager
def little_room() -> Iterator[None]:
    """No file of this process can grow beyond 3 MB: writing fails in the middle, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def left(app: Flask) -> list[str]:
    """The files of the store."""
    folder = Path(app.extensions["config"].instance) / "files" / "evidence"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_full_disk_leaves_nothing_behind_and_can_be_tried_again(app: Flask) -> None:
    data = b"x" * (ROOM + 1024)
    with app.app_context():
        put_file("evidence/old.bin", b"old")
        before = left(app)
        with little_room():
            for key in ("evidence/new.bin", "evidence/old.bin"):
                with pytest.raises(StorageError) as caught:
                    put_file(key, data)
                assert error_row(caught.value).status == 507 and caught.value.message
        assert left(app) == before and get_file("evidence/old.bin") == b"old"
        with pytest.raises(NotFoundError):
            get_file("evidence/new.bin")
        put_file("evidence/new.bin", data)
        assert get_file("evidence/new.bin") == data
        for key in ("evidence/new.bin", "evidence/old.bin"):
            delete_file(key)

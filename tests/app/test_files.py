"""The file store: a file is there whole or not at all, also when the disk is full, and is sent as it is read."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest
from flask import Flask

from app.errors import NotFoundError, StorageError, error_row
from app.files import delete_file, get_file, open_file, put_file, put_stream
from app.jobs.queue import clear_expired

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


class Broken(RawIOBase):
    """A source that ends in a failure."""

    def __init__(self) -> None:
        self.pieces = [b"x" * 1000]

    def read(self, size: int = -1) -> bytes:
        if self.pieces:
            return self.pieces.pop()
        raise OSError("the line is down")


def folder(app: Flask) -> Path:
    """Where the files of the test application lie."""
    return Path(app.extensions["config"].files_url.removeprefix("file://"))


def test_a_stream_is_stored_and_read_again(app: Flask) -> None:
    data = bytes(range(256)) * 4000
    with app.app_context():
        put_stream("tests/stream.bin", BytesIO(data))
        assert get_file("tests/stream.bin") == data
        with open_file("tests/stream.bin") as file:
            assert file.read(4) == data[:4]
        delete_file("tests/stream.bin")
        with pytest.raises(NotFoundError):
            open_file("tests/stream.bin")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(app: Flask) -> None:
    with app.app_context():
        put_file("tests/kept/a.bin", b"old")
        with pytest.raises(StorageError):
            put_stream("tests/kept/a.bin", Broken())  # type: ignore[arg-type]
        assert get_file("tests/kept/a.bin") == b"old"
    assert [path.name for path in (folder(app) / "tests" / "kept").iterdir()] == ["a.bin"]


def test_what_a_killed_process_left_half_written_goes_after_an_hour(app: Flask) -> None:
    with app.app_context():
        put_file("drafts/whole.bin", b"whole")
        for name, age in (("left.bin.1234.part", 61 * 60), ("in-hand.bin.1234.part", 59 * 60), ("whole.bin", 61 * 60)):
            path = folder(app) / "drafts" / name
            path.touch()
            os.utime(path, (time.time() - age,) * 2)
        clear_expired(app)
        assert {path.name for path in (folder(app) / "drafts").iterdir()} == {"in-hand.bin.1234.part", "whole.bin"}
        assert get_file("drafts/whole.bin") == b"whole"


def test_a_store_elsewhere_is_written_and_sent_in_parts_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from app.web.downloads import send_stored

    monkeypatch.setitem(app.extensions, "config", replace(app.extensions["config"], files_url="memory://store"))
    with app.test_request_context("/", headers={"Range": "bytes=2-4"}):
        put_file("tests/far.bin", b"0123456789")
        response = send_stored("tests/far.bin", "名称.bin", "application/octet-stream")
        assert (response.status_code, b"".join(response.response)) == (206, b"234")  # type: ignore[arg-type]
        assert response.headers["Content-Range"] == "bytes 2-4/10"


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

"""The file store under FILES_URL: a local folder on one machine, anything fsspec speaks (S3 and others) for several.

Keys are relative paths that the application makes up; they never hold what a user typed. A file is written before the
row that names it is committed, and under another name until it is whole, so nobody ever sees half of one.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from flask import current_app
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from app.config import Config
from app.errors import NotFoundError, StorageError

log = logging.getLogger("app.files")
_KEY = re.compile(r"[a-z0-9][a-z0-9._/-]{0,190}")
_PIECE = 256 * 1024
DRAFT = ".part"
_LONGEST_WRITE = timedelta(hours=1)


def put_file(key: str, data: bytes) -> None:
    """Write a file whole, replacing what stood there. Raises StorageError (a full disk) and leaves nothing behind."""
    put_stream(key, BytesIO(data))


def put_stream(key: str, source: IO[bytes]) -> None:
    """The same from an open file, piece by piece: memory does not grow with its size."""
    store, path = _place(key)
    try:
        store.makedirs(path.rpartition("/")[0], exist_ok=True)
        if isinstance(store, LocalFileSystem):
            _write_local(path, source)
        else:
            _write_remote(store, path, source)
    except OSError as error:
        log.error("cannot keep a file: %s", error)
        raise StorageError from error


def _write_remote(store: Any, path: str, source: IO[bytes]) -> None:
    """An object store shows a file when it is complete."""
    try:
        with store.open(path, "wb") as target:
            shutil.copyfileobj(source, target, _PIECE)
    except BaseException:
        with suppress(Exception):  # the first failure is the one to tell
            store.rm_file(path)
        raise


def _write_local(path: str, source: IO[bytes]) -> None:
    """Beside its place first. It is on the disk before it takes its name, as a full disk may show only then."""
    draft = f"{path}.{secrets.token_hex(4)}{DRAFT}"
    try:
        with open(draft, "wb") as target:
            shutil.copyfileobj(source, target, _PIECE)
            target.flush()
            os.fsync(target.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def clear_drafts() -> None:
    """Remove what a process left half-written in the local folder when it was killed; nobody is writing it any more."""
    settings: Config = current_app.extensions["config"]
    store, root = url_to_fs(settings.files_url)
    if not isinstance(store, LocalFileSystem):
        return
    before = time.time() - _LONGEST_WRITE.total_seconds()
    for draft in Path(root).rglob(f"*{DRAFT}"):
        with suppress(FileNotFoundError):  # whole by now, or removed by another worker
            if draft.stat().st_mtime < before:
                draft.unlink()


def get_file(key: str) -> bytes:
    """The bytes of a file. Raises NotFoundError."""
    with open_file(key) as file:
        return file.read()


def open_file(key: str) -> IO[bytes]:
    """A file, to be read piece by piece and closed by the caller. Raises NotFoundError."""
    store, path = _place(key)
    try:
        local = isinstance(store, LocalFileSystem)
        file: IO[bytes] = Path(path).open("rb") if local else store.open(path, "rb")  # noqa: SIM115  # the caller closes
    except FileNotFoundError as error:
        raise NotFoundError from error
    return file


def delete_file(key: str) -> None:
    """Remove a file; harmless where there is none."""
    store, path = _place(key)
    if store.exists(path):
        store.rm_file(path)


def _place(key: str) -> tuple[Any, str]:
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"not a key of the file store: {key!r}")
    settings: Config = current_app.extensions["config"]
    store, root = url_to_fs(settings.files_url)
    return store, f"{root}/{key}"

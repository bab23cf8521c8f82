"""The file store under FILES_URL: a local folder on one machine, anything fsspec speaks (S3 and others) for several.

Keys are relative paths that the application makes up; they never hold what a user typed. A file is written before the
row that names it is committed, and under another name until it is whole, so nobody ever sees half of one.
"""

from __future__ import annotations

import logging
import re
import secrets
from contextlib import suppress
from typing import Any

from flask import current_app
from fsspec.core import url_to_fs

from app.config import Config
from app.errors import NotFoundError, StorageError

log = logging.getLogger("app.files")
_KEY = re.compile(r"[a-z0-9][a-z0-9._/-]{0,190}")


def put_file(key: str, data: bytes) -> None:
    """Write a file whole, replacing what stood there. Raises StorageError (a full disk) and leaves nothing behind."""
    store, path = _place(key)
    # An object store shows a file when it is complete; a folder shows it while it grows.
    draft = f"{path}.{secrets.token_hex(4)}.part" if "file" in store.protocol else path
    try:
        store.makedirs(path.rpartition("/")[0], exist_ok=True)
        store.pipe_file(draft, data)
        if draft != path:
            store.mv(draft, path)
    except OSError as error:
        log.error("cannot keep a file of %d bytes: %s", len(data), error)
        if draft != path:
            with suppress(OSError):
                store.rm_file(draft)
        raise StorageError from error


def get_file(key: str) -> bytes:
    """The bytes of a file. Raises NotFoundError."""
    store, path = _place(key)
    try:
        data: bytes = store.cat_file(path)
    except FileNotFoundError as error:
        raise NotFoundError from error
    return data


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

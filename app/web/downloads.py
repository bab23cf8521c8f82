"""Send a file that belongs to somebody: never cached, never sniffed, with a clean name."""

from __future__ import annotations

import os
from io import BytesIO
from typing import IO
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.wsgi import wrap_file

from app.files import open_file
from app.services.names import clean_name


def send_stored(key: str, name: str, mimetype: str, *, plain: str = "file", inline: bool = False) -> Response:
    """A file of the store, sent as it is read: the system copies it where it lies in a folder. Raises NotFoundError."""
    return _send(open_file(key), name, mimetype, plain, inline)


def send_bytes(data: bytes, name: str, mimetype: str, *, plain: str = "file", inline: bool = False) -> Response:
    """The file as a download, or opened in the browser with `inline`; parts of it can be asked for.

    `plain` is an ASCII stem for programs that do not understand the real one.
    """
    return _send(BytesIO(data), name, mimetype, plain, inline)


def _send(file: IO[bytes], name: str, mimetype: str, plain: str, inline: bool) -> Response:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    response = current_app.response_class(wrap_file(request.environ, file), mimetype=mimetype, direct_passthrough=True)
    response.content_length = size
    response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    kind = "inline" if inline else "attachment"
    real = clean_name(name)
    plain += "." + real.rpartition(".")[2] if real.rpartition(".")[2].isascii() else ""
    real = quote(real, safe="")
    response.headers["Content-Disposition"] = f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{real}"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

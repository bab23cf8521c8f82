"""Send a file that belongs to somebody: never cached, never sniffed, with a clean name."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from urllib.parse import quote

from flask import Response, send_file

_DIRECTION = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}
_REPLACED = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def clean_name(name: str, most: int = 120) -> str:
    """A file name without path, control or direction characters; long names keep their ending."""
    kept = "".join(c for c in name.translate(_REPLACED) if unicodedata.category(c) != "Cc" and c not in _DIRECTION)
    kept = kept.strip(" .") or "file"
    stem, dot, ending = kept.rpartition(".")
    return kept if len(kept) <= most or not dot else stem[: most - len(ending) - 1] + dot + ending


def send_bytes(data: bytes, name: str, mimetype: str, *, plain: str = "file", inline: bool = False) -> Response:
    """The file as a download, or opened in the browser with `inline`; parts of it can be asked for.

    `plain` is an ASCII stem for programs that do not understand the real one.
    """
    response = send_file(BytesIO(data), mimetype=mimetype, max_age=0, etag=False)
    kind = "inline" if inline else "attachment"
    real = clean_name(name)
    plain += "." + real.rpartition(".")[2] if real.rpartition(".")[2].isascii() else ""
    real = quote(real, safe="")
    response.headers["Content-Disposition"] = f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{real}"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

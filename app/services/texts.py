"""Free text as it is stored: no control characters, no marks that turn the reading direction, bounded length."""

from __future__ import annotations

import unicodedata

from app.errors import N_, InputError

MAX_NOTE = 2000
MAX_NAME = 60
MAX_TITLE = 200
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean_text(raw: object, field: str, limit: int = MAX_NOTE) -> str:
    """A text of several lines. Raises InputError where it is no text or longer than `limit` characters."""
    if not isinstance(raw, str):
        raise InputError(N_("This is not a text."), field=field)
    if len(raw) > limit * 4:
        raise InputError(N_("This text is too long. Please shorten it to 2,000 characters."), field=field)
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c == "\n" or _is_printable(c)).strip()
    if len(text) > limit:
        raise InputError(N_("This text is too long. Please shorten it to 2,000 characters."), field=field)
    return text


def clean_line(raw: object, field: str, limit: int = MAX_NAME) -> str:
    """A text of one line, such as a name; empty where nothing in it can be seen. Raises InputError as `clean_text`."""
    if not isinstance(raw, str) or len(raw) > limit * 4:
        raise InputError(N_("This is too long. A short name is enough."), field=field)
    line = " ".join("".join(c if _is_printable(c) else " " for c in raw).split())
    if len(line) > limit:
        raise InputError(N_("This is too long. A short name is enough."), field=field)
    return line if any(unicodedata.category(c)[0] in "LNPS" or _is_rare_hanzi(c) for c in line) else ""


def _is_printable(char: str) -> bool:
    if char in _TURNING:
        return False
    return unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn") or _is_rare_hanzi(char)


def _is_rare_hanzi(char: str) -> bool:
    """In the planes of rare characters: names use some that are newer than this Python's tables."""
    return 0x20000 <= ord(char) <= 0x3FFFD

"""The address parameters of the history page."""

from __future__ import annotations

from flask import request


def wanted_rounds() -> tuple[int | None, int | None]:
    """The rounds asked for in the address, (before, after); None for anything that is not a round number."""
    return _number("before"), _number("after")


def _number(name: str) -> int | None:
    raw = request.args.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else None

"""The answers of a quick look live in the visitor's own session cookie; nothing is stored before a firm is founded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import session

_KEY = "quick"


def remember_answers(sector: str, answers: Mapping[str, Any]) -> None:
    """Put the answers into the visitor's cookie, in place of earlier ones."""
    session[_KEY] = {"sector": sector, "answers": dict(answers)}


def read_answers(sector: str | None = None) -> dict[str, Any]:
    """The answers in the visitor's cookie; of one trade only where it is given."""
    kept = session.get(_KEY) or {}
    return dict(kept.get("answers", {})) if sector in (None, kept.get("sector")) else {}


def take_answers() -> dict[str, Any]:
    """The answers, once: for `services.quick.adopt_quick_answers` when a firm is founded."""
    kept = read_answers()
    session.pop(_KEY, None)
    return kept


def forget_answers() -> None:
    """Throw the answers away."""
    session.pop(_KEY, None)

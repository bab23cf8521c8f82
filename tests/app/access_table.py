"""Who may open what: one row per endpoint and method. A route without a row fails the build.

Each feature keeps its rows in tests/app/access_rows/<feature>.py as `ROWS`.

`expect` names the answer for each visitor of the world (see VISITORS); who is not named gets the row's default:
"sign in" (a redirect to the sign-in page) for `anonymous` and `link`, 403 for everybody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tests.app import access_rows
from tests.app.world import CANARY, VISITORS, World

SIGN_IN = "sign in"
DONE = "done"  # 200, or a redirect after a form was taken
REACHED = "reached"  # the view ran and judged the input, whatever it said of it
Answer = int | str


@dataclass(frozen=True)
class Row:
    """One endpoint and method. `values` builds the address, `data` the form, `json` the JSON body."""

    endpoint: str
    method: str
    expect: dict[str, Answer]
    values: Callable[[World], dict[str, Any]] = lambda _world: {}
    data: Callable[[World], dict[str, Any]] | None = None
    json: Callable[[World], dict[str, Any]] | None = None
    query: dict[str, str] = field(default_factory=dict)
    canary: bool = True

    def expected(self, visitor: str) -> Answer:
        """The answer this visitor gets."""
        return self.expect.get(visitor, SIGN_IN if visitor in ("anonymous", "link") else 403)


def public(endpoint: str, *, method: str = "GET", answer: Answer = DONE, **rest: Any) -> Row:
    """A page for everybody."""
    return Row(endpoint, method, dict.fromkeys(VISITORS, answer), **rest)


def account(endpoint: str, *, method: str = "GET", answer: Answer = DONE, **rest: Any) -> Row:
    """A page for everybody who is signed in."""
    signed_in = [visitor for visitor in VISITORS if visitor not in ("anonymous", "link")]
    return Row(endpoint, method, dict.fromkeys(signed_in, answer), **rest)


def only(endpoint: str, *, method: str = "GET", **rest: Any) -> Row:
    """A page for the visitors named as keywords: `owner=DONE, foreign=404`. Other keywords are the row's fields."""
    expect = {visitor: rest.pop(visitor) for visitor in VISITORS if visitor in rest}
    return Row(endpoint, method, expect, **rest)


def collect_rows() -> tuple[Row, ...]:
    """All rows, by feature."""
    names = sorted(module.name for module in iter_modules(access_rows.__path__))
    return tuple(row for name in names for row in import_module(f"tests.app.access_rows.{name}").ROWS)


__all__ = ["CANARY", "DONE", "REACHED", "SIGN_IN", "Row", "account", "collect_rows", "only", "public"]

"""What a benchmark gives back, and how it is printed and kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One figure. `limit` is the most it may be, or the least when `at_least`; None for a figure without a promise.

    `note` says what was compared, or why the row was skipped (`value` is None then).
    """

    name: str
    value: float | None
    unit: str
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ok(self) -> bool:
        """False only for a broken promise."""
        if self.value is None or self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def show(rows: list[Row]) -> str:
    """The rows as a table for a terminal."""
    lines = []
    for r in rows:
        value = "skipped" if r.value is None else f"{r.value:,.4g} {r.unit}"
        sign = "at least" if r.at_least else "at most"
        promise = "" if r.limit is None else f"{sign} {r.limit:,g} {r.unit}"
        mark = "    " if r.limit is None or r.value is None else " ok " if r.ok else "FAIL"
        lines.append(f"{mark} {r.name:<58} {value:>18}  {promise:<22} {r.note}".rstrip())
    return "\n".join(lines)


def keep(name: str, rows: list[Row]) -> None:
    """Write the rows to bench/results/<name>.json (not tracked)."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps([asdict(r) | {"ok": r.ok} for r in rows], indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")

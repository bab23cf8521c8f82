"""Keep the benchmarks: every published result of a firm that agreed to averages counts once, in its four cells."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.models.benchmarks import Benchmark
from app.models.consents import ConsentKind
from app.models.results import Result
from app.queries.benchmarks import MEASURES, cell_key
from app.queries.consents import list_open_consents
from scoring.cohort import NEED, cells_of

BINS = 101


def replace_result(before: Result | None, after: Result) -> None:
    """A firm's new result takes the place of its last one, if the firm agreed to averages."""
    after.benchmarked = bool(list_open_consents(after.firm_id, ConsentKind.STATISTICS))
    was = before if before is not None and before.benchmarked else None
    _change(was, after if after.benchmarked else None)
    if before is not None:
        before.benchmarked = False


def set_counted(result: Result, *, wanted: bool) -> None:
    """Count a result, or no longer; harmless where it is so already."""
    if result.benchmarked != wanted:
        _change(*((None, result) if wanted else (result, None)))
        result.benchmarked = wanted


def _change(before: Result | None, after: Result | None) -> None:
    """One event in every cell that holds one of the two: points that go, points that come."""
    events: dict[str, list[dict[str, int] | None]] = {}
    for place, result in enumerate((before, after)):
        if result is not None:
            for cell in cells_of((result.sector, result.size_band, result.town)):
                events.setdefault(cell_key(cell), [None, None])[place] = _points(result)
    if not events:
        return
    query = select(Benchmark).where(Benchmark.cell.in_(events)).order_by(Benchmark.cell).with_for_update()
    rows = {row.cell: row for row in db.session.scalars(query)}
    for key, event in sorted(events.items()):
        row = rows.get(key)
        if row is None:
            row = Benchmark(cell=key, number=0, counts={name: [0] * BINS for name in MEASURES}, pending=[])
            db.session.add(row)
        row.pending = [*row.pending, event]
        if len(row.pending) >= NEED:
            _fold(row)


def _points(result: Result) -> dict[str, int]:
    values = {"score": result.score, "index": result.index_overall}
    return {name: min(BINS - 1, max(0, int(value))) for name, value in values.items() if value is not None}


def _fold(row: Benchmark) -> None:
    """Take what is pending into the counts, all at once."""
    counts = {name: list(row.counts.get(name, [0] * BINS)) for name in MEASURES}
    number = row.number
    event: list[Any]
    for event in row.pending:
        for points, step in zip(event, (-1, 1), strict=True):
            if points is not None:
                number += step
                for name, point in points.items():
                    counts[name][point] += step
    row.counts, row.number, row.pending = counts, number, []

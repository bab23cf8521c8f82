"""Where a result stands among others like it, read from histograms: a few hundred numbers, whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from app.extensions import db
from app.models.benchmarks import Benchmark
from app.models.results import Result
from scoring.cohort import NEED_FOR_QUARTILES, Cell, cells_of

MEASURES = ("score", "index")


@dataclass(frozen=True, slots=True)
class Place:
    """A result among the `number` firms of `cell`: in how many of a hundred it is ahead of (`ahead`, by measure), and
    the middle one's points (`median`). `tried` are narrower cells with too few firms."""

    cell: Cell
    number: int
    ahead: dict[str, int]
    median: dict[str, int]
    tried: tuple[Cell, ...] = ()


def cell_key(cell: Cell) -> str:
    """A cell as the key of its row."""
    return "|".join(part.replace("|", "/") for part in cell)


def find_place(result: Result) -> Place | None:
    """The place in the narrowest cell with ten firms or more; None where even all together are fewer."""
    return _place(result, _histograms([result]))


def find_places(firm_ids: Collection[UUID]) -> dict[UUID, Place | None]:
    """The places of the current results of a few firms in the present scope; two statements."""
    results = db.session.scalars(
        select(Result)
        .options(defer(Result.payload))
        .where(Result.firm_id.in_(list(firm_ids)), Result.current.is_(True))
    ).all()
    rows = _histograms(results)
    return {result.firm_id: _place(result, rows) for result in results}


def _cells(result: Result) -> list[Cell]:
    """The narrowest first."""
    return list(cells_of((result.sector, result.size_band, result.town)))[::-1]


def _histograms(results: Iterable[Result]) -> dict[str, Benchmark]:
    keys = {cell_key(cell) for result in results for cell in _cells(result)}
    return {row.cell: row for row in db.session.scalars(select(Benchmark).where(Benchmark.cell.in_(sorted(keys))))}


def _place(result: Result, rows: Mapping[str, Benchmark]) -> Place | None:
    tried: list[Cell] = []
    values = {"score": result.score, "index": result.index_overall}
    for cell in _cells(result):
        row = rows.get(cell_key(cell))
        if row is None or row.number < NEED_FOR_QUARTILES:
            tried.append(cell)
            continue
        ahead = {name: percentile(row.counts[name], int(value)) for name, value in values.items() if value is not None}
        return Place(cell, row.number, ahead, {name: middle(row.counts[name]) for name in MEASURES}, tuple(tried))
    return None


def percentile(counts: list[int], points: int) -> int:
    """Of a hundred firms, how many have fewer points; those with as many count half. Whole percent."""
    total = sum(counts)
    if not total:
        return 0
    points = min(len(counts) - 1, max(0, points))
    return round(100 * (sum(counts[:points]) + counts[points] / 2) / total)


def middle(counts: list[int]) -> int:
    """The points of the middle firm."""
    half, passed = sum(counts) / 2, 0
    for points, number in enumerate(counts):
        passed += number
        if passed >= half and number:
            return points
    return 0

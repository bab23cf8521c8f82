"""How scores are distributed over all firms: histograms, so that a percentile costs the same whatever their number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Row


class Benchmark(Row):
    """The histograms of one cell (see `scoring.cohort`). `counts` holds for each measure how many firms have 0, 1, …
    100 points; `number` is the firms in it. A change waits in `pending` until five have come together: so nobody can
    read a single firm's score off two looks at the same place."""

    __tablename__ = "benchmarks"

    cell: Mapped[str] = mapped_column(String(300), unique=True)
    number: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, list[int]]] = mapped_column(Json, default=dict)
    pending: Mapped[list[Any]] = mapped_column(Json, default=list)

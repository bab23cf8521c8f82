"""The stairs "firms lifted against the budget" as geometry of an SVG: numbers in, finished attribute values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.charts import percent

WIDTH, HEIGHT = 600, 215
GRID = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at an axis."""

    at: str
    text: int
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Stairs:
    """`line` and `area` in a box of WIDTH × HEIGHT; marks of both axes; the point of the wished budget, or None."""

    line: str
    area: str
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    point: tuple[str, str, int] | None


def stairs(points: Sequence[tuple[int, int]], wished: int | None) -> Stairs | None:
    """`points`: (budget, firms) by rising budget. None where there is nothing to draw."""
    if not points or not points[-1][0] or not points[-1][1]:
        return None
    most, top = points[-1]
    x = {budget: WIDTH * budget / most for budget, _ in points}
    unit = max(1, -(-top // GRID))
    tall = unit * GRID

    def y(number: int) -> float:
        return HEIGHT * (1 - number / (tall * 1.08))

    path = f"M0 {HEIGHT}"
    for budget, number in points:
        path += f"H{x[budget]:.1f}V{y(number):.1f}"
    path += f"H{WIDTH}"
    rows = tuple(Mark(f"{y(n):.1f}", n) for n in range(unit, tall + 1, unit) if n <= top + unit)
    chosen: list[int] = []
    for budget, _ in points:  # on a phone four labels find room
        if budget - (chosen[-1] if chosen else 0) >= most / 4 and budget <= most * 0.72:
            chosen.append(budget)
    columns = (
        *(Mark(percent(b, most), b) for b in chosen),
        Mark("100%", most, "end"),
    )
    at = next(((b, n) for b, n in points if b == wished), None)
    point = at and (percent(at[0], most), f"{y(at[1]):.1f}", at[1])
    return Stairs(path, f"{path}V{HEIGHT}H0Z", rows, columns, point)

"""Strips of the report: what first steps cost and take, and the steps of a route over time."""

from __future__ import annotations

from matplotlib.figure import Figure
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.reports import document as d
from app.reports.drawing import bricks, frame, line, text
from app.reports.fonts import Fonts

# --- steps ---


def steps(chart: d.StepsChart, width: float, fonts: Fonts) -> Figure:
    """Two strips side by side: the cost band of the first year and the days until it is used."""
    row, head, foot = 21.0, 20.0, 18.0
    height = head + row * len(chart.rows) + foot
    figure, axes = frame(width, height)
    left = min(
        width * 0.40, max((stringWidth(f"{n}  {t}", fonts.sans, 8.5) for n, t, *_ in chart.rows), default=0) + 16
    )
    gap = 26.0
    cost_wide = (width - left - gap) * 0.56
    days_left, days_wide = left + cost_wide + gap, width - left - gap - cost_wide
    cost_end, cost_ticks = _scale(max(r[3] for r in chart.rows) / chart.cost_unit)
    days_end, days_ticks = _scale(max(r[5] for r in chart.rows))
    text(axes, left, height - 10, chart.cost_title, 8, "ink-2")
    text(axes, days_left, height - 10, chart.days_title, 8, "ink-2")
    for ticks, end, x0, wide in ((cost_ticks, cost_end, left, cost_wide), (days_ticks, days_end, days_left, days_wide)):
        for tick in ticks:
            x = x0 + wide * tick / end
            line(axes, (x, x), (foot - 3, height - head), "line", 0.6)
            text(axes, x, 3, f"{tick:g}", 7, "ink-2", ha="right" if x > width - 6 else "center")
    for number, (rank, title, low, high, first, last) in enumerate(chart.rows):
        y = height - head - (number + 1) * row + 5
        text(axes, 0, y + 2.6, rank, 9, "accent")
        text(axes, 15, y + 2.6, _cut(title, left - 24, fonts), 8.5)
        for a, b, end, x0, wide, tone in (
            (low / chart.cost_unit, high / chart.cost_unit, cost_end, left, cost_wide, "lv3"),
            (first, last, days_end, days_left, days_wide, "lv2"),
        ):
            xa, xb = x0 + wide * a / end, x0 + wide * b / end
            bricks(axes, [(x0, y + 4.4, xa - x0, 1.2)], "edge")
            bricks(axes, [(xa, y, max(xb - xa, 2.5), 10)], tone)
    line(axes, (left, left), (foot - 3, height - head), "ink", 1.0)
    line(axes, (days_left, days_left), (foot - 3, height - head), "ink", 1.0)
    return figure


# --- gantt ---


def gantt(chart: d.GanttChart, width: float, fonts: Fonts) -> Figure:
    """One bar a step from its first to its last day, with the cost beside; a line where the goal is reached."""
    row, head, foot = 21.0, 22.0, 18.0
    height = head + row * len(chart.rows) + foot
    figure, axes = frame(width, height)
    left = min(width * 0.42, max(stringWidth(t, fonts.sans, 8.5) for _, t, *_ in chart.rows) + 30)
    costs = [stringWidth(text, fonts.sans, 8) for text in (chart.cost_title, *(cost for *_, cost in chart.rows))]
    wide = width - left - max(costs) - 24
    end, ticks = _scale(chart.days)
    end = max(end, chart.days)
    text(axes, left, height - 10, chart.days_title, 8, "ink-2")
    text(axes, width, height - 10, chart.cost_title, 8, "ink-2", ha="right")
    for tick in ticks:
        x = left + wide * tick / end
        line(axes, (x, x), (foot - 3, height - head), "line", 0.6)
        text(axes, x, 3, f"{tick:g}", 7, "ink-2", ha="center")
    for number, (rank, title, first, last, cost) in enumerate(chart.rows):
        y = height - head - (number + 1) * row + 5
        text(axes, 0, y + 2.6, rank, 9, "accent")
        text(axes, 15, y + 2.6, _cut(title, left - 24, fonts), 8.5)
        text(axes, width, y + 2.6, cost, 8, "ink", ha="right")
        a, b = left + wide * first / end, left + wide * last / end
        bricks(axes, [(left, y + 4.4, a - left, 1.2)], "edge")
        bricks(axes, [(a, y, max(b - a, 2.5), 10)], "lv3" if last < chart.days else "accent")
    x = left + wide * chart.days / end
    line(axes, (x, x), (foot - 3, height - head + 2), "ink", 1.4)
    half = stringWidth(chart.goal, fonts.sans, 8) / 2
    text(axes, min(max(x, left + half + 40), width - half), height - head + 5, chart.goal, 8, "ink", ha="center")
    line(axes, (left, left), (foot - 3, height - head), "ink", 1.0)
    return figure


def _scale(highest: float) -> tuple[float, list[float]]:
    """A round end at or above the highest value and three to six ticks up to it."""
    power = 10.0 ** (len(str(int(max(highest, 1)))) - 1)
    for part in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5):
        step = part * power
        count = -(-highest // step)
        if 3 <= count <= 5:
            return count * step, [i * step for i in range(int(count) + 1)]
    return highest, [0, highest]


def _cut(text: str, width: float, fonts: Fonts) -> str:
    if stringWidth(text, fonts.sans, 8.5) <= width:
        return text
    dots = "..." if text.isascii() else "…"
    while text and stringWidth(text + dots, fonts.sans, 8.5) > width:
        text = text[:-1]
    return text.rstrip() + dots

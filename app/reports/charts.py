"""The charts of the report as Matplotlib figures, one function each, in points and in the colours of the theme.

Never pyplot: figures belong to whoever asked and vanish with the document. Each chart has one frame whose units
are points, so that bricks, lines and text keep their size whatever the data. All text comes finished from the
document and is never read as formula markup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.reports import document as d
from app.reports.drawing import bricks as _bricks
from app.reports.drawing import frame as _frame
from app.reports.drawing import line as _line
from app.reports.drawing import text as _text
from app.reports.fonts import Fonts
from app.reports.strips import gantt, steps
from app.reports.theme import TOKENS


def _missing(axes: Axes, boxes: Sequence[tuple[float, float, float, float]]) -> None:
    """Hatched in kapok: what is missing until the gate."""
    for x, y, w, h in boxes:
        box = Rectangle(
            (x + 0.4, y + 0.4),
            max(w - 0.8, 0.1),
            h - 0.8,
            facecolor=TOKENS["accent-tint"],
            edgecolor=TOKENS["accent"],
            linewidth=0.8,
            hatch="/",
            hatch_linewidth=1.0,
        )
        box.set_hatchcolor(TOKENS["accent"])
        axes.add_patch(box)


# --- ladder ---

_COURSE = 11.0


def ladder(chart: d.LadderChart, width: float, fonts: Fonts) -> Figure:
    """Five walls, each a course higher; the firm's stands out, the possible ones above it are striped."""
    foot, flag = 30.0, 20.0
    flagged = max(chart.here, chart.best)
    height = foot + max(4 * _COURSE, flagged * _COURSE + flag) + 4
    figure, axes = _frame(width, height)
    gap = 8.0
    wide = (width - gap * 4) / 5
    for level, name in enumerate(chart.names):
        x = level * (wide + gap)
        courses = [_course(x, foot + 1.5 + row * _COURSE, wide, row) for row in range(level)]
        boxes = [box for course in courses for box in course]
        here, maybe = level == chart.here, chart.here < level <= chart.best
        _bricks(axes, boxes, f"lv{level}" if here or maybe else "lv0")
        if maybe:
            for x0, y0, w, h in boxes:
                stripe = Rectangle(
                    (x0, y0), w, h, facecolor="none", edgecolor="none", linewidth=0, hatch="/", hatch_linewidth=1.8
                )
                stripe.set_hatchcolor(TOKENS["paper"])
                axes.add_patch(stripe)
        _line(axes, (x, x + wide), (foot, foot), "ink", 1.6)
        tone = "ink" if here else "ink-2"
        _text(axes, x + wide / 2, 16, str(level), 11, tone, ha="center")
        _text(axes, x + wide / 2, 4, name, 8, tone, ha="center")
        label = chart.here_label if here else chart.best_label if maybe and level == chart.best else ""
        if label:
            _flag(axes, x + wide / 2, foot + 1.5 + level * _COURSE + 5, label, here=here, fonts=fonts)
    return figure


def _course(x: float, y: float, wide: float, row: int) -> list[tuple[float, float, float, float]]:
    """One course of bricks with mortar between them, every other one shifted by half a brick."""
    mortar, brick = 1.2, wide / 3
    edges = [i * brick for i in range(4)] if row % 2 == 0 else [0, *(brick * (i + 0.5) for i in range(3)), wide]
    return [
        (x + a, y, b - a - (mortar if b < wide else 0), _COURSE - mortar)
        for a, b in zip(edges, edges[1:], strict=False)
    ]


def _flag(axes: Axes, x: float, y: float, label: str, *, here: bool, fonts: Fonts) -> None:
    wide = stringWidth(label, fonts.sans, 8) + 12
    face, edge = ("accent", "accent") if here else ("paper", "edge")
    left = min(max(x - wide / 2, 0), axes.get_xlim()[1] - wide)
    box = FancyBboxPatch(
        (left + 1.5, y + 1.5),
        wide - 3,
        10.5,
        boxstyle="round,pad=1.5",
        facecolor=TOKENS[face],
        edgecolor=TOKENS[edge],
        linewidth=0.7,
    )
    axes.add_patch(Polygon([(x - 4, y + 0.4), (x + 4, y + 0.4), (x, y - 4)], facecolor=TOKENS[edge], edgecolor="none"))
    axes.add_patch(box)
    _text(axes, left + wide / 2, y + 3.9, label, 8, "paper" if here else "ink", ha="center")


# --- levels ---


def levels(chart: d.LevelsChart, width: float, fonts: Fonts) -> Figure:
    """Five walls, as high as there are firms at each level; the number stands on top."""
    foot, tallest, head = 30.0, 88.0, 18.0
    figure, axes = _frame(width, foot + tallest + head)
    gap = 8.0
    wide = (width - gap * 4) / 5
    most = max(1, *(count for _, count in chart.columns))
    course = tallest / most if most <= 16 else 5.5
    for level, (name, count) in enumerate(chart.columns):
        x, top = level * (wide + gap), tallest * count / most
        boxes = []
        y = 0.0
        while y < top - 0.01:
            tall = min(course, top - y)
            boxes.append((x, foot + 1.5 + y, wide, max(tall - 1.0, 0.6)))
            y += course
        _bricks(axes, boxes, f"lv{level}", **({"linewidth": 0.5, "edgecolor": TOKENS["edge"]} if level == 0 else {}))
        _line(axes, (x, x + wide), (foot, foot), "ink", 1.6)
        _text(axes, x + wide / 2, foot + top + 6, str(count), 11, ha="center")
        _text(axes, x + wide / 2, 16, str(level), 11, ha="center")
        _text(axes, x + wide / 2, 4, name, 8, "ink-2", ha="center")
    return figure


# --- gates ---


def gates(chart: d.GatesChart, width: float, fonts: Fonts) -> Figure:
    """One bar a gate: filled what the firm has, hatched what is missing, a black line where the gate is."""
    row, bar = 66.0, 13.0
    height = row * len(chart.gates) - 6
    figure, axes = _frame(width, height)
    for number, gate in enumerate(chart.gates):
        top = height - number * row
        y = top - 38
        _text(axes, 0, top - 16, gate.title, 10)
        x = stringWidth(gate.title, fonts.sans, 10) + 12
        _text(axes, x, top - 17, gate.figure, 16)
        _text(axes, x + stringWidth(gate.figure, fonts.sans, 16) + 5, top - 17, gate.need, 9, "ink-2")
        _text(axes, width, top - 16, gate.verdict, 9.5, "ok" if gate.met else "accent", ha="right")
        unit = width / gate.scale
        if gate.bricks:
            have, need, total = int(gate.have), int(gate.gate), int(gate.total)
            cells = [(i * unit + 0.9, y, unit - 1.8, bar) for i in range(total)]
            _bricks(axes, cells[:have], "data")
            _bricks(axes, cells[max(have, need) :], "line")
            _missing(axes, cells[have:need])
        else:
            _bricks(axes, [(0, y, width, bar)], "line")
            _bricks(axes, [(0, y, gate.have * unit, bar)], "data")
            if gate.have < gate.gate:
                _missing(axes, [(gate.have * unit, y, (gate.gate - gate.have) * unit, bar)])
        at = gate.gate * unit
        _line(axes, (at, at), (y - 5, y + bar + 4), "ink", 1.8)
        for value, label, strong in gate.ticks:
            x = value * unit
            if not strong:
                _line(axes, (x, x), (y - 5, y), "edge", 0.7)
            half = stringWidth(label, fonts.sans, 8) / 2
            _text(axes, min(max(x, half), width - half), y - 14, label, 8, "ink" if strong else "ink-2", ha="center")
    return figure


# --- scenes ---


def scenes(chart: d.ScenesChart, width: float, fonts: Fonts) -> Figure:
    """Sixteen columns of up to four bricks, grouped by field; the line marks the next level, above it is what
    counts."""
    latin = all(name.isascii() for _, items in chart.fields for name, *_ in items)
    longest = max(stringWidth(f"{name} ★", fonts.sans, 7.2) for _, items in chart.fields for name, *_ in items)
    axis, course, foot, head = 20.0, 17.0, (longest + 26 if latin else 62.0), 20.0
    height = foot + 4 * course + head
    figure, axes = _frame(width, height)
    count = sum(len(items) for _, items in chart.fields)
    gap = 9.0
    step = (width - axis - gap * (len(chart.fields) - 1)) / count
    for row in range(4):
        _text(axes, axis - 8, foot + row * course + 5, str(row + 1), 8, "ink-2", ha="right")
    _text(axes, 0, foot + 4 * course + 9, chart.level_label, 7.5, "ink-2")
    x = axis
    for field, items in chart.fields:
        start = x
        for name, level, starred in items:
            cells = [(x + 1.2, foot + row * course + 1, step - 2.4, course - 1.6) for row in range(4)]
            _bricks(axes, cells[level or 0 :], "lv0")
            for row in range(level or 0):
                _bricks(axes, [cells[row]], f"lv{row + 1}")
            _scene_name(axes, x + step / 2, foot - 5, name, level, starred, step)
            x += step
        _line(axes, (start + 1, x - 1), (foot - 1, foot - 1), "ink", 1.0)
        _text(axes, (start + x) / 2, 2, field, 8, "ink-2", ha="center")
        _line(axes, (start + 1, x - 1), (12, 12), "line", 0.8)
        x += gap
    if chart.target_label:
        y = foot + chart.target * course
        _line(axes, (axis - 4, width), (y, y), "ink", 1.2, dashes=(4, 2))
        _text(axes, width, y + 4, chart.target_label, 8, "ink", ha="right")
    return figure


def _scene_name(axes: Axes, x: float, top: float, name: str, level: int | None, starred: bool, step: float) -> None:
    """Chinese names stand in two short lines, longer Latin ones are turned."""
    star = "★" if starred else ""
    if name.isascii():
        _text(
            axes,
            x + 2.8,
            top,
            f"{name} {star}".strip(),
            7.2,
            "ink" if level else "ink-2",
            ha="right",
            va="top",
            rotation=90,
            rotation_mode="default",
        )
        return
    half = (len(name) + 1) // 2
    lines = [name[:half], name[half:]] + ([star] if star else [])
    for i, line in enumerate(lines):
        _text(
            axes, x, top - 9 - i * 10.5, line, 8, "accent" if line == star else "ink" if level else "ink-2", ha="center"
        )


# --- radar ---


def radar(chart: d.RadarChart, width: float, fonts: Fonts) -> Figure:
    """Scores by dimension; where too little was answered the outline is broken, never drawn at zero."""
    height = 236.0
    figure, axes = _frame(width, height)
    cx, cy, outer = width / 2, height / 2 - 1, 88.0
    count = len(chart.axes)
    angles = [pi / 2 - 2 * pi * i / count for i in range(count)]

    def at(angle: float, score: float) -> tuple[float, float]:
        return cx + outer * score / 100 * cos(angle), cy + outer * score / 100 * sin(angle)

    for ring in (25, 50, 75, 100):
        points = [at(a, ring) for a in angles]
        axes.add_patch(
            Polygon(
                points,
                closed=True,
                facecolor="none",
                edgecolor=TOKENS["edge" if ring == 100 else "line"],
                linewidth=0.6,
            )
        )
        _text(axes, cx + 3, cy + outer * ring / 100 * cos(pi / count) - 7.5, str(ring), 6.5, "ink-2")
    for angle in angles:
        end = at(angle, 100)
        _line(axes, (cx, end[0]), (cy, end[1]), "line", 0.5)
    known = [(a, s) for a, (_, s) in zip(angles, chart.axes, strict=True) if s is not None]
    if len(known) > 2:
        axes.add_patch(
            Polygon(
                [at(a, s) for a, s in known], closed=True, facecolor=TOKENS["data-soft"], edgecolor="none", alpha=0.75
            )
        )
    for i, (angle, (_, score)) in enumerate(zip(angles, chart.axes, strict=True)):
        following = chart.axes[(i + 1) % count][1]
        if score is not None and following is not None:
            (x0, y0), (x1, y1) = at(angle, score), at(angles[(i + 1) % count], following)
            _line(axes, (x0, x1), (y0, y1), "data", 1.6)
    for angle, score in known:
        x, y = at(angle, score)
        axes.plot([x], [y], marker="o", markersize=3.8, color=TOKENS["data"], linestyle="none")
    for angle, (name, score) in zip(angles, chart.axes, strict=True):
        x, y = at(angle, 109)
        side = "center" if abs(cos(angle)) < 0.2 else "left" if cos(angle) > 0 else "right"
        figure_text = f"{name}  {score:.1f}" if score is not None else f"{name}  –"
        _text(axes, x, y, figure_text, 8, "ink" if score is not None else "ink-2", ha=side, va="center")
    return figure


# --- topics ---


def topics(chart: d.TopicsChart, width: float, fonts: Fonts) -> Figure:
    """Rows of four bricks, filled up to the level, with the name of the topic on the left."""
    row, head = 19.0, 18.0
    height = head + row * len(chart.rows) + 2
    figure, axes = _frame(width, height)
    left = min(width * 0.52, max((stringWidth(name, fonts.sans, 8.5) for name, *_ in chart.rows), default=0) + 18)
    step = (width - left - 34) / 4
    for column, name in enumerate(chart.names):
        _text(axes, left + (column + 0.5) * step, height - 10, name, 7.5, "ink-2", ha="center")
    for number, (name, level, word) in enumerate(chart.rows):
        y = height - head - (number + 1) * row + 3
        _text(axes, 0, y + 3.6, name, 8.5)
        cells = [(left + i * step + 0.8, y, step - 1.6, row - 6) for i in range(4)]
        _bricks(axes, cells[level or 0 :], "lv0")
        for i in range(level or 0):
            _bricks(axes, [cells[i]], f"lv{i + 1}")
        _text(
            axes,
            width,
            y + 3,
            word if level is None else str(level),
            8 if level is None else 10,
            "ink-2" if level is None else "ink",
            ha="right",
        )
    return figure


_DRAWN: dict[type, Callable[[Any, float, Fonts], Figure]] = {
    d.LadderChart: ladder,
    d.LevelsChart: levels,
    d.GatesChart: gates,
    d.ScenesChart: scenes,
    d.RadarChart: radar,
    d.TopicsChart: topics,
    d.StepsChart: steps,
    d.GanttChart: gantt,
}


def draw(chart: d.Chart, width: float, fonts: Fonts) -> Figure:
    """The figure of any chart of a document, `width` points wide."""
    return _DRAWN[type(chart)](chart, width, fonts)

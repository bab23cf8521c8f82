"""The pen of all charts: a frame whose units are points, text, bricks and lines in the colours of the theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from app.reports.mpl_reportlab import DPI
from app.reports.theme import TOKENS

_SIZE = 8.0


def frame(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of this size with one set of axes, in points."""
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    return figure, axes


def text(axes: Axes, x: float, y: float, text: str, size: float = _SIZE, colour: str = "ink", **more: Any) -> None:
    """Finished text, never read as formula markup."""
    more = {"ha": "left", "va": "baseline"} | more
    axes.text(x, y, text, fontsize=size, color=TOKENS[colour], family="sans", parse_math=False, **more)


def bricks(axes: Axes, boxes: Sequence[tuple[float, float, float, float]], colour: str, **more: Any) -> None:
    """Many rectangles (x, y, width, height) of one colour as a single path."""
    if not boxes:
        return
    vertices: list[tuple[float, float]] = []
    codes: list[Any] = []
    for x, y, w, h in boxes:
        vertices += [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
        codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    more = {"linewidth": 0.0, "edgecolor": "none"} | more
    axes.add_patch(PathPatch(Path(vertices, codes), facecolor=TOKENS[colour], **more))


def line(axes: Axes, x: Sequence[float], y: Sequence[float], colour: str, width: float = 0.5, **more: Any) -> None:
    """A line through points."""
    axes.plot(x, y, color=TOKENS[colour], linewidth=width, solid_capstyle="butt", **more)

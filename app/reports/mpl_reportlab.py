"""Matplotlib figures drawn straight onto a ReportLab canvas: vector paths and real, searchable text in the
report's own fonts.

A figure at 72 dots per inch has one pixel to the point, so no scaling is needed. Supported: paths with dashes,
hatches, opacity and clipping, markers and collections (through `draw_path`), rotated text. Pictures are not: a
report has none.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from app.reports.fonts import Fonts

DPI = 72
_ASCENT, _DESCENT = 0.80, 0.12  # of the size: the box of a Han character, a little tighter than the font states
_CAPS = {"butt": 0, "round": 1, "projecting": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}
_HATCH_TILE = 24.0
_NON_ZERO = 1  # where paths overlap themselves, as Matplotlib draws them


class ReportLabRenderer(RendererBase):
    """Draws on `canvas` with the lower left corner of the figure at the canvas origin."""

    def __init__(self, canvas: Canvas, width: float, height: float, fonts: Fonts) -> None:
        """`width` and `height` are those of the figure in points."""
        super().__init__()
        self._canvas, self._fonts = canvas, fonts
        self._width, self._height = width, height

    # --- what Matplotlib asks

    def flipy(self) -> bool:
        """PDF counts from the lower edge."""
        return False

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Size of the figure."""
        return self._width, self._height

    def points_to_pixels(self, points: Any) -> Any:
        """A pixel is a point."""
        return points

    def option_image_nocomposite(self) -> bool:
        """Nothing is flattened into a picture."""
        return True

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        """Metrics of one line, from the fonts that will draw it."""
        size = prop.get_size_in_points()
        width = sum(stringWidth(piece, name, size) for name, piece in self._runs(s, prop))
        return width, (_ASCENT + _DESCENT) * size, _DESCENT * size

    def draw_path(self, gc: GraphicsContextBase, path: Path, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        """Fill and stroke one path."""
        line = gc.get_linewidth()
        hatch: Path | None = gc.get_hatch_path()
        if rgbFace is None and not line and hatch is None:
            return
        canvas = self._canvas
        canvas.saveState()
        self._clip(gc)
        alpha = gc.get_alpha() if gc.get_forced_alpha() else None
        if rgbFace is not None:
            canvas.setFillColor(_colour(rgbFace, alpha))
        if line:
            self._pen(gc, line, alpha)
        outline = self._path(path, transform)
        fills = rgbFace is not None and (len(rgbFace) < 4 or rgbFace[3] > 0 or alpha is not None)
        if fills or line:
            canvas.drawPath(outline, stroke=int(bool(line)), fill=int(fills), fillMode=_NON_ZERO)
        if hatch is not None:
            self._hatch(gc, path, transform, hatch)
        canvas.restoreState()

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """One line of text, its baseline beginning at x, y."""
        canvas = self._canvas
        size = prop.get_size_in_points()
        canvas.saveState()
        self._clip(gc)
        canvas.setFillColor(_colour(gc.get_rgb(), gc.get_alpha() if gc.get_forced_alpha() else None))
        if angle:
            canvas.translate(x, y)
            canvas.rotate(angle)
            x = y = 0.0
        text = canvas.beginText(x, y)
        for name, piece in self._runs(s, prop):
            text.setFont(name, size)
            text.textOut(piece)
        canvas.drawText(text)
        canvas.restoreState()

    # --- how it is drawn

    def _runs(self, s: str, prop: Any) -> list[tuple[str, str]]:
        face = "serif" if "serif" in prop.get_family() else "sans"
        return self._fonts.runs(s, face)

    def _pen(self, gc: GraphicsContextBase, line: float, alpha: float | None) -> None:
        canvas = self._canvas
        canvas.setStrokeColor(_colour(gc.get_rgb(), alpha))
        canvas.setLineWidth(line)
        canvas.setLineCap(_CAPS[str(gc.get_capstyle())])
        canvas.setLineJoin(_JOINS[str(gc.get_joinstyle())])
        dashes: Any
        offset, dashes = gc.get_dashes()
        if dashes is not None and len(dashes):
            canvas.setDash([float(d) for d in dashes], float(offset or 0))

    def _clip(self, gc: GraphicsContextBase) -> None:
        box: Any = gc.get_clip_rectangle()
        if box is not None:
            outline = self._canvas.beginPath()
            outline.rect(*(float(v) for v in box.bounds))
            self._canvas.clipPath(outline, stroke=0, fill=0, fillMode=_NON_ZERO)
        path: Any
        path, transform = gc.get_clip_path()
        if path is not None:
            self._canvas.clipPath(self._path(path, transform), stroke=0, fill=0, fillMode=_NON_ZERO)

    def _path(self, path: Path, transform: Any) -> Any:
        outline = self._canvas.beginPath()
        x = y = 0.0
        for points, code in path.iter_segments(transform, remove_nans=True, simplify=False):
            v = [float(p) for p in points]
            if code == Path.MOVETO:
                outline.moveTo(*v)
            elif code == Path.LINETO:
                outline.lineTo(*v)
            elif code == Path.CURVE3:
                a, b, c, d = v
                outline.curveTo(
                    x + 2 / 3 * (a - x), y + 2 / 3 * (b - y), c + 2 / 3 * (a - c), d + 2 / 3 * (b - d), c, d
                )
            elif code == Path.CURVE4:
                outline.curveTo(*v)
            elif code == Path.CLOSEPOLY:
                outline.close()
                continue
            x, y = v[-2:]
        return outline

    def _hatch(self, gc: GraphicsContextBase, path: Path, transform: Any, hatch: Path) -> None:
        """The hatch as tiles clipped to the path: no pattern objects, and it prints in grey."""
        canvas = self._canvas
        canvas.saveState()
        canvas.clipPath(self._path(path, transform), stroke=0, fill=0, fillMode=_NON_ZERO)
        canvas.setStrokeColor(_colour(gc.get_hatch_color(), None))
        canvas.setLineWidth(gc.get_hatch_linewidth())
        canvas.setDash()
        box = path.get_extents(transform)
        columns, rows = ceil(box.width / _HATCH_TILE), ceil(box.height / _HATCH_TILE)
        lines = self._canvas.beginPath()
        for column in range(columns):
            for row in range(rows):
                place = (
                    Affine2D().scale(_HATCH_TILE).translate(box.x0 + column * _HATCH_TILE, box.y0 + row * _HATCH_TILE)
                )
                for points, code in hatch.iter_segments(place, simplify=False):
                    (lines.moveTo if code == Path.MOVETO else lines.lineTo)(*(float(p) for p in points[-2:]))
        canvas.drawPath(lines, stroke=1, fill=0)
        canvas.restoreState()


def _colour(rgb: Any, alpha: float | None) -> Color:
    parts = [float(v) for v in rgb]
    return Color(
        parts[0], parts[1], parts[2], alpha=alpha if alpha is not None else parts[3] if len(parts) > 3 else 1.0
    )


def draw_figure(canvas: Canvas, figure: Figure, x: float, y: float, fonts: Fonts) -> None:
    """Draw a figure with its lower left corner at x, y. The figure must have been made with `dpi=DPI`."""
    if figure.dpi != DPI:
        raise ValueError(f"make the figure with dpi={DPI}; it has {figure.dpi:g}")
    width, height = (float(v) * DPI for v in figure.get_size_inches())
    canvas.saveState()
    canvas.translate(x, y)
    figure.draw(ReportLabRenderer(canvas, width, height, fonts))
    canvas.restoreState()


__all__ = ["DPI", "ReportLabRenderer", "draw_figure"]

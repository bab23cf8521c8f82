"""Matplotlib figures on the ReportLab canvas: vector, searchable, in the report's fonts."""

from __future__ import annotations

from io import BytesIO

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from app.reports.embedding import standards
from app.reports.fonts import Fonts
from app.reports.mpl_reportlab import DPI, ReportLabRenderer, draw_figure


def page(figure: Figure, fonts: Fonts) -> PdfReader:
    standards(fonts.sans)
    out = BytesIO()
    canvas = Canvas(out, pagesize=(300, 200), initialFontName=fonts.sans, invariant=1, pageCompression=0)
    draw_figure(canvas, figure, 0, 0, fonts)
    canvas.save()
    return PdfReader(BytesIO(out.getvalue()))


def test_an_ordinary_plot_with_axes_and_rotated_text(fonts: Fonts) -> None:
    figure = Figure(figsize=(300 / DPI, 200 / DPI), dpi=DPI)
    axes = figure.add_subplot()
    axes.plot([1, 2, 3], [2, 1, 3], "o--", label="得分 score", clip_on=True)
    axes.set_title("模具 $no formula$", parse_math=False)
    axes.text(2, 2, "斜的 turned", rotation=40)
    axes.legend()
    reader = page(figure, fonts)
    text = reader.pages[0].extract_text(orientations=(0, 90, 180, 270))
    assert "得分 score" in text
    assert "模具 $no formula$" in text
    found: list[str] = []
    reader.pages[0].extract_text(visitor_text=lambda piece, *_: found.append(piece))
    assert "斜的 turned" in "".join(found)
    fonts_used = reader.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    assert {f.get_object()["/BaseFont"].split("+")[1] for f in fonts_used} == {"ReportSans"}


def test_hatch_clip_alpha_and_curves_are_paths(fonts: Fonts) -> None:
    figure = Figure(figsize=(300 / DPI, 200 / DPI), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.add_patch(Rectangle((0.1, 0.1), 0.5, 0.5, hatch="/", facecolor="#fff", edgecolor="#a8391b", alpha=0.5))
    circle = axes.add_patch(Circle((0.5, 0.5), 0.3))
    circle.set_clip_path(Rectangle((0, 0), 0.5, 1, transform=axes.transAxes))
    content = page(figure, fonts).pages[0].get_contents()
    assert content is not None
    operators = content.get_data().decode("latin-1").split()
    assert "c" in operators and "W" in operators and "gs" in operators
    assert "Do" not in operators, "nothing is turned into a picture"


def test_metrics_are_those_of_the_font(fonts: Fonts) -> None:
    from matplotlib.font_manager import FontProperties

    renderer = ReportLabRenderer(Canvas(BytesIO()), 100, 100, fonts)
    width, height, descent = renderer.get_text_width_height_descent("模具", FontProperties(size=10), False)
    assert width == pytest.approx(20)
    assert 0 < descent < height < 12


def test_another_resolution_is_refused(fonts: Fonts) -> None:
    with pytest.raises(ValueError, match="dpi=72"):
        draw_figure(Canvas(BytesIO()), Figure(dpi=100), 0, 0, fonts)


def test_pyplot_is_never_loaded() -> None:
    import subprocess
    import sys

    code = "import sys; import app.reports.pages; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

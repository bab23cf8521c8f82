"""The pages of a report: cover with nameplate, contents and code, then the chapters with header and footer."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Spacer

from app.reports import charts, theme
from app.reports import document as d
from app.reports.flowables import Chart, Text, brick_course, draw_runs, measure, style
from app.reports.fonts import Fonts
from app.reports.layout import Layout
from app.reports.theme import HEIGHT, LEFT, MEASURE, WIDTH, colour


class ReportCanvas(Canvas):
    """A canvas that knows the number of pages and the chapters when it is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Canvas."""
        super().__init__(*args, **kwargs)
        self.chapters: list[tuple[str, int, str]] = []
        self.on_save: Any = None

    def save(self) -> None:
        """Draw what could only be known at the end, then save."""
        if self.on_save is not None:
            self.on_save(self)
        super().save()


class Pages:
    """Draws one document."""

    def __init__(self, document: d.Document, fonts: Fonts, *, with_charts: bool) -> None:
        """`with_charts=False` leaves the charts out (to measure what they cost)."""
        self._document, self._fonts = document, fonts
        self._layout = Layout(document, fonts, with_charts=with_charts)
        self._with_charts = with_charts

    def build(self) -> bytes:
        """The finished PDF."""
        out = BytesIO()
        frame = Frame(LEFT, theme.BOTTOM, MEASURE, HEIGHT - theme.TOP - theme.BOTTOM, 0, 0, 0, 0, id="text")
        template = BaseDocTemplate(
            out,
            pagesize=(WIDTH, HEIGHT),
            title=self._document.title,
            subject=self._document.subject,
            author=self._document.author,
            creator=self._document.author,
            lang=self._document.tag,
            invariant=1,
            pageCompression=1,
            initialFontName=self._fonts.sans,
        )
        template.addPageTemplates(
            [
                PageTemplate("cover", [frame], onPage=self._cover, autoNextPageTemplate="inside"),
                PageTemplate("inside", [frame], onPage=self._page),
            ]
        )
        template.build([Spacer(1, 1), *self._layout.story()], canvasmaker=self._canvas)
        return out.getvalue()

    def _canvas(self, *args: Any, **kwargs: Any) -> ReportCanvas:
        canvas = ReportCanvas(*args, **kwargs | {"initialFontName": self._fonts.sans})
        canvas.on_save = self._finish
        return canvas

    # --- pages

    def _page(self, canvas: Canvas, template: Any) -> None:
        canvas.saveState()
        brick_course(canvas)
        header = _fitted(self._document.header, self._fonts, 7.6, MEASURE * 0.62)
        draw_runs(canvas, LEFT, HEIGHT - 34, header, self._fonts, "sans", 7.6, "ink-2")
        draw_runs(
            canvas,
            WIDTH - LEFT,
            HEIGHT - 34,
            self._document.cover.title,
            self._fonts,
            "sans",
            7.6,
            "ink-2",
            align="right",
        )
        canvas.setStrokeColor(colour("line"))
        canvas.setLineWidth(theme.HAIR)
        canvas.line(LEFT, 38, WIDTH - LEFT, 38)
        draw_runs(canvas, LEFT, 26, self._document.footer, self._fonts, "sans", 7.2, "ink-2")
        canvas.restoreState()
        canvas.doForm(f"page{canvas.getPageNumber()}")

    def _finish(self, canvas: ReportCanvas) -> None:
        """Page n of m, and the contents on the cover: drawn last, as forms that the pages already show."""
        pages = canvas.getPageNumber() - 1
        for number in range(2, pages + 1):
            canvas.beginForm(f"page{number}", 0, 0, WIDTH, HEIGHT)
            label = self._document.page_label.format(page=number, pages=pages)
            draw_runs(canvas, WIDTH - LEFT, 26, label, self._fonts, "sans", 7.2, "ink-2", align="right")
            canvas.endForm()
        canvas.beginForm("contents", 0, 0, WIDTH, HEIGHT)
        self._contents(canvas)
        canvas.endForm()

    # --- cover

    def _cover(self, canvas: Canvas, template: Any) -> None:
        document, cover = self._document, self._document.cover
        canvas.saveState()
        brick_course(canvas)
        y = HEIGHT - 84
        self._brand(canvas, LEFT, y)
        draw_runs(canvas, LEFT + 42, y + 10, cover.kicker, self._fonts, "sans", 10.5, "ink")
        if cover.demo:
            draw_runs(canvas, WIDTH - LEFT, y + 10, cover.demo, self._fonts, "sans", 8.5, "accent", align="right")
        y -= 62
        draw_runs(canvas, LEFT, y, cover.title, self._fonts, "sans", theme.TITLE[0], "ink", bold=True)
        size = 17 if len(cover.firm) <= 60 else 13
        firm = Text(cover.firm, self._fonts, style("firm", document.language, "sans", size, size * 1.4), bold=True)
        _, height = firm.wrap(MEASURE, 200)
        y -= 22 + height
        firm.drawOn(canvas, LEFT, y)
        draw_runs(canvas, LEFT, y - 16, cover.line, self._fonts, "sans", 10, "ink-2")
        y -= 44
        y = self._plate(canvas, y)
        remark = Text(cover.remark, self._fonts, style("remark", document.language, "sans", 8.6, 13.4, "ink-2"))
        _, height = remark.wrap(MEASURE, 200)
        remark.drawOn(canvas, LEFT, y - 16 - height)
        self._contents_top = y - 16 - height - 26
        canvas.restoreState()
        canvas.doForm("contents")
        canvas.bookmarkPage("cover")

    def _brand(self, canvas: Canvas, x: float, y: float) -> None:
        """Six bricks growing to the right, the top one of kapok."""
        canvas.setFillColor(colour("brick"))
        for left, row, wide in ((0, 0, 11), (12.5, 0, 9.5), (23.5, 0, 10.5), (12, 1, 10), (23.5, 1, 10.5)):
            canvas.rect(x + left, y + row * 11.5, wide, 9, stroke=0, fill=1)
        canvas.setFillColor(colour("accent"))
        canvas.rect(x + 23, y + 23, 11, 9, stroke=0, fill=1)

    def _plate(self, canvas: Canvas, top: float) -> float:
        """The nameplate with four rivets; returns its lower edge."""
        cover, fonts = self._document.cover, self._fonts
        qr = 92.0 if cover.verify_url else 0.0
        inner = MEASURE - 44
        grid = inner - (qr + 22 if qr else 0)
        cells = [self._plate_cell(label, value, remark, grid / 2 - 14) for label, value, remark in cover.plate]
        rows = [cells[i : i + 2] for i in range(0, len(cells), 2)]
        heights = [max(c[1] for c in row) + 12 for row in rows]
        ladder = Chart(charts.draw(cover.ladder, inner, fonts), fonts) if self._with_charts else None
        ladder_height = ladder.height + 16 if ladder else 0
        height = 46 + sum(heights) + ladder_height + 18
        x, bottom = LEFT, top - height
        canvas.setStrokeColor(colour("ink"))
        canvas.setLineWidth(1.6)
        canvas.roundRect(x, bottom, MEASURE, height, theme.RADIUS_PLATE, stroke=1, fill=0)
        canvas.setFillColor(colour("edge"))
        for cx in (x + 11, x + MEASURE - 11):
            for cy in (bottom + 11, top - 11):
                canvas.circle(cx, cy, 3, stroke=0, fill=1)
        left, y = x + 22, top - 30
        draw_runs(canvas, left, y, cover.plate_title, fonts, "sans", 10.5, "ink", bold=True)
        draw_runs(canvas, left + inner, y, cover.plate_tag, fonts, "sans", 10.5, "ink", align="right", bold=True)
        y -= 9
        canvas.setLineWidth(0.9)
        canvas.line(left, y, left + inner, y)
        start = y
        canvas.setStrokeColor(colour("line"))
        canvas.setLineWidth(theme.HAIR)
        for row, tall in zip(rows, heights, strict=True):
            for i, (draw, _) in enumerate(row):
                draw(canvas, left + i * grid / 2 + (10 if i else 0), y)
            y -= tall
            canvas.line(left, y, left + grid, y)
        canvas.line(left + grid / 2, start, left + grid / 2, y)
        if qr:
            self._qr(canvas, left + grid + 22, start - 10 - qr, qr)
        if ladder:
            ladder.drawOn(canvas, left, y - ladder_height + 8)
        return bottom

    def _plate_cell(self, label: str, value: str, remark: str, width: float) -> tuple[Any, float]:
        """(how to draw a cell, its height)."""
        fonts, language = self._fonts, self._document.language
        figure = bool(remark)
        text = Text(value, fonts, style("plate", language, "sans", 10.5, 14.5), bold=True)
        tall = 22.0 if figure else text.wrap(width, 200)[1]

        def draw(canvas: Canvas, x: float, y: float) -> None:
            draw_runs(canvas, x, y - 12, label, fonts, "sans", 7.8, "ink-2")
            if figure:
                wide = draw_runs(canvas, x, y - 36, value, fonts, "sans", 22, "ink", bold=True)
                draw_runs(canvas, x + wide + 6, y - 36, remark, fonts, "sans", 9.5, "ink")
            else:
                text.drawOn(canvas, x, y - 16 - tall)

        return draw, tall + 14

    def _qr(self, canvas: Canvas, x: float, y: float, size: float) -> None:
        cover = self._document.cover
        code = QrCodeWidget(cover.verify_url, barLevel="M").qr
        code.make()
        count = code.getModuleCount()
        unit = size / count
        squares = canvas.beginPath()
        for row in range(count):
            start = None
            for column in range(count + 1):
                dark = column < count and code.isDark(row, column)
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    squares.rect(x + start * unit, y + size - (row + 1) * unit, (column - start) * unit, unit)
                    start = None
        canvas.setFillColor(colour("ink"))
        canvas.drawPath(squares, stroke=0, fill=1)
        canvas.linkURL(cover.verify_url, (x, y, x + size, y + size))
        label = Text(
            cover.verify_label, self._fonts, style("qr", self._document.language, "sans", 6.8, 9.4, "ink-2", 1)
        )
        _, height = label.wrap(size, 60)
        label.drawOn(canvas, x, y - height - 2)

    def _contents(self, canvas: ReportCanvas) -> None:
        """Chapters with their pages, in two columns, each a link."""
        fonts, cover = self._fonts, self._document.cover
        top = self._contents_top
        draw_runs(canvas, LEFT, top, cover.contents_title, fonts, "sans", 10, "ink", bold=True)
        gap, column = 26.0, (MEASURE - 26) / 2
        rows = (len(canvas.chapters) + 1) // 2
        step = min(15.5, (top - 40) / max(rows, 1))
        size = min(8.8, step * 0.7)
        for number, (title, page, _) in enumerate(canvas.chapters):
            x = LEFT + (number // rows) * (column + gap)
            y = top - 19 - (number % rows) * step
            draw_runs(canvas, x, y, _fitted(title, fonts, size, column - 24), fonts, "sans", size, "ink")
            draw_runs(canvas, x + column, y, str(page), fonts, "sans", size, "ink-2", align="right")
            canvas.setStrokeColor(colour("line"))
            canvas.setLineWidth(theme.HAIR)
            canvas.line(x, y - step * 0.3, x + column, y - step * 0.3)


def _fitted(text: str, fonts: Fonts, size: float, width: float) -> str:
    """A line cut to a width, with an ellipsis."""
    if measure(fonts.runs(text, "sans"), size) <= width:
        return text
    while text and measure(fonts.runs(text + "…", "sans"), size) > width:
        text = text[:-1]
    return text.rstrip() + "…"

"""The page of a self-check drawn in the look of the report.

It holds every thing to do; how many of them are explained depends on the room that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepInFrame, PageTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from app.reports import theme
from app.reports.document import Rich, Span
from app.reports.flowables import BarCell, Panel, Text, brick_course, draw_runs, style
from app.reports.fonts import NAMES, Fonts
from app.reports.selfcheck import Sheet, SheetGroup, SheetRow
from app.reports.theme import BOTTOM, HEIGHT, LEFT, MEASURE, RIGHT, WIDTH, colour

_TOP = 34.0
_ROOM = HEIGHT - _TOP - BOTTOM


class _Band(Flowable):
    """The share as a bar on its three bands."""

    def __init__(self, sheet: Sheet, fonts: Fonts, width: float) -> None:
        super().__init__()
        self._sheet, self._fonts, self.width, self.height = sheet, fonts, width, 30.0

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803  # ReportLab's names
        """Its own size."""
        return self.width, self.height

    def draw(self) -> None:
        """The bar, a line and its figure where each band begins."""
        canvas, sheet = self.canv, self._sheet
        canvas.setFillColor(colour("line"))
        canvas.rect(0, 18, self.width, 9, stroke=0, fill=1)
        canvas.setFillColor(colour("data"))
        canvas.rect(0, 18, self.width * sheet.share_part / 100, 9, stroke=0, fill=1)
        for start in sheet.bands:
            x = self.width * start / 100
            if start:
                canvas.setStrokeColor(colour("ink"))
                canvas.setLineWidth(1)
                canvas.line(x, 14, x, 30)
            draw_runs(canvas, x + (3 if start else 0), 6, str(start), self._fonts, "sans", 7, "ink-2")
        draw_runs(canvas, self.width, 6, "100", self._fonts, "sans", 7, "ink-2", align="right")


class SheetPage:
    """Draws one sheet."""

    def __init__(self, sheet: Sheet, fonts: Fonts) -> None:
        """`fonts` as `fonts.load` gives them."""
        self._sheet, self._fonts = sheet, fonts

    def build(self) -> bytes:
        """The finished PDF."""
        out = BytesIO()
        template = BaseDocTemplate(
            out,
            pagesize=(WIDTH, HEIGHT),
            title=f"{self._sheet.title} {self._sheet.firm}",
            subject=self._sheet.line,
            lang=self._sheet.tag,
            invariant=1,
            pageCompression=1,
            initialFontName=self._fonts.sans,
        )
        frame = Frame(LEFT, BOTTOM, MEASURE, _ROOM, 0, 0, 0, 0)
        template.addPageTemplates([PageTemplate("sheet", [frame], onPage=self._decorate)])
        template.build([self._fitted()], canvasmaker=self._canvas)
        return out.getvalue()

    def _canvas(self, *args: Any, **kwargs: Any) -> Canvas:
        return Canvas(*args, **kwargs | {"initialFontName": self._fonts.sans})

    def _decorate(self, canvas: Canvas, template: Any) -> None:
        canvas.saveState()
        brick_course(canvas)
        canvas.setStrokeColor(colour("line"))
        canvas.setLineWidth(theme.HAIR)
        canvas.line(LEFT, 38, WIDTH - RIGHT, 38)
        draw_runs(canvas, LEFT, 26, self._sheet.footer, self._fonts, "sans", 7.2, "ink-2")
        canvas.restoreState()

    def _fitted(self) -> Flowable:
        """As many explained rows as fit, those that the law asks for first; the rest keep title and price.

        What is still too long is set smaller.
        """
        rows = sorted((row for group in self._sheet.groups for row in group.rows), key=lambda row: not row.duty)
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._height(rows[:middle]) <= _ROOM else (low, middle - 1)
        return KeepInFrame(MEASURE, _ROOM, self._story(rows[:low]), mode="shrink")

    def _height(self, explained: Sequence[SheetRow]) -> float:
        return sum(float(f.wrap(MEASURE, 10_000)[1]) for f in self._story(explained))

    # --- pieces

    def _text(
        self, text: Rich, size: float, leading: float, *, tone: str = "ink", align: int = 0, bold: bool = False
    ) -> Text:
        breaks = "zh" if self._sheet.language == "zh" or _has_chinese(text) else "en"
        how = style("sheet", breaks, "sans", size, leading, tone, align)
        return Text(text, self._fonts, how, bold=bold)

    def _story(self, explained: Sequence[SheetRow]) -> list[Flowable]:
        sheet = self._sheet
        story: list[Flowable] = [*self._head(), Spacer(1, 8), self._standing(), Spacer(1, 8)]
        if sheet.duty:
            lines = [self._text(line, 8, 11) for line in sheet.duties]
            story.append(
                Panel([self._text(sheet.duty, 9, 13, tone="accent", bold=True), *lines], ground="accent-tint",
                      bar="accent", pad=6)
            )  # fmt: skip
            story.append(Spacer(1, 6))
        if sheet.empty:
            story += [self._text(sheet.empty, 10, 15, bold=True), Spacer(1, 6)]
        for group in sheet.groups:
            story += self._group(group, explained)
        if sheet.means:
            story += [Spacer(1, 4), self._text(sheet.means, 8.4, 12, bold=True)]
        story.append(Spacer(1, 5))
        story += [self._text(line, 6.8, 9.2, tone="ink-2") for line in sheet.foot]
        return story

    def _head(self) -> list[Flowable]:
        sheet = self._sheet
        return [
            self._text(sheet.line, 8, 11, tone="ink-2"),
            self._text(sheet.title, 17, 22, bold=True),
            self._text(sheet.firm if len(sheet.firm) <= 90 else sheet.firm[:89] + "…", 10.5, 15),
        ]

    def _standing(self) -> Grid:
        """The share and its band on the left, the parts on the right."""
        sheet = self._sheet
        left, gap = MEASURE * 0.5, 16.0
        right = MEASURE - left - gap
        figure = (Span(sheet.share),)
        mark = Grid(
            [[self._text(figure, 26, 30, bold=True), self._text(sheet.share_unit, 8.4, 12, tone="ink-2")]],
            colWidths=(70, left - 70),
        )
        mark.setStyle(TableStyle([*_NO_PADDING, ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]))
        stand: list[Any] = [
            mark, Spacer(1, 4), _Band(sheet, self._fonts, left),
            self._text(sheet.band, 10, 14, bold=True), self._text(sheet.band_text, 8.4, 12.4),
        ]  # fmt: skip
        rows = [
            [self._text(title, 8, 11), BarCell(part, 1, right * 0.3), self._text(share, 8, 11, align=2)]
            for title, share, part in sheet.sections
        ]
        parts = Grid(rows, colWidths=(right * 0.52, right * 0.33, right * 0.15))
        parts.setStyle(
            TableStyle([*_NO_PADDING, ("TOPPADDING", (0, 0), (-1, -1), 2.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                        ("LINEBELOW", (0, 0), (-1, -1), theme.HAIR, colour("line"))])
        )  # fmt: skip
        grid = Grid([[stand, "", parts]], colWidths=(left, gap, right), hAlign="LEFT")
        grid.setStyle(TableStyle(_NO_PADDING))
        return grid

    def _group(self, group: SheetGroup, explained: Sequence[SheetRow]) -> list[Flowable]:
        right = 84.0
        head = [self._text(group.title, 10.5, 14, bold=True), self._text(group.sum, 7.6, 11, tone="ink-2", align=2)]
        rows: list[list[Any]] = [head]
        for row in group.rows:
            title: tuple[Span, ...] = (Span(row.title),)
            if row.duty:
                title = (Span(f"{self._sheet.law_mark} ", "accent"), *title)
            told: list[Any] = [self._text(title, 8.6, 12, bold=True)]
            if row.note:
                told.append(self._text(row.note, 7.6, 10.6))
            if row.text and row in explained:
                told.append(self._text(row.text, 7.6, 10.6, tone="ink-2"))
            rows.append([told, self._text(row.cost, 8, 12, align=2)])
        grid = Grid(rows, colWidths=(MEASURE - right, right), hAlign="LEFT")
        grid.setStyle(
            TableStyle(
                [
                    *_NO_PADDING,
                    ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
                    ("TOPPADDING", (0, 0), (-1, 0), 4),
                    ("LINEBELOW", (0, 0), (-1, 0), theme.RULE, colour("ink")),
                    ("TOPPADDING", (0, 1), (-1, -1), 1.8),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
                    ("LINEBELOW", (0, 1), (-1, -1), theme.HAIR, colour("line")),
                ]
            )
        )
        return [grid, Spacer(1, 5)]


def _has_chinese(text: Rich) -> bool:
    parts: Sequence[str] = [text] if isinstance(text, str) else [span.text for span in text]
    return any(c >= "\u2e80" for part in parts for c in part)


_NO_PADDING: list[tuple[Any, ...]] = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("FONTNAME", (0, 0), (-1, -1), NAMES["sans"]),
]

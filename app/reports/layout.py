"""Document to page: each kind of block becomes flowables, each page gets its brick course, header and footer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from app.reports import charts, theme
from app.reports import document as d
from app.reports.flowables import BarCell, Chart, LevelChip, Panel, SectionHead, Text, style
from app.reports.fonts import NAMES, Fonts
from app.reports.theme import MEASURE, colour

_ALIGN = {"l": 0, "c": 1, "r": 2}


class Layout:
    """Turns the sections of one document into flowables."""

    def __init__(self, document: d.Document, fonts: Fonts, *, with_charts: bool = True) -> None:
        """`with_charts=False` leaves the charts out (to measure what they cost)."""
        self._document, self._fonts, self._with_charts = document, fonts, with_charts
        self._language = document.language

    def story(self) -> list[Flowable]:
        """Everything after the cover."""
        flowables: list[Flowable] = []
        for section in self._document.sections:
            if section.fresh:
                flowables.append(PageBreak())
            else:
                flowables += [Spacer(1, 22), CondPageBreak(280)]
            flowables += [self._head(section), Spacer(1, 8)]
            for block in section.blocks:
                flowables += self.block(block, MEASURE)
        return flowables

    # --- text

    def text(
        self,
        text: d.Rich,
        kind: str = "body",
        *,
        face: str | None = None,
        tone: str = "ink",
        align: int = 0,
        bold: bool = False,
    ) -> Text:
        """A paragraph of one of the theme's sizes."""
        size, leading = _SIZES[kind] if kind in _SIZES else getattr(theme, kind.upper())[self._language]
        face = face or ("serif" if kind == "body" else "sans")
        breaks = "zh" if self._language == "zh" or _has_chinese(text) else "en"
        return Text(text, self._fonts, style(kind, breaks, face, size, leading, tone, align), bold=bold)

    def _head(self, section: d.Section) -> SectionHead:
        question = self.text(section.question, "small", tone="ink-2") if section.question else None
        return SectionHead(section.id, self.text(section.title, "section", bold=True), question, section.title)

    # --- blocks

    def block(self, block: d.Block, width: float) -> list[Flowable]:
        """The flowables of one block."""
        return _BLOCKS[type(block)](self, block, width)

    def _answer(self, block: d.Answer, width: float) -> list[Flowable]:
        return [self.text(block.text, "answer", bold=True), Spacer(1, 7)]

    def _heading(self, block: d.Heading, width: float) -> list[Flowable]:
        return [Spacer(1, 15), CondPageBreak(90), self.text(block.text, "heading", bold=True), Spacer(1, 5)]

    def _para(self, block: d.Para, width: float) -> list[Flowable]:
        return [self.text(block.text), Spacer(1, 7)]

    def _note(self, block: d.Note, width: float) -> list[Flowable]:
        return [Spacer(1, 3), self.text(block.text, "note", tone="ink-2"), Spacer(1, 5)]

    def _bullets(self, block: d.Bullets, width: float) -> list[Flowable]:
        rows = [
            [self.text("•" if self._language == "zh" else "–", "small", tone="accent"), self.text(item)]
            for item in block.items
        ]
        grid = Grid(rows, colWidths=(14, width - 14), spaceAfter=6)
        grid.setStyle(
            TableStyle([*_NO_PADDING, ("TOPPADDING", (0, 0), (0, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)])
        )
        return [grid]

    def _figure(self, block: d.Figure, width: float) -> list[Flowable]:
        caption: list[Flowable] = (
            [self.text(block.caption, "note", tone="ink-2"), Spacer(1, 5)] if block.caption else []
        )
        for flowable in caption:
            flowable.keepWithNext = 1
        if not self._with_charts:
            return caption
        chart = Chart(charts.draw(block.chart, width, self._fonts), self._fonts)
        return [Spacer(1, 4), *caption, chart, Spacer(1, 12)]

    def pairs(self, pairs: Iterable[tuple[str, d.Rich]], width: float, *, label: float = 66.0) -> Grid:
        """Label and value in two columns."""
        label = label if self._language == "zh" else label + 12
        rows = [[self.text(name, "small", tone="ink-2"), self.text(value, "small")] for name, value in pairs]
        grid = Grid(rows, colWidths=(label, width - label), splitInRow=1)
        grid.setStyle(
            TableStyle([*_NO_PADDING, ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6), ("RIGHTPADDING", (0, 0), (0, -1), 6)])
        )
        return grid

    def _table(self, block: d.Table, width: float) -> list[Flowable]:
        widths = [share * width for share in block.widths]
        rows = []
        head = any(block.head)
        if head:
            rows.append(
                [
                    self.text(h, "note", tone="ink-2", align=_ALIGN[a])
                    for h, a in zip(block.head, block.align, strict=True)
                ]
            )
        for number, row in enumerate(block.rows):
            loud = number in block.groups or (block.total and number == len(block.rows) - 1)
            rows.append([self._cell(c, a, w, loud=loud) for c, a, w in zip(row, block.align, widths, strict=True)])
        grid = Grid(rows, colWidths=widths, repeatRows=1 if head else 0, spaceAfter=8)
        grid.setStyle(TableStyle(_table_commands(block, head=head)))
        return [grid]

    def _cell(self, cell: d.Cell, align: str, width: float, *, loud: bool) -> Any:
        if isinstance(cell, d.Level):
            if cell.value is None and cell.word:
                return self.text(cell.word, "table", tone="ink-2")
            return LevelChip(cell, self._fonts)
        if isinstance(cell, d.Bar):
            return BarCell(cell.value, cell.most, width - 10)
        if isinstance(cell, d.Lines):
            return [self._line(span) for span in cell.lines if span.text]
        return self.text(cell, "table", align=_ALIGN[align], bold=loud)

    def _line(self, span: d.Span) -> Text:
        if span.tone == "strong":
            return self.text(span.text, "table", bold=True)
        tone = {"quiet": "ink-2", "accent": "accent"}.get(span.tone, "ink")
        return self.text(span.text, "note" if span.tone in ("quiet", "accent") else "table", tone=tone)

    def _question(self, block: d.Question, width: float) -> list[Flowable]:
        left = 82.0 if self._language == "zh" else 92.0
        inner = width - left
        content: list[Flowable] = [self.text(block.answer, "answer", bold=True), Spacer(1, 4)]
        for part in block.blocks:
            content += self.block(part, inner)
        grid = Grid([[self.text(block.question, "small", tone="ink-2"), content]], colWidths=(left, inner))
        grid.setStyle(
            TableStyle(
                [
                    *_NO_PADDING,
                    ("LINEABOVE", (0, 0), (-1, 0), theme.HAIR, colour("line")),
                    ("TOPPADDING", (0, 0), (-1, -1), 9),
                    ("TOPPADDING", (0, 0), (0, -1), 13),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
                    ("RIGHTPADDING", (0, 0), (0, -1), 8),
                ]
            )
        )
        return [grid]

    def _step(self, block: d.Step, width: float) -> list[Flowable]:
        right = 132.0
        gap = 14.0
        left = width - right - gap
        title = (d.Span(block.number, "accent"), d.Span("　" if self._language == "zh" else "  "), d.Span(block.title))
        told: list[Flowable] = [
            self.text(block.problem, "small", tone="ink-2"), Spacer(1, 3),
            self.text(title, "card", bold=True), Spacer(1, 4),
            self.text(block.what),
        ]  # fmt: skip
        priced: list[Flowable] = [
            self.text(block.cost, "price", bold=True),
            self.text(block.cost_note, "note", tone="ink-2"), Spacer(1, 4),
            self.text(block.price_note, "note", tone="ink-2"),
        ]  # fmt: skip
        top = Grid([[told, "", priced]], colWidths=(left, gap, right))
        top.setStyle(TableStyle(_NO_PADDING))
        bar = "accent" if block.first else "brick"
        card = Grid([[top], [self.pairs(block.facts, width)]], colWidths=(width,))
        card.setStyle(
            TableStyle(
                [
                    *_NO_PADDING,
                    ("LINEABOVE", (0, 0), (-1, 0), 2.4, colour(bar), 0),
                    ("TOPPADDING", (0, 0), (-1, 0), 8),
                    ("LINEABOVE", (0, 1), (-1, 1), theme.HAIR, colour("line")),
                    ("TOPPADDING", (0, 1), (-1, 1), 6),
                    ("BOTTOMPADDING", (0, 0), (-1, 0), 6),
                ]
            )
        )
        return [KeepTogether([card]), Spacer(1, 14)]

    def _duty(self, block: d.Duty, width: float) -> list[Flowable]:
        content: list[Flowable] = [
            self.text(block.title, "card", bold=True, tone="accent" if block.owed else "ink"),
            Spacer(1, 3),
            self.text(block.text),
            Spacer(1, 4),
            self.pairs(block.facts, width - 22),
        ]
        ground, bar = ("accent-tint", "accent") if block.owed else ("sunk", "brick")
        return [KeepTogether([Panel(content, ground=ground, bar=bar)]), Spacer(1, 10)]


_SIZES = {
    "title": theme.TITLE,
    "section": theme.SECTION,
    "answer": theme.ANSWER,
    "heading": theme.HEADING,
    "card": theme.CARD,
    "price": (12.5, 17),
}
_NO_PADDING: list[tuple[Any, ...]] = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("FONTNAME", (0, 0), (-1, -1), NAMES["sans"]),
]
_BLOCKS: dict[type, Callable[[Layout, Any, float], list[Flowable]]] = {
    d.Answer: Layout._answer, d.Heading: Layout._heading, d.Para: Layout._para, d.Note: Layout._note,
    d.Bullets: Layout._bullets, d.Figure: Layout._figure, d.Table: Layout._table, d.Step: Layout._step,
    d.Duty: Layout._duty, d.Question: Layout._question,
}  # fmt: skip


def _has_chinese(text: d.Rich) -> bool:
    """Whether a text breaks by Chinese rules, as what a firm wrote does in an English report too."""
    whole = text if isinstance(text, str) else "".join(span.text for span in text)
    return not whole.isascii() and any(c >= "\u2e80" for c in whole)


def _table_commands(block: d.Table, *, head: bool) -> list[tuple[Any, ...]]:
    first = 1 if head else 0
    commands: list[tuple[Any, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), NAMES["sans"]),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2.0 if block.dense else 3.4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8 if block.dense else 4.0),
        ("LINEBELOW", (0, first), (-1, -1), theme.HAIR, colour("line")),
    ]
    if head:
        commands += [("VALIGN", (0, 0), (-1, 0), "BOTTOM"), ("LINEBELOW", (0, 0), (-1, 0), theme.RULE, colour("ink"))]
    for number in block.groups:
        row = number + first
        commands += [
            ("TOPPADDING", (0, row), (-1, row), 7 if block.dense else 9),
            ("LINEBELOW", (0, row), (-1, row), theme.HAIR, colour("edge")),
            ("NOSPLIT", (0, row), (-1, min(row + 1, len(block.rows) + first - 1))),
        ]
    if block.total:
        commands += [
            ("LINEABOVE", (0, -1), (-1, -1), theme.RULE, colour("ink")),
            ("LINEBELOW", (0, -1), (-1, -1), 0, colour("paper")),
        ]
    return commands

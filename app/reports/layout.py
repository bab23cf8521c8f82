"""Document to page: each kind of block becomes flowables, each page gets its brick course, header and footer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Any

from reportlab.platypus import Flowable, PageBreak, TableStyle
from reportlab.platypus import Table as Grid

from app.reports import charts, theme
from app.reports import document as d
from app.reports.flowables import BarCell, Chart, LevelChip, Panel, SectionHead, Text, style
from app.reports.fonts import NAMES, Fonts
from app.reports.paging import Air, Room, Rows
from app.reports.theme import MEASURE, colour

_ALIGN = {"l": 0, "c": 1, "r": 2}


class Layout:
    """Turns the sections of one document into flowables."""

    def __init__(self, document: d.Document, fonts: Fonts, *, with_charts: bool = True) -> None:
        """`with_charts=False` leaves the charts out (to measure what they cost)."""
        self._document, self._fonts, self._with_charts = document, fonts, with_charts
        self._language = document.language

    def story(self) -> list[Flowable]:
        """Everything after the cover. The first chapter has its page to itself; each further one begins on the running
        page where there is room for it."""
        flowables: list[Flowable] = []
        for number, section in enumerate(self._document.sections):
            chapter = [self._head(section), Air(8), *self.blocks(section.blocks, MEASURE)]
            room = Room(30)
            room.whole = sum(_height(flowable) for flowable in chapter)
            flowables += [PageBreak() if number < 2 else room, *chapter]
        for number, flowable in enumerate(flowables):
            if isinstance(flowable, Room):
                flowable.need = _opening(flowables[number + 1 :])
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

    def blocks(self, blocks: Sequence[d.Block], width: float) -> list[Flowable]:
        """The flowables of a chapter's blocks. Notes stay with the end of the table, or the chart, above them."""
        made: list[Flowable] = []
        rest = list(blocks)
        while rest:
            block = rest.pop(0)
            if isinstance(block, d.Table):
                notes = list(takewhile(lambda one: isinstance(one, d.Note), rest))
                del rest[: len(notes)]
                texts = [self.text(note.text, "note", tone="ink-2") for note in notes if isinstance(note, d.Note)]
                made.append(self._table(block, width, texts))
                continue
            drawn = _BLOCKS[type(block)](self, block, width)
            if isinstance(block, d.Figure) and rest and isinstance(rest[0], d.Note):
                for flowable in drawn:
                    flowable.keepWithNext = 1
            made += drawn
        return made

    def _answer(self, block: d.Answer, width: float) -> list[Flowable]:
        return [self.text(block.text, "answer", bold=True), Air(7)]

    def _heading(self, block: d.Heading, width: float) -> list[Flowable]:
        return [Room(15), self.text(block.text, "heading", bold=True), Air(5)]

    def _para(self, block: d.Para, width: float) -> list[Flowable]:
        return [self.text(block.text), Air(7)]

    def _note(self, block: d.Note, width: float) -> list[Flowable]:
        return [Air(3), self.text(block.text, "note", tone="ink-2"), Air(5)]

    def _bullets(self, block: d.Bullets, width: float) -> list[Flowable]:
        rows = [[self.text("•", "small", tone="accent"), self.text(item)] for item in block.items]
        grid = Rows(rows, colWidths=(14, width - 14), spaceAfter=6)
        padding = [("TOPPADDING", (0, 0), (0, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
        grid.setStyle(TableStyle([*_NO_PADDING, *padding, *_tied(len(rows), {0, len(rows) - 2})]))
        return [grid]

    def _figure(self, block: d.Figure, width: float) -> list[Flowable]:
        caption: list[Flowable] = [self.text(block.caption, "note", tone="ink-2"), Air(5)] if block.caption else []
        for flowable in caption:
            flowable.keepWithNext = 1
        if not self._with_charts:
            return caption
        chart = Chart(charts.draw(block.chart, width, self._fonts), self._fonts)
        return [Air(4), *caption, chart, Air(12)]

    def pairs(self, pairs: Iterable[tuple[str, d.Rich]], width: float, *, label: float = 66.0) -> Grid:
        """Label and value in two columns."""
        label = label if self._language == "zh" else label + 12
        rows = [[self.text(name, "small", tone="ink-2"), self.text(value, "small")] for name, value in pairs]
        grid = Grid(rows, colWidths=(label, width - label), splitInRow=1)
        grid.setStyle(
            TableStyle([*_NO_PADDING, ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6), ("RIGHTPADDING", (0, 0), (0, -1), 6)])
        )
        return grid

    def _table(self, block: d.Table, width: float, notes: Sequence[Text]) -> Rows:
        widths = [share * width for share in block.widths]
        rows: list[list[Any]] = []
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
        if notes:
            rows.append([list(notes), *[""] * (len(widths) - 1)])
        grid = Rows(rows, colWidths=widths, repeatRows=1 if head else 0, spaceAfter=8)
        grid.setStyle(TableStyle(_table_commands(block, head=head, notes=bool(notes))))
        return grid

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
        content: list[Flowable] = [self.text(block.answer, "answer", bold=True), Air(4)]
        content += self.blocks(block.blocks, inner)
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
            self.text(block.problem, "small", tone="ink-2"), Air(3),
            self.text(title, "card", bold=True), Air(4),
            self.text(block.what),
        ]  # fmt: skip
        priced: list[Flowable] = [
            self.text(block.cost, "price", bold=True),
            self.text(block.cost_note, "note", tone="ink-2"), Air(4),
            self.text(block.price_note, "note", tone="ink-2"),
        ]  # fmt: skip
        top = Grid([[told, "", priced]], colWidths=(left, gap, right))
        top.setStyle(TableStyle(_NO_PADDING))
        bar = "accent" if block.first else "brick"
        card = Rows([[top], [self.pairs(block.facts, width)]], colWidths=(width,))
        card.setStyle(
            TableStyle(
                [
                    *_NO_PADDING,
                    ("LINEABOVE", (0, 0), (-1, 0), 2.4, colour(bar), 0),
                    ("TOPPADDING", (0, 0), (-1, 0), 8),
                    ("LINEABOVE", (0, 1), (-1, 1), theme.HAIR, colour("line")),
                    ("TOPPADDING", (0, 1), (-1, 1), 6),
                    ("BOTTOMPADDING", (0, 0), (-1, 0), 6),
                    ("NOSPLIT", (0, 0), (0, 1)),
                ]
            )
        )
        return [card, Air(14)]

    def _duty(self, block: d.Duty, width: float) -> list[Flowable]:
        content: list[Flowable] = [
            self.text(block.title, "card", bold=True, tone="accent" if block.owed else "ink"),
            Air(3),
            self.text(block.text),
            Air(4),
            self.pairs(block.facts, width - 22),
        ]
        ground, bar = ("accent-tint", "accent") if block.owed else ("sunk", "brick")
        return [Panel(content, ground=ground, bar=bar), Air(10)]


_ENOUGH = 200.0  # of text below a heading, in points
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
    d.Bullets: Layout._bullets, d.Figure: Layout._figure, d.Step: Layout._step,
    d.Duty: Layout._duty, d.Question: Layout._question,
}  # fmt: skip


def _has_chinese(text: d.Rich) -> bool:
    """Whether a text breaks by Chinese rules, as what a firm wrote does in an English report too."""
    whole = text if isinstance(text, str) else "".join(span.text for span in text)
    return not whole.isascii() and any(c >= "\u2e80" for c in whole)


def _height(flowable: Flowable) -> float:
    """Height in the measure."""
    if isinstance(flowable, Room):
        return float(flowable.height)
    return float(flowable.wrap(MEASURE, theme.HEIGHT)[1] + flowable.getSpaceAfter())


def _opening(flowables: Sequence[Flowable]) -> float:
    """Height of what may not be torn from the heading above it: as far as the first rows of a table, a whole chart or
    card, a few lines of text."""
    height = 0.0
    for number, flowable in enumerate(flowables):
        if isinstance(flowable, PageBreak) or (isinstance(flowable, Room) and number > 2):
            break
        if isinstance(flowable, Rows):
            return height + flowable.opening()
        height += _height(flowable)
        if isinstance(flowable, Chart | Panel) or height > _ENOUGH:
            break
    return height


def _tied(count: int, tied: Iterable[int]) -> list[tuple[Any, ...]]:
    """Commands that keep each of these rows on one page with the row after it, of `count` rows."""
    tied = {row for row in tied if 0 <= row < count - 1}
    starts = sorted(row for row in tied if row - 1 not in tied)
    ends = sorted(row + 1 for row in tied if row + 1 not in tied)
    return [("NOSPLIT", (0, start), (-1, end)) for start, end in zip(starts, ends, strict=True)]


def _table_commands(block: d.Table, *, head: bool, notes: bool) -> list[tuple[Any, ...]]:
    first = 1 if head else 0
    last = first + len(block.rows) - 1
    commands: list[tuple[Any, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), NAMES["sans"]),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2.0 if block.dense else 3.4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8 if block.dense else 4.0),
        ("LINEBELOW", (0, first), (-1, last), theme.HAIR, colour("line")),
    ]
    if head:
        commands += [("VALIGN", (0, 0), (-1, 0), "BOTTOM"), ("LINEBELOW", (0, 0), (-1, 0), theme.RULE, colour("ink"))]
    for number in block.groups:
        row = number + first
        commands += [
            ("TOPPADDING", (0, row), (-1, row), 7 if block.dense else 9),
            ("LINEBELOW", (0, row), (-1, row), theme.HAIR, colour("edge")),
        ]
    if block.total:
        commands += [
            ("LINEABOVE", (0, last), (-1, last), theme.RULE, colour("ink")),
            ("LINEBELOW", (0, last), (-1, last), 0, colour("paper")),
        ]
    if notes:
        commands += [("SPAN", (0, -1), (-1, -1)), ("TOPPADDING", (0, -1), (-1, -1), 8)]
    return commands + _tied(last + 1 + notes, {first, last - 1, last, *(row + first for row in block.groups)})

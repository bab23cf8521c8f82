"""The pieces that the report is set from: text that cannot break out of its markup, headings, chips, bars,
cards, charts.

Texts are escaped before they reach ReportLab's paragraph markup, and each character is put into a font that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from matplotlib.figure import Figure
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import getFont, stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph
from reportlab.platypus.paragraph import ParaLines, cjkU, makeCJKParaLine

from app.reports import theme
from app.reports.breaking import line_ends
from app.reports.document import Level, Rich, Span
from app.reports.fonts import NAMES, Fonts
from app.reports.mpl_reportlab import DPI, draw_figure
from app.reports.theme import TOKENS, colour

_TONES = {"accent": "accent", "quiet": "ink-2", "ok": "ok"}
_FILL = re.compile(r"([\d.]+ [\d.]+ [\d.]+) rg")  # a change of the fill colour; the outline of bold letters follows it
# Stroke of a heading, of its size: the typefaces have one weight, a hairline around the letters makes the second.
_BOLD = 0.028


@cache
def style(
    name: str,
    language: str,
    face: str,
    size: float,
    leading: float,
    tone: str = "ink",
    align: int = 0,
    bold: bool = False,
) -> ParagraphStyle:
    """A paragraph style. Chinese breaks between characters with its own rules, English between words."""
    return ParagraphStyle(
        name, fontName=NAMES[face], fontSize=size, leading=leading, textColor=colour(tone), alignment=align,
        wordWrap="CJK" if language == "zh" else None, splitLongWords=1, allowWidows=0, allowOrphans=0,
        spaceShrinkage=0, uriWasteReduce=0, embeddedHyphenation=0,
    )  # fmt: skip


def markup(text: Rich, fonts: Fonts, face: str) -> str:
    """Text as paragraph markup: escaped, rare characters in the font that has them, tones as colours."""
    if isinstance(text, str):
        return _escaped(text, fonts, face)
    return "".join(_span(span, fonts, face) for span in text)


def _span(span: Span, fonts: Fonts, face: str) -> str:
    text = _escaped(span.text, fonts, face)
    token = _TONES.get(span.tone)
    return f'<font color="{TOKENS[token]}">{text}</font>' if token and text else text


def _escaped(text: str, fonts: Fonts, face: str) -> str:
    main = NAMES[face]
    return "".join(
        escape(piece) if name == main else f'<font name="{name}">{escape(piece)}</font>'
        for name, piece in fonts.runs(text, face)
    )


class Text(Paragraph):
    """A paragraph; `bold` thickens its letters."""

    def __init__(self, text: Rich, fonts: Fonts, how: ParagraphStyle, *, bold: bool = False) -> None:
        """The face of the style decides in which face the text is looked up first."""
        face = "serif" if how.fontName == NAMES["serif"] else "sans"
        super().__init__(markup(text, fonts, face), how)
        self._bold = bold

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803  # ReportLab's names
        """Size in this width; lines are broken once, however often the page asks."""
        if getattr(self, "blPara", None) is None or self.width != availWidth:
            super().wrap(availWidth, availHeight)
        return self.width, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Text]:  # noqa: N803
        """Two pieces of the same lines, each of at least two; none where that is not possible."""
        self.wrap(availWidth, availHeight)
        count = len(self.blPara.lines)
        room = int(availHeight / self.style.leading)
        if room >= count:
            return [self]
        cut = min(room, count - 2)
        return [self._lines(0, cut), self._lines(cut, count)] if cut >= 2 else []

    def _lines(self, start: int, stop: int) -> Text:
        piece = copy(self)
        piece.blPara = self.blPara.clone(lines=self.blPara.lines[start:stop])
        piece.height = (stop - start) * self.style.leading
        piece.__dict__.pop("_postponed", None)  # the page's mark on what did not fit
        return piece

    def breakLinesCJK(self, maxWidths: Any) -> Any:  # noqa: N802, N803  # ReportLab's names
        """Lines of Chinese text by the rules of `breaking`."""
        rooms = maxWidths if isinstance(maxWidths, list | tuple) else [maxWidths]
        frags = [f for f in self.frags if f.text]
        if not frags:
            return super().breakLinesCJK(maxWidths)
        text = "".join(f.text for f in frags)
        widths = [w for f in frags for w in _widths(f.text, f.fontName, f.fontSize)]
        ends = line_ends(text, widths, lambda n: float(rooms[min(n, len(rooms) - 1)]))
        starts = [0, *ends[:-1]]
        if len(frags) == 1:
            first = frags[0]
            lines = [(rooms[0] - sum(widths[a:b]), [text[a:b].strip(" ")]) for a, b in zip(starts, ends, strict=True)]
            return first.clone(kind=0, lines=lines, ascent=first.fontSize, descent=-0.2 * first.fontSize)
        signs = [cjkU(c, f, "utf8") for f in frags for c in f.text]
        rows = []
        for a, b in zip(starts, ends, strict=True):
            while a < b and text[a] == " ":
                a += 1
            used = sum(widths[a:b])
            rows.append(makeCJKParaLine(signs[a:b], rooms[0], used, rooms[0] - used, False, False))
        return ParaLines(kind=1, lines=rows)

    def draw(self) -> None:
        """Draw, with a fine outline where bold."""
        if not self._bold:
            super().draw()
            return
        canvas = self.canv
        canvas.saveState()
        canvas.setStrokeColor(self.style.textColor)
        canvas.setLineWidth(self.style.fontSize * _BOLD)
        canvas._code.append("2 Tr")
        before = len(canvas._code)
        super().draw()
        canvas._code[before:] = [_FILL.sub(r"\g<0> \1 RG", code) for code in canvas._code[before:]]
        canvas.restoreState()


def _widths(text: str, font: str, size: float) -> list[float]:
    """Width of each character."""
    face = getFont(font).face
    known, other = face.charWidths, face.defaultWidth
    return [known.get(ord(c), other) * size / 1000 for c in text]


class SectionHead(Flowable):
    """Opens a chapter: the question quiet, the title loud, a brick rule; sets the outline, the header and the
    contents."""

    def __init__(self, key: str, title: Text, question: Text | None, plain: str) -> None:
        """`plain` is the title without markup, for outline and contents."""
        super().__init__()
        self._title, self._question, self.key, self.plain = title, question, key, plain

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """Height of both lines."""
        self.width = availWidth
        self._title_height = self._title.wrap(availWidth, availHeight)[1]
        self._question_height = self._question.wrap(availWidth, availHeight)[1] + 2 if self._question else 0
        self.height = self._title_height + self._question_height + 12
        return availWidth, self.height

    def draw(self) -> None:
        """Draw, and remember where the chapter begins."""
        canvas = self.canv
        canvas.bookmarkHorizontal(self.key, 0, self.height + 8)
        canvas.addOutlineEntry(self.plain, self.key, 0, closed=True)
        canvas.chapters.append((self.plain, canvas.getPageNumber(), self.key))
        y = self.height
        if self._question:
            self._question.drawOn(canvas, 0, y - self._question_height + 2)
            y -= self._question_height
        self._title.drawOn(canvas, 0, y - self._title_height)
        canvas.setFillColor(colour("accent"))
        canvas.rect(0, 2, theme.BRICK, 3, stroke=0, fill=1)
        canvas.setFillColor(colour("brick"))
        canvas.rect(theme.BRICK + 1.2, 2, theme.BRICK, 3, stroke=0, fill=1)


class Chart(Flowable):
    """A figure at its own size; it never breaks."""

    def __init__(self, figure: Figure, fonts: Fonts) -> None:
        """The figure must have been made for the width it gets."""
        super().__init__()
        self._figure, self._fonts = figure, fonts
        self.width, self.height = (float(v) * DPI for v in figure.get_size_inches())

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """The figure's own size."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the figure; it is used once."""
        draw_figure(self.canv, self._figure, 0, 0, self._fonts)


def brick_mark(canvas: Canvas, x: float, y: float, level: int, size: float, token: str) -> None:
    """Four courses of bricks, as many solid as the level."""
    unit = size / 16
    canvas.saveState()
    canvas.setFillColor(colour(token))
    for row in range(4):
        canvas.setFillAlpha(1 if row < level else 0.22)
        left, right = ((0, 10), (11, 5)) if row % 2 == 0 else ((0, 5), (6, 10))
        for start, wide in (left, right):
            canvas.rect(x + start * unit, y + row * 4 * unit, wide * unit, 3 * unit, stroke=0, fill=1)
    canvas.restoreState()


def brick_course(canvas: Canvas) -> None:
    """The course of bricks on top of each page: one of kapok, then brick by brick."""
    y, x = theme.HEIGHT - theme.COURSE, theme.BRICK + 1
    canvas.setFillColor(colour("accent"))
    canvas.rect(0, y, theme.BRICK, theme.COURSE, stroke=0, fill=1)
    canvas.setFillColor(colour("brick"))
    while x < theme.WIDTH:
        canvas.rect(x, y, theme.BRICK, theme.COURSE, stroke=0, fill=1)
        x += theme.BRICK + 1


class LevelChip(Flowable):
    """A level: colour, brick mark and number; without a level the word that says why."""

    def __init__(self, level: Level, fonts: Fonts, size: float = 8.4) -> None:
        """`size` is that of the number."""
        super().__init__()
        self._level, self._fonts, self._size = level, fonts, size
        self.width, self.height = size * 3.1, size * 1.45

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """Size of the chip."""
        return min(self.width, availWidth), self.height

    def draw(self) -> None:
        """Draw the chip."""
        canvas, size, value = self.canv, self._size, self._level.value
        if value is None:
            draw_runs(canvas, 0, size * 0.38, self._level.word, self._fonts, "sans", size, "ink-2")
            return
        canvas.setFillColor(colour(f"lv{value}"))
        canvas.roundRect(0, 0, self.width, self.height, theme.RADIUS_BRICK, stroke=0, fill=1)
        brick_mark(canvas, size * 0.5, size * 0.34, value, size * 0.85, f"on-lv{value}")
        draw_runs(canvas, size * 1.75, size * 0.38, str(value), self._fonts, "sans", size * 1.05, f"on-lv{value}")


class BarCell(Flowable):
    """A bar of value out of most."""

    def __init__(self, value: float, most: float, width: float) -> None:
        """`width` is that of the whole bar."""
        super().__init__()
        self._share = max(0.0, min(1.0, value / most)) if most else 0.0
        self.width, self.height = width, 8.0

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """Size of the bar."""
        self.width = min(self.width, availWidth)
        return self.width, self.height

    def draw(self) -> None:
        """Draw the bar on its hairline."""
        canvas = self.canv
        canvas.setFillColor(colour("line"))
        canvas.rect(0, 3.2, self.width, 1.6, stroke=0, fill=1)
        if self._share:
            canvas.setFillColor(colour("data"))
            canvas.rect(0, 0.6, self.width * self._share, 6.8, stroke=0, fill=1)


class Panel(Flowable):
    """Flowables one under the other on a ground with a bar on the left; it never breaks."""

    def __init__(self, content: Sequence[Flowable], *, ground: str, bar: str, pad: float = 9.0) -> None:
        """`ground` and `bar` are tokens."""
        super().__init__()
        self._content, self._ground, self._bar, self._pad = list(content), ground, bar, pad

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """Height of the content with its padding."""
        self.width = availWidth
        inner = availWidth - 2 * self._pad - 4
        self._heights = [f.wrap(inner, 10_000)[1] + f.getSpaceBefore() * (i > 0) for i, f in enumerate(self._content)]
        self.height = sum(self._heights) + 2 * self._pad
        return availWidth, self.height

    def draw(self) -> None:
        """Draw ground, bar and content."""
        canvas = self.canv
        canvas.setFillColor(colour(self._ground))
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        canvas.setFillColor(colour(self._bar))
        canvas.rect(0, 0, 3, self.height, stroke=0, fill=1)
        y = self.height - self._pad
        for flowable, height in zip(self._content, self._heights, strict=True):
            y -= height
            flowable.drawOn(canvas, self._pad + 4, y)


def draw_runs(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    fonts: Fonts,
    face: str,
    size: float,
    token: str,
    *,
    bold: bool = False,
    align: str = "left",
) -> float:
    """Draw one line and return its width; `align` left, right or center at x."""
    runs = fonts.runs(text, face)
    width = measure(runs, size)
    start = x - (width if align == "right" else width / 2 if align == "center" else 0)
    canvas.saveState()
    canvas.setFillColor(colour(token))
    line = canvas.beginText(start, y)
    if bold:
        canvas.setStrokeColor(colour(token))
        canvas.setLineWidth(size * _BOLD)
        line.setTextRenderMode(2)
    for name, piece in runs:
        line.setFont(name, size)
        line.textOut(piece)
    canvas.drawText(line)
    canvas.restoreState()
    return width


def measure(runs: Iterable[tuple[str, str]], size: float) -> float:
    """Width of (font, text) pairs."""
    return float(sum(stringWidth(piece, name, size) for name, piece in runs))

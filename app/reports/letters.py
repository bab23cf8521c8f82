"""Letters to print, one page for each firm, with the QR code of its personal link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, KeepInFrame, Spacer
from reportlab.platypus import Table as Grid

from app.reports import theme
from app.reports.document import Letter
from app.reports.embedding import standards
from app.reports.flowables import Text, style
from app.reports.fonts import Fonts, printable
from app.reports.render import one_at_a_time
from app.reports.theme import HEIGHT, LEFT, MEASURE, WIDTH, colour

QR_SIZE = 46 * mm
TOP = 62 * mm  # where the window of an envelope ends


def render_letters(letters: Sequence[Letter], fonts: Fonts, progress: Callable[[int], None] | None = None) -> bytes:
    """The PDF of all letters. `progress` is told how many are done. Safe in threads, one at a time."""
    with one_at_a_time():
        standards(fonts.sans)
        out = BytesIO()
        canvas = Canvas(
            out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, initialFontName=fonts.sans,
            lang="zh-CN" if not letters or letters[0].language == "zh" else "en",
        )  # fmt: skip
        canvas.setTitle(letters[0].title if letters else "")
        for number, letter in enumerate(letters, 1):
            _page(canvas, letter, fonts)
            canvas.showPage()
            if progress is not None and number % 50 == 0:
                progress(number)
        canvas.save()
        return out.getvalue()


def _page(canvas: Canvas, letter: Letter, fonts: Fonts) -> None:
    def text(
        words: str, size: float, leading: float, *, tone: str = "ink", face: str = "sans", bold: bool = False
    ) -> Text:
        breaks = "zh" if letter.language == "zh" or any(c >= "\u2e80" for c in words) else "en"
        how = style(f"letter{size}", breaks, face, size, leading, tone)
        return Text(printable(words), fonts, how, bold=bold)

    canvas.setFillColor(colour("accent"))
    canvas.rect(0, HEIGHT - theme.COURSE, WIDTH, theme.COURSE, stroke=0, fill=1)
    head = [
        text(letter.sender, 9, 13, tone="ink-2"),
        Spacer(1, 8 * mm),
        text(letter.firm, 12, 17, bold=True),
        *([text(letter.contact, 11, 16)] if letter.contact else []),
    ]
    _fill(canvas, head, HEIGHT - TOP, TOP - 16 * mm)
    words: list[object] = [text(letter.dated, 9, 13, tone="ink-2"), Spacer(1, 5 * mm)]
    words += [text(letter.title, 18, 25, bold=True), Spacer(1, 4 * mm)]
    for paragraph in letter.paragraphs:
        for line in paragraph.split("\n"):
            if line.strip():
                words += [text(line, 10.5, 17, face="serif"), Spacer(1, 2.4 * mm)]
    label = [text(letter.scan, 9, 13, tone="ink-2"), Spacer(1, 3 * mm)]
    for name, value in (letter.code, letter.address):
        label += [text(name, 9, 13, tone="ink-2"), text(value, 12, 18, bold=True), Spacer(1, 3 * mm)]
    grid = Grid([[_qr(letter.link), label]], colWidths=(QR_SIZE + 8 * mm, MEASURE - QR_SIZE - 8 * mm))
    grid.setStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    words += [Spacer(1, 2 * mm), grid, Spacer(1, 2 * mm)]
    for number, step in enumerate(letter.steps, 1):
        words += [text(f"{number}  {step}", 10, 16), Spacer(1, 1.2 * mm)]
    words += [
        Spacer(1, 4 * mm),
        text(letter.sender, 11, 16),
        Spacer(1, 5 * mm),
        text(letter.small, 8, 12, tone="ink-2"),
    ]
    _fill(canvas, words, theme.BOTTOM, HEIGHT - TOP - theme.BOTTOM - 4 * mm)


def _fill(canvas: Canvas, flowables: list[object], bottom: float, height: float) -> None:
    """Put everything into one frame; a text that is too long for its page is set smaller, never cut."""
    frame = Frame(LEFT, bottom, MEASURE, height, 0, 0, 0, 0)
    frame.addFromList([KeepInFrame(MEASURE, height, flowables, mode="shrink")], canvas)


def _qr(link: str) -> Drawing:
    widget = QrCodeWidget(link, barLevel="M")
    left, low, right, high = widget.getBounds()
    scale = QR_SIZE / (right - left)
    drawing = Drawing(QR_SIZE, QR_SIZE, transform=[scale, 0, 0, scale, -left * scale, -low * scale])
    drawing.add(widget)
    return drawing

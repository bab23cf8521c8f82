"""The report: what the charts cost, how it stands against WeasyPrint, its size, and memory over 300 in a row.

Times are those of the processor, best of several turns, so that other work on the machine hardly counts. WeasyPrint
gets the same fonts and the same text and tables, and no charts at all: an easier task than ours.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from html import escape
from io import BytesIO

from pypdf import PdfReader

from app.config import ROOT
from app.i18n import translations_for
from app.reports import document as d
from app.reports import fonts as report_fonts
from app.reports.assemble import Issue, assemble
from app.reports.document import Document
from app.reports.fonts import Fonts
from app.reports.render import render
from bench.table import Row
from scoring import assess, load_catalogue
from tests.app.reports.samples import answers

TURNS, IN_A_ROW, WARM = 7, 300, 60
CHARTS_MOST, WEASY_LEAST, SIZE_MOST, PAGES_LEAST, CHARTS_LEAST, GROWTH_MOST = 6.0, 3.0, 400.0, 10, 4, 6.0
FOLDER = ROOT / "instance" / "fonts"


def run() -> list[Row]:
    """All rows of this benchmark."""
    fonts = report_fonts.load(FOLDER)
    rows: list[Row] = []
    for language in ("zh", "en"):
        document = sample(language)
        full = best(partial(render, document, fonts))
        plain = best(partial(render, document, fonts, with_charts=False))
        data = render(document, fonts)
        pages = len(PdfReader(BytesIO(data)).pages)
        charts = sum(isinstance(b, d.Figure) for s in document.sections for b in _all(s.blocks)) + 1
        rows += [
            Row(f"full report, {language}", full * 1000, "ms", note=f"{pages} pages, {charts} vector charts"),
            Row(f"the same without charts, {language}", plain * 1000, "ms"),
            Row(f"full report against text and tables alone, {language}", full / plain, "times", CHARTS_MOST),
            Row(f"size, {language}", len(data) / 1000, "kB", SIZE_MOST),
            Row(f"pages, {language}", pages, "", PAGES_LEAST, at_least=True),
            Row(f"vector charts, {language}", charts, "", CHARTS_LEAST, at_least=True),
            weasyprint(document, full, language),
        ]
    rows.append(memory(fonts))
    return rows


def sample(language: str) -> Document:
    """The report of a mould shop with everything in it."""
    raw = answers("molds")
    catalogue = load_catalogue("molds")
    issue = Issue(date(2026, 3, 18), code="HL26-7KD2", verify_url="https://example.org/verify/HL267KD2")
    return assemble(assess(raw, catalogue), raw, catalogue, language, translations_for(language), issue)


def best(work: Callable[[], object], turns: int = TURNS) -> float:
    """Processor seconds of the fastest of several turns, after one that warms up."""
    work()
    times = []
    for _ in range(turns):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def memory(fonts: Fonts) -> Row:
    """How much memory grows between the first reports and the three hundredth."""
    name = f"memory from report {WARM} to {IN_A_ROW}"
    documents = [sample("zh"), sample("en")]
    before = 0.0
    for number in range(IN_A_ROW):
        render(documents[number % 2], fonts)
        if number == WARM:
            gc.collect()
            before = resident()
    gc.collect()
    return Row(name, resident() - before, "MB more", GROWTH_MOST, note=f"{before:.0f} MB in use")


def resident() -> float:
    """Memory of this process in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


# --- WeasyPrint ---


def weasyprint(document: Document, ours: float, language: str) -> Row:
    """The same text and tables through WeasyPrint, as a multiple of our full report."""
    name = f"WeasyPrint, same content, against our full report, {language}"
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:
        print(f"skipped: {name}: {str(error).splitlines()[0]}", flush=True)
        return Row(name, None, "times", WEASY_LEAST, at_least=True, note="Pango or WeasyPrint is missing")
    config = FontConfiguration()
    files = report_fonts.paths(FOLDER)
    faces = "".join(f"@font-face{{font-family:{face};src:url(file://{path})}}" for face, path in files.items())
    css = CSS(string=faces + _STYLE, font_config=config)
    html = "".join(_html(document))

    def make() -> bytes | None:
        return HTML(string=html).write_pdf(stylesheets=[css], font_config=config)

    theirs = best(make, turns=2)
    pages = len(PdfReader(BytesIO(make() or b"")).pages)
    note = f"{theirs * 1000:,.0f} ms for {pages} pages without charts"
    return Row(name, theirs / ours, "times", WEASY_LEAST, at_least=True, note=note)


_STYLE = """
@page{size:A4;margin:24mm 21mm 20mm;@bottom-right{content:counter(page) " / " counter(pages);font:7pt sans}}
body{font:9.5pt/1.7 serif;color:#17231f}h1{font:19pt sans;break-before:page}h2{font:14pt sans}h3{font:11.5pt sans}
table{width:100%;border-collapse:collapse;font:8.4pt/1.45 sans}td,th{border-bottom:.5pt solid #d9e0dc;padding:3pt 6pt;
text-align:left;vertical-align:top}
"""


def _html(document: Document) -> Iterator[str]:
    yield f"<html lang={document.language}><body><h1>{escape(document.cover.title)}</h1>"
    for label, value, remark in document.cover.plate:
        yield f"<p>{escape(label)} {escape(value)} {escape(remark)}</p>"
    for section in document.sections:
        yield f"<h1>{escape(section.title)}</h1><p>{escape(section.question)}</p>"
        for block in _all(section.blocks):
            yield from _block(block)


def _all(blocks: tuple[d.Block, ...]) -> Iterator[d.Block]:
    for block in blocks:
        yield block
        if isinstance(block, d.Question):
            yield from _all(block.blocks)


def _block(block: d.Block) -> Iterator[str]:
    match block:
        case d.Question():
            yield f"<p>{escape(block.question)}</p><h2>{_rich(block.answer)}</h2>"
        case d.Answer():
            yield f"<h2>{_rich(block.text)}</h2>"
        case d.Heading():
            yield f"<h3>{escape(block.text)}</h3>"
        case d.Para() | d.Note():
            yield f"<p>{_rich(block.text)}</p>"
        case d.Bullets():
            yield "<ul>" + "".join(f"<li>{_rich(i)}</li>" for i in block.items) + "</ul>"
        case d.Figure():
            yield f"<p>{escape(block.caption)}</p>"
        case d.Table():
            yield "<table><thead><tr>" + "".join(f"<th>{escape(h)}</th>" for h in block.head) + "</tr></thead>"
            for row in block.rows:
                yield "<tr>" + "".join(f"<td>{_cell(c)}</td>" for c in row) + "</tr>"
            yield "</table>"
        case d.Step():
            yield f"<p>{escape(block.problem)}</p><h3>{block.number} {escape(block.title)}</h3>"
            for text in (block.what, block.cost, block.cost_note, block.price_note):
                yield f"<p>{escape(text)}</p>"
            yield _pairs(block.facts)
        case d.Duty():
            yield f"<h3>{escape(block.title)}</h3><p>{escape(block.text)}</p>{_pairs(block.facts)}"


def _pairs(pairs: tuple[tuple[str, d.Rich], ...]) -> str:
    return "<table>" + "".join(f"<tr><td>{escape(a)}</td><td>{_rich(b)}</td></tr>" for a, b in pairs) + "</table>"


def _cell(cell: d.Cell) -> str:
    match cell:
        case d.Level():
            return escape(cell.word if cell.value is None else str(cell.value))
        case d.Bar():
            return ""
        case d.Lines():
            return "<br>".join(escape(s.text) for s in cell.lines)
        case _:
            return _rich(cell)


def _rich(text: d.Rich) -> str:
    return escape(text) if isinstance(text, str) else "".join(escape(s.text) for s in text)

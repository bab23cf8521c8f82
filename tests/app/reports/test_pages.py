"""How the pages of a report are filled: none nearly empty, no heading torn from what it heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.reports import theme
from app.reports.case import Diagnosis, Found, Verified
from scoring import assess, load_catalogue
from scoring.verification import verified_document
from tests.app.reports import samples
from tests.app.reports.conftest import DAY, Pdf
from tests.app.reports.test_render import BOTH

Make = Callable[..., Pdf]
ROOM = theme.HEIGHT - theme.TOP - theme.BOTTOM


def lines(page: Any) -> list[tuple[float, float, str]]:
    """(height above the lower edge, size, text) of all pieces between header and footer, from top to bottom."""
    found: list[tuple[float, float, str]] = []

    def piece(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip() and theme.BOTTOM - 3 < y < theme.HEIGHT - theme.TOP + 3:
            found.append((y, size, text.strip()))

    page.extract_text(visitor_text=piece)
    return sorted(found, key=lambda one: -one[0])


def filled(pdf: Pdf) -> list[float]:
    """Part of each page that text fills, from its top; without cover and last page."""
    return [(theme.HEIGHT - theme.TOP - lines(page)[-1][0]) / ROOM for page in pdf.reader.pages[1:-1]]


@pytest.mark.parametrize(("sector", "language"), BOTH)
def test_no_page_is_nearly_empty_and_no_heading_stands_at_its_foot(report: Make, sector: str, language: str) -> None:
    pdf = report(sector, language)
    assert min(filled(pdf)) > 1 / 3
    for page in pdf.reader.pages[1:]:
        lowest = lines(page)[-1]
        assert lowest[1] <= theme.BODY["zh"][0], f"{lowest[2]} heads nothing"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_firm_that_answered_nothing_has_no_nearly_empty_page(report: Make, language: str) -> None:
    assert min(filled(report({"firm": {"sector": "molds", "name": "甲"}}, language))) > 1 / 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_summary_has_its_page_to_itself(report: Make, language: str) -> None:
    for sector in ("molds", "general"):
        second, third = report(sector, language).reader.pages[1:3]
        titles = [[text for _, size, text in lines(page) if size == theme.SECTION[0]] for page in (second, third)]
        assert len(titles[0]) == 1 and titles[1]


def test_a_paragraph_longer_than_a_page_goes_on_without_loss(report: Make) -> None:
    said = "".join(f"第{n}句，看过现场。" for n in range(1, 601))
    pdf = report(samples.answers("molds"), "zh", diagnosis=Diagnosis("李顾问", DAY, said))
    text = "".join(t for page in pdf.reader.pages for _, _, t in lines(page))
    assert all(f"第{n}句" in text for n in range(1, 601))


def test_rows_too_high_for_one_page_together_are_parted(report: Make) -> None:
    raw = samples.answers("molds")
    items = [item for item, q in load_catalogue("molds").questions.items() if q.kind == "level"][:6]
    findings = {item: {"verdict": "down", "value": 0} for item in items}
    payload = assess(verified_document(raw, findings), load_catalogue("molds"))
    found = tuple(Found(item, "down", 0, "没有凭据。" * 200, "objected", "我们不同意。" * 200) for item in items)
    pdf = report(raw, "zh", verified=Verified("李顾问", DAY, payload, found))
    assert pdf.solid.count("企业有异议") == len(items)


def test_a_note_stands_on_the_page_of_the_end_of_its_table(report: Make) -> None:
    for language, last, note in (
        ("zh", "现场核实的", "要过凭据却没给的"),
        ("en", "Verifiedonsite", "Whereevidencewasasked"),
    ):
        pages = ["".join(page.split()) for page in report("molds", language).pages]
        assert any(last in page and note in page for page in pages)

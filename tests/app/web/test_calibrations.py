"""The page of claims and findings: what it says with many firms, with few, and as a workbook."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.services import calibrations
from tests.app import factories as make
from tests.app.calibrated import add_firms
from tests.app.client import Browser
from tests.app.web.test_members import count_statements
from tests.app.world import CANARY, World


@pytest.fixture
def _verified(app: Flask, world: World) -> None:
    """Ten mould shops and five makers of clothes, with figures; one more firm whose name nobody may read."""
    with make.writing(app):
        add_firms(5, {"C10": (3, "down", 2), "MOL-06": (4, "agreed", 4), "C05": (2, "not_seen", None)})
        add_firms(5, {"C10": (3, "down", 1), "MOL-06": (1, "agreed", 1)})
        add_firms(5, {"C10": (2, "up", 3)}, sector="textiles")
        calibrations.store(calibrations.compute())


def main_of(browser: Browser, address: str) -> str:
    """The text of a page."""
    found = BeautifulSoup(browser.get(address).data, "html.parser").main
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_figures_of_a_trade_in_words(client_consultant: Browser, _verified: None) -> None:
    page = main_of(client_consultant, "/calibration?sector=molds&lang=en")
    # Differences 1 (five times) and 2 (five times); the items of the trade are drawn towards each other.
    assert "usually corrected by a whole level or more" in page
    assert "down 100 %, up 0 %, not seen 0 %" in page
    assert "No answer, level or report is changed" in page
    assert CANARY not in page


def test_all_trades_come_first_and_the_others_are_named(client_admin: Browser, _verified: None) -> None:
    soup = BeautifulSoup(client_admin.get("/calibration").data, "html.parser")
    names = [a.get_text() for a in soup.select(".trades a")]
    assert len(names) == 3 and names[0] == "全部行业"
    assert "已核实的企业还太少" in soup.get_text()
    rows = [th.b.get_text() for th in soup.select(".calib tbody th") if th.b]
    assert len(rows) == 1  # of the common questions only the one that five firms and more answered


def test_with_too_few_firms_the_page_says_so(client_consultant: Browser, world: World) -> None:
    for language, words in (("zh", "已核实的企业还太少"), ("en", "Too few verified firms")):
        page = main_of(client_consultant, f"/calibration?lang={language}")
        assert words in page and "−" not in page.split("(")[0]


@pytest.mark.parametrize("sector", ["no-such", "../x", "MOLDS"])
def test_an_unknown_trade_is_not_found(client_consultant: Browser, sector: str) -> None:
    for path in ("/calibration", "/calibration.xlsx"):
        assert client_consultant.get(path, query_string={"sector": sector}).status_code == 404


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_the_workbook_says_the_same_and_how_it_was_worked_out(
    client_consultant: Browser, _verified: None, language: str
) -> None:
    response = client_consultant.get(f"/calibration.xlsx?sector=molds&lang={language}")
    assert response.status_code == 200
    book = openpyxl.load_workbook(BytesIO(response.data))
    figures, method = book.worksheets
    rows = {row[0]: row for row in figures.iter_rows(min_row=2, values_only=True)}
    assert set(rows) == {"C10", "MOL-06"}
    assert (rows["C10"][2], rows["C10"][6], rows["C10"][10]) == (10, -1.5, 100)
    assert rows["C10"][4] <= rows["C10"][3] <= rows["C10"][5]
    assert "τ²" in " ".join(str(cell.value) for row in method.iter_rows() for cell in row)


def test_the_page_takes_few_statements(app: Flask, client_consultant: Browser, _verified: None) -> None:
    assert count_statements(app, client_consultant, "/calibration?sector=molds") <= 12

"""The page of a self-check is one page, whatever stands on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.reports.fonts import Fonts
from app.reports.render import render_sheet
from app.reports.selfcheck import Sheet, SheetGroup, SheetRow
from tests.app.reports.conftest import Pdf
from tests.app.reports.test_fonts import TORTURE

TEXT = {
    "zh": "先把常驻的远程软件全关掉，看谁来找。以后要连的，负责人批、当场开、连完关，在本子上写谁、几点、做了什么。",
    "en": "Switch off all remote software that runs permanently and see who asks; then open it on the spot only.",
}


def sheet(language: str, rows: int, *, duties: int = 0, title: str = "") -> Sheet:
    """A page with so many things to do; the last ones are duties."""
    made = tuple(
        SheetRow(
            title or f"Measure {n}", "1,000 to 2,000 yuan", text=f"{TEXT[language]} ({n})", duty=n >= rows - duties
        )
        for n in range(rows)
    )
    return Sheet(
        language=language,
        tag=language,
        title="设备网与数据安全自查" if language == "zh" else "Machine-network and data security",
        firm="示例模具厂",
        line="2026",
        share="48.7",
        share_part=48.7,
        share_unit="/ 100",
        band="Half locked",
        band_text=TEXT[language],
        bands=(0, 40, 75),
        sections=tuple((f"Part {n}", "50.0", 0.5) for n in range(5)),
        duty="Law first" if duties else "",
        duties=("One", "Two") if duties else (),
        groups=tuple(SheetGroup(f"Group {n}", "5,000 yuan", made[n::3]) for n in range(3)),
        law_mark="Law:",
        means="C31 2",
        foot=("Estimates.", TEXT[language]),
        footer="Self-assessment.",
        empty="" if rows else "Nothing is open.",
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rows", [0, 1, 6, 21, 40])
def test_one_page_with_every_measure_and_every_font_embedded(fonts: Fonts, language: str, rows: int) -> None:
    pdf = Pdf(render_sheet(sheet(language, rows, duties=min(rows, 4)), fonts))
    assert len(pdf.pages) == 1
    assert all(f"Measure{n}" in pdf.solid for n in range(rows))
    assert ("Nothingisopen." in pdf.solid) is (rows == 0)
    assert all(pdf.fonts().values()) and "\x00" not in pdf.text
    assert len(pdf.data) < 200_000


def test_few_measures_are_all_explained_and_of_many_those_the_law_asks_for(fonts: Fonts) -> None:
    few = Pdf(render_sheet(sheet("zh", 6), fonts))
    assert all(f"({n})" in few.solid for n in range(6))
    many = Pdf(render_sheet(sheet("zh", 21, duties=3), fonts))
    explained = [n for n in range(21) if f"({n})" in many.solid]
    assert set(explained) >= {18, 19, 20} and len(explained) < 21


@pytest.mark.parametrize("name", ["", TORTURE, "模具" * 200, "<b>A & B</b>"], ids=["none", "rare", "long", "markup"])
def test_any_name_of_a_firm_fits(fonts: Fonts, name: str) -> None:
    page = sheet("en", 21, duties=2)
    assert len(Pdf(render_sheet(replace(page, firm=name), fonts)).pages) == 1


def test_a_very_long_page_is_set_smaller(fonts: Fonts) -> None:
    assert len(Pdf(render_sheet(sheet("en", 40, title="A very long title of a measure " * 4), fonts)).pages) == 1


def test_the_same_values_give_the_same_bytes(fonts: Fonts) -> None:
    assert render_sheet(sheet("zh", 9), fonts) == render_sheet(sheet("zh", 9), fonts)

"""The route's chapter in the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.reports import document as d
from app.reports.roadmap import quarters
from scoring import load_catalogue
from scoring.answers import read
from scoring.route import Wish, next_level, route
from tests.app.reports.conftest import Pdf, document
from tests.scoring import personas

Make = Callable[..., Pdf]
PERSONAS = [case["name"][:3] for case in personas.read("personas.yaml")]


def answers(name: str) -> dict[str, Any]:
    """The answers of a persona."""
    return personas.document(next(c for c in personas.read("personas.yaml") if c["name"].startswith(name)))


def chapter(raw: dict[str, Any], language: str, **issue: Any) -> d.Section:
    """The chapter of an answers file."""
    return next(s for s in document(raw, language, **issue).sections if s.id == "roadmap")


def found(raw: dict[str, Any]) -> dict[str, Any]:
    """The engine's route."""
    catalogue = load_catalogue(raw["firm"]["sector"])
    firm = read(raw, catalogue)
    return route(firm, catalogue, Wish(next_level(firm, catalogue)))


@pytest.mark.parametrize("name", PERSONAS)
def test_what_is_paid_by_quarter_comes_to_the_price_of_the_route(name: str) -> None:
    steps = found(answers(name))["steps"]
    rows = quarters(steps)
    assert sum(once + running for _, once, running in rows) == sum(s["cost_per_year"] for s in steps)
    assert sorted(n for begun, _, _ in rows for n in begun) == [s["order"] for s in steps]


def test_one_offs_fall_into_the_quarter_of_the_start_and_running_prices_are_spread() -> None:
    steps = [
        {"order": 1, "start_day": 0, "running": [0, 1002], "one_off": [0, 50]},
        {"order": 2, "start_day": 100, "running": [0, 0], "one_off": [0, 70]},
    ]
    assert [(once, running) for _, once, running in quarters(steps)] == [
        (50, 250),
        (70, 251),
        (0, 250),
        (0, 251),
        (0, 0),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PERSONAS)
def test_the_chapter_holds_every_step_of_the_engine(name: str, language: str) -> None:
    raw = answers(name)
    engine, catalogue = found(raw), load_catalogue(raw["firm"]["sector"])
    blocks = chapter(raw, language).blocks
    gantt = next(b.chart for b in blocks if isinstance(b, d.Figure))
    assert isinstance(gantt, d.GanttChart)
    assert [(r[1], r[2], r[3]) for r in gantt.rows] == [
        (catalogue.solutions[s["solution"]].title.get(language), s["start_day"], s["end_day"]) for s in engine["steps"]
    ]
    tables = [b for b in blocks if isinstance(b, d.Table)]
    assert [row[5] for row in tables[0].rows] == [s["after"]["score"] for s in engine["steps"]]
    assert tables[2].rows[-1][-1] == f"{engine['cost_per_year']:,}"


def test_duties_come_first_and_are_no_steps(report: Make) -> None:
    raw = answers("P01")
    raw["answers"]["scene_safety"] = 0
    open_duties = [x for x in found(raw)["duties"] if not x["notice"]]
    assert open_duties
    text = [str(b.text) for b in chapter(raw, "en").blocks if isinstance(b, d.Para)]
    assert any(t.startswith("First what the law asks; it is no step of the route") for t in text)


def test_subsidies_of_the_firms_city_with_date_and_source_and_expiry() -> None:
    tables = [b for b in chapter(answers("P01"), "en", town="中山小榄镇").blocks if isinstance(b, d.Table)]
    rows = tables[-1].rows
    assert len(rows) == 2, "the city's own rule and the province's"
    assert "300,000 yuan" in str(rows[0][1]) and "Source" in str(rows[0][2])
    everywhere = [b for b in chapter(answers("P01"), "en").blocks if isinstance(b, d.Table)][-1].rows
    assert len(everywhere) == len(load_catalogue("molds").subsidies)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_printed_chapter_can_be_read(report: Make, language: str) -> None:
    raw = answers("P01")
    pdf = report(raw, language)
    engine = found(raw)
    assert engine["steps"][-1]["after"]["score"] in pdf.text
    assert f"{engine['cost_per_year']:,}" in pdf.text
    assert {"zh": "目录里没有更省的", "en": "nothing cheaper in the catalogue does"}[language].replace(
        " ", ""
    ) in pdf.solid

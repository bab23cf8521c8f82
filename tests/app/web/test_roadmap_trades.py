"""The same route on the page, in the report, from the command line and as data, for a firm of each of four trades."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from app.extensions import db
from app.i18n import translations_for
from app.models.users import User
from app.reports import document as d
from app.reports.assemble import Issue, assemble
from scoring import load_catalogue
from scoring.__main__ import main
from scoring.content.catalogue import Catalogue
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import Golden, make_round
from tests.app.world import World
from tests.scoring import personas

FIRMS = {"automotive": "V1", "equipment": "P20", "hardware": "F1", "pharma": "H1"}
WAN = 10_000


@dataclass(frozen=True)
class Shown:
    """A step as it is shown. Money is in yuan."""

    order: int
    title: str
    days: tuple[int, ...]
    price: tuple[int, ...]
    total: int
    score: Decimal
    level: int


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers of a text; sums in 万元 as yuan."""
    unit = WAN if "万元" in text else 1
    return tuple(int(Decimal(n.replace(",", "")) * unit) for n in re.findall(r"\d[\d,.]*", text))


def in_data(route: dict[str, Any], catalogue: Catalogue, language: str) -> list[Shown]:
    return [
        Shown(
            step["order"],
            catalogue.solutions[step["solution"]].title.get(language),
            (step["start_day"], step["end_day"]),
            tuple(step["price"]),
            step["after"]["cost"],
            Decimal(step["after"]["score"]),
            step["after"]["level"],
        )
        for step in route["steps"]
    ]


def on_page(soup: BeautifulSoup) -> list[Shown]:
    def step(stop: Tag) -> Shown:
        def part(selector: str) -> str:
            found = stop.select_one(selector)
            assert found is not None
            return found.get_text(" ", strip=True)

        total = part(".stop__c small")
        price = part(".stop__c").removesuffix(total)
        order, title = part("h3").split(" ", 1)
        (level,) = numbers(part(".lv"))
        day, money = re.search(r"\D(\d+)\D+?([\d.,]+ ?(?:yuan|万元|元))", total).groups()  # type: ignore[union-attr]
        assert int(day) == numbers(part(".stop__d"))[1]
        return Shown(
            int(order), title, numbers(part(".stop__d")), numbers(price), *numbers(money), Decimal(part("dd")), level
        )

    return [step(stop) for stop in soup.select("ol.route > .stop")[1:]]


def in_report(section: d.Section) -> list[Shown]:
    table = next(b for b in section.blocks if isinstance(b, d.Table) and any(isinstance(c, d.Level) for c in b.rows[0]))
    found = []
    for row in table.rows:
        ((order,), title, days, price, total, score, level) = row
        assert isinstance(order, d.Span) and isinstance(level, d.Level)
        (money,) = numbers(str(total))
        found.append(
            Shown(
                int(order.text),
                str(title),
                numbers(str(days)),
                numbers(str(price)),
                money,
                Decimal(str(score)),
                level.value or 0,
            )  # fmt: skip
        )
    return found


def submitted(app: Flask, world: World, case: dict[str, Any]) -> Golden:
    """A round of the world's owner with the answers of a golden firm."""
    with make.writing(app):
        firm = make.make_firm(sector=case["sector"])
        make.make_membership(db.session.get_one(User, world.users["owner"]), firm)
        return make_round(firm, case, {})


@pytest.mark.parametrize("trade", FIRMS)
def test_every_place_shows_the_same_steps_prices_days_and_levels(
    app: Flask, world: World, client_owner: Browser, trade: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = next(c for c in personas.read(f"trades/{trade}.yaml") if c["name"].startswith(FIRMS[trade]))
    golden = submitted(app, world, case)
    address = f"/assessments/{golden.assessment_id}/roadmap"
    route = client_owner.get(f"{address}.json").json
    assert route["status"] == "optimal" and route["steps"]

    file = tmp_path / "firm.json"
    file.write_text(json.dumps(golden.document, default=float), encoding="utf-8")
    assert main(["route", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == route

    catalogue = load_catalogue(trade, golden.payload["content"])
    for language in ("zh", "en"):
        expected = in_data(route, catalogue, language)
        soup = BeautifulSoup(client_owner.get(f"{address}?lang={language}").data, "html.parser")
        texts, issue = translations_for(language), Issue(date(2026, 3, 18))
        report = assemble(golden.payload, golden.document, catalogue, language, texts, issue)
        section = next(s for s in report.sections if s.id == "roadmap")
        assert on_page(soup) == expected
        assert in_report(section) == expected
        said = next(str(b.text) for b in section.blocks if isinstance(b, d.Answer))
        for answer in (soup.select_one(".answer").get_text(), said):  # type: ignore[union-attr]
            (money,) = re.findall(r"[\d.,]+ ?(?:yuan|万元|元)", answer)
            assert numbers(money) == (route["cost_per_year"],)
            assert route["target"] in numbers(answer.replace("万元", ""))

"""The route's page: its figures, other conditions, what cannot be meant, other ways, the plan, subsidies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.i18n import translations_for
from app.reports import document as d
from app.reports.assemble import Issue, assemble
from app.web.figures import yuan_text
from app.web.roadmap.wishes import Asked
from scoring import load_catalogue
from scoring.__main__ import main
from scoring.joint import tiers
from tests.app.client import Browser
from tests.app.rounds import Golden, make_golden
from tests.app.test_results import words
from tests.app.world import World


@pytest.fixture
def golden(app: Flask, world: World) -> Golden:
    """One submitted round of a mould shop below level 2."""
    return make_golden(app, world)


def data(browser: Browser, golden: Golden, query: str = "", status: int = 200) -> dict[str, Any]:
    """The route as JSON."""
    response = browser.get(f"/assessments/{golden.assessment_id}/roadmap.json?{query}")
    assert response.status_code == status, response.status
    found: dict[str, Any] = response.json
    return found


def page(browser: Browser, golden: Golden, query: str = "", status: int = 200, part: str = "") -> BeautifulSoup:
    """A page of the route."""
    response = browser.get(f"/assessments/{golden.assessment_id}/roadmap{part}?{query}")
    assert response.status_code == status, response.status
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def texts(blocks: tuple[d.Block, ...]) -> Iterator[str]:
    """Every text of a chapter."""
    for block in blocks:
        if isinstance(block, d.Answer | d.Para | d.Note):
            yield str(block.text)
        elif isinstance(block, d.Table):
            yield from (str(cell) for row in block.rows for cell in row)
        elif isinstance(block, d.Figure) and isinstance(block.chart, d.GanttChart):
            yield from (str(part) for row in block.chart.rows for part in row)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_result_data_command_and_report_say_the_same(
    client_owner: Browser, golden: Golden, language: str, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    route = data(client_owner, golden)
    file = tmp_path / "firm.json"
    file.write_text(json.dumps(golden.document, default=float), encoding="utf-8")
    assert main(["route", str(file), "--more"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert data(client_owner, golden, "more=1") == printed
    assert route == {k: v for k, v in printed.items() if k not in ("alternatives", "sensitivity")}
    assert route["status"] == "optimal" and len(route["steps"]) > 2

    catalogue = load_catalogue("molds", golden.payload["content"])
    show = words(page(client_owner, golden, f"lang={language}"))
    result = words(BeautifulSoup(client_owner.get(f"/assessments/{golden.assessment_id}/result").data, "html.parser"))
    document = assemble(
        golden.payload, golden.document, catalogue, language, translations_for(language), Issue(date(2026, 3, 18))
    )
    chapter = next(s for s in document.sections if s.id == "roadmap")
    report = " ".join(texts(chapter.blocks))
    with client_owner.application.test_request_context(f"/?lang={language}"):
        client_owner.application.preprocess_request()
        total = yuan_text(route["cost_per_year"], route["cost_per_year"])
    for said in (show, result, report):
        assert total in said
        for step in route["steps"]:
            title = catalogue.solutions[step["solution"]].title.get(language)
            assert title in said
            assert step["after"]["score"] in said


def test_other_conditions_are_one_address(client_owner: Browser, golden: Golden) -> None:
    route = data(client_owner, golden)
    first = route["steps"][0]["solution"]
    other = data(client_owner, golden, f"without={first}&parallel=1")
    assert first not in [s["solution"] for s in other["steps"]]
    assert other["cost_per_year"] >= route["cost_per_year"]
    assert all(a["end_day"] <= b["start_day"] for a, b in zip(other["steps"], other["steps"][1:], strict=False))
    soup = page(client_owner, golden, f"without={first}&parallel=1&lang=en")
    assert soup.select_one(f"#without-{first}[checked]")
    assert soup.select_one("#parallel")["value"] == "1"  # type: ignore[index]
    assert "conditions that you set" in words(soup)


def test_a_budget_that_is_too_small_says_what_is_missing_and_how_much_would_do(
    client_owner: Browser, golden: Golden
) -> None:
    route = data(client_owner, golden)
    soup = page(client_owner, golden, "budget=1000&lang=en")
    text = words(soup)
    assert "You cannot get to level 2 this way yet." in text
    assert f"It takes at least {route['cost_per_year']:,} yuan." in text
    assert not soup.select("ol.route")
    exact = data(client_owner, golden, f"budget={route['cost_per_year']}")
    assert exact["status"] == "optimal"


@pytest.mark.parametrize("goal", ["level:3", "dimension:data+10", "scenes:production=2"])
def test_other_goals_can_be_chosen(client_owner: Browser, golden: Golden, goal: str) -> None:
    soup = page(client_owner, golden, f"goal={goal.replace('+', '%2B')}")
    chosen = soup.select_one("#goal option[selected]")
    assert chosen is not None and chosen["value"] == goal
    kind, name = goal.split(":")[0], data(client_owner, golden, f"goal={goal.replace('+', '%2B')}")["goal"]["kind"]
    assert kind == name


BAD = {
    "budget=-5": ("budget", "The budget is below 0"),
    "budget=ten": ("budget", "whole number"),
    "budget=99999999999999999999": ("budget", "That is too much"),
    "most=0": ("most", "At least one solution"),
    "parallel=0": ("parallel", "At least one project"),
    "goal=level:0": ("goal", "There is no such level"),
    "goal=level:5": ("goal", "There is no such level"),
    "goal=chain": ("goal", "We do not know this goal"),
    "goal=<script>": ("goal", "We do not know this goal"),
    "goal=dimension:nope%2B5": ("goal", "We do not know this goal"),
    "goal=scenes:production=9": ("goal", "There is no such level"),
    "goal=dimension:quality%2B99": ("goal", "ends at 100 points"),
    "with=COM-S15&without=COM-S15": ("wish", "both signed and ruled out"),
    "with=COM-S15&budget=10": ("budget", "What you have signed costs"),
    "with=COM-S15&with=COM-S36&most=1": ("most", "You have signed 2 already"),
    "with=NOPE": ("wish", "does not exist in your trade"),
}


@pytest.mark.parametrize("query", BAD)
def test_a_wish_that_cannot_be_meant_is_told_at_its_field(client_owner: Browser, golden: Golden, query: str) -> None:
    field, said = BAD[query]
    soup = page(client_owner, golden, f"{query}&lang=en", 422)
    error = soup.select_one(f"#{field}-error")
    assert error is not None and said in error.get_text()
    assert soup.select("ol.route .stop"), "the last good route stays"
    name, _eq, value = query.split("&")[-1].partition("=")
    if name in ("budget", "most", "parallel"):
        assert soup.select_one(f"#{name}")["value"] == value  # type: ignore[index]
    assert data(client_owner, golden, query, 422)["error"] == "bad_wish"


def test_a_target_that_is_reached_or_below_is_told(client_owner: Browser, golden: Golden) -> None:
    level = golden.payload["official"]["level"]
    assert level == 1
    assert data(client_owner, golden, "goal=level:1")["status"] == "already_there"
    text = words(page(client_owner, golden, "goal=level:1&lang=en"))
    assert "You have reached level 1 already; nothing has to be bought for it." in text


def test_without_a_script_the_last_good_route_stays(client_owner: Browser, golden: Golden) -> None:
    first = data(client_owner, golden)["steps"][0]["solution"]
    good = page(client_owner, golden, f"without={first}")
    last = good.select_one("input[name=last]")
    assert last is not None
    soup = page(client_owner, golden, f"budget=x&without={first}&last={last['value'].replace('=', '%3D')}", 422)  # type: ignore[union-attr]
    assert [h.get_text() for h in soup.select(".stop h3")] == [h.get_text() for h in good.select(".stop h3")]
    broken = page(client_owner, golden, "budget=x&last=budget%3D-9", 422)
    assert broken.select(".stop"), "an unusable last wish gives the usual route"


def test_a_signed_solution_that_a_rule_forbids_is_told_with_the_reason(client_owner: Browser, golden: Golden) -> None:
    catalogue = load_catalogue("molds", golden.payload["content"])
    for entry in golden.payload["excluded"]:
        if entry["guard"] not in catalogue.guards:
            continue
        name = entry["solution"]
        address = f"/assessments/{golden.assessment_id}/roadmap.json?with={name}&lang=en"
        answer = client_owner.get(address)
        if answer.status_code == 422:
            break
    else:
        pytest.fail("no solution is guarded for good in this firm")
    said = page(client_owner, golden, f"with={name}&lang=en", 422).select_one("#wish-error").get_text()  # type: ignore[union-attr]
    assert catalogue.solutions[name].title.en in said
    assert catalogue.guards[entry["guard"]].reason.en in said


def test_other_ways_and_what_would_change_it(client_owner: Browser, golden: Golden) -> None:
    route = data(client_owner, golden, "more=1")
    soup = page(client_owner, golden, "lang=en", part="/ways")
    text = words(soup)
    assert f"{route['runner_up']['cost_per_year']:,} yuan" in text
    rows = soup.select("table.ways")[1].select("tbody tr")
    assert len(rows) == len(route["steps"])
    for row, step in zip(rows, route["steps"], strict=True):
        instead = route["sensitivity"]["without"][step["solution"]]
        assert (f"{instead:,} yuan" if instead is not None else "out of reach") in row.get_text() or instead == route[
            "cost_per_year"
        ]
    bad = client_owner.get(f"/assessments/{golden.assessment_id}/roadmap/ways?budget=-1")
    assert bad.status_code == 302 and "budget=-1" in bad.headers["Location"]


def test_each_step_names_its_price_alone_in_a_pool_and_at_a_centre(client_owner: Browser, golden: Golden) -> None:
    route = data(client_owner, golden)
    catalogue = load_catalogue("molds", golden.payload["content"])
    soup = page(client_owner, golden, "lang=en")
    for step in route["steps"]:
        buys = soup.select_one(f"#more-{step['solution']} .buys")
        assert buys is not None
        ways = [dt.get_text() for dt in buys.select("dt")]
        assert ways[0] in ("Buy it alone", "Use a shared centre")
        assert f"{step['price'][1]:,} yuan" in buys.get_text()
        if step["form"] != "shared" and step["pool"] != "L":
            solution = catalogue.solutions[step["solution"]]
            fewest = tiers(solution, catalogue, alone=False)[0]
            low, high = fewest.low(step["price"][0]) // 100, -(-fewest.high(step["price"][1]) // 100)
            pool = buys.select("dd")[ways.index("Join a pool")].get_text()
            assert f"{low:,}–{high:,} yuan" in pool
            assert f"Estimate: from {fewest.firms} firms on {fewest.percent[0]} to {fewest.percent[1]} % less" in pool


def test_subsidies_are_dated_named_and_no_promise(client_owner: Browser, golden: Golden) -> None:
    text = words(page(client_owner, golden, "lang=en"))
    assert "No promise, and not counted in any figure above." in text
    for said in ("Ceiling at level 2: 300,000 yuan.", "As known in 2026-11.", "Until 2026-12-31.", "Source:"):
        assert said in text


def test_an_expired_subsidy_is_marked(client_owner: Browser, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.roadmap.presenters.today", lambda: date(2027, 1, 1))
    text = words(page(client_owner, golden, "lang=en"))
    assert "Expired on 2026-12-31." in text and "Until 2026-12-31." not in text


def test_a_route_becomes_the_plan_and_steps_are_ticked(client_owner: Browser, golden: Golden) -> None:
    route = data(client_owner, golden)
    first = route["steps"][0]["solution"]
    address = f"/assessments/{golden.assessment_id}/roadmap/plan"
    assert client_owner.get(address).status_code == 404
    made = client_owner.post(address, data={"wish": ""})
    assert made.status_code == 303 and made.headers["Location"] == address
    bad = client_owner.post(f"{address}/steps/{first}", data={"state": "done", "since": "2999-01-01"})
    assert bad.status_code == 422 and "2999-01-01" in bad.get_data(as_text=True)
    assert client_owner.post(f"{address}/steps/{first}", data={"state": "nope", "since": ""}).status_code == 422
    done = client_owner.post(f"{address}/steps/{first}", data={"state": "done", "since": "2026-01-05"})
    assert done.status_code == 303
    text = words(page(client_owner, golden, "lang=en"))
    assert f"1 of {len(route['steps'])} planned steps are done." in text
    assert client_owner.post(f"{address}/give-up").status_code == 303
    assert client_owner.get(address).status_code == 404


def test_a_consultant_may_make_a_route_the_plan_and_tick_it(
    client_owner: Browser, client_consultant: Browser, golden: Golden
) -> None:
    """What was agreed on the visit is fixed by whoever sits there; the firm sees it at once."""
    address = f"/assessments/{golden.assessment_id}/roadmap/plan"
    assert page(client_consultant, golden).select("form[method=post][action$=plan]")
    assert client_consultant.post(address, data={"wish": ""}).status_code == 303
    soup = BeautifulSoup(client_owner.get(address).data, "html.parser")
    assert soup.select("main form")


def test_a_coordinator_sees_the_result_without_the_route(client_coordinator: Browser, golden: Golden) -> None:
    soup = BeautifulSoup(client_coordinator.get(f"/assessments/{golden.assessment_id}/result").data, "html.parser")
    assert not soup.select("ol.route") and not soup.select("a[href*=roadmap]")


def test_a_goal_that_cannot_be_worked_out_says_so_and_keeps_the_last_route(
    client_owner: Browser, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.route.search.ROUNDS", 0)
    soup = BeautifulSoup(client_owner.get(f"/assessments/{golden.assessment_id}/result").data, "html.parser")
    assert not soup.select("ol.route"), "the result is shown all the same"


def test_addresses_hold_only_what_is_not_usual() -> None:
    asked = Asked.read(
        MultiDict([("budget", " 60000 "), ("parallel", "2"), ("by", "cost"), ("with", "A"), ("with", "A")])
    )
    assert asked.address() == "budget=60000&with=A"
    assert asked.address(by="days") == "budget=60000&by=days&with=A"

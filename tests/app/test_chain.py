"""Ready for a chain leader's order, and the tasks of the plan: on the page, in the questionnaire, in the report."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.extensions import db
from app.i18n import content_text
from app.models.users import User
from app.queries.answers import answers_document, list_answers
from app.services.results import publish
from app.traditional import traditional
from scoring import load_catalogue
from scoring.content.catalogue import Catalogue
from scoring.content.plan import load_plan
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.reports import samples
from tests.app.reports.conftest import Pdf, fonts, report  # noqa: F401  # fixtures
from tests.app.world import World

ELECTRONICS = load_catalogue("electronics")


def submitted(app: Flask, world: World, sector: str, visitor: str = "account", **answers: Any) -> dict[str, Any]:
    """A submitted round of a firm of `visitor`: {"id", "payload"}."""
    raw = samples.answers(sector, evidence=False)
    with make.writing(app):
        firm = make.make_firm("示例工厂", sector=sector)
        make.make_membership(db.session.get_one(User, world.users[visitor]), firm)
        profile = raw["firm"]["profile"]
        round_ = make.make_assessment(firm, submitted=True, profile=profile, pains=raw["pains"])
        for item, value in (raw["answers"] | answers).items():
            if value is not None:
                make.make_answer(round_, item, value)
        db.session.flush()
        round_.firm = firm
        document = answers_document(round_, list_answers(round_.id))
        result = publish(round_, document, load_catalogue(sector))
        return {"id": round_.id, "payload": result.payload}


def show(browser: Browser, made: dict[str, Any], language: str = "zh") -> BeautifulSoup:
    """The result page."""
    answer = browser.get(f"/assessments/{made['id']}/result?lang={language}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def text_of(catalogue: Catalogue, topic: str, language: str) -> str:
    """What the leader says of a topic."""
    return next(content_text(r.text, language) for r, c in catalogue.chain if c.topics[0][0] == topic)


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_page_tells_how_much_is_met_and_what_is_missing(
    app: Flask, world: World, client_account: Browser, language: str
) -> None:
    made = submitted(app, world, "electronics", C10=0, C33=2, **{"ELE-07": None})
    found = made["payload"]["chain"]
    soup = show(client_account, made, language)
    part = soup.find(id="q6").find_parent("section")  # type: ignore[union-attr]
    said = part.get_text(" ", strip=True)
    ready, of = str(found["ready"]), str(found["of"])
    assert ready in part.select_one(".answer").get_text() and of in part.select_one(".answer").get_text()
    assert len(part.select(".steps1 > li")) == len(found["missing"]) > 1
    for entry in found["missing"]:
        assert text_of(ELECTRONICS, entry["topic"], language) in said
    codes = ELECTRONICS.questions["C10"]
    for level in (0, 2):
        assert content_text(codes.anchors[level].label, language) in said
    assert {"zh": "没答", "zh-Hant": "沒答", "en": "not answered"}[language] in said
    met = part.select_one(".note.part").get_text()
    assert content_text(ELECTRONICS.questions["C33"].title, language) in met


def test_nothing_is_missing_where_everything_is_met(app: Flask, world: World, client_account: Browser) -> None:
    full = {i: 4 for i, q in ELECTRONICS.questions.items() if q.kind == "level"}
    ticks = {i: [o.id for o in ELECTRONICS.questions[i].options] for i in ("network_security", "data_security")}
    made = submitted(app, world, "electronics", **full, **ticks)
    found = made["payload"]["chain"]
    assert found["missing"] == [] and found["ready"] == found["of"]
    part = show(client_account, made).find(id="q6").find_parent("section")  # type: ignore[union-attr]
    assert part.select(".steps1") == []


def test_a_trade_without_a_chain_leader_says_nothing_of_one(app: Flask, world: World, client_account: Browser) -> None:
    assert show(client_account, submitted(app, world, "molds")).find(id="q6") is None


def test_results_stored_before_there_was_a_chain_can_still_be_read(
    app: Flask, world: World, client_account: Browser
) -> None:
    with make.writing(app):
        firm = make.make_firm("示例工厂", sector="electronics")
        make.make_membership(db.session.get_one(User, world.users["account"]), firm)
        round_ = make.make_assessment(firm, submitted=True)
        payload = {key: value for key, value in make.score_of(round_).items() if key != "chain"}
        make.make_result(round_, payload)
        made = {"id": round_.id}
    assert show(client_account, made).find(id="q6") is None


def test_who_may_not_read_answers_sees_neither_chain_nor_tasks(
    app: Flask, world: World, client_coordinator: Browser, client_account: Browser
) -> None:
    made = submitted(app, world, "electronics")
    with make.writing(app):
        from app.models.assessments import Assessment

        firm = db.session.get_one(Assessment, made["id"]).firm
        make.join(db.session.get_one(make.Cluster, world.cluster_id), firm, named=True)
    seen = show(client_coordinator, made)
    assert seen.find(id="q6") is None and seen.select(".tasks") == []
    assert show(client_account, made).find(id="q6") is not None


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_page_folds_in_the_tasks_of_the_plan(app: Flask, world: World, client_account: Browser, language: str) -> None:
    made = submitted(app, world, "electronics")
    table = show(client_account, made, language).select_one("table.tasks")
    assert table is not None and table.find_parent("details") is not None
    said = table.get_text(" ", strip=True)
    solution = ELECTRONICS.solutions[made["payload"]["recommendations"][0]["solution"]]
    assert content_text(solution.title, language) in said
    for task in solution.plan_tasks:
        assert f"{task} {content_text(load_plan().tasks[task], language)}" in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_questions_that_a_chain_leader_asks_are_tagged(app: Flask, world: World, language: str) -> None:
    tag = {"zh": "链主会问", "en": "A chain leader asks this"}[language]
    browser: Browser = app.test_client()  # type: ignore[assignment]
    soup = BeautifulSoup(browser.get(f"/quick/electronics?lang={language}").text, "html.parser")
    asked = {condition.topics[0][0] for _, condition in ELECTRONICS.chain}
    cards = soup.select("fieldset.q")
    tagged = {str(card["id"]) for card in cards if tag in card.select_one(".q__n").get_text()}  # type: ignore[union-attr]
    assert tagged == {i for i in ELECTRONICS.sector.quick if ELECTRONICS.questions[i].topic in asked}
    assert tagged and len(tagged) < len(cards)
    card = next(card for card in cards if card["id"] in tagged)
    topic = ELECTRONICS.questions[str(card["id"])].topic
    assert text_of(ELECTRONICS, topic, language) in card.select_one(".folds").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_report_tells_the_same(report: Any, language: str) -> None:  # noqa: F811
    from scoring import assess

    raw = samples.answers("electronics", evidence=False)
    result = assess(raw, ELECTRONICS)
    pdf: Pdf = report(raw, language)
    missing = result["chain"]["missing"]
    assert missing
    for entry in missing:
        assert "".join(text_of(ELECTRONICS, entry["topic"], language).split()) in pdf.solid
    tasks = {task for r in result["recommendations"] for task in ELECTRONICS.solutions[r["solution"]].plan_tasks}
    assert tasks
    for task in tasks:
        assert "".join(content_text(load_plan().tasks[task], language).split()) in pdf.solid
    if language == "zh-Hant":
        assert traditional("接链主的单") in pdf.solid


def test_report_of_a_trade_without_a_chain_leader_has_no_such_chapter(report: Any) -> None:  # noqa: F811
    assert "接链主的单" not in report("molds", "zh").solid

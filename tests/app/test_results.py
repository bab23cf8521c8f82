"""The result page, the history, the spreadsheet. Named cases of the lessons: 2, 3, 6, 7, 25, 26, 27, 32, 34."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID, uuid4

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.assessments import Answer
from app.models.base import now
from app.models.clusters import Cluster
from app.models.consents import Consent
from app.models.engagements import Engagement
from app.models.firms import Firm, Membership
from app.models.results import Result
from app.web.figures import join, points, rounded_points, signed, yuan
from app.web.results.history import choose_rounds
from scoring import load_catalogue
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import SAID, Golden, make_golden, make_round, persona
from tests.app.world import World
from tests.conftest import sign_in

NASTY = '<img src=x onerror="alert(1)">{{7*7}}{% raw %}</script>javascript:alert(1)'
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "＋1", "－1", "＠x")


@pytest.fixture
def golden(app: Flask, world: World) -> Golden:
    """One submitted round of a mould shop."""
    return make_golden(app, world)


def page(browser: Browser, golden: Golden, language: str = "zh", *, check: bool = True) -> BeautifulSoup:
    """The result page."""
    response = browser.get(f"/assessments/{golden.assessment_id}/result?lang={language}", check=check)
    assert response.status_code == 200, response.status
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def words(soup: BeautifulSoup) -> str:
    """Its text in one line."""
    return " ".join(soup.main.get_text(" ").split())  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_answers_its_questions(client_owner: Browser, golden: Golden, language: str) -> None:
    text = words(page(client_owner, golden, language))
    official = golden.payload["official"]
    assert str(official["score"]) in text
    catalogue = load_catalogue("molds", golden.payload["content"])
    for entry in golden.payload["recommendations"]:
        assert catalogue.solutions[entry["solution"]].title.get(language) in text
    for question in {"zh": ("我在哪一级？", "卡在哪？", "先做什么？"), "en": ("Where am I?", "What holds me back?")}[
        language
    ]:
        assert question in text
    assert {"zh": "不是官方认定", "en": "not the official determination"}[language] in text
    assert {"zh": "2024 年版", "en": "2024 edition"}[language] in text


def test_claimed_evidenced_and_verified_stand_apart(client_owner: Browser, golden: Golden) -> None:
    table = page(client_owner, golden).select_one("table.views")
    assert table is not None
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    official = golden.payload["official"]
    assert [row[0] for row in rows] == ["自己报的", "有凭据的", "上门核实"]
    assert rows[0][3] == str(official["scenes"]["2"]["count"])
    assert rows[1][3] == str(official["evidenced"]["scenes"]["2"]["count"])
    assert int(rows[1][3]) == int(rows[0][3]) - 1
    assert "采购" in page(client_owner, golden).get_text()


def test_the_stored_result_is_shown_and_never_recomputed(
    app: Flask, client_owner: Browser, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make.writing(app):
        row = db.session.scalars(select(Result).where(Result.assessment_id == golden.assessment_id)).one()
        official = row.payload["official"] | {"score": "12.345"}
        row.payload = row.payload | {"official": official}
    monkeypatch.setattr("scoring.result.score", lambda *_: pytest.fail("the engine was asked again"))
    assert "12.345" in words(page(client_owner, golden))


def test_the_first_result_is_the_published_one(app: Flask, client_owner: Browser, golden: Golden) -> None:
    with make.writing(app):
        row = db.session.scalars(select(Result).where(Result.assessment_id == golden.assessment_id)).one()
        payload = row.payload | {"official": row.payload["official"] | {"score": "99.999"}}
        make.make_result(row.assessment, payload)
    assert "99.999" not in words(page(client_owner, golden))


def test_a_draft_has_no_result(client_owner: Browser, world: World) -> None:
    assert client_owner.get(f"/assessments/{world.draft_id}/result").status_code == 404
    assert client_owner.get(f"/assessments/{world.draft_id}/answers.xlsx").status_code == 404


def test_case_02_and_03_everything_hangs_on_the_firm_in_reach(
    client_foreign: Browser, client_owner: Browser, golden: Golden, world: World
) -> None:
    for path in (
        f"/assessments/{golden.assessment_id}/result",
        f"/assessments/{golden.assessment_id}/answers.xlsx",
        f"/firms/{golden.firm_id}/history",
    ):
        assert client_foreign.get(path).status_code == 404
        assert client_owner.get(path.replace(str(golden.assessment_id), str(uuid4()))).status_code in (200, 404)
    assert client_owner.get(f"/assessments/{world.other_assessment_id}/result").status_code == 404


def test_case_06_texts_of_users_are_never_markup(app: Flask, client_owner: Browser, world: World) -> None:
    said = {"scene_quality": {"value": 2, "evidence": NASTY, "evidence_asked": True, "note": NASTY}}
    golden = make_golden(app, world, said=said, name=NASTY[:190])
    for language in ("zh", "en"):
        soup = page(client_owner, golden, language, check=False)
        assert soup.select("img") == []
        text = soup.get_text()
        assert NASTY in text
        assert "49" not in soup.select_one("h1").get_text()  # type: ignore[union-attr]


def test_case_07_cells_are_never_formulas_and_numbers_stay_numbers(
    app: Flask, client_owner: Browser, world: World
) -> None:
    items = (
        "scene_quality",
        "scene_marketing",
        "scene_warehousing",
        "C12",
        "C19",
        "C21",
        "scene_finance",
        "C05",
        "C23",
    )
    said = {i: {"value": 1, "note": text, "evidence": text} for i, text in zip(items, FORMULAS[1:], strict=True)}
    golden = make_golden(app, world, said=said, name=FORMULAS[0])
    response = client_owner.get(f"/assessments/{golden.assessment_id}/answers.xlsx")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(BytesIO(response.data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    held = {cell.value for cell in cells}
    assert FORMULAS[0] in held
    notes = {row[1].value: row[7].value for row in book.worksheets[0].iter_rows(min_row=2)}
    assert {i: notes[i] for i in items} == dict(zip(items, FORMULAS[1:], strict=True))
    figures = {row[0].value: row[1] for row in book.worksheets[1].iter_rows(min_row=2)}
    assert figures["得分"].data_type == "n"
    assert figures["得分"].value == float(golden.payload["official"]["score"])
    assert figures["等级"].value == golden.payload["official"]["level"]


def test_case_25_access_ends_with_the_permission(
    app: Flask,
    client_consultant: Browser,
    client_coordinator: Browser,
    client_member: Browser,
    golden: Golden,
    world: World,
) -> None:
    paths = [f"/assessments/{golden.assessment_id}/{name}" for name in ("result", "answers.xlsx")]
    for browser in (client_consultant, client_member):
        for path in paths:
            response = browser.get(path)
            assert response.status_code == 200
            assert response.headers["Cache-Control"] == "private, no-store"
            assert "Cookie" in response.headers["Vary"]
    assert client_coordinator.get(paths[0]).status_code == 200
    with make.writing(app):
        for kind in (Engagement, Consent):
            for row in db.session.scalars(select(kind).where(kind.firm_id == golden.firm_id)):
                setattr(row, "ended_at" if kind is Engagement else "withdrawn_at", now())
        member = select(Membership).where(
            Membership.firm_id == golden.firm_id, Membership.user_id == world.users["member"]
        )
        db.session.delete(db.session.scalars(member).one())
    for browser in (client_consultant, client_coordinator, client_member):
        assert browser.get(paths[0]).status_code == 404
    for browser in (client_consultant, client_member):
        assert browser.get(paths[1]).status_code == 404


def test_a_coordinator_sees_level_gates_and_dimensions_but_no_answer(
    client_coordinator: Browser, golden: Golden
) -> None:
    soup = page(client_coordinator, golden)
    text = words(soup)
    assert str(golden.payload["official"]["score"]) in text
    assert "卡在哪？" in text
    assert "我答了什么？" not in text
    assert "先做什么？" not in text
    assert "检验记录在云表里" not in text
    assert soup.select(".steps1") == []
    assert soup.select("form[action*=reports]") == []
    assert "answers.xlsx" not in str(soup)
    assert client_coordinator.get(f"/assessments/{golden.assessment_id}/answers.xlsx").status_code == 403


def test_an_owner_elsewhere_gains_nothing_as_coordinator_here(app: Flask, world: World, golden: Golden) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        make.coordinate(cluster, db.session.get_one(make.User, world.users["foreign"]))
    soup = page(sign_in(app, world, "foreign"), golden)
    assert "我答了什么？" not in words(soup)
    assert "answers.xlsx" not in str(soup)


def test_case_26_nothing_zero_unknown_and_not_applicable_are_four_things(client_owner: Browser, golden: Golden) -> None:
    soup = page(client_owner, golden)
    shown = {
        row.select_one("th small").get_text(strip=True): row.select_one("td b").get_text(strip=True)  # type: ignore[union-attr]
        for row in soup.select("table.said tbody tr")
    }
    catalogue = load_catalogue("molds")
    assert shown["C10"] == catalogue.questions["C10"].anchors[0].label.zh
    assert shown["network_security"] == "没答"
    assert shown["scene_energy"] == "不清楚"
    assert shown["scene_product_design"] == "不适用"
    rated = golden.payload["index"]["dimensions"]
    assert rated["security"]["score"] is None
    row = next(r for r in soup.select(".profile tbody tr") if "信息安全" in r.get_text())
    assert [cell.get_text(strip=True) for cell in row.select("th, .num")] == ["信息安全*", "–"]
    assert "所以不打分" in words(soup)


def test_case_27_what_is_switched_off_is_not_shown_and_comes_back(
    app: Flask, world: World, client_owner: Browser
) -> None:
    case = persona("P01")
    off = case | {"profile": case["profile"] | {"edm": False}}
    hidden = next(i for i, c in load_catalogue("molds").switches.items() if any("edm" in x.text for x in c))
    with make.writing(app):
        firm = db.session.get_one(Firm, world.firm_id)
        first = make_round(firm, off, {hidden: {"value": 3, "note": "藏起来的话"}}, number=11)
        second = make_round(firm, case, {hidden: {"value": 3, "note": "藏起来的话"}}, number=12)
    assert "藏起来的话" not in str(page(client_owner, first))
    assert "藏起来的话" in str(page(client_owner, second))
    for golden, there in ((first, False), (second, True)):
        data = client_owner.get(f"/assessments/{golden.assessment_id}/answers.xlsx").data
        ids = {row[1].value for row in openpyxl.load_workbook(BytesIO(data)).worksheets[0].iter_rows(min_row=2)}
        assert (hidden in ids) is there
    with app.app_context(), make.system_scope():
        assert (
            db.session.scalars(
                select(Answer).where(Answer.assessment_id == first.assessment_id, Answer.item_id == hidden)
            )
            .one()
            .value
            == 3
        )


def test_open_legal_duties_stand_before_the_cards(app: Flask, world: World, client_owner: Browser) -> None:
    case = persona("P04")
    with make.writing(app):
        firm = make.make_firm("示例印染厂", sector="textiles")
        make.make_membership(db.session.get_one(make.User, world.users["owner"]), firm)
        golden = make_round(firm, case, {})
    html = str(page(client_owner, golden).main)
    owed = [d for d in golden.payload["duties"] if not d["notice"]]
    assert owed
    assert html.index("say--duty") < html.index('class="cards"')
    for duty in owed:
        assert duty["source"] in html
        assert duty["checked"] in html


def test_reasons_for_what_is_left_out(client_owner: Browser, golden: Golden) -> None:
    text = words(page(client_owner, golden))
    catalogue = load_catalogue("molds", golden.payload["content"])
    for entry in golden.payload["excluded"]:
        assert catalogue.solutions[entry["solution"]].title.zh in text
        if entry["guard"] and entry["guard"] != "G16":
            assert catalogue.guards[entry["guard"]].reason.zh in text


def test_case_34_no_other_persons_data_on_the_page(
    app: Flask, client_member: Browser, golden: Golden, world: World
) -> None:
    html = str(page(client_member, golden))
    for name in ("owner", "consultant", "coordinator"):
        assert world.logins[name] not in html
        assert world.uniquifiers[name] not in html


# ---- history


def test_history_says_what_changed(app: Flask, client_owner: Browser, world: World) -> None:
    with make.writing(app):
        firm = db.session.get_one(Firm, world.firm_id)
        make_round(firm, persona("P01"), SAID | {"scene_quality": {"value": 0}}, number=11, days_ago=200)
        make_round(firm, persona("P01"), SAID, number=12)
    response = client_owner.get(f"/firms/{world.firm_id}/history?before=11&after=12")
    text = words(BeautifulSoup(response.get_data(as_text=True), "html.parser"))
    assert "第 11 轮" in text
    assert "1 个场景有变化" in text
    assert "质量管理" in text


def test_history_of_one_round_explains_itself(app: Flask, world: World, client_owner: Browser, golden: Golden) -> None:
    text = client_owner.get(f"/firms/{golden.firm_id}/history").get_data(as_text=True)
    assert "隔半年做一轮正好" in text


@pytest.mark.parametrize(
    "query", ["before=abc&after=", "before[]=1&before[]=2", "before=-1&after=99999", "before='--", "before=²"]
)
def test_case_32_strange_parameters_do_no_harm(client_owner: Browser, golden: Golden, query: str) -> None:
    assert client_owner.get(f"/firms/{golden.firm_id}/history?{query}").status_code == 200


def test_which_rounds_are_compared() -> None:
    assert choose_rounds([1], None, None) is None
    assert choose_rounds([1, 2, 3], None, None) == (2, 3)
    assert choose_rounds([1, 2, 3], 3, 1) == (1, 3)
    assert choose_rounds([1, 2, 3], 2, 2) == (2, 3)
    assert choose_rounds([1, 2, 3], 1, 9) == (2, 3)


# ---- figures


def test_rounding_never_lifts_a_level() -> None:
    assert str(rounded_points("39.96", [40])) == "39.9"
    assert str(rounded_points("39.94", [40])) == "39.9"
    assert str(rounded_points("36.375", [40])) == "36.4"
    assert str(rounded_points("40", [40])) == "40.0"


def test_figures_in_both_languages(app: Flask) -> None:
    with app.test_request_context("/?lang=zh"):
        app.preprocess_request()
        assert yuan(8000, 30000) == ("0.8 到 3", "万元")
        assert yuan(1250, 9050) == ("1,250 到 9,050", "元")
        assert join(["3.6 分", "2 个场景"]) == "3.6 分和 2 个场景"
        assert points("36.375") == "36.375"
    with app.test_request_context("/?lang=en"):
        app.preprocess_request()
        assert yuan(8000, 30000) == ("8,000–30,000", "yuan")
        assert join(["a", "b", "c"]) == "a, b and c"
        assert signed(-4.44) == "−4.4"
        assert signed(0.04) == "0.0"


def test_the_english_page_holds_no_chinese_of_ours(app: Flask, world: World, client_owner: Browser) -> None:
    golden = make_golden(
        app, world, said={"scene_purchasing": {"value": 1}, "scene_quality": {"value": 2}}, name="Hengyu", town="Hengli"
    )
    text = words(page(client_owner, golden, "en"))
    assert [c for c in text if "\u4e00" <= c <= "\u9fff"] == []


def test_unknown_ids_are_not_found(client_owner: Browser) -> None:
    assert client_owner.get(f"/assessments/{UUID(int=1)}/result").status_code == 404
    assert client_owner.get("/assessments/1/result").status_code == 404

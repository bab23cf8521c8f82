"""Pages of engagements: the portfolio, the firm's consultants, and who sees none of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.extensions import db
from app.models.actions import Action
from app.models.base import now
from app.models.diagnoses import Diagnosis
from app.models.engagements import Engagement
from app.models.firms import Firm
from app.models.jobs import Job
from app.models.results import Result
from app.models.users import User
from app.models.verifications import Verification
from app.queries.access import today
from app.services.bundles import BUILD
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import Golden, make_golden
from tests.app.world import World
from tests.conftest import sign_in


def soup(answer: TestResponse) -> BeautifulSoup:
    """The page."""
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def main(answer: TestResponse) -> str:
    """The words of a page, without its frame."""
    found = soup(answer).find("main")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def names(browser: Browser, query: str = "") -> list[str]:
    """The firms of the portfolio in their order."""
    page = soup(browser.get(f"/advice{query}"))
    return [str(th.get_text(" ", strip=True)) for th in page.select("table.folio tbody th a")]


def advise(app: Flask, world: World, name: str, **values: Any) -> UUID:
    """One more firm for the consultant; returns its id. Values of the engagement begin with "at_"."""
    of_engagement = {key[3:]: values.pop(key) for key in list(values) if key.startswith("at_")}
    firm = make.make_firm(name, **values)
    make.make_engagement(firm, db.session.get_one(User, world.users["consultant"]), **of_engagement)
    return firm.id


@pytest.fixture
def golden(app: Flask, world: World) -> Golden:
    """A mould shop with a submitted round, advised by the consultant."""
    return make_golden(app, world)


def test_visits_to_come_stand_first_and_firms_are_found(app: Flask, world: World, client_consultant: Browser) -> None:
    with make.writing(app):
        for name, days in (("甲厂", 20), ("乙厂", 2), ("丙厂", -5)):
            advise(app, world, name, at_visit_on=today() + timedelta(days=days), town="虎门镇")
        advise(app, world, "丁厂", sector="hardware", at_until_on=today() - timedelta(days=1))
    mine = "示例模具厂"
    assert names(client_consultant) == ["乙厂", "甲厂", mine, "丙厂"]
    assert names(client_consultant, "?sort=-visit") == ["丙厂", mine, "甲厂", "乙厂"]
    assert names(client_consultant, "?town=虎门镇&q=乙") == ["乙厂"]
    assert names(client_consultant, "?stage=submitted") == [mine]
    assert names(client_consultant, "?stage=nonsense&sort=nonsense&page=x") == names(client_consultant)
    assert names(client_consultant, "?sector=hardware") == []


def set_stage(golden: Golden, stage: str) -> None:
    """Bring the round as far as this stage, as the rows of verification, diagnosis and actions say it."""
    key: dict[str, Any] = {"firm_id": golden.firm_id, "assessment_id": golden.assessment_id}
    state = {"visit": "draft", "with_firm": "submitted", "changes": "changes_requested"}.get(stage)
    if state:
        db.session.add(Verification(**key, state=state, by_name="顾问"))
        return
    if stage == "submitted":
        return
    claimed = db.session.scalars(db.select(Result).filter_by(assessment_id=golden.assessment_id)).one()
    verified = Result(
        **key, basis="verified", engine=claimed.engine, versions=claimed.versions, level=0, score=Decimal(12),
        payload=claimed.payload,
    )  # fmt: skip
    db.session.add(verified)
    db.session.add(Verification(**key, state="verified", verified_at=now(), result_id=verified.id, by_name="顾问"))
    if stage in ("diagnosed", "actions"):
        db.session.add(Diagnosis(**key, signed_at=now(), by_name="顾问"))
    if stage == "actions":
        for days in (-1, 30):
            db.session.add(Action(**key, position=days + 1, text="买一台扫码枪", due_on=today() + timedelta(days=days)))


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("submitted", "已提交，待走访"), ("visit", "现场核实中"), ("with_firm", "等企业答复"),
        ("changes", "企业有异议"),
        ("verified", "已核实"), ("diagnosed", "诊断意见已签发"), ("actions", "2 项约定未完成，其中 1 项已逾期"),
    ],
)  # fmt: skip
def test_the_stage_says_how_far_the_work_is(
    app: Flask, client_consultant: Browser, golden: Golden, stage: str, words: str
) -> None:
    with make.writing(app):
        set_stage(golden, stage)
    page = soup(client_consultant.get(f"/advice?stage={stage}&q=恒钰"))
    [row] = page.select("table.folio tbody tr")
    assert words in row.get_text(" ")
    shown = [cell.get_text(" ", strip=True) for cell in row.select("td:nth-of-type(4) .lv")]
    assert bool(shown) is (stage in ("verified", "diagnosed", "actions"))
    assert all(level.startswith("0") for level in shown), "the verified level stands beside the claimed one"


def test_the_row_says_what_to_look_at_first(client_consultant: Browser, golden: Golden) -> None:
    [row] = soup(client_consultant.get("/advice?q=恒钰")).select("table.folio tbody tr")
    look = [line.get_text() for line in row.select(".look li")]
    assert any("2 级" in line for line in look), "the scenes one step below the next level"
    assert any(str(golden.assessment_id) in str(a["href"]) for a in row.select(".links a"))


def test_a_draft_is_told_from_nothing(app: Flask, world: World, client_consultant: Browser) -> None:
    with make.writing(app):
        advise(app, world, "空厂")
        begun = advise(app, world, "起头厂")
        make.make_assessment(db.session.get_one(Firm, begun))
    assert names(client_consultant, "?stage=agreed") == ["空厂"]
    assert names(client_consultant, "?stage=open") == ["起头厂"]


def test_the_portfolio_takes_twelve_statements_for_many_firms(
    app: Flask, world: World, client_consultant: Browser
) -> None:
    with make.writing(app):
        for number in range(60):
            firm = db.session.get_one(Firm, advise(app, world, f"多厂{number:02}"))
            if number % 2:
                make.make_result(make.make_assessment(firm, submitted=True))
    statements: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert len(names(client_consultant)) == 50
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(statements) <= 12, "\n".join(statements)
    assert len(names(client_consultant, "?page=2")) == 11 == len(names(client_consultant, "?page=99"))


def test_an_ended_engagement_is_gone_at_once(world: World, client_owner: Browser, client_consultant: Browser) -> None:
    address = f"/advice/{world.engagement_id}"
    assert "示例模具厂" in main(client_consultant.get(address))
    client_owner.post(f"/firms/{world.firm_id}/engagements/{world.engagement_id}/end")
    for path in (address, f"/assessments/{world.assessment_id}/result", f"/firms/{world.firm_id}/self-checks"):
        assert client_consultant.get(path).status_code == 404, path
    assert client_consultant.post(f"{address}/visit", data={"visit_on": ""}).status_code == 404
    assert "示例模具厂" not in main(client_consultant.get("/advice"))


@pytest.mark.parametrize(
    ("days", "said"), [(15, ""), (14, "委托还有 14 天到期"), (1, "委托还有 1 天到期"), (0, "委托今天到期")]
)
def test_the_portfolio_says_when_an_engagement_ends_soon(
    app: Flask, world: World, client_consultant: Browser, days: int, said: str
) -> None:
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).until_on = today() + timedelta(days=days)
    for path in ("/advice", f"/advice/{world.engagement_id}"):
        shown = soup(client_consultant.get(path)).select_one(".ends")
        assert (shown.get_text(strip=True) if shown else "") == said, path


def test_a_request_is_asked_answered_and_shown(
    app: Flask, world: World, client_consultant: Browser, client_foreign: Browser
) -> None:
    wished = today() + timedelta(days=9)
    form = {"firm": world.logins["foreign"], "purpose": "看看车间", "visit_on": str(wished)}
    answers = {
        login: main(client_consultant.post("/advice/ask", data={**form, "firm": login}, follow_redirects=True))
        for login in (form["firm"], "nobody@example.com")
    }
    known, unknown = (answer.replace(login, "X") for login, answer in answers.items())
    assert unknown.startswith(known[:60]) and "看看车间" in known, "the answer is the same"
    home = soup(client_foreign.get(f"/firms/{world.other_firm_id}"))
    [link] = [a["href"] for a in home.select("main .say a")]
    page = soup(client_foreign.get(str(link)))
    assert "看看车间" in page.get_text() and world.logins["consultant"] in page.get_text()
    assert page.select_one("#visit_on")["value"] == str(wished)  # type: ignore[index]
    days = {"until_on": str(today() + timedelta(days=30)), "visit_on": str(wished)}
    assert client_foreign.post(str(link), data={**days, "until_on": "2001-01-01"}).status_code == 422
    assert client_foreign.post(str(link), data=days).status_code == 303
    asked = soup(client_consultant.get("/advice")).find(id="asked")
    assert asked is not None and world.logins["foreign"] not in asked.get_text()
    assert len(names(client_consultant)) == 2
    assert "顾问" in main(client_foreign.get(f"/firms/{world.other_firm_id}"))


def test_a_declined_request_leads_nowhere(app: Flask, world: World, client_owner: Browser) -> None:
    address = f"/firms/{world.firm_id}/engagements/{world.extra['asked_id']}"
    assert client_owner.post(f"{address}/decline", data={"word": "x" * 501}).status_code == 303
    assert client_owner.get(address).status_code == 200, "a word that is too long changes nothing"
    client_owner.post(f"{address}/decline", data={"word": ""})
    assert client_owner.get(address).status_code == 303
    assert client_owner.post(address, data={"until_on": ""}).status_code == 409
    assert client_owner.post(f"{address}/decline", data={"word": ""}).status_code == 409
    assert "谢绝" in main(client_owner.get(f"/firms/{world.firm_id}/consultants"))


def test_a_member_reads_and_does_not_decide(world: World, client_member: Browser) -> None:
    page = soup(client_member.get(f"/firms/{world.firm_id}/consultants"))
    assert "consultant" in page.get_text() and page.select("main form") == []
    home = soup(client_member.get(f"/firms/{world.firm_id}"))
    assert home.select("main .say a") == []


def test_the_day_of_the_visit_is_shown_to_the_firm(
    app: Flask, world: World, client_owner: Browser, client_consultant: Browser
) -> None:
    client_owner.speak("en")
    address = f"/advice/{world.engagement_id}/visit"
    assert client_consultant.post(address, data={"visit_on": "yesterday"}).status_code == 422
    assert client_consultant.post(address, data={"visit_on": "2001-01-01"}).status_code == 422
    assert client_consultant.post(address, data={"visit_on": "2001-01-01", "until_on": "2090-01-01"}).status_code == 400
    client_consultant.post(address, data={"visit_on": str(today())})
    assert "consultant comes on" in main(client_owner.get(f"/firms/{world.firm_id}"))
    assert "visit on" in main(client_owner.get(f"/firms/{world.firm_id}/consultants"))


def test_a_coordinator_asks_and_learns_nothing_of_what_came_of_it(
    app: Flask, world: World, client_coordinator: Browser, client_owner: Browser
) -> None:
    page = f"/clusters/{world.cluster_id}/consultants"
    form = {"firm": world.logins["owner"], "consultant": world.logins["account"], "purpose": "帮它诊断"}
    with make.writing(app):
        make.give(db.session.get_one(User, world.users["account"]), "consultant")
    before = main(client_coordinator.post(page, data=form, follow_redirects=True))
    with make.writing(app):
        row = db.session.scalars(db.select(Engagement).filter_by(user_id=world.users["account"])).one()
        row.agreed_at, row.purpose = now(), "金丝雀"
        row_id = row.id
    flash = before.index("如果企业和顾问都已注册")
    assert (
        main(client_coordinator.get(page)) in before.replace(before[flash : before.index("不是您。") + 4], "").strip()
    )
    assert client_coordinator.get(f"/advice/{row_id}").status_code == 403
    for path in (page, f"/clusters/{world.cluster_id}", f"/assessments/{world.assessment_id}/result"):
        words = main(client_coordinator.get(path))
        assert "金丝雀" not in words and "account" not in words.replace(world.logins["account"], ""), path
    assert client_coordinator.get("/advice/ask").status_code == 403
    assert client_coordinator.get(page.replace(str(world.cluster_id), str(world.firm_id))).status_code == 404


def test_the_list_of_a_cluster_leads_to_asking_for_a_firm_that_has_joined(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    address = f"/clusters/{world.cluster_id}/members/{world.extra['invitee_id']}"
    link = f"/clusters/{world.cluster_id}/consultants?invitee={world.extra['invitee_id']}"
    assert not soup(client_coordinator.get(address)).select(f'a[href="{link}"]')
    with make.writing(app):
        row = db.session.scalars(db.select(make.ClusterMember).filter_by(firm_id=world.firm_id)).one()
        row.invitee_id = world.extra["invitee_id"]
    assert soup(client_coordinator.get(address)).select(f'a[href="{link}"]')
    page = soup(client_coordinator.get(link))
    assert "示例塑料厂" in page.h1.get_text() and page.select_one("#firm") is None  # type: ignore[union-attr]
    form = {"invitee": str(world.extra["invitee_id"]), "consultant": "x@example.com", "purpose": "看看"}
    assert client_coordinator.post(link, data=form).status_code == 303
    for wrong in ("nonsense", str(world.firm_id)):
        assert client_coordinator.post(link, data={**form, "invitee": wrong}).status_code in (404, 422)


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_all_pages_speak_all_languages(app: Flask, world: World, language: str) -> None:
    pages = {
        "consultant": ("/advice", f"/advice/{world.engagement_id}", "/advice/ask"),
        "owner": (
            f"/firms/{world.firm_id}/consultants",
            f"/firms/{world.firm_id}/engagements/{world.extra['asked_id']}",
        ),
        "coordinator": (f"/clusters/{world.cluster_id}/consultants",),
    }
    for visitor, paths in pages.items():
        browser = sign_in(app, world, visitor)
        browser.speak(language)
        for path in paths:
            assert browser.get(path).status_code == 200, path


def test_the_form_of_the_portfolio_orders_a_bundle(
    app: Flask, client_consultant: Browser, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "enqueue", lambda *_job: None)  # the file itself is another test's
    form = soup(client_consultant.get("/advice?q=恒钰")).select_one("form:has(.bundle)")
    assert form is not None
    fields = {str(i["name"]): str(i["value"]) for i in form.select("input[type=hidden]") if i["name"] != "csrf_token"}
    fields |= {str(s["name"]): str(s.option["value"]) for s in form.select("select")}  # type: ignore[index]
    for chosen in ({"firm_id": str(golden.firm_id)}, {"all": "y"}):
        assert client_consultant.post(str(form["action"]), data={**fields, **chosen}).status_code == 303


@pytest.mark.parametrize(
    "query", ["", "stage=submitted", "stage=agreed&town=虎门镇", "q=一&sort=-name", "stage=nonsense"]
)
def test_all_of_a_list_is_what_the_list_shows(
    app: Flask, world: World, client_consultant: Browser, golden: Golden, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setitem(app.extensions, "enqueue", lambda *_job: None)
    with make.writing(app):
        for name, town in (("一厂", "虎门镇"), ("二厂", "虎门镇"), ("三厂", "长安镇")):
            advise(app, world, name, town=town)
    page = soup(client_consultant.get(f"/advice?{query}"))
    form, shown = (
        page.select_one("form:has(.bundle)"),
        {str(box["value"]) for box in page.select("input[name=firm_id]")},
    )
    assert form is not None and shown
    fields = {str(i["name"]): str(i["value"]) for i in form.select("input[type=hidden]") if i["name"] != "csrf_token"}
    data = {**fields, "all": "y", "what": "reports", "locale": "zh"}
    assert client_consultant.post(str(form["action"]), data=data).status_code == 303
    with make.writing(app):
        [job] = db.session.scalars(db.select(Job).where(Job.kind == BUILD))
        assert set(job.payload["firm_ids"]) == shown

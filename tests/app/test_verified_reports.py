"""Reports of a verified round: what they rest on, what they print, and when there is a new one."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.extensions import db
from app.models.assessments import Assessment
from app.models.reports import Report
from tests.app import advice
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import Golden, make_golden
from tests.app.test_reports import _fonts, squeeze, text_of  # noqa: F401  # the fonts are prepared for every test
from tests.app.world import STEP, World
from tests.conftest import sign_in


@pytest.fixture
def golden(app: Flask, world: World) -> Golden:
    """A submitted round, verified."""
    made = make_golden(app, world)
    advice.verify(app, made)
    return made


def order(browser: Browser, golden: Golden, locale: str = "zh", basis: str = "") -> str:
    data = {"locale": locale} | ({"basis": basis} if basis else {})
    response = browser.post(f"/assessments/{golden.assessment_id}/reports", data=data)
    assert response.status_code == 303, response.status
    return str(response.headers["Location"])


WORDS = {
    "zh": ("李顾问于2026年3月17日到现场核实", "现场核实记录", "检验单逐张看过", "账在会计那里", "未见到"),
    "en": ("Verified on site by 李顾问 on 17 Mar 2026", "What was found on site", "检验单逐张看过", "not seen"),
    "zh-Hant": ("李顾问於2026年3月17日到現場核實", "現場核實記錄", "检验单逐张看过"),
}


@pytest.mark.parametrize("locale", ["zh", "en", "zh-Hant"])
def test_a_verified_report_names_who_when_and_all_three_levels(
    client_owner: Browser, golden: Golden, locale: str
) -> None:
    pdf = text_of(client_owner.get(order(client_owner, golden, locale) + "/download").data)
    for said in WORDS[locale]:
        assert squeeze(said) in pdf, said
    official = golden.payload["official"]
    three = {
        "zh": "自评{}级，有凭据{}级，核实",
        "en": "{}claimed,{}withevidence,",
        "zh-Hant": "自評{}級，有憑據{}級，核實",
    }
    assert three[locale].format(official["level"], official["evidenced"]["level"]) in pdf


def test_the_claims_are_printed_on_demand_and_nothing_is_mixed(
    app: Flask, client_owner: Browser, golden: Golden
) -> None:
    verified, claimed = order(client_owner, golden), order(client_owner, golden, basis="claimed")
    assert verified != claimed and order(client_owner, golden, basis="verified") == verified
    text = text_of(client_owner.get(claimed + "/download").data)
    assert "现场核实记录" not in text and "检验单逐张看过" not in text and "自评；李顾问" in text
    names = [client_owner.get(a + "/download").headers["Content-Disposition"] for a in (verified, claimed)]
    assert names[0] != names[1]
    page = client_owner.get(verified + "?lang=en").get_data(as_text=True)
    assert "Report on the self-assessment" in page and "verified on site" in page
    result = client_owner.get(f"/assessments/{golden.assessment_id}/result?lang=zh").get_data(as_text=True)
    assert f'href="{verified}"' in result and f'href="{claimed}"' in result


def test_without_a_verification_there_is_no_report_on_one(app: Flask, client_owner: Browser, world: World) -> None:
    made = make_golden(app, world)
    path = f"/assessments/{made.assessment_id}/reports"
    assert client_owner.post(path, data={"locale": "zh", "basis": "verified"}).status_code == 404
    assert client_owner.post(path, data={"locale": "zh", "basis": "official"}).status_code == 400


def test_other_words_make_another_report_and_the_same_words_the_same(
    app: Flask, client_owner: Browser, golden: Golden
) -> None:
    first = order(client_owner, golden)
    assert order(client_owner, golden) == first
    advice.diagnose(app, golden, summary="采购先进系统。", quality="单子齐全。")
    second = order(client_owner, golden)
    assert second != first
    pdf = text_of(client_owner.get(second + "/download").data)
    assert "采购先进系统。" in pdf and "单子齐全。" in pdf and "顾问李顾问" in pdf
    action_id = advice.agree(app, golden, due_on=date(2026, 6, 30))
    third = order(client_owner, golden)
    text = text_of(client_owner.get(third + "/download").data)
    assert "约定事项" in text and "陈主管" in text and "2026年6月30日" in text
    with make.writing(app):
        db.session.delete(db.session.get_one(make.Action, action_id))
    assert order(client_owner, golden) == second
    with make.writing(app):
        rows = db.session.scalars(select(Report).where(Report.assessment_id == golden.assessment_id)).all()
        assert len({row.verify_code for row in rows}) == 3 and len({row.sha256 for row in rows}) == 3


def test_an_unsigned_diagnosis_is_not_printed(app: Flask, client_owner: Browser, golden: Golden) -> None:
    first = order(client_owner, golden)
    advice.diagnose(app, golden, signed=False, summary="未签的话。")
    assert order(client_owner, golden) == first


@pytest.mark.parametrize("visitor", ["owner", "consultant"])
def test_the_result_page_of_a_round_with_everything_takes_twelve_statements(
    app: Flask, world: World, golden: Golden, visitor: str
) -> None:
    advice.diagnose(app, golden)
    advice.agree(app, golden)
    with make.writing(app):
        make.make_roadmap(db.session.get_one(Assessment, golden.assessment_id), STEP)
    browser = sign_in(app, world, visitor)
    order(browser, golden)
    address = f"/assessments/{golden.assessment_id}/result"
    browser.get(address)
    sent: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert browser.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(sent) <= 12, "\n".join(sent)

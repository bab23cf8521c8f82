"""The pages of agreed actions, without JavaScript; the plan fixed to them; what has changed by the next round."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import openpyxl
from bs4 import BeautifulSoup
from flask import Flask

from app.extensions import db
from app.models.firms import Firm
from tests.app import advice
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import Golden, make_golden, make_round, persona
from tests.app.test_results import words
from tests.app.world import World


def address(golden: Golden) -> str:
    return f"/assessments/{golden.assessment_id}/actions"


def page(browser: Browser, golden: Golden, language: str = "en") -> BeautifulSoup:
    return BeautifulSoup(browser.get(f"{address(golden)}?lang={language}").data, "lxml")


def solution(golden: Golden) -> str:
    return str(golden.payload["recommendations"][0]["solution"])


def test_agreed_changed_and_said_how_far(
    app: Flask, client_consultant: Browser, client_member: Browser, world: World
) -> None:
    golden = make_golden(app, world)
    data = {"text": "采购订单进系统", "owner": "陈主管", "due_on": "2020-01-05", "solution": solution(golden)}
    assert client_consultant.post(address(golden), data=data).status_code == 303
    shown = page(client_member, golden)
    assert "采购订单进系统" in words(shown) and "overdue" in words(shown)
    assert shown.select_one("#new") is None, "members mark, they do not agree"
    marking = shown.select_one("form.acts__state")["action"]  # type: ignore[index]
    assert client_member.post(str(marking), data={"state": "done", "since": "2999-01-01"}).status_code == 422
    assert client_member.post(str(marking), data={"state": "done", "since": ""}).status_code == 303
    text = words(page(client_member, golden))
    assert "1 of 1 agreed action is done" in text and "overdue" not in text


def test_bad_input_keeps_what_was_typed(app: Flask, client_owner: Browser, world: World) -> None:
    golden = make_golden(app, world)
    for data in ({"text": ""}, {"text": "x", "due_on": "31.02.2026"}, {"text": "x", "solution": "NO-S1"}):
        response = client_owner.post(address(golden), data={"owner": "王<i>厂长", **data})
        assert response.status_code == 422
        field = BeautifulSoup(response.data, "lxml").select_one("#owner-new")
        assert field is not None and field["value"] == "王<i>厂长"


def test_the_plan_is_taken_over_and_fixed_to_what_was_agreed(app: Flask, client_owner: Browser, world: World) -> None:
    golden = make_golden(app, world)
    plan = f"/assessments/{golden.assessment_id}/roadmap"
    client_owner.post(f"{plan}/plan", data={"wish": ""})
    steps = [step["solution"] for step in client_owner.get(f"{plan}.json").json["steps"]]  # type: ignore[index]
    client_owner.post(f"{address(golden)}/take-over", data={})
    assert len(page(client_owner, golden).select("ol.acts > li")) == len(steps)
    chosen = next(r["solution"] for r in golden.payload["recommendations"] if r["solution"] not in steps)
    client_owner.post(address(golden), data={"text": "另外一件", "solution": chosen})
    response = client_owner.post(f"{address(golden)}/fix-route", data={})
    assert response.status_code == 303 and response.headers["Location"].endswith("/roadmap/plan")
    shown = client_owner.get(f"{plan}/plan").get_data(as_text=True)
    assert all(f"/steps/{name}" in shown for name in (*steps, chosen))


def test_the_spreadsheet_holds_the_list(app: Flask, client_owner: Browser, world: World) -> None:
    golden = make_golden(app, world)
    advice.agree(app, golden, "=1+1")
    sheet = openpyxl.load_workbook(BytesIO(client_owner.get(f"{address(golden)}/list.xlsx").data)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[0][:3] == (1, "=1+1", "陈主管") and sheet.cell(2, 2).data_type == "s"


def test_reminders_are_switched_for_the_firm(app: Flask, client_owner: Browser, world: World) -> None:
    golden = make_golden(app, world)
    client_owner.post(f"{address(golden)}/reminders", data={"wanted": "off"})
    with make.writing(app):
        assert db.session.get_one(Firm, golden.firm_id).action_reminders is False
    assert "Reminders are off" in words(page(client_owner, golden))


def next_round(app: Flask, first: Golden) -> Golden:
    """A second round in which inspection has risen."""
    with make.writing(app):
        firm = db.session.get_one(Firm, first.firm_id)
        return make_round(firm, persona("P01"), {"scene_quality": {"value": 4}}, number=2)


def raising(golden: Golden, item: str) -> str:
    """A solution of the trade that raises an item."""
    catalogue = make.load_catalogue("molds")
    return next(p.solution.id for p in catalogue.plans.values() if any(raised[0] == item for raised in p.raises))


def test_the_next_round_shows_what_has_come_of_it(app: Flask, client_owner: Browser, world: World) -> None:
    first = make_golden(app, world)
    advice.agree(app, first, "检验记录上系统", solution=raising(first, "scene_quality"), state="done",
                 since=advice.VISIT)  # fmt: skip
    assert "What has changed by round" not in words(page(client_owner, first))
    second = next_round(app, first)
    shown = page(client_owner, second).select_one("#follow-up")
    assert shown is not None
    text = " ".join(shown.get_text(" ").split())
    assert "检验记录上系统" in text and "1 of 1 agreed action is done" in text and "claimed 2 to 4" in text
    assert "verified" not in text
    advice.verify(app, second, {"scene_quality": {"verdict": "down", "claimed": 4, "value": 3}})
    assert "claimed 2 to 4, verified – to 3" in words(page(client_owner, second))
    link = page(client_owner, first).select_one(f'a[href="{address(second)}"]')
    assert link is not None and isinstance(second.assessment_id, UUID)

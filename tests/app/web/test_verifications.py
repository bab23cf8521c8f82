"""The page of a verification, for the consultant and for the firm; and where else the verified level is shown."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, select

from app.access.scope import system_scope
from app.extensions import db
from app.models.base import now
from app.models.verifications import Finding, Verification
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import Golden, make_golden, persona
from tests.app.verified import make_finding, make_finding_file, make_verification
from tests.app.world import World
from tests.scoring import personas

CANARIES = ("备注画眉", "总体画眉", "照片画眉.jpg", "理由画眉", "回复画眉")
"""What only the firm and its consultant may read: note, remark, name of a photo, reason, answer."""


@pytest.fixture
def golden(app: Flask, world: World) -> Golden:
    """A mould shop with a submitted round, its consultant and its coordinator."""
    return make_golden(app, world)


def visited(app: Flask, world: World, golden: Golden, state: str = "draft", **values: Any) -> UUID:
    """A verification in this state: purchasing down, quality agrees, data not seen, a share up; all with canaries."""
    note, remark, photo, reason, answer = CANARIES
    with make.writing(app):
        row = make_verification(
            golden.assessment_id, state, user_id=world.users["consultant"], remark=remark, answer=answer, **values
        )
        make_finding(row, "scene_purchasing", 3, "down", 1, note=note, reply_text=reason, reply="objected")
        make_finding(row, "scene_quality", 2, "agreed", 2)
        make_finding(row, "information_systems", "two_or_more", "not_seen", None)
        make_finding(row, "equipment_digital_rate", {"part": 5, "whole": 18}, "up", {"part": 12, "whole": 18})
        make_finding_file(row, "scene_purchasing", name=photo)
        return row.id


def address(golden: Golden, page: str = "verification") -> str:
    return f"/assessments/{golden.assessment_id}/{page}"


def read(browser: Browser, path: str, language: str = "en") -> BeautifulSoup:
    """The main part of a page."""
    browser.speak(language)
    response = browser.get(path)
    assert response.status_code == 200, path
    main = BeautifulSoup(response.data, "lxml").main
    assert main is not None
    return BeautifulSoup(str(main), "lxml")


def words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def mark(page: BeautifulSoup) -> str:
    field = page.select_one("input[name=seen]")
    assert field is not None
    return str(field["value"])


def test_before_anybody_looked_the_page_says_what_comes_next(
    client_owner: Browser, client_consultant: Browser, golden: Golden
) -> None:
    assert "Nobody has checked on site yet" in words(read(client_owner, address(golden)))
    assert "Nothing has been looked at yet" in words(read(client_consultant, address(golden)))
    assert client_owner.get(address(golden).replace(str(golden.assessment_id), str(golden.firm_id))).status_code == 404


def test_the_firm_sees_nothing_of_a_draft(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World, golden: Golden
) -> None:
    visited(app, world, golden)
    draft = words(read(client_consultant, address(golden)))
    assert CANARIES[0] in draft and CANARIES[2] in draft and "Your draft has 4 findings" in draft
    own = words(read(client_owner, address(golden)))
    assert "is noting what was seen" in own and "Found" not in own
    pages = [client_owner.get(address(golden, p)).data for p in ("verification", "result", "answers.xlsx")]
    pages.append(client_owner.post(f"/firms/{golden.firm_id}/export").data)
    assert not [word for word in CANARIES for page in pages if word.encode() in page]


def test_three_results_stand_side_by_side(app: Flask, client_owner: Browser, world: World, golden: Golden) -> None:
    visited(app, world, golden, "submitted")
    page = read(client_owner, address(golden))
    rows = [[cell.get_text(" ", strip=True) for cell in tr.select("th, td")] for tr in page.select(".three tbody tr")]
    assert [row[0] for row in rows] == ["Claimed", "With evidence", "As found, not settled yet"]
    official = golden.payload["official"]
    assert rows[0][1].startswith(str(official["level"])) and rows[0][2] == official["score"]
    assert rows[1][1].startswith(str(official["evidenced"]["level"]))
    assert rows[2][2] != rows[0][2]
    assert "4 of" in words(page) and "corrected down: 1" in words(page)


def test_the_firm_replies_and_answers_without_a_script(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World, golden: Golden
) -> None:
    row_id = visited(app, world, golden, "submitted")
    page = read(client_owner, address(golden))
    assert "Your turn: 3 findings differ" in words(page)
    reply = f"/verifications/{row_id}/findings/scene_purchasing/reply"
    refused = client_owner.post(reply, data={"reply": "objected", "text": " ", "seen": mark(page)})
    assert refused.status_code == 422
    refused = client_owner.post(reply, data={"text": "我们有台账", "seen": mark(page)})
    shown = BeautifulSoup(refused.data, "lxml").select_one("#finding-scene_purchasing")
    assert refused.status_code == 422 and shown is not None
    assert "我们有台账" in shown.textarea.get_text() and shown.select_one(".err[role=alert]")  # type: ignore[union-attr]
    told = client_owner.post(reply, data={"reply": "objected", "text": "我们有台账", "seen": mark(page)})
    assert told.status_code == 303 and told.headers["Location"].endswith("#finding-scene_purchasing")
    assert "我们有台账" not in words(read(client_consultant, address(golden)))
    answer = f"/verifications/{row_id}/answer"
    short = client_owner.post(answer, data={"answer": "请再看", "seen": mark(page)})
    box = BeautifulSoup(short.data, "lxml").select_one("#answer")
    assert short.status_code == 422 and box is not None and "请再看" in box.get_text()
    done = client_owner.post(answer, data={"answer": "请再看", "accept_rest": "y", "seen": mark(page)})
    assert done.status_code == 303
    theirs = words(read(client_consultant, address(golden)))
    assert "The firm objects to one finding" in theirs and "我们有台账" in theirs and "请再看" in theirs
    assert "looks again" in words(read(client_owner, address(golden)))


def test_while_the_consultant_looks_again_the_firm_sees_what_it_answered(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World, golden: Golden
) -> None:
    row_id = visited(app, world, golden, "changes_requested")
    with make.writing(app):
        finding = db.session.scalars(select(Finding).where(Finding.item_id == "scene_purchasing")).one()
        finding.note, finding.version, finding.updated_at = "改了画眉", 2, now()
        finding.reply = finding.reply_text = ""
        row = db.session.get_one(Verification, row_id)
        make_finding(row, "scene_energy", "unknown", "up", 1, note="新的画眉", updated_at=now())
        make_finding_file(row, "scene_quality", name="后补画眉.jpg", created_at=now())
    page = words(read(client_owner, address(golden)))
    assert "is looked at again" in page and CANARIES[1] not in page
    assert not [word for word in ("改了画眉", "新的画眉", "后补画眉") if word in page]
    whole = words(read(client_consultant, address(golden)))
    assert "改了画眉" in whole and "新的画眉" in whole and "后补画眉.jpg" in whole


def test_who_comes_too_late_is_told_and_keeps_the_text(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World, golden: Golden
) -> None:
    row_id = visited(app, world, golden, "submitted")
    seen = mark(read(client_owner, address(golden)))
    assert client_consultant.post(f"/verifications/{row_id}/take-back").status_code == 303
    late = client_owner.post(f"/verifications/{row_id}/answer", data={"answer": "在吗", "seen": seen})
    assert late.status_code == 409 and "taken the findings back" in late.get_data(as_text=True)
    with make.writing(app):
        db.session.scalars(select(Finding).where(Finding.item_id == "scene_quality")).one().version = 2
    assert client_consultant.post(f"/verifications/{row_id}/submit").status_code == 303
    late = client_owner.post(
        f"/verifications/{row_id}/findings/scene_purchasing/reply",
        data={"reply": "objected", "text": "写了很久的理由", "seen": seen},
    )
    assert late.status_code == 409 and "写了很久的理由" in late.get_data(as_text=True)


def test_settling_shows_its_conditions_and_then_stands_everywhere(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World, golden: Golden
) -> None:
    row_id = visited(app, world, golden, "changes_requested", visited_on=now().date())
    page = read(client_consultant, address(golden))
    verify = f"/verifications/{row_id}/verify"
    refused = client_consultant.post(verify, data={"seen": mark(page)})
    assert refused.status_code == 422 and "Confirm that you decide" in refused.get_data(as_text=True)
    assert client_consultant.post(verify, data={"seen": mark(page), "settle": "y"}).status_code == 303
    with app.app_context(), system_scope():
        level = db.session.get_one(Verification, row_id).result.level  # type: ignore[union-attr]
    for browser in (client_owner, client_consultant):
        said = words(read(browser, address(golden)))
        assert f"Verified on site: level {level}" in said and "The firm objects." in said and CANARIES[3] in said
    result = words(read(client_owner, address(golden, "result")))
    assert f"Level {level} verified on site by consultant" in result and "Self-assessed, not verified" not in result
    assert "Verified level" in result and f"Claimed {golden.payload['official']['level']}" in result
    start = words(read(client_owner, f"/firms/{golden.firm_id}"))
    assert f"level {level} verified" in start
    assert f"level {level} verified" in words(read(client_owner, f"/firms/{golden.firm_id}/history"))


def test_the_consultant_is_told_what_carries_the_level_and_was_not_looked_at(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World
) -> None:
    case = personas.read("verifications.yaml")[0]
    claims = {item: {"value": value} for item, value in (case["claims"] | case["scenes"]).items()}
    golden = make_golden(app, world, said=dict.fromkeys(personas.document(persona("P01"))["answers"]) | claims)
    assert golden.payload["official"]["level"] == 1
    with make.writing(app):
        row = make_verification(golden.assessment_id, "draft")
        make_finding(row, "scene_quality", 1, "agreed", 1)
    said = words(read(client_consultant, address(golden)))
    assert "9 items that carry the level were not looked at" in said
    assert "carry the level" not in words(read(client_owner, address(golden)))


def test_a_reopened_one_keeps_the_verified_result_on_the_page(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World, golden: Golden
) -> None:
    row_id = visited(app, world, golden, "verified")
    assert client_consultant.post(f"/verifications/{row_id}/reopen").status_code == 303
    page = read(client_consultant, address(golden))
    heads = [th.get_text(strip=True) for th in page.select(".three tbody th")]
    assert heads == ["Claimed", "With evidence", "Verified", "As found, not settled yet"]
    assert "Verified before" in words(page) and "Verification 1: level" in words(page)
    own = words(read(client_owner, address(golden)))
    assert "The verified result stands until there is a new one" in own and "Verified on site: level" not in own
    assert "corrected down" in own


def test_the_start_page_calls_for_the_answer(app: Flask, client_owner: Browser, world: World, golden: Golden) -> None:
    assert "waits for your answer" not in words(read(client_owner, f"/firms/{golden.firm_id}"))
    visited(app, world, golden, "submitted")
    page = read(client_owner, f"/firms/{golden.firm_id}")
    assert "waits for your answer" in words(page) and page.select_one(f'a[href$="{address(golden)}"]') is not None


def test_a_coordinator_learns_the_level_and_the_day_and_no_more(
    app: Flask, client_coordinator: Browser, world: World, golden: Golden
) -> None:
    visited(app, world, golden, "verified", by_name="核实画眉")
    table = f"/clusters/{world.cluster_id}/compare"
    pages = [address(golden, "result"), f"/firms/{golden.firm_id}/history", table, f"{table}?basis=verified"]
    for page in pages:
        client_coordinator.speak("en")
        text = client_coordinator.get(page).get_data(as_text=True)
        assert not [word for word in (*CANARIES, "核实画眉") if word in text], page
    result = words(read(client_coordinator, address(golden, "result")))
    assert re.search(r"Level 0 verified on site on \d+ \w+ \d{4}", result)
    assert "level 0 verified" in words(read(client_coordinator, table))
    assert golden_name(read(client_coordinator, f"{table}?basis=verified"))
    assert not golden_name(read(client_coordinator, f"{table}?basis=claimed"))
    assert client_coordinator.get(address(golden)).status_code == 403
    book = load_workbook(BytesIO(client_coordinator.post(f"{table}/firms.xlsx").data))
    cells = [str(c) for sheet in book for row in sheet.values for c in row]
    assert any(c.startswith("verified on site at level 0, ") for c in cells)
    assert not [c for c in cells for word in (*CANARIES, "核实画眉") if word in c]


def golden_name(page: BeautifulSoup) -> bool:
    return "恒钰模具" in words(page)


def test_the_workbook_of_answers_says_what_was_found(
    app: Flask, client_owner: Browser, world: World, golden: Golden
) -> None:
    client_owner.speak("en")
    plain = load_workbook(BytesIO(client_owner.get(address(golden, "answers.xlsx")).data))
    assert "Found on site" not in [c.value for c in plain["Answers"][1]]
    visited(app, world, golden, "verified")
    book = load_workbook(BytesIO(client_owner.get(address(golden, "answers.xlsx")).data))
    header, *rows = book["Answers"].values
    row = dict(zip(header, next(r for r in rows if "scene_purchasing" in r), strict=True))
    assert row["Found on site"] == "corrected down" and row["Note of the visit"] == CANARIES[0]
    assert CANARIES[3] in row["Reply of the firm"]
    figures = dict(book["Result"].values)
    assert figures["Verified level"] == 0 and figures["Verified by"] == "核实员"


def test_the_firm_has_until_the_tenth_day(app: Flask, client_consultant: Browser, world: World, golden: Golden) -> None:
    row_id = visited(app, world, golden, "submitted")
    page = read(client_consultant, address(golden))
    assert "It has time until" in words(page) and not page.select(f'form[action$="/{row_id}/verify"]')
    with make.writing(app):
        db.session.get_one(Verification, row_id).submitted_at = now() - timedelta(days=10)
    page = read(client_consultant, address(golden))
    assert "has not answered in 10 days" in words(page) and page.select(f'form[action$="/{row_id}/verify"]')


@pytest.mark.parametrize("state", ["submitted", "verified"])
def test_a_page_takes_twelve_statements_at_most(
    app: Flask, client_owner: Browser, world: World, golden: Golden, state: str
) -> None:
    visited(app, world, golden, state)
    client_owner.get(address(golden))
    sent: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        client_owner.get(address(golden))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len([s for s in sent if s.lstrip().upper().startswith("SELECT")]) <= 12, "\n".join(sent)


def test_the_english_page_holds_no_chinese_of_ours(
    app: Flask, client_owner: Browser, client_consultant: Browser, world: World, golden: Golden
) -> None:
    visited(app, world, golden, "submitted")
    for browser in (client_owner, client_consultant):
        text = words(read(browser, address(golden)))
        for known in (*CANARIES, "恒钰模具", "核实员"):
            text = text.replace(known, "")
        assert not re.findall(r"[\u3400-\u9fff]{2,}", re.sub(r"\([^)]*\)", "", text))


def test_case_06_notes_and_replies_are_never_markup(
    app: Flask, client_owner: Browser, world: World, golden: Golden
) -> None:
    row_id = visited(app, world, golden, "submitted")
    with make.writing(app):
        row = db.session.get_one(Verification, row_id)
        row.remark = "<b id=bad>x</b>"
        row.findings[0].note = row.findings[0].reply_text = "<script id=bad>1</script>"
    assert not read(client_owner, address(golden)).select("#bad")


@pytest.mark.parametrize("path", ["submit", "verify", "answer", "findings/no-such/reply"])
def test_strange_input_does_no_harm(
    client_consultant: Browser, client_owner: Browser, golden: Golden, path: str
) -> None:
    assert client_consultant.post(f"/verifications/{golden.firm_id}/{path}").status_code in (403, 404)
    assert client_owner.post(f"/verifications/{golden.firm_id}/{path}", data={"seen": "x"}).status_code in (403, 404)


def test_fields_that_do_not_belong_are_refused(
    app: Flask, client_consultant: Browser, world: World, golden: Golden
) -> None:
    row_id = visited(app, world, golden, "answered")
    for name in ("state", "by_name", "level"):
        assert client_consultant.post(f"/verifications/{row_id}/verify", data={name: "4"}).status_code == 400


def test_giving_up_says_what_becomes_of_the_notes_before_its_button(
    app: Flask, client_consultant: Browser, world: World, golden: Golden
) -> None:
    visited(app, world, golden, "submitted")
    form = read(client_consultant, address(golden)).select_one('form[action$="/give-up"]')
    assert form is not None and form.parent is not None and form.parent.name == "details"
    assert "A firm that has seen the findings is told." in words(form.parent)

"""The visit sheet in the browser: its order, its forms without a script, and what a script is told."""

from __future__ import annotations

import io
import re
from contextlib import closing
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models.verifications import Finding, FindingFile, Verification
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.filling import form_of
from tests.app.rounds import Golden, make_golden
from tests.app.services.rounds import PNG
from tests.app.services.test_firms import count
from tests.app.verified import make_finding, make_verification
from tests.app.world import World
from tests.conftest import sign_in

PURCHASING, QUALITY = "scene_purchasing", "scene_quality"
"""Claimed as 3 without proof, and as 2 with."""


@pytest.fixture
def golden(app: Flask, world: World) -> Golden:
    """A mould shop with a submitted round, whose consultant is the world's."""
    return make_golden(app, world)


def page_of(browser: Browser, golden: Golden, path: str = "") -> BeautifulSoup:
    """The sheet, or a page below it."""
    response = browser.get(f"/assessments/{golden.assessment_id}/visit{path}")
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def send(browser: Browser, golden: Golden, form: dict[str, Any], path: str = "") -> TestResponse:
    """A part of the sheet, sent as a form."""
    address = f"/assessments/{golden.assessment_id}/visit{path}"
    return browser.post(address, data=form, content_type="multipart/form-data")


def put(browser: Browser, golden: Golden, item: str, **body: Any) -> TestResponse:
    """One finding, as the script sends it."""
    address = f"/api/assessments/{golden.assessment_id}/findings/{item}"
    return browser.put(address, json={"version": 0, "key": "key-0001", **body})


def verdict(app: Flask, item: str) -> str:
    """What was found for an item."""
    with make.writing(app):
        return db.session.scalar(select(Finding.verdict).where(Finding.item_id == item)) or ""


def card(page: BeautifulSoup, item: str) -> Tag:
    """The card of an item."""
    found = page.find(id=item)
    assert isinstance(found, Tag)
    return found


def form_around(page: BeautifulSoup, item: str) -> dict[str, Any]:
    """The form that holds an item, as a browser would send it."""
    form = card(page, item).find_parent("form")
    assert form is not None
    return form_of(BeautifulSoup(f"<form id='sec'>{form.decode_contents()}</form>", "html.parser"))


def test_what_decides_the_level_stands_first_and_everything_stands_once(
    client_consultant: Browser, golden: Golden
) -> None:
    page = page_of(client_consultant, golden)
    groups = [str(group["id"]) for group in page.select(".group")]
    assert groups[0] == "gate" and groups[-1] == "day" and not page.select("details.group[open]")
    items = [str(fieldset["id"]) for fieldset in page.select("fieldset.q")]
    assert len(items) == len(set(items)) == 47
    said = card(page, PURCHASING)
    assert len(said.select(".opts input")) == 6 and said.select_one(".said dd b") is not None
    assert page.select_one("[data-looked-at]").get_text() == "看了 47 项中的 0 项"  # type: ignore[union-attr]


@pytest.mark.parametrize("path", ["", "/print"])
def test_in_english_there_is_no_chinese_but_names(client_consultant: Browser, golden: Golden, path: str) -> None:
    client_consultant.speak("en")
    page = page_of(client_consultant, golden, path)
    text = re.sub(r"\([^)]*\)|“[^”]*”", "", page.main.get_text(" ")) if page.main else ""
    text = text.replace("恒钰模具", "").replace("检验记录在云表里", "").replace("示例", "")
    assert not re.findall(r"[\u3400-\u9fff]{2,}", text)


def test_a_page_needs_few_statements(app: Flask, client_consultant: Browser, golden: Golden) -> None:
    put(client_consultant, golden, QUALITY, verdict="agreed")
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        page_of(client_consultant, golden)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    selects = [s for s in seen if s.lstrip().upper().startswith("SELECT")]
    assert len(selects) <= 12, "\n".join(selects)


def test_a_part_saves_as_one_form(app: Flask, client_consultant: Browser, golden: Golden) -> None:
    page = page_of(client_consultant, golden)
    form = form_around(page, PURCHASING)
    form |= {PURCHASING: "=1", f"{PURCHASING}.note": "只有微信", f"{PURCHASING}.file": (io.BytesIO(PNG), "微信.png")}
    response = send(client_consultant, golden, {**form, "next": "gate"})
    assert response.status_code == 303 and response.headers["Location"].endswith("/visit#gate")
    page = page_of(client_consultant, golden)
    assert verdict(app, PURCHASING) == "down" and count(app, Finding) == 1
    shown = card(page, PURCHASING)
    assert shown.select_one("input[checked]")["value"] == "=1"  # type: ignore[index]
    link = shown.select_one("[data-files] a")
    assert link is not None and link.get_text() == "微信.png"
    taken = client_consultant.get(str(link["href"]))
    assert taken.data == PNG and taken.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in taken.headers["Content-Security-Policy"] and "no-store" in taken.headers["Cache-Control"]
    assert client_consultant.get(f"{link['href']}?view=1").headers["Content-Disposition"].startswith("inline")
    remove = shown.select_one("[data-files] button")["value"]  # type: ignore[index]
    again = form_around(page, PURCHASING) | {"remove": remove}
    assert send(client_consultant, golden, again).status_code == 303 and count(app, FindingFile) == 0


@pytest.mark.parametrize(
    ("item", "form", "found"),
    [
        ("network_build", {"network_build": "other", "network_build.found": []}, "down"),
        ("network_build", {"network_build": "other", "network_build.found": ["industrial_5g"]}, "down"),
        ("equipment_digital_rate",
         {"equipment_digital_rate": "other", "equipment_digital_rate.part": "1", "equipment_digital_rate.whole": "18"},
         "down"),
        ("information_systems", {"information_systems": "=none"}, "down"),
    ],
)  # fmt: skip
def test_other_kinds_of_answers_are_corrected_too(
    app: Flask, client_consultant: Browser, golden: Golden, item: str, form: dict[str, Any], found: str
) -> None:
    sent = {k: v for k, v in form_around(page_of(client_consultant, golden), item).items() if k != f"{item}.found"}
    response = send(client_consultant, golden, sent | form)
    assert response.status_code == 303 and verdict(app, item) == found
    assert card(page_of(client_consultant, golden), item).select_one("input[type=radio][checked]") is not None


def test_a_photo_of_40_mb_and_a_heic_cost_nothing_else(app: Flask, client_consultant: Browser, golden: Golden) -> None:
    page = page_of(client_consultant, golden)
    group = [str(f["id"]) for f in card(page, PURCHASING).find_parent("form").select("fieldset.q")]  # type: ignore[union-attr]
    other = next(i for i in group if i.startswith("scene_") and i != PURCHASING)
    form = form_around(page, PURCHASING) | {
        PURCHASING: "agreed",
        f"{PURCHASING}.file": (io.BytesIO(PNG + b"\0" * (40 * 1024 * 1024)), "大图.png"),
        other: "not_seen",
        f"{other}.file": (io.BytesIO(b"\0\0\0\x18ftypheic"), "a.heic"),
    }
    response = send(client_consultant, golden, form)
    assert response.status_code == 422
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    assert "10 MB" in card(page, PURCHASING).select_one(".err").get_text()  # type: ignore[union-attr]
    assert "HEIC" in card(page, other).select_one(".err").get_text()  # type: ignore[union-attr]
    assert (verdict(app, PURCHASING), verdict(app, other)) == ("agreed", "not_seen") and count(app, FindingFile) == 0


def test_a_script_is_told_that_a_photo_is_too_large(client_consultant: Browser, golden: Golden) -> None:
    address = f"/assessments/{golden.assessment_id}/findings/{QUALITY}/files"
    for size, status in ((40, 413), (70, 413), (0, 201)):
        data = {"file": (io.BytesIO(PNG + b"\0" * (size * 1024 * 1024)), "a.png")}
        response = client_consultant.post(address, data=data, headers={"Accept": "application/json"})
        assert response.status_code == status
        assert size == 0 or "10 MB" in response.get_json()["message"]


def test_a_full_disk_of_the_database_is_said_clearly_and_costs_nothing_that_was_saved(
    app: Flask, client_consultant: Browser, golden: Golden
) -> None:
    def fill_up(connection: Any, *_rest: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # no more pages than there are

    assert put(client_consultant, golden, QUALITY, verdict="agreed").status_code == 200
    with app.app_context():
        engine = db.engine
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")  # no pages that other tests have left free
    event.listen(engine, "checkout", fill_up)
    try:
        answers = [
            put(client_consultant, golden, item, verdict="agreed", note="长" * 2000)
            for item in (PURCHASING, "scene_finance", "scene_office", "scene_safety", "scene_equipment")
        ]
    finally:
        event.remove(engine, "checkout", fill_up)
        engine.dispose()
    assert answers[-1].status_code == 507 and "存不下" in answers[-1].get_json()["message"]
    assert verdict(app, QUALITY) == "agreed"
    again = put(client_consultant, golden, "scene_equipment", verdict="agreed", note="长" * 2000)
    assert again.status_code == 200


def test_saving_tells_the_level_verified_so_far(client_consultant: Browser, golden: Golden) -> None:
    client_consultant.speak("en")
    told = put(client_consultant, golden, PURCHASING, verdict="agreed").get_json()
    assert told["version"] == 1 and told["looked_at"] == "1 of 47 looked at"
    assert told["verified"].startswith("Level 1") and "away" in told["verified_away"]
    states = client_consultant.get(f"/api/assessments/{golden.assessment_id}/findings").get_json()
    assert states["answers"][PURCHASING]["verdict"] == "agreed" and states["locked"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "nonsense"}, {"verdict": 7}, {"verdict": ["agreed"]}, {"verdict": "agreed", "version": -1},
        {"verdict": "agreed", "version": "1"}, {"verdict": "agreed", "key": "x"}, {"verdict": "agreed", "note": 7},
        {"verdict": "agreed", "reply": "accepted"}, {"verdict": "corrected", "value": 9}, {},
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused(
    app: Flask, client_consultant: Browser, golden: Golden, body: dict[str, Any]
) -> None:
    response = put(client_consultant, golden, PURCHASING, **body)
    assert response.status_code == 400 and response.get_json()["message"] and count(app, Finding) == 0
    for field in ("firm_id", "state", f"{PURCHASING}.reply", "no-such"):
        assert send(client_consultant, golden, {field: "1"}).status_code == 400


def second(app: Flask, golden: Golden) -> Browser:
    """A second consultant of the firm."""
    with make.writing(app):
        user = make.make_user("周核实")
        make.give(user, "consultant")
        make.make_engagement(db.session.get_one(make.Firm, golden.firm_id), user)
        uniquifier = user.fs_uniquifier
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(uniquifier)
    return browser


def test_two_consultants_see_both_findings(app: Flask, client_consultant: Browser, golden: Golden) -> None:
    page, other = page_of(client_consultant, golden), second(app, golden)
    old = form_around(page, PURCHASING)
    assert put(other, golden, PURCHASING, verdict="corrected", value=1, note="本子").status_code == 200
    told = put(client_consultant, golden, PURCHASING, verdict="agreed")
    assert told.status_code == 409 and told.get_json()["theirs"]["value"] == 1 and told.get_json()["version"] == 1
    response = send(client_consultant, golden, old | {PURCHASING: "not_seen"})
    assert response.status_code == 409 and verdict(app, PURCHASING) == "down"
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    clash = card(page, PURCHASING).select_one(".two")
    assert (
        clash is not None
        and "未见到" in clash.get_text()
        and "周核实" in clash.get_text()
        and "本子" in clash.get_text()
    )
    mine, theirs = (str(b["value"]) for b in clash.select("button"))
    again = form_around(page, PURCHASING)
    assert send(client_consultant, golden, again | {"keep": theirs}).status_code == 303
    assert verdict(app, PURCHASING) == "down"
    assert send(client_consultant, golden, again | {"keep": mine}).status_code == 303
    assert verdict(app, PURCHASING) == "not_seen"


def test_an_old_page_that_nobody_touched_changes_nothing(
    app: Flask, client_consultant: Browser, golden: Golden
) -> None:
    page, other = page_of(client_consultant, golden), second(app, golden)
    put(other, golden, PURCHASING, verdict="corrected", value=1)
    assert send(client_consultant, golden, form_around(page, PURCHASING)).status_code == 303
    assert verdict(app, PURCHASING) == "down"


def test_what_lies_with_the_firm_can_be_read_only(app: Flask, client_consultant: Browser, golden: Golden) -> None:
    with make.writing(app):
        make_finding(make_verification(golden.assessment_id, "submitted"), PURCHASING, 3, "down", 1)
    page = page_of(client_consultant, golden)
    assert page.select("fieldset.q:not([disabled])") == [] and page.select_one(".say--info") is not None
    assert put(client_consultant, golden, PURCHASING, verdict="agreed", version=1).status_code == 409
    assert send(client_consultant, golden, {PURCHASING: "agreed"}).status_code == 409


def test_a_draft_has_no_sheet_and_looking_begins_nothing(
    app: Flask, client_consultant: Browser, golden: Golden, world: World
) -> None:
    page_of(client_consultant, golden)
    page_of(client_consultant, golden, "/print")
    assert count(app, Verification) == 0
    assert client_consultant.get(f"/assessments/{world.draft_id}/visit").status_code == 302
    assert client_consultant.get(f"/assessments/{world.draft_id}/visit/print").status_code == 404
    assert (
        put(client_consultant, Golden(world.firm_id, world.draft_id, {}, {}), QUALITY, verdict="agreed").status_code
        == 409
    )


def test_day_and_remark_keep_what_was_typed(client_consultant: Browser, golden: Golden) -> None:
    for form, status in (
        ({"visited_on": "gestern", "remark": "好"}, 422),
        ({"visited_on": "2999-01-01", "remark": "好"}, 422),
        ({"visited_on": "2026-01-05", "remark": "好", "state": "verified"}, 400),
        ({"visited_on": "2026-01-05", "remark": "好"}, 303),
        ({"visited_on": "2026-01-05", "remark": "又一句"}, 409),
    ):
        response = send(client_consultant, golden, form, "/day")
        assert response.status_code == status
        if status in (409, 422):
            page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
            assert page.select_one("#day .err") is not None
            assert page.select_one("#remark").get_text(strip=True) == form["remark"]  # type: ignore[union-attr]
    assert page_of(client_consultant, golden).select_one("#visited_on")["value"] == "2026-01-05"  # type: ignore[index]


def test_a_session_that_ends_keeps_the_findings(app: Flask, world: World, golden: Golden) -> None:
    browser = sign_in(app, world, "anonymous")
    response = send(browser, golden, {PURCHASING: "=1", f"{PURCHASING}.note": "还在"})
    assert response.status_code == 401
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    kept = {str(i["name"]): str(i["value"]) for i in page.select("main form input[type=hidden]")}
    assert kept[PURCHASING] == "=1" and kept[f"{PURCHASING}.note"] == "还在"
    assert put(browser, golden, PURCHASING, verdict="agreed").status_code == 401

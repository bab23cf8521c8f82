"""Filling in through the browser: forms without JavaScript, what the script calls, review, quick look, links.

Named cases of the platform's lessons: 6, 9, 16, 18, 20, 22, 23, 24, 31.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models.assessments import Answer, AnswerChange, Assessment
from app.models.results import Result
from app.web.quick import memory
from scoring.content.loader import list_sectors, load_catalogue
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.world import HANDOVER_TOKEN, SECTION, World
from tests.conftest import sign_in

MOLDS = load_catalogue("molds")
QUESTIONS = [MOLDS.questions[i] for i in MOLDS.sector.sections[0].questions]
LEVEL = next(q.id for q in QUESTIONS if q.kind == "level")
SECOND = next(q.id for q in QUESTIONS if q.kind == "level" and q.id != LEVEL)
MACHINES = "machines"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
NAUGHTY = (
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
    "{{7*7}}",
    "{% raw %}",
    "\\input{x}",
    "'; DROP TABLE answers; --",
    "\u202egnp.exe",
    "\x00nul",
    "\ud800",
    "𠮷野家🏭",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "ﷺ" * 50,
    "Z̷̢a̴lgo",
    "null",
    "undefined",
    "NaN",
    "true",
    "0",
    "-1",
    "1e400",
    "％ｓ",
    "%s%n",
    "${7*7}",
    "<!--",
    "]]>",
    "\r\nSet-Cookie: a=b",
    "",
    " ",
    "\ufeff",
    "“”‘’",
    "é" * 500,
)


def page_url(world: World, section: str = SECTION) -> str:
    """Address of a section of the open round."""
    return f"/assessments/{world.draft_id}/sections/{section}"


def put(browser: Browser, world: World, item: str, **body: Any) -> TestResponse:
    """Save one answer as the script does."""
    address = f"/api/assessments/{world.draft_id}/answers/{item}"
    return browser.put(address, json={"version": 0, "key": "key-0001", **body})


def soup(response: TestResponse) -> BeautifulSoup:
    """The page of an answer."""
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def stored(app: Flask, world: World, item: str) -> Any:
    """The stored value of an answer."""
    with make.writing(app):
        return db.session.scalar(
            select(Answer.value).where(Answer.assessment_id == world.draft_id, Answer.item_id == item)
        )


def form_of(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser without JavaScript would send for the questions of a page."""
    fields: dict[str, Any] = {}
    form = page.find(id="sec")
    assert form is not None
    for tag in form.find_all(["input", "textarea"]):
        kind, name = tag.get("type"), str(tag.get("name"))
        if kind in ("radio", "checkbox"):
            if tag.has_attr("checked"):
                fields.setdefault(name, []).append(tag["value"])
        elif kind not in ("file", "submit") and name != "csrf_token":
            fields[name] = tag.get_text() if tag.name == "textarea" else tag.get("value", "")
    return fields


# ---- the page


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("section", [s.id for s in MOLDS.sector.sections])
def test_every_section_is_a_proper_page(client_owner: Browser, world: World, section: str, language: str) -> None:
    client_owner.speak(language)
    page = soup(client_owner.get(page_url(world, section)))
    cards = page.select("fieldset.q")
    assert cards
    for card in cards:
        assert card.legend is not None and card.legend.find("h2") is not None
        assert card.select_one('input[value="unknown"]') is not None
        question = MOLDS.questions[str(card["id"])]
        assert bool(card.select_one('input[value="na"]')) is bool(question.na)
        if question.kind == "level":
            assert [i["value"] for i in card.select("input[type=radio]")][:5] == ["0", "1", "2", "3", "4"]
    if language == "en":
        for tag in page.select('[lang="zh"], [hreflang="zh"], .sect, .save, .toc small, .files, #hand'):
            tag.decompose()
        text = re.sub(r"\([^)]*\)|“[^”]*”|\"[^\"]*\"", "", page.main.get_text(" ")) if page.main else ""
        assert not re.findall(r"[\u3400-\u9fff]{2,}", text)


@pytest.mark.parametrize("sector", list_sectors())
def test_pages_of_every_trade_render(app: Flask, sector: str) -> None:
    with make.writing(app):
        user, firm = make.make_user("o"), make.make_firm(sector=sector)
        make.make_membership(user, firm)
        draft = make.make_assessment(firm)
        uniquifier, draft_id = user.fs_uniquifier, draft.id
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(uniquifier)
    for section in load_catalogue(sector).sector.sections:
        assert browser.get(f"/assessments/{draft_id}/sections/{section.id}").status_code == 200
    for path in ("", "/profile", "/review"):
        assert browser.get(f"/assessments/{draft_id}{path}").status_code == 200
    assert browser.get(f"/quick/{sector}").status_code == 200


def test_question_page_and_its_files_stay_small(app: Flask, client_owner: Browser, world: World) -> None:
    root = Path(app.root_path) / "static"
    for section in MOLDS.sector.sections:
        response = client_owner.get(page_url(world, section.id))
        page = soup(response)
        files = [t["href"] for t in page.select("link[rel=stylesheet]")] + [
            t["src"] for t in page.select("script[src]")
        ]
        sizes = [len(gzip.compress((root / str(f).split("?")[0].removeprefix("/static/")).read_bytes())) for f in files]
        assert len(gzip.compress(response.data)) + sum(sizes) < 60_000


def test_unknown_section_and_foreign_round_are_not_found(client_owner: Browser, world: World) -> None:
    assert client_owner.get(page_url(world, "no-such")).status_code == 404
    assert client_owner.get(f"/assessments/{world.other_draft_id}/sections/{SECTION}").status_code == 404


def test_overview_opens_where_one_stopped(client_owner: Browser, world: World) -> None:
    assert put(client_owner, world, "MOL-06", value=1).status_code == 200
    page = soup(client_owner.get(f"/assessments/{world.draft_id}"))
    target = page.select_one("a.btn--go")
    assert target is not None and str(target["href"]).endswith(f"/sections/{MACHINES}")


# ---- the form, without JavaScript


def test_a_page_saves_as_one_form_and_goes_on(app: Flask, client_owner: Browser, world: World) -> None:
    form = form_of(soup(client_owner.get(page_url(world))))
    form |= {LEVEL: "2", f"{LEVEL}.note": "每天扫码", SECOND: "unknown", "next": MACHINES}
    response = client_owner.post(page_url(world), data=form)
    assert response.status_code == 303 and response.headers["Location"] == page_url(world, MACHINES)
    assert stored(app, world, LEVEL) == 2 and stored(app, world, SECOND) == "unknown"
    card = soup(client_owner.get(page_url(world))).find(id=LEVEL)
    assert card is not None and card.select_one("input[checked]")["value"] == "2"  # type: ignore[index]


def test_a_mistake_is_shown_at_its_place_and_all_else_is_saved(app: Flask, client_owner: Browser, world: World) -> None:
    address = page_url(world, MACHINES)
    form = form_of(soup(client_owner.get(address)))
    form |= {
        "equipment_digital_rate.part": "12",
        "equipment_digital_rate.whole": "7",
        "network_build": ["application_network"],
        "equipment_networked_rate.part": "drei",
        "equipment_networked_rate.whole": "7",
        "MOL-06": "1",
        "next": "design",
    }
    response = client_owner.post(address, data=form)
    assert response.status_code == 422
    page = soup(response)
    for item, kept in (("equipment_digital_rate", "12"), ("equipment_networked_rate", "drei")):
        card = page.find(id=item)
        assert card is not None and card.select_one(".err[role=alert]") is not None
        assert card.find(id=f"{item}-p")["value"] == kept  # type: ignore[index]
    assert {a["href"] for a in page.select("#errors a")} == {"#equipment_digital_rate", "#equipment_networked_rate"}
    assert stored(app, world, "MOL-06") == 1 and stored(app, world, "network_build") == ["application_network"]
    assert stored(app, world, "equipment_digital_rate") is None


@pytest.mark.parametrize(
    ("part", "whole", "value"),
    [
        ("7", "12", {"part": 7, "whole": 12}),
        ("７", "１２", {"part": 7, "whole": 12}),
        ("0", "0", {"rate": 0}),
        ("", "0", {"rate": 0}),
        ("1,000", "2,000", {"part": 1000, "whole": 2000}),
        ("", "", None),
    ],
)
def test_counts_as_people_type_them(
    app: Flask, client_owner: Browser, world: World, part: str, whole: str, value: Any
) -> None:
    form = {"equipment_digital_rate.part": part, "equipment_digital_rate.whole": whole}
    assert client_owner.post(page_url(world, MACHINES), data=form).status_code == 303
    assert stored(app, world, "equipment_digital_rate") == value


@pytest.mark.parametrize(
    "form",
    [
        {"equipment_digital_rate.part": "NaN", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "1e999", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "-1", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "1.5", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "9" * 400, "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "1", "equipment_digital_rate.whole": ""},
        {"equipment_digital_rate.part": "1", "equipment_digital_rate.whole": "2", "equipment_digital_rate": "unknown"},
        {"network_build": ["none", "industrial_5g"]},
        {"network_build": ["industrial_5g", "unknown"]},
        {"MOL-06": "7"},
        {"MOL-06": "²"},
        {"MOL-06": ["1", "2"]},
        {"MOL-06": "na"},
        {"MOL-06": "no-such"},
        {"MOL-06": "1", "MOL-06.note": "长" * 1_000_000},
    ],
)
def test_bad_input_gets_a_sentence_at_its_place(
    app: Flask, client_owner: Browser, world: World, form: dict[str, Any]
) -> None:
    item = next(iter(form)).split(".")[0]
    if item == "MOL-06" and form[item] == "na" and MOLDS.questions[item].na:
        pytest.skip("not applicable is allowed here")
    response = client_owner.post(page_url(world, MACHINES), data=form)
    assert response.status_code == 422
    card = soup(response).find(id=item)
    assert card is not None and card.select_one(".err[role=alert]").get_text(strip=True)  # type: ignore[union-attr]
    assert stored(app, world, item) is None


def test_case_20_fields_that_do_not_belong_are_refused(app: Flask, client_owner: Browser, world: World) -> None:
    for name in ("firm_id", "status", "submitted_at", "verified", "score", f"{LEVEL}.updated_by", "MOL-06"):
        response = client_owner.post(page_url(world), data={LEVEL: "1", name: "1"})
        assert response.status_code == 400, name
    for body in ({"firm_id": "x"}, {"updated_at": "2020-01-01"}, {"locked": False}):
        assert put(client_owner, world, LEVEL, value=1, **body).status_code == 400
    profile = f"/assessments/{world.draft_id}/profile"
    assert client_owner.post(profile, data={"employees": "5", "sector": "electronics"}).status_code == 400
    assert stored(app, world, LEVEL) is None


def test_case_22_back_after_anothers_edit_shows_both_and_keeps_what_one_chooses(
    app: Flask, client_owner: Browser, client_member: Browser, world: World
) -> None:
    old = form_of(soup(client_owner.get(page_url(world))))
    assert put(client_member, world, LEVEL, value=1).status_code == 200
    response = client_owner.post(page_url(world), data={**old, LEVEL: "3", SECOND: "2", "next": MACHINES})
    assert response.status_code == 409 and stored(app, world, SECOND) == 2 and stored(app, world, LEVEL) == 1
    page = soup(response)
    card = page.find(id=LEVEL)
    assert card is not None and "is-clash" in card["class"]
    assert card.select_one("input[checked]")["value"] == "3"  # type: ignore[index]
    question = MOLDS.questions[LEVEL]
    shown = card.select_one(".two").get_text()  # type: ignore[union-attr]
    assert question.anchors[3].label.zh in shown and question.anchors[1].label.zh in shown and "member" in shown
    again = form_of(page)
    theirs, mine = (b["value"] for b in reversed(card.select("button[name=keep]")))
    assert client_owner.post(page_url(world), data={**again, "keep": theirs}).status_code == 303
    assert stored(app, world, LEVEL) == 1
    assert client_owner.post(page_url(world), data={**again, "keep": mine}).status_code == 303
    assert stored(app, world, LEVEL) == 3


def test_case_22_leaving_a_conflict_alone_keeps_the_other_answer(
    app: Flask, client_owner: Browser, client_member: Browser, world: World
) -> None:
    put(client_member, world, LEVEL, value=1)
    page = soup(client_owner.post(page_url(world), data={LEVEL: "3", f"{LEVEL}.version": "0"}))
    response = client_owner.post(page_url(world), data={**form_of(page), "next": MACHINES})
    assert response.status_code == 409 and stored(app, world, LEVEL) == 1


def test_case_22_a_session_that_ends_keeps_the_answers(app: Flask, world: World) -> None:
    browser = sign_in(app, world, "anonymous")
    response = browser.post(page_url(world), data={LEVEL: "2", f"{LEVEL}.note": "还在", "next": MACHINES})
    assert response.status_code == 401
    page = soup(response)
    link = page.select_one('a[target="_blank"]')
    assert link is not None and str(link["href"]).endswith(f"next={page_url(world)}")
    kept = {
        str(i["name"]): str(i["value"]) for i in page.select("form input[type=hidden]") if i["name"] != "csrf_token"
    }
    assert kept == {LEVEL: "2", f"{LEVEL}.note": "还在", "next": MACHINES}
    browser.sign_in(world.uniquifiers["owner"])
    assert browser.post(page_url(world), data=kept).status_code == 303
    assert stored(app, world, LEVEL) == 2


def test_case_22_an_old_csrf_token_keeps_the_answers(app: Flask, client_owner: Browser, world: World) -> None:
    response = client_owner.post(page_url(world), data={LEVEL: "2", "csrf_token": "old"}, csrf=False)
    assert response.status_code == 400
    page = soup(response)
    assert page.select_one(f'input[name="{LEVEL}"]')["value"] == "2"  # type: ignore[index]
    assert page.select_one('a[target="_blank"]') is None and stored(app, world, LEVEL) is None


def test_case_22_enter_saves_before_any_other_button(
    client_owner: Browser, client_member: Browser, world: World
) -> None:
    put(client_member, world, LEVEL, value=1)
    page = soup(client_owner.post(page_url(world), data={LEVEL: "3", f"{LEVEL}.version": "0"}))
    form = page.find(id="sec")
    assert form is not None
    first = form.find("button")
    assert first is not None and (first["name"], first["value"]) == ("next", "stay")
    assert not page.select('button[form="sec"]')


# ---- one answer at a time


def test_a_save_answers_with_time_progress_and_range(client_owner: Browser, world: World) -> None:
    data = put(client_owner, world, LEVEL, value=2).get_json()
    assert data["version"] == 1 and data["value"] == 2 and re.search(r"\d\d:\d\d", data["saved"])
    assert data["count"] == f"1/{len(QUESTIONS)}" and data["levels"][0] <= data["levels"][1]
    assert len(data["segments"]) == len(MOLDS.sector.sections)


def test_case_23_stale_save_gets_both_values(client_owner: Browser, client_member: Browser, world: World) -> None:
    put(client_member, world, LEVEL, value=1)
    response = put(client_owner, world, LEVEL, value=3, key="key-0002")
    data = response.get_json()
    assert response.status_code == 409 and data["error"] == "stale_answer"
    assert data["mine"]["value"] == 3 and data["theirs"]["value"] == 1 and data["theirs"]["by"] == "member"
    assert data["theirs"]["at"] and data["version"] == 1


def test_case_34_no_login_in_any_answer(app: Flask, client_member: Browser, world: World) -> None:
    with make.writing(app):
        db.session.get_one(make.User, world.users["owner"]).name = ""
    owner, link = sign_in(app, world, "owner"), sign_in(app, world, "link")
    put(owner, world, LEVEL, value=1)
    answers = [
        put(client_member, world, LEVEL, value=3, key="key-0002"),
        put(link, world, LEVEL, value=2, key="key-0003"),
        link.get(page_url(world)),
        link.get(f"/api{page_url(world)}"),
    ]
    for response in answers:
        assert world.logins["owner"] not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"value": 1}',
        b'{"value": 1, "version": "0"}',
        b'{"value": 1, "version": -1}',
        b'{"value": 1, "version": 0, "value": 2}',
        b'{"value": NaN, "version": 0}',
        b'{"value": Infinity, "version": 0}',
        b'{"value": 1, "version": 0, "key": "short"}',
        b'{"value": 1, "version": 0, "key": 5}',
        b"\xff\xfe",
        b'{"value": 1, "version": 0, "note": 5}',
        b'{"value": 1, "version": 0, "evidence": ["x"]}',
        b"[" * 100_000,
        b'{"value": ' + b"9" * 5000 + b', "version": 0}',
        b'{"value": 1, "version": true}',
        b'{"value": [[]], "version": 0}',
        b'{"value": {"a": {"b": 1}}, "version": 0}',
        b'{"value": 1e999, "version": 0}',
        b'{"value": 2.0, "version": 0}',
        b'{"value": 1, "version": 0, "note": "' + b"x" * 1_000_000 + b'"}',
        b'{"value": 1, "version": 0, "note": "' + b"x" * 2_000_000 + b'"}',
    ],
)
def test_broken_json_is_refused_with_a_sentence(app: Flask, client_owner: Browser, world: World, body: bytes) -> None:
    address = f"/api/assessments/{world.draft_id}/answers/{LEVEL}"
    response = client_owner.put(address, data=body, content_type="application/json")
    assert response.status_code in (400, 413) and response.get_json()["message"], response.get_data(as_text=True)[:200]
    assert stored(app, world, LEVEL) is None


def test_numbers_of_json_are_kept_exactly(app: Flask, client_owner: Browser, world: World) -> None:
    assert put(client_owner, world, "funding_rate", value={"part": 3.5, "whole": 2800}).status_code == 200
    assert stored(app, world, "funding_rate") == {"part": 3.5, "whole": 2800}


def test_a_program_is_told_to_sign_in_and_to_renew_its_token(app: Flask, client_owner: Browser, world: World) -> None:
    anonymous = put(sign_in(app, world, "anonymous"), world, LEVEL, value=1)
    assert anonymous.status_code == 401 and anonymous.get_json()["sign_in"].startswith("/sign-in")
    address = f"/api/assessments/{world.draft_id}/answers/{LEVEL}"
    stale = client_owner.put(address, json={"value": 1, "version": 0}, csrf=False)
    assert stale.status_code == 400 and stale.get_json()["error"] == "stale_page" and stale.get_json()["csrf_token"]


def test_a_page_can_bring_itself_up_to_date(client_owner: Browser, client_member: Browser, world: World) -> None:
    put(client_member, world, LEVEL, value=1)
    response = client_owner.get(f"/api{page_url(world)}")
    answers = response.get_json()["answers"]
    assert answers[LEVEL]["value"] == 1 and answers[LEVEL]["version"] == 1 and answers[SECOND]["version"] == 0
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("text", NAUGHTY)
def test_case_6_31_any_text_is_kept_as_text(app: Flask, client_owner: Browser, world: World, text: str) -> None:
    response = client_owner.put(
        f"/api/assessments/{world.draft_id}/answers/{LEVEL}",
        data=json.dumps({"value": 3, "version": 0, "note": text, "evidence": text}),
        content_type="application/json",
    )
    assert response.status_code == 200, response.get_json()
    for address in (page_url(world), f"/assessments/{world.draft_id}/review", f"/assessments/{world.draft_id}"):
        html = client_owner.get(address, check=False).get_data(as_text=True)
        assert "<img src=x" not in html and "<svg/onload" not in html
        assert "49" not in re.findall(r'value="([^"]*)"', html)
    page = soup(client_owner.get(page_url(world), check=False))
    note = page.find(attrs={"name": f"{LEVEL}.note"})
    assert note is not None and "\x00" not in note.get_text() and "\u202e" not in note.get_text()


# ---- profile


def test_profile_is_saved_and_shown_again(app: Flask, client_owner: Browser, world: World) -> None:
    address = f"/assessments/{world.draft_id}/profile"
    page = soup(client_owner.get(address))
    seen = page.select_one("input[name=seen]")["value"]  # type: ignore[index]
    form = {
        "seen": seen,
        "employees": "６０",
        "revenue_wan": "2,800.5",
        "machines": "18",
        "fact.edm": "true",
        "fact.unattended_edm": "unknown",
        "fact.mould_type": "injection",
        "fact.design_seats": "12",
        "pain.2": "1",
        "pain.5": "2",
    }
    assert client_owner.post(address, data=form).status_code == 303
    with make.writing(app):
        row = db.session.get_one(Assessment, world.draft_id)
        assert row.employees == 60 and row.pains == [2, 5]
        assert row.profile == {"edm": True, "unattended_edm": "unknown", "mould_type": "injection", "design_seats": 12}
    page = soup(client_owner.get(address))
    assert page.find(id="f-edm-true").has_attr("checked")  # type: ignore[union-attr]
    assert page.select_one('select[name="pain.2"] option[selected]')["value"] == "1"  # type: ignore[index]


def test_a_wrong_profile_keeps_everything_typed(app: Flask, client_owner: Browser, world: World) -> None:
    address = f"/assessments/{world.draft_id}/profile"
    form = {
        "employees": "many",
        "revenue_wan": "-5",
        "machines": "18",
        "fact.design_seats": "x",
        "pain.1": "1",
        "pain.2": "1",
    }
    response = client_owner.post(address, data=form)
    page = soup(response)
    assert response.status_code == 422 and len(page.select("main [role=alert] a")) == 4
    assert page.find(id="f-employees")["value"] == "many"  # type: ignore[index]
    assert page.find(id="f-machines")["value"] == "18"  # type: ignore[index]
    with make.writing(app):
        assert db.session.get_one(Assessment, world.draft_id).machines is None


def test_two_tabs_of_the_profile_conflict(client_owner: Browser, client_member: Browser, world: World) -> None:
    address = f"/assessments/{world.draft_id}/profile"
    seen = soup(client_owner.get(address)).select_one("input[name=seen]")["value"]  # type: ignore[index]
    assert client_member.post(address, data={"seen": seen, "employees": "70"}).status_code == 303
    response = client_owner.post(address, data={"seen": seen, "employees": "80"})
    page = soup(response)
    assert response.status_code == 409 and page.find(id="f-employees")["value"] == "80"  # type: ignore[index]
    again = {"seen": page.select_one("input[name=seen]")["value"], "employees": "80"}  # type: ignore[index]
    assert client_owner.post(address, data=again).status_code == 303


# ---- review and submission


def test_review_lists_what_is_open_and_asks_for_evidence(client_owner: Browser, world: World) -> None:
    put(client_owner, world, LEVEL, value=3)
    put(client_owner, world, SECOND, value="unknown", key="key-0002")
    page = soup(client_owner.get(f"/assessments/{world.draft_id}/review"))
    links = {str(a["href"]) for a in page.select(".opens a")}
    assert f"{page_url(world)}#{SECOND}" in links and f"{page_url(world)}#{LEVEL}" not in links
    assert page.find(id=f"evidence-{LEVEL}") is not None
    assert page.find(id=f"evidence-{SECOND}") is None


def test_flags_are_said_in_plain_words(client_owner: Browser, world: World) -> None:
    put(client_owner, world, "equipment_digital_rate", value={"part": 1, "whole": 10}, key="key-0001")
    put(client_owner, world, "equipment_networked_rate", value={"part": 9, "whole": 10}, key="key-0002")
    page = soup(client_owner.get(f"/assessments/{world.draft_id}/review"))
    assert len(page.select(".flags li")) >= 1
    assert page.select_one(".flags a") is not None


def test_submission_needs_the_truth_and_keeps_what_was_typed(app: Flask, client_owner: Browser, world: World) -> None:
    put(client_owner, world, LEVEL, value=3)
    address = f"/assessments/{world.draft_id}/submit"
    form = {f"{LEVEL}.evidence": "扫码记录", f"{LEVEL}.version": "1"}
    response = client_owner.post(address, data=form)
    assert response.status_code == 422 and soup(response).find(id="truth-err") is not None
    assert soup(response).find(id=f"evidence-{LEVEL}")["value"] == "扫码记录"  # type: ignore[index]
    with make.writing(app):
        assert db.session.get_one(Assessment, world.draft_id).status == "draft"


def test_case_22_double_click_on_submit_is_one_submission(app: Flask, client_owner: Browser, world: World) -> None:
    put(client_owner, world, LEVEL, value=3)
    for _ in range(2):
        response = client_owner.post(f"/assessments/{world.draft_id}/submit", data={"truth": "1"})
        assert response.status_code == 303
        assert response.headers["Location"] == f"/assessments/{world.draft_id}/result"
    with make.writing(app):
        assert len(db.session.scalars(select(Result).where(Result.assessment_id == world.draft_id)).all()) == 1


def test_case_24_after_submission_pages_read_only_and_forms_are_refused(
    app: Flask, client_owner: Browser, world: World
) -> None:
    put(client_owner, world, LEVEL, value=3)
    client_owner.post(f"/assessments/{world.draft_id}/submit", data={"truth": "1"})
    assert put(client_owner, world, LEVEL, value=1, version=1, key="key-0009").status_code == 409
    assert client_owner.post(page_url(world), data={LEVEL: "1"}).status_code == 409
    assert client_owner.post(f"/assessments/{world.draft_id}/profile", data={"employees": "1"}).status_code == 409
    assert client_owner.post(f"/assessments/{world.draft_id}/review", data={}).status_code == 409
    page = soup(client_owner.get(page_url(world)))
    assert all(card.has_attr("disabled") for card in page.select("fieldset.q"))
    assert page.select_one('button[name="next"]') is None
    assert client_owner.get(f"/assessments/{world.draft_id}/review").status_code == 302
    with make.writing(app):
        assert len(db.session.scalars(select(AnswerChange).where(AnswerChange.item_id == LEVEL)).all()) == 1


def test_a_member_sees_the_review_but_cannot_submit(client_member: Browser, world: World) -> None:
    page = soup(client_member.get(f"/assessments/{world.draft_id}/review"))
    assert page.find(id="truth") is None
    assert client_member.post(f"/assessments/{world.draft_id}/submit", data={"truth": "1"}).status_code == 403


def test_a_consultant_reads_only(client_consultant: Browser, world: World) -> None:
    page = soup(client_consultant.get(page_url(world)))
    assert all(card.has_attr("disabled") for card in page.select("fieldset.q"))
    assert put(client_consultant, world, LEVEL, value=1).status_code == 403


# ---- links


def test_a_colleague_answers_by_link_and_sees_one_section(app: Flask, world: World) -> None:
    browser = sign_in(app, world, "anonymous")
    first = soup(browser.get(f"/h/{HANDOVER_TOKEN}"))
    assert "车间主任" in first.get_text()
    response = browser.post(f"/h/{HANDOVER_TOKEN}")
    assert response.headers["Location"] == page_url(world)
    page = soup(browser.get(page_url(world)))
    assert page.select_one(".toc") is None and page.find(id="hand") is None
    assert put(browser, world, LEVEL, value=2).status_code == 200
    assert put(browser, world, "MOL-06", value=2, key="key-0002").status_code == 404
    assert browser.get(page_url(world, MACHINES)).status_code == 404
    assert browser.get(f"/assessments/{world.draft_id}").status_code == 302
    assert browser.get(f"/attachments/{world.attachment_id}").status_code == 302


def test_opening_a_link_only_looks(app: Flask, client_owner: Browser, world: World) -> None:
    sign_in(app, world, "anonymous").get(f"/h/{HANDOVER_TOKEN}")
    page = soup(client_owner.get(page_url(world)))
    assert "还没打开" in page.find(id="hand").get_text()  # type: ignore[union-attr]


def test_a_link_is_made_shown_and_withdrawn(app: Flask, client_owner: Browser, world: World) -> None:
    response = client_owner.post(f"{page_url(world, MACHINES)}/handovers", data={"name": "<b>周主管</b>"})
    assert response.headers["Location"].endswith("#hand")
    page = soup(client_owner.get(page_url(world, MACHINES)))
    field = page.select_one("#hand input[type=url]")
    assert field is not None and re.search(r"/h/[\w-]{20,}$", str(field["value"]))
    assert page.select_one("#hand b") is None or "<b>" not in str(page.select_one("#hand summary"))
    path = "/h/" + str(field["value"]).rsplit("/", 1)[1]
    revoke = str(field.find_parent("form")["action"])  # type: ignore[index]
    assert client_owner.post(revoke).status_code == 303
    assert sign_in(app, world, "anonymous").get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "..%2f..%2fetc", "ü"])
def test_wrong_links_are_not_found(client: Browser, token: str) -> None:
    assert client.get(f"/h/{token}").status_code == 404
    assert client.post(f"/h/{token}").status_code == 404


# ---- files


def attach(browser: Browser, world: World, name: str, data: bytes = PNG, item: str = LEVEL) -> TestResponse:
    """Send a file as the script does."""
    address = f"/assessments/{world.draft_id}/answers/{item}/attachments"
    return browser.post(
        address,
        data={"file": (io.BytesIO(data), name)},
        headers={"Accept": "application/json", "X-CSRFToken": browser.csrf_token()},
    )


def test_case_9_a_file_comes_back_as_download_only(client_owner: Browser, world: World) -> None:
    sent = attach(client_owner, world, "../车间台账.png").get_json()
    response = client_owner.get(sent["url"])
    disposition = response.headers["Content-Disposition"]
    assert response.data == PNG and disposition.startswith("attachment;") and "\n" not in disposition
    assert "filename*=UTF-8''" in disposition and "/" not in disposition.split("''")[1]
    assert response.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in response.headers["Cache-Control"]
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_case_9_refused_files_say_why(client_owner: Browser, world: World) -> None:
    reasons = set()
    for name, data in (("a.png", b""), ("a.svg", b"<svg/>"), ("a.pdf", PNG), ("a.heic", b"\0\0\0\x18ftypheic")):
        response = attach(client_owner, world, name, data)
        assert response.status_code == 400
        reasons.add(response.get_json()["message"])
    assert len(reasons) == 4
    big = attach(client_owner, world, "a.png", PNG + b"\0" * (10 * 1024 * 1024))
    assert big.status_code == 413 and big.get_json()["message"]


def test_files_go_with_the_form_too_and_a_bad_one_costs_nothing(
    app: Flask, client_owner: Browser, world: World
) -> None:
    form = {
        LEVEL: "2",
        f"{LEVEL}.file": (io.BytesIO(PNG), "好.png"),
        SECOND: "1",
        f"{SECOND}.file": (io.BytesIO(b"x"), "坏.pdf"),
    }
    response = client_owner.post(page_url(world), data=form, content_type="multipart/form-data")
    assert response.status_code == 422
    page = soup(response)
    assert "好.png" in page.find(id=LEVEL).get_text()  # type: ignore[union-attr]
    assert page.find(id=SECOND).select_one(".err[role=alert]") is not None  # type: ignore[union-attr]
    assert stored(app, world, LEVEL) == 2 and stored(app, world, SECOND) == 1


def test_several_large_files_in_one_form_are_fine(client_owner: Browser, world: World) -> None:
    large = PNG + b"\0" * (9 * 1024 * 1024)
    form = {LEVEL: "2", f"{LEVEL}.file": [(io.BytesIO(large), "a.png"), (io.BytesIO(large), "b.png")]}
    response = client_owner.post(page_url(world), data=form, content_type="multipart/form-data")
    assert response.status_code == 303


def test_case_2_a_file_of_another_firm_is_not_found(client_foreign: Browser, world: World) -> None:
    assert client_foreign.get(f"/attachments/{world.attachment_id}").status_code == 404
    assert client_foreign.post(f"/attachments/{world.attachment_id}/remove").status_code == 404
    assert attach(client_foreign, world, "a.png").status_code == 404


# ---- quick look


def quick_form(sector: str = "molds") -> dict[str, Any]:
    """Answers to all questions of a quick look, all on the lowest step."""
    form: dict[str, Any] = {}
    for item in load_catalogue(sector).sector.quick:
        question = load_catalogue(sector).questions[item]
        if question.kind == "rate":
            form |= {f"{item}.part": "1", f"{item}.whole": "10"}
        else:
            form[item] = {"level": "0", "multiple": "none"}.get(question.kind) or question.options[0].id
    return form


@pytest.mark.parametrize("sector", list_sectors())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_quick_look_gives_a_range_and_needs(client: Browser, sector: str, language: str) -> None:
    client.speak(language)
    response = client.post(f"/quick/{sector}", data=quick_form(sector))
    assert response.headers["Location"] == f"/quick/{sector}/result"
    page = soup(client.get(f"/quick/{sector}/result"))
    assert 1 <= len(page.select(".needs li")) <= 3
    assert page.select_one(".ladder .is-maybe") is not None


def test_quick_look_stores_nothing(app: Flask, client: Browser) -> None:
    client.post("/quick/molds", data=quick_form())
    with make.writing(app):
        assert db.session.scalar(select(Answer.id)) is None and db.session.scalar(select(Assessment.id)) is None
    with client.session_transaction() as session:
        assert len(json.dumps(session["quick"])) < 2000
    client.post("/quick/molds/forget")
    assert client.get("/quick/molds/result").status_code == 302


def test_quick_look_keeps_mistakes_on_the_page(client: Browser) -> None:
    form = quick_form() | {"equipment_digital_rate.part": "11"}
    response = client.post("/quick/molds", data=form)
    page = soup(response)
    assert response.status_code == 422 and page.select_one("#equipment_digital_rate .err") is not None
    assert page.find(id="equipment_digital_rate-p")["value"] == "11"  # type: ignore[index]
    assert client.post("/quick/molds", data={"firm_id": "x"}).status_code == 400


def test_quick_answers_are_taken_once(app: Flask) -> None:
    with app.test_request_context():
        memory.remember_answers("molds", {"MOL-05": 2})
        assert memory.read_answers("textiles") == {} and memory.read_answers("molds") == {"MOL-05": 2}
        assert memory.take_answers() == {"MOL-05": 2} and memory.take_answers() == {}


@pytest.mark.parametrize("sector", ["no-such", "../molds", "molds%00", "MOLDS"])
def test_unknown_trades_are_not_found(client: Browser, sector: str) -> None:
    assert client.get(f"/quick/{sector}").status_code == 404
    assert client.post(f"/quick/{sector}", data={}).status_code == 404


def test_a_number_that_the_page_filled_in_is_no_answer(app: Flask, client_owner: Browser, world: World) -> None:
    client_owner.post(f"/assessments/{world.draft_id}/profile", data={"machines": "18"})
    form = form_of(soup(client_owner.get(page_url(world, MACHINES))))
    assert form["equipment_digital_rate.whole"] == "18" == form["equipment_digital_rate.offered"]
    assert client_owner.post(page_url(world, MACHINES), data=form).status_code == 303
    assert stored(app, world, "equipment_digital_rate") is None
    form |= {"equipment_digital_rate.part": "7"}
    assert client_owner.post(page_url(world, MACHINES), data=form).status_code == 303
    assert stored(app, world, "equipment_digital_rate") == {"part": 7, "whole": 18}


def test_ones_own_answer_from_elsewhere_is_said_so(client_owner: Browser, world: World) -> None:
    put(client_owner, world, LEVEL, value=1)
    data = put(client_owner, world, LEVEL, value=3, key="key-0002").get_json()
    assert "另一台设备" in data["message"]

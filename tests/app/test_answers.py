"""What the script of a page calls: one answer at a time.

Named cases of the platform's lessons: 6, 23, 31, 34.
"""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from app.extensions import db
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.filling import (
    LEVEL,
    MOLDS,
    NAUGHTY,
    QUESTIONS,
    SECOND,
    page_url,
    put,
    soup,
    stored,
)
from tests.app.world import World
from tests.conftest import sign_in


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

"""The quick look without an account."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.assessments import Answer, Assessment
from app.web.quick import memory
from scoring.content.loader import list_sectors, load_catalogue
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.filling import (
    LEVEL,
    MACHINES,
    form_of,
    page_url,
    put,
    soup,
    stored,
)
from tests.app.world import World


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

"""Planned against reached: the plan of one round on the result of the next."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask

from app.extensions import db
from app.models.firms import Firm
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import make_golden, make_round, persona
from tests.app.test_results import words
from tests.app.world import World


def test_the_next_round_shows_what_was_planned(app: Flask, client_owner: Browser, world: World) -> None:
    first = make_golden(app, world)
    address = f"/assessments/{first.assessment_id}/roadmap"
    route = client_owner.get(f"{address}.json").json
    client_owner.post(f"{address}/plan", data={"wish": ""})
    step = route["steps"][0]["solution"]
    client_owner.post(f"{address}/plan/steps/{step}", data={"state": "done", "since": ""})
    before = words(BeautifulSoup(client_owner.get(f"/assessments/{first.assessment_id}/result?lang=en").data, "lxml"))
    assert "What was planned" not in before
    with make.writing(app):
        firm = db.session.get_one(Firm, first.firm_id)
        second = make_round(firm, persona("P01"), {"scene_quality": {"value": 3}}, number=2)
    official = second.payload["official"]
    for page in (f"/assessments/{second.assessment_id}/result?lang=en", f"{address}/plan"):
        text = words(BeautifulSoup(client_owner.get(page).data, "lxml"))
        assert f"Level {route['after']['level']} was planned" in text
        assert f"1 of {len(route['steps'])} planned steps" in text
        assert route["after"]["score"] in text and official["score"] in text

"""The frame of pages: navigation leads where roles may go, and every address it names exists."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.web import layout
from tests.app.client import Browser
from tests.app.world import World


def test_every_place_exists(app: Flask) -> None:
    named = {p.endpoint for p in (*layout.PLACES, *layout.VISITOR, *layout.ACCOUNT, *layout.FOOTER)}
    assert named <= set(app.view_functions)


@pytest.mark.parametrize(
    ("role", "endpoint"),
    [("owner", "firms.home"), ("member", "firms.home"), ("coordinator", "clusters.index"),
     ("consultant", "engagements.index"), ("admin", "admin.index"), ("account", "firms.create")],
)  # fmt: skip
def test_start_page_leads_to_the_place_of_the_role(
    app: Flask, request: pytest.FixtureRequest, role: str, endpoint: str
) -> None:
    browser: Browser = request.getfixturevalue(f"client_{role}")
    with app.test_request_context():
        wanted = app.url_for(endpoint)
    assert browser.get("/").headers["Location"] == wanted


def test_visitor_sees_no_place_of_a_role(client: Browser) -> None:
    page = BeautifulSoup(client.get("/about").data, "html.parser")
    assert [a["href"] for a in page.select("header nav a:not([hreflang]):not(.opt)")] == ["/sign-in"]
    assert page.select_one("details.menu") is None


def test_static_files_carry_a_mark_of_their_content(client: Browser) -> None:
    page = BeautifulSoup(client.get("/about").data, "html.parser")
    for link in page.select("link[rel=stylesheet]"):
        assert "?v=" in str(link["href"])
        assert client.get(str(link["href"])).status_code == 200


def test_picked_trade_reaches_the_page_of_the_new_firm(client: Browser, client_account: Browser) -> None:
    assert client.get("/start?sector=molds").headers["Location"] == "/register?next=/firms/new?sector%3Dmolds"
    assert client_account.get("/start?sector=molds").headers["Location"] == "/firms/new?sector=molds"


@pytest.mark.parametrize(
    ("role", "place"), [("owner", "我的厂"), ("coordinator", "集群"), ("consultant", "我服务的厂")]
)
def test_a_result_is_marked_as_part_of_the_place_its_reader_came_from(
    request: pytest.FixtureRequest, world: World, role: str, place: str
) -> None:
    browser: Browser = request.getfixturevalue(f"client_{role}")
    page = BeautifulSoup(browser.get(f"/assessments/{world.assessment_id}/result").data, "html.parser")
    assert [a.get_text(strip=True) for a in page.select("header nav [aria-current]")] == [place]

"""The coordinator's first page and the way of a firm into a cluster."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import delete

from app.extensions import db
from app.models.clusters import Cluster
from app.models.consents import ConsentKind
from app.models.programmes import Programme
from app.models.users import User
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.services.test_clusters import add_firm
from tests.app.web.test_firms import text
from tests.app.web.test_programmes import add_firms, order
from tests.app.world import World

HIDDEN = 96


def test_case_01_a_cluster_of_somebody_else_is_not_there(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        other_id = make.make_cluster("别的集群").id
    for path in (
        "",
        "/letter",
        "/compare",
        "/compare/groups",
        "/compare/rounds",
        "/compare/firms",
        "/compare/radar.svg",
    ):
        assert client_coordinator.get(f"/clusters/{other_id}{path}").status_code == 404
    assert client_coordinator.post(f"/clusters/{other_id}/compare/firms.xlsx").status_code == 404


def test_the_letter_carries_code_and_address(app: Flask, world: World, client_coordinator: Browser) -> None:
    page = client_coordinator.get(f"/clusters/{world.cluster_id}/letter").get_data(as_text=True)
    assert world.cluster_code.replace(" ", "") in BeautifulSoup(page, "html.parser").select_one(
        ".bigcode"
    ).text.replace(" ", "")  # type: ignore[union-attr]
    assert "http://127.0.0.1:8000/join" in page
    assert 'class="qr"' in page


def test_a_firm_joins_by_code_and_chooses_first(app: Flask, world: World, client_foreign: Browser) -> None:
    path = f"/firms/{world.other_firm_id}/join/{world.cluster_code}"
    client_foreign.post(f"/firms/{world.other_firm_id}/clusters/{world.cluster_id}/leave")
    assert (
        client_foreign.post("/join", data={"code": world.cluster_code.lower()})
        .headers["Location"]
        .endswith(f"/join/{world.cluster_code}")
    )
    assert client_foreign.post(path, data={}).status_code == 422
    assert client_foreign.post(path, data={"named": "maybe"}).status_code == 422
    assert "只计家数" in text(client_foreign.post(path, data={"named": "no"}, follow_redirects=True))
    assert "能看到您的署名结果" in text(client_foreign.post(path, data={"named": "yes"}, follow_redirects=True))


def test_somebody_without_an_account_is_led_through(app: Flask, world: World, client: Browser) -> None:
    page = client.get(f"/join/{world.cluster_code}")
    link = BeautifulSoup(page.get_data(as_text=True), "html.parser").select_one("main a.btn--go")["href"]  # type: ignore[index]
    account = {
        "login": "13800138000",
        "name": "",
        "password": "long enough 7",
        "repeated": "long enough 7",
        "agreed": "y",
    }
    create = client.post(str(link), data=account).headers["Location"]
    form = BeautifulSoup(client.get(create).get_data(as_text=True), "html.parser")
    code = form.select_one("#cluster")["value"]  # type: ignore[index]
    firm = {"name": "新厂", "sector": "textiles", "agreed": "y", "cluster": str(code)}
    target = client.post(create, data=firm).headers["Location"]
    assert target.endswith(f"/join/{world.cluster_code}")
    assert client.get(target).status_code == 200


def test_a_coordinator_without_a_cluster_is_told_what_to_do(app: Flask, world: World) -> None:
    with make.writing(app):
        user = make.make_user("新秘书")
        make.give(user, "coordinator")
        uniquifier = user.fs_uniquifier
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(uniquifier)
    assert "管理员" in text(browser.get("/clusters"))


def test_english_pages_hold_the_same_figures(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        db.session.get_one(Cluster, world.cluster_id).name_en = "Chang'an moulds"
    client_coordinator.speak("en")
    words = text(client_coordinator.get(f"/clusters/{world.cluster_id}"))
    assert "Chang'an moulds" in words
    assert "1 more firm has not agreed to be named" in words


def test_withdrawn_statistics_leave_the_mean(app: Flask, world: World, client_coordinator: Browser) -> None:
    firm_ids = [add_firm(app, world, HIDDEN) for _number in range(5)]
    assert "5 家没署名" in text(client_coordinator.get(f"/clusters/{world.cluster_id}"))
    with make.writing(app):
        consent = db.session.scalars(
            make.select(make.Consent).filter_by(firm_id=firm_ids[0], kind=ConsentKind.STATISTICS.value)
        ).one()
        consent.withdrawn_at = make.now()
    assert "5 家没署名" not in text(client_coordinator.get(f"/clusters/{world.cluster_id}"))


def test_accounts_that_are_closed_are_not_named_coordinator(app: Flask, world: World, client_admin: Browser) -> None:
    with make.writing(app):
        db.session.get_one(User, world.users["account"]).active = False
    path = f"/admin/clusters/{world.cluster_id}/coordinators"
    assert client_admin.post(path, data={"coordinator": world.logins["account"]}).status_code == 422
    assert client_admin.post(path, data={"coordinator": "nobody@example.com"}).status_code == 422


def test_the_head_says_where_most_stand_what_they_lack_and_what_to_do(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    path = f"/clusters/{world.cluster_id}"
    add_firms(app, world, 3, named=True)
    with make.writing(app):
        db.session.execute(delete(Programme))
    head = text_of(client_coordinator, path, ".reshead")
    assert "停在 1 级" in head
    assert "多数" in head and "还差" in head
    assert "最弱的方面" in head
    assert "还没有算过" in head
    programme = order(app, world, client_coordinator)
    client_coordinator.speak("en")
    head = text_of(client_coordinator, path, ".reshead")
    finding = text_of(client_coordinator, programme, "h1")
    assert f"What to do: {finding}" in head
    assert "Weakest: " in head


def test_the_end_names_what_the_last_programme_buys_together(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    add_firms(app, world, 6, named=True)
    programme = order(app, world, client_coordinator)
    bought = text_of(client_coordinator, programme, "[aria-labelledby=h-p]")
    page = BeautifulSoup(client_coordinator.get(f"/clusters/{world.cluster_id}").data, "html.parser")
    rows = page.select("[aria-labelledby=h-w] tbody th")
    assert rows
    assert all(row.get_text() in bought for row in rows)


def text_of(browser: Browser, path: str, selector: str) -> str:
    """The words of one part of a page."""
    part = BeautifulSoup(browser.get(path).data, "html.parser").select_one(selector)
    assert part is not None
    return " ".join(part.get_text(" ").split())

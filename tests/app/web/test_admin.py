"""Administration: accounts, clusters, outbox, jobs, activity log."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.extensions import db
from app.models.audit import AuditEvent
from app.models.clusters import Cluster
from app.models.jobs import Job
from app.models.users import User
from app.services import audit
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.factories import PASSWORD
from tests.app.web.test_firms import count, text
from tests.app.world import World

PAGES = ("", "/users", "/users/new", "/clusters", "/clusters/new", "/messages", "/jobs", "/record")


def link_on(page: str) -> str:
    """The path of the one-time link that a page shows."""
    return BeautifulSoup(page, "html.parser").select_one("code.copy").text.removeprefix("http://127.0.0.1:8000")  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_pages_open_in_both_languages(world: World, client_admin: Browser, language: str) -> None:
    client_admin.speak(language)
    for path in (*PAGES, f"/users/{world.users['owner']}", f"/clusters/{world.cluster_id}"):
        assert client_admin.get(f"/admin{path}").status_code == 200


def test_a_new_coordinator_gets_a_link_that_works_once(app: Flask, world: World, client_admin: Browser) -> None:
    form = {"login": "secretary@example.com", "name": "新秘书", "role": "coordinator"}
    path = link_on(client_admin.post("/admin/users/new", data=form).get_data(as_text=True))
    guest = app.test_client()
    new = {"password": "another horse 43", "repeated": "another horse 43"}
    assert guest.post(path, data=new).status_code == 303
    assert guest.post(path, data=new).status_code == 404
    assert (
        guest.post("/sign-in", data={"login": "secretary@example.com", "password": new["password"]}).status_code == 303
    )
    assert guest.get("/clusters").status_code == 200


def test_case_21_a_role_change_ends_sessions_and_the_own_role_stays(
    app: Flask, world: World, client_admin: Browser, client_consultant: Browser
) -> None:
    assert client_consultant.get("/advice").status_code == 200
    client_admin.post(f"/admin/users/{world.users['consultant']}/roles", data={"role": "consultant", "choice": "take"})
    assert client_consultant.get("/advice").status_code == 302
    answer = client_admin.post(
        f"/admin/users/{world.users['admin']}/roles", data={"role": "admin", "choice": "take"}, follow_redirects=True
    )
    assert answer.status_code == 200
    assert client_admin.get("/admin").status_code == 200
    page = BeautifulSoup(client_admin.get(f"/admin/users/{world.users['admin']}").get_data(as_text=True), "html.parser")
    assert page.select("main form") == []


def test_case_20_and_21_roles_outside_the_list_are_refused(app: Flask, world: World, client_admin: Browser) -> None:
    for role in ("owner", "everything", "", "link"):
        client_admin.post(f"/admin/users/{world.users['member']}/roles", data={"role": role, "choice": "give"})
    assert count(app, make.UserRole, user_id=world.users["member"]) == 0
    form = {"login": "x@example.com", "role": "admin", "active": "1"}
    assert client_admin.post("/admin/users/new", data=form).status_code == 400


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(
    app: Flask, world: World, client_admin: Browser, client_owner: Browser
) -> None:
    path = f"/admin/users/{world.users['owner']}/active"
    client_admin.post(path, data={"choice": "close"})
    assert client_owner.get("/firms").status_code == 302
    login = {"login": world.logins["owner"], "password": PASSWORD}
    assert client_owner.post("/sign-in", data=login).status_code == 422
    client_admin.post(path, data={"choice": "open"})
    assert client_owner.post("/sign-in", data=login).status_code == 303


def test_an_administrator_sees_no_results(world: World, client_admin: Browser) -> None:
    for path in (
        f"/assessments/{world.assessment_id}/result",
        f"/firms/{world.firm_id}",
        f"/clusters/{world.cluster_id}",
    ):
        assert client_admin.get(path).status_code == 403


def test_the_activity_log_shows_nothing_of_what_a_firm_entered(app: Flask, world: World, client_admin: Browser) -> None:
    with make.writing(app):
        audit.record("assessment:profile", world.draft_id, firm_id=world.firm_id, after={"revenue_wan": "98765"})
        audit.record("cluster:export", world.cluster_id, firms=43210)
    page = client_admin.get("/admin/record").text
    assert "assessment:profile" in page and "43210" in page and "98765" not in page


def test_a_cluster_is_made_named_and_given_a_coordinator(app: Flask, world: World, client_admin: Browser) -> None:
    form = {"name": "虎门服装", "name_en": "Humen garments", "town": "虎门镇", "sector": "textiles"}
    target = client_admin.post("/admin/clusters/new", data=form).headers["Location"]
    assert client_admin.post(f"{target}/coordinators", data={"coordinator": world.logins["account"]}).status_code == 303
    assert count(app, make.Coordinator, user_id=world.users["account"]) == 1
    client_admin.post(target, data={**form, "name": "虎门服装二"})
    assert count(app, Cluster, name="虎门服装二") == 1
    assert client_admin.post(target, data={**form, "code": "MINE2345"}).status_code == 400


def test_the_outbox_shows_what_was_kept(world: World, client: Browser, client_admin: Browser) -> None:
    client.post("/reset", data={"login": world.logins["owner"]})
    words = text(client_admin.get("/admin/messages"))
    assert world.logins["owner"] in words
    assert "/reset/" in words


def test_failed_jobs_show_their_error_number(app: Flask, world: World, client_admin: Browser) -> None:
    with make.writing(app):
        db.session.add(
            Job(kind="reports.build", state="failed", error_id="ab12cd34", requested_by=world.users["owner"])
        )
    assert "ab12cd34" in text(client_admin.get("/admin/jobs"))


def test_case_32_the_activity_log_is_paged_and_bears_odd_numbers(
    app: Flask, world: World, client_admin: Browser
) -> None:
    with make.writing(app):
        for number in range(120):
            db.session.add(
                AuditEvent(kind="test:event", subject=f"s{number:03}", details={"n": "<b>=1+1"}, created_at=make.now())
            )
    seen = []
    for page in (1, 2, 3):
        body = client_admin.get(f"/admin/record?kind=test:&page={page}").get_data(as_text=True)
        assert "<b>=1" not in body
        seen += [row.get_text() for row in BeautifulSoup(body, "html.parser").select("tbody tr")]
    assert len(seen) == 120
    for odd in ("-1", "0", "999999999999999999999", "x", "1&page=2", "%27"):
        assert client_admin.get(f"/admin/record?page={odd}").status_code == 200
    assert client_admin.get("/admin/record?kind=%25").status_code == 200


@pytest.mark.parametrize("search", ["%", "_", "'", "\\", "owner", "x" * 5000, "<script>"])
def test_case_32_searching_accounts_bears_anything(world: World, client_admin: Browser, search: str) -> None:
    page = client_admin.get("/admin/users", query_string={"q": search})
    assert page.status_code == 200
    found = BeautifulSoup(page.get_data(as_text=True), "html.parser").select("tbody tr")
    assert len(found) == (1 if search == "owner" else 0)


def test_case_34_lists_hold_no_secret(app: Flask, world: World, client_admin: Browser) -> None:
    with make.writing(app):
        hashed = db.session.get_one(User, world.users["owner"]).password
        assert hashed
    for path in (*PAGES, f"/users/{world.users['owner']}"):
        body = client_admin.get(f"/admin{path}").get_data(as_text=True)
        assert hashed not in body
        assert world.uniquifiers["owner"] not in body

"""The pages of a firm, its members, consents and data, as people use them."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.access.scope import system_scope
from app.extensions import db, limiter
from app.models.assessments import Answer
from app.models.base import Row
from app.models.consents import Consent
from app.models.firms import Firm, Membership
from app.models.users import User
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.factories import PASSWORD
from tests.app.world import CANARY, INVITATION_CODE, INVITATION_TOKEN, World

NEW = {"name": "新厂", "sector": "molds", "town": "长安镇", "employees": "30", "uscc": "", "agreed": "y"}
MARKUP = "<img src=x onerror=alert(1)>{{7*7}}{% raw %}"


def count(app: Flask, model: type[Row], **values: object) -> int:
    """How many rows of a model have these values."""
    with app.app_context(), system_scope():
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**values)) or 0


def text(response: TestResponse) -> str:
    """The words of a page."""
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    return page.get_text(" ", strip=True)


def test_a_new_account_founds_its_firm_and_sees_the_next_step(
    app: Flask, world: World, client_account: Browser
) -> None:
    answer = client_account.post("/firms/new", data=NEW, follow_redirects=True)
    assert "新厂" in text(answer)
    assert "开始" in text(answer)
    assert count(app, Firm, name="新厂", employees=30) == 1


def test_errors_stand_at_their_fields_and_what_was_typed_is_kept(client_account: Browser) -> None:
    bad = {**NEW, "employees": "-3", "uscc": "123", "agreed": ""}
    answer = client_account.post("/firms/new", data=bad)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422
    assert {tag["id"] for tag in page.select("[id$=-error]")} >= {"employees-error", "agreed-error"}
    assert page.select_one("#name")["value"] == "新厂"  # type: ignore[index]
    again = client_account.post("/firms/new", data={**NEW, "uscc": "123"})
    assert "uscc-error" in again.get_data(as_text=True)


@pytest.mark.parametrize("employees", ["1e9", "9" * 40, "abc", "3.5", "NaN"])
def test_numbers_that_are_none_are_refused(client_account: Browser, employees: str) -> None:
    assert client_account.post("/firms/new", data={**NEW, "employees": employees}).status_code == 422


def test_a_very_long_text_is_refused_not_cut(app: Flask, client_account: Browser) -> None:
    assert client_account.post("/firms/new", data={**NEW, "name": "长" * 1_000_000}).status_code in (413, 422)
    assert client_account.post("/firms/new", data={**NEW, "name": "长" * 201}).status_code == 422


def test_case_06_markup_in_names_is_text_everywhere(app: Flask, world: World, client_owner: Browser) -> None:
    with make.writing(app):
        db.session.get_one(Firm, world.firm_id).name = MARKUP
        db.session.get_one(User, world.users["owner"]).name = MARKUP
    for path in ("", "/edit", "/members", "/invitations/new", "/consents", "/data", "/delete"):
        body = client_owner.get(f"/firms/{world.firm_id}{path}", check=False).get_data(as_text=True)
        assert "<img src=x" not in body
        assert "onerror=alert(1)&gt;{{7*7}}{% raw %}" in body


def test_case_20_extra_fields_are_refused(
    app: Flask, world: World, client_account: Browser, client_owner: Browser
) -> None:
    for extra in ("demo", "id", "firm_id", "role", "created_at", "deleted_at"):
        assert client_account.post("/firms/new", data={**NEW, extra: "1"}).status_code == 400
    assert count(app, Firm, name="新厂") == 0
    path = f"/firms/{world.firm_id}/members/{world.membership_id}"
    assert client_owner.post(path, data={"role": "member", "user_id": str(world.users["foreign"])}).status_code == 400
    assert client_owner.post(path, data={"role": "admin"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/edit", {"name": "x", "sector": "molds"}), ("/invitations/new", {"role": "owner"}),
        ("/invitations/{invitation_id}/revoke", {}), ("/members/{membership_id}", {"role": "owner"}),
        ("/members/{membership_id}/remove", {}), ("/leave", {}), ("/export", {}), ("/delete", {"name": "示例模具厂"}),
        ("/consents/statistics", {"choice": "give"}), ("/consents/clusters/{cluster_id}", {"choice": "withdraw"}),
        ("/engagements", {"login": "x@example.com"}), ("/engagements/{engagement_id}/end", {}),
        ("/join/{cluster_code}", {"named": "yes"}),
        ("/clusters/{cluster_id}/leave", {}),
    ],
)  # fmt: skip
def test_case_19_nothing_changes_without_the_token(
    app: Flask, world: World, client_owner: Browser, path: str, data: dict[str, str]
) -> None:
    address = f"/firms/{world.firm_id}" + path.format(**vars(world))
    assert client_owner.post(address, data=data, csrf=False).status_code == 400
    assert client_owner.get(address).status_code in (200, 404, 405)
    for model, number in ((Membership, 2), (Consent, 1)):
        assert count(app, model, firm_id=world.firm_id) == number


def test_an_invitation_is_shown_once_with_link_code_and_picture(
    app: Flask, world: World, client_owner: Browser
) -> None:
    form = {"name": "小李", "role": "member", "sections": ["machines", "safety"]}
    answer = client_owner.post(f"/firms/{world.firm_id}/invitations/new", data=form)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    link, code = page.select_one("code.copy").text, page.select_one(".bigcode").text  # type: ignore[union-attr]
    assert page.select_one("svg.qr") is not None
    assert link.startswith("http://127.0.0.1:8000/invitation/")
    members = client_owner.get(f"/firms/{world.firm_id}/members")
    assert "小李" in text(members)
    for secret in (link, code):
        assert secret not in members.get_data(as_text=True)
    path = link.removeprefix("http://127.0.0.1:8000")
    guest = app.test_client()
    guest.post("/register", data={
        "login": "13800138000", "name": "小李", "password": "long enough 7", "repeated": "long enough 7", "agreed": "y",
    })  # fmt: skip
    guest.post(path)
    assert count(app, Membership, firm_id=world.firm_id) == 3
    with app.app_context(), system_scope():
        member = db.session.scalars(select(Membership).order_by(Membership.created_at.desc())).first()
        assert member is not None
        assert member.sections == ["machines", "safety"]


def test_sections_of_another_trade_are_refused(world: World, client_owner: Browser) -> None:
    form = {"role": "member", "sections": ["no-such-section"]}
    assert client_owner.post(f"/firms/{world.firm_id}/invitations/new", data=form).status_code == 422


def test_case_34_pages_hold_no_secret_and_no_address_of_other_firms(
    app: Flask, world: World, client_owner: Browser
) -> None:
    secrets = (INVITATION_CODE, INVITATION_TOKEN, world.uniquifiers["owner"], world.logins["foreign"], CANARY, "argon2")
    for path in ("", "/members", "/consents", "/data"):
        body = client_owner.get(f"/firms/{world.firm_id}{path}").get_data(as_text=True)
        assert not [word for word in secrets if word in body]


def test_case_25_pages_and_downloads_are_private_and_die_with_the_right(
    app: Flask, world: World, client_owner: Browser
) -> None:
    for answer in (
        client_owner.get(f"/firms/{world.firm_id}"),
        client_owner.post(f"/firms/{world.firm_id}/export"),
    ):
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Cookie" in answer.headers["Vary"]
    with zipfile.ZipFile(BytesIO(client_owner.post(f"/firms/{world.firm_id}/export").data)) as archive:
        assert json.loads(archive.read("firm.json"))["firm"]["name"] == "示例模具厂"
    with make.writing(app):
        db.session.delete(db.session.scalars(select(Membership).filter_by(user_id=world.users["owner"])).one())
    assert client_owner.post(f"/firms/{world.firm_id}/export").status_code == 403


def test_the_consent_page_says_who_sees_what_and_buttons_change_it(
    app: Flask, world: World, client_owner: Browser
) -> None:
    page = f"/firms/{world.firm_id}/consents"
    words = text(client_owner.get(page))
    for name in ("owner", "member", "consultant", "coordinator", "长安模具集群"):
        assert name in words
    client_owner.post(f"{page}/clusters/{world.cluster_id}", data={"choice": "withdraw"})
    assert count(app, Consent, firm_id=world.firm_id, kind="named_results", withdrawn_at=None) == 0
    assert "只计家数" in text(client_owner.get(page))
    client_owner.post(f"{page}/clusters/{world.cluster_id}", data={"choice": "give"})
    assert count(app, Consent, firm_id=world.firm_id, kind="named_results") == 2
    client_owner.post(f"{page}/statistics", data={"choice": "something"})
    assert count(app, Consent, firm_id=world.firm_id, kind="statistics") == 0


def test_a_member_sees_who_sees_what_and_has_no_buttons(world: World, client_member: Browser) -> None:
    page = BeautifulSoup(client_member.get(f"/firms/{world.firm_id}/consents").get_data(as_text=True), "html.parser")
    assert page.select("main form") == []


def test_the_consultant_goes_with_the_grant(
    app: Flask, world: World, client_owner: Browser, client_consultant: Browser
) -> None:
    assert "示例模具厂" in text(client_consultant.get("/advice"))
    client_owner.post(f"/firms/{world.firm_id}/engagements/{world.engagement_id}/end")
    assert "示例模具厂" not in text(client_consultant.get("/advice"))
    assert client_consultant.get(f"/assessments/{world.assessment_id}/result").status_code == 404
    client_owner.post(f"/firms/{world.firm_id}/engagements", data={"login": world.logins["consultant"]})
    assert client_consultant.get(f"/assessments/{world.assessment_id}/result").status_code == 200


def test_deleting_takes_the_name_and_shows_the_firm_to_nobody(
    app: Flask, world: World, client_owner: Browser, client_member: Browser
) -> None:
    assert client_owner.post(f"/firms/{world.firm_id}/delete", data={"name": "示例"}).status_code == 422
    client_owner.post(f"/firms/{world.firm_id}/delete", data={"name": "示例模具厂"})
    assert count(app, Firm, id=world.firm_id) == 0
    assert count(app, Answer, firm_id=world.firm_id) == 0
    assert client_owner.get(f"/firms/{world.firm_id}").status_code == 403
    assert client_member.get("/firms").status_code == 403
    assert client_member.get("/").headers["Location"].endswith("/firms/new")


def test_somebody_with_two_firms_chooses(app: Flask, world: World, client_owner: Browser) -> None:
    assert client_owner.get("/firms").status_code == 302
    with make.writing(app):
        second = make.make_firm("第二家厂")
        make.make_membership(db.session.get_one(User, world.users["owner"]), second, "member")
        second_id = second.id
    assert "第二家厂" in text(client_owner.get("/firms"))
    assert client_owner.get(f"/firms/{second_id}").status_code == 200
    assert client_owner.get(f"/firms/{second_id}/edit").status_code == 404


def test_the_own_account_is_deleted_and_its_session_ends(app: Flask, world: World, client_member: Browser) -> None:
    assert client_member.post("/account/delete", data={"password": "wrong"}).status_code == 422
    assert client_member.post("/account/delete", data={"password": PASSWORD}).status_code == 303
    assert count(app, User, id=world.users["member"]) == 0
    assert client_member.get(f"/firms/{world.firm_id}").status_code == 302


def test_the_last_owner_is_told_what_to_do_first(app: Flask, world: World, client_owner: Browser) -> None:
    answer = client_owner.post("/account/delete", data={"password": PASSWORD})
    assert answer.status_code == 422
    assert "负责人" in text(answer)
    assert count(app, User, id=world.users["owner"]) == 1


def test_case_16_codes_and_grants_are_limited(app: Flask, world: World, client_owner: Browser) -> None:
    limiter.enabled = True
    limiter.reset()
    grants = [
        client_owner.post(f"/firms/{world.firm_id}/engagements", data={"login": f"x{n}@example.com"}).status_code
        for n in range(12)
    ]
    codes = [client_owner.post("/join", data={"code": f"CODE{n}"}).status_code for n in range(12)]
    assert set(grants[:10]) == set(codes[:10]) == {422}
    assert grants[-1] == codes[-1] == 429


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_pages_speak_both_languages(world: World, client_owner: Browser, language: str) -> None:
    client_owner.speak(language)
    for path in (
        "",
        "/edit",
        "/members",
        "/invitations/new",
        f"/members/{world.membership_id}",
        "/consents",
        "/data",
        "/delete",
    ):
        page = client_owner.get(f"/firms/{world.firm_id}{path}")
        assert page.status_code == 200
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page.get_data(as_text=True)


def test_a_quick_look_becomes_the_first_draft_of_the_new_firm(
    app: Flask, world: World, client_account: Browser
) -> None:
    with client_account.session_transaction() as session:
        session["quick"] = {"sector": "molds", "answers": {"scene_quality": 3, "unknown_item": 1, "MOL-05": 9}}
    client_account.post("/firms/new", data=NEW)
    with app.app_context(), system_scope():
        firm = db.session.scalars(select(Firm).filter_by(name="新厂")).one()
        answers = db.session.scalars(select(Answer).filter_by(firm_id=firm.id)).all()
        assert [(answer.item_id, answer.value) for answer in answers] == [("scene_quality", 3)]
    with client_account.session_transaction() as session:
        assert "quick" not in session

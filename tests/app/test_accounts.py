"""Accounts as people use them: register, sign in, forget the password, be invited. Lessons 14–18, 20 and 21."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from app.access.scope import system_scope
from app.extensions import db, limiter
from app.models.audit import AuditEvent
from app.models.base import now
from app.models.firms import FirmInvitation, Membership
from app.models.messages import Message
from app.models.users import AccountToken, User
from app.web.errors import local_path
from tests.app import factories as make
from tests.app.access_rows.accounts import NEW_ACCOUNT
from tests.app.client import Browser
from tests.app.factories import PASSWORD
from tests.app.world import HANDOVER_TOKEN, INVITATION_CODE, INVITATION_TOKEN, World

NEW_PASSWORD = "quite another 7"


def row(app: Flask, model: type, **values: object) -> object:
    """The one row with these values, detached."""
    with app.app_context(), system_scope():
        found = db.session.scalars(select(model).filter_by(**values)).one()
        db.session.expunge(found)
        return found


def is_signed_in(browser: Browser) -> bool:
    """Whether the account page opens."""
    return browser.get("/account").status_code == 200


def errors(response: object) -> str:
    """The error texts of a form page."""
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")  # type: ignore[attr-defined]
    return " ".join(tag.get_text(" ", strip=True) for tag in page.select(".error, [id$=-error]"))


def reset_link(app: Flask) -> str:
    """The path in the newest reset message."""
    with app.app_context(), system_scope():
        body = db.session.scalars(
            select(Message.body).where(Message.kind == "reset_password").order_by(Message.created_at.desc())
        ).first()
    assert body is not None
    found = re.search(r"http://127\.0\.0\.1:8000(/reset/\S+)", body)
    assert found, body
    return found[1]


class TestRegister:
    """A new account."""

    @pytest.mark.parametrize(
        ("login", "email", "phone"),
        [
            ("Wang@Example.com ", "wang@example.com", None),
            ("138 0013 8000", None, "+8613800138000"),
            ("+86-138-0013-8000", None, "+8613800138000"),
            ("１３８００１３８０００", None, "+8613800138000"),
        ],
    )
    def test_by_address_or_number(
        self, app: Flask, client: Browser, login: str, email: str | None, phone: str | None
    ) -> None:
        response = client.post("/register", data={**NEW_ACCOUNT, "login": login})
        assert response.status_code == 303
        user = row(app, User, email=email, phone=phone)
        assert isinstance(user, User) and user.password and user.password.startswith("$argon2")
        assert is_signed_in(client)

    @pytest.mark.parametrize(
        "change",
        [
            {"login": "nobody"}, {"login": "12345678901"}, {"login": "a@b"}, {"login": ""}, {"login": "a\x00@b.com"},
            {"password": "short", "repeated": "short"}, {"password": "a" * 200, "repeated": "a" * 200},
            {"password": "aaaaaaaaaa", "repeated": "aaaaaaaaaa"}, {"repeated": "other"}, {"agreed": ""},
            {"login": "x" * 5000 + "@example.com"},
        ],
    )  # fmt: skip
    def test_bad_input_says_what_to_change_and_writes_nothing(
        self, app: Flask, client: Browser, change: dict[str, str]
    ) -> None:
        response = client.post("/register", data={**NEW_ACCOUNT, **change})
        assert response.status_code == 422
        assert errors(response)
        with app.app_context():
            assert db.session.scalars(select(User)).all() == []

    def test_a_taken_login_is_refused(self, client: Browser, world: World) -> None:
        response = client.post("/register", data={**NEW_ACCOUNT, "login": world.logins["owner"].upper()})
        assert response.status_code == 422

    @pytest.mark.parametrize("extra", ["role", "active", "fs_uniquifier", "created_at", "firm_id"])
    def test_extra_fields_are_refused(self, app: Flask, client: Browser, extra: str) -> None:
        assert client.post("/register", data={**NEW_ACCOUNT, extra: "admin"}).status_code == 400
        with app.app_context():
            assert db.session.scalars(select(User)).all() == []


class TestSignIn:
    """In and out."""

    def test_with_the_right_password(self, app: Flask, client: Browser, world: World) -> None:
        response = client.post("/sign-in", data={"login": world.logins["owner"].upper(), "password": PASSWORD})
        assert response.status_code == 303
        assert is_signed_in(client)
        assert row(app, AuditEvent, kind="user:sign_in")

    @pytest.mark.parametrize("login", ["OWNER", "nobody@example.com", "not a login", "13900139000"])
    def test_the_answer_is_the_same_for_every_failure(self, client: Browser, world: World, login: str) -> None:
        login = world.logins["owner"] if login == "OWNER" else login
        response = client.post("/sign-in", data={"login": login, "password": "wrong password"})
        assert response.status_code == 422
        expected = client.post("/sign-in", data={"login": "nobody@example.com", "password": "wrong"})
        assert errors(response) == errors(expected)
        assert not is_signed_in(client)

    def test_not_into_a_demo_account_on_a_public_address(
        self, app: Flask, client: Browser, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Everybody knows the passwords of the demo."""
        with make.writing(app):
            db.session.get_one(User, world.users["owner"]).demo = True
        monkeypatch.setitem(
            app.extensions, "config", replace(app.extensions["config"], base_url="https://check.example.cn")
        )
        sent = {"login": world.logins["owner"], "password": PASSWORD}
        assert client.post("/sign-in", data=sent).status_code == 422
        monkeypatch.undo()
        assert client.post("/sign-in", data=sent).status_code == 303

    def test_not_into_a_closed_account(self, app: Flask, client: Browser, world: World) -> None:
        with make.writing(app):
            db.session.get_one(User, world.users["owner"]).active = False
        assert client.post(
            "/sign-in", data={"login": world.logins["owner"], "password": PASSWORD}
        ).status_code == 422  # fmt: skip

    def test_out_ends_the_session_but_keeps_the_language(self, client_owner: Browser) -> None:
        client_owner.speak("en")
        assert client_owner.post("/sign-out").status_code == 303
        assert not is_signed_in(client_owner)
        assert b'lang="en"' in client_owner.get("/sign-in").data

    def test_comes_back_to_the_page_that_was_asked_for(self, client: Browser, world: World) -> None:
        asked = client.get("/account/password?x=1")
        assert asked.status_code == 302
        response = client.post(asked.headers["Location"], data={"login": world.logins["owner"], "password": PASSWORD})
        assert response.headers["Location"] == "/account/password?x=1"

    def test_a_form_of_a_dead_session_comes_back_to_its_page(self, client: Browser) -> None:
        response = client.post("/account", data={}, headers={"Referer": "http://localhost/account"})
        assert (response.status_code, response.headers["Location"]) == (303, "/sign-in?next=/account")
        json = client.post("/account", json={})
        assert (json.status_code, json.get_json()["error"]) == (401, "sign_in_required")

    @pytest.mark.parametrize(
        "target",
        ["//evil.example", "https://evil.example", "https:evil.example", "\\\\evil.example", "/\\evil.example",
         "/\t/evil.example", "\t//evil.example", "javascript:alert(1)", "evil", "/a b", "", None, "/%0a", "/\n/x"],
    )  # fmt: skip
    def test_next_is_a_local_path_only(self, client: Browser, world: World, target: str | None) -> None:
        assert local_path(target) in (None, "/%0a")
        response = client.post(
            "/sign-in", query_string={"next": target or ""}, data={"login": world.logins["owner"], "password": PASSWORD}
        )
        assert response.headers["Location"] in ("/", "/%0a")


class TestReset:
    """A forgotten password."""

    def test_by_message(self, app: Flask, client: Browser, client_owner: Browser, world: World) -> None:
        answer = client.post("/reset", data={"login": world.logins["owner"]})
        link = reset_link(app)
        assert client.get(link).status_code == 200
        done = client.post(link, data={"password": NEW_PASSWORD, "repeated": NEW_PASSWORD})
        assert done.status_code == 303
        assert not is_signed_in(client_owner), "all sessions end"
        assert client.post(link, data={"password": NEW_PASSWORD, "repeated": NEW_PASSWORD}).status_code == 404
        assert (
            client.post("/sign-in", data={"login": world.logins["owner"], "password": NEW_PASSWORD}).status_code == 303
        )
        unknown = app.test_client().post("/reset", data={"login": "nobody@example.com"})  # type: ignore[attr-defined]
        assert (answer.status_code, unknown.status_code) == (200, 200)
        strip = re.compile(r'value="[^"]+"')
        assert strip.sub("", answer.text) == strip.sub("", unknown.text)

    def test_the_link_ignores_the_host_of_the_request(self, app: Flask, client: Browser, world: World) -> None:
        response = client.post("/reset", data={"login": world.logins["owner"]}, headers={"Host": "evil.example"})
        assert response.status_code == 400
        client.post("/reset", data={"login": world.logins["owner"]}, headers={"X-Forwarded-Host": "evil.example"})
        assert reset_link(app)

    def test_only_the_hash_is_stored(self, app: Flask, client: Browser, world: World) -> None:
        client.post("/reset", data={"login": world.logins["owner"]})
        token = row(app, AccountToken)
        assert isinstance(token, AccountToken)
        secret = reset_link(app).rpartition("/")[2]
        assert len(secret) >= 32 and secret not in (token.token_hash, token.fingerprint)

    @pytest.mark.parametrize("change", ["expired", "password", "email", "phone", "closed"])
    def test_a_link_ends(self, app: Flask, client: Browser, world: World, change: str) -> None:
        client.post("/reset", data={"login": world.logins["owner"]})
        link = reset_link(app)
        with make.writing(app):
            user = db.session.get_one(User, world.users["owner"])
            token = db.session.scalars(select(AccountToken)).one()
            match change:
                case "expired":
                    token.expires_at = now() - timedelta(seconds=1)
                case "password":
                    user.password = "$argon2x"
                case "email":
                    user.email = "new@example.com"
                case "phone":
                    user.phone = "+8613800138000"
                case "closed":
                    user.active = False
        assert client.get(link).status_code == 404
        assert client.post(link, data={"password": NEW_PASSWORD, "repeated": NEW_PASSWORD}).status_code == 404

    def test_a_secret_of_one_purpose_opens_nothing_else(self, app: Flask, client: Browser, world: World) -> None:
        client.post("/reset", data={"login": world.logins["owner"]})
        secret = reset_link(app).rpartition("/")[2]
        assert client.get(f"/invitation/{secret}").status_code == 404
        for other in (INVITATION_TOKEN, INVITATION_CODE, HANDOVER_TOKEN):
            assert client.get(f"/reset/{other}").status_code == 404
        assert client.get(f"/invitation/{HANDOVER_TOKEN}").status_code == 404

    def test_a_weak_password_keeps_the_link_alive(self, app: Flask, client: Browser, world: World) -> None:
        client.post("/reset", data={"login": world.logins["owner"]})
        link = reset_link(app)
        assert client.post(link, data={"password": "short", "repeated": "short"}).status_code == 422
        assert client.get(link).status_code == 200

    def test_a_coordinator_prints_a_link_for_a_member_firm(
        self, app: Flask, client: Browser, client_coordinator: Browser, world: World
    ) -> None:
        page = client_coordinator.post("/reset-links", data={"login": world.logins["owner"]})
        found = re.search(r"http://127\.0\.0\.1:8000(/reset/[\w-]+)", page.text)
        assert page.status_code == 200 and found and "<svg" in page.text
        assert client.get(found[1]).status_code == 200
        event = row(app, AuditEvent, kind="user:print_reset_link")
        assert isinstance(event, AuditEvent) and event.actor_id == world.users["coordinator"]

    @pytest.mark.parametrize("name", ["admin", "consultant", "coordinator", "account", "foreign", "nobody"])
    def test_a_coordinator_prints_no_link_for_others(
        self, app: Flask, client_coordinator: Browser, world: World, name: str
    ) -> None:
        response = client_coordinator.post("/reset-links", data={"login": world.logins.get(name, "no@example.com")})
        assert response.status_code == 422
        assert errors(response)

    def test_case_21_a_coordinator_prints_no_link_for_somebody_with_another_firm(
        self, app: Flask, client_coordinator: Browser, world: World
    ) -> None:
        """The link opens the whole account, so also the firm that the coordinator has nothing to do with."""
        with make.writing(app):
            make.make_membership(db.session.get_one(User, world.users["owner"]), make.make_firm())
        assert client_coordinator.post("/reset-links", data={"login": world.logins["owner"]}).status_code == 422

    def test_a_coordinator_prints_no_link_for_staff_who_also_have_a_firm(
        self, app: Flask, client_coordinator: Browser, world: World
    ) -> None:
        with make.writing(app):
            make.give(db.session.get_one(User, world.users["owner"]), "admin")
        assert client_coordinator.post("/reset-links", data={"login": world.logins["owner"]}).status_code == 422


class TestInvitation:
    """A colleague joins."""

    @pytest.mark.parametrize("secret", [INVITATION_TOKEN, INVITATION_CODE, "wqrld-23456"])
    def test_by_link_or_code(self, app: Flask, client_account: Browser, world: World, secret: str) -> None:
        page = client_account.get(f"/invitation/{secret}")
        assert "示例模具厂" in page.text
        assert client_account.post(f"/invitation/{secret}").status_code == 303
        membership = row(app, Membership, user_id=world.users["account"])
        assert isinstance(membership, Membership)
        assert (membership.firm_id, membership.role) == (world.firm_id, "member")
        assert client_account.post(f"/invitation/{secret}").status_code == 404, "single use"

    @pytest.mark.parametrize("column", ["revoked_at", "expires_at", "used_at"])
    def test_a_withdrawn_old_or_used_one_is_not_there(
        self, app: Flask, client_account: Browser, world: World, column: str
    ) -> None:
        with make.writing(app):
            setattr(db.session.get_one(FirmInvitation, world.invitation_id), column, now())
        assert client_account.get(f"/invitation/{INVITATION_TOKEN}").status_code == 404
        assert client_account.post(f"/invitation/{INVITATION_TOKEN}").status_code == 404

    def test_without_an_account_one_registers_and_comes_back(self, client: Browser, world: World) -> None:
        page = BeautifulSoup(client.get(f"/invitation/{INVITATION_TOKEN}").text, "html.parser")
        register = page.find("a", href=re.compile("/register"))
        assert register is not None
        response = client.post(str(register["href"]), data=NEW_ACCOUNT)
        assert response.headers["Location"] == f"/invitation/{INVITATION_TOKEN}"
        assert client.post(f"/invitation/{INVITATION_TOKEN}").status_code == 303

    def test_the_owner_who_opens_it_stays_owner(self, app: Flask, client_owner: Browser, world: World) -> None:
        assert client_owner.post(f"/invitation/{INVITATION_TOKEN}").status_code == 303
        membership = row(app, Membership, user_id=world.users["owner"])
        assert isinstance(membership, Membership) and membership.role == "owner"


class TestOwnAccount:
    """Password, name and language."""

    def test_a_new_password_ends_the_other_sessions(self, app: Flask, client_owner: Browser, world: World) -> None:
        other = app.test_client()
        other.sign_in(world.uniquifiers["owner"])  # type: ignore[attr-defined]
        change = {"old": PASSWORD, "new": NEW_PASSWORD, "repeated": NEW_PASSWORD}
        assert client_owner.post("/account/password", data=change).status_code == 303
        assert is_signed_in(client_owner)
        assert not is_signed_in(other)  # type: ignore[arg-type]

    def test_the_old_password_is_needed(self, client_owner: Browser) -> None:
        change = {"old": "wrong", "new": NEW_PASSWORD, "repeated": NEW_PASSWORD}
        assert client_owner.post("/account/password", data=change).status_code == 422

    def test_language_by_link_and_by_account(self, app: Flask, client_owner: Browser, world: World) -> None:
        assert 'lang="zh-CN"' in client_owner.get("/account").text
        assert 'lang="en"' in client_owner.get("/account?lang=en").text
        assert 'lang="en"' in client_owner.get("/account").text
        client_owner.post("/account", data={"name": "王", "locale": "zh"})
        assert 'lang="zh-CN"' in client_owner.get("/account").text
        assert 'lang="zh-CN"' in client_owner.get("/account?lang=xx").text

    def test_a_name_with_markup_is_shown_as_text(self, client_owner: Browser) -> None:
        client_owner.post("/account", data={"name": "<script>alert(1)</script>", "locale": "en"})
        assert "<script>alert" not in client_owner.get("/account").text


class TestLimits:
    """Too many attempts: by address, and by account whatever the address. Lesson 16."""

    @pytest.fixture(autouse=True)
    def _limited(self, app: Flask) -> object:
        limiter.enabled = True
        with app.app_context():
            limiter.reset()
        yield
        limiter.enabled = False

    def test_sign_in_by_account(self, app: Flask, world: World) -> None:
        statuses = [
            app.test_client().post(
                "/sign-in",
                data={"login": world.logins["owner"], "password": "wrong"},
                environ_base={"REMOTE_ADDR": f"10.0.0.{number}"},
                headers={"X-Forwarded-For": f"10.1.0.{number}"},
            ).status_code
            for number in range(12)
        ]  # fmt: skip
        assert statuses[:10] == [422] * 10 and statuses[-1] == 429

    def test_invitation_codes_by_address(self, client: Browser) -> None:
        statuses = [client.get(f"/invitation/{number}").status_code for number in range(25)]
        assert statuses[0] == 404 and statuses[-1] == 429

    def test_a_forged_forwarding_header_gives_no_new_allowance(self, client: Browser) -> None:
        statuses = [
            client.get(f"/invitation/{number}", headers={"X-Forwarded-For": f"10.1.0.{number}"}).status_code
            for number in range(25)
        ]
        assert statuses[-1] == 429

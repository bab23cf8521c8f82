"""The page that moves an open round to newer content: what it says, and where its button leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.extensions import db
from app.models.assessments import Assessment
from scoring.content import loader
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.contents import add_version, copy_content, publish_all
from tests.app.world import World
from tests.conftest import sign_in


@pytest.fixture
def draft(app: Flask, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """An open round of the first version, and a second one published: MOL-01 reworded."""
    root = copy_content(tmp_path / "content")
    monkeypatch.setattr(loader, "ROOT", root)
    with make.writing(app):
        row = db.session.get(Assessment, world.draft_id)
        assert row is not None
        row.versions = dict(loader.load_catalogue("molds", root=root).versions)
        make.make_answer(row, "MOL-01", 2)
        make.make_answer(row, "MOL-03", 3)
    add_version(root, ("questions.yaml", "老板看看产品图，", "老板看一眼产品图，"))
    publish_all(root)
    return world


def text(page: bytes) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


@pytest.mark.parametrize(
    ("language", "offer", "again", "stays"),
    [
        ("zh", "您的行业有了新版问卷", "文字有改动，请再看一眼", "3 个答案照旧有效"),
        ("en", "There is a newer version for your trade", "wording changed, please look again", "3 answers stay"),
    ],
)
def test_an_open_round_is_offered_the_newer_version_in_words(
    client_owner: Browser, draft: World, language: str, offer: str, again: str, stays: str
) -> None:
    client_owner.speak(language)
    overview = f"/assessments/{draft.draft_id}"
    page = client_owner.get(overview)
    assert offer in text(page.data) and f'href="{overview}/renewal"' in page.text
    said = text(client_owner.get(f"{overview}/renewal").data)
    assert again in said and stays in said


def test_the_button_moves_the_round_and_leads_back(app: Flask, client_owner: Browser, draft: World) -> None:
    address = f"/assessments/{draft.draft_id}/renewal"
    form = BeautifulSoup(client_owner.get(address).data, "html.parser").select_one("main form")
    assert form is not None
    fields = {str(f["name"]): str(f["value"]) for f in form.select("input[type=hidden]")}
    response = client_owner.post(str(form["action"]), data=fields)
    assert response.status_code == 303 and response.headers["Location"] == f"/assessments/{draft.draft_id}"
    page = client_owner.get(response.headers["Location"])
    assert "已换成新版，带过来 3 个答案。" in text(page.data) and "/renewal" not in page.text
    assert client_owner.post(str(form["action"]), data=fields).status_code == 409
    assert client_owner.get(address).status_code == 302
    with make.writing(app):
        row = db.session.get(Assessment, draft.draft_id)
        assert row is not None and row.versions["molds"] == "2"


@pytest.mark.parametrize("visitor", ["consultant", "member"])
def test_who_only_reads_is_not_offered_it(app: Flask, draft: World, visitor: str) -> None:
    browser = sign_in(app, draft, visitor)
    offered = "/renewal" in browser.get(f"/assessments/{draft.draft_id}").text
    assert offered is (visitor == "member")


def test_a_submitted_round_is_not_offered_it(client_owner: Browser, draft: World) -> None:
    assert "/renewal" not in client_owner.get(f"/assessments/{draft.assessment_id}").text
    address = f"/assessments/{draft.assessment_id}/renewal"
    assert client_owner.get(address).status_code == 302
    assert client_owner.post(address, data={"to": "molds@2"}).status_code == 409

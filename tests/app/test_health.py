"""Alive and ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.config import Config
from scoring.content import loader
from tests.app.client import Browser
from tests.app.contents import add_version, copy_content, publish_all


def test_alive(client: Browser) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_ready_when_all_parts_are_there(app: Flask, client: Browser) -> None:
    settings: Config = app.extensions["config"]
    settings.fonts.mkdir(exist_ok=True)
    font = settings.fonts / "some.ttf"
    font.touch()
    try:
        response = client.get("/readyz")
    finally:
        font.unlink()
    assert response.get_json()["parts"] == dict.fromkeys(("content", "database", "font", "migrations", "queue"), True)
    assert response.status_code == 200
    assert response.get_json()["status"] == "ok" and response.get_json()["content"] == []


def test_a_broken_new_version_is_named_and_the_site_goes_on(
    client_admin: Browser, client: Browser, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_content(tmp_path / "content")
    monkeypatch.setattr(loader, "ROOT", root)
    add_version(root, ("questions.yaml", "kind: level", "kind: lvel"))
    publish_all(root)
    settings: Config = app.extensions["config"]
    settings.fonts.mkdir(exist_ok=True)
    (settings.fonts / "some.ttf").touch()
    response = client.get("/readyz")
    (settings.fonts / "some.ttf").unlink()
    said = response.get_json()
    assert response.status_code == 200 and said["status"] == "degraded" and said["parts"]["content"] is True
    (trouble,) = said["content"]
    assert trouble["sector"] == "molds" and trouble["serving"]["molds"] == "1"
    fault = trouble["faults"][0]
    assert fault["file"] == "sectors/molds/v2/questions.yaml" and fault["place"] == "questions[0] (MOL-01).kind"
    assert "Input should be" in fault["message"] and str(tmp_path) not in response.text
    for path in ("/", "/quick", "/quick/molds", "/start?sector=molds"):
        assert client.get(path, follow_redirects=True).status_code == 200, path
    page = client_admin.get("/admin").text
    assert "最新内容用不了" in page and "questions[0] (MOL-01).kind" in page


def test_a_broken_new_self_check_is_named_and_the_last_good_one_goes_on(
    client_admin: Browser, client: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_content(tmp_path / "content")
    monkeypatch.setattr(loader, "ROOT", root)
    broken = root / "selfchecks/security/v2/check.yaml"
    broken.parent.mkdir()
    broken.write_text("id: security\nquestions: [\n", encoding="utf-8")
    publish_all(root)
    (trouble,) = client.get("/readyz").get_json()["content"]
    assert trouble["selfcheck"] == "security" and trouble["serving"] == {"selfchecks/security": "1"}
    (fault,) = trouble["faults"]
    assert (fault["file"], fault["place"]) == ("selfchecks/security/v2/check.yaml", "line 3")
    assert "bracket" in fault["message"]
    assert "自查 security" in client_admin.get("/admin").text


def test_a_trade_without_any_good_version_takes_no_other_down(
    client: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_content(tmp_path / "content")
    monkeypatch.setattr(loader, "ROOT", root)
    (root / "sectors/molds/v1/sector.yaml").write_text("id: [")
    (trouble,) = client.get("/readyz").get_json()["content"]
    assert (trouble["sector"], trouble["serving"]) == ("molds", None)
    assert client.get("/quick/molds").status_code == 404
    assert client.get("/quick/textiles").status_code == 200
    page = client.get("/").text
    assert "textiles" in page and 'sector=molds"' not in page


def test_not_ready_names_the_part(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise OSError("gone")

    monkeypatch.setattr("app.web.health.presenters.database_answers", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["parts"]["database"] is False

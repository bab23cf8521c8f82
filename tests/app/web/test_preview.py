"""The preview: every page of a trade as a firm sees it, without a database or an account, and nothing else."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app import create_app
from app.config import read_config
from app.web.preview.install import ROUND, install
from scoring.content.loader import ROOT, list_sectors, load_draft
from tests.app.client import Browser

OVERVIEW = f"/assessments/{ROUND}"


def preview(tmp_path: Path, trade: str = "molds", root: Path = ROOT) -> Browser:
    """The preview of a trade, with a database that nobody can reach."""
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "SECRET_KEY": "x" * 32}
    app = create_app(read_config({"INSTANCE_PATH": str(tmp_path / "instance"), **nowhere}, testing=True))
    app.test_client_class = Browser
    install(app, lambda: load_draft(trade, root))
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copytree(ROOT, tmp_path / "content")
    return tmp_path / "content"


@pytest.mark.parametrize("trade", list_sectors())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_shows_every_question_with_anchors_hints_and_evidence(
    tmp_path: Path, trade: str, language: str
) -> None:
    browser, catalogue = preview(tmp_path, trade), load_draft(trade, ROOT)[0]
    browser.speak(language)
    overview = browser.get("/", follow_redirects=True).text
    shown = 0
    for section in catalogue.sector.sections:
        if f"{OVERVIEW}/sections/{section.id}" not in overview:
            continue
        page = BeautifulSoup(browser.get(f"{OVERVIEW}/sections/{section.id}").data, "html.parser")
        for card in page.select("fieldset.q"):
            question, said = catalogue.questions[str(card["id"])], card.get_text(" ")
            texts = [question.text, question.why, question.hint, catalogue.sector.examples.get(question.id)]
            texts += [t for a in question.anchors for t in (a.label, a.text, a.evidence)]
            assert all(t.get(language) in said for t in texts if t is not None), question.id
            assert question.id in said and not card.has_attr("disabled")
            shown += 1
    assert shown == len(catalogue.questions)
    assert browser.get(f"/quick/{trade}").status_code == browser.get(f"{OVERVIEW}/profile").status_code == 200


def test_facts_switch_questions_and_are_kept_in_the_cookie(tmp_path: Path) -> None:
    browser = preview(tmp_path)
    address = f"{OVERVIEW}/sections/design"
    assert 'id="MOL-04"' in browser.get(address).text
    assert browser.post(f"{OVERVIEW}/profile", data={"fact.edm": "false", "employees": "30"}).status_code == 303
    assert 'id="MOL-04"' not in browser.get(address).text
    assert 'value="30"' in browser.get(f"{OVERVIEW}/profile").text
    assert browser.post(f"{OVERVIEW}/profile", data={"employees": "viele"}).status_code == 422


def test_the_buttons_turn_pages_and_nothing_is_stored(tmp_path: Path) -> None:
    browser = preview(tmp_path)
    form = {"next": "machines", "MOL-05": "3"}
    assert browser.post(f"{OVERVIEW}/sections/progress", data=form).headers["Location"].endswith("/sections/machines")
    assert browser.post(f"{OVERVIEW}/sections/progress", data={"next": "later"}).headers["Location"] == OVERVIEW
    assert " checked" not in browser.get(f"{OVERVIEW}/sections/progress").text
    assert browser.post(f"{OVERVIEW}/sections/progress", data=form, csrf=False).status_code == 401


@pytest.mark.parametrize(
    "path", ["/sign-in", "/register", "/firms", "/admin", "/readyz", f"{OVERVIEW}/review", "/about"]
)
def test_every_other_page_leads_back(tmp_path: Path, path: str) -> None:
    browser = preview(tmp_path)
    assert browser.get(path).headers["Location"] == OVERVIEW
    assert "预览里没有这一页" in browser.get(OVERVIEW).text


def test_nothing_can_be_written(tmp_path: Path) -> None:
    browser = preview(tmp_path)
    assert browser.put(f"/api{OVERVIEW}/answers/MOL-05", json={"value": 1}).status_code == 404
    for path in (f"{OVERVIEW}/submit", "/sign-in", "/register", "/quick/molds", f"{OVERVIEW}/review"):
        assert browser.post(path, data={}).status_code == 404, path
    assert browser.get(f"{OVERVIEW}/sections/nowhere").status_code == 404
    assert browser.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_half_finished_version_shows_what_is_to_mend(tmp_path: Path, content: Path) -> None:
    file = content / "sectors/molds/v1/questions.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("en: The owner guesses", 'en: "Owner 老板"', 1), encoding="utf-8")
    browser = preview(tmp_path, root=content)
    assert "1 处要改" in browser.get(OVERVIEW).text and "英文里有中文" in browser.get(OVERVIEW).text
    file.write_text(good.replace("kind: level", "kind: lvel", 1), encoding="utf-8")
    assert "questions[0] (MOL-01).kind" in browser.get(OVERVIEW).text
    file.write_text(good.replace("老板看看产品图", "掌柜看看产品图", 1), encoding="utf-8")
    assert "要改" not in browser.get(OVERVIEW).text
    assert "掌柜看看产品图" in browser.get(f"{OVERVIEW}/sections/customers").text


def test_the_command_serves_this_machine_only(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": "postgresql://x@127.0.0.1:9/x"}
    command = [sys.executable, "-u", "-m", "flask", "--app", "wsgi", "content", "preview", "molds", "--port", "0"]
    with subprocess.Popen(
        [*command, "--lang", "en"], env={**env, "SECRET_KEY": "x" * 32}, cwd=ROOT.parent, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as served:  # fmt: skip
        try:
            assert served.stdout is not None
            address = served.stdout.readline().split()[1]
            assert address.startswith("http://127.0.0.1:")
            with urlopen(Request(address, headers={"Cookie": ""})) as answer:
                assert "Preview of Moulds and dies" in answer.read().decode()
            port = int(address.split(":")[2].split("/")[0])
            with pytest.raises(OSError), socket.create_connection((own_address(), port), timeout=2):
                pass
        finally:
            served.terminate()


def own_address() -> str:
    """An address of this machine other than the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        return str(probe.getsockname()[0])


def test_the_site_itself_has_no_preview(app: Flask) -> None:
    assert app.config["SESSION_COOKIE_NAME"] == "session"
    assert "preview" not in {r.endpoint.split(".")[0] for r in app.url_map.iter_rules()}

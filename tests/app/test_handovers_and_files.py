"""Links for a section and files of answers.

Named cases of the platform's lessons: 2, 9.
"""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.app.client import Browser
from tests.app.filling import (
    LEVEL,
    MACHINES,
    PNG,
    SECOND,
    page_url,
    put,
    soup,
    stored,
)
from tests.app.world import HANDOVER_TOKEN, World
from tests.conftest import sign_in


def test_a_colleague_answers_by_link_and_sees_one_section(app: Flask, world: World) -> None:
    browser = sign_in(app, world, "anonymous")
    first = soup(browser.get(f"/h/{HANDOVER_TOKEN}"))
    assert "车间主任" in first.get_text()
    response = browser.post(f"/h/{HANDOVER_TOKEN}")
    assert response.headers["Location"] == page_url(world)
    page = soup(browser.get(page_url(world)))
    assert page.select_one(".toc") is None and page.find(id="hand") is None
    assert put(browser, world, LEVEL, value=2).status_code == 200
    assert put(browser, world, "MOL-06", value=2, key="key-0002").status_code == 404
    assert browser.get(page_url(world, MACHINES)).status_code == 404
    assert browser.get(f"/assessments/{world.draft_id}").status_code == 302
    assert browser.get(f"/attachments/{world.attachment_id}").status_code == 302


def test_opening_a_link_only_looks(app: Flask, client_owner: Browser, world: World) -> None:
    sign_in(app, world, "anonymous").get(f"/h/{HANDOVER_TOKEN}")
    page = soup(client_owner.get(page_url(world)))
    assert "还没打开" in page.find(id="hand").get_text()  # type: ignore[union-attr]


def test_a_link_is_made_shown_and_withdrawn(app: Flask, client_owner: Browser, world: World) -> None:
    response = client_owner.post(f"{page_url(world, MACHINES)}/handovers", data={"name": "<b>周主管</b>"})
    assert response.headers["Location"].endswith("#hand")
    page = soup(client_owner.get(page_url(world, MACHINES)))
    field = page.select_one("#hand input[type=url]")
    assert field is not None and re.search(r"/h/[\w-]{20,}$", str(field["value"]))
    assert page.select_one("#hand b") is None or "<b>" not in str(page.select_one("#hand summary"))
    path = "/h/" + str(field["value"]).rsplit("/", 1)[1]
    revoke = str(field.find_parent("form")["action"])  # type: ignore[index]
    assert client_owner.post(revoke).status_code == 303
    assert sign_in(app, world, "anonymous").get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "..%2f..%2fetc", "ü"])
def test_wrong_links_are_not_found(client: Browser, token: str) -> None:
    assert client.get(f"/h/{token}").status_code == 404
    assert client.post(f"/h/{token}").status_code == 404


def attach(browser: Browser, world: World, name: str, data: bytes = PNG, item: str = LEVEL) -> TestResponse:
    """Send a file as the script does."""
    address = f"/assessments/{world.draft_id}/answers/{item}/attachments"
    return browser.post(
        address,
        data={"file": (io.BytesIO(data), name)},
        headers={"Accept": "application/json", "X-CSRFToken": browser.csrf_token()},
    )


def test_case_9_a_file_comes_back_as_download_only(client_owner: Browser, world: World) -> None:
    sent = attach(client_owner, world, "../车间台账.png").get_json()
    response = client_owner.get(sent["url"])
    disposition = response.headers["Content-Disposition"]
    assert response.data == PNG and disposition.startswith("attachment;") and "\n" not in disposition
    assert "filename*=UTF-8''" in disposition and "/" not in disposition.split("''")[1]
    assert response.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in response.headers["Cache-Control"]
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_case_9_refused_files_say_why(client_owner: Browser, world: World) -> None:
    reasons = set()
    for name, data in (("a.png", b""), ("a.svg", b"<svg/>"), ("a.pdf", PNG), ("a.heic", b"\0\0\0\x18ftypheic")):
        response = attach(client_owner, world, name, data)
        assert response.status_code == 400
        reasons.add(response.get_json()["message"])
    assert len(reasons) == 4
    big = attach(client_owner, world, "a.png", PNG + b"\0" * (10 * 1024 * 1024))
    assert big.status_code == 413 and big.get_json()["message"]


def test_files_go_with_the_form_too_and_a_bad_one_costs_nothing(
    app: Flask, client_owner: Browser, world: World
) -> None:
    form = {
        LEVEL: "2",
        f"{LEVEL}.file": (io.BytesIO(PNG), "好.png"),
        SECOND: "1",
        f"{SECOND}.file": (io.BytesIO(b"x"), "坏.pdf"),
    }
    response = client_owner.post(page_url(world), data=form, content_type="multipart/form-data")
    assert response.status_code == 422
    page = soup(response)
    assert "好.png" in page.find(id=LEVEL).get_text()  # type: ignore[union-attr]
    assert page.find(id=SECOND).select_one(".err[role=alert]") is not None  # type: ignore[union-attr]
    assert stored(app, world, LEVEL) == 2 and stored(app, world, SECOND) == 1


def test_several_large_files_in_one_form_are_fine(client_owner: Browser, world: World) -> None:
    large = PNG + b"\0" * (9 * 1024 * 1024)
    form = {LEVEL: "2", f"{LEVEL}.file": [(io.BytesIO(large), "a.png"), (io.BytesIO(large), "b.png")]}
    response = client_owner.post(page_url(world), data=form, content_type="multipart/form-data")
    assert response.status_code == 303


def test_case_2_a_file_of_another_firm_is_not_found(client_foreign: Browser, world: World) -> None:
    assert client_foreign.get(f"/attachments/{world.attachment_id}").status_code == 404
    assert client_foreign.post(f"/attachments/{world.attachment_id}/remove").status_code == 404
    assert attach(client_foreign, world, "a.png").status_code == 404

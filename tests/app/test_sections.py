"""The pages of a questionnaire and their forms, without JavaScript.

Named cases of the platform's lessons: 20, 22.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from scoring.content.loader import list_sectors, load_catalogue
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.filling import (
    LEVEL,
    MACHINES,
    MOLDS,
    SECOND,
    form_of,
    page_url,
    put,
    soup,
    stored,
)
from tests.app.world import SECTION, World
from tests.conftest import sign_in


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("section", [s.id for s in MOLDS.sector.sections])
def test_every_section_is_a_proper_page(client_owner: Browser, world: World, section: str, language: str) -> None:
    client_owner.speak(language)
    page = soup(client_owner.get(page_url(world, section)))
    cards = page.select("fieldset.q")
    assert cards
    for card in cards:
        assert card.legend is not None and card.legend.find("h2") is not None
        assert card.select_one('input[value="unknown"]') is not None
        question = MOLDS.questions[str(card["id"])]
        assert bool(card.select_one('input[value="na"]')) is bool(question.na)
        if question.kind == "level":
            assert [i["value"] for i in card.select("input[type=radio]")][:5] == ["0", "1", "2", "3", "4"]
    if language == "en":
        for tag in page.select('[lang^="zh"], [hreflang^="zh"], .sect, .save, .toc small, .files, #hand'):
            tag.decompose()
        text = re.sub(r"\([^)]*\)|“[^”]*”|\"[^\"]*\"", "", page.main.get_text(" ")) if page.main else ""
        assert not re.findall(r"[\u3400-\u9fff]{2,}", text)


@pytest.mark.parametrize("sector", list_sectors())
def test_pages_of_every_trade_render(app: Flask, sector: str) -> None:
    with make.writing(app):
        user, firm = make.make_user("o"), make.make_firm(sector=sector)
        make.make_membership(user, firm)
        draft = make.make_assessment(firm)
        uniquifier, draft_id = user.fs_uniquifier, draft.id
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(uniquifier)
    for section in load_catalogue(sector).sector.sections:
        assert browser.get(f"/assessments/{draft_id}/sections/{section.id}").status_code == 200
    for path in ("", "/profile", "/review"):
        assert browser.get(f"/assessments/{draft_id}{path}").status_code == 200
    assert browser.get(f"/quick/{sector}").status_code == 200


def test_question_page_and_its_files_stay_small(app: Flask, client_owner: Browser, world: World) -> None:
    root = Path(app.root_path) / "static"
    for section in MOLDS.sector.sections:
        response = client_owner.get(page_url(world, section.id))
        page = soup(response)
        files = [t["href"] for t in page.select("link[rel=stylesheet]")] + [
            t["src"] for t in page.select("script[src]")
        ]
        sizes = [len(gzip.compress((root / str(f).split("?")[0].removeprefix("/static/")).read_bytes())) for f in files]
        assert len(gzip.compress(response.data)) + sum(sizes) < 60_000


def test_unknown_section_and_foreign_round_are_not_found(client_owner: Browser, world: World) -> None:
    assert client_owner.get(page_url(world, "no-such")).status_code == 404
    assert client_owner.get(f"/assessments/{world.other_draft_id}/sections/{SECTION}").status_code == 404


def test_overview_opens_where_one_stopped(client_owner: Browser, world: World) -> None:
    assert put(client_owner, world, "MOL-06", value=1).status_code == 200
    page = soup(client_owner.get(f"/assessments/{world.draft_id}"))
    target = page.select_one("a.btn--go")
    assert target is not None and str(target["href"]).endswith(f"/sections/{MACHINES}")


def test_a_page_saves_as_one_form_and_goes_on(app: Flask, client_owner: Browser, world: World) -> None:
    form = form_of(soup(client_owner.get(page_url(world))))
    form |= {LEVEL: "2", f"{LEVEL}.note": "每天扫码", SECOND: "unknown", "next": MACHINES}
    response = client_owner.post(page_url(world), data=form)
    assert response.status_code == 303 and response.headers["Location"] == page_url(world, MACHINES)
    assert stored(app, world, LEVEL) == 2 and stored(app, world, SECOND) == "unknown"
    card = soup(client_owner.get(page_url(world))).find(id=LEVEL)
    assert card is not None and card.select_one("input[checked]")["value"] == "2"  # type: ignore[index]


def test_a_mistake_is_shown_at_its_place_and_all_else_is_saved(app: Flask, client_owner: Browser, world: World) -> None:
    address = page_url(world, MACHINES)
    form = form_of(soup(client_owner.get(address)))
    form |= {
        "equipment_digital_rate.part": "12",
        "equipment_digital_rate.whole": "7",
        "network_build": ["application_network"],
        "equipment_networked_rate.part": "drei",
        "equipment_networked_rate.whole": "7",
        "MOL-06": "1",
        "next": "design",
    }
    response = client_owner.post(address, data=form)
    assert response.status_code == 422
    page = soup(response)
    for item, kept in (("equipment_digital_rate", "12"), ("equipment_networked_rate", "drei")):
        card = page.find(id=item)
        assert card is not None and card.select_one(".err[role=alert]") is not None
        assert card.find(id=f"{item}-p")["value"] == kept  # type: ignore[index]
    assert {a["href"] for a in page.select("#errors a")} == {"#equipment_digital_rate", "#equipment_networked_rate"}
    assert stored(app, world, "MOL-06") == 1 and stored(app, world, "network_build") == ["application_network"]
    assert stored(app, world, "equipment_digital_rate") is None


@pytest.mark.parametrize(
    ("part", "whole", "value"),
    [
        ("7", "12", {"part": 7, "whole": 12}),
        ("７", "１２", {"part": 7, "whole": 12}),
        ("0", "0", {"rate": 0}),
        ("", "0", {"rate": 0}),
        ("1,000", "2,000", {"part": 1000, "whole": 2000}),
        ("", "", None),
    ],
)
def test_counts_as_people_type_them(
    app: Flask, client_owner: Browser, world: World, part: str, whole: str, value: Any
) -> None:
    form = {"equipment_digital_rate.part": part, "equipment_digital_rate.whole": whole}
    assert client_owner.post(page_url(world, MACHINES), data=form).status_code == 303
    assert stored(app, world, "equipment_digital_rate") == value


@pytest.mark.parametrize(
    "form",
    [
        {"equipment_digital_rate.part": "NaN", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "1e999", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "-1", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "1.5", "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "9" * 400, "equipment_digital_rate.whole": "2"},
        {"equipment_digital_rate.part": "1", "equipment_digital_rate.whole": ""},
        {"equipment_digital_rate.part": "1", "equipment_digital_rate.whole": "2", "equipment_digital_rate": "unknown"},
        {"network_build": ["none", "industrial_5g"]},
        {"network_build": ["industrial_5g", "unknown"]},
        {"MOL-06": "7"},
        {"MOL-06": "²"},
        {"MOL-06": ["1", "2"]},
        {"MOL-06": "na"},
        {"MOL-06": "no-such"},
        {"MOL-06": "1", "MOL-06.note": "长" * 1_000_000},
    ],
)
def test_bad_input_gets_a_sentence_at_its_place(
    app: Flask, client_owner: Browser, world: World, form: dict[str, Any]
) -> None:
    item = next(iter(form)).split(".")[0]
    if item == "MOL-06" and form[item] == "na" and MOLDS.questions[item].na:
        pytest.skip("not applicable is allowed here")
    response = client_owner.post(page_url(world, MACHINES), data=form)
    assert response.status_code == 422
    card = soup(response).find(id=item)
    assert card is not None and card.select_one(".err[role=alert]").get_text(strip=True)  # type: ignore[union-attr]
    assert stored(app, world, item) is None


def test_case_20_fields_that_do_not_belong_are_refused(app: Flask, client_owner: Browser, world: World) -> None:
    for name in ("firm_id", "status", "submitted_at", "verified", "score", f"{LEVEL}.updated_by", "MOL-06"):
        response = client_owner.post(page_url(world), data={LEVEL: "1", name: "1"})
        assert response.status_code == 400, name
    for body in ({"firm_id": "x"}, {"updated_at": "2020-01-01"}, {"locked": False}):
        assert put(client_owner, world, LEVEL, value=1, **body).status_code == 400
    profile = f"/assessments/{world.draft_id}/profile"
    assert client_owner.post(profile, data={"employees": "5", "sector": "electronics"}).status_code == 400
    assert stored(app, world, LEVEL) is None


def test_case_22_back_after_anothers_edit_shows_both_and_keeps_what_one_chooses(
    app: Flask, client_owner: Browser, client_member: Browser, world: World
) -> None:
    old = form_of(soup(client_owner.get(page_url(world))))
    assert put(client_member, world, LEVEL, value=1).status_code == 200
    response = client_owner.post(page_url(world), data={**old, LEVEL: "3", SECOND: "2", "next": MACHINES})
    assert response.status_code == 409 and stored(app, world, SECOND) == 2 and stored(app, world, LEVEL) == 1
    page = soup(response)
    card = page.find(id=LEVEL)
    assert card is not None and "is-clash" in card["class"]
    assert card.select_one("input[checked]")["value"] == "3"  # type: ignore[index]
    question = MOLDS.questions[LEVEL]
    shown = card.select_one(".two").get_text()  # type: ignore[union-attr]
    assert question.anchors[3].label.zh in shown and question.anchors[1].label.zh in shown and "member" in shown
    again = form_of(page)
    theirs, mine = (b["value"] for b in reversed(card.select("button[name=keep]")))
    assert client_owner.post(page_url(world), data={**again, "keep": theirs}).status_code == 303
    assert stored(app, world, LEVEL) == 1
    assert client_owner.post(page_url(world), data={**again, "keep": mine}).status_code == 303
    assert stored(app, world, LEVEL) == 3


def test_case_22_leaving_a_conflict_alone_keeps_the_other_answer(
    app: Flask, client_owner: Browser, client_member: Browser, world: World
) -> None:
    put(client_member, world, LEVEL, value=1)
    page = soup(client_owner.post(page_url(world), data={LEVEL: "3", f"{LEVEL}.version": "0"}))
    response = client_owner.post(page_url(world), data={**form_of(page), "next": MACHINES})
    assert response.status_code == 409 and stored(app, world, LEVEL) == 1


def test_case_22_a_session_that_ends_keeps_the_answers(app: Flask, world: World) -> None:
    browser = sign_in(app, world, "anonymous")
    response = browser.post(page_url(world), data={LEVEL: "2", f"{LEVEL}.note": "还在", "next": MACHINES})
    assert response.status_code == 401
    page = soup(response)
    link = page.select_one('a[target="_blank"]')
    assert link is not None and str(link["href"]).endswith(f"next={page_url(world)}")
    kept = {
        str(i["name"]): str(i["value"]) for i in page.select("form input[type=hidden]") if i["name"] != "csrf_token"
    }
    assert kept == {LEVEL: "2", f"{LEVEL}.note": "还在", "next": MACHINES}
    browser.sign_in(world.uniquifiers["owner"])
    assert browser.post(page_url(world), data=kept).status_code == 303
    assert stored(app, world, LEVEL) == 2


def test_case_22_an_old_csrf_token_keeps_the_answers(app: Flask, client_owner: Browser, world: World) -> None:
    response = client_owner.post(page_url(world), data={LEVEL: "2", "csrf_token": "old"}, csrf=False)
    assert response.status_code == 400
    page = soup(response)
    assert page.select_one(f'input[name="{LEVEL}"]')["value"] == "2"  # type: ignore[index]
    assert page.select_one('a[target="_blank"]') is None and stored(app, world, LEVEL) is None


def test_case_22_enter_saves_before_any_other_button(
    client_owner: Browser, client_member: Browser, world: World
) -> None:
    put(client_member, world, LEVEL, value=1)
    page = soup(client_owner.post(page_url(world), data={LEVEL: "3", f"{LEVEL}.version": "0"}))
    form = page.find(id="sec")
    assert form is not None
    first = form.find("button")
    assert first is not None and (first["name"], first["value"]) == ("next", "stay")
    assert not page.select('button[form="sec"]')

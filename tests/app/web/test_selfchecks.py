"""The pages of the self-checks: filling in without a script, bad input, the result for each reader, taking over."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app.config import ROOT
from app.i18n import content_text
from app.reports import fonts
from scoring.content.selfchecks import list_checks, load_check
from tests.app.client import Browser
from tests.app.world import World

CHINESE = re.compile(r"[\u3400-\u9fff]")


def soup(response: TestResponse) -> BeautifulSoup:
    """The page."""
    return BeautifulSoup(response.get_data(as_text=True), "lxml")


def text_of(response: TestResponse) -> str:
    """The text of a page's main part."""
    main = soup(response).find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def fields(response: TestResponse) -> dict[str, str]:
    """The form as a browser would send it untouched."""
    form = soup(response).find("form", id="check")
    assert form is not None
    hidden = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]") if i["name"] != "csrf_token"}
    return {str(k): str(v) for k, v in hidden.items()} | {
        str(i["name"]): str(i["value"]) for i in form.select("input[type=radio][checked]")
    }


def part(world: World, section: str, run: str = "open_run_id") -> str:
    """Address of a page of questions."""
    return f"/self-checks/{world.extra[run]}/parts/{section}"


def result(world: World) -> str:
    """Address of the finished run."""
    return f"/self-checks/{world.extra['run_id']}"


@pytest.mark.parametrize("check_id", list_checks())
@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_the_whole_way_without_a_script(client_owner: Browser, world: World, check_id: str, language: str) -> None:
    client_owner.speak(language)
    check = load_check(check_id)
    page = client_owner.post(f"/firms/{world.firm_id}/self-checks/{check_id}", follow_redirects=True)
    for place, section in enumerate(check.sections):
        address = page.request.path.rsplit("/", 1)[0] + f"/{section.id}"
        page = client_owner.get(address)
        shown = fields(page)
        radios = {str(i["name"]) for i in soup(page).select("input[type=radio]")}
        if language == "en":
            assert not CHINESE.search(text_of(page).replace("示例模具厂", ""))
        chosen = {name: "yes" if name.startswith("fact.") else "1" for name in radios}
        last = place == len(check.sections) - 1
        follow = "finish" if last else check.sections[place + 1].id
        page = client_owner.post(address, data={**shown, **chosen, "next": follow}, follow_redirects=True)
        assert page.status_code == 200
    said = text_of(page)
    band = content_text(check.bands[1].title, language)
    assert content_text(check.title, language) in said and band in said
    assert "50.0" in said
    if language == "en":
        assert not CHINESE.search(said.replace("示例模具厂", ""))
    home = text_of(client_owner.get(f"/firms/{world.firm_id}"))
    assert band in home


def test_a_bad_value_is_told_at_its_question_and_the_rest_is_saved(client_owner: Browser, world: World) -> None:
    shown = fields(client_owner.get(part(world, "people")))
    sent = {**shown, "SEC-01": "9", "SEC-02": "2", "SEC-03": "na", "next": "computers"}
    answer = client_owner.post(part(world, "people"), data=sent)
    assert answer.status_code == 422
    assert {f["id"] for f in soup(answer).select("fieldset.is-clash")} == {"SEC-01", "SEC-03"}
    kept = fields(client_owner.get(part(world, "people")))
    assert (kept["SEC-01"], kept["SEC-02"], kept.get("SEC-03")) == ("2", "2", None)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"SEC-77": "1", "was.SEC-77": "0", "colour": "red"},
        {"SEC-01": "x" * 5000},
        {"was.SEC-01": "[]", "SEC-02": ""},
        {"fact.machines_connected": "perhaps"},
        {"next": "../../admin"},
    ],
)
def test_whatever_is_sent_is_judged_and_nothing_is_lost(
    client_owner: Browser, world: World, sent: dict[str, str]
) -> None:
    assert client_owner.post(part(world, "people"), data=sent).status_code in (303, 422)
    assert fields(client_owner.get(part(world, "people")))["SEC-01"] == "2"


def test_a_colleague_who_was_faster_is_shown_and_saving_again_keeps_ones_own(
    client_owner: Browser, client_member: Browser, world: World
) -> None:
    first = fields(client_owner.get(part(world, "people")))
    second = fields(client_member.get(part(world, "people")))
    assert client_owner.post(part(world, "people"), data={**first, "SEC-02": "2"}).status_code == 303
    clash = client_member.post(part(world, "people"), data={**second, "SEC-02": "0"})
    assert clash.status_code == 422
    theirs = load_check("security").question("SEC-02").anchors[2].zh
    card = soup(clash).find(id="SEC-02")
    assert card is not None and theirs in card.get_text()
    again = fields(clash)
    assert (again["SEC-02"], again["was.SEC-02"]) == ("0", "2")
    assert client_member.post(part(world, "people"), data=again).status_code == 303
    assert fields(client_owner.get(part(world, "people")))["SEC-02"] == "0"


def test_a_script_is_told_what_was_saved(client_owner: Browser, world: World) -> None:
    def save(**answers: str) -> TestResponse:
        headers = {"Accept": "application/json"}
        return client_owner.post(part(world, "people"), data={k.replace("_", "-"): v for k, v in answers.items()},
                                 headers=headers)  # fmt: skip

    good, bad = save(SEC_02="1"), save(SEC_02="0", SEC_04="7")
    assert (good.status_code, good.json["look"]) == (200, [])  # type: ignore[index]
    assert "8" in good.json["answered"]  # type: ignore[index]
    assert (bad.status_code, sorted(bad.json["look"])) == (409, ["SEC-02", "SEC-04"])  # type: ignore[index]


def test_questions_that_the_facts_switch_off_are_not_asked(client_owner: Browser, world: World) -> None:
    shown = fields(client_owner.get(part(world, "people")))
    client_owner.post(part(world, "people"), data={**shown, "fact.machines_connected": "no"})
    network = {f["id"] for f in soup(client_owner.get(part(world, "network"))).select("fieldset.q")}
    assert network == {"SEC-09", "SEC-10", "SEC-12"}


def test_a_finished_run_shows_its_result_instead_of_questions(client_owner: Browser, world: World) -> None:
    answer = client_owner.get(part(world, "people", "run_id"))
    assert answer.headers["Location"].endswith(result(world))
    assert client_owner.post(part(world, "people", "run_id"), data={"SEC-01": "0"}).status_code == 409


def test_an_empty_check_cannot_be_finished(client_owner: Browser, world: World) -> None:
    page = client_owner.post(f"/firms/{world.firm_id}/self-checks/cloud", follow_redirects=True)
    address = page.request.path.rsplit("/", 1)[0] + "/terms"
    after = client_owner.post(address, data={"next": "finish"}, follow_redirects=True)
    assert after.request.path == address
    assert soup(after).select(".flashes .say--clash")


def test_the_consultant_reads_the_result_and_changes_nothing(client_consultant: Browser, world: World) -> None:
    index = client_consultant.get(f"/firms/{world.firm_id}/self-checks")
    assert not soup(index).select("main form")
    page = client_consultant.get(result(world))
    assert page.status_code == 200 and not soup(page).select("main form")
    assert not soup(page).select(f"a[href$='{result(world)}/take-over']")
    assert client_consultant.get(f"/self-checks/{world.extra['open_run_id']}").status_code == 404
    advice = soup(client_consultant.get(f"/advice/{world.engagement_id}"))
    assert advice.select(f"a[href='/firms/{world.firm_id}/self-checks']")


def test_the_result_page_of_a_round_leads_to_the_checks_for_who_may_see_them(
    client_owner: Browser, client_coordinator: Browser, world: World
) -> None:
    address = f"/firms/{world.firm_id}/self-checks"
    for client, leads in ((client_owner, True), (client_coordinator, False)):
        page = soup(client.get(f"/assessments/{world.assessment_id}/result"))
        assert bool(page.select(f"a[href='{address}']")) is leads


@pytest.fixture
def typefaces(app: Flask) -> None:
    """The typefaces that the set-up prepared, so that no test prepares them again."""
    here: Path = app.extensions["config"].fonts
    if not fonts.is_prepared(here):
        there = ROOT / "instance" / "fonts"
        fonts.prepare(there)
        here.mkdir(parents=True, exist_ok=True)
        for file in there.iterdir():
            if not (here / file.name).exists():
                (here / file.name).symlink_to(file)


@pytest.mark.usefixtures("typefaces")
@pytest.mark.parametrize(("language", "word"), [("zh", "法定义务"), ("en", "legal duties are open")])
def test_the_page_as_pdf_in_both_languages(client_owner: Browser, world: World, language: str, word: str) -> None:
    answer = client_owner.get(f"{result(world)}/page.pdf?locale={language}")
    assert answer.mimetype == "application/pdf"
    reader = PdfReader(BytesIO(answer.data))
    assert len(reader.pages) == 1
    assert word.replace(" ", "") in "".join(reader.pages[0].extract_text().split())
    assert client_owner.get(f"{result(world)}/page.pdf?locale=xx").status_code == 200


def test_a_draft_has_no_page(client_owner: Browser, world: World) -> None:
    assert client_owner.get(f"/self-checks/{world.extra['open_run_id']}/page.pdf").status_code == 404


def test_taking_over_shows_old_and_new_and_ticks_only_what_raises(
    app: Flask, client_owner: Browser, world: World
) -> None:
    from tests.app.services.test_selfchecks import draft

    draft(app, world, C32=4, network_security=["risk_assessment"])
    page = soup(client_owner.get(f"{result(world)}/take-over"))
    boxes = {str(b["value"]): b.has_attr("checked") for b in page.select("input[name=change]")}
    raised = {"network_security:+policy": True, "network_security:+products_or_services": True}
    assert boxes == raised | {"C32": False}
    versions = {str(i["name"]): str(i["value"]) for i in page.select("input[name^='version.']")}
    sent = {**versions, "change": [b for b, ticked in boxes.items() if ticked]}
    after = client_owner.post(f"{result(world)}/take-over", data=sent, follow_redirects=True)
    assert soup(after).select(".flashes .say--ok")
    answers = draft(app, world)
    assert answers["network_security"] == (["policy", "products_or_services", "risk_assessment"], 2)
    assert answers["C32"] == (4, 1)


def test_a_stale_page_shows_what_stands_now(app: Flask, client_owner: Browser, world: World) -> None:
    from tests.app.services.test_selfchecks import draft

    draft(app, world, network_security=["risk_assessment"])
    sent = {"change": "network_security:+policy", "version.network_security": "0"}
    after = client_owner.post(f"{result(world)}/take-over", data=sent)
    assert after.status_code == 409
    version = soup(after).find("input", attrs={"name": "version.network_security"})
    assert version is not None and version["value"] == "1"
    assert draft(app, world)["network_security"] == (["risk_assessment"], 1)

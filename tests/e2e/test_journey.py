"""The journey of a mould shop: from the front page on a phone to both reports and the next round.

In Chinese and English, with and without JavaScript; the network is cut in between where there is a script to bear it.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from app.services.names import masked_name
from scoring import load_catalogue
from tests.e2e import steps
from tests.e2e.conftest import MakeVisitor
from tests.e2e.visitor import Visitor

COLLEAGUE = "周主管"


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("language", "javascript"),
    [("zh", True), ("zh", False), ("en", True), ("en", False)],
    ids=["zh-script", "zh-plain", "en-script", "en-plain"],
)
def test_mould_shop_from_front_page_to_reports(
    visit: MakeVisitor, tmp_path: Path, language: str, javascript: bool
) -> None:
    """From registration to both reports, as a newcomer does it."""
    owner = visit(language, javascript=javascript)
    name = f"精诚模具 {language}{'+' if javascript else '-'}"
    _found_firm(owner, name)
    round_url = _describe_firm(owner)
    sections = _sections(owner, round_url)
    link = _hand_over(owner, sections[1])
    colleague = visit(language, javascript=javascript)
    _answer_as_colleague(colleague, link, sections)
    asked = _answer_sections(owner, sections)
    _attach_evidence(owner, sections[0], steps.make_pdf(tmp_path))
    last_answers = _remember(owner, sections[2])
    result_url = _submit(owner, round_url)
    level, score = _read_result(owner, name, asked)
    code = _check_reports(owner, result_url, name, level, score)
    _check_workbook(owner, result_url, level, score)
    _check_code(visit(language, javascript=javascript), code, name, level, score)
    _switch_language(owner, result_url, level, score)
    _begin_next_round(owner, sections[2], last_answers)


def _found_firm(owner: Visitor, name: str) -> None:
    """Pick the trade on the front page, open an account, found the firm with its checked number."""
    owner.go("/")
    owner.page.locator("#trades a[href*='sector=molds'], main a[href*='sector=molds']").first.click()
    steps.register(owner)
    page = owner.page
    expect(page.locator("#sector")).to_have_value("molds")
    steps.fill_firm(owner, name, code="91441900MA4UKXYZ10")
    owner.press("Go on")
    expect(page.locator("#uscc-error")).to_be_visible()
    expect(page.locator("#name")).to_have_value(name)
    expect(page.locator("#employees")).to_have_value("60")
    expect(page.locator("#agreed")).to_be_checked()
    page.fill("#uscc", steps.new_uscc())
    owner.press("Go on")
    expect(page.locator("h1")).to_contain_text(name)


def _describe_firm(owner: Visitor) -> str:
    """The page about the firm: an impossible number is refused at its place, everything else kept."""
    page = owner.page
    steps.begin_round(owner)
    round_url = owner.path.removesuffix("/profile")
    steps.fill_profile(owner)
    page.fill("[name=employees]", "-5")
    page.locator(".navrow .btn--go").click()
    expect(page.locator("#f-employees-err")).to_be_visible()
    expect(page.locator("[name=revenue_wan]")).to_have_value("2800")
    expect(page.locator("[name='pain.1']")).to_have_value("2")
    page.fill("[name=employees]", "60")
    steps.go_on(owner)
    assert "/sections/" in owner.path
    return round_url


def _sections(owner: Visitor, round_url: str) -> list[str]:
    owner.go(round_url)
    sections = steps.section_urls(owner)
    assert len(sections) >= 7
    return sections


def _hand_over(owner: Visitor, section: str) -> str:
    """Make a link for one section and copy it."""
    page = owner.go(section)
    page.locator("#hand > summary").click()
    page.fill("#hn", COLLEAGUE)
    owner.press("Make a link")
    link = page.locator("#hand input[type=url]").input_value()
    assert "/h/" in link
    return link


def _answer_as_colleague(colleague: Visitor, link: str, sections: list[str]) -> None:
    """A colleague without an account answers the section of the link, and reaches no other."""
    page = colleague.go(link)
    colleague.press("Start answering")
    assert colleague.path == sections[1]
    steps.answer_all(colleague)
    steps.go_on(colleague)
    assert all(steps.picked(page).values())
    answer = colleague.get(sections[0])
    assert answer.status == 404 or "/sign-in" in answer.url


def _answer_sections(owner: Visitor, sections: list[str]) -> int:
    """All the other sections, one after another by the button at the end; the network fails in the third."""
    page = owner.go(sections[0])
    asked = 0
    for place, section in enumerate(sections):
        assert owner.path == section
        if place == 1:
            expect(page.locator("#hand summary")).to_contain_text(COLLEAGUE)
            expect(page.locator(".save").first).to_contain_text(COLLEAGUE)
            asked += len(steps.cards(page))
        elif place == 2 and owner.javascript:
            asked += _answer_through_a_cut(owner)
        else:
            asked += steps.answer_all(owner, offset=place)
        steps.go_on(owner)
    assert owner.path.endswith("/review")
    return asked


def _answer_through_a_cut(owner: Visitor) -> int:
    """Answers given without a network are kept, said so, and sent when it is back."""
    page, found = owner.page, steps.cards(owner.page)
    steps.answer(found[0])
    expect(found[0].locator(".save--ok")).to_be_visible()
    owner.context.set_offline(True)
    for place, card in enumerate(found[1:], 1):
        steps.answer(card, place)
    expect(page.locator("#offline")).to_be_visible()
    expect(found[1]).to_have_class("q is-wait")
    expect(found[1].locator(".save")).to_contain_text(owner.say("Kept on this phone"))
    owner.context.set_offline(False)
    for card in found:
        expect(card.locator(".save--ok")).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('answers:')).length") == 0
    return len(found)


def _attach_evidence(owner: Visitor, section: str, file: Path) -> None:
    """A line and a file at the first answer."""
    page = owner.go(section)
    card = steps.cards(page)[0]
    if card.locator("details[data-extra]").get_attribute("open") is None:
        card.locator("details[data-extra] > summary").click()
    card.locator("input[name$='.evidence']").fill("最近 30 天的扫码记录")
    card.locator("input[type=file]").set_input_files(file)
    if owner.javascript:
        expect(card.locator(".files li")).to_have_count(1)
        card.locator("input[name$='.evidence']").blur()
        expect(card.locator(".save--ok")).to_be_visible()
    else:
        page.locator("button[name=next][value=later]").click()
        owner.go(section)
    page.reload()
    card = steps.cards(page)[0]
    expect(card.locator("input[name$='.evidence']")).to_have_value("最近 30 天的扫码记录")
    expect(card.locator(".files a")).to_have_text(file.name)
    address = card.locator(".files a").get_attribute("href")
    assert address is not None
    kept = owner.get(address)
    assert kept.body() == file.read_bytes()
    assert "attachment" in kept.headers["content-disposition"]
    assert kept.headers["x-content-type-options"] == "nosniff"


def _remember(owner: Visitor, section: str) -> dict[str, str]:
    return steps.picked(owner.go(section))


def _submit(owner: Visitor, round_url: str) -> str:
    """Without the truth statement nothing is submitted; pressing twice submits once."""
    page = owner.go(f"{round_url}/review")
    button = page.locator("[data-once]")
    button.click()
    expect(page.locator("#truth-err")).to_be_visible()
    steps.tick(page.locator("#truth"))
    button.dblclick()
    expect(page).to_have_url(re.compile("/result$"))  # a navigation may be aborted: the second press ends the first
    page.wait_for_load_state()
    return owner.path


def _read_result(owner: Visitor, name: str, asked: int) -> tuple[str, str]:
    """The four questions, in this order, and figures that agree with each other."""
    page = owner.page
    expect(page.locator("h1")).to_have_text(name)
    level, score = steps.plate(page)
    expect(page.locator(".qa__q")).to_have_text(
        [
            owner.say(question)
            for question in (
                "Where am I?", "What holds me back?", "What do I do first?", "How far can I get?",
                "Where am I strong, where weak?", "What did I answer?",
            )
        ]
    )  # fmt: skip
    level_name = load_catalogue("molds").edition.level_name(int(level)).get(owner.language)
    expect(page.locator("[aria-labelledby=q1] .answer")).to_contain_text(level_name)
    expect(page.locator("[aria-labelledby=q2] .gates li").first).to_contain_text(score)
    expect(page.locator("[aria-labelledby=q3] .cards > li").first).to_be_visible()
    expect(page.locator("[aria-labelledby=q7] .answer")).to_contain_text(str(asked))
    return level, score


def _check_reports(owner: Visitor, result_url: str, name: str, level: str, score: str) -> str:
    """Both reports: ordered, watched, downloaded; they say what the page says. Returns the code of the last one."""
    code = ""
    for locale in ("zh", "en"):
        page = owner.go(result_url)
        page.locator(f"button[name=locale][value={locale}]").click()
        for _attempt in range(60):
            if page.locator("a[download]").count():
                break
            page.wait_for_timeout(500)
            if not owner.javascript:
                page.reload()
        expect(page.locator("a[download]")).to_be_visible()
        with page.expect_download() as started:
            page.locator("a[download]").click()
        data = Path(started.value.path()).read_bytes()
        assert data.startswith(b"%PDF")
        assert name.split()[0] in started.value.suggested_filename
        text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(data)).pages)
        level_name = load_catalogue("molds").edition.level_name(int(level)).get(locale)
        assert score in text and level_name in text
        code = page.locator("a[href*='/verify/']").inner_text().strip()
        assert code in text
        opened = owner.get(str(page.locator(".btns .btn--go").get_attribute("href")))
        assert opened.headers["content-type"] == "application/pdf"
        assert "no-store" in opened.headers["cache-control"]
    return code


def _check_workbook(owner: Visitor, result_url: str, level: str, score: str) -> None:
    """All answers as a workbook with the same figures."""
    page = owner.go(result_url)
    with page.expect_download() as started:
        page.locator("a[href$='answers.xlsx']").click()
    data = Path(started.value.path()).read_bytes()
    assert ZipFile(BytesIO(data)).testzip() is None
    book = load_workbook(BytesIO(data))
    figures = {str(row[0].value): row[1].value for row in book[owner.say("Result")].iter_rows(min_row=1)}
    assert str(figures[owner.say("Level")]) == level
    assert float(figures[owner.say("Score")]) == float(score)


def _check_code(anybody: Visitor, code: str, name: str, level: str, score: str) -> None:
    """Whoever holds the report types its code and sees what is printed on it."""
    page = anybody.go("/verify")
    page.fill("#code", code.lower())
    anybody.press("Check the code")
    expect(page.locator(".plate")).to_contain_text(masked_name(name))
    assert steps.plate(page) == (level, score)
    anybody.go("/verify/ABCD-EFGH-JKLM")
    anybody.sees("We do not know this code.")


def _switch_language(owner: Visitor, result_url: str, level: str, score: str) -> None:
    """The other language says the same."""
    page, other = owner.go(result_url), {"zh": "en", "en": "zh"}[owner.language]
    page.locator("details.menu > summary").click()
    page.locator(f"a[hreflang={other}]").click()
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[other])
    assert owner.path == result_url
    assert steps.plate(page) == (level, score)
    owner.go(f"{result_url}?lang={owner.language}")


def _begin_next_round(owner: Visitor, section: str, answers: dict[str, str]) -> None:
    """The next round starts from the last answers; the submitted round stays locked."""
    locked = owner.go(section)
    expect(steps.cards(locked)[0].locator("input").first).to_be_disabled()
    page = owner.go("/firms")
    owner.press("Begin a new round")
    owner.sees("The answers of your last round are already filled in. Change what is different now.")
    same = [url for url in steps.section_urls(owner) if url.rsplit("/", 1)[1] == section.rsplit("/", 1)[1]]
    owner.go(same[0])
    assert same[0] != section
    assert steps.picked(page) == answers

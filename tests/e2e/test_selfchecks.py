"""A self-check from the firm's start page to the questionnaire, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scoring import load_catalogue
from scoring.content.selfchecks import load_check
from tests.e2e import steps
from tests.e2e.conftest import MakeVisitor
from tests.e2e.visitor import Visitor

CLOUD = load_check("cloud")
SECTION = next(s.id for s in load_catalogue("molds").sector.sections if "information_systems" in s.questions)
both_ways = pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])


def begin(visitor: Visitor, name: str) -> str:
    """A new firm with a round that is begun, on the first page of the cloud check; returns the round's address."""
    _login, round_url = steps.new_round(visitor, name)
    visitor.go("/firms")
    visitor.follow("Check security and cloud")
    visitor.page.locator("form[action$='/cloud'] button").click()
    expect(visitor.page.locator("fieldset.q").first).to_be_visible()
    return round_url


def choose(page: Page, item: str, value: str) -> None:
    """Tap an answer."""
    page.locator(f"label[for='{item}-{value}']").click()


@both_ways
@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_the_start_page_into_the_questionnaire(visit: MakeVisitor, javascript: bool, language: str) -> None:
    visitor = visit(language, javascript=javascript)
    round_url = begin(visitor, f"自查{language}{javascript}")
    page = visitor.page
    for section in CLOUD.sections:
        for item in section.questions:
            choose(page, item, "2" if item in ("CLD-01", "CLD-02") else "0")
        if javascript:
            expect(page.locator("[data-saved]")).to_contain_text(":")
        page.locator(".navrow .btn--go").click()
    expect(page.locator("h1")).to_have_text(CLOUD.title.get(language))
    expect(page.locator("#q2 + div .todo__i").first).to_be_visible()
    visitor.follow("Use these answers in my questionnaire")
    expect(page.locator("input[name=change]")).to_be_checked()
    visitor.press("Take over what is ticked")
    visitor.sees("The questionnaire already says the same as this self-check.")
    visitor.go(f"{round_url}/sections/{SECTION}")
    expect(page.locator("#information_systems input[value=two_or_more]")).to_be_checked()


def test_what_is_chosen_offline_is_kept_in_the_page_and_saved_when_the_line_is_back(visit: MakeVisitor) -> None:
    visitor = visit("zh")
    begin(visitor, "断网自查厂")
    page, saved = visitor.page, visitor.page.locator("[data-saved]")
    choose(page, "CLD-01", "1")
    expect(saved).to_contain_text(":")
    visitor.context.set_offline(True)
    choose(page, "CLD-02", "2")
    expect(saved).to_have_text(visitor.say("Not saved yet: no network. It is tried again."))
    visitor.context.set_offline(False)
    expect(saved).to_contain_text(":")
    page.reload()
    expect(page.locator("#CLD-02-2")).to_be_checked()


def test_what_is_chosen_while_the_page_still_loads_is_saved(visit: MakeVisitor) -> None:
    visitor = visit("zh")
    begin(visitor, "慢网自查厂")
    with visitor.before_the_script("selfcheck.js"):
        choose(visitor.page, "CLD-01", "1")
    expect(visitor.page.locator("[data-saved]")).to_contain_text(":")
    visitor.page.reload()
    expect(visitor.page.locator("#CLD-01-1")).to_be_checked()


def test_with_the_keyboard_alone(visit: MakeVisitor) -> None:
    visitor = visit("zh", javascript=False)
    begin(visitor, "键盘自查厂")
    page = visitor.page
    page.locator("#CLD-01-0").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#CLD-02-0").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.go_back()
    page.reload()
    expect(page.locator("#CLD-01-1")).to_be_checked()
    expect(page.locator("#CLD-02-0")).to_be_checked()

"""Filling in when something comes between: the network, a colleague, the session, a wrong file, no mouse.

Numbered cases are those of the list of lessons from comparable products.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.errors import TooLargeError
from tests.e2e import steps
from tests.e2e.conftest import MakeVisitor
from tests.e2e.visitor import DESK, Visitor

both_ways = pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
SAVED = ".save.save--ok"


def tap(page: Page, place: int, level: int) -> None:
    """Choose an anchor of the n-th question, one with levels."""
    page.locator("fieldset.q[data-kind=level]").nth(place).locator(f".opts label[for$='-{level}']").click()


def level_card(page: Page, place: int = 0) -> Locator:
    """The n-th question with levels."""
    return page.locator("fieldset.q[data-kind=level]").nth(place)


def chosen(page: Page, place: int = 0) -> str:
    """What is chosen there."""
    picked = level_card(page, place).locator(".opts input:checked")
    return str(picked.get_attribute("value")) if picked.count() else ""


def save(visitor: Visitor) -> None:
    """Without JavaScript: the button that saves and stays, pressed by the Enter key in the first line of evidence."""
    open_extra(visitor.page)
    with visitor.page.expect_navigation():
        visitor.page.locator("input[name$='.evidence']").first.press("Enter")


def open_extra(page: Page) -> None:
    """Unfold the evidence of the first question."""
    fold = page.locator("details[data-extra]").first
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()


# ---- two people


@both_ways
@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_case_23_two_editors_of_one_question_see_both_answers(visit: MakeVisitor, javascript: bool, keep: str) -> None:
    first, second = visit("zh", javascript=javascript), visit("zh", javascript=javascript)
    login, _round = steps.new_round(first, f"两人同答{keep}{javascript}")
    steps.second_window(first, second, login)
    for visitor, level in ((first, 1), (second, 3)):
        tap(visitor.page, 0, level)
        if javascript and visitor is first:
            expect(level_card(visitor.page).locator(SAVED)).to_be_visible()
        elif not javascript:
            save(visitor)
    card = level_card(second.page)
    expect(card).to_have_class(re.compile("is-clash"))
    expect(card.locator("[data-clash] .two > div")).to_have_count(2)
    assert chosen(second.page) == "3", "what was typed stays in its place"
    button = card.locator("[data-clash] button").nth(0 if keep == "mine" else 1)
    if javascript:
        button.click()
        expect(card.locator(SAVED)).to_be_visible()
    else:
        with second.page.expect_navigation():
            button.click()
    expect(card).not_to_have_class(re.compile("is-clash"))
    second.page.reload()
    assert chosen(second.page) == ("3" if keep == "mine" else "1")


@both_ways
def test_case_23_different_questions_do_not_conflict(visit: MakeVisitor, javascript: bool) -> None:
    first, second = visit("en", javascript=javascript), visit("en", javascript=javascript)
    login, _round = steps.new_round(first, f"两人分答{javascript}")
    steps.second_window(first, second, login)
    for visitor, place in ((first, 0), (second, 1)):
        tap(visitor.page, place, 2)
        if javascript:
            expect(level_card(visitor.page, place).locator(SAVED)).to_be_visible()
        else:
            save(visitor)
        expect(visitor.page.locator(".is-clash")).to_have_count(0)
    first.page.reload()
    assert (chosen(first.page, 0), chosen(first.page, 1)) == ("2", "2")


@both_ways
def test_case_22_back_after_anothers_edit_never_overwrites_it(visit: MakeVisitor, javascript: bool) -> None:
    first, second = visit("zh", javascript=javascript), visit("zh", javascript=javascript)
    login, round_url = steps.new_round(first, f"返回键{javascript}")
    steps.second_window(first, second, login)
    section = first.path
    first.go(round_url)
    tap(second.page, 0, 4)
    if javascript:
        expect(level_card(second.page).locator(SAVED)).to_be_visible()
    else:
        save(second)
    first.page.go_back()
    assert first.path == section
    if chosen(first.page) != "4":  # an old page: then saving it must conflict
        tap(first.page, 0, 1)
        if not javascript:
            save(first)
        expect(first.page.locator(".is-clash")).to_have_count(1)
    second.page.reload()
    assert chosen(second.page) == "4"


# ---- the network


def test_what_is_chosen_while_the_page_still_loads_is_saved(visit: MakeVisitor) -> None:
    visitor = visit("zh")
    steps.new_round(visitor, "慢网填写厂")
    with visitor.before_the_script("saving.js"):
        tap(visitor.page, 0, 2)
        tap(visitor.page, 1, 3)
    for place in (0, 1):
        expect(level_card(visitor.page, place).locator(SAVED)).to_be_visible()
    visitor.page.reload()
    assert (chosen(visitor.page, 0), chosen(visitor.page, 1)) == ("2", "3")


def test_case_23_answers_kept_offline_survive_the_closed_page(visit: MakeVisitor) -> None:
    visitor = visit("zh")
    steps.new_round(visitor, "断网关页")
    page, address = visitor.page, visitor.page.url
    visitor.context.set_offline(True)
    tap(page, 0, 3)
    tap(page, 0, 2)
    tap(page, 1, 1)
    expect(page.locator("#offline")).to_be_visible()
    page.close()
    visitor.context.set_offline(False)
    visitor.page = visitor.context.new_page()
    page = visitor.go(address)
    expect(level_card(page, 0).locator(SAVED)).to_be_visible()
    expect(level_card(page, 1).locator(SAVED)).to_be_visible()
    page.reload()
    assert (chosen(page, 0), chosen(page, 1)) == ("2", "1")
    expect(page.locator("#offline")).to_be_hidden()


def test_case_23_a_lost_answer_of_the_server_is_replayed_without_harm(visit: MakeVisitor) -> None:
    visitor = visit("en")
    steps.new_round(visitor, "丢包重发")
    page, lost = visitor.page, []

    def lose_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().json())
        route.abort("connectionreset")

    page.route("**/api/assessments/*/answers/*", lose_first_answer)
    tap(page, 0, 2)
    expect(page.locator("#offline")).to_be_visible()
    tap(page, 0, 3)
    expect(level_card(page).locator(SAVED)).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator(".is-clash")).to_have_count(0)
    assert lost[0]["version"] == 1
    expect(level_card(page)).to_have_attribute("data-version", "2")
    page.reload()
    assert chosen(page) == "3"
    visitor.troubles.clear()


# ---- the session


def test_case_22_session_ends_while_filling_in_with_script(visit: MakeVisitor) -> None:
    visitor = visit("zh")
    login, _round = steps.new_round(visitor, "会话结束")
    page, section = visitor.page, visitor.path
    visitor.context.clear_cookies(name="session")
    tap(page, 0, 3)
    expect(page.locator("#signed-out")).to_be_visible()
    page.locator("#signed-out a").click()
    steps.sign_in(visitor, login)
    assert visitor.path == section
    expect(level_card(page).locator(SAVED)).to_be_visible()
    page.reload()
    assert chosen(page) == "3"


def test_case_22_session_ends_while_filling_in_without_script(visit: MakeVisitor) -> None:
    visitor = visit("zh", javascript=False)
    login, _round = steps.new_round(visitor, "会话结束无脚本")
    page, section = visitor.page, visitor.path
    tap(page, 0, 3)
    open_extra(page)
    page.locator("input[name$='.evidence']").first.fill("车间看板 2026 年 10 月起")
    visitor.context.clear_cookies(name="session")
    save(visitor)
    visitor.sees("Please send your answers once more")
    with visitor.context.expect_page() as opened:
        visitor.follow("Sign in", within=page.locator("main"))
    window = opened.value
    window.fill("#login", login)
    window.fill("#password", steps.PASSWORD)
    window.press("#password", "Enter")
    window.wait_for_url(f"**{section}")
    window.close()
    visitor.press("Send my answers")
    expect(page.locator("fieldset.q").first).to_be_visible()
    visitor.go(section)
    assert chosen(page) == "3"
    expect(page.locator("input[name$='.evidence']").first).to_have_value("车间看板 2026 年 10 月起")


def test_a_closed_account_ends_at_once_and_keeps_what_was_answered(visit: MakeVisitor) -> None:
    visitor, admin = visit("zh"), visit("zh", account="admin", window=DESK)
    login, _round = steps.new_round(visitor, "停用账号")
    tap(visitor.page, 0, 2)
    expect(level_card(visitor.page).locator(SAVED)).to_be_visible()
    admin.go(f"/admin/users?q={login}")
    admin.page.locator("main table a").first.click()
    admin.press("Close the account")
    admin.sees("The account is closed; open sessions have ended.")
    account = admin.page.url
    tap(visitor.page, 1, 2)
    expect(visitor.page.locator("#signed-out")).to_be_visible()
    section = visitor.path
    visitor.go(section)
    assert visitor.path == "/sign-in"
    visitor.page.fill("#login", login)
    visitor.page.fill("#password", steps.PASSWORD)
    visitor.page.press("#password", "Enter")
    expect(visitor.page.locator(".err, .say--clash").first).to_be_visible()
    admin.go(account)
    admin.press("Open the account again")
    visitor.go(f"/sign-in?next={section}")
    steps.sign_in(visitor, login)
    assert visitor.path == section
    assert chosen(visitor.page) == "2"
    expect(level_card(visitor.page, 1).locator(SAVED)).to_be_visible()


# ---- a page that is too late


@both_ways
def test_case_24_a_page_left_open_cannot_write_into_a_submitted_round(visit: MakeVisitor, javascript: bool) -> None:
    first, second = visit("en", javascript=javascript), visit("en", javascript=javascript)
    login, round_url = steps.new_round(first, f"迟到{javascript}")
    steps.second_window(first, second, login)
    section = first.path
    tap(second.page, 0, 2)
    if javascript:
        expect(level_card(second.page).locator(SAVED)).to_be_visible()
    else:
        save(second)
    second.go(f"{round_url}/review")
    steps.tick(second.page.locator("#truth"))
    second.page.locator("[data-once]").click()
    second.page.wait_for_url("**/result")
    tap(first.page, 0, 4)
    if javascript:
        expect(first.page.locator("#locked")).to_be_visible()
    else:
        save(first)
        first.sees("This is already submitted and can no longer be changed.")
    first.go(section)
    assert chosen(first.page) == "2"


# ---- wrong input, at its place


@both_ways
def test_impossible_counts_are_said_beside_the_fields_and_nothing_else_is_lost(
    visit: MakeVisitor, javascript: bool
) -> None:
    visitor = visit("zh", javascript=javascript)
    _login, round_url = steps.new_round(visitor, f"数不对{javascript}")
    visitor.go(round_url)
    page = visitor.page
    for section in steps.section_urls(visitor):
        visitor.go(section)
        if page.locator("fieldset.q[data-kind=rate]").count():
            break
    tap(page, 0, 2)
    card = page.locator("fieldset.q[data-kind=rate]").first
    whole, part = card.locator("[data-counts] input[type=number]").all()
    whole.fill("10")
    part.fill("12")
    part.blur()
    if not javascript:
        save(visitor)
    expect(card.locator(".err").first).to_be_visible()
    expect(part).to_have_value("12")
    part.fill("7")
    part.blur()
    if javascript:
        expect(card.locator(SAVED)).to_be_visible()
    else:
        save(visitor)
    page.reload()
    assert steps.picked(page)[str(card.get_attribute("id"))] == "10 7"
    assert chosen(page) == "2"


@both_ways
def test_a_file_that_lies_about_its_type_is_refused_at_its_place(
    visit: MakeVisitor, tmp_path: Path, javascript: bool
) -> None:
    visitor = visit("zh", javascript=javascript)
    steps.new_round(visitor, f"假文件{javascript}")
    page = visitor.page
    liar = tmp_path / "发票.pdf"
    liar.write_bytes(b"<html><script>alert(1)</script></html>")
    tap(page, 0, 2)
    open_extra(page)
    page.locator("input[name$='.evidence']").first.fill("有发票")
    page.locator("input[type=file]").first.set_input_files(liar)
    card = steps.cards(page)[0]
    if javascript:
        expect(card.locator("[data-file-error]")).to_be_visible()
        page.locator("input[name$='.evidence']").first.blur()
        expect(card.locator(SAVED)).to_be_visible()
    else:
        save(visitor)
        expect(card.locator(".err:visible").first).to_be_visible()
    page.reload()
    expect(steps.cards(page)[0].locator(".files li")).to_have_count(0)
    expect(page.locator("input[name$='.evidence']").first).to_have_value("有发票")
    assert chosen(page) == "2"


# ---- hand-over


def test_a_withdrawn_link_stops_at_once_and_keeps_what_was_answered(visit: MakeVisitor) -> None:
    owner, colleague = visit("en"), visit("en")
    _login, _round = steps.new_round(owner, "收回链接")
    page, section = owner.page, owner.path
    page.locator("#hand > summary").click()
    page.fill("#hn", "Foreman Wu")
    owner.press("Make a link")
    link = page.locator("#hand input[type=url]").input_value()
    colleague.go(link)
    colleague.press("Start answering")
    tap(colleague.page, 0, 3)
    expect(level_card(colleague.page).locator(SAVED)).to_be_visible()
    owner.go(section)
    expect(page.locator("#hand")).to_contain_text("Foreman Wu")
    owner.press("Withdraw the link")
    tap(colleague.page, 1, 3)
    expect(colleague.page.locator("#signed-out")).to_be_visible()
    colleague.go(link)
    expect(colleague.page.locator("form[action*='/h/']")).to_have_count(0)
    owner.go(section)
    assert (chosen(page, 0), chosen(page, 1)) == ("3", "")


# ---- branches


def test_case_27_answers_behind_a_closed_branch_come_back_when_it_opens(visit: MakeVisitor) -> None:
    visitor = visit("zh", javascript=False)
    _login, round_url = steps.new_round(visitor, "分支")
    page = visitor.page

    def set_edm(value: str) -> None:
        visitor.go(f"{round_url}/profile")
        steps.tick(page.locator(f"input[name='fact.edm'][value={value}]"))
        steps.go_on(visitor)

    def asked() -> dict[str, str]:
        visitor.go(round_url)
        found = {}
        for section in steps.section_urls(visitor):
            visitor.go(section)
            found |= dict.fromkeys(steps.picked(page), section)
        return found

    set_edm("true")
    with_edm = asked()
    set_edm("false")
    without = asked()
    hidden = sorted(set(with_edm) - set(without))
    assert hidden, "without sinker EDM at least one question is left out"
    set_edm("true")
    visitor.go(with_edm[hidden[0]])
    page.locator(f"[id='{hidden[0]}'] .opts label[for$='-3']").click()
    steps.go_on(visitor)
    set_edm("false")
    assert hidden[0] not in asked()
    set_edm("true")
    visitor.go(with_edm[hidden[0]])
    assert steps.picked(page)[hidden[0]] == "3"


# ---- keys only


def test_a_section_can_be_filled_in_by_keyboard_alone(visit: MakeVisitor) -> None:
    visitor = visit("en", window=DESK)
    _login, round_url = steps.new_round(visitor, "键盘")
    visitor.go(round_url)
    page = visitor.page
    visitor.go(steps.section_urls(visitor)[1])
    questions = len(steps.cards(page))
    answered: set[str] = set()
    for _key in range(400):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            """() => { const e = document.activeElement, c = e.closest('fieldset.q');
                const seen = getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e).boxShadow !== 'none'
                  || (e.labels?.[0] && getComputedStyle(e.labels[0]).outlineStyle !== 'none');
                return {tag: e.tagName, type: e.type || '', card: c?.id || '', seen, fold: Boolean(e.closest('.folds')),
                        go: e.classList.contains('btn--go'), counts: Boolean(e.closest('[data-counts]'))}; }"""
        )
        assert focus["seen"], f"the focus is not visible on {focus}"
        if focus["go"] and focus["tag"] == "BUTTON":
            break
        if not focus["card"] or focus["fold"]:
            continue
        if focus["type"] == "radio":
            page.keyboard.press("ArrowDown")
        elif focus["counts"]:
            page.keyboard.type("18")
        elif focus["type"] == "checkbox" and focus["card"] not in answered:
            page.keyboard.press("Space")
        answered.add(focus["card"])
    assert len(answered) == questions
    for card in steps.cards(page):
        expect(card.locator(SAVED)).to_be_visible()
    section = visitor.path
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: section not in url)


def test_a_file_far_too_large_gets_a_sentence_and_no_broken_connection(visit: MakeVisitor, tmp_path: Path) -> None:
    owner = visit("zh", javascript=False)
    steps.new_round(owner, "大图纸模具")
    file = tmp_path / "图纸.pdf"
    file.write_bytes(b"%PDF-1.4\n" + b"0" * 40 * 1024 * 1024)
    card = steps.cards(owner.page)[0]
    card.locator("details[data-extra] > summary").click()
    card.locator("input[type=file]").set_input_files(file)
    owner.page.locator("button[name=next][value=later]").click()
    owner.sees(TooLargeError.message)

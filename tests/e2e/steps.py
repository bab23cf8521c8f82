"""What a user does on several pages: open an account, found a firm, describe it, answer cards."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from stdnum.cn import uscc

from tests.app.pdfs import blank_pdf
from tests.e2e.visitor import Visitor

PASSWORD = "correct horse 42"
LEVELS = ("2", "1", "3", "2")
_numbers = count(1)


def new_login() -> str:
    """An e-mail address that nobody has yet."""
    return f"owner{next(_numbers)}@factory.example"


def new_uscc() -> str:
    """A valid 统一社会信用代码 that no firm has yet."""
    body = f"91441900MA4U{next(_numbers):05}"
    return body + uscc.calc_check_digit(body)


def register(visitor: Visitor, login: str = "", *, name: str = "陈师傅") -> str:
    """Fill in and send the registration form of the present page; returns the login."""
    login, page = login or new_login(), visitor.page
    page.fill("#login", login)
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.fill("#repeated", PASSWORD)
    page.click("label[for=agreed]")
    visitor.press("Open an account")
    return login


def sign_in(visitor: Visitor, login: str, password: str = PASSWORD) -> None:
    """Fill in and send the sign-in form of the present page."""
    visitor.page.fill("#login", login)
    visitor.page.fill("#password", password)
    visitor.page.press("#password", "Enter")
    visitor.page.wait_for_url(lambda url: "/sign-in" not in url)


def fill_firm(visitor: Visitor, name: str, *, code: str = "", sector: str = "molds", statistics: bool = False) -> None:
    """Fill in the form of a new firm; sending it is another step."""
    page = visitor.page
    page.fill("#name", name)
    page.select_option("#sector", sector)
    page.fill("#town", "横沥镇")
    page.fill("#employees", "60")
    page.fill("#uscc", code)
    tick(page.locator("#agreed"))
    tick(page.locator("#statistics"), statistics)


def tick(box: Locator, wanted: bool = True) -> None:
    """Tick a box or clear it, by keyboard: a click can miss while the page still moves."""
    if box.is_checked() != wanted:
        box.press("Space")
    expect(box).to_be_checked(checked=wanted)


def new_owner(visitor: Visitor, name: str, **firm: object) -> str:
    """From nothing to the start page of a new firm; returns the login."""
    visitor.go("/register")
    login = register(visitor)
    fill_firm(visitor, name, **firm)  # type: ignore[arg-type]
    visitor.press("Go on")
    expect(visitor.page.locator("h1")).to_contain_text(name)
    return login


def begin_round(visitor: Visitor) -> None:
    """From the start page of the firm to the page about it."""
    visitor.page.locator("main .btn--go").first.click()
    if "/profile" not in visitor.path:
        visitor.page.locator("main .btn--go").first.click()
    expect(visitor.page.locator("form#profile")).to_be_visible()


def fill_profile(visitor: Visitor) -> None:
    """Numbers, three troubles and every fact of the page about the firm; sending it is another step."""
    page = visitor.page
    for name, value in (("employees", "60"), ("revenue_wan", "2800"), ("machines", "18")):
        page.fill(f"[name={name}]", value)
    troubles = page.locator(".pain")
    for rank, place in enumerate((1, 0, 3), 1):
        if visitor.javascript:
            troubles.nth(place).locator("button").click()
        else:
            troubles.nth(place).locator("select").select_option(str(rank))
    for fact in page.locator(".fact").all():
        if not fact.is_visible():
            continue
        picks = fact.locator("input[type=radio]")
        if picks.count():
            tick(picks.first)
        else:
            fact.locator("input").first.fill("2")


def new_round(visitor: Visitor, name: str) -> tuple[str, str]:
    """A new owner with a new firm on the first section of its first round; returns login and address of the round."""
    login = new_owner(visitor, name)
    begin_round(visitor)
    round_url = visitor.path.removesuffix("/profile")
    visitor.page.fill("[name=employees]", "60")
    go_on(visitor)
    return login, round_url


def go_to_questions(visitor: Visitor) -> None:
    """From the start page of a firm with a draft to a section of it."""
    for _step in range(2):
        if "/sections/" not in visitor.path:
            visitor.page.locator("main .btn--go").first.click()
    assert "/sections/" in visitor.path


def second_window(visitor: Visitor, other: Visitor, login: str) -> None:
    """Sign the other visitor in with the same account, on the page that the first one has open."""
    address = visitor.page.url
    other.go(f"/sign-in?next={visitor.path}")
    sign_in(other, login)
    assert other.page.url == address


def cards(page: Page) -> list[Locator]:
    """The questions of a page, once it is there as a whole."""
    page.wait_for_load_state("load")
    return page.locator("fieldset.q[data-kind]").all()


def answer(card: Locator, choice: int = 0) -> None:
    """Answer one question as a finger does, by tapping labels; `choice` varies the answer."""
    kind = card.get_attribute("data-kind")
    labels = card.locator(".opts .opt-c:not(.opt-c--plain) label")
    if kind == "rate":
        whole, part = card.locator("[data-counts] input[type=number]").all()
        whole.fill("18")
        part.fill(str(9 + choice % 3))
        part.blur()
    elif kind == "multiple":
        for label in labels.all()[: 2 + choice % 2]:
            box = card.page.locator(f"[id='{label.get_attribute('for')}']")
            if not box.is_checked():
                label.click()
    elif kind == "level":
        card.locator(f".opts label[for$='-{LEVELS[choice % len(LEVELS)]}']").click()
    else:
        labels.nth(min(1 + choice % 2, labels.count() - 1)).click()


def answer_all(visitor: Visitor, *, offset: int = 0) -> int:
    """Answer every question of the page; with JavaScript wait until all are saved. Returns how many there were."""
    found = cards(visitor.page)
    for place, card in enumerate(found):
        answer(card, place + offset)
    if visitor.javascript:
        for card in found:
            expect(card.locator(".save.save--ok")).to_be_visible()
    return len(found)


def picked(page: Page) -> dict[str, str]:
    """What the fields of the questions on a page hold, by question."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => Object.fromEntries([...document.querySelectorAll('fieldset.q[data-kind]')].map((card) => [card.id,
        [...card.querySelectorAll('.opts input:checked')].map((i) => i.value)
          .concat([...card.querySelectorAll('[data-counts] input[type=number]')].map((i) => i.value))
          .join(' ').trim()]))"""
    )


def go_on(visitor: Visitor) -> None:
    """Press the button at the end of a page of questions."""
    with visitor.page.expect_navigation():
        visitor.page.locator(".navrow .btn--go").click()


def section_urls(visitor: Visitor) -> list[str]:
    """Addresses of all sections, from the overview of the round or the list beside a section."""
    found = visitor.page.locator(".toc a[href*='/sections/']")
    return [str(link.get_attribute("href")) for link in found.all()]


def make_pdf(folder: Path, name: str = "扫码记录.pdf") -> Path:
    """A small file that really is a PDF."""
    path = folder / name
    path.write_bytes(blank_pdf())
    return path


def plate(page: Page) -> tuple[str, str]:
    """Level and score of the nameplate."""
    figures = page.locator(".plate .figure")
    return figures.nth(0).inner_text().strip(), figures.nth(1).inner_text().strip()


def assessment_id(path: str) -> str:
    """The id of the round in an address."""
    found = re.search(r"/assessments/([0-9a-f-]{36})", path)
    assert found, path
    return found[1]

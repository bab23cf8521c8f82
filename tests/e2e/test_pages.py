"""Every page, for everybody who reaches it: accessible, as wide as the window, light, and in the reader's language."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Response, expect

from app import create_app
from app.config import read_config
from app.i18n import html_lang
from tests.e2e import coordinating, looks, publishing, steps, verified_rounds
from tests.e2e.conftest import MakeVisitor
from tests.e2e.pages import reachable
from tests.e2e.site import Site
from tests.e2e.visitor import Visitor

MOST_BYTES = 60_000
REWORDED = ("粒子、温湿度和静电平时没人测", "粒子、温湿度、静电平时谁也不测")
ALIKE = {
    "home.about", "home.privacy", "reports.verify_form", "accounts.show", "accounts.change_password",
    "accounts.delete_account",
}  # fmt: skip
SEEN: dict[str, set[str]] = {}
"""Endpoints looked at by role. `make test` gives a file to one process, so the last test knows all of them."""
WITHOUT_PAGE = {
    "actions.export",
    "static", "home.robots", "home.favicon", "home.set_language", "home.start", "health.alive", "health.ready",
    "assessments.states", "bundles.download", "bundles.state", "reports.state", "reports.view", "reports.download",
    "attachments.download",
    "results.export", "firms.home", "roadmap.data", "selfchecks.sheet", "cluster_reports.download",
    "calibrations.export", "cluster_reports.state", "cluster_reports.view", "comparison.download",
    "comparison.export_state", "comparison.radar", "members.errors", "members.file", "members.state",
    "members.template", "programmes.state", "visits.file", "visits.states",
}  # fmt: skip
"""Endpoints that answer GET with a file, JSON or the way to another page."""


@pytest.fixture(scope="module")
def application(site: Site) -> Flask:
    """For its URL map."""
    return create_app(read_config(site.environ))


def seen(role: str, *endpoints: str | None) -> None:
    """Remember which endpoints were looked at."""
    SEEN.setdefault(role, set()).update(e for e in endpoints if e)


def check(visitor: Visitor, pages: dict[str, str], role: str) -> None:
    """Look at all these pages; at those that are alike for everybody once."""
    found: list[str] = []
    for path, endpoint in pages.items():
        if endpoint in ALIKE and any(endpoint in endpoints for endpoints in SEEN.values()):
            continue
        visitor.go(path)
        seen(role, endpoint)
        found += looks.look(visitor)
        found += untranslated(visitor)
    assert not found, "\n".join(found)


def untranslated(visitor: Visitor) -> list[str]:
    """English words of the interface on a Chinese page."""
    page = visitor.page
    expect(page.locator("html")).to_have_attribute("lang", html_lang(visitor.language))
    texts = page.evaluate(
        """() => [...document.querySelectorAll('h1, h2, legend, label, button, summary, th, nav a, .note, svg text')]
        .filter((e) => e.checkVisibility() && !e.closest('[lang]:not(html)'))
        .map((e) => (e.innerText ?? e.textContent).trim())"""
    )
    if visitor.language == "en":
        return []
    english = re.compile(r"(?!English$)[A-Z]?[a-z]{2,}( [a-z]+)*[.?]?")
    return [f"{page.url}: not in Chinese: {text}" for text in texts if english.fullmatch(text)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ["anonymous", "owner", "owner2", "member", "coordinator", "consultant", "admin"])
def test_every_page_within_reach(visit: MakeVisitor, application: Flask, role: str, language: str) -> None:
    """Chinese: the whole look. English: nothing wider than a phone, as its words are longer."""
    visitor = visit(language, account=None if role == "anonymous" else role)
    pages = reachable(visitor, application.url_map, "/", *(() if role == "anonymous" else ("/account",)))
    assert len(pages) > 5
    if language == "zh":
        check(visitor, pages, role)
        return
    found = []
    for path in pages:
        visitor.go(path)
        found += [f"{path}: {fault}" for fault in looks.sideways(visitor.page)]
        found += [f"{path}: its value does not fit: {name}" for name in visitor.page.evaluate(looks._CLIPPED)]
    assert not found, "\n".join(found)


@pytest.mark.timeout(300)
def test_pages_that_only_a_step_leads_to(visit: MakeVisitor, application: Flask) -> None:
    """Pages behind a form, a link in a message, or a mistake."""
    owner, anybody = visit("zh"), visit("zh")
    found: list[str] = []

    def here(visitor: Visitor, endpoint: str | None = None) -> None:
        seen("steps", endpoint)
        found.extend(looks.look(visitor))

    def send_as_it_is(visitor: Visitor, selector: str = "main form") -> None:
        with visitor.page.expect_navigation():
            visitor.page.locator(selector).first.evaluate("(form) => { form.noValidate = true; form.requestSubmit(); }")

    for address in ("/register", "/sign-in", "/reset", "/invitation", "/join"):
        anybody.go(address)
        send_as_it_is(anybody)
        expect(anybody.page.locator(".err").first).to_be_visible()
        here(anybody)
    for address in ("/nothing-here", "/verify/ABCD-EFGH-JKLM"):
        anybody.go(address)
        here(anybody, "reports.verify" if "verify" in address else None)
    page = anybody.go("/quick/molds")
    steps.answer(steps.cards(page)[3], 1)
    anybody.press("Show me where we stand")
    here(anybody, "quick.result")
    login = _steps_of_an_owner(owner, here, send_as_it_is, anybody)
    anybody.go("/reset")
    anybody.page.fill("#login", login)
    anybody.page.locator("main form .btn--go").click()
    here(anybody)
    admin = visit("zh", account="admin")
    admin.go(f"/admin/users?q={login}")
    admin.page.locator("main table a").first.click()
    admin.press("One-time link for a new password")
    here(admin)
    link = next(text for text in admin.page.locator("code").all_inner_texts() if "/reset/" in text).strip()
    anybody.go(link)
    here(anybody, "accounts.reset_password")
    admin.go("/admin/messages")
    here(admin, "admin.messages")
    admin.go("/firms/new")
    assert not found, "\n".join(found)


def _steps_of_an_owner(owner: Visitor, here, send_as_it_is, anybody: Visitor) -> str:  # type: ignore[no-untyped-def]
    owner.go("/register")
    login = steps.register(owner)
    here(owner, "firms.create")
    send_as_it_is(owner)
    here(owner)
    steps.fill_firm(owner, "要看的厂")
    owner.press("Go on")
    here(owner, "firms.show")
    home, page = owner.path, owner.page
    steps.begin_round(owner)
    round_url = owner.path.removesuffix("/profile")
    page.fill("[name=employees]", "x")
    page.locator(".navrow .btn--go").click()
    here(owner, "assessments.profile")
    page.fill("[name=employees]", "60")
    steps.go_on(owner)
    page.locator("#hand > summary").click()
    page.fill("#hn", "周主管")
    owner.press("Make a link")
    here(owner, "assessments.section")
    link = page.locator("#hand input[type=url]").input_value()
    anybody.go(link)
    here(anybody, "handovers.show")
    anybody.press("Start answering")
    here(anybody, "assessments.section")
    steps.answer_all(owner)
    for fold in page.locator("details[data-extra] > summary").all():
        fold.click()
    here(owner)
    owner.go(f"{round_url}/review")
    page.locator("[data-once]").click()
    here(owner, "assessments.review")
    steps.tick(page.locator("#truth"))
    page.locator("[data-once]").click()
    page.wait_for_url("**/result")
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    here(owner, "results.show")
    _steps_of_a_route(owner, here)
    page.locator("button[name=locale][value=zh]").click()
    page.locator("a[download]").wait_for(timeout=60_000)
    here(owner, "reports.show")
    page.locator("a[href*='/verify/']").click()
    here(owner, "reports.verify")
    owner.go(f"{home}/invitations/new")
    page.fill("#name", "陈编程")
    owner.press("Make the invitation")
    here(owner)
    anybody.go(page.locator("code.copy").inner_text().strip())
    here(anybody, "accounts.accept_invitation")
    owner.go("/join/DEM2MUJU")
    here(owner, "clusters.invited")
    owner.go(f"{home}/join/DEM2MUJU")
    here(owner, "clusters.join")
    owner.go("/admin")
    here(owner)
    return login


def _steps_of_a_route(owner: Visitor, here) -> None:  # type: ignore[no-untyped-def]
    """The route recalculated, its folds open, a budget that cannot be meant, and the plan."""
    page, result = owner.page, owner.path
    page.locator("a[href$='/roadmap']").click()
    page.wait_for_load_state("load")  # the script that recalculates is there
    said = page.locator("#say .answer")
    before = said.inner_text()
    page.fill("#budget", "1")
    expect(said).not_to_have_text(before)
    page.fill("#budget", "")
    expect(said).to_have_text(before)
    page.locator("#ways > summary").click()
    expect(page.locator("#ways table").first).to_be_visible()
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    here(owner, "roadmap.show")
    owner.go(f"{result.removesuffix('/result')}/roadmap/ways")
    here(owner, "roadmap.ways")
    owner.go(f"{result.removesuffix('/result')}/roadmap")
    page.locator("form[action$='/roadmap/plan'] button").click()
    here(owner, "roadmap.plan")
    owner.go(result)


@pytest.mark.timeout(300)
def test_an_open_round_is_offered_a_newer_version_and_keeps_what_fits(visit: MakeVisitor, site: Site) -> None:
    """Every page of the questionnaire at 360 px, then what changes, and the round afterwards."""
    owner = visit("zh")
    page, found = owner.page, list[str]()
    steps.new_owner(owner, "要换新版的显示厂", sector="displays")
    steps.begin_round(owner)
    round_url = owner.path.removesuffix("/profile")
    page.fill("[name=employees]", "60")
    steps.go_on(owner)
    steps.answer_all(owner)
    owner.go(f"/language/en?next={round_url}")  # the longer words
    for address in steps.section_urls(owner):
        owner.go(address)
        found += [f"{address}: {fault}" for fault in looks.sideways(page)]
    publishing.publish_newer("displays", site.content, ("UHD-02", "UHD-12"), REWORDED)
    owner.go(round_url)
    page.locator("a[href$='/renewal']").click()
    for language in ("en", "zh"):
        owner.go(f"/language/{language}?next={round_url}/renewal")
        found += looks.sideways(page) if language == "en" else looks.look(owner) + untranslated(owner)
    seen("steps", "renewals.show")
    expect(page.locator("main")).to_contain_text("文字有改动，请再看一眼")
    expect(page.locator("main")).to_contain_text("不再问")
    owner.press("Take over the newer version")
    expect(page.locator("main")).to_contain_text("已换成新版")
    expect(page.locator("a[href$='/renewal']")).to_have_count(0)
    assert not found, "\n".join(found)


@pytest.mark.timeout(300)
def test_pages_that_a_coordinator_comes_to_by_a_step(visit: MakeVisitor, application: Flask, tmp_path: Path) -> None:
    """A list taken in, mails, letters, a joint programme, the report; the pages that a firm opens from its mail."""
    coordinator, firm = visit("zh", account="coordinator"), visit("zh")
    page, found = coordinator.page, list[str]()

    def here(visitor: Visitor, endpoint: str) -> None:
        seen("coordinating", endpoint)
        visitor.page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
        found.extend(looks.look(visitor))

    cluster = coordinating.open_cluster(coordinator)
    coordinating.hand_in_list(coordinator, cluster, tmp_path, "要看的名单厂", mail="looked@factory.example")
    here(coordinator, "members.preview")
    coordinating.take_in(coordinator, "要看的名单厂")
    firm.go(coordinating.personal_link(coordinator))
    here(firm, "members.invitation")
    coordinating.print_letters(coordinator, cluster)
    here(coordinator, "members.work")
    page.go_back()
    page.locator("button[name=mail][value=invitation]").click()
    admin = visit("zh", account="admin")
    firm.go(coordinating.mailed_link(admin, "looked@factory.example", "/no-mails/"))
    here(firm, "members.unsubscribe")
    coordinating.work_out(coordinator, cluster)
    here(coordinator, "programmes.show")
    programme = coordinator.path
    for part in ("letters", "brief"):
        coordinator.go(f"{programme}/{part}")
        here(coordinator, f"programmes.{part}")
    coordinator.go(f"{cluster}/report")
    coordinator.press("Build the report")
    page.locator("a[download]").wait_for(timeout=coordinating.COMPUTED)
    here(coordinator, "cluster_reports.waiting")
    coordinator.go(f"{cluster}/compare/exports/{coordinating.finished_workbook(application, cluster)}")
    here(coordinator, "comparison.exported")
    assert not found, "\n".join(found)


@pytest.mark.timeout(300)
def test_pages_between_a_consultant_and_a_firm(visit: MakeVisitor, application: Flask, site: Site) -> None:
    """A verification in each state, findings, diagnosis, agreed actions, text blocks and a bundle, from both sides."""
    rounds = verified_rounds.make_rounds(application)
    consultant, firm = visit("zh", account="consultant"), visit("zh", account=verified_rounds.OWNER)
    found: list[str] = []

    def here(visitor: Visitor, path: str, endpoint: str) -> None:
        for language in ("en", "zh"):
            visitor.go(f"/language/{language}?next={path}")
            visitor.page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
            seen("consulting", endpoint)
            found.extend(looks.sideways(visitor.page) if language == "en" else looks.look(visitor))
        found.extend(untranslated(visitor))

    begun, done = rounds["draft"], rounds["verified"]
    here(consultant, f"{begun}/visit", "visits.show")
    here(consultant, f"{begun}/visit/print", "visits.sheet")
    here(consultant, f"{begun}/diagnosis", "diagnoses.show")
    here(consultant, f"{begun}/actions", "actions.index")
    here(firm, f"{done}/diagnosis", "diagnoses.show")
    here(firm, f"{done}/actions", "actions.index")
    here(firm, f"{done}/result", "results.show")
    for visitor, state in (
        (consultant, "draft"),
        (firm, "submitted"),
        (consultant, "changes_requested"),
        (firm, "verified"),
    ):
        here(visitor, f"{rounds[state]}/verification", "verifications.show")
    here(consultant, "/advice/blocks", "diagnoses.blocks")
    consultant.page.locator("main .rest a.btn").first.click()
    here(consultant, consultant.path, "diagnoses.block")
    consultant.go("/advice/bundles")
    consultant.page.locator("main form .btn--go").first.click()
    consultant.page.locator("a[download]").first.wait_for(timeout=verified_rounds.PACKED)
    here(consultant, "/advice/bundles", "bundles.index")
    here(visit("zh", account="admin"), "/admin/jobs", "jobs.index")
    assert not found, "\n".join(found)


def test_every_endpoint_with_a_page_was_looked_at(application: Flask) -> None:
    """A new page is looked at too, or named among those that are none."""
    if len(SEEN) < 10:
        pytest.skip("needs the tests above in the same run")
    pages = {rule.endpoint for rule in application.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - WITHOUT_PAGE - set().union(*SEEN.values()) == set()


# ---- weight


@pytest.mark.parametrize("which", ["front", "question"])
def test_front_page_and_question_page_are_light(visit: MakeVisitor, which: str) -> None:
    """HTML, styles and scripts under 60 kB compressed, in both languages."""
    for language in ("zh", "en"):
        visitor = visit(language, account="owner" if which == "question" else None)
        address = "/"
        if which == "question":
            visitor.go("/firms")
            steps.go_to_questions(visitor)
            address = visitor.path
        answers: list[Response] = []
        fresh = visitor.context.new_page()
        fresh.on("response", lambda answer, answers=answers: answers.append(answer))
        fresh.goto(visitor.site.url + address)
        fresh.wait_for_load_state("networkidle")
        loaded = {answer.url: answer.body() for answer in answers}
        assert any(".css" in url for url in loaded)
        weight = sum(len(gzip.compress(body)) for body in loaded.values())
        assert weight < MOST_BYTES, f"{weight} bytes: " + ", ".join(
            f"{url.rsplit('/', 1)[-1]} {len(gzip.compress(body))}" for url, body in loaded.items()
        )

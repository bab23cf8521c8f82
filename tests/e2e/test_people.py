"""The others who use the site, and how people come in and leave."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import MakeVisitor
from tests.e2e.visitor import DESK, Visitor

MOULD_CLUSTER = "DEM2MUJU"
CONSULTANT = "consultant@demo.example"
both_ways = pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])


def submit_some(owner: Visitor, round_url: str) -> str:
    """Answer the section that is open and submit; returns the address of the result."""
    steps.answer_all(owner)
    if not owner.javascript:
        steps.go_on(owner)
    owner.go(f"{round_url}/review")
    steps.tick(owner.page.locator("#truth"))
    owner.page.locator("[data-once]").click()
    owner.page.wait_for_url("**/result")
    return owner.path


def firm_url(owner: Visitor) -> str:
    """Address of the start page of the own firm."""
    owner.go("/firms")
    return owner.path


# ---- a quick look


@both_ways
@pytest.mark.parametrize("language", ["zh", "en"])
def test_quick_look_becomes_the_draft_of_who_registers(visit: MakeVisitor, language: str, javascript: bool) -> None:
    visitor = visit(language, javascript=javascript)
    page = visitor.go("/quick")
    page.locator("a[href*='molds']").click()
    questions = steps.cards(page)
    assert 10 <= len(questions) <= 14
    for place, card in enumerate(questions):
        steps.answer(card, place)
    answers = steps.picked(page)
    visitor.press("Show me where we stand")
    expect(page.locator(".ladder, svg").first).to_be_visible()
    expect(page.locator(".needs > li")).to_have_count(3)
    visitor.follow("Keep the answers: open an account")
    steps.register(visitor)
    expect(page.locator("#sector")).to_have_value("molds")
    steps.fill_firm(visitor, f"快测转正{language}{javascript}")
    visitor.press("Go on")
    expect(page.locator("main")).to_contain_text(str(len(questions)))
    page.locator("main .btn--go").first.click()
    if "/sections/" not in visitor.path:
        visitor.go(visitor.path.removesuffix("/profile"))
    kept: dict[str, str] = {}
    for section in steps.section_urls(visitor):
        visitor.go(section)
        kept |= steps.picked(page)
    assert {item: kept[item] for item in answers} == answers


def test_quick_look_keeps_nothing_for_who_leaves(visit: MakeVisitor) -> None:
    visitor = visit("zh")
    page = visitor.go("/quick/textiles")
    steps.answer(steps.cards(page)[2])
    visitor.press("Show me where we stand")
    visitor.press("Delete them")
    assert not any(steps.picked(page).values())
    visitor.go("/quick/textiles/result")
    assert visitor.path == "/quick/textiles"


# ---- colleagues


@both_ways
def test_colleagues_come_by_link_and_by_code(visit: MakeVisitor, javascript: bool) -> None:
    owner = visit("zh", javascript=javascript)
    steps.new_round(owner, f"邀请{javascript}")
    home, sections = firm_url(owner), []
    page = owner.page
    ways = []
    for name in ("陈编程", "吴质检"):
        owner.go(f"{home}/invitations/new")
        page.fill("#name", name)
        if name == "陈编程":
            box = page.locator("input[name=sections]").first
            sections.append(box.get_attribute("value"))
            steps.tick(box)
        owner.press("Make the invitation")
        expect(page.locator(".pass__qr svg")).to_be_visible()
        ways.append((page.locator("code.copy").inner_text().strip(), page.locator(".bigcode").inner_text().strip()))
    by_link, by_code = visit("zh", javascript=javascript), visit("en", javascript=javascript)
    by_link.go(ways[0][0])
    by_link.follow("Open an account and join")
    steps.register(by_link, name="陈编程")
    by_link.press("Join this firm")
    by_code.go("/invitation")
    by_code.page.fill("#code", ways[1][1].lower())
    by_code.page.press("#code", "Enter")
    by_code.follow("Open an account and join")
    steps.register(by_code, name="吴质检")
    by_code.press("Join this firm")
    for member in (by_link, by_code):
        assert firm_url(member) == home
        member.page.locator("main .btn--go").first.click()
    by_code.page.go_back()
    owner.go(f"{home}/members")
    expect(page.locator("main")).to_contain_text("陈编程")
    expect(page.locator("main")).to_contain_text("吴质检")
    again = visit("zh", javascript=javascript)
    again.go(ways[0][0])
    expect(again.page.locator("main form")).to_have_count(0)
    _only_the_own_section(by_link, home, str(sections[0]))


def _only_the_own_section(member: Visitor, home: str, own: str) -> None:
    """A member with given sections fills in these; the others are for reading."""
    member.go(home)
    member.page.locator("main .btn--go").first.click()
    if "/sections/" in member.path:
        member.go(member.path.split("/sections/")[0])
    for section in steps.section_urls(member)[:3]:
        page = member.go(section)
        first = steps.cards(page)[0].locator("input").first
        expect(first).to_be_enabled() if section.endswith(f"/{own}") else expect(first).to_be_disabled()


# ---- the coordinator


def test_coordinator_sees_who_agreed_and_nobody_after_that(visit: MakeVisitor) -> None:
    owner, coordinator = visit("zh"), visit("zh", account="coordinator", window=DESK)
    name = "同意署名模具厂"
    owner.go(f"/join/{MOULD_CLUSTER.lower()}")
    owner.follow("Open an account and join")
    steps.register(owner)
    if "/firms/new" not in owner.path:
        owner.page.locator("main .btn--go").first.click()
    steps.fill_firm(owner, name)
    owner.press("Go on")
    owner.press("Join")
    assert "/join/" in owner.path, "the firm chooses for itself what is seen"
    owner.page.locator("label[for=named-0]").click()
    owner.press("Join")
    consents = owner.path
    home = firm_url(owner)
    steps.begin_round(owner)
    round_url = owner.path.removesuffix("/profile")
    steps.go_on(owner)
    result_url = submit_some(owner, round_url)
    level, _score = steps.plate(owner.page)
    page = _cluster_page(coordinator)
    row = page.locator("table.heat tbody tr", has_text=name)
    expect(row.locator(".lv")).to_contain_text(level)
    assert name in _names_in_workbook(coordinator)
    _sort_works(coordinator)
    _side_by_side(coordinator)
    coordinator.go(result_url)
    expect(page.locator(".qa__q").first).to_be_visible()
    expect(page.locator(".qa__q")).not_to_contain_text([coordinator.say("What did I answer?")])
    assert coordinator.get(f"{round_url}/review").status in (403, 404)
    owner.go(consents)
    owner.page.locator("form[action*='/consents/clusters/'] button").click()
    _cluster_page(coordinator)
    expect(page.locator("main")).not_to_contain_text(name)
    assert name not in _names_in_workbook(coordinator)
    assert coordinator.get(result_url).status == 404
    owner.go(home)


def _cluster_page(coordinator: Visitor) -> Page:
    page = coordinator.go("/clusters")
    if "/clusters/" not in coordinator.path:
        page.get_by_role("link", name="示例模具集群").click()
    coordinator.follow("Compare")
    return page


def _names_in_workbook(coordinator: Visitor) -> str:
    with coordinator.page.expect_download() as started:
        coordinator.press("All of these as xlsx")
    book = load_workbook(BytesIO(Path(started.value.path()).read_bytes()))
    return " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def _sort_works(coordinator: Visitor) -> None:
    """A heading sorts by link, and says so to a screen reader."""
    page = coordinator.page
    page.locator("table.heat thead a").nth(2).click()
    expect(page.locator("table.heat th[aria-sort]")).to_have_count(1)
    column = page.locator("table.heat tbody tr td:nth-of-type(2)").all_inner_texts()
    scores = [float(text) for text in column if text.strip()]
    assert len(scores) > 2
    assert scores in (sorted(scores), sorted(scores, reverse=True))


def _side_by_side(coordinator: Visitor) -> None:
    """Two ticked firms get a picture that is drawn, and a column each."""
    page = coordinator.page
    for box in page.locator("table.heat tbody input[name=firm]").all()[:2]:
        box.check()
    coordinator.press("Put the ticked firms side by side")
    expect(page.locator("table.cmp thead th")).to_have_count(2)
    page.wait_for_function("() => document.querySelector('figure img').naturalWidth > 100")


# ---- the consultant


def test_consultant_reads_while_the_firm_allows_it(visit: MakeVisitor) -> None:
    owner, consultant = visit("en"), visit("en", account="consultant", window=DESK)
    _login, round_url = steps.new_round(owner, "让顾问看的厂")
    result_url = submit_some(owner, round_url)
    owner.page.locator("button[name=locale][value=en]").click()
    owner.page.locator("a[download]").wait_for(timeout=60_000)
    report_url, file_url = owner.path, str(owner.page.locator("a[download]").get_attribute("href"))
    assert consultant.get(result_url).status == 404
    assert consultant.get(file_url).status == 404
    home = firm_url(owner)
    owner.go(f"{home}/consultants")
    owner.page.fill("#login", CONSULTANT)
    owner.press("Let this consultant in")
    page = consultant.go("/advice")
    page.locator("main tr", has_text="让顾问看的厂").get_by_role("link", name="Result of").click()
    assert consultant.path == result_url
    assert steps.plate(page) == steps.plate(owner.go(result_url))
    assert consultant.get(file_url).body().startswith(b"%PDF")
    owner.go(f"{home}/consultants")
    owner.page.locator("form[action$='/end'] button").click()
    for address in (result_url, report_url, file_url, f"{round_url}/answers.xlsx", f"{home}/history"):
        assert consultant.get(address).status == 404, address
    consultant.go("/advice")
    expect(page.locator("main")).not_to_contain_text("让顾问看的厂")


# ---- the administrator, and a lost password


@both_ways
def test_lost_password_through_the_outbox(visit: MakeVisitor, javascript: bool) -> None:
    owner, admin = visit("zh", javascript=javascript), visit("zh", account="admin")
    login = steps.new_owner(owner, f"忘密码{javascript}")
    lost = visit("zh", javascript=javascript)
    lost.go("/sign-in")
    lost.follow("Forgotten the password?")
    lost.page.fill("#login", login)
    lost.page.locator("main form .btn--go").click()
    page = admin.go("/admin/messages")
    message = page.locator("li.row", has_text=login).first
    message.locator("summary").click()
    found = re.search(r"http\S+/reset/\S+", message.locator(".copy").inner_text())
    assert found
    link = found[0]
    lost.go(link)
    lost.page.fill("#password", "new horse 4242")
    lost.page.fill("#repeated", "new horse 4242")
    lost.page.locator("main form .btn--go").click()
    steps.sign_in(lost, login, "new horse 4242")
    expect(lost.page.locator("h1")).to_contain_text("忘密码")
    owner.go("/firms")
    assert owner.path == "/sign-in", "a new password ends the sessions of the old one"
    owner.go(link)
    expect(owner.page.locator("#password")).to_have_count(0)


def test_administrator_makes_accounts_and_clusters(visit: MakeVisitor) -> None:
    admin, new = visit("en", account="admin", window=DESK), visit("en")
    page = admin.go("/admin")
    admin.page.locator("main a[href$='/admin/users']").click()
    admin.follow("New account")
    login = steps.new_login()
    page.fill("#login", login)
    page.fill("#name", "New coordinator")
    steps.tick(page.locator("input[name=role][value=coordinator]"))
    admin.press("Create")
    link = next(text for text in page.locator("code").all_inner_texts() if "/reset/" in text).strip()
    admin.go("/admin/clusters/new")
    page.fill("#name", "新设集群")
    page.fill("#name_en", "Brand-new cluster")
    admin.press("Create")
    page.fill("#coordinator", login)
    admin.press("Name as coordinator")
    admin.sees("%(name)s now coordinates this cluster.", name="New coordinator")
    new.go(link)
    new.page.fill("#password", steps.PASSWORD)
    new.page.fill("#repeated", steps.PASSWORD)
    new.page.locator("main form .btn--go").click()
    steps.sign_in(new, login)
    new.go("/clusters")
    expect(new.page.locator("main")).to_contain_text("Brand-new cluster")
    assert new.get("/admin").status == 403
    for address in ("/admin/jobs", "/admin/record", "/admin/clusters"):
        assert admin.get(address).ok


# ---- taking everything along, and leaving


def test_firm_takes_everything_along_and_deletes_itself_and_the_account(visit: MakeVisitor) -> None:
    owner = visit("zh")
    login, round_url = steps.new_round(owner, "要走的厂")
    result_url = submit_some(owner, round_url)
    home, page = firm_url(owner), owner.page
    owner.go(f"{home}/data")
    with page.expect_download(timeout=60_000) as started:
        owner.press("Download everything")
        if "/data" in owner.path and page.locator("a[download]").count():
            page.locator("a[download]").click()
    archive = ZipFile(BytesIO(Path(started.value.path()).read_bytes()))
    texts = [archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".json")]
    assert any("要走的厂" in text for text in texts)
    assert all(json.loads(text) is not None for text in texts)
    owner.go(f"{home}/delete")
    page.fill("#name", "别的厂")
    owner.press("Delete for good")
    expect(page.locator("main .err").first).to_be_visible()
    page.fill("#name", "要走的厂")
    owner.press("Delete for good")
    assert owner.get(result_url).status in (403, 404)
    assert owner.get(home).status in (403, 404)
    owner.go("/account")
    owner.follow("Delete my account")
    page.fill("#password", steps.PASSWORD)
    owner.press("Delete for good")
    owner.go("/sign-in")
    page.fill("#login", login)
    page.fill("#password", steps.PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator(".err, .say--clash").first).to_be_visible()


# ---- markup


def test_case_6_markup_in_names_notes_and_files_stays_text(visit: MakeVisitor, tmp_path: Path) -> None:
    owner, coordinator = visit("zh"), visit("zh", account="coordinator", window=DESK)
    evil = "<img src=x onerror=alert(1)>{{7*7}}"
    dialogs: list[str] = []
    for visitor in (owner, coordinator):
        visitor.context.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    _login, round_url = steps.new_round(owner, f"{evil}厂")
    page = owner.page
    steps.answer_all(owner)
    page.locator("details[data-extra] > summary").first.click()
    page.locator("input[name$='.evidence']").first.fill(evil)
    page.locator("textarea[name$='.note']").first.fill(evil + "</textarea><script>alert(2)</script>")
    page.locator("textarea[name$='.note']").first.blur()
    expect(steps.cards(page)[0].locator(".save--ok")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(steps.make_pdf(tmp_path, "<b onclick=alert(3)>x.pdf"))
    expect(page.locator(".files li")).to_have_count(1)
    page.locator("#hand > summary").click()
    page.fill("#hn", evil)
    owner.press("Make a link")
    section = owner.path
    result_url = submit_some(owner, round_url)
    home = firm_url(owner)
    owner.go(f"{home}/join/{MOULD_CLUSTER}")
    page.locator("label[for=named-0]").click()
    owner.press("Join")
    for address in (home, section, result_url, f"{home}/consents", f"{home}/data", f"{home}/delete", f"{home}/members"):
        for visitor in (owner,):
            visitor.go(address)
            assert visitor.page.locator("img[src=x], b[onclick], main script").count() == 0, address
            assert "49厂" not in visitor.page.content(), address
    owner.go(result_url)
    for fold in page.locator("details > summary:visible").all():
        fold.click()
    expect(page.locator("h1")).to_have_text(f"{evil}厂")
    _cluster_page(coordinator)
    expect(coordinator.page.locator("table.heat")).to_contain_text(f"{evil}厂")
    assert coordinator.page.locator("img[src=x]").count() == 0
    assert dialogs == []

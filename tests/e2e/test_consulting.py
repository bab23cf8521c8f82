"""A consultant and a firm from the request to the verified report, and the reports of fifty firms as one file."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.e2e import consulting, steps
from tests.e2e.conftest import MakeVisitor
from tests.e2e.site import Site
from tests.e2e.test_visits import HALL, attach, choose, photo
from tests.e2e.visitor import DESK, PHONE

NAME = "周核实"


def test_who_asks_cannot_tell_whether_a_firm_is_registered(visit: MakeVisitor, site: Site) -> None:
    case = consulting.make_case(site, "不透露的厂", NAME)
    consultant = visit("zh", window=PHONE)
    consulting.sign_in(consultant, case.login)
    unknown, known = steps.new_uscc(), case.uscc
    said = consulting.ask(consultant, unknown)
    assert said == consulting.ask(consultant, known)
    consulting.wait_for_request(case)
    page = consultant.go("/advice")
    rows = [page.locator("#asked li", has_text=number).inner_text() for number in (unknown, known)]
    assert rows[0].replace(unknown, "") == rows[1].replace(known, "")
    assert case.name not in page.content()
    again = [consulting.ask_again(consultant, number).split() for number in (unknown, known)]
    assert "".join(again[0]) == "".join(again[1])
    consultant.go("/advice/ask")
    page.fill("#firm", known[:-1] + ("0" if known[-1] != "0" else "1"))
    page.fill("#purpose", "走访")
    consultant.press("Ask")
    consultant.sees(
        "Enter the firm number of 18 characters, or the e-mail address or mobile number of the firm's owner."
    )


@pytest.mark.timeout(300)
def test_from_the_request_to_the_verified_report(visit: MakeVisitor, site: Site, tmp_path: Path) -> None:
    case = consulting.make_case(site, "同行模具厂", NAME)
    sheet, verification = f"{case.round}/visit", f"{case.round}/verification"
    consultant, owner = visit("zh", window=HALL), visit("en", window=PHONE)
    consulting.sign_in(consultant, case.login)
    consulting.sign_in(owner, case.owner)
    assert consultant.get(sheet).status == 404
    consulting.ask(consultant, case.uscc)
    consulting.agree(owner, case)

    items = consulting.note_corrections(consultant, sheet, tmp_path)
    page = consultant.page
    assert page.evaluate("document.documentElement.scrollWidth") <= HALL["width"]
    assert owner.get(verification).text().count(f"finding-{items[0]}") == 0
    consultant.go(verification)
    consultant.press("Send to the firm")
    consultant.sees("Sent. The firm has been told; you will be told when it answers.")

    owner.go(verification)
    owner.sees("Your turn: %(num)s findings differ.", num=3)
    for item in items[:2]:
        consulting.reply(owner, item, "accepted")
    consulting.reply(owner, items[2], "objected", "记录在质检室的另一台电脑上")
    owner.press("Send the answer")
    owner.sees("Your answer is sent. The consultant has been told.")

    consultant.go(verification)
    expect(page.locator(f"#finding-{items[2]}")).to_contain_text("记录在质检室的另一台电脑上")
    page.goto(f"{site.url}{sheet}#{items[2]}")
    card = page.locator(f"fieldset#{items[2]}")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        choose(card, 1)
    attach(card, photo(tmp_path, "质检室.jpg"))
    expect(card.locator("[data-files] a")).to_have_count(2)
    consultant.go(verification)
    consultant.press("Send to the firm again")
    owner.go(verification)
    consulting.reply(owner, items[2], "accepted")
    owner.press("Send the answer")
    consultant.go(verification)
    consultant.press("Settle and sign it")
    consultant.sees("Verified. The result stands beside the claim from now on.")

    consulting.sign_diagnosis(consultant, case, "先把检验数据用起来。", "Put the inspection data to use first.")
    consulting.agree_on_action(consultant, case, "采购订单进系统", "钱厂长")
    owner.go(f"{case.round}/diagnosis")
    expect(owner.page.locator("main")).to_contain_text("Put the inspection data to use first.")

    zh = consulting.order_report(consultant, case, "zh")
    assert f"{NAME}于" in zh[0] and "到现场核实" in zh[0]
    assert all(said in "".join(zh) for said in ("现场核实记录", "先把检验数据用起来。", "采购订单进系统"))
    en = consulting.order_report(owner, case, "en")
    assert f"Verifiedonsiteby{NAME}on" in en[0]
    assert "Puttheinspectiondatatousefirst." in "".join(en) and "采购订单进系统" in "".join(en)


@pytest.mark.timeout(300)
def test_the_reports_of_fifty_firms_arrive_though_the_worker_is_killed(visit: MakeVisitor, site: Site) -> None:
    case = consulting.make_case(site, "第五十家厂", NAME)
    firms = consulting.make_advised_firms(case, 50)
    consultant = visit("zh", window=DESK)
    consulting.sign_in(consultant, case.login)
    page = consultant.go("/advice")
    page.locator("input[name=all]").check()
    page.select_option("#b-what", "reports_and_table")
    consultant.press("Make the file")
    page.wait_for_url("**/advice/bundles")
    consulting.wait_until(
        lambda: consulting.reports_there(case) > consulting.STANDING + 1 and consulting.is_built(case)
    )
    site.kill_worker()
    there = consulting.reports_there(case)
    assert there < len(firms), "it was not in the middle of it"
    page.reload()
    told = [consultant.say("%(done)s of %(total)s reports", done=n, total=len(firms)) for n in (there, there - 1)]
    expect(page.locator("#report [data-text]")).to_have_text(re.compile("|".join(told)))
    expect(page.locator("a[download]")).to_have_count(0)
    site.start_worker()
    link = page.locator("a[download]")
    link.wait_for(timeout=consulting.BUILT)
    with ZipFile(BytesIO(consultant.get(str(link.get_attribute("href"))).body())) as archive:
        assert archive.testzip() is None
        covers = {name: consulting.cover(archive.read(name)) for name in archive.namelist() if name.endswith(".pdf")}
        assert len([name for name in archive.namelist() if name.endswith(".xlsx")]) == 1
    assert len(covers) == len(firms)
    for firm in firms:
        [words] = [words for name, words in covers.items() if f" {firm} " in name]
        assert firm in words

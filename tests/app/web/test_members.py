"""The coordinator's list on its pages: from a file to a letter, and what a firm does with its personal link."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import event, select

from app.extensions import db
from app.models.clusters import Cluster, ClusterMember
from app.models.consents import ConsentKind
from app.models.invitees import Invitee
from app.models.messages import Message
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.test_reports import _fonts  # noqa: F401  # the fixture of prepared fonts
from tests.app.world import CANARY, World
from tests.conftest import sign_in

LIST = (
    "企业名称,镇街,行业,职工人数,联系人,邮箱,标签,备注\n"
    "甲精密模具有限公司,长安镇,模具,60,陈厂长,chen@example.com,核心、出口,x\n"
    "乙五金厂,虎门镇,五金,20,,,,\n"
)


def base(world: World) -> str:
    """The address of the cluster."""
    return f"/clusters/{world.cluster_id}"


def hand_in(browser: Browser, world: World, data: bytes, name: str = "名单.csv") -> str:
    """Hand in a file; returns the address of its preview."""
    answer = browser.post(base(world) + "/import", data={"file": (BytesIO(data), name)})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def soup(browser: Browser, address: str) -> BeautifulSoup:
    """A page."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status)
    return BeautifulSoup(answer.data, "html.parser")


def take_in(browser: Browser, world: World, text: str, *, same: tuple[str, ...] = ()) -> None:
    """Hand in and confirm."""
    where = hand_in(browser, world, text.encode())
    digest = soup(browser, where).select_one("input[name=digest]")["value"]  # type: ignore[index]
    answer = browser.post(where, data={"digest": digest, "same": list(same)})
    assert answer.location.endswith("/members")


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_all_pages_in_all_languages(client_coordinator: Browser, world: World, language: str) -> None:
    client_coordinator.speak(language)
    for path in ("/members", "/members/new", "/import", "/rounds", "/rounds/new"):
        assert soup(client_coordinator, base(world) + path).h1 is not None
    for path in (
        f"/members/{world.extra['invitee_id']}",
        f"/import/{world.extra['import_id']}",
        f"/rounds/{world.extra['campaign_id']}",
        f"/rounds/{world.extra['campaign_id']}/edit",
        f"/work/{world.extra['job_id']}",
    ):
        assert soup(client_coordinator, base(world) + path).h1 is not None


def test_a_list_is_previewed_then_taken_in(client_coordinator: Browser, world: World) -> None:
    where = hand_in(client_coordinator, world, LIST.encode("gbk"))
    page = soup(client_coordinator, where)
    assert [dd.get_text() for dd in page.select(".counts dd")] == ["2", "0", "0", "0", "0"]
    assert "备注" in page.get_text()  # a column that is left out is named
    assert "甲精密" not in soup(client_coordinator, base(world) + "/members").get_text()
    take_in(client_coordinator, world, LIST)
    text = soup(client_coordinator, base(world) + "/members").get_text()
    assert "甲精密模具有限公司" in text and "乙五金厂" in text and "核心" in text


def test_a_preview_that_is_no_longer_true_is_not_carried_out(client_coordinator: Browser, world: World) -> None:
    where = hand_in(client_coordinator, world, LIST.encode())
    digest = soup(client_coordinator, where).select_one("input[name=digest]")["value"]  # type: ignore[index]
    client_coordinator.post(base(world) + "/members/new", data={"name": "乙五金厂", "locale": "zh", "sector": ""})
    answer = client_coordinator.post(where, data={"digest": digest})
    assert answer.location == where
    assert "甲精密" not in soup(client_coordinator, base(world) + "/members").get_text()
    assert [dd.get_text() for dd in soup(client_coordinator, where).select(".counts dd")][:2] == ["1", "1"]


def test_wrong_rows_block_the_import_and_come_back_marked(client_coordinator: Browser, world: World) -> None:
    text = "企业名称,统一社会信用代码,邮箱\n=HYPERLINK(1),,\n丙厂,123,x@example.com\n丁厂,,no-address\n"
    where = hand_in(client_coordinator, world, text.encode("utf-16"))
    page = soup(client_coordinator, where)
    assert page.select_one("form#confirm button") is None
    assert {li.get_text().split(":")[0].strip() for li in page.select("#h-e ~ ul li")} == {"A2", "B3", "C4"}
    digest = page.select_one("input[name=digest]")["value"]  # type: ignore[index]
    assert client_coordinator.post(where, data={"digest": digest}).location == where
    book = load_workbook(BytesIO(client_coordinator.get(where + "/errors.xlsx").data))
    sheet = book.worksheets[0]
    assert [sheet.cell(n, 1).value for n in (2, 3, 4)] == [2, 3, 4]
    assert sheet.cell(2, 2).value == "=HYPERLINK(1)" and sheet.cell(2, 2).data_type == "s"
    assert sheet.cell(3, 3).fill.fgColor.rgb != sheet.cell(3, 2).fill.fgColor.rgb
    assert "B3" in str(sheet.cell(3, 5).value)


def test_the_template_can_be_taken_in_as_it_is(client_coordinator: Browser, world: World) -> None:
    for language in ("zh", "zh-Hant", "en"):
        client_coordinator.speak(language)
        data = client_coordinator.get(base(world) + "/members/template.xlsx").data
        page = soup(client_coordinator, hand_in(client_coordinator, world, data, "t.xlsx"))
        assert [dd.get_text() for dd in page.select(".counts dd")] == ["1", "0", "0", "0", "0"]
        notes = page.select(".counts ~ p.note")
        assert len(notes) == 1, "every column is known; only the sheet of explanations has no list"


def test_the_exported_list_is_the_same_list(client_coordinator: Browser, world: World) -> None:
    take_in(client_coordinator, world, LIST)
    data = client_coordinator.post(base(world) + "/members.xlsx").data
    page = soup(client_coordinator, hand_in(client_coordinator, world, data, "list.xlsx"))
    counts = [int(dd.get_text()) for dd in page.select(".counts dd")]
    assert counts == [1, 0, 3, 0, 0]  # the member by name that stands on no list would become an entry
    assert CANARY.encode() not in data


def test_a_personal_link_makes_the_firm_known_when_it_joins(app: Flask, world: World) -> None:
    owner = sign_in(app, world, "account")
    token = world.extra["invitee_token"]
    assert "示例塑料厂" in soup(owner, f"/i/{token}").get_text()
    answer = owner.post(f"/i/{token}")
    assert urlsplit(answer.location).path == f"/join/{world.cluster_code}"
    form = {"name": "塑料新名", "sector": "injection", "agreed": "y", "cluster": world.cluster_code}
    answer = owner.post("/firms/new", data=form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert owner.post(answer.location, data={"named": "no"}).status_code == 303
    with make.writing(app):
        member = db.session.scalar(select(ClusterMember).where(ClusterMember.invitee_id == world.extra["invitee_id"]))
        assert member is not None
    page = soup(sign_in(app, world, "coordinator"), base(world) + "/members").get_text()
    assert "塑料新名" not in page, "the name that the firm gave itself stays hidden"


def test_a_link_ends_when_it_is_renewed_and_a_forged_one_never_works(
    client_coordinator: Browser, client: Browser, world: World
) -> None:
    token = str(world.extra["invitee_token"])
    assert client.get(f"/i/{token}").status_code == 200
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), str(world.extra["unsubscribe_token"]), "x", "%00"):
        assert client.get(f"/i/{wrong}").status_code == 404
    client_coordinator.post(base(world) + f"/members/{world.extra['invitee_id']}/link")
    assert client.get(f"/i/{token}").status_code == 404


def test_mail_goes_once_a_day_and_not_to_who_wants_none(
    app: Flask, client_coordinator: Browser, client: Browser, world: World
) -> None:
    take_in(client_coordinator, world, LIST + "丙模具厂,长安镇,,,,chen@example.com,,\n丁厂,,,,,ding@example.com,,\n")
    form = {"title": "秋季", "opens_on": "2026-01-01", "closes_on": "2026-12-31", "text_en": "", "text_zh": "请来。"}
    where = client_coordinator.post(base(world) + "/rounds/new", data=form).location
    for _again in range(2):
        assert client_coordinator.post(where + "/mail", data={"mail": "invitation"}).status_code == 303
        client_coordinator.post(where + "/mail", data={"mail": "reminder"})
    with make.writing(app):
        mails = [m for m in db.session.scalars(select(Message)) if m.subject.endswith("秋季")]
        assert sorted(m.recipient for m in mails) == ["chen@example.com", "ding@example.com", "plastics@example.com"]
        assert all("请来。" in m.body for m in mails)
        body = next(m.body for m in mails if m.recipient == "ding@example.com")
    link = re.findall(r"http\S+", body)[-1]
    path = urlsplit(link).path
    assert client.post(path).status_code == 303
    text = soup(client_coordinator, base(world) + "/members?mail=unsubscribed").get_text()
    assert "丁厂" in text and "甲精密" not in text


def test_a_mail_that_comes_back_stops_mails_until_the_address_changes(
    app: Flask, client_admin: Browser, world: World
) -> None:
    client_admin.post(f"/admin/messages/{world.extra['message_id']}/bounce")
    with make.writing(app):
        assert db.session.get_one(Invitee, world.extra["invitee_id"]).bounced_at is not None
    browser = sign_in(app, world, "coordinator")
    where = base(world) + f"/members/{world.extra['invitee_id']}"
    answer = browser.post(where, data={"name": "示例塑料厂", "email": "new@example.com", "locale": "zh", "sector": ""})
    assert answer.status_code == 303
    with make.writing(app):
        assert db.session.get_one(Invitee, world.extra["invitee_id"]).bounced_at is None


@pytest.mark.usefixtures("_fonts")
def test_letters_have_a_page_and_a_link_for_each_firm(client_coordinator: Browser, world: World) -> None:
    take_in(client_coordinator, world, LIST + "𠮷田😀厂,,,,,,,\n")
    where = base(world) + f"/rounds/{world.extra['campaign_id']}"
    work = client_coordinator.post(where + "/letters", data={"choice": "not_joined"}).location
    assert client_coordinator.get(work + "/state").json["state"] == "ready"  # type: ignore[index]
    reader = PdfReader(BytesIO(client_coordinator.get(work + "/file").data))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == 4 and CANARY not in "".join(texts)
    assert sum("甲精密模具有限公司" in text for text in texts) == 1
    assert "已邀请" in soup(client_coordinator, base(world) + "/members").get_text()


def test_a_long_list_is_written_in_the_background_and_only_its_asker_gets_it(
    app: Flask, client_coordinator: Browser, world: World
) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for number in range(1001):
            make.make_invitee(cluster, f"名单厂{number}")
        other = make.make_user()
        make.coordinate(cluster, other)
        uniquifier = other.fs_uniquifier
    answer = client_coordinator.post(base(world) + "/members.xlsx")
    assert answer.status_code == 303
    sheet = load_workbook(BytesIO(client_coordinator.get(answer.location + "/file").data)).worksheets[0]
    assert sheet.max_row == 1 + 1 + 1001 + 1  # headings, the firm of the world, the list, the member by name
    colleague: Browser = app.test_client()  # type: ignore[assignment]
    colleague.sign_in(uniquifier)
    assert colleague.get(answer.location + "/file").status_code == 404


@pytest.mark.both_databases
def test_who_is_stuck_is_told_by_name_only_of_firms_that_show_it(app: Flask, world: World) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for number in range(7):
            firm = make.make_firm(f"{CANARY}{number}")
            make.make_consent(firm, ConsentKind.STATISTICS)
            make.join(cluster, firm)
            make.make_assessment(firm, submitted=number < 6)
        for number in range(2):
            firm = make.make_firm(f"署名厂{number}")
            make.join(cluster, firm, named=True)
            make.make_answer(make.make_assessment(firm), "scene_quality", 1)
        firm = make.make_firm("核验厂")
        make.join(cluster, firm, named=True)
        done = make.make_assessment(firm, submitted=True)
        make.make_result(done, basis="verified", current=False)
        make.make_result(done)
    browser = sign_in(app, world, "coordinator")
    page = soup(browser, base(world) + "/members")
    assert CANARY not in page.get_text()
    rows = {row.th.get_text(): row.select_one(".far").get_text() for row in page.select("table.members tbody tr")}  # type: ignore[union-attr]
    assert [stage for name, stage in rows.items() if name.startswith("署名厂")] == ["已开始", "已开始"]
    funnel = [int(tag.get_text()) for tag in page.select(".funnel .figure")]
    assert next(stage for name, stage in rows.items() if name.startswith("核验厂")) == "已现场核实"
    # list 1 + by name 4 + without a name 8; begun: 4 by name and all 7 with consent; submitted: 2 by name, 0 of 6 in 7
    assert funnel == [13, 12, 12, 12, 11, 2, 2, 1]


def test_statements_do_not_grow_with_the_list(app: Flask, world: World) -> None:
    counts = []
    for number in (3, 400):
        with make.writing(app):
            cluster = db.session.get_one(Cluster, world.cluster_id)
            for n in range(number):
                make.make_invitee(cluster, f"名单厂{number}-{n}")
        browser = sign_in(app, world, "coordinator")
        for path in ("/members", "/members?page=2&sort=-last", f"/rounds/{world.extra['campaign_id']}"):
            counts.append((path, count_statements(app, browser, base(world) + path)))
    assert max(count for _path, count in counts) <= 12, counts


def count_statements(app: Flask, browser: Browser, address: str) -> int:
    """How many statements a page takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert browser.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)

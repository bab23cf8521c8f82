"""The coordinator's pages, the workbook, and the way of a firm into a cluster."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook

from app.extensions import db
from app.models.clusters import Cluster
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.users import User
from app.web.clusters.table import SORTS
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.services.test_clusters import add_firm
from tests.app.web.test_firms import text
from tests.app.world import CANARY, World

HIDDEN = 96


def names(browser: Browser, world: World, query: str = "") -> list[str]:
    """The firms of the table, in order."""
    body = browser.get(f"/clusters/{world.cluster_id}{query}").get_data(as_text=True)
    return [cell.get_text(strip=True) for cell in BeautifulSoup(body, "html.parser").select("table.heat tbody th b")]


def workbook(browser: Browser, world: World, query: str = "") -> list[list[list[object]]]:
    """The cells of both sheets of the export."""
    answer = browser.post(f"/clusters/{world.cluster_id}/firms.xlsx{query}")
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.data))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets]


def named_firm(app: Flask, world: World, name: str, score: int, **values: str) -> UUID:
    """One more firm that shows its name."""
    with make.writing(app):
        firm = make.make_firm(name, **values)
        make.join(db.session.get_one(Cluster, world.cluster_id), firm, named=True)
        make.make_result(make.make_assessment(firm, submitted=True), score=Decimal(score), level=score // 25)
        return firm.id


def test_case_05_a_firm_without_consent_is_nowhere_on_page_or_in_the_workbook(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    for query in ("", f"?town={CANARY}", "?sector=molds", "?sort=-name"):
        answer = client_coordinator.get(f"/clusters/{world.cluster_id}{query}")
        assert CANARY not in answer.get_data(as_text=True)
        assert CANARY not in str(workbook(client_coordinator, world, query))
    for path in (f"/assessments/{world.other_assessment_id}/result", f"/firms/{world.other_firm_id}/history"):
        assert client_coordinator.get(path).status_code == 404


def test_case_04_four_hidden_firms_leave_page_and_workbook_as_they_were(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    def figures() -> tuple[str, str]:
        page = BeautifulSoup(
            client_coordinator.get(f"/clusters/{world.cluster_id}").get_data(as_text=True), "html.parser"
        )
        sheets = workbook(client_coordinator, world)
        kept = [row for row in sheets[1] if isinstance(row[1], str) and "平均" in row[1]]
        return page.select_one("#firms").get_text(" "), str([sheets[0], kept])  # type: ignore[union-attr]

    before = figures()
    for number in range(4):
        add_firm(app, world, HIDDEN)
        assert figures() == before, number
    add_firm(app, world, HIDDEN)
    words = text(client_coordinator.get(f"/clusters/{world.cluster_id}"))
    assert "6 家平均 86 分，其中 5 家没署名" in words
    assert "6 家平均 86 分" in str(workbook(client_coordinator, world)[1])
    add_firm(app, world, 1)
    assert "6 家平均 86 分" in text(client_coordinator.get(f"/clusters/{world.cluster_id}"))


def test_case_04_filters_do_not_change_the_released_figures(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    named_firm(app, world, "示例二厂", 60, town="横沥镇")
    for _number in range(5):
        add_firm(app, world, HIDDEN)
    notes = set()
    for query in ("", "?town=横沥镇", "?town=长安镇", "?sector=molds"):
        body = client_coordinator.get(f"/clusters/{world.cluster_id}{query}").get_data(as_text=True)
        notes.add(" ".join(tag.get_text() for tag in BeautifulSoup(body, "html.parser").select(".panes")))
    assert len(notes) == 1


def test_the_table_sorts_and_filters(app: Flask, world: World, client_coordinator: Browser) -> None:
    named_firm(app, world, "甲厂", 80, town="横沥镇")
    named_firm(app, world, "乙厂", 10, town="横沥镇")
    assert names(client_coordinator, world) == ["甲厂", "示例模具厂", "乙厂"]
    assert names(client_coordinator, world, "?sort=score") == ["乙厂", "示例模具厂", "甲厂"]
    assert names(client_coordinator, world, "?sort=-score&town=横沥镇") == ["甲厂", "乙厂"]
    rows = workbook(client_coordinator, world, "?sort=score&town=横沥镇")[0]
    assert [row[0] for row in rows[1:]] == ["乙厂", "甲厂"]
    assert [row[4] for row in rows[1:]] == [10, 80]


@pytest.mark.parametrize("sort", SORTS)
def test_every_column_that_can_be_sorted_can_be(world: World, client_coordinator: Browser, sort: str) -> None:
    assert names(client_coordinator, world, f"?sort={sort}") == names(client_coordinator, world, f"?sort=-{sort}")


@pytest.mark.parametrize(
    "query",
    [
        "?sort[]=score", "?sort=score&sort=level", "?sort='; DROP TABLE firms--", "?sort=-", "?sort=--score",
        "?sector=%27&town=%00", "?town=" + "x" * 3000, "?sort=__class__", "?sort=official", "?page=-1",
    ],
)  # fmt: skip
def test_case_32_odd_parameters_do_no_harm(world: World, client_coordinator: Browser, query: str) -> None:
    assert names(client_coordinator, world, query) == ["示例模具厂"]
    assert len(workbook(client_coordinator, world, query)[0]) == 2


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(1)", "＝1", "\t=1", "<img src=x onerror=1>"])
def test_case_06_and_07_names_are_text_on_page_and_in_cells(
    app: Flask, world: World, client_coordinator: Browser, name: str
) -> None:
    with make.writing(app):
        db.session.get_one(Firm, world.firm_id).name = name
        db.session.get_one(Firm, world.firm_id).town = name
        db.session.get_one(Cluster, world.cluster_id).name = name
    answer = client_coordinator.post(f"/clusters/{world.cluster_id}/firms.xlsx")
    cells = load_workbook(BytesIO(answer.data)).worksheets[0]
    assert (cells["A2"].value, cells["A2"].data_type) == (name, "s")
    assert (cells["C2"].value, cells["C2"].data_type) == (name, "s")
    assert "<img" not in client_coordinator.get(f"/clusters/{world.cluster_id}").get_data(as_text=True)
    assert "\n" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("number", [26, 101])
def test_case_30_the_workbook_is_complete(app: Flask, world: World, client_coordinator: Browser, number: int) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for n in range(number - 1):
            make.join(cluster, make.make_firm(f"厂 {n:03}"), named=True)
    assert len(workbook(client_coordinator, world)[0]) == number + 1
    assert len(names(client_coordinator, world)) == number


def test_case_25_the_workbook_is_private_and_goes_with_the_consent(
    app: Flask, world: World, client_coordinator: Browser, client_owner: Browser
) -> None:
    answer = client_coordinator.post(f"/clusters/{world.cluster_id}/firms.xlsx")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "示例模具厂" in str(workbook(client_coordinator, world))
    client_owner.post(f"/firms/{world.firm_id}/consents/clusters/{world.cluster_id}", data={"choice": "withdraw"})
    assert "示例模具厂" not in str(workbook(client_coordinator, world))
    assert names(client_coordinator, world) == []


def test_case_01_a_cluster_of_somebody_else_is_not_there(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        other_id = make.make_cluster("别的集群").id
    for path in ("", "/letter"):
        assert client_coordinator.get(f"/clusters/{other_id}{path}").status_code == 404
    assert client_coordinator.post(f"/clusters/{other_id}/firms.xlsx").status_code == 404


def test_the_letter_carries_code_and_address(app: Flask, world: World, client_coordinator: Browser) -> None:
    page = client_coordinator.get(f"/clusters/{world.cluster_id}/letter").get_data(as_text=True)
    assert world.cluster_code.replace(" ", "") in BeautifulSoup(page, "html.parser").select_one(
        ".bigcode"
    ).text.replace(" ", "")  # type: ignore[union-attr]
    assert "http://127.0.0.1:8000/join" in page
    assert 'class="qr"' in page


def test_a_firm_joins_by_code_and_chooses_first(app: Flask, world: World, client_foreign: Browser) -> None:
    path = f"/firms/{world.other_firm_id}/join/{world.cluster_code}"
    client_foreign.post(f"/firms/{world.other_firm_id}/clusters/{world.cluster_id}/leave")
    assert (
        client_foreign.post("/join", data={"code": world.cluster_code.lower()})
        .headers["Location"]
        .endswith(f"/join/{world.cluster_code}")
    )
    assert client_foreign.post(path, data={}).status_code == 422
    assert client_foreign.post(path, data={"named": "maybe"}).status_code == 422
    assert "只计家数" in text(client_foreign.post(path, data={"named": "no"}, follow_redirects=True))
    assert "能看到您的署名结果" in text(client_foreign.post(path, data={"named": "yes"}, follow_redirects=True))


def test_somebody_without_an_account_is_led_through(app: Flask, world: World, client: Browser) -> None:
    page = client.get(f"/join/{world.cluster_code}")
    link = BeautifulSoup(page.get_data(as_text=True), "html.parser").select_one("main a.btn--go")["href"]  # type: ignore[index]
    account = {
        "login": "13800138000",
        "name": "",
        "password": "long enough 7",
        "repeated": "long enough 7",
        "agreed": "y",
    }
    create = client.post(str(link), data=account).headers["Location"]
    form = BeautifulSoup(client.get(create).get_data(as_text=True), "html.parser")
    code = form.select_one("#cluster")["value"]  # type: ignore[index]
    firm = {"name": "新厂", "sector": "textiles", "agreed": "y", "cluster": str(code)}
    target = client.post(create, data=firm).headers["Location"]
    assert target.endswith(f"/join/{world.cluster_code}")
    assert client.get(target).status_code == 200


def test_a_coordinator_without_a_cluster_is_told_what_to_do(app: Flask, world: World) -> None:
    with make.writing(app):
        user = make.make_user("新秘书")
        make.give(user, "coordinator")
        uniquifier = user.fs_uniquifier
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(uniquifier)
    assert "管理员" in text(browser.get("/clusters"))


def test_english_pages_hold_the_same_figures(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        db.session.get_one(Cluster, world.cluster_id).name_en = "Chang'an moulds"
    client_coordinator.speak("en")
    words = text(client_coordinator.get(f"/clusters/{world.cluster_id}"))
    assert "Chang'an moulds" in words
    assert "1 more firm has not agreed to be named" in words


def test_withdrawn_statistics_leave_the_mean(app: Flask, world: World, client_coordinator: Browser) -> None:
    firm_ids = [add_firm(app, world, HIDDEN) for _number in range(5)]
    assert "5 家没署名" in text(client_coordinator.get(f"/clusters/{world.cluster_id}"))
    with make.writing(app):
        consent = db.session.scalars(
            make.select(make.Consent).filter_by(firm_id=firm_ids[0], kind=ConsentKind.STATISTICS.value)
        ).one()
        consent.withdrawn_at = make.now()
    assert "5 家没署名" not in text(client_coordinator.get(f"/clusters/{world.cluster_id}"))


def test_accounts_that_are_closed_are_not_named_coordinator(app: Flask, world: World, client_admin: Browser) -> None:
    with make.writing(app):
        db.session.get_one(User, world.users["account"]).active = False
    path = f"/admin/clusters/{world.cluster_id}/coordinators"
    assert client_admin.post(path, data={"coordinator": world.logins["account"]}).status_code == 422
    assert client_admin.post(path, data={"coordinator": "nobody@example.com"}).status_code == 422


def test_page_and_workbook_say_the_same_day(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        assessment = db.session.get_one(make.Assessment, world.assessment_id)
        assessment.submitted_at = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
    assert "2026年4月1日" in text(client_coordinator.get(f"/clusters/{world.cluster_id}"))
    cells = workbook(client_coordinator, world)[0]
    assert datetime(2026, 4, 1) in cells[1]

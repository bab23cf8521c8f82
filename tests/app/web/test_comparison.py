"""Comparing the firms of a cluster: table, groups, rounds, side by side, workbooks; and who must not appear there."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event

from app.config import ROOT
from app.errors import NotFoundError
from app.extensions import db
from app.files import get_file
from app.models.clusters import Cluster
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.models.invitees import Invitee
from app.models.jobs import Job
from app.services import releases
from app.services.comparison import COLUMNS, PAGE, SORTS
from app.web.comparison import routes
from scoring.content.model import DIMENSIONS
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.services.test_clusters import add_firm
from tests.app.web.test_firms import text
from tests.app.world import CANARY, World

HIDDEN = 96
PAGES = ("", "/groups", "/rounds", "/firms")


@pytest.fixture(autouse=True)
def _fonts(app: Flask) -> None:
    """The fonts that set-up has prepared, so that no test prepares them again."""
    folder = app.extensions["config"].fonts
    if not folder.exists():
        folder.symlink_to(ROOT / "instance" / "fonts")


def names(browser: Browser, world: World, query: str = "") -> list[str]:
    """The firms of the table, in order."""
    body = browser.get(f"/clusters/{world.cluster_id}/compare{query}").get_data(as_text=True)
    return [cell.get_text(strip=True) for cell in BeautifulSoup(body, "html.parser").select("table.heat tbody th b")]


def workbook(browser: Browser, world: World, query: str = "") -> list[list[list[object]]]:
    """The cells of both sheets of the export."""
    answer = browser.post(f"/clusters/{world.cluster_id}/compare/firms.xlsx{query}")
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
        answer = client_coordinator.get(f"/clusters/{world.cluster_id}/compare{query}")
        assert CANARY not in answer.get_data(as_text=True)
        assert CANARY not in str(workbook(client_coordinator, world, query))
    both = f"firm={world.firm_id}&firm={world.other_firm_id}"
    assert client_coordinator.get(f"/clusters/{world.cluster_id}/compare/radar.svg?{both}").status_code == 404
    for page in (f"/firms?{both}", "/groups", "/rounds"):
        assert CANARY not in client_coordinator.get(f"/clusters/{world.cluster_id}/compare{page}").get_data(
            as_text=True
        )
    for path in (f"/assessments/{world.other_assessment_id}/result", f"/firms/{world.other_firm_id}/history"):
        assert client_coordinator.get(path).status_code == 404


def test_case_04_four_hidden_firms_leave_page_and_workbook_as_they_were(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    def figures() -> tuple[str, str]:
        page = BeautifulSoup(
            client_coordinator.get(f"/clusters/{world.cluster_id}/compare").get_data(as_text=True), "html.parser"
        )
        sheets = workbook(client_coordinator, world)
        kept = [row for row in sheets[1] if isinstance(row[1], str) and "平均" in row[1]]
        return page.select_one("#firms").get_text(" "), str([sheets[0], kept])  # type: ignore[union-attr]

    before = figures()
    for number in range(4):
        add_firm(app, world, HIDDEN)
        assert figures() == before, number
    add_firm(app, world, HIDDEN)
    words = text(client_coordinator.get(f"/clusters/{world.cluster_id}/compare"))
    assert "6 家平均 86 分，其中 5 家没署名" in words
    assert "6 家平均 86 分" in str(workbook(client_coordinator, world)[1])
    add_firm(app, world, 1)
    assert "6 家平均 86 分" in text(client_coordinator.get(f"/clusters/{world.cluster_id}/compare"))


def test_case_04_filters_do_not_change_the_released_figures(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    named_firm(app, world, "示例二厂", 60, town="横沥镇")
    for _number in range(5):
        add_firm(app, world, HIDDEN)
    notes = set()
    for query in ("", "?town=横沥镇", "?town=长安镇", "?sector=molds"):
        body = client_coordinator.get(f"/clusters/{world.cluster_id}/compare{query}").get_data(as_text=True)
        notes.add(" ".join(tag.get_text() for tag in BeautifulSoup(body, "html.parser").select("main > .sub")))
    assert len(notes) == 1


def test_the_table_sorts_and_filters(app: Flask, world: World, client_coordinator: Browser) -> None:
    named_firm(app, world, "甲厂", 80, town="横沥镇")
    named_firm(app, world, "乙厂", 10, town="横沥镇")
    assert names(client_coordinator, world) == ["甲厂", "示例模具厂", "乙厂"]
    assert names(client_coordinator, world, "?sort=score") == ["乙厂", "示例模具厂", "甲厂"]
    assert names(client_coordinator, world, "?sort=-score&town=横沥镇") == ["甲厂", "乙厂"]
    rows = workbook(client_coordinator, world, "?sort=score&town=横沥镇")[0]
    assert [row[0] for row in rows[1:]] == ["乙厂", "甲厂"]
    assert [row[5] for row in rows[1:]] == [10, 80]


def test_a_tag_of_the_list_filters_the_firms_by_name_only(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    for name, tags, named in (("甲厂", "|出口|骨干|", True), ("乙厂", "|骨干|", True), (CANARY, "|出口|密|", False)):
        with make.writing(app):
            cluster = db.session.get_one(Cluster, world.cluster_id)
            firm = make.make_firm(name)
            member = make.join(cluster, firm, named=named)
            row = Invitee(cluster_id=cluster.id, name=name, name_key=name, tags=tags)
            db.session.add(row)
            db.session.flush()
            member.invitee_id = row.id
    assert names(client_coordinator, world, "?tag=出口&sort=name") == ["甲厂"]
    assert names(client_coordinator, world, "?tag=骨干&sort=name") == ["乙厂", "甲厂"]
    assert [row[0] for row in workbook(client_coordinator, world, "?tag=出口")[0][1:]] == ["甲厂"]
    assert len(names(client_coordinator, world, "?tag=密")) == 3  # no named firm has it: no filter
    page = BeautifulSoup(client_coordinator.get(f"/clusters/{world.cluster_id}/compare?tag=出口").data, "html.parser")
    assert [str(o["value"]) for o in page.select("#f-tag option")] == ["", "出口", "骨干"]
    assert page.select_one("#f-tag option[selected]")["value"] == "出口"  # type: ignore[index]


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
    answer = client_coordinator.post(f"/clusters/{world.cluster_id}/compare/firms.xlsx")
    cells = load_workbook(BytesIO(answer.data)).worksheets[0]
    assert (cells["A2"].value, cells["A2"].data_type) == (name, "s")
    assert (cells["C2"].value, cells["C2"].data_type) == (name, "s")
    assert "<img" not in client_coordinator.get(f"/clusters/{world.cluster_id}/compare").get_data(as_text=True)
    assert "\n" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("number", [26, 101])
def test_case_30_the_workbook_is_complete(app: Flask, world: World, client_coordinator: Browser, number: int) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for n in range(number - 1):
            make.join(cluster, make.make_firm(f"厂 {n:03}"), named=True)
    assert len(workbook(client_coordinator, world)[0]) == number + 1
    assert len(names(client_coordinator, world)) == min(number, PAGE)


def test_case_25_the_workbook_is_private_and_goes_with_the_consent(
    app: Flask, world: World, client_coordinator: Browser, client_owner: Browser
) -> None:
    answer = client_coordinator.post(f"/clusters/{world.cluster_id}/compare/firms.xlsx")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "示例模具厂" in str(workbook(client_coordinator, world))
    client_owner.post(f"/firms/{world.firm_id}/consents/clusters/{world.cluster_id}", data={"choice": "withdraw"})
    assert "示例模具厂" not in str(workbook(client_coordinator, world))
    assert names(client_coordinator, world) == []


def test_page_and_workbook_say_the_same_day(app: Flask, world: World, client_coordinator: Browser) -> None:
    with make.writing(app):
        assessment = db.session.get_one(make.Assessment, world.assessment_id)
        assessment.submitted_at = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
    assert "2026年4月1日" in text(client_coordinator.get(f"/clusters/{world.cluster_id}/compare"))
    cells = workbook(client_coordinator, world)[0]
    assert datetime(2026, 4, 1) in cells[1]


def test_whatever_is_asked_sort_counters_and_titles_tell_nothing_of_four_hidden_firms(
    app: Flask, world: World, client_coordinator: Browser
) -> None:
    """Bare numbers of members apart, every page is the same with and without them, in every order and filter."""

    def pages() -> list[str]:
        found = []
        for page in PAGES:
            for query in ("?sort=score", "?sort=-index", "?level=4", "?town=秘密镇", "?stage=again"):
                answer = client_coordinator.get(f"/clusters/{world.cluster_id}/compare{page}{query}")
                words = BeautifulSoup(answer.data, "html.parser").get_text(" ")
                found.append(words.split("不在这些数字里")[0] + words.split("不在这些数字里")[-1].split("。", 1)[-1])
        return found

    before = pages()
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for number in range(4):
            firm = make.make_firm(f"{CANARY}{number}", town="秘密镇", employees=1000)
            make.join(cluster, firm)
            make.make_consent(firm, ConsentKind.STATISTICS)
            make.make_result(make.make_assessment(firm, submitted=True), level=4, score=Decimal(99))
        assert releases.form(world.cluster_id) == 0
    assert pages() == before


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?level=3", ["甲厂"]), ("?stage=none", ["丙厂"]), ("?stage=again", []), ("?q=厂&level=0", ["乙厂"]),
        ("?size=300", ["甲厂"]), ("?gate=score&q=乙", ["乙厂"]), ("?gate=nonsense&q=丙", ["丙厂"]),
    ],
)  # fmt: skip
def test_filters(app: Flask, world: World, client_coordinator: Browser, query: str, expected: list[str]) -> None:
    named_firm(app, world, "甲厂", 80, employees=400)
    named_firm(app, world, "乙厂", 10)
    with make.writing(app):
        make.join(db.session.get_one(Cluster, world.cluster_id), make.make_firm("丙厂"), named=True)
    assert names(client_coordinator, world, query) == expected


def test_columns_are_chosen_on_page_and_in_the_workbook(app: Flask, world: World, client_coordinator: Browser) -> None:
    body = client_coordinator.get(f"/clusters/{world.cluster_id}/compare?c=score&c=quality&c=nonsense")
    heads = [th.get_text(strip=True) for th in BeautifulSoup(body.data, "html.parser").select("table.heat thead th")]
    assert heads == ["企业", "得分", "质量"]
    everything = "&".join(f"c={column}" for column in COLUMNS)
    rows = workbook(client_coordinator, world, f"?{everything}")[0]
    assert len(rows[0]) == len(COLUMNS) + 1


def test_the_view_is_its_link(app: Flask, world: World, client_coordinator: Browser) -> None:
    for name, score in (("甲厂", 80), ("乙厂", 10)):
        named_firm(app, world, name, score)
    body = client_coordinator.get(f"/clusters/{world.cluster_id}/compare?sort=score&c=index&q=厂&page=1")
    address = BeautifulSoup(body.data, "html.parser").select_one("#address")["value"]  # type: ignore[index]
    again = client_coordinator.get(str(address).split("8000")[1])
    tables = [BeautifulSoup(page.data, "html.parser").select_one("table.heat") for page in (body, again)]
    assert str(tables[0]) == str(tables[1])


def test_large_clusters_come_in_pages(
    app: Flask, world: World, client_coordinator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for number in range(120):
            make.join(cluster, make.make_firm(f"厂 {number:03}"), named=True)
    found = [name for page in (1, 2, 3) for name in names(client_coordinator, world, f"?sort=name&page={page}")]
    assert len(found) == len(set(found)) == 121
    assert names(client_coordinator, world, "?page=99") == names(client_coordinator, world, "?page=3")


def test_a_page_takes_twelve_statements_at_most(app: Flask, world: World, client_coordinator: Browser) -> None:
    for number in range(6):
        named_firm(app, world, f"厂{number}", 10 * number)
        add_firm(app, world, HIDDEN)
    with make.writing(app):
        ids = [str(row) for row in db.session.scalars(make.select(Firm.id))]
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for page in ("", "/compare", "/compare/groups", "/compare/rounds", "/compare/firms?firm=" + "&firm=".join(ids)):
            seen.clear()
            assert client_coordinator.get(f"/clusters/{world.cluster_id}{page}").status_code == 200
            assert 0 < len(seen) <= 12, (page, len(seen))
    finally:
        event.remove(engine, "before_cursor_execute", note)


def second_round(app: Flask, firm_id: UUID, score: int, level: int) -> None:
    """The firm's next round."""
    with make.writing(app):
        firm = db.session.get_one(Firm, firm_id)
        make.make_result(make.make_assessment(firm, number=2, submitted=True), score=Decimal(score), level=level)


def test_change_is_of_the_same_firms_and_says_of_which(app: Flask, world: World, client_coordinator: Browser) -> None:
    page = f"/clusters/{world.cluster_id}/compare/rounds"
    assert "还没有企业提交过两次" in text(client_coordinator.get(page))
    up = named_firm(app, world, "甲厂", 20)
    named_firm(app, world, "乙厂", 90)
    second_round(app, up, 50, 2)
    words = text(client_coordinator.get(page))
    assert "同样 1 家企业：上一轮平均 20.0 分，现在 50.0 分" in words
    assert "2 家只提交过一次" in words and "1 家没署名" in words
    assert "甲厂" in words and "乙厂" not in words
    assert names(client_coordinator, world, "?sort=-change")[0] == "甲厂"


def test_two_to_six_firms_stand_side_by_side(app: Flask, world: World, client_coordinator: Browser) -> None:
    ids = [str(named_firm(app, world, f"第{number}厂", 10 * number)) for number in range(8)]
    base = f"/clusters/{world.cluster_id}/compare"
    one = text(client_coordinator.get(f"{base}/firms?firm={ids[0]}"))
    assert "选二到六家企业" in one
    page = client_coordinator.get(f"{base}/firms?firm=" + "&firm=".join([*ids, ids[0], "nonsense"]))
    soup = BeautifulSoup(page.data, "html.parser")
    assert len(soup.select("table.cmp thead th")) == 6
    assert len(soup.select("table.cmp tbody tr")) == 9 + len(DIMENSIONS)
    picture = client_coordinator.get(soup.select_one("figure img")["src"])  # type: ignore[index,arg-type]
    assert picture.mimetype == "image/svg+xml" and picture.data.count(b"<svg") == 1
    assert client_coordinator.get(f"{base}/radar.svg?firm={ids[0]}").status_code == 404


def test_groups_show_scenes_of_five_and_more_only(app: Flask, world: World, client_coordinator: Browser) -> None:
    for _number in range(4):
        add_firm(app, world, 50, named=True)
    page = f"/clusters/{world.cluster_id}/compare/groups"
    assert "满五家才能比场景" in text(client_coordinator.get(page))
    add_firm(app, world, 50, named=True)
    words = text(client_coordinator.get(page))
    assert "最落后的是" in words and "计入 5 家" in words


def test_a_large_workbook_is_a_job_and_goes_with_the_consent(
    app: Flask, world: World, client_coordinator: Browser, client_owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_firm(app, world, "甲厂", 80)
    monkeypatch.setattr(routes, "AT_ONCE", 1)
    answer = client_coordinator.post(f"/clusters/{world.cluster_id}/compare/firms.xlsx?sort=-score&c=score")
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "文件好了" in text(client_coordinator.get(page))
    assert client_coordinator.get(f"{page}/state").get_json()["state"] == "ready"
    cells = load_workbook(BytesIO(client_coordinator.get(f"{page}/file").data)).worksheets[0]
    assert [row[0].value for row in cells.iter_rows()] == ["企业", "甲厂", "示例模具厂"]
    assert client_owner.get(f"{page}/file").status_code == 403
    with make.writing(app):
        key = db.session.scalars(make.select(Job).filter_by(kind="clusters.export")).one().payload["file"]
    client_owner.post(f"/firms/{world.firm_id}/consents/clusters/{world.cluster_id}", data={"choice": "withdraw"})
    assert client_coordinator.get(f"{page}/file").status_code == 409
    assert "请重新导出" in text(client_coordinator.get(page))
    with app.app_context(), pytest.raises(NotFoundError):
        get_file(key)


def test_a_firm_sees_its_place_and_how_the_group_was_chosen(app: Flask, world: World, client_owner: Browser) -> None:
    from tests.app.services.test_benchmarks import add

    path = f"/assessments/{world.assessment_id}/result"
    assert "企业还太少" in text(client_owner.get(path))
    for score in range(0, 100, 10):
        add(app, score, town="别处")
    words = text(client_owner.get(path))
    assert "每 100 家同类企业里，领先 40 家" in words
    assert "10 家企业比：模具" in words and "不足 10 家" in words

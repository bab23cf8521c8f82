"""The page of the downloads: order, watch, call off, fetch, build anew."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.access.scope import system_scope
from app.extensions import db
from app.jobs import tasks
from app.models.base import now
from app.models.engagements import Engagement
from app.models.jobs import Job, JobState
from app.services.bundles import BUILD
from tests.app import factories as make
from tests.app import light_reports
from tests.app.client import Browser
from tests.app.world import World

PAGE = "/advice/bundles"


def order(browser: Browser, **data: str) -> str:
    """Order a bundle, by default of all firms; the page afterwards."""
    response = browser.post(PAGE, data={"all": "1", "locale": "zh", "what": "reports_and_table", **data})
    assert response.status_code == 303, response.status
    return browser.get(PAGE).get_data(as_text=True)


def link(page: str, ending: str) -> str:
    """The first address of a bundle with this ending."""
    found = re.search(rf'"({PAGE}/[0-9a-f-]+/{ending})"', page)
    assert found is not None, f"no {ending} on the page"
    return found[1]


def bundle(app: Flask) -> UUID:
    """The only one there is."""
    with app.app_context(), system_scope():
        return db.session.scalars(db.select(Job.id).where(Job.kind == BUILD)).one()


@pytest.fixture(autouse=True)
def _light_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn."""
    monkeypatch.setitem(tasks.TASKS, "reports.build", light_reports.build)


@pytest.fixture
def held(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are recorded and left alone."""
    monkeypatch.setitem(app.extensions, "enqueue", lambda _job_id, _priority: None)


@pytest.mark.parametrize(("language", "words"), [("zh", "做好了"), ("zh-Hant", "做好了"), ("en", "Ready")])
def test_order_and_fetch(client_consultant: Browser, world: World, language: str, words: str) -> None:
    client_consultant.get(f"/language/{language}")
    page = order(client_consultant, locale=language)
    assert words in page
    response = client_consultant.get(link(page, "file"))
    assert response.status_code == 200 and response.data[:2] == b"PK"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=\"reports.zip\"; filename*=UTF-8''")
    assert response.headers["Cache-Control"] == "private, no-store"
    part = client_consultant.get(link(page, "file"), headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.data) == (206, b"PK")


def test_only_chosen_firms_and_only_own_ones(app: Flask, client_consultant: Browser, world: World) -> None:
    data = {"locale": "zh", "what": "table", "firm_id": [str(world.firm_id), str(world.other_firm_id)]}
    assert client_consultant.post(PAGE, data=data).status_code == 303
    with app.app_context(), system_scope():
        assert db.session.get_one(Job, bundle(app)).payload["firm_ids"] == [str(world.firm_id)]
    assert client_consultant.post(PAGE, data=data | {"firm_id": [str(world.other_firm_id)]}).status_code == 400
    assert client_consultant.post(PAGE, data=data | {"firm_id": ["x"]}).status_code == 400
    assert client_consultant.post(PAGE, data=data | {"what": "everything"}).status_code == 400


def test_a_filter_of_the_list_narrows_all(app: Flask, client_consultant: Browser, world: World) -> None:
    data = {"locale": "zh", "what": "table", "all": "1"}
    assert client_consultant.post(PAGE, data=data | {"town": "没有这个镇"}).status_code == 400
    assert (
        client_consultant.post(PAGE, data=data | {"q": "示例", "town": "长安镇", "sector": "molds"}).status_code == 303
    )


def test_progress_is_shown_and_a_bundle_is_called_off_and_built_anew(
    app: Flask, client_consultant: Browser, world: World, held: None
) -> None:
    page = order(client_consultant)
    box = BeautifulSoup(page, "html.parser").find(id="report")
    assert box is not None and box["data-state-url"] == link(page, "state")
    with make.writing(app):
        job = db.session.get_one(Job, bundle(app))
        job.state, job.progress, job.message = JobState.RUNNING.value, 40, "212/500"
    state = client_consultant.get(link(page, "state")).get_json()
    assert state == {"state": "pending", "percent": 40, "text": "报告已完成 212 份，共 500 份"}
    with make.writing(app):
        db.session.get_one(Job, bundle(app)).state = JobState.QUEUED.value
    assert client_consultant.get(f"{PAGE}/{bundle(app)}/file").status_code == 404
    assert client_consultant.post(link(page, "cancel")).status_code == 303
    page = client_consultant.get(PAGE).get_data(as_text=True)
    assert "已取消" in page
    assert client_consultant.post(link(page, "again")).status_code == 303
    assert "排队中" in client_consultant.get(PAGE).get_data(as_text=True)


def test_an_ended_engagement_takes_the_file_away_and_says_so(
    app: Flask, client_consultant: Browser, world: World
) -> None:
    address = link(order(client_consultant), "file")
    with make.writing(app):
        for row in db.session.scalars(db.select(Engagement).where(Engagement.firm_id == world.firm_id)):
            row.ended_at = row.ended_at or now()
    response = client_consultant.get(address)
    text = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "已结束委托" in text and "重新打包" in text and f'"{address}" download' not in text


def test_a_failure_and_a_later_try_are_said(app: Flask, client_consultant: Browser, world: World, held: None) -> None:
    order(client_consultant)
    with make.writing(app):
        job = db.session.get_one(Job, bundle(app))
        job.due_at = now().replace(year=now().year + 1)
    assert "服务器暂时存不下这个文件" in client_consultant.get(PAGE).get_data(as_text=True)
    for message, said in (
        (f"1/2/{now() + timedelta(minutes=5)}", True),
        (f"1/2/{now() - timedelta(minutes=5)}", False),
    ):
        with make.writing(app):
            job = db.session.get_one(Job, bundle(app))
            job.due_at, job.message, job.progress = None, message, 40
        page = client_consultant.get(PAGE).get_data(as_text=True)
        assert ("服务器暂时存不下这个文件" in page, "报告已完成 1 份，共 2 份" in page) == (said, not said)
    with make.writing(app):
        job = db.session.get_one(Job, bundle(app))
        job.state, job.message = (
            JobState.FAILED.value,
            "None of these firms has a result that you may see. Nothing was built.",
        )
    assert "没有生成文件" in client_consultant.get(PAGE).get_data(as_text=True)


def test_nothing_of_it_for_a_consultant_without_firms(app: Flask, client_consultant: Browser, world: World) -> None:
    with make.writing(app):
        for row in db.session.scalars(db.select(Engagement).where(Engagement.firm_id == world.firm_id)):
            db.session.delete(row)
    response = client_consultant.post(PAGE, data={"all": "1", "locale": "zh", "what": "table"})
    assert response.status_code == 400 and "请至少选择一家" in response.get_data(as_text=True)

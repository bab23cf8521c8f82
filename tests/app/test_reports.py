"""Reports from order to verification. Named cases of the platform's lessons: 2, 16, 22, 25, 28, 34."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from app.config import ROOT
from app.extensions import db, limiter
from app.i18n import content_text
from app.jobs import reports as report_jobs
from app.models.base import now
from app.models.engagements import Engagement
from app.models.firms import Firm
from app.models.jobs import Job
from app.models.reports import Report
from app.reports import fonts
from app.services.names import clean_name
from app.services.reports import BUILD, new_code, plain_code, shown_code
from app.web.reports.presenters import opens_no_pdf
from scoring import load_catalogue
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.rounds import Golden, make_golden
from tests.app.world import World

ANDROID_WECHAT = "Mozilla/5.0 (Linux; Android 13; V2254A) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.43"
IPHONE_WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.42"


@pytest.fixture(autouse=True)
def _fonts(app: Flask) -> None:
    """The fonts that set-up has prepared, so that no test prepares them again."""
    here: Path = app.extensions["config"].fonts
    if not fonts.is_prepared(here):
        there = ROOT / "instance" / "fonts"
        fonts.prepare(there)
        here.mkdir(parents=True, exist_ok=True)
        for file in there.iterdir():
            if not (here / file.name).exists():
                (here / file.name).symlink_to(file)


@pytest.fixture
def golden(app: Flask, world: World) -> Golden:
    """One submitted round of a mould shop."""
    return make_golden(app, world)


def order(browser: Browser, golden: Golden, locale: str = "zh") -> str:
    """Order a report; the address of its page."""
    response = browser.post(f"/assessments/{golden.assessment_id}/reports", data={"locale": locale})
    assert response.status_code == 303, response.status
    return response.headers["Location"]


def text_of(pdf: bytes) -> str:
    """The text of a PDF without white space, as it breaks lines anywhere."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def squeeze(text: object) -> str:
    """A text without white space."""
    return "".join(str(text).split())


@pytest.mark.parametrize("locale", ["zh", "zh-Hant", "en"])
def test_case_28_page_pdf_xlsx_and_command_line_say_the_same(
    client_owner: Browser, golden: Golden, tmp_path: Path, locale: str
) -> None:
    file = tmp_path / "firm.json"
    file.write_text(json.dumps(golden.document, default=float), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "scoring", "score", str(file)], cwd=ROOT, capture_output=True, check=True
    )
    said = json.loads(run.stdout)
    official, index = said["official"], said["index"]
    assert said == json.loads(json.dumps(golden.payload))

    html = client_owner.get(f"/assessments/{golden.assessment_id}/result?lang={locale}").get_data(as_text=True)
    page = squeeze(BeautifulSoup(html, "html.parser").main.get_text())  # type: ignore[union-attr]
    pdf = text_of(client_owner.get(order(client_owner, golden, locale) + "/download").data)
    catalogue = load_catalogue("molds", said["content"])
    level_name = content_text(catalogue.edition.level_name(official["level"]), locale)
    for words in (
        official["score"],
        *official["sections"].values(),
        official["gates"]["2"]["score_missing"],
        str(index["overall"]),
        level_name,
        *(f"{d['score']:.1f}" for d in index["dimensions"].values() if d["score"] is not None),
        *(content_text(catalogue.solutions[r["solution"]].title, locale) for r in said["recommendations"]),
    ):
        assert squeeze(words) in page, f"{words} is not on the page"
        assert squeeze(words) in pdf, f"{words} is not in the report"

    data = client_owner.get(f"/assessments/{golden.assessment_id}/answers.xlsx?lang={locale}").data
    book = openpyxl.load_workbook(BytesIO(data))
    result = [row[1].value for row in book.worksheets[1].iter_rows(min_row=2)]
    assert official["level"] in result
    assert {Decimal(str(v)) for v in result if isinstance(v, float | int)} >= {
        Decimal(official["score"]), *map(Decimal, official["sections"].values()), Decimal(str(index["overall"])),
    }  # fmt: skip
    dimensions = [row[1].value for row in book.worksheets[2].iter_rows(min_row=2)]
    assert [d if not isinstance(d, str) else None for d in dimensions] == [
        d["score"] for d in index["dimensions"].values()
    ]
    steps = [row[1].value for row in book.worksheets[3].iter_rows(min_row=2)]
    assert steps == [r["solution"] for r in said["recommendations"]]


def test_a_report_is_ordered_built_and_fetched(client_owner: Browser, golden: Golden) -> None:
    address = order(client_owner, golden)
    page = client_owner.get(address).get_data(as_text=True)
    assert "报告做好了" in page
    opened, kept = client_owner.get(address + "/file"), client_owner.get(address + "/download")
    assert opened.data == kept.data
    assert opened.data.startswith(b"%PDF-")
    assert opened.mimetype == kept.mimetype == "application/pdf"
    assert opened.headers["Content-Disposition"].startswith("inline")
    assert kept.headers["Content-Disposition"].startswith("attachment; filename=\"report-zh.pdf\"; filename*=UTF-8''")
    for response in (opened, kept):
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    part = client_owner.get(address + "/file", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"%PDF")
    result = client_owner.get(f"/assessments/{golden.assessment_id}/result").get_data(as_text=True)
    assert f'href="{address}"' in result


def test_case_22_ordering_twice_gives_one_report(
    app: Flask, client_owner: Browser, client_member: Browser, client_consultant: Browser, golden: Golden
) -> None:
    addresses = {order(browser, golden) for browser in (client_owner, client_owner, client_member, client_consultant)}
    assert len(addresses) == 1
    assert order(client_owner, golden, "en") not in addresses
    with app.app_context(), make.system_scope():
        mine = Report.assessment_id == golden.assessment_id
        assert db.session.scalar(select(func.count(Report.id)).where(mine)) == 2
        assert db.session.scalar(select(func.count(Job.id)).where(Job.kind == "reports.build")) == 2


@pytest.fixture
def _jobs_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Jobs are recorded and left alone."""
    waiting: list[object] = []
    monkeypatch.setitem(app.extensions, "enqueue", lambda job_id, _priority: waiting.append(job_id))
    return waiting


def test_while_it_is_built_the_page_works_without_a_script(
    app: Flask, client_owner: Browser, client_member: Browser, golden: Golden, _jobs_wait: list[object]
) -> None:
    address = order(client_owner, golden)
    page = BeautifulSoup(client_owner.get(address).get_data(as_text=True), "html.parser")
    assert len(_jobs_wait) == 1
    assert page.select_one("progress") is not None
    assert page.select_one(f'a[href="{address}"]') is not None
    assert page.select_one('a[href$="/download"]') is None
    assert client_owner.get(address + "/state").json == {
        "state": "pending", "percent": 0, "text": "报告正在做，几秒钟就好。",
    }  # fmt: skip
    assert client_member.get(address + "/state").json["percent"] is None  # type: ignore[index]
    with make.writing(app):
        db.session.scalars(db.select(Job).where(Job.kind == BUILD)).one().due_at = now() + timedelta(minutes=1)
    assert "暂时存不下这个文件，将在" in client_owner.get(address + "/state").json["text"]  # type: ignore[index]
    assert client_owner.get(address + "/download").status_code == 404
    assert order(client_owner, golden) == address
    assert len(_jobs_wait) == 1


def test_a_report_that_could_not_be_built_can_be_ordered_again(
    app: Flask, client_owner: Browser, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("no paper left")

    with monkeypatch.context() as patch:
        patch.setattr(report_jobs, "render", fail)
        address = order(client_owner, golden)
    page = client_owner.get(address).get_data(as_text=True)
    assert "报告没做成" in page
    assert "no paper left" not in page
    assert client_owner.get(address + "/file").status_code == 404
    assert order(client_owner, golden) == address
    assert client_owner.get(address + "/file").status_code == 200


@pytest.mark.parametrize("locale", ["fr", "", "../../etc", "zh;en"])
def test_no_other_language_can_be_ordered(client_owner: Browser, golden: Golden, locale: str) -> None:
    path = f"/assessments/{golden.assessment_id}/reports"
    assert client_owner.post(path, data={"locale": locale}).status_code == 400


def test_case_02_reports_of_others_do_not_exist(
    client_foreign: Browser, client_coordinator: Browser, client_owner: Browser, golden: Golden, world: World
) -> None:
    address = order(client_owner, golden)
    for ending in ("", "/state", "/file", "/download"):
        assert client_foreign.get(address + ending).status_code == 404
        assert client_coordinator.get(address + ending).status_code == 403
        assert client_owner.get(f"/reports/{world.other_report_id}{ending}").status_code == 404
    path = f"/assessments/{golden.assessment_id}/reports"
    assert client_foreign.post(path, data={"locale": "zh"}).status_code == 404
    assert (
        client_owner.post(f"/assessments/{world.other_assessment_id}/reports", data={"locale": "zh"}).status_code == 404
    )
    assert client_owner.post(f"/assessments/{world.draft_id}/reports", data={"locale": "zh"}).status_code == 404


def test_case_25_the_file_dies_with_the_permission(app: Flask, client_consultant: Browser, golden: Golden) -> None:
    address = order(client_consultant, golden)
    assert client_consultant.get(address + "/download").status_code == 200
    with make.writing(app):
        for engagement in db.session.scalars(select(Engagement).where(Engagement.firm_id == golden.firm_id)):
            engagement.ended_at = now()
    for ending in ("", "/state", "/file", "/download"):
        assert client_consultant.get(address + ending).status_code == 404


def test_case_34_the_state_says_nothing_else(client_owner: Browser, golden: Golden) -> None:
    answer = client_owner.get(order(client_owner, golden) + "/state").json
    assert answer is not None
    assert set(answer) == {"state", "percent", "text"}


# ---- verification


def code_in(app: Flask, golden: Golden) -> str:
    """The code of the report of a round."""
    with app.app_context(), make.system_scope():
        return db.session.scalars(select(Report.verify_code).where(Report.assessment_id == golden.assessment_id)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_genuine_report_is_confirmed(
    app: Flask, client_owner: Browser, client: Browser, golden: Golden, language: str
) -> None:
    pdf = client_owner.get(order(client_owner, golden) + "/download").data
    code = code_in(app, golden)
    assert shown_code(code) in text_of(pdf)
    response = client.get(f"/verify/{code}?lang={language}")
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    for words in ("恒＊＊具", golden.payload["official"]["score"], shown_code(code)):
        assert words in page
    assert {"zh": "自评", "en": "Self-assessed"}[language] in page
    import hashlib

    assert hashlib.sha256(pdf).hexdigest()[:8] in page
    for hidden in ("恒钰模具", "长安镇", str(golden.assessment_id), str(golden.firm_id), "微信对单"):
        assert hidden not in page


def test_a_code_is_found_however_it_is_typed(
    app: Flask, client_owner: Browser, client: Browser, golden: Golden
) -> None:
    order(client_owner, golden)
    code = code_in(app, golden)
    for typed in (shown_code(code).lower(), f" {code[:4]} {code[4:]} ", shown_code(code)):
        response = client.get("/verify", query_string={"code": typed}, follow_redirects=True)
        assert response.status_code == 200
        assert "这份报告是真的" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", ["ABCD", "x" * 500, "' OR 1=1 --", "<script>alert(1)</script>", "%00", "..%2F..%2F", "－"]
)
def test_an_unknown_code_is_told_kindly(client: Browser, world: World, typed: str) -> None:
    response = client.get(f"/verify/{typed}", check="<" not in typed)
    assert response.status_code == 404
    page = response.get_data(as_text=True)
    assert "<script>alert" not in page
    if "/" not in typed and "%2F" not in typed:
        assert "没有这个编号" in page


def test_reports_not_built_and_firms_deleted_are_unknown(
    app: Flask, client_owner: Browser, client: Browser, golden: Golden
) -> None:
    order(client_owner, golden)
    code = code_in(app, golden)
    with make.writing(app):
        db.session.get_one(Firm, golden.firm_id).deleted_at = now()
    assert client.get(f"/verify/{code}").status_code == 404


def test_a_waiting_report_is_not_confirmed(
    app: Flask, client_owner: Browser, client: Browser, golden: Golden, _jobs_wait: list[object]
) -> None:
    order(client_owner, golden)
    assert client.get(f"/verify/{code_in(app, golden)}").status_code == 404


@pytest.fixture
def _limited(app: Flask) -> Iterator[None]:
    """Limits are on."""
    limiter.enabled = True
    with app.app_context():
        limiter.reset()
    yield
    limiter.enabled = False


def test_case_16_codes_cannot_be_tried_without_end(client: Browser, world: World, _limited: None) -> None:
    statuses = {client.get(f"/verify/AAAA{number:04}").status_code for number in range(25)}
    assert statuses == {404, 429}


def test_codes_are_long_and_without_letters_that_look_alike() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 12 and not set(code) & set("01IO") for code in codes)
    assert plain_code(shown_code("7KD2HM4P9QXT").lower()) == "7KD2HM4P9QXT"
    assert plain_code("７kd2") == "KD2"


# ---- WeChat, names of files


def test_wechat_is_told_to_open_the_browser_where_it_must(client_owner: Browser, golden: Golden) -> None:
    address = order(client_owner, golden)
    hint = "微信里打不开这个文件"
    assert hint in client_owner.get(address, headers={"User-Agent": ANDROID_WECHAT}).get_data(as_text=True)
    assert hint not in client_owner.get(address, headers={"User-Agent": IPHONE_WECHAT}).get_data(as_text=True)
    assert not opens_no_pdf("Mozilla/5.0 (Linux; Android 13) Chrome/116.0 Mobile Safari/537.36")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a/b\\c:d.pdf", "a_b_c_d.pdf"),
        ("x\r\nSet-Cookie: a.pdf", "xSet-Cookie_ a.pdf"),
        ("报告\u202efdp.exe.pdf", "报告fdp.exe.pdf"),
        ("..", "file"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_of_files_are_harmless(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean

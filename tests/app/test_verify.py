"""Is this report genuine: what strangers and people of the firm read, what has come since, files, other sites."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.extensions import db
from app.models.assessments import Assessment
from app.models.base import now
from app.models.firms import Firm
from app.models.results import Result
from app.services.names import masked_name
from app.web.reports.forms import read_digest, read_typed
from tests.app import factories as make
from tests.app.calibrated import add_verified
from tests.app.client import Browser
from tests.app.world import World
from tests.conftest import sign_in

NAME = "东莞市恒岭模具有限公司"
DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def code(app: Flask, world: World) -> str:
    """The code of a report of the first firm's submitted round."""
    with make.writing(app):
        return add_report(world).verify_code


def add_report(world: World, **values: Any) -> make.Report:
    """One more report of the first firm's round; in another edition of its words, which its mark says."""
    result = db.session.get_one(Result, values.pop("result_id", world.result_id))
    defaults = {"firm_name": NAME, "mark": "x", "sha256": DIGEST, "verify_code": "7KD2HM4P9QXT"}
    return make.make_report(result, **{**defaults, **values})


def main_of(browser: Browser, address: str, status: int = 200) -> str:
    """The words of the page without white space."""
    response = browser.get(address)
    assert response.status_code == status
    found = BeautifulSoup(response.data, "html.parser").main
    assert found is not None
    for hidden in found.select("[hidden]"):
        hidden.decompose()
    return "".join(found.get_text().split())


# ---- who reads the name


@pytest.mark.parametrize("visitor", ["anonymous", "link", "account", "foreign", "admin"])
def test_strangers_read_a_part_of_the_name(app: Flask, world: World, code: str, visitor: str) -> None:
    page = main_of(sign_in(app, world, visitor), f"/verify/{code}")
    assert "东莞＊＊＊＊＊＊公司" in page and "名称只显示一部分" in page
    assert NAME not in page and "恒岭" not in page


@pytest.mark.parametrize("visitor", ["owner", "member", "consultant", "coordinator"])
def test_who_sees_the_firms_results_reads_its_name(app: Flask, world: World, code: str, visitor: str) -> None:
    page = main_of(sign_in(app, world, visitor), f"/verify/{code}")
    assert NAME in page and "名称只显示一部分" not in page


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        (NAME, "东莞＊＊＊＊＊＊公司"),
        ("长安模具五金", "长安＊＊五金"),
        ("长安模具厂", "长＊＊＊厂"),
        ("恒岭模具", "恒＊＊具"),
        ("恒岭厂", "恒＊＊"),
        ("恒", "恒＊"),
        ("Hengling Mould Co., Ltd.", "He******d."),
        ("H&L Tools", "H&*****ls"),
        ("  长安模具五金 ", "长安＊＊五金"),
    ],
)
def test_names_are_masked_so_that_they_can_still_be_compared(name: str, masked: str) -> None:
    assert masked_name(name) == masked


# ---- how sure, and what has come since


def test_a_claimed_report_says_so_and_nothing_of_what_was_not_printed(client: Browser, code: str) -> None:
    page = main_of(client, f"/verify/{code}?lang=en")
    assert "Self-assessed" in page and "nobodyhascheckedtheanswersonsite" in page
    foot = BeautifulSoup(client.get(f"/verify/{code}").data, "html.parser").select_one("footer p")
    assert foot is not None and "a firm's own assessment" in foot.get_text()
    assert "Verifiedby" not in page and "newerreport" not in page


def test_a_report_on_what_was_verified_says_by_whom_and_when(app: Flask, client: Browser, world: World) -> None:
    with make.writing(app):
        firm, assessment = (
            db.session.get_one(Firm, world.firm_id),
            db.session.get_one(Assessment, world.assessment_id),
        )
        row = add_verified(firm, {"C10": (3, "down", 2)}, assessment=assessment)
        assert row.result is not None
        row.result.level = 2
        payload = {**row.result.payload}
        payload["official"] = {**payload["official"], "score": "61", "evidenced": {"level": 2, "score": "52.125"}}
        row.result.payload, row.result.score = payload, Decimal("52.125")
        add_report(world, result_id=row.result_id)
    foot = BeautifulSoup(client.get("/verify/7KD2HM4P9QXT").data, "html.parser").select_one("footer p")
    assert foot is not None and "的自评，由何顾问于" in foot.get_text() and "不等于官方认定" in foot.get_text()
    assert "企业自评" not in foot.get_text()
    page = main_of(client, "/verify/7KD2HM4P9QXT")
    assert "已现场核实" in page and "何顾问" in page and "52.125" in page
    assert "61" not in page and "这是企业自评" not in page


def test_a_newer_report_and_a_newer_round_are_named_without_their_codes(
    app: Flask, client: Browser, world: World, code: str
) -> None:
    with make.writing(app):
        add_report(
            world, verify_code="NEWERREPORT2", mark="y", ready_at=now() + timedelta(days=2), firm_name="另一个名称"
        )
        add_report(world, verify_code="NEWERENGLISH", mark="y", locale="en", ready_at=now() + timedelta(days=3))
        add_report(world, verify_code="NEWERPENDING", mark="z", state="pending", ready_at=None, sha256=None)
    page = main_of(client, f"/verify/{code}?lang=en")
    assert "newerreportofthesameround" in page and "assesseditselfagain" not in page
    for hidden in ("NEWE-RREP-ORT2", "NEWERREPORT2", "另一个名称"):
        assert hidden not in page
    for newest in ("NEWERREPORT2", "NEWERENGLISH"):
        assert "newerreport" not in main_of(client, f"/verify/{newest}?lang=en")
    with make.writing(app):
        draft = db.session.get_one(Assessment, world.draft_id)
        draft.status, draft.submitted_at = "submitted", now()
    page = main_of(client, "/verify/NEWERREPORT2?lang=en")
    assert "assesseditselfagainsince:round2" in page


# ---- the file


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (DIGEST, "就是我们出具的报告的摘要"),
        (DIGEST.upper(), "就是我们出具的报告的摘要"),
        (" ".join(DIGEST[n : n + 2] for n in range(0, 64, 2)), "就是我们出具的报告的摘要"),
        (f"{DIGEST}  report.pdf", "就是我们出具的报告的摘要"),
        ("f" * 64, "这不是我们出具的报告的摘要"),
        (DIGEST[:-1], "有64位"),
        ("<script>alert(1)</script>", "有64位"),
    ],
)
def test_a_digest_is_compared_without_a_script(client: Browser, code: str, typed: str, said: str) -> None:
    response = client.get(f"/verify/{code}", query_string={"sha256": typed})
    words = "".join(BeautifulSoup(response.data, "html.parser").get_text().split())
    assert response.status_code == 200 and said in words
    assert b"<script>alert" not in response.data


def test_an_empty_digest_says_nothing(client: Browser, code: str) -> None:
    page = main_of(client, f"/verify/{code}?sha256=")
    assert "不一致。" not in page and "有64位" not in page and "就是我们出具" not in page


def test_the_page_of_a_code_holds_what_its_script_needs(client: Browser, code: str) -> None:
    box = BeautifulSoup(client.get(f"/verify/{code}").data, "html.parser").find(id="check")
    assert box is not None
    assert (box["data-sha256"], box["data-code"]) == (DIGEST, code)
    assert {one["data-verdict"] for one in box.select("[data-verdict]")} >= {"same", "changed", "other", "foreign"}
    assert all(one.has_attr("hidden") for one in box.select("[data-verdict], [data-drop]"))


def test_digests_are_read_as_programs_print_them() -> None:
    assert read_digest(DIGEST.upper() + " *report.pdf") == DIGEST
    assert read_digest("") is None and read_digest("é" * 64) is None


# ---- other sites


@pytest.mark.parametrize(
    "typed",
    [
        "https://check.example.org/verify/7KD2HM4P9QXT",
        "check.example.org/verify/7KD2-HM4P-9QXT?lang=en",
        "http://user@check.example.org:8080/verify/",
    ],
)
def test_an_address_of_another_site_is_not_looked_up_here(client: Browser, code: str, typed: str) -> None:
    response = client.get("/verify", query_string={"code": typed})
    page = response.get_data(as_text=True)
    assert response.status_code == 404
    assert "别的网站" in page and "check.example.org" in page and "http://127.0.0.1:8000" in page
    assert NAME not in page and 'href="http' not in page and "javascript:" not in page


@pytest.mark.parametrize("before", ["http://127.0.0.1:8000", "http://localhost", "", "127.0.0.1:8000"])
def test_the_whole_address_of_this_site_is_taken_as_its_code(client: Browser, code: str, before: str) -> None:
    response = client.get("/verify", query_string={"code": f"{before}/verify/{code}#top"})
    assert response.status_code == 303 and response.headers["Location"] == f"/verify/{code}"


@pytest.mark.parametrize("typed", ["http://[/verify/ABCD", "//verify/", "/verify/", "x" * 301, "http://///verify/%00"])
def test_addresses_that_are_none_do_no_harm(client: Browser, world: World, typed: str) -> None:
    assert client.get("/verify", query_string={"code": typed}, follow_redirects=True).status_code in (200, 404)


def test_codes_and_addresses_are_told_apart() -> None:
    assert read_typed("7KD2-HM4P-9QXT") == ("7KD2-HM4P-9QXT", "")
    assert read_typed("https://a.example/verify/7KD2") == ("7KD2", "a.example")


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "en"])
def test_an_unknown_code_says_what_to_do(client: Browser, world: World, language: str) -> None:
    page = main_of(client, f"/verify/ABCDEFGHJKLM?lang={language}", 404)
    assert "ABCDEFGHJKLM" in page and "http://127.0.0.1:8000" in page

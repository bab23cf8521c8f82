"""Traditional Chinese: derived for every text that the product says, never for what people typed."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from flask import Flask, url_for
from openpyxl import load_workbook
from sqlalchemy import select

from app.access.scope import system_scope
from app.config import ROOT
from app.extensions import db
from app.i18n import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    SHORT_NAMES,
    day,
    gettext,
    html_lang,
    in_language,
    language,
    language_code,
    moment,
    number,
    read_catalogue,
    translations_for,
)
from app.models.base import Row as Stored
from app.models.base import now
from app.models.messages import Message
from app.models.results import Result
from app.models.users import User
from app.traditional import traditional
from app.web.figures import yuan_text
from scoring.content.checks import texts_of
from scoring.content.loader import list_sectors, load_catalogue
from tests.app import factories as make
from tests.app.access_table import DONE, Row
from tests.app.characters import simplified
from tests.app.client import Browser
from tests.app.test_access import READING
from tests.app.world import World
from tests.conftest import sign_in

HANT = "zh-Hant"


def everything_said() -> set[str]:
    """Every Chinese text of content and messages."""
    texts = {text.zh for sector in list_sectors() for _, text in texts_of(load_catalogue(sector))}
    for entry in read_catalogue(DEFAULT_LANGUAGE):
        if entry.id:
            texts.update([entry.string] if isinstance(entry.string, str) else entry.string)
    return texts


# --- the texts


def test_no_simplified_character_is_left_in_any_text() -> None:
    left = {text: simplified(traditional(text)) for text in everything_said()}
    assert {text: chars for text, chars in left.items() if chars} == {}


def test_what_is_no_chinese_stays() -> None:
    """Ids, codes, addresses, placeholders and markup come through."""
    for text in everything_said():
        assert re.findall(r"[\x20-\x7e]+", traditional(text)) == re.findall(r"[\x20-\x7e]+", text)


@pytest.mark.parametrize(
    ("zh", "hant"),
    [
        ("系统里点好", "系統裏點好"),
        ("《中小企业数字化水平评测指标（2024年版）》", "《中小企業數字化水平評測指標（2024年版）》"),
        ("每张订单谁签的一查就知道，箱签照客户的样", "每張訂單誰簽的一查就知道，箱籤照客户的樣"),
        ("在制数多少，自制件多少", "在製數多少，自製件多少"),
        ("冲床和冲压模，冲次自动来", "衝牀和衝壓模，衝次自動來"),
        ("烘不干，要干着放；平时干活", "烘不乾，要乾着放；平時幹活"),
        ("电表和核对表", "電錶和核對表"),
        ("零公里不良，工费里扣", "零公里不良，工費裏扣"),
        ("整扎，每扎裁片", "整紮，每紮裁片"),
        ("量具准不准，没批准的新料", "量具準不準，沒批准的新料"),
        ("标明了；一目了然", "標明了；一目瞭然"),
        ("向应急管理部门报告，手套和面罩", "向應急管理部門報告，手套和面罩"),
        ("跟一家伙伴对，双方几分钟到", "跟一家夥伴對，雙方幾分鐘到"),
        ("冲一冲、冲洗、冲淋", "沖一沖、沖洗、沖淋"),
        ("只看一眼，还是只知道多少；一只手", "只看一眼，還是只知道多少；一隻手"),
    ],
)
def test_words_of_the_shop_floor(zh: str, hant: str) -> None:
    assert traditional(zh) == hant


def test_messages_are_derived_with_their_plurals() -> None:
    chinese, derived = translations_for("zh"), translations_for(HANT)
    assert derived.gettext("Digital self-check") == traditional(chinese.gettext("Digital self-check"))
    one = ("about %(num)s minute", "about %(num)s minutes", 3)
    assert derived.ngettext(*one) == traditional(chinese.ngettext(*one)) != one[1]
    assert derived.gettext("no such message") == "no such message"


def test_the_catalogue_is_converted_once() -> None:
    assert translations_for(HANT) is translations_for(HANT)


def test_nobody_else_waits_for_the_dictionaries() -> None:
    code = "import sys; from app import create_app; sys.exit('opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# --- pages


def typed(app: Flask) -> list[str]:
    """Every text that people typed, as the database holds it, the longest first."""
    found: set[str] = set()
    with app.app_context(), db.engine.connect() as connection:
        for table in Stored.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found.update(value for value in row if isinstance(value, str) and simplified(value))
    return sorted(found, key=len, reverse=True)


@pytest.mark.parametrize("row", READING)
def test_every_page_is_in_traditional_characters(app: Flask, world: World, row: Row) -> None:
    own = typed(app)
    for visitor in ("anonymous", "owner", "coordinator", "consultant", "admin"):
        if row.expected(visitor) != DONE:
            continue
        browser = sign_in(app, world, visitor)
        browser.speak(HANT)
        with app.test_request_context():
            address = url_for(row.endpoint, **row.values(world), **row.query)
        answer = browser.get(address)
        if answer.mimetype not in ("text/html", "application/json"):
            continue
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else str(answer.json)
        for name in own:
            text = text.replace(name, "")
        text = text.replace(LANGUAGES["zh"], "").replace(SHORT_NAMES["zh"], "")
        assert simplified(text) == set(), f"{visitor} {address}"


def test_what_people_typed_stays_as_it_is(client_owner: Browser, world: World) -> None:
    client_owner.speak(HANT)
    html = client_owner.get(f"/assessments/{world.assessment_id}/result").get_data(as_text=True)
    assert "示例模具厂" in html and "示例模具廠" not in html
    assert BeautifulSoup(html, "html.parser").html["lang"] == "zh-Hant-HK"  # type: ignore[index]


def test_error_pages_and_messages(client: Browser) -> None:
    page = client.get(f"/no/such/page?lang={HANT}")
    assert page.status_code == 404 and simplified(page.text.replace(SHORT_NAMES["zh"], "").replace("简体", "")) == set()
    refused = client.post("/sign-in", data={"login": "nobody@example.com", "password": "wrong-password"})
    told = translations_for("zh").gettext("The e-mail address or mobile number and the password do not match.")
    assert traditional(told) in refused.text


def test_name_of_a_downloaded_report(app: Flask, world: World, client_owner: Browser) -> None:
    with make.writing(app):
        result = db.session.get_one(Result, world.result_id)
        report_id = make.make_report(result, locale=HANT, firm_name="示例模具厂").id
    told = client_owner.get(f"/reports/{report_id}/download").headers["Content-Disposition"]
    assert "示例模具厂 數字化自評報告 第1輪.pdf" in unquote(told)


def test_the_choice_is_kept_with_session_and_account(app: Flask, world: World, client_owner: Browser) -> None:
    client_owner.post("/account", data={"name": "陈", "locale": HANT})
    assert 'lang="zh-Hant-HK"' in client_owner.get("/account").text
    with app.app_context(), system_scope():
        assert db.session.scalars(select(User.locale).where(User.id == world.users["owner"])).one() == HANT
    again = sign_in(app, world, "owner")
    assert 'lang="zh-Hant-HK"' in again.get("/account").text


def test_dates_numbers_and_money(app: Flask) -> None:
    with app.test_request_context(f"/?lang={HANT}"):
        app.preprocess_request()
        at = now().replace(year=2026, month=3, day=18, hour=1, minute=2)
        assert day(at.date()) == "2026年3月18日"
        assert moment(at) == "2026年3月18日 09:02"
        assert number(1234567.5) == "1,234,567.5"
        assert yuan_text(8000, 30000) == "0.8 到 3 萬元"


def test_spreadsheet_of_answers(client_owner: Browser, world: World) -> None:
    data = client_owner.get(f"/assessments/{world.assessment_id}/answers.xlsx?lang={HANT}").data
    book = load_workbook(BytesIO(data))
    said = " ".join(str(c.value) for sheet in book for cells in sheet.iter_rows() for c in cells if c.value)
    assert simplified(said.replace("示例模具厂", "")) == set()
    question = load_catalogue("molds").questions["scene_quality"].title.zh
    assert traditional(question) in said


def test_messages_go_out_in_the_language_of_the_account(
    app: Flask, world: World, client_owner: Browser, client: Browser
) -> None:
    client_owner.post("/account", data={"name": "陈", "locale": HANT})
    client.post("/reset", data={"login": world.logins["owner"]})
    with app.app_context(), system_scope():
        sent = db.session.scalars(select(Message).where(Message.kind == "reset_password")).one()
        assert sent.subject == traditional(translations_for("zh").gettext("Set a new password"))
        assert simplified(sent.subject + sent.body) == set()


def test_language_inside_a_block(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        app.preprocess_request()
        with in_language(HANT):
            assert (language(), language_code(), html_lang()) == ("zh", HANT, "zh-Hant-HK")
            assert gettext("Guangdong makers") == traditional(translations_for("zh").gettext("Guangdong makers"))
        assert language_code() == "en"

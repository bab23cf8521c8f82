"""Templates decide nothing and hold a strict content security policy; pages are readable by everybody."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.i18n import LANGUAGES
from tests.app.client import Browser

ROOT = Path(__file__).resolve().parents[2] / "app"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
PUBLIC = ("/", "/about", "/privacy", "/sign-in", "/register", "/reset", "/invitation", "/no-such-page")
LONGEST_EXPRESSION = 160
MOST_BYTES = 60_000

FORBIDDEN = {
    "style attribute": re.compile(r"\sstyle\s*="),
    "inline style sheet": re.compile(r"<style\b"),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "event handler": re.compile(r"<[^>{]*\son\w+\s*="),
    "script address": re.compile(r"javascript:"),
    "statement for its effect": re.compile(r"{%-?\s*do\b"),
    "other host": re.compile(r"""(?:src|href|action)=["']?(?:https?:)?//"""),
    "unescaped output": re.compile(r"(?<!\.qr )\|\s*safe\b"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_template_is_plain(path: Path) -> None:
    source = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    lines = [
        f"{path.name}:{n}: {what}"
        for n, line in enumerate(source.splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_template_does_not_compute(path: Path) -> None:
    source = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    wordless = re.sub(r"""_\(\s*("[^"]*"|'[^']*')""", "_(", source)
    found = [e for e in re.findall(r"{{(.*?)}}", wordless, flags=re.DOTALL) if len(e) > LONGEST_EXPRESSION]
    assert not found


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_style_sheets_load_nothing_and_use_tokens(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert not re.findall(r"@import|url\((?!#)", source)
    if path.name != "tokens.css":
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*{)|\brgba?\(", source), "colours are tokens"


def test_every_class_of_the_shared_parts_is_styled() -> None:
    sheets = "".join(path.read_text() for path in SHEETS)
    for name in (
        "q",
        "opts",
        "opt-c",
        "plate",
        "ladder",
        "gates",
        "sol",
        "route",
        "radar",
        "dist",
        "funnel",
        "heat",
        "say",
    ):
        assert f".{name}" in sheets


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_has_landmarks_and_named_pictures(client: Browser, path: str, language: str) -> None:
    check_frame(BeautifulSoup(client.get(f"{path}?lang={language}").data, "html.parser"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_frame_of_somebody_signed_in(client_account: Browser, language: str) -> None:
    page = BeautifulSoup(client_account.get(f"/about?lang={language}").data, "html.parser")
    check_frame(page, language)
    assert page.select_one("details.menu form[method=post]") is not None


TAGS = {"zh": "zh-CN", "zh-Hant": "zh-Hant-HK", "en": "en"}


def check_frame(page: BeautifulSoup, language: str) -> None:
    """Language, landmarks, a skip link that leads somewhere, pictures that are named or hidden, anchors that exist."""
    assert page.html is not None and page.html["lang"] == TAGS[language]
    for landmark in ("header", "nav", "main", "footer"):
        assert page.find(landmark) is not None, landmark
    assert all(nav.get("aria-label") for nav in page.find_all("nav"))
    for picture in page.find_all(["svg", "img"]):
        named = picture.get("aria-label") or picture.get("aria-labelledby") or picture.get("alt") is not None
        inside = picture.find_parent("svg") or picture.find_parent(attrs={"role": "img"})
        assert picture.get("aria-hidden") == "true" or (picture.get("role") == "img" and named) or inside, str(picture)[
            :120
        ]
    ids = {tag["id"] for tag in page.find_all(id=True)}
    assert {link["href"][1:] for link in page.select('a[href^="#"]')} <= ids
    others = {code: name for code, name in LANGUAGES.items() if code != language}
    switch = {
        str(link["hreflang"]): link.get("aria-label") or link.get_text()
        for link in page.select("header nav a[hreflang]")
    }
    assert switch == others
    assert [str(link["lang"]) for link in page.select("header nav a[hreflang]")] == [TAGS[code] for code in others]


def test_no_chinese_on_english_pages(client: Browser) -> None:
    for path in PUBLIC:
        page = BeautifulSoup(client.get(f"{path}?lang=en").data, "html.parser")
        for tag in page.select('[lang^="zh"]'):
            tag.decompose()
        assert not re.findall(r"[\u3400-\u9fff]+", page.get_text()), path


@pytest.mark.parametrize("path", ["/", "/about", "/sign-in"])
def test_page_and_its_files_stay_small(app: Flask, client: Browser, path: str) -> None:
    page = client.get(path).data
    soup = BeautifulSoup(page, "html.parser")
    files = [t["href"] for t in soup.select("link[rel=stylesheet]")] + [t["src"] for t in soup.select("script[src]")]
    total = len(gzip.compress(page)) + sum(
        len(gzip.compress((ROOT / "static" / str(f).split("?")[0].removeprefix("/static/")).read_bytes()))
        for f in files
    )
    assert total < MOST_BYTES


def test_language_switch_keeps_the_page(client: Browser) -> None:
    page = BeautifulSoup(client.get("/about?lang=en").data, "html.parser")
    switch = page.select_one('a[hreflang="zh"]')
    assert switch is not None and str(switch["href"]).startswith("/about")
    assert BeautifulSoup(client.get(str(switch["href"])).data, "html.parser").html["lang"] == "zh-CN"  # type: ignore[index]


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_language_link_leads_only_to_this_site(client: Browser, target: str) -> None:
    response = client.get("/language/en", query_string={"next": target})
    assert response.headers["Location"] == "/"


def test_unknown_language_and_trade_are_not_found(client: Browser) -> None:
    assert client.get("/language/xx").status_code == 404
    assert client.get("/start", query_string={"sector": "no-such-trade"}).status_code == 404
    assert client.get("/start", query_string={"sector": ["molds", "x"]}).status_code == 302

"""Filling in through the browser: addresses, saves, forms as a page holds them."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models.assessments import Answer
from scoring.content.loader import load_catalogue
from tests.app import factories as make
from tests.app.client import Browser
from tests.app.world import SECTION, World

MOLDS = load_catalogue("molds")
QUESTIONS = [MOLDS.questions[i] for i in MOLDS.sector.sections[0].questions]
LEVEL = next(q.id for q in QUESTIONS if q.kind == "level")
SECOND = next(q.id for q in QUESTIONS if q.kind == "level" and q.id != LEVEL)
MACHINES = "machines"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
NAUGHTY = (
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
    "{{7*7}}",
    "{% raw %}",
    "\\input{x}",
    "'; DROP TABLE answers; --",
    "\u202egnp.exe",
    "\x00nul",
    "\ud800",
    "𠮷野家🏭",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "ﷺ" * 50,
    "Z̷̢a̴lgo",
    "null",
    "undefined",
    "NaN",
    "true",
    "0",
    "-1",
    "1e400",
    "％ｓ",
    "%s%n",
    "${7*7}",
    "<!--",
    "]]>",
    "\r\nSet-Cookie: a=b",
    "",
    " ",
    "\ufeff",
    "“”‘’",
    "é" * 500,
)


def page_url(world: World, section: str = SECTION) -> str:
    """Address of a section of the open round."""
    return f"/assessments/{world.draft_id}/sections/{section}"


def put(browser: Browser, world: World, item: str, **body: Any) -> TestResponse:
    """Save one answer as the script does."""
    address = f"/api/assessments/{world.draft_id}/answers/{item}"
    return browser.put(address, json={"version": 0, "key": "key-0001", **body})


def soup(response: TestResponse) -> BeautifulSoup:
    """The page of an answer."""
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def stored(app: Flask, world: World, item: str) -> Any:
    """The stored value of an answer."""
    with make.writing(app):
        return db.session.scalar(
            select(Answer.value).where(Answer.assessment_id == world.draft_id, Answer.item_id == item)
        )


def form_of(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser without JavaScript would send for the questions of a page."""
    fields: dict[str, Any] = {}
    form = page.find(id="sec")
    assert form is not None
    for tag in form.find_all(["input", "textarea"]):
        kind, name = tag.get("type"), str(tag.get("name"))
        if kind in ("radio", "checkbox"):
            if tag.has_attr("checked"):
                fields.setdefault(name, []).append(tag["value"])
        elif kind not in ("file", "submit") and name != "csrf_token":
            fields[name] = tag.get_text() if tag.name == "textarea" else tag.get("value", "")
    return fields

"""A consultant with a phone in a hall: corrections with photos, no connection, a second consultant; and no script."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app import create_app
from app.config import read_config
from app.extensions import db
from app.models.users import User
from tests.app import factories as make
from tests.app.rounds import SAID, make_round, persona
from tests.e2e.conftest import MakeVisitor
from tests.e2e.site import Site
from tests.e2e.visitor import Visitor

HALL = {"width": 360, "height": 740}


class Sheet(NamedTuple):
    """A round of a firm that both demo consultants are engaged by: the address of its sheet."""

    path: str
    app: Flask


@pytest.fixture
def sheet(site: Site) -> Sheet:
    """A sheet that nobody has begun."""
    app = create_app(read_config(site.environ))
    with make.writing(app):
        firm = make.make_firm("走访模具厂")
        golden = make_round(firm, persona("P01"), SAID)
        for name in ("consultant", "consultant2"):
            user = db.session.scalars(select(User).where(User.email == f"{name}@demo.example")).one()
            make.make_engagement(firm, user)
    return Sheet(f"/assessments/{golden.assessment_id}/visit", app)


def photo(folder: Path, name: str = "现场.jpg") -> Path:
    """A photo as a phone takes it: larger than needed, with its own notes inside."""
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    path = folder / name
    Image.effect_noise((2400, 1600), 40).convert("RGB").save(path, quality=90, exif=exif)
    return path


def cards(page: Page) -> list[Locator]:
    """The first cards, whose answers decide the next gate."""
    page.wait_for_load_state("load")
    return page.locator("#gate fieldset.q[data-answer=level]").all()


def choose(card: Locator, place: int) -> None:
    """Tap what was seen instead."""
    card.locator(".opts__or ~ .opt-c label").nth(place).click()


def attach(card: Locator, file: Path) -> None:
    """Choose a photo."""
    card.locator("input[type=file]").set_input_files(file)


def saved(card: Locator) -> None:
    """The card says that it is saved."""
    expect(card.locator(".save.save--ok")).to_be_visible()


def test_three_corrections_with_photos_on_a_phone(visit: MakeVisitor, sheet: Sheet, tmp_path: Path) -> None:
    visitor = visit("zh", window=HALL, account="consultant")
    page = visitor.go(sheet.path)
    for place, card in enumerate(cards(page)[:3]):
        choose(card, place % 2)
        attach(card, photo(tmp_path, f"{place}.jpg"))
        saved(card)
        expect(card.locator("[data-files] a")).to_have_text(f"{place}.jpg")
    expect(page.locator(".sofar2 [data-looked-at]")).to_contain_text("3")
    expect(page.locator("#gate [data-count]")).to_contain_text("3")
    assert page.evaluate("document.documentElement.scrollWidth") <= HALL["width"]
    kept = visitor.get(str(cards(page)[0].locator("[data-files] a").get_attribute("href"))).body()
    picture = Image.open(io.BytesIO(kept))
    assert max(picture.size) == 2000 and not picture.getexif() and picture.format == "JPEG"
    page.reload()
    for card in cards(page)[:3]:
        assert card.locator(".opts__or ~ .opt-c input:checked").count() == 1
        card.locator("[data-files] button").click()
        expect(card.locator("[data-files] li")).to_have_count(0)


def test_without_a_connection_findings_and_photos_wait_and_are_sent(
    visit: MakeVisitor, sheet: Sheet, tmp_path: Path
) -> None:
    visitor = visit("zh", window=HALL, account="consultant")
    page = visitor.go(sheet.path)
    first, second = cards(page)[:2]
    file = photo(tmp_path)
    visitor.context.set_offline(True)
    choose(first, 0)
    attach(second, file)
    choose(second, 1)
    second.locator("textarea").fill("班长说没有表")
    second.locator("textarea").blur()
    for card in (first, second):
        expect(card.locator(".save.save--wait")).to_be_visible()
    expect(second.locator("[data-photo]")).to_contain_text(visitor.say("not sent yet, kept on this device"))
    expect(page.locator("#offline")).to_be_visible()
    visitor.context.set_offline(False)
    for card in (first, second):
        saved(card)
    expect(second.locator("[data-files] a")).to_have_text("现场.jpg")
    expect(second.locator("[data-photo]")).to_have_count(0)
    page.reload()
    expect(cards(page)[1].locator("textarea")).to_have_value("班长说没有表")
    expect(cards(page)[1].locator("[data-files] a")).to_have_count(1)


def test_a_photo_that_waits_outlives_the_page(visit: MakeVisitor, sheet: Sheet, tmp_path: Path) -> None:
    visitor = visit("zh", window=HALL, account="consultant")
    page = visitor.go(sheet.path)
    visitor.context.route("**/files", lambda route: route.abort("internetdisconnected"))
    attach(cards(page)[0], photo(tmp_path))
    expect(cards(page)[0].locator("[data-photo]")).to_be_visible()
    visitor.context.unroute("**/files")
    page.reload()
    expect(cards(page)[0].locator("[data-files] a")).to_have_text("现场.jpg")


def two_findings(first: Visitor, second: Visitor, sheet: Sheet) -> Locator:
    """Both open the sheet, both find something else; the card of the later one."""
    card = cards(second.go(sheet.path))[0]
    theirs = cards(first.go(sheet.path))[0]
    choose(theirs, 0)
    saved(theirs)
    choose(card, 1)
    expect(card.locator("[data-clash] .two")).to_be_visible()
    return card


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_a_second_consultant_sees_both_findings_and_one_stays(visit: MakeVisitor, sheet: Sheet, keep: str) -> None:
    first = visit("zh", window=HALL, account="consultant")
    second = visit("en", window=HALL, account="consultant2")
    card = two_findings(first, second, sheet)
    expect(card.locator("[data-who]")).to_contain_text("顾问")
    card.locator(f"[data-keep={keep}]").click()
    saved(card)
    expect(card.locator("[data-clash]")).to_have_count(0)
    first.page.reload()
    place = {"theirs": 0, "mine": 1}[keep]
    expect(cards(first.page)[0].locator(".opts__or ~ .opt-c input").nth(place)).to_be_checked()


def test_without_a_script_each_part_is_a_form(visit: MakeVisitor, sheet: Sheet, tmp_path: Path) -> None:
    visitor = visit("en", window=HALL, account="consultant", javascript=False)
    page = visitor.go(sheet.path)
    choose(cards(page)[0], 0)
    cards(page)[1].locator(".opts .opt-c label").first.click()
    heic = tmp_path / "photo.heic"
    heic.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 100)
    attach(cards(page)[0], photo(tmp_path))
    attach(cards(page)[1], heic)
    visitor.press("Save this part")
    expect(page.locator("#errors a")).to_have_count(1)
    expect(cards(page)[1].locator(".err[role=alert]").first).to_contain_text("HEIC")
    expect(cards(page)[0].locator("[data-files] a")).to_have_text("现场.jpg")
    expect(page.locator(".sofar2 [data-looked-at]")).to_contain_text("2")
    page.fill("#visited_on", "2026-01-05")
    visitor.press("Save day and remark")
    expect(page.locator("#visited_on")).to_have_value("2026-01-05")
    visitor.follow("On paper")
    expect(page.locator(".paper .boxes").first).to_be_visible()

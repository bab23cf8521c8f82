"""What a consultant and a firm do with each other: ask, agree, look, answer, sign, order; and their firms."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize
from uuid import UUID

from flask import Flask
from playwright.sync_api import expect
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import Select, select

from app import create_app
from app.access.scope import system_scope
from app.config import read_config
from app.extensions import db
from app.files import put_file
from app.models.engagements import Engagement
from app.models.jobs import Job, JobState
from app.models.reports import Report, ReportState
from app.models.users import User
from app.services.bundles import BUILD as BUNDLE
from tests.app import factories as make
from tests.app.rounds import SAID, make_round, persona
from tests.e2e import steps
from tests.e2e.site import Site
from tests.e2e.test_visits import attach, cards, choose, photo, saved
from tests.e2e.visitor import Visitor

BUILT = 120_000  # milliseconds at most for what jobs make
STANDING = 42
"""So many of the firms have a report already, as firms order theirs themselves; the rest is drawn for the bundle."""


@dataclass(frozen=True)
class Case:
    """A consultant (`login`), and a firm with a submitted round that has not let him in, with its owner. Both sign in
    with the password of the factories."""

    app: Flask
    login: str
    user_id: UUID
    name: str
    uscc: str
    owner: str
    firm_id: UUID
    round: str


def make_case(site: Site, name: str, consultant: str) -> Case:
    """A consultant and a firm of these names."""
    app = create_app(read_config(site.environ))
    with make.writing(app):
        user, owner = make.make_user(consultant), make.make_user("钱厂长")
        make.give(user, "consultant")
        uscc = steps.new_uscc()
        firm = make.make_firm(name, uscc=uscc)
        make.make_membership(owner, firm)
        path = f"/assessments/{make_round(firm, persona('P01'), SAID).assessment_id}"
        return Case(app, str(user.email), user.id, name, uscc, str(owner.email), firm.id, path)


def make_advised_firms(case: Case, number: int) -> list[str]:
    """So many firms with small rounds that have engaged the consultant; STANDING of them have ordered their report
    before. Returns their names."""
    names = [f"走访厂{n:02}号" for n in range(number)]
    with make.writing(case.app):
        user = db.session.get_one(User, case.user_id)
        for place, name in enumerate(names):
            firm = make.make_firm(name)
            make.make_engagement(firm, user)
            assessment = make.make_assessment(firm, submitted=True)
            make.make_answer(assessment, "scene_quality", 2)
            result = make.make_result(assessment)
            if place < STANDING:
                report = make.make_report(result, firm_name=name)
                put_file(report.file_key, small_pdf(name))
    return names


def small_pdf(words: str) -> bytes:
    """One page with these words."""
    buffer = BytesIO()
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(buffer)
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(72, 720, words)
    canvas.save()
    return buffer.getvalue()


def sign_in(visitor: Visitor, login: str) -> None:
    """Sign in with an account of the factories."""
    visitor.go("/sign-in")
    steps.sign_in(visitor, login, make.PASSWORD)


# ---- engagement


def fill_request(visitor: Visitor, firm: str) -> None:
    """Ask for a firm by its number."""
    visitor.go("/advice/ask")
    visitor.page.fill("#firm", firm)
    visitor.page.fill("#purpose", "到车间走访一天，核实自评答案。")
    visitor.press("Ask")


def ask(visitor: Visitor, firm: str) -> str:
    """Ask for a firm by its number; returns all that is said of it, without the number."""
    fill_request(visitor, firm)
    entry = visitor.page.locator("#asked li", has_text=firm)
    expect(entry).to_be_visible()
    visitor.sees("If this firm is registered here, its owner has been asked. You see it as soon as it agrees.")
    return entry.inner_text().replace(firm, "")


def ask_again(visitor: Visitor, firm: str) -> str:
    """Ask a second time; returns why that is refused, without the number."""
    fill_request(visitor, firm)
    visitor.sees("You have asked for this within the last 30 days. It is up to the firm now.")
    return visitor.page.locator("main").inner_text().replace(firm, "")


def wait_for_request(case: Case) -> None:
    """Until the job has brought the request to the firm."""
    wait_until(lambda: count(case, select(Engagement.id).where(Engagement.firm_id == case.firm_id)) == 1)


def agree(owner: Visitor, case: Case) -> None:
    """Look at what the consultant asks, and let him in."""
    wait_for_request(case)
    owner.go(f"/firms/{case.firm_id}/consultants")
    owner.page.locator("li.row a.btn--go").click()
    owner.press("Agree")
    expect(owner.page.locator("li.row form[action$='/end']")).to_have_count(1)


# ---- verification and advice


def note_corrections(visitor: Visitor, sheet: str, folder: Path) -> list[str]:
    """Correct the first three items of the sheet, each with a photo; returns their ids."""
    page = visitor.go(sheet)
    items = []
    for place, card in enumerate(cards(page)[:3]):
        choose(card, place % 2)
        attach(card, photo(folder, f"现场{place}.jpg"))
        saved(card)
        expect(card.locator("[data-files] a")).to_have_text(f"现场{place}.jpg")
        items.append(str(card.get_attribute("id")))
    return items


def reply(owner: Visitor, item: str, said: str, text: str = "") -> None:
    """Reply to one finding: `accepted` or `objected`."""
    found = owner.page.locator(f"#finding-{item}")
    found.locator(f"label[for='{said}-{item}']").click()
    found.locator("textarea").fill(text)
    found.locator("button").click()
    owner.sees("Saved. The consultant reads it when you send your answer.")
    expect(owner.page.locator(f"#{said}-{item}")).to_be_checked()


def sign_diagnosis(consultant: Visitor, case: Case, zh: str, en: str) -> None:
    """Write the summary in both languages and sign it."""
    page = consultant.go(f"{case.round}/diagnosis")
    page.fill("#zh_summary", zh)
    page.fill("#en_summary", en)
    consultant.press("Save")
    consultant.sees("Saved. The firm sees nothing of it until you sign.")
    consultant.press("Sign and show the firm")
    consultant.sees("Signed. The firm reads it now, and new reports print it under your name.")


def agree_on_action(consultant: Visitor, case: Case, text: str, owner: str) -> None:
    """Write down what is to be done, by whom and by when."""
    page = consultant.go(f"{case.round}/actions")
    page.fill("#text-new", text)
    page.fill("#owner-new", owner)
    page.fill("#due_on-new", "2030-06-30")
    consultant.press("Add it to the list")
    expect(page.locator("ol.acts li")).to_contain_text(text)


# ---- reports


def order_report(visitor: Visitor, case: Case, language: str) -> list[str]:
    """The report of the round in a language, as the text of its pages without blanks."""
    page = visitor.go(f"{case.round}/result")
    page.locator(f"button[name=locale][value={language}]").first.click()
    link = page.locator("a[download]")
    link.wait_for(timeout=BUILT)
    return pages(visitor.get(str(link.get_attribute("href"))).body())


def pages(data: bytes) -> list[str]:
    """The words of each page of a PDF, without blanks."""
    assert data.startswith(b"%PDF")
    return [squeeze(page.extract_text()) for page in PdfReader(BytesIO(data), strict=True).pages]


def cover(data: bytes) -> str:
    """The words of the first page of a PDF that opens and has all its pages, without blanks."""
    reader = PdfReader(BytesIO(data), strict=True)
    assert all(page.mediabox.width for page in reader.pages)
    return squeeze(reader.pages[0].extract_text())


def squeeze(text: str) -> str:
    """A text without blanks, each character in its usual form."""
    return "".join(normalize("NFKC", text).split())


def reports_there(case: Case) -> int:
    """How many reports of the consultant's firms are built."""
    firms = select(Engagement.firm_id).where(Engagement.user_id == case.user_id)
    return count(case, select(Report.id).where(Report.firm_id.in_(firms), Report.state == ReportState.READY))


def is_built(case: Case) -> bool:
    """Whether a worker is at the consultant's file."""
    working = Job.kind == BUNDLE, Job.state == JobState.RUNNING, Job.requested_by == case.user_id
    return count(case, select(Job.id).where(*working)) == 1


def count(case: Case, query: Select[Any]) -> int:
    """How many rows there are now."""
    with case.app.app_context(), system_scope():
        return len(db.session.scalars(query).all())


def wait_until(condition: Callable[[], bool]) -> None:
    """Until something has happened behind the scenes."""
    deadline = time.monotonic() + BUILT / 1000
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)

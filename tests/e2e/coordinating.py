"""What a coordinator does on several pages: take in a list, find a firm of it, print letters, work out a programme."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from app.extensions import db
from app.models.jobs import Job, JobState
from app.models.users import User
from app.services.comparison import EXPORT
from tests.app import factories as make
from tests.e2e.steps import tick
from tests.e2e.visitor import Visitor

CLUSTER = "示例模具集群"
COMPUTED = 90_000  # milliseconds at most for what a job makes


def open_cluster(visitor: Visitor) -> str:
    """Open the mould cluster of the demo; returns its address."""
    page = visitor.go("/clusters")
    if not re.fullmatch(r"/clusters/[0-9a-f-]{36}", visitor.path):
        page.get_by_role("link", name=CLUSTER if visitor.language == "zh" else "Sample mould cluster").first.click()
        page.wait_for_url(re.compile(r"/clusters/[0-9a-f-]{36}$"))
    return visitor.path


def hand_in_list(visitor: Visitor, cluster: str, folder: Path, *names: str, mail: str = "") -> None:
    """From the members' page to the preview of a list with these firms."""
    rows = [f"{name},横沥镇,模具,45,陈厂长,{mail},试点\n" for name in names]
    path = folder / "名单.csv"
    path.write_text("企业名称,镇街,行业,职工人数,联系人,邮箱,标签\n" + "".join(rows), encoding="gb18030")
    visitor.go(f"{cluster}/members")
    visitor.follow("Take in a list")
    visitor.page.set_input_files("input[type=file]", path)
    visitor.press("Show what will happen")
    expect(visitor.page.locator(".counts dd").first).to_have_text(str(len(names)))


def take_in(visitor: Visitor, name: str) -> None:
    """From the preview to the list, and there to one firm."""
    visitor.press("Take in exactly this")
    visitor.page.wait_for_url("**/members")
    visitor.page.fill("input[name=q]", name)
    visitor.page.press("input[name=q]", "Enter")
    visitor.page.get_by_role("link", name=name, exact=True).click()
    expect(visitor.page.locator("h1")).to_have_text(name)


def stage(visitor: Visitor, cluster: str, name: str) -> str:
    """How far a firm of the list is."""
    visitor.go(f"{cluster}/members?q={name}")
    return visitor.page.locator("table.members tbody tr .far").inner_text().strip()


def personal_link(visitor: Visitor) -> str:
    """The link on the page of a firm of the list."""
    return visitor.page.locator("p.copy").inner_text().strip()


def print_letters(visitor: Visitor, cluster: str) -> None:
    """From the open round to the page on which the letters of all firms are ready."""
    visitor.go(f"{cluster}/rounds")
    visitor.page.locator(".rows a").first.click()
    tick(visitor.page.locator("input[name=choice][value=all]"))
    visitor.press("Make letters as PDF")
    visitor.page.locator("a[download]").wait_for(timeout=COMPUTED)


def work_out(visitor: Visitor, cluster: str) -> str:
    """Order a joint programme for everybody and wait for it; returns its address."""
    page = visitor.go(f"{cluster}/programmes")
    page.select_option("#target", "2")
    visitor.press("Work it out")
    page.wait_for_url(re.compile(r"/programmes/[0-9a-f-]{36}$"))
    page.locator("#firms").wait_for(timeout=COMPUTED)
    return visitor.path


def mailed_link(admin: Visitor, recipient: str, part: str) -> str:
    """The link in the mail to a recipient, as the administrator finds it; the mail is written by a job."""
    for _ in range(40):
        admin.go("/admin/messages")
        bodies = admin.page.locator("li", has_text=recipient).locator("p.copy").all_text_contents()
        links = [word for body in bodies for word in body.split() if part in word]
        if links:
            return links[0][links[0].index("http") :]
        admin.page.wait_for_timeout(500)
    raise AssertionError(f"no mail to {recipient}")


def finished_workbook(app: Flask, cluster: str) -> UUID:
    """The job of a workbook that the demo coordinator ordered, done: the demo has too few firms to need one."""
    with make.writing(app):
        coordinator = db.session.scalars(select(User).where(User.email == "coordinator@demo.example")).one()
        job = Job(
            kind=EXPORT, subject=cluster.rsplit("/", 1)[-1], requested_by=coordinator.id, state=JobState.DONE.value,
            progress=100, payload={"name": "企业对比.xlsx", "file": "exports/none.xlsx", "mark": ""},
        )  # fmt: skip
        db.session.add(job)
        db.session.flush()
        return job.id

"""A coordinator from a list of firms to a joint programme and its letters; an invited firm on the way in."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e import coordinating, steps
from tests.e2e.conftest import MakeVisitor
from tests.e2e.visitor import DESK, PHONE


@pytest.mark.timeout(300)
def test_from_a_list_to_a_joint_programme_and_its_letter(visit: MakeVisitor, tmp_path: Path) -> None:
    name = "名单上的厂"
    coordinator = visit("zh", account="coordinator", window=DESK)
    cluster = coordinating.open_cluster(coordinator)
    coordinating.hand_in_list(coordinator, cluster, tmp_path, name, "另一家厂")
    coordinating.take_in(coordinator, name)
    link = coordinating.personal_link(coordinator)

    firm = visit("zh", window=PHONE)
    firm.go(link)
    expect(firm.page.locator("h1")).to_contain_text(name)
    firm.press("Begin")
    assert coordinating.stage(coordinator, cluster, name) == coordinator.say("Opened")
    firm.follow("Open an account and join")
    steps.register(firm)
    steps.fill_firm(firm, name)
    firm.press("Go on")
    steps.tick(firm.page.locator("input[name=named][value=yes]"))
    firm.press("Join")
    firm.page.wait_for_url(re.compile(r"/firms/[0-9a-f-]{36}"))
    assert coordinating.stage(coordinator, cluster, name) == coordinator.say("Joined")

    coordinating.print_letters(coordinator, cluster)
    address = coordinator.page.locator("a[download]").get_attribute("href")
    assert name in words(coordinator.get(str(address)).body())

    programme = coordinating.work_out(coordinator, cluster)
    page = coordinator.page
    letters = page.locator("#firms tbody th").evaluate_all("cells => cells.map(cell => cell.firstChild.textContent)")
    assert re.search(r"\d", page.locator("h1").inner_text()) and letters
    coordinator.follow("Letters to the firms")
    expect(page.locator(".letter__to")).to_have_text(letters)
    printed = words(page.pdf())
    assert all(one in printed for one in letters)
    coordinator.go(f"{programme}/brief")
    assert not [one for one in letters if one in page.locator("main").inner_text()]


def words(data: bytes) -> str:
    """The words of a PDF; a browser's PDF has some characters as the radicals that look the same."""
    assert data.startswith(b"%PDF")
    return normalize("NFKC", "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages))

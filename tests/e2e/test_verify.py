"""A report that somebody received as a file: genuine, changed or another one, told by the browser alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import looks
from tests.e2e.conftest import MakeVisitor
from tests.e2e.site import Site
from tests.e2e.visitor import DESK, Visitor

WITHOUT_CRYPTO = "Object.defineProperty(globalThis, 'crypto', {value: {}})"
DROP = """([bytes, name]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, {type: 'application/pdf'}));
  document.querySelector('[data-drop]').dispatchEvent(
    new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
}"""


@dataclass(frozen=True)
class Printed:
    """A report as it was sent."""

    code: str
    pdf: bytes

    def as_file(self, change: bytes = b"") -> dict[str, object]:
        """For a file field; with something added to the end."""
        return {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": self.pdf + change}


def order(owner: Visitor, language: str) -> Printed:
    """The report of the newest round of the demo's second owner."""
    owner.go("/firms")
    results = owner.page.locator("a[href$='/result']")
    owner.go(results.last.get_attribute("href") or "")
    page = owner.page
    page.locator(f"button[name=locale][value={language}]").first.click()
    expect(page.locator("a[download]")).to_be_visible(timeout=60_000)
    href = page.locator("a[href*='/verify/']").get_attribute("href") or ""
    pdf = owner.get(page.locator("a[download]").get_attribute("href") or "").body()
    return Printed(href.rsplit("/", 1)[-1], pdf)


_ordered: dict[str, tuple[Printed, Printed]] = {}


@pytest.fixture
def reports(visit: MakeVisitor, site: Site) -> tuple[Printed, Printed]:
    """The Chinese and the English report of one round, ordered once."""
    if site.url not in _ordered:
        owner = visit("zh", account="owner2")
        _ordered[site.url] = order(owner, "zh"), order(owner, "en")
    return _ordered[site.url]


def verdict(page: Page, kind: str) -> None:
    """This is said of the file, and nothing else."""
    expect(page.locator(f"[data-verdict={kind}]")).to_be_visible()
    expect(page.locator("[data-verdict]:visible")).to_have_count(1)


def test_a_file_is_told_genuine_changed_or_another(visit: MakeVisitor, reports: tuple[Printed, Printed]) -> None:
    zh, en = reports
    stranger = visit("zh", window=DESK)
    page = stranger.go(f"/verify/{zh.code}")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/static/" not in request.url else None)
    field = page.locator("#pdf")
    for file, kind in (
        (zh.as_file(), "same"),
        (zh.as_file(b"\n% one more line"), "changed"),
        (zh.as_file(), "same"),
        ({"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nsomething else"}, "foreign"),
        ({"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"PK\x03\x04 a letter"}, "no-pdf"),
        (en.as_file(), "other"),
    ):
        field.set_input_files(file)  # type: ignore[arg-type]
        verdict(page, kind)
    assert sent == []  # nothing of any file has left the browser
    assert not looks.look(stranger)
    page.set_viewport_size(DESK)
    page.locator("[data-other]").click()
    expect(page).to_have_url(re.compile(en.code))
    verdict(page, "same")
    page.evaluate(DROP, [list(zh.pdf[:-1]), "报告.pdf"])
    verdict(page, "other")


def test_on_the_form_the_code_is_found_in_the_file(visit: MakeVisitor, reports: tuple[Printed, Printed]) -> None:
    zh, _ = reports
    page = visit("en").go("/verify")
    page.locator("#pdf").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n"})
    verdict(page, "no-code")
    page.locator("#pdf").set_input_files(zh.as_file())  # type: ignore[arg-type]
    expect(page).to_have_url(re.compile(f"/verify/{zh.code}$"))
    verdict(page, "same")
    page.reload()
    expect(page.locator("[data-verdict]:visible")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["no-crypto", "plain"])
def test_without_crypto_or_script_the_digest_is_compared_by_hand(
    visit: MakeVisitor, reports: tuple[Printed, Printed], javascript: bool
) -> None:
    import hashlib

    zh, _ = reports
    stranger = visit("zh", javascript=javascript)
    if javascript:
        stranger.context.add_init_script(WITHOUT_CRYPTO)
    page = stranger.go(f"/verify/{zh.code}")
    expect(page.locator("#pdf")).to_be_hidden()
    if javascript:
        expect(page.locator("[data-insecure]")).to_be_visible()
    else:
        page.locator("details:has(#sha256) > summary").click()
    for digest, said in (
        (hashlib.sha256(zh.pdf).hexdigest(), "This digest is the one of the report that we issued."),
        ("0" * 64, "This digest is not the one of the report that we issued: the file was changed, or is another one."),
    ):
        page.fill("#sha256", digest)
        stranger.press("Compare the digest")
        stranger.sees(said)

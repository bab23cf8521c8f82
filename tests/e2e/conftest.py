"""One site and one browser for all tests of this folder; each visitor has a window of his own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.site import DEMO_PASSWORD, Site, prepare_site, start_site, stop_site
from tests.e2e.visitor import PHONE, Visitor
from tests.prepare import browser as find_browser

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 20_000
FOLDER = Path(__file__).parent

MakeVisitor = Callable[..., Visitor]
_addresses = count(1)
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember a failure, for the pictures that the visitors of the test leave behind."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    path = find_browser()
    if path is None:
        message = "no Chromium: install chromium or set CHROMIUM to its path"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The running site, with demo data."""
    mine = tmp_path_factory.getbasetemp()
    prepared = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "prepared-site"
    prepare_site(prepared)
    running = start_site(tmp_path_factory.mktemp("site"), prepared)
    yield running
    stop_site(running)


@pytest.fixture(scope="session")
def signed_in(site: Site, chromium: Browser) -> Callable[[str], Any]:
    """Cookies of a demo account, from one sign-in through the form per account."""
    states: dict[str, Any] = {}

    def cookies(name: str) -> Any:
        if name not in states:
            context = chromium.new_context(extra_http_headers=_address())
            page = context.new_page()
            page.goto(f"{site.url}/sign-in")
            page.fill("#login", f"{name}@demo.example")
            page.fill("#password", DEMO_PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            states[name] = context.storage_state()
            context.close()
        return states[name]

    return cookies


@pytest.fixture
def visit(
    site: Site, chromium: Browser, signed_in: Callable[[str], Any], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[MakeVisitor]:
    """Make visitors: `visit("zh", javascript=False, window=PHONE, account="owner")`. Their troubles fail the test.

    After a failure the last page of each is kept as a picture in the folder of the test.
    """
    made: list[Visitor] = []

    def make(
        language: str = "zh",
        *,
        javascript: bool = True,
        window: dict[str, int] | None = None,
        account: str | None = None,
        **options: Any,
    ) -> Visitor:
        context = chromium.new_context(
            viewport=window or PHONE,
            java_script_enabled=javascript,
            storage_state=signed_in(account) if account else None,
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
            reduced_motion="reduce",
            extra_http_headers=_address(),
            **options,
        )
        context.set_default_timeout(WAIT)
        visitor = Visitor(site, context, context.new_page(), language, javascript)
        context.on("page", visitor.watch)
        visitor.watch(visitor.page)
        visitor.go(f"/language/{language}?next=/about")
        made.append(visitor)
        return visitor

    yield make
    troubles = [trouble for visitor in made for trouble in visitor.troubles]
    for number, visitor in enumerate(made):
        if request.node.stash.get(_failed, False):
            visitor.page.screenshot(path=tmp_path / f"visitor-{number}.png", full_page=True)
        visitor.context.close()
    assert not troubles, "\n".join(troubles) + "\n" + site.log()[-4000:]


def _address() -> dict[str, str]:
    """What the proxy in front says about a visitor: an address that no other visitor has."""
    number = next(_addresses)
    return {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}

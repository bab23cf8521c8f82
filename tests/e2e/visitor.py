"""Somebody in front of a browser: a window, a language, with or without JavaScript, and what may never happen there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, Request, Response, Route

from app.i18n import read_catalogue
from tests.e2e.site import Site

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1440, "height": 900}
EXPECTED_CONSOLE = ("Failed to load resource", "net::ERR_INTERNET_DISCONNECTED")

_chinese = read_catalogue("zh")


def say(message: str, language: str, /, **values: object) -> str:
    """A text of the site in one of its languages, by its English sentence."""
    if language != "en":
        entry = _chinese.get(message)
        assert entry is not None and entry.string, f"no Chinese text for {message!r}"
        message = str(entry.string)
    return message % values if values else message


@dataclass
class Visitor:
    """A browser window of its own, from an address of its own. `troubles` holds what went wrong behind the scenes."""

    site: Site
    context: BrowserContext
    page: Page
    language: str
    javascript: bool
    troubles: list[str] = field(default_factory=list)

    def say(self, message: str, /, **values: object) -> str:
        """A text of the site in this visitor's language."""
        return say(message, self.language, **values)

    def go(self, address: str) -> Page:
        """Open a page of the site, by path or full address."""
        self.page.goto(address if "://" in address else self.site.url + address)
        return self.page

    def press(self, message: str, /, within: Locator | Page | None = None, **values: object) -> None:
        """Press the button with this text, as a user finds it; styles and scripts of the next page are there then."""
        (within or self.page).get_by_role("button", name=self.say(message, **values), exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, message: str, /, within: Locator | Page | None = None, **values: object) -> None:
        """Follow the link with this text."""
        (within or self.page).get_by_role("link", name=self.say(message, **values), exact=True).first.click()
        self.page.wait_for_load_state()

    def sees(self, message: str, /, **values: object) -> None:
        """The text stands on the page."""
        text = self.say(message, **values)
        self.page.get_by_text(text).first.wait_for(state="visible")

    @contextmanager
    def before_the_script(self, name: str) -> Iterator[None]:
        """The present page anew, on a line so slow that this script arrives only when the block is done."""
        held: list[Route] = []
        self.page.route(f"**/js/{name}*", lambda route: held.append(route))
        self.page.reload(wait_until="commit")
        self.page.locator("main .navrow").wait_for()  # the end of the form
        yield
        while not held:
            self.page.wait_for_timeout(50)
        for route in held:
            route.continue_()
        self.page.unroute(f"**/js/{name}*")
        self.page.wait_for_load_state()

    @property
    def path(self) -> str:
        """Path of the present page."""
        return urlsplit(self.page.url).path

    def get(self, path: str) -> Any:
        """Fetch an address with this visitor's cookies, without showing it."""
        return self.context.request.get(path if "://" in path else self.site.url + path)

    def watch(self, page: Page) -> None:
        """Note whatever may not happen on any page: other hosts, script errors, refused styles, server errors."""
        page.on("request", self._look_at_request)
        page.on("response", self._look_at_response)
        page.on("pageerror", lambda error: self.troubles.append(f"script error on {page.url}: {error}"))
        page.on("console", self._console(page))

    def _look_at_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.site.url).netloc:
            self.troubles.append(f"request to another host: {request.url}")

    def _look_at_response(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status} from {response.request.method} {response.url}")

    def _console(self, page: Page) -> Callable[[Any], None]:
        def note(message: Any) -> None:
            if message.type == "error" and not any(part in message.text for part in EXPECTED_CONSOLE):
                self.troubles.append(f"console on {page.url}: {message.text}")

        return note

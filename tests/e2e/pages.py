"""Which pages a visitor can reach: found by following links, as far as the site's own addresses go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from tests.e2e.visitor import Visitor

MOST_OF_A_KIND = 1
MORE_OF_A_KIND = {"assessments.section": 2}


def endpoint_of(url_map: Map, path: str) -> str | None:
    """The endpoint that answers GET for a path."""
    try:
        return str(url_map.bind("site").match(path, method="GET")[0])
    except RequestRedirect:
        return None
    except HTTPException:
        return None


def reachable(visitor: Visitor, url_map: Map, *starts: str) -> dict[str, str]:
    """Pages by path, with their endpoint: some of each kind, from the given addresses on."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    waiting = list(starts or ("/",))
    while waiting:
        path = waiting.pop(0)
        endpoint = endpoint_of(url_map, urlsplit(path).path)
        if endpoint is None or endpoint == "static" or path in seen:
            continue
        seen.add(path)
        if kinds[endpoint] >= MORE_OF_A_KIND.get(endpoint, MOST_OF_A_KIND):
            continue
        answer = visitor.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert answer.ok, f"a link leads to {path}, which answers {answer.status}"
        landed = _local(answer.url)
        if landed == path:
            kinds[endpoint] += 1
            found[path] = endpoint
        elif landed not in seen:
            waiting.insert(0, landed)
        waiting.extend(_links(answer.url, answer.text()))
    return found


def _links(base: str, html: str) -> Iterator[str]:
    host = urlsplit(base).netloc
    for anchor in BeautifulSoup(html, "lxml").select("a[href]"):
        address = urljoin(base, str(anchor["href"]))
        if urlsplit(address).netloc == host and "lang=" not in address:
            yield _local(address)


def _local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

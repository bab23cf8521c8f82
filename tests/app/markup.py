"""What every page promises: well-formed, labelled, one heading, nothing inline, every form protected."""

from __future__ import annotations

from html.parser import HTMLParser

from bs4 import BeautifulSoup, Tag

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


class Nesting(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an opened element, and attributes given twice."""
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Self-closing elements of SVG need no end."""

    def handle_endtag(self, tag: str) -> None:
        """Close the element opened last."""
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            line, _ = self.getpos()
            self.faults.append(f"line {line}: </{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def check_page(html: str) -> BeautifulSoup:
    """The parsed page. Raises AssertionError listing every fault."""
    nesting = Nesting()
    nesting.feed(html)
    page = BeautifulSoup(html, "html.parser")
    faults = [*nesting.faults, *(f"<{tag}> is not closed" for tag in nesting.open), *_faults(html, page)]
    assert not faults, "\n".join(faults)
    return page


def _faults(html: str, page: BeautifulSoup) -> list[str]:
    found: list[str] = []
    if not html.lstrip().lower().startswith("<!doctype html>"):
        found.append("no doctype")
    if page.html is None or page.html.get("lang") not in ("zh-CN", "zh-Hant-HK", "en"):
        found.append("no language on <html>")
    if page.title is None or not page.title.get_text(strip=True):
        found.append("no title")
    for name in ("h1", "main"):
        if len(page.find_all(name)) != 1:
            found.append(f"{len(page.find_all(name))} <{name}> instead of one")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    found += [f"id {name!r} twice" for name in {i for i in ids if ids.count(i) > 1}]
    for tag in page.find_all(True):
        found += _tag_faults(tag, set(ids))
    found += [f"template mark left: {mark}" for mark in ("{{", "{%", "Undefined") if mark in page.get_text()]
    return found


def _tag_faults(tag: Tag, ids: set[str]) -> list[str]:
    found = [f"<{tag.name}> has {name}" for name in tag.attrs if name == "style" or name.startswith("on")]
    for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form"):
        if tag.name == "output" and name == "for":
            continue
        found += [f"{name} points to nothing: {ref}" for ref in str(tag.get(name) or "").split() if ref not in ids]
    if tag.name == "style" or (tag.name == "script" and not tag.get("src") and tag.get("type") != "application/json"):
        found.append(f"inline <{tag.name}>")
    if tag.name == "img" and tag.get("alt") is None:
        found.append("an image without alt")
    if tag.name in ("input", "select", "textarea") and tag.get("type") not in UNLABELLED and not _has_label(tag):
        found.append(f"<{tag.name} name={tag.get('name')!r}> has no label")
    if (
        tag.name == "form"
        and str(tag.get("method", "")).lower() == "post"
        and not tag.find(attrs={"name": "csrf_token"})
    ):
        found.append("a form without csrf_token")
    for name in ("src", "href", "action"):
        if str(tag.get(name) or "").startswith(("http:", "https:", "//", "javascript:")) and tag.name != "a":
            found.append(f"{name} of <{tag.name}> is on another host: {tag.get(name)}")
    return found


def _has_label(tag: Tag) -> bool:
    if tag.get("aria-label") or tag.get("aria-labelledby") or tag.find_parent("label"):
        return True
    root = tag.find_parents()[-1]
    return bool(tag.get("id")) and root.find("label", attrs={"for": tag["id"]}) is not None

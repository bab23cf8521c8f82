"""What holds on every page: nothing serious for axe-core, no sideways scrolling, targets large enough for a thumb."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.e2e.visitor import DESK, PHONE, Visitor

SMALLEST_TARGET = 44
GRAVE = ("serious", "critical")

_SMALL_TARGETS = """(smallest) => {
  const seen = (e) => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && !e.closest('.vh');
  const alone = (e) => ![...e.parentElement.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
  const boxes = [...document.querySelectorAll('main button, main .btn, main summary, main input:not([type=hidden]), '
    + 'main select, main textarea, main form li > a, main ul.plain a, nav a, nav summary')];
  return boxes.filter(seen).filter(alone).filter((e) => {
    let box = e.getBoundingClientRect();
    if (e.matches('input[type=radio], input[type=checkbox]')) {
      const label = e.labels && e.labels[0];
      if (label) box = {height: Math.max(box.height, label.getBoundingClientRect().height)};
    }
    return box.height > 0 && box.height < smallest - 0.5;
  }).map((e) => `${e.tagName.toLowerCase()}.${e.className} "${(e.innerText || e.name || '').trim().slice(0, 30)}" `
    + `${e.getBoundingClientRect().height}`);
}"""
_SIDEWAYS = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth + 1) return [];
  const wide = (e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll');
  return [...document.querySelectorAll('body *')].filter(wide).slice(0, 5)
    .map((e) => `${e.tagName.toLowerCase()}.${e.className}`).concat(root.scrollWidth);
}"""
_CLIPPED = """() => [...document.querySelectorAll('main input:not([type=hidden]):not([type=file]), main select')]
  .filter((e) => e.checkVisibility() && !e.matches('[type=radio], [type=checkbox], [readonly]'))
  .filter((e) => e.value && e.value.length <= 6 && e.scrollWidth > e.clientWidth + 1).map((e) => e.name)"""

_MISSING_DRAWINGS = """() => [...document.querySelectorAll('use[href^="#"]')]
  .map((e) => e.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id))"""


def faults(page: Page, *, only: list[str] | None = None) -> list[str]:
    """What axe-core finds on the present page, of the serious kinds."""
    page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = only
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:3]
    ]


def sideways(page: Page) -> list[str]:
    """What makes the page wider than the window."""
    return [f"wider than the window: {where}" for where in page.evaluate(_SIDEWAYS)]


def small_targets(page: Page) -> list[str]:
    """Buttons, fields and links in lists that a thumb would miss."""
    return [f"too small: {where}" for where in page.evaluate(_SMALL_TARGETS, SMALLEST_TARGET)]


def look(visitor: Visitor) -> list[str]:
    """Everything about the present page, in both windows and in the dark."""
    page, found = visitor.page, []
    page.set_viewport_size(PHONE)
    found += faults(page) + sideways(page) + small_targets(page)
    found += [f"its value does not fit: {name}" for name in page.evaluate(_CLIPPED)]
    found += [f"no such drawing: {name}" for name in page.evaluate(_MISSING_DRAWINGS)]
    page.set_viewport_size(DESK)
    found += faults(page) + sideways(page)
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark, {fault}" for fault in faults(page, only=["color-contrast"])]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    return [f"{page.url}: {fault}" for fault in dict.fromkeys(found)]

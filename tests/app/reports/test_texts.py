"""The report's words are complete in Chinese, and its colours are those of the site."""

from __future__ import annotations

import ast
import re

import pytest

from app.config import ROOT
from app.i18n import read_catalogue
from app.reports.theme import TOKENS
from app.reports.wording import CONTEXT

PO = ROOT / "app" / "translations" / "zh" / "LC_MESSAGES" / "reports.po"


def messages() -> set[str]:
    """Every message of the report's code: arguments of `say`, `count` and `N_`."""
    found = set()
    for path in sorted((ROOT / "app" / "reports").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in ("say", "N_", "count") and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_every_message_has_a_chinese_text_and_none_is_left_over() -> None:
    catalogue = read_catalogue("zh")
    known = {
        (m.id if isinstance(m.id, str) else m.id[0]) for m in catalogue if m.id and m.context == CONTEXT and m.string
    }
    assert messages() - known == set()
    assert known - messages() == set()


@pytest.mark.parametrize("message", sorted(messages()))
def test_messages_are_english(message: str) -> None:
    assert not re.search(r"[\u3000-\u9fff]", message)


def test_tokens_are_those_of_the_site() -> None:
    css = (ROOT / "app" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    light = css[: css.index("@media")]
    site = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", light))
    assert {name: site.get(name) for name in TOKENS} == TOKENS

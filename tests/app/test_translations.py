"""Both languages are complete: every English msgid has a Chinese text with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app import i18n
from app.i18n import read_catalogue

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "gettext": None, "lazy": None, "lazy_gettext": None, "ngettext": (1, 2), "_n": (1, 2)}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Message = str | tuple[str, ...]


def _extracted() -> Iterator[tuple[Message, str]]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    found = extract_from_dir(ROOT / "app", [(p.removeprefix("app/"), m) for p, m in methods], options_map={
        p.removeprefix("app/"): o for p, o in options.items()
    }, keywords=KEYWORDS)  # fmt: skip
    for file, line, message, _comments, _context in found:
        yield message, f"app/{file}:{line}"


def _error_messages() -> Iterator[tuple[Message, str]]:
    """Domain errors carry a msgid that the error page translates: attributes, and the first argument of a raise."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            value: ast.expr | None = None
            if isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                value = node.value if isinstance(target, ast.Name) and target.id == "message" else None
            elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _is_domain_error(node.exc.func):
                value = node.exc.args[0] if node.exc.args else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value, f"{path.relative_to(ROOT)}:{value.lineno}"


def _is_domain_error(function: ast.expr) -> bool:
    from app import errors

    kind = getattr(errors, function.id, None) if isinstance(function, ast.Name) else None
    return isinstance(kind, type) and issubclass(kind, errors.DomainError)


MESSAGES = {message: place for message, place in (*_extracted(), *_error_messages()) if message}


def test_there_are_messages() -> None:
    assert len(MESSAGES) > 100


def test_every_message_has_a_chinese_text() -> None:
    zh = read_catalogue("zh")
    missing = {
        f"{place}: {message}"
        for message, place in MESSAGES.items()
        if (known := zh.get(message)) is None or not known.string or known.fuzzy
    }
    assert not missing, "\n".join(sorted(missing))


def test_messages_are_english() -> None:
    assert not [f"{place}: {m}" for m, place in MESSAGES.items() for one in _texts(m) if CHINESE.search(one)]


def test_placeholders_are_the_same_in_both_languages() -> None:
    wrong = []
    for entry in read_catalogue("zh"):
        if not entry.id:
            continue
        wanted = set(PLACEHOLDER.findall(_texts(entry.id)[-1]))
        wrong += [
            f"{entry.id!r}: {text!r}" for text in _texts(entry.string) if set(PLACEHOLDER.findall(text)) != wanted
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", sorted(i18n.TRANSLATIONS.rglob("*.po")), ids=lambda p: p.name)
def test_catalogues_hold_nothing_fuzzy_or_empty(path: Path) -> None:
    with path.open("rb") as file:
        entries = [m for m in read_po(file, locale="zh") if m.id]
    assert not [m.id for m in entries if m.fuzzy or not all(_texts(m.string))]


def _texts(value: Message | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)

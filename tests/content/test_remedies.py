"""What the checks say, an author reads in Chinese too."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from scoring.content.remedies import say_zh

ROOT = Path(__file__).resolve().parents[2] / "scoring"
NOT_OF_A_TRADE = ("expects ", "is not ", "no trade found", "no version ")


def messages() -> list[str]:
    """The messages of the checks, with a word where something is filled in."""
    found = []
    for path in (ROOT / "content" / "checks.py", ROOT / "review.py", ROOT / "conditions.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value: ast.expr | None = None
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                places = {"fault": 0, "Fault": 2, "ConditionError": 0}
                if name in places and len(node.args) > places[name]:
                    value = node.args[places[name]]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "message":
                value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.append(value.value)
            elif isinstance(value, ast.JoinedStr):
                found.append("".join(v.value if isinstance(v, ast.Constant) else "X1" for v in value.values))
    return found


@pytest.mark.parametrize("message", sorted(set(messages())))
def test_every_message_of_the_checks_has_chinese_words(message: str) -> None:
    if message.startswith(NOT_OF_A_TRADE) or "hardly" in message or "wanted" in message:
        return  # of the whole folder, or a warning
    if message == "X1no X1 X1X1; X1":
        return  # below, with what it may speak of
    said = say_zh(message)
    assert re.search(r"[\u4e00-\u9fff]", said), message
    assert said.count("X1") >= min(1, message.count("X1"))


@pytest.mark.parametrize("what", ["question", "topic", "solution", "fact", "trade"])
def test_what_is_unknown_is_told_with_what_may_be_meant(what: str) -> None:
    near = say_zh(f"no {what} X1; is it X2?")
    assert "X1" in near and near.endswith("；是不是 X2？")
    far = say_zh(f"no {what} X1; take it out or mend the id")
    assert "X1" in far and "；" in far and "take" not in far


def test_what_is_filled_in_stands_in_both() -> None:
    assert say_zh("page a has 3 questions; 4 to 7 fit") == "页 a 有 3 题；一页放 4 到 7 题"
    assert say_zh("C12>=2: no topic C12 with a level").startswith("C12>=2：没有题 C12")
    assert say_zh("something else") == "something else"

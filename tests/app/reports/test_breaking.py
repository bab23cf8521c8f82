"""Where lines of Chinese text end."""

from __future__ import annotations

import pytest

from app.reports.breaking import line_ends


def lines(text: str, room: float) -> list[str]:
    widths = [1.0 if ord(c) > 0x2E80 else 0.5 for c in text]
    ends = line_ends(text, widths, lambda n: room)
    return [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("一二三四五六", 3, ["一二三", "四五六"]),
        ("一二三，四五", 3.5, ["一二三，", "四五"]),  # the stop hangs with its blank half
        ("一二三，四五六", 3, ["一二", "三，四", "五六"]),  # no stop at the start of a line
        ("一二三四五六七", 6, ["一二三四五", "六七"]),  # no sign alone on the last line
        ("至少是 5 家一组", 5, ["至少是 ", "5 家一组"]),  # a number stays with its measure word
        ("总得分共 44.55 分。", 8, ["总得分共 ", "44.55 分。"]),
        ("一二（三四）", 3, ["一二", "（三", "四）"]),  # no opening bracket at the end
        ("用 Excel 记", 3, ["用 ", "Excel ", "记"]),
        ("18 台机", 1.5, ["18 ", "台", "机"]),
        ("abcdefgh", 2, ["abcd", "efgh"]),  # nowhere to break: cut where it is full
    ],
)
def test_lines(text: str, room: float, shown: list[str]) -> None:
    assert lines(text, room) == shown


def test_nothing_is_lost() -> None:
    text = "「一付模几百个件」，做到哪了没人说得清（交期老是失控）！Excel 表 3.5 版——慢。" * 5
    for room in (1, 2, 3.5, 7, 20):
        assert "".join(lines(text, room)).replace(" ", "") == text.replace(" ", "")

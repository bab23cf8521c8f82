"""Where a line of Chinese text may end: no stop or closing bracket at its start, no opening bracket at its end,
no Latin word or number cut in two, no number torn from its measure word, no sign alone on the last line.

ReportLab's own rules are those of Japanese and know neither the full-width comma nor brackets at the end of a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

NOT_AT_START = frozenset("、，。．；：？！…—～·）］｝〕〉》」』】〗’”％‰℃°,.;:?!)]}%/")
NOT_AT_END = frozenset("（［｛〔〈《「『【〖‘“([{")
HALF_BLANK = frozenset("、，。．；：？！）］｝〕〉》」』】〗’”")
_WIDE_FROM = 0x2E80  # from here on every sign stands for itself


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters."""
    if after in NOT_AT_START or before in NOT_AT_END or after == " ":
        return False
    if before in " -":
        return True
    return ord(before) >= _WIDE_FROM or ord(after) >= _WIDE_FROM


def line_ends(text: str, widths: Sequence[float], measure: Callable[[int], float]) -> list[int]:
    """Index after the last character of each line; `measure(n)` is the room in line n.

    A stop or closing bracket that ends a line may reach into the margin with its blank half. Text without any
    place to break is cut where the line is full.
    """
    ends: list[int] = []
    start, place, used = 0, 0, 0.0
    i = 0
    while i < len(text):
        room = measure(len(ends)) + 1e-6
        width = widths[i]
        hanging = width / 2 if text[i] in HALF_BLANK else 0.0
        if i > start and may_break(text[i - 1], text[i]) and not _counted(text, i):
            place = i
        if used + width - hanging > room and text[i] != " " and i > start:
            end = place if place > start else i
            ends.append(end)
            start = end
            while start < len(text) and text[start] == " ":
                start += 1
            place, used, i = start, 0.0, start
            continue
        used += width
        i += 1
    if start < len(text):
        ends.append(len(text))
    if len(ends) > 1:
        ends[-2] = _company(text, ends[-3] if len(ends) > 2 else 0, ends[-2])
    return ends


def _counted(text: str, place: int) -> bool:
    """Whether a number and its measure word meet here."""
    return text[place - 1] == " " and text[place - 2 : place - 1].isdigit() and ord(text[place]) >= _WIDE_FROM


def _company(text: str, start: int, end: int) -> int:
    """Where the last line but one, from `start` to `end`, ends so that no sign stands alone on the last."""
    place = end
    while place > start and (
        not may_break(text[place - 1], text[place]) or _counted(text, place) or _signs(text[place:]) < 2
    ):
        place -= 1
    return place if _signs(text[end:]) < 2 and place > start + (end - start) / 3 else end


def _signs(text: str) -> int:
    """Signs of a line without blanks and stops."""
    return sum(c != " " and c not in NOT_AT_START for c in text)

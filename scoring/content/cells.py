"""One value of content as one cell of a sheet, and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from scoring.content.model import Text
from scoring.content.shapes import Column

Cell = str | int | float | bool | date | None
_YES, _NO = "是", "否"
_FLAGS = {_YES: True, "yes": True, "true": True, "1": True, _NO: False, "no": False, "false": False, "0": False}
_SIGNS = str.maketrans({"≥": ">=", "≠": "!=", "；": ";"})


class CellError(ValueError):
    """A cell that cannot be read; `message` says what is expected, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh=zh, en=en)


def choices(column: Column) -> tuple[str, ...]:
    """What a cell may be picked from; empty where anything goes."""
    return (_YES, _NO) if column.kind == "flag" else column.choices


def write(column: Column, value: Any) -> Cell:
    """The cell of a raw value (as content writes it)."""
    if value is None:
        return None
    match column.kind:
        case "flag":
            return _YES if value else _NO
        case "words":
            return "\n".join(map(str, value))
        case "cases":
            return "\n".join(" & ".join(case) for case in value)
        case "pairs":
            return "\n".join(f"{key}: {_plain(v)}" for key, v in value.items())
        case "decimal":
            return _plain(value)
        case _:
            return value  # type: ignore[no-any-return]


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read(column: Column, cell: Cell) -> Any:
    """The raw value of a cell; None for an empty one. Raises CellError."""
    return None if is_blank(cell) else _READERS[column.kind](column, cell)


def _text(column: Column, cell: Cell) -> str:
    if isinstance(cell, datetime | date) and column.path[-1] in ("zh", "en"):
        raise CellError(
            "表格软件把它变成了日期；把单元格设成文本再填", "was turned into a date; format the cell as text"
        )
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, bool):
        raise CellError(
            "表格软件把它变成了 TRUE 或 FALSE；把单元格设成文本再填",
            "was turned into TRUE or FALSE; format the cell as text",
        )
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def _number(column: Column, cell: Cell) -> int:
    text = unicodedata.normalize("NFKC", _text(column, cell)).replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,12}", text):
        raise CellError("应是整数，例如 12", "expects a whole number, for example 12")
    return int(text)


def _decimal(column: Column, cell: Cell) -> Decimal:
    try:
        value = Decimal(unicodedata.normalize("NFKC", _text(column, cell)))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise CellError("应是数字，例如 0.5", "expects a number, for example 0.5")
    return value


def _word(column: Column, cell: Cell) -> str:
    return _text(column, cell)


def _either(column: Column, cell: Cell) -> str | int:
    text = _text(column, cell)
    return int(text) if text.isascii() and text.isdigit() else text


def _flag(column: Column, cell: Cell) -> bool:
    text = str(cell if isinstance(cell, bool) else _text(column, cell)).casefold()
    if text not in _FLAGS:
        raise CellError("填“是”或“否”", "expects 是 (yes) or 否 (no)")
    return _FLAGS[text]


def _choice(column: Column, cell: Cell) -> str:
    text = _text(column, cell)
    known = {c.casefold(): c for c in column.choices}
    if text.casefold() not in known:
        listed = ", ".join(column.choices)
        raise CellError(f"只能是其中一个：{listed}", f"expects one of {listed}")
    return known[text.casefold()]


def split(text: str, separators: str) -> list[str]:
    """The parts between separators that stand outside parentheses; empty ones are left out."""
    parts, depth = [""], 0
    for char in unicodedata.normalize("NFKC", text.translate(_SIGNS)):
        depth += (char == "(") - (char == ")")
        if char in separators and depth <= 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]


def _words(column: Column, cell: Cell) -> list[Any]:
    parts = split(_text(column, cell), "\n,、;")
    if column.inner == "number":
        return [_number(column, part) for part in parts]
    return parts


def _cases(column: Column, cell: Cell) -> list[list[str]]:
    return [split(line, "&且") for line in split(_text(column, cell), "\n")]


def _pairs(column: Column, cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in split(_text(column, cell), "\n,、;"):
        key, sign, value = line.partition(":" if ":" in line else "=")
        key = key.strip()
        if not sign or not key or not value.strip():
            raise CellError(f"每行写成“编号: 数”，不是“{line}”", f"expects a line “id: number”, not “{line}”")
        if key in found:
            raise CellError(f"{key} 写了两次", f"{key} stands twice")
        found[key] = _READERS[column.inner](column, value.strip())
    return found


_READERS: dict[str, Callable[[Column, Cell], Any]] = {
    "text": _text, "word": _word, "either": _either, "number": _number, "decimal": _decimal, "flag": _flag,
    "choice": _choice, "words": _words, "cases": _cases, "pairs": _pairs,
}  # fmt: skip

"""How the classes of `model.py` lie in sheets: which sheets there are, which columns, what a cell holds.

Everything is read off the dataclasses, so that a new field comes along by itself; a type that no rule covers is an
error here, never a silent loss. Plain fields are columns, zh/en pairs two columns, a nested entry (`cost`) columns of
its own, a list of words one cell with a line each. A list of entries (`anchors`) is a sheet beside, a row each.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from scoring.content import model
from scoring.content.headings import LANGUAGES, field_words, sheet_words

Path = tuple[str | int, ...]
Kind = Literal["text", "word", "either", "number", "decimal", "flag", "choice", "words", "pairs", "cases", "note"]
POSITION = "#"
ITEM = "item"
_WIDTHS: dict[str, int] = {"text": 42, "words": 20, "cases": 24, "pairs": 24, "note": 30, "word": 16}
_SCALARS: dict[type, Kind] = {str: "word", int: "number", Decimal: "decimal", bool: "flag"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `path` leads to its value inside a raw entry; `heading` is what stands above it, in zh and en.

    `inner` is the type of one element of a list or one value of a pair; `required` tells that an entry must have it.
    """

    path: Path
    zh: str
    en: str
    kind: Kind
    choices: tuple[str, ...] = ()
    inner: Kind = "word"
    required: bool = False

    @property
    def heading(self) -> str:
        return f"{self.zh}（{self.en}）"

    @property
    def width(self) -> int:
        return _WIDTHS.get(self.kind, 13)


@dataclass(frozen=True, slots=True)
class Layout:
    """One sheet. `key` is its place in the content (`questions.anchors`), `owner` the class of a row.

    `mode`: entry (a row is an entry) · rows (a row is an element of the list at `path` of its parent) · map (a row is a
    pair at `path`) · effects (a row is one effect of one item). `parent` is the key of the sheet of its parents.
    """

    key: str
    owner: type
    columns: tuple[Column, ...]
    mode: Literal["entry", "rows", "map", "effects"] = "entry"
    path: Path = ()
    parent: str | None = None

    @property
    def title(self) -> str:
        words = sheet_words(self.key)
        return f"{words.zh} {words.en}"

    @property
    def of_sector(self) -> bool:
        """True where there is one parent only, the trade: its rows name no parent."""
        return self.parent == "sector"


def raw_name(owner: type, name: str) -> str:
    """The key under which content writes a field (`if` for `given`)."""
    return owner.__pydantic_fields__[name].alias or name  # type: ignore[attr-defined]


@cache
def layouts(key: str, owner: type) -> tuple[Layout, ...]:
    """The sheets of one kind of entry: its own first, then those of the lists inside it, level by level."""
    columns: list[Column] = []
    beside: list[Layout] = []
    _collect(owner, key, (), "", "", columns, beside)
    found = [Layout(key, owner, tuple(columns))]
    for child in beside:
        found.append(child)
        if child.mode == "rows":
            inner = layouts(child.key, child.owner)[1:]
            if inner and "id" not in child.owner.__dataclass_fields__:  # type: ignore[attr-defined]
                raise TypeError(f"{child.owner.__name__}: lists inside an entry without an id cannot be laid out")
            found += inner
    return tuple(found)


def _collect(owner: type, key: str, path: Path, zh: str, en: str, columns: list[Column], beside: list[Layout]) -> None:
    hints = get_type_hints(owner)
    for f in fields(owner):
        words = field_words(owner, f.name)
        place = (*path, raw_name(owner, f.name))
        required = owner.__pydantic_fields__[f.name].is_required()  # type: ignore[attr-defined]
        label = (f"{zh}{words.zh}", f"{en}{words.en}")
        kind = _present(hints[f.name])
        if kind is model.Text:
            columns += _text(place, *label, required)
        elif is_dataclass(kind):
            _collect(kind, key, place, f"{label[0]} ", f"{label[1]}: ", columns, beside)  # type: ignore[arg-type]
        elif child := _list_of_entries(kind, f"{key}.{'.'.join(map(str, place))}", place, key):
            beside.append(child)
        else:
            columns += _cells(place, *label, kind, required, f"{owner.__name__}.{f.name}")


def _present(kind: Any) -> Any:
    """The type without "or nothing"."""
    if get_origin(kind) in (Union, types.UnionType):
        parts = [p for p in get_args(kind) if p is not type(None)]
        if len(parts) == 1:
            return parts[0]
    return kind


def _text(path: Path, zh: str, en: str, required: bool) -> Iterator[Column]:
    for code, words in LANGUAGES.items():
        yield Column((*path, code), f"{zh} {words.zh}", f"{en}, {words.en}", "text", required=required)


def _list_of_entries(kind: Any, key: str, path: Path, parent: str) -> Layout | None:
    origin, inside = get_origin(kind), get_args(kind)
    columns: list[Column] = []
    if origin is tuple and inside[1:] == (Ellipsis,) and is_dataclass(inside[0]):
        owner: Any = inside[0]
        if owner is model.Anchor:
            columns.append(Column((POSITION,), "档", "Level", "number", required=True))
        _collect(owner, key, (), "", "", columns, [])
        return Layout(key, owner, tuple(columns), "rows", path, parent)
    if origin is dict and inside[1] is model.Text:
        columns = [Column((ITEM,), "题号", "Question id", "word", required=True), *_text((), "说明", "Text", True)]
        return Layout(key, model.Text, tuple(columns), "map", path, parent)
    if origin is dict and model.Effect in get_args(inside[1]):
        columns = [Column((ITEM,), "题号", "Question id", "word", required=True)]
        _collect(model.Effect, key, (), "", "", columns, [])
        return Layout(key, model.Effect, tuple(columns), "effects", path, parent)
    return None


def _cells(path: Path, zh: str, en: str, kind: Any, required: bool, name: str) -> Iterator[Column]:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Literal:
        yield Column(path, zh, en, "choice", tuple(map(str, inside)), required=required)
    elif kind in _SCALARS:
        yield Column(path, zh, en, _SCALARS[kind], required=required)
    elif origin in (Union, types.UnionType) and set(inside) == {str, int}:
        yield Column(path, zh, en, "either", required=required)
    elif origin is tuple and inside[1:] == (Ellipsis,) and inside[0] in _SCALARS:
        yield Column(path, zh, en, "words", inner=_SCALARS[inside[0]], required=required)
    elif origin is tuple and inside == (int, int):
        yield Column((*path, 0), f"{zh} 最少", f"{en}: at least", "number", required=required)
        yield Column((*path, 1), f"{zh} 最多", f"{en}: at most", "number", required=required)
    elif origin is tuple and inside[1:] == (Ellipsis,) and inside[0] == tuple[str, ...]:
        yield Column(path, zh, en, "cases", required=required)
    elif origin is dict and inside[0] is str and inside[1] in _SCALARS:
        yield Column(path, zh, en, "pairs", inner=_SCALARS[inside[1]], required=required)
    else:
        raise TypeError(f"{name}: no cell can hold {kind}; say in scoring/content/shapes.py how it is written")


def parent_column(layout: Layout) -> Column:
    """The first column of a sheet beside another: to which entry a row belongs."""
    words = sheet_words(layout.parent or "")
    return Column(("^",), f"所属{words.zh}编号", f"{words.en}: id", "word", required=True)


def note_column(layout: Layout) -> Column:
    """A column that only helps the reader: whose row this is, in words. It is not read back."""
    words = sheet_words(layout.parent or "")
    return Column(("~",), f"{words.zh} 只看不改", f"{words.en}, for reading only", "note")

"""The content of a trade as tables that an author edits in a spreadsheet, and back without loss.

No spreadsheet library here: a table is a title and rows of plain cells. What is wrong is told by sheet, row and
column, all of it at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scoring.content import cells
from scoring.content.cells import Cell
from scoring.content.dump import plain
from scoring.content.headings import describe
from scoring.content.loader import ENTRIES
from scoring.content.model import Sector, Text
from scoring.content.shapes import ITEM, POSITION, Column, Layout, Path, layouts, note_column, parent_column

ALWAYS = ("questions", "solutions", "duties", "sources")
"""Kinds of entry that have a sheet even where a trade has none of its own yet."""


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to one trade alone: its head, and its entries by kind."""

    sector: Sector
    entries: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: the first row holds the headings. `merged` are areas as (first row, column, last row, column), from 0.

    `columns` say what stands where; a table that was read from a file has none. `broken` are cells that cannot be used
    as they are (a formula), with the reason.
    """

    title: str
    rows: Sequence[Sequence[Cell]]
    columns: tuple[Column, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    broken: Mapping[tuple[int, int], Text] = field(default_factory=dict)


class Place(NamedTuple):
    """A place in a table: row and column from 0; `heading` of that column. -1 where the whole sheet or row is meant."""

    sheet: str
    row: int = -1
    column: int = -1
    heading: str = ""

    def say(self, language: str) -> str:
        """In words: sheet, row as the spreadsheet numbers it, column as it letters it, with its heading."""
        zh = language != "en"
        parts = [f"工作表“{self.sheet}”" if zh else f"sheet “{self.sheet}”"] if self.sheet else []
        if self.row >= 0:
            parts.append(f"第 {self.row + 1} 行" if zh else f"row {self.row + 1}")
        if self.column >= 0:
            name = letter(self.column) + (f"“{self.heading}”" if self.heading else "")
            parts.append(f"{name} 列" if zh else f"column {name}")
        return ("，" if zh else ", ").join(parts)


class Misfit(NamedTuple):
    """Something in a table that cannot be used: where, and what to do about it."""

    place: Place
    message: Text

    def say(self, language: str) -> str:
        """The problem in a line."""
        where = self.place.say(language)
        colon = "：" if language != "en" else ": "
        return f"{where}{colon}{self.message.get(language)}" if where else self.message.get(language)


class TableError(Exception):
    """Tables that cannot be used; `misfits` lists all that was found."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__("\n".join(m.say("en") for m in misfits))
        self.misfits = list(misfits)


def letter(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def kinds_of(own: Own) -> dict[str, type]:
    """The kinds of entry that the tables of a trade hold, with their classes."""
    return {"sector": Sector} | {k: c for k, c in ENTRIES.items() if k in ALWAYS or own.entries.get(k)}


# entries → tables


def to_tables(own: Own) -> list[Table]:
    """The tables of a trade, in the order in which an author works: questions first."""
    found = {}
    for kind, owner in kinds_of(own).items():
        entries = (own.sector,) if kind == "sector" else own.entries.get(kind, ())
        for layout in layouts(kind, owner):
            found[layout.key] = _table(layout, kind, entries)
    first = [key for key in found if key.split(".")[0] == "questions"]
    return [found[key] for key in (*first, *(k for k in found if k not in first))]


def headed(layout: Layout) -> tuple[Column, ...]:
    """The columns of a sheet as it is written: to whom a row belongs, in id and words, then its own."""
    if layout.parent is None or layout.of_sector:
        return layout.columns
    return (parent_column(layout), note_column(layout), *layout.columns)


def _table(layout: Layout, kind: str, entries: Sequence[Any]) -> Table:
    columns = headed(layout)
    rows = [[c.heading for c in columns]]
    for entry in entries:
        for parent, raw in _rows(layout, kind, entry):
            note = "" if parent is None else describe(parent, "zh")
            rows.append([_cell(c, raw, parent, note) for c in columns])  # type: ignore[misc]
    return Table(layout.title, rows, columns)


def _cell(column: Column, raw: Mapping[str, Any], parent: Any, note: str) -> Cell:
    if column.kind == "note":
        return note
    if column.path == ("^",):
        return str(parent.id)
    return cells.write(column, at(raw, column.path))


def at(raw: Any, path: Path) -> Any:
    for part in path:
        if isinstance(raw, Mapping):
            raw = raw.get(part)
        elif isinstance(raw, list):
            raw = raw[part] if isinstance(part, int) and part < len(raw) else None
        else:
            return None
    return raw


def _rows(layout: Layout, kind: str, entry: Any) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """(parent, raw row) of every row that an entry has in a sheet."""
    if layout.mode == "entry":
        yield None, plain(entry)
        return
    for parent in _parents(layout, kind, entry):
        value = at(plain(parent), layout.path)
        if layout.mode == "map":
            for item, text in (value or {}).items():
                yield parent, {ITEM: item, **text}
        elif layout.mode == "effects":
            for item, effects in (value or {}).items():
                yield from ((parent, {ITEM: item, **effect}) for effect in _long(effects))
        else:
            yield from ((parent, {POSITION: n, **row}) for n, row in enumerate(value or []))


def _parents(layout: Layout, kind: str, entry: Any) -> Sequence[Any]:
    """The entries beside whose rows this sheet stands: the entry itself, or the elements of a list inside it."""
    inside = (layout.parent or "").split(".")[1:]
    return getattr(entry, inside[0]) if inside else (entry,)


def _long(raw: Any) -> list[dict[str, Any]]:
    """What `raises` writes short, one mapping an effect."""
    if isinstance(raw, int):
        return [{"to": raw}]
    if isinstance(raw, Mapping):
        return [dict(raw)]
    if raw and all(isinstance(part, str) for part in raw):
        return [{"add": raw}]
    return [{"to": part} if isinstance(part, int) else dict(part) for part in raw]


def plain_name(text: str) -> str:
    """A heading without what spreadsheets and hands change in it: width of signs, spaces, case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()

"""The content of a trade as tables that an author edits in a spreadsheet, and back without loss.

No spreadsheet library here: a table is a title and rows of plain cells. What is wrong is told by sheet, row and
column, all of it at once.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from scoring.content import cells
from scoring.content.cells import Cell, CellError
from scoring.content.dump import plain
from scoring.content.headings import describe
from scoring.content.loader import ENTRIES, remedy
from scoring.content.model import Sector, Text
from scoring.content.remedies import say_zh
from scoring.content.shapes import ITEM, POSITION, Column, Layout, Path, layouts, note_column, parent_column
from scoring.errors import Fault

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
    return (parent_column(layout), *layout.columns, note_column(layout))


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
    return cells.write(column, _at(raw, column.path))


def _at(raw: Any, path: Path) -> Any:
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
        value = _at(plain(parent), layout.path)
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


def _short(effects: Sequence[dict[str, Any]]) -> Any:
    brief = [effect["to"] if set(effect) == {"to"} else effect for effect in effects]
    if len(brief) > 1:
        return brief
    return brief[0]["add"] if isinstance(brief[0], dict) and set(brief[0]) == {"add"} else brief[0]


# tables → entries


@dataclass(slots=True)
class _Row:
    """A row on its way to an entry: its raw values, where it stands, and where each value stands."""

    raw: dict[str, Any]
    place: Place
    places: dict[Path, Place]
    parent: str = ""


class Reading:
    """Reads the tables of one trade. `places` leads from kind and id, and the path inside an entry, to a cell."""

    def __init__(self, base: Own) -> None:
        self.base = base
        self.misfits: list[Misfit] = []
        self.places: dict[tuple[str, str], dict[Path, Place]] = {}

    def read(self, tables: Sequence[Table], *, partial: bool = False) -> Own:
        """The trade that the tables hold; with `partial`, a sheet that is missing is taken from the base.

        Raises TableError with everything that is wrong.
        """
        present = {t.title: t for t in to_tables(self.base)}
        found: dict[str, tuple[Any, ...]] = {}
        for kind, owner in kinds_of(self.base).items():
            sheets = {layout: _find(layout, tables) for layout in layouts(kind, owner)}
            if partial:
                sheets = {layout: table or present[layout.title] for layout, table in sheets.items()}
            for layout, table in sheets.items():
                if table is None:
                    self._say(
                        Place(layout.title), "缺这张工作表；重新导出，再把改动填进去",
                        "this sheet is missing; export again and fill in your changes",
                    )  # fmt: skip
            there = {layout: table for layout, table in sheets.items() if table is not None}
            if len(there) == len(sheets):
                found[kind] = self._kind(kind, owner, there)
        if self.misfits:
            raise TableError(self.misfits)
        (sector,) = found.pop("sector")
        return Own(sector, {**self.base.entries, **found})

    def _say(self, place: Place, zh: str, en: str) -> None:
        self.misfits.append(Misfit(place, Text(zh=zh, en=en)))

    def _kind(self, kind: str, owner: type, tables: Mapping[Layout, Table]) -> tuple[Any, ...]:
        before = len(self.misfits)
        rows = {layout.key: self._sheet(layout, table) for layout, table in tables.items()}
        if kind == "sector" and len(rows[kind]) != 1:
            self._say(Place(tables[next(iter(tables))].title), "行业正好写一行", "the trade has exactly one row")
        named = {layout.key: self._by_id(rows[layout.key]) for layout in tables}
        for layout in reversed(list(tables)):
            if layout.parent is not None:
                parents = {"": rows["sector"][0]} if layout.of_sector and rows["sector"] else named[layout.parent]
                self._attach(layout, rows[layout.key], parents)
        if len(self.misfits) > before:
            return ()
        return tuple(self._entry(kind, owner, row) for row in rows[kind])

    def _sheet(self, layout: Layout, table: Table) -> list[_Row]:
        columns = self._columns(layout, table)
        found = []
        for number, cells_ in enumerate(_filled_down(table, columns)):
            if number == 0 or all(map(cells.is_blank, cells_)) and not any(row == number for row, _ in table.broken):
                continue
            row = _Row({}, Place(table.title, number), {})
            for index, column in columns.items():
                self._cell(table, row, index, column, cells_[index] if index < len(cells_) else None)
            for column in columns.values():
                _empty_list(row.raw, column)
            row.parent = str(row.raw.pop("^", ""))
            found.append(row)
        return found

    def _columns(self, layout: Layout, table: Table) -> dict[int, Column]:
        """The column at each place of the first row."""
        wanted = {plain_name(c.heading): c for c in headed(layout)}
        wanted |= {plain_name(".".join(map(str, c.path))): c for c in layout.columns}
        found: dict[int, Column] = {}
        for index, cell in enumerate(table.rows[0] if table.rows else ()):
            if cells.is_blank(cell):
                if any(index < len(row) and not cells.is_blank(row[index]) for row in table.rows[1:]):
                    self._say(
                        Place(table.title, 0, index), "这一列有内容却没有标题；补上标题或清空",
                        "this column has content and no heading; name it or empty it",
                    )  # fmt: skip
                continue
            place = Place(table.title, 0, index, str(cell))
            column = wanted.get(plain_name(str(cell)))
            if column is None:
                near = difflib.get_close_matches(str(cell), [c.heading for c in headed(layout)], 1, 0.5)
                hint = (f"；是不是“{near[0]}”？", f"; is it “{near[0]}”?") if near else ("；删掉它", "; delete it")
                self._say(place, f"不认识这个列名{hint[0]}", f"no column is called so{hint[1]}")
            elif column in found.values():
                self._say(place, "这一列出现了两次；留一列", "this column stands twice; keep one")
            else:
                found[index] = column
        for column in headed(layout):
            if column not in found.values() and column.kind != "note":
                self._say(
                    Place(table.title, 0), f"缺“{column.heading}”这一列；补上，没有内容可以空着",
                    f"the column “{column.heading}” is missing; put it back, it may be empty",
                )  # fmt: skip
        for top, left, bottom, right in table.merged:
            parent = columns_equal(found, left, right)
            if top == 0 or parent is None:
                area = f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"
                self._say(
                    Place(table.title, top, left), f"{area} 是合并单元格；取消合并，每格各填各的",
                    f"{area} is a merged cell; unmerge it and fill each cell",
                )  # fmt: skip
        return found

    def _cell(self, table: Table, row: _Row, index: int, column: Column, cell: Cell) -> None:
        place = Place(table.title, row.place.row, index, column.heading)
        if column.kind == "note":
            return
        row.places[column.path] = place
        if reason := table.broken.get((row.place.row, index)):
            self.misfits.append(Misfit(place, reason))
            return
        try:
            value = cells.read(column, cell)
        except CellError as error:
            self.misfits.append(Misfit(place, error.message))
            return
        if value is not None:
            _put(row.raw, column.path, value)
        elif column.required and len(column.path) == 1:
            self._say(place, "这一格必须填", "this cell must be filled in")

    def _by_id(self, rows: Sequence[_Row]) -> dict[str, _Row]:
        found: dict[str, _Row] = {}
        for row in rows:
            name = row.raw.get("id")
            if name is not None and row.parent == "" and name in found:
                first = found[name].place.row + 1
                self._say(
                    row.places.get(("id",), row.place), f"编号 {name} 第 {first} 行已经用了；换一个",
                    f"id {name} is used in row {first} already; choose another",
                )  # fmt: skip
            found.setdefault(str(name), row)
        return found

    def _attach(self, layout: Layout, rows: Sequence[_Row], parents: Mapping[str, _Row]) -> None:
        """Puts the rows of a sheet into the entries that they belong to."""
        groups: dict[str, list[_Row]] = {}
        for row in rows:
            if row.parent in parents:
                groups.setdefault(row.parent, []).append(row)
            elif row.parent:
                place = row.places.get(("^",), row.place)
                near = difflib.get_close_matches(row.parent, parents, 1)
                hint = (f"；是不是 {near[0]}？", f"; is it {near[0]}?") if near else ("", "")
                self._say(
                    place, f"没有编号为 {row.parent} 的条目{hint[0]}", f"no entry has the id {row.parent}{hint[1]}"
                )
        for name, group in groups.items():
            parent = parents[name]
            parent.places[layout.path] = Place(group[0].place.sheet, group[0].place.row)
            if layout.mode == "rows":
                self._list(layout, parent, group)
            else:
                self._mapping(layout, parent, group)

    def _list(self, layout: Layout, parent: _Row, rows: list[_Row]) -> None:
        if any(c.path == (POSITION,) for c in layout.columns):
            rows.sort(key=lambda row: row.raw.get(POSITION, -1))
            for n, row in enumerate(rows):
                if row.raw.pop(POSITION, n) != n:
                    self._say(
                        row.places[POSITION,], f"各档从 0 起一档一行，这里应是 {n}；看看有没有重复或漏掉",
                        f"levels run from 0, one row each; {n} is expected here, see whether one is double or missing",
                    )  # fmt: skip
        for n, row in enumerate(rows):
            parent.places[(*layout.path, n)] = row.place
            parent.places |= {(*layout.path, n, *path): place for path, place in row.places.items()}
        _put(parent.raw, layout.path, [row.raw for row in rows])

    def _mapping(self, layout: Layout, parent: _Row, rows: list[_Row]) -> None:
        found: dict[str, Any] = {}
        for row in rows:
            item = row.raw.pop(ITEM, None)
            if item is None:
                continue
            where = (*layout.path, item)
            if layout.mode == "effects":
                if not row.raw.keys() - {"if"}:
                    self._say(
                        row.place, "没写提升到哪里；填一个等级、比例段或选项",
                        "says nothing of the effect; give a level, a band or an option",
                    )  # fmt: skip
                    continue
                found.setdefault(item, []).append(row.raw)
            elif item in found:
                self._say(row.places[ITEM,], f"{item} 写了两行；留一行", f"{item} has two rows; keep one")
                continue
            else:
                found[item] = row.raw
                parent.places |= {(*where, *path): place for path, place in row.places.items()}
            parent.places.setdefault(where, row.place)
        short = {item: _short(effects) for item, effects in found.items()} if layout.mode == "effects" else found
        _put(parent.raw, layout.path, short)

    def _entry(self, kind: str, owner: type, row: _Row) -> Any:
        """The entry of a finished row. What its class refuses is told at the cell that it concerns."""
        self.places[kind, str(row.raw.get("id", ""))] = {(): row.place, **row.places}
        try:
            return TypeAdapter(owner).validate_python(row.raw)
        except ValidationError as error:
            seen = set()
            for e in error.errors():
                place = nearest(row.places, e["loc"], row.place)
                if place not in seen:
                    seen.add(place)
                    self.misfits.append(Misfit(place, _message(e, place)))
            return None


_FAULT = re.compile(r"^(?:(?P<kind>[a-z]+) )?(?P<id>[A-Za-z0-9_-]*)(?P<rest>.*)$")


def locate(reading: Reading, fault: Fault, own: Own) -> Misfit:
    """A fault of the checks, told by the cell that it concerns; by its file where it concerns none of these tables."""
    message = Text(zh=say_zh(fault.message), en=fault.message)
    trade = own.sector.id
    if not fault.file.startswith((f"sectors/{trade}", f"solutions/{trade}")):
        return Misfit(Place(""), Text(zh=f"{fault.file}: {fault.place}: {message.zh}", en=str(fault)))
    match = _FAULT.match(fault.place)
    kind, name, rest = match.group("kind", "id", "rest") if match else (None, "", "")
    for (its_kind, its_id), places in reading.places.items():
        if its_id == name and kind in (None, its_kind) and name:
            return Misfit(nearest(places, _path(rest), places[()]), message)
    places = reading.places.get(("sector", trade), {})
    path = _path(fault.place)
    if path[:1] == ("pains",) and len(path) == 2:  # told by number, not by place
        path = ("pains", next((n for n, p in enumerate(own.sector.pains) if p.number == path[1]), 0))
    place = nearest(places, path, Place(""))
    return Misfit(place, message if place.sheet else Text(zh=f"{fault.place}: {message.zh}", en=str(fault)))


def _path(text: str) -> Path:
    """`anchors[2].text.zh` as (anchors, 2, text, zh)."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", text))


def nearest(places: Mapping[Path, Place], path: Sequence[Any], otherwise: Place) -> Place:
    """The cell of a path inside an entry, or that of the nearest thing around it."""
    for end in range(len(path), 0, -1):
        if (place := places.get(tuple(path[:end]))) is not None:
            return place
    return otherwise


def _message(error: Any, place: Place) -> Text:
    en = remedy(error)
    if place.column < 0 and error["type"] in ("missing", "missing_argument"):
        name = str(error["loc"][0])
        return Text(zh=f"没有写 {name}；到它的工作表里加一行", en=f"has no {name}; add a row in its sheet")
    context = error.get("ctx", {})
    zh = {
        "missing": "这一格必须填",
        "missing_argument": "这一格必须填",
        "greater_than_equal": f"不能小于 {context.get('ge')}",
        "less_than_equal": f"不能大于 {context.get('le')}",
        "string_too_long": f"太长，最多 {context.get('max_length')} 个字",
        "string_pattern_mismatch": "格式不对，年月写成 2026-11，日期写成 2026-11-05",
        "value_error": "编号只能用英文字母、数字、- 和 _",
    }.get(error["type"])
    english = "this cell must be filled in" if error["type"] in ("missing", "missing_argument") else en
    return Text(zh=zh or english, en=english)


def _find(layout: Layout, tables: Sequence[Table]) -> Table | None:
    zh, _, en = layout.title.partition(" ")
    names = {plain_name(layout.title), plain_name(zh), plain_name(en)}
    return next((t for t in tables if plain_name(t.title) in names), None)


def plain_name(text: str) -> str:
    """A heading without what spreadsheets and hands change in it: width of signs, spaces, case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def columns_equal(columns: Mapping[int, Column], left: int, right: int) -> Column | None:
    """The column of a merged area that may stand: one column that says to whom rows belong, or only helps reading."""
    column = columns.get(left) if left == right else None
    return column if column and (column.path == ("^",) or column.kind == "note") else None


def _filled_down(table: Table, columns: Mapping[int, Column]) -> Iterator[Sequence[Cell]]:
    """The rows, with an id that was merged over several of them standing in each."""
    rows = [list(row) for row in table.rows]
    for top, left, bottom, right in table.merged:
        if top and columns_equal(columns, left, right):
            for row in rows[top + 1 : bottom + 1]:
                row.extend([None] * (left + 1 - len(row)))
                row[left] = rows[top][left]
    yield from rows


def _empty_list(raw: dict[str, Any], column: Column) -> None:
    """An empty cell of a list that must be there is an empty list."""
    *around, last = column.path
    inside = _at(raw, tuple(around))
    if column.required and column.kind in ("words", "cases", "pairs") and isinstance(inside, dict):
        inside.setdefault(str(last), {} if column.kind == "pairs" else [])


def _put(raw: dict[str, Any], path: Path, value: Any) -> None:
    """Sets a value inside a raw entry; a number in the path is a place in a list."""
    target: Any = raw
    for part, following in zip(path, path[1:], strict=False):
        target = target.setdefault(part, [] if isinstance(following, int) else {})
    if isinstance(target, list):
        target.append(value)
    else:
        target[path[-1]] = value

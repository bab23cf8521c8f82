"""Tables of a trade's content, as an author gives them back, to entries. All that is wrong is told at once, by cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scoring.content import cells
from scoring.content.cells import Cell, CellError
from scoring.content.loader import remedy
from scoring.content.model import Text
from scoring.content.remedies import say_zh
from scoring.content.shapes import ITEM, POSITION, Column, Layout, Path, layouts
from scoring.content.tables import (
    Misfit,
    Own,
    Place,
    Table,
    TableError,
    at,
    headed,
    kinds_of,
    letter,
    plain_name,
    to_tables,
)
from scoring.errors import Fault


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
        kinds = kinds_of(self.base)
        ours = {
            plain_name(name)
            for kind, owner in kinds.items()
            for layout in layouts(kind, owner)
            for name in _names(layout)
        }
        others = [t.title for t in tables if plain_name(t.title) not in ours]
        for kind, owner in kinds.items():
            sheets = {layout: _find(layout, tables) for layout in layouts(kind, owner)}
            if partial:
                sheets = {layout: table or present[layout.title] for layout, table in sheets.items()}
            for layout, table in sheets.items():
                if table is None:
                    near = _renamed(layout, tables, others)
                    hint = (f"是不是改名成了“{near}”？改回来", f"was it renamed “{near}”? Name it back")
                    again = ("重新导出，再把改动填进去", "export again and fill in your changes")
                    zh, en = hint if near else again
                    self._say(Place(layout.title), f"缺这张工作表；{zh}", f"this sheet is missing; {en}")
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
        if not found:
            self._say(
                Place(table.title, 0), "没有列名；第一行要是导出时的列名，重新导出再改",
                "has no headings; its first row holds them as exported, export again",
            )  # fmt: skip
        for column in headed(layout) if found else ():
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
        strays: dict[str, list[_Row]] = {}
        for row in rows:
            if row.parent or "" in parents:
                (groups if row.parent in parents else strays).setdefault(row.parent, []).append(row)
        for name, (row, *more) in strays.items():
            near = difflib.get_close_matches(name, parents, 1)
            near = [n for n in near if n not in groups or len(groups[n]) > len(more) + 1]
            too = (f"（还有 {len(more)} 行也是）", f" (so do {len(more)} more rows)") if more else ("", "")
            hint = (
                (f"是不是 {near[0]}？", f"is it {near[0]}?")
                if near
                else ("补上条目，或删掉这些行", "add it or delete the rows")
            )
            self._say(
                row.places.get(("^",), row.place), f"没有编号为 {name} 的条目{too[0]}；{hint[0]}",
                f"no entry has the id {name}{too[1]}; {hint[1]}",
            )  # fmt: skip
        for name, group in groups.items():
            parent = parents[name]
            first = group[0].place
            parent.places[layout.path] = Place(first.sheet, -1 if layout.of_sector else first.row)
            if layout.mode == "rows":
                self._list(layout, parent, group)
            else:
                self._mapping(layout, parent, group)

    def _list(self, layout: Layout, parent: _Row, rows: list[_Row]) -> None:
        if any(c.path == (POSITION,) for c in layout.columns):
            rows.sort(key=lambda row: row.raw.get(POSITION, -1))
            levels = [row.raw.pop(POSITION, None) for row in rows]
            wrong = next((n for n, level in enumerate(levels) if level != n), None)
            if wrong is not None and levels[wrong] is not None:
                self._say(
                    rows[wrong].places[POSITION,],
                    f"各档从 0 起一档一行，这里应是 {wrong}；看看有没有重复或漏掉",
                    f"levels run from 0, one row each; {wrong} is expected here, see whether one is double or missing",
                )
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
            parent.places.setdefault(where, row.places.get((ITEM,), row.place))
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
            return Misfit(nearest(places, _text_path(places, _path(rest), fault), places[()]), message)
    places = reading.places.get(("sector", trade), {})
    path = _text_path(places, _path(fault.place), fault)
    if path[:1] == ("pains",) and len(path) > 1:  # told by number, not by place
        path = ("pains", max((n for n, p in enumerate(own.sector.pains) if p.number == path[1]), default=0), *path[2:])
    place = nearest(places, path, Place(""))
    return Misfit(place, message if place.sheet else Text(zh=f"{fault.place}: {message.zh}", en=str(fault)))


def _text_path(places: Mapping[Path, Place], path: Path, fault: Fault) -> Path:
    """The path of one of two languages, where a fault speaks of a text as a whole."""
    inside = (*path, "en" if "English" in fault.message else "zh")
    return inside if path not in places and inside in places else path


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
    if error["loc"][:1] == ("raises",) and len(error["loc"]) > 1:
        return Text(zh="写 1 到 4 的一个数，或选项的编号", en="expects a number 1 to 4, or ids of options")
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
        "string_pattern_mismatch": f"格式不对，要写成 {_like(context.get('pattern', ''))}",
        "value_error": "编号只能用英文字母、数字、- 和 _",
    }.get(error["type"])
    if error["type"] == "string_pattern_mismatch":
        en = f"expects {_like(context.get('pattern', ''))}"
    english = "this cell must be filled in" if error["type"] in ("missing", "missing_argument") else en
    return Text(zh=zh or english, en=english)


def _like(pattern: str) -> str:
    """What fits a pattern of content, by example: a month, a day, or what allows both."""
    return "2026-11" if pattern.count(r"\d\d") == 2 else "2026-11-05"


def _names(layout: Layout) -> tuple[str, str, str]:
    zh, _, en = layout.title.partition(" ")
    return layout.title, zh, en


def _renamed(layout: Layout, tables: Sequence[Table], others: Sequence[str]) -> str:
    """The sheet that holds the headings of a missing one under another name."""
    wanted = {plain_name(c.heading) for c in headed(layout)}
    for table in tables:
        heads = {plain_name(str(c)) for c in table.rows[0] if not cells.is_blank(c)} if table.rows else set()
        if table.title in others and len(heads & wanted) > len(wanted) / 2:
            return table.title
    return ""


def _find(layout: Layout, tables: Sequence[Table]) -> Table | None:
    names = {plain_name(name) for name in _names(layout)}
    return next((t for t in tables if plain_name(t.title) in names), None)


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
    inside = at(raw, tuple(around))
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


def _short(effects: Sequence[dict[str, Any]]) -> Any:
    brief = [effect["to"] if set(effect) == {"to"} else effect for effect in effects]
    if len(brief) > 1:
        return brief
    return brief[0]["add"] if isinstance(brief[0], dict) and set(brief[0]) == {"add"} else brief[0]

"""Read lists that somebody hands in: xlsx and CSV, as plain cells with their places. Files may be hostile or broken.

Nothing is computed: a formula is reported as such, whatever value the file keeps beside it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from app.errors import N_, InputError

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 80 * 1024 * 1024
MOST_PARTS = 2000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_SHEETS = 20
MOST_AREA = 2_000_000
_SAFE_INTEGER = 10**15
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class UnreadableError(InputError):
    """The file is no list that can be read; the message says why and what to do."""

    id = "unreadable"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `fault` is empty, "formula", "merged", "number" (digits were lost) or "error" (#REF! and the like)."""

    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its number as the spreadsheet shows it, from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its name (empty for CSV) and its rows that are not blank."""

    title: str
    lines: list[Line] = field(default_factory=list)


def read_grids(data: bytes) -> list[Grid]:
    """The sheets of an xlsx file, or the one table of a CSV file. Raises UnreadableError."""
    if len(data) > MOST_BYTES:
        raise UnreadableError(N_("This file is too large. A list may have up to 10 MB."))
    if not data.strip():
        raise UnreadableError(N_("This file is empty."))
    grids = _read_xlsx(data) if data.startswith(b"PK") else [_read_csv(data)]
    if sum(len(grid.lines) for grid in grids) > MOST_ROWS:
        raise UnreadableError(N_("This list has more than 10,000 rows. Please divide it."))
    return grids


# ---- CSV


def _read_csv(data: bytes) -> Grid:
    if data.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise UnreadableError(N_("This is no xlsx and no CSV file. Save the list as .xlsx and try again."))
    text = decode(data)
    head = text[:4000].splitlines()[:5]
    separator = max(",;\t", key=lambda mark: sum(line.count(mark) for line in head))
    grid = Grid("")
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        first = 1
        for row in reader:
            number, first = first, reader.line_num + 1
            if len(row) > MOST_COLUMNS and any(row[MOST_COLUMNS:]):
                raise UnreadableError(N_("This list has more than 60 columns."))
            cells = tuple(_csv_cell(value) for value in row[:MOST_COLUMNS])
            _add(grid, Line(number, cells))
    except csv.Error as error:
        raise UnreadableError(N_("This CSV file is damaged. Save the list as .xlsx and try again.")) from error
    return grid


def decode(data: bytes) -> str:
    """Text of a CSV file in UTF-8, UTF-16 or GB 18030 (which holds GBK), told apart by mark and content."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _decoded(data, "utf-8-sig")
    zeros = data[:400].count(0)
    if zeros > len(data[:400]) // 8:  # UTF-16 without a mark: its separators and digits hold a zero byte
        return _decoded(data, "utf-16-le" if data[1:2] == b"\0" or data[:400:2].count(0) * 2 < zeros else "utf-16-be")
    try:
        return _decoded(data, "utf-8")
    except UnreadableError:
        return _decoded(data, "gb18030")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            N_("The characters of this file cannot be read. Save the list as .xlsx, or as CSV in UTF-8.")
        ) from error
    if any(char < " " and char not in "\t\r\n\v\f" for char in text):
        raise UnreadableError(N_("This is no xlsx and no CSV file. Save the list as .xlsx and try again."))
    return text


def _csv_cell(value: str) -> Cell:
    text = value.strip()
    wrapped = re.fullmatch(r'="([^"]*)"', text)  # how exports keep long numbers from being rounded
    if wrapped:
        return Cell(wrapped[1].strip())
    if text.startswith(("=", "@")) or (text.startswith(("+", "-")) and not re.fullmatch(r"[+-][\d\s()-]*", text)):
        return Cell(text, "formula")
    return Cell(text, "number" if re.fullmatch(r"\d(\.\d+)?E\+?\d+", text, re.IGNORECASE) else "")


def _add(grid: Grid, line: Line) -> None:
    if any(cell.text or cell.fault for cell in line.cells):
        grid.lines.append(line)
        if len(grid.lines) > MOST_ROWS:
            raise UnreadableError(N_("This list has more than 10,000 rows. Please divide it."))


# ---- xlsx


def _read_xlsx(data: bytes) -> list[Grid]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            _refuse_bomb(archive)
            marks = {title: _scan(archive, part) for title, part in _sheet_parts(archive)}
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        return [_read_sheet(book, title, marks[title]) for title in book.sheet_names if title in marks]
    except UnreadableError:
        raise
    except (
        BadZipFile,
        CalamineError,
        ElementTree.ParseError,
        expat.ExpatError,
        KeyError,
        ValueError,
        OSError,
        RuntimeError,
    ) as error:
        raise UnreadableError(
            N_("This xlsx file cannot be read: it is damaged or locked by a password. Save it anew and try again.")
        ) from error


def _refuse_bomb(archive: ZipFile) -> None:
    """Sizes as the archive states them, and as they are: a part that unpacks to more than it says ends in an error."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableError(N_("This xlsx file unpacks to far too much. Copy the list into a new file."))
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as file:
                if b"<!DOCTYPE" in file.read(2048):
                    raise UnreadableError(N_("This xlsx file unpacks to far too much. Copy the list into a new file."))
                left = part.file_size
                while piece := file.read(1 << 20):
                    left -= len(piece)
                    if left < 0:
                        raise UnreadableError(
                            N_("This xlsx file unpacks to far too much. Copy the list into a new file.")
                        )


def _sheet_parts(archive: ZipFile) -> list[tuple[str, str]]:
    """(title, part) of the visible sheets, in order."""
    targets = {
        node.attrib["Id"]: node.attrib["Target"]
        for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    names = set(archive.namelist())
    found = []
    for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _local(node.tag) != "sheet" or node.attrib.get("state", "visible") != "visible":
            continue
        relation = next((value for key, value in node.attrib.items() if _local(key) == "id"), "")
        target = targets.get(relation, "").removeprefix("/")
        part = target if target in names else f"xl/{target}"
        if part in names and "worksheets" in part:
            found.append((node.attrib["name"], part))
    if len(found) > MOST_SHEETS:
        raise UnreadableError(N_("This file has more than 20 sheets. Copy the list into a new file."))
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


@dataclass(slots=True)
class _Marks:
    """What a pass over a sheet's XML finds, by (row, column) from 1; nothing is kept of the rest."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: set[tuple[int, int]] = field(default_factory=set)
    rows: int = 0
    last: tuple[int, int] = (0, 0)
    cell: tuple[int, int] | None = None
    row: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        match tag.rpartition(":")[2]:
            case "c":
                self.cell = _place(attributes.get("r", ""))
            case "v" | "f" | "is" as name if self.cell is not None:
                if name == "f":
                    self.formulas.add(self.cell)
                self.rows += self.cell[0] != self.row
                self.row = self.cell[0]
                self.last = max(self.last[0], self.cell[0]), max(self.last[1], self.cell[1])
                if self.rows > MOST_ROWS + 50:
                    raise UnreadableError(N_("This list has more than 10,000 rows. Please divide it."))
            case "mergeCell":
                self.merged.update(_covered(attributes.get("ref", "")))


def _scan(archive: ZipFile, part: str) -> _Marks:
    """Formulas and merged cells of a sheet. Raises UnreadableError where its cells lie too far apart to be a list."""
    marks, parser = _Marks(), expat.ParserCreate()
    parser.StartElementHandler = marks.start
    with archive.open(part) as file:
        parser.ParseFile(file)
    if marks.last[0] * marks.last[1] > MOST_AREA:
        raise UnreadableError(N_("The cells of this sheet lie too far apart. Copy the list into a new file."))
    return marks


def _place(reference: str) -> tuple[int, int] | None:
    match = _CELL.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _covered(reference: str) -> Iterator[tuple[int, int]]:
    """The cells of a range, of those that a list can have."""
    start, _colon, end = reference.partition(":")
    first, last = _place(start), _place(end)
    if first is None or last is None:
        return
    for row in range(first[0], min(last[0], first[0] + MOST_ROWS) + 1):
        for column in range(first[1], min(last[1], MOST_COLUMNS) + 1):
            yield row, column


def _read_sheet(book: CalamineWorkbook, title: str, marks: _Marks) -> Grid:
    sheet, grid = book.get_sheet_by_name(title), Grid(title)
    left = sheet.start[1] if sheet.start else 0
    rows = sheet.iter_rows() if sheet.start else iter(())
    for number in range(1, marks.last[0] + 1):  # formulas without a kept value lie outside what the library hands out
        values = ["" for _ in range(left)] + next(rows, [])
        values += [""] * (marks.last[1] - len(values))
        cells = []
        for column, value in enumerate(values, 1):
            place = (number, column)
            fault = "formula" if place in marks.formulas else "merged" if place in marks.merged else ""
            cells.append(_xlsx_cell(value, fault))
        if any(cell.text for cell in cells[MOST_COLUMNS:]):
            raise UnreadableError(N_("This list has more than 60 columns."))
        _add(grid, Line(number, tuple(cells[:MOST_COLUMNS])))
    return grid


def _xlsx_cell(value: Any, fault: str) -> Cell:
    match value:
        case None | "":
            return Cell("", fault)
        case bool():
            return Cell("TRUE" if value else "FALSE", fault)
        case float() | int():
            whole = int(value) if value == value and abs(value) != float("inf") else 0
            text = str(whole) if whole == value else repr(value)
            return Cell(text, fault or ("number" if abs(value) >= _SAFE_INTEGER else ""))
        case datetime() | date():
            return Cell(value.isoformat(" ") if isinstance(value, datetime) else value.isoformat(), fault)
        case _:
            text = str(value).strip()
            return Cell(text, fault or ("error" if re.fullmatch(r"#[A-Z/0]+[!?]?", text) else ""))

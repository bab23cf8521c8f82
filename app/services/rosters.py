"""Lists of firms as coordinators keep them: which column means what, what stands in a row, and what is wrong with it.

Pure reading, without a look into the database: the same file always gives the same rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from app.errors import N_, InputError
from app.i18n import LANGUAGES, translations_for
from app.models.users import Locale
from app.queries.users import parse_login
from app.services.firms import check_uscc
from app.services.grids import Cell, Grid, Line, UnreadableError, read_grids
from app.services.names import name_key
from app.services.texts import MAX_TITLE, clean_line
from app.traditional import traditional
from scoring.content.serving import serve, served_sectors

HEADER_WITHIN = 10
MOST_TAGS, TAG_LENGTH = 10, 40
MOST_EMPLOYEES = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its id, its heading (a msgid), what else it may be called, and its width in characters."""

    id: str
    title: str
    names: tuple[str, ...]
    width: int


COLUMNS = (
    Column(
        "name",
        N_("Name of the firm"),
        ("企业名称", "公司名称", "单位名称", "企业", "名称", "name", "firm", "company"),
        30,
    ),
    Column(
        "uscc",
        N_("Unified social credit code"),
        ("统一社会信用代码", "社会信用代码", "信用代码", "统一代码", "credit code", "firm number"),
        22,
    ),
    Column("town", N_("Town or district"), ("镇街", "所在镇街", "镇", "镇区", "所在地", "地区", "district"), 14),
    Column("sector", N_("Trade"), ("行业", "所属行业", "sector", "industry"), 16),
    Column(
        "employees", N_("People working there"), ("职工人数", "员工人数", "从业人数", "人数", "people", "staff"), 12
    ),
    Column("contact", N_("Contact"), ("联系人", "负责人", "联络人", "contact person"), 14),
    Column("email", N_("E-mail"), ("邮箱", "电子邮箱", "电子邮件", "mail", "e-mail address"), 26),
    Column("phone", N_("Telephone"), ("手机", "手机号", "电话", "联系电话", "手机号码", "phone", "mobile"), 16),
    Column("tags", N_("Tags"), ("标签", "分组", "tag", "group"), 20),
    Column("tier", N_("Supplier tier"), ("供应层级", "供应商层级", "层级"), 10),
    Column("part_group", N_("Part group"), ("零部件类别", "零件类别", "配套产品", "parts"), 18),
    Column("locale", N_("Language of letters"), ("信函语言", "语言", "language"), 12),
)
BY_ID = {column.id: column for column in COLUMNS}
_LANGUAGES = {
    "zh": Locale.ZH, "简体": Locale.ZH, "简体中文": Locale.ZH, "中文": Locale.ZH, "chinese": Locale.ZH,
    "zh-hant": Locale.ZH_HANT, "繁體": Locale.ZH_HANT, "繁体": Locale.ZH_HANT, "繁體中文": Locale.ZH_HANT,
    "en": Locale.EN, "english": Locale.EN, "英文": Locale.EN, "英语": Locale.EN,
}  # fmt: skip
_FAULTS = {
    "formula": N_("A formula stands here. Replace it by its value (copy, then paste as values)."),
    "merged": N_("This cell is merged with others. Divide it and fill in every row."),
    "number": N_("Kept as a number, it has lost its last digits. Format the column as text and enter it again."),
    "error": N_("The spreadsheet shows an error here."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell. `text` is a msgid with `values`; `column` is 0 where the row as a whole is meant."""

    sheet: str
    row: int
    column: int
    text: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet names it: B7."""
        return f"{column_letter(self.column)}{self.row}" if self.column else str(self.row)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row: its place, its cells as they stood, what they mean (empty cells are absent), what is wrong.

    `twin` is the place in `Roster.rows` of an earlier row that says the same of the same firm.
    """

    sheet: str
    number: int
    raw: list[str]
    data: dict[str, Any]
    problems: list[Problem]
    twin: int | None = None


@dataclass(frozen=True, slots=True)
class RosterSheet:
    """A sheet that was read: its headings as they stand, and which of them say nothing to us."""

    title: str
    headings: list[str]
    unknown: list[str]


@dataclass(frozen=True, slots=True)
class Roster:
    """A whole list. `skipped` names sheets without the needed heading."""

    sheets: list[RosterSheet]
    rows: list[RosterRow]
    skipped: list[str]

    @property
    def problems(self) -> list[Problem]:
        """All problems, in the order of the file."""
        return [problem for row in self.rows for problem in row.problems]

    def to_json(self) -> dict[str, Any]:
        """The roster as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Roster:
        """Back from `to_json`."""
        rows = [RosterRow(**{**row, "problems": [Problem(**p) for p in row["problems"]]}) for row in raw["rows"]]
        return cls([RosterSheet(**sheet) for sheet in raw["sheets"]], rows, raw["skipped"])


def read_roster(data: bytes) -> Roster:
    """The list in an xlsx or CSV file. Raises UnreadableError where there is none; wrong cells are in the rows."""
    sheets: list[RosterSheet] = []
    rows: list[RosterRow] = []
    skipped: list[str] = []
    trades = _trades()
    for grid in read_grids(data):
        found = _find_header(grid)
        if found is None:
            skipped += [grid.title] if grid.lines else []
            continue
        at, columns = found
        header = grid.lines[at]
        sheets.append(_sheet(grid, header, columns))
        readers = {**_READERS, "sector": lambda text: _read_trade(text, trades)}
        rows += [_read_row(grid.title, line, columns, readers, len(header.cells)) for line in grid.lines[at + 1 :]]
    if not sheets:
        raise UnreadableError(
            N_(
                "No heading “Name of the firm” (企业名称) was found in the first ten rows. "
                "Take the template as a model."
            )
        )
    if not rows:
        raise UnreadableError(N_("Under the headings there is no firm."))
    return Roster(sheets, _mark_twins(rows), skipped)


def column_letter(column: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ---- headings


def _find_header(grid: Grid) -> tuple[int, dict[int, str]] | None:
    """(index of the heading line, column id by place in the line); titles may stand above it."""
    for at, line in enumerate(grid.lines[:HEADER_WITHIN]):
        columns: dict[int, str] = {}
        for place, cell in enumerate(line.cells):
            name = _headings().get(_folded_heading(cell.text))
            if name is not None and name not in columns.values():
                columns[place] = name
        if "name" in columns.values() and (len(columns) > 1 or sum(bool(cell.text) for cell in line.cells) == 1):
            return at, columns
    return None


def _folded_heading(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s*＊:：_\-]|\(.*?\)", "", plain)


@cache
def _headings() -> dict[str, str]:
    """Column id by heading: the other names, and the title in each language and kind of characters."""
    titles = [translations_for(code).gettext for code in LANGUAGES]
    return {
        _folded_heading(spelling): c.id
        for c in COLUMNS
        for name in (c.id, *c.names, *(title(c.title) for title in titles))
        for spelling in (name, traditional(name))
    }


def _sheet(grid: Grid, header: Line, columns: Mapping[int, str]) -> RosterSheet:
    unknown = [cell.text for place, cell in enumerate(header.cells) if cell.text and place not in columns]
    return RosterSheet(grid.title, [cell.text for cell in header.cells], unknown)


# ---- rows


def _read_row(
    sheet: str, line: Line, columns: Mapping[int, str], readers: Mapping[str, Callable[[str], Any]], width: int
) -> RosterRow:
    cells = [*line.cells, *[Cell("")] * (width - len(line.cells))]
    row = RosterRow(sheet, line.number, [cell.text for cell in cells], {}, [])
    for place, name in columns.items():
        cell = cells[place]
        if cell.fault in _FAULTS and not (cell.fault == "number" and name == "employees"):
            row.problems.append(Problem(sheet, line.number, place + 1, _FAULTS[cell.fault]))
            continue
        if not cell.text:
            if name == "name":
                row.problems.append(Problem(sheet, line.number, place + 1, N_("The name of the firm is missing.")))
            continue
        try:
            value = readers[name](cell.text)
        except InputError as error:
            row.problems.append(Problem(sheet, line.number, place + 1, error.message, dict(error.details)))
        else:
            if value not in (None, ""):
                row.data[name] = value
    return row


def _line(text: str, limit: int = MAX_TITLE) -> str:
    return clean_line(text, "cell", limit)


def _read_name(text: str) -> str:
    name = _line(text)
    if not name:
        raise InputError(N_("The name of the firm is missing."))
    return name


def _read_uscc(text: str) -> str | None:
    return check_uscc(re.sub(r"[\s-]", "", text))


def _read_employees(text: str) -> int:
    digits = re.sub(r"[,\s人]", "", unicodedata.normalize("NFKC", text))
    if not digits.isascii() or not digits.isdigit() or int(digits[:9]) > MOST_EMPLOYEES:
        raise InputError(N_("Please enter a whole number."))
    return int(digits)


def _read_email(text: str) -> str:
    if "@" not in text:
        raise InputError(N_("This is not an e-mail address."))
    return parse_login(text)[0] or ""


def _read_phone(text: str) -> str:
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\+?[0-9()-]{5,19}", number):
        raise InputError(N_("This is not a telephone number."))
    return number


def read_tags(text: str) -> str:
    """Tags in one cell, divided by commas or bars, in the stored form. Raises InputError."""
    tags = dict.fromkeys(t for part in re.split(r"[,，、;；|\n]", text) if (t := _line(part, TAG_LENGTH)))
    if len(tags) > MOST_TAGS:
        raise InputError(N_("A firm can have up to ten tags."))
    return "|" + "|".join(tags) + "|" if tags else ""


def _read_tier(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).casefold()
    match = re.fullmatch(r"(?:tier|第)?([1-9一二三四五六七八九])(?:级|层|tier)?", re.sub(r"\s", "", plain))
    if match is None:
        raise InputError(N_("The tier is a number from 1 (delivers to the chain leader) to 9."))
    return "一二三四五六七八九".find(match[1]) + 1 or int(match[1])


def _read_language(text: str) -> str:
    found = _LANGUAGES.get(text.strip().casefold())
    if found is None:
        raise InputError(N_("The language is “简体”, “繁體” or “English”."))
    return found.value


_READERS: dict[str, Callable[[str], Any]] = {
    "name": _read_name, "uscc": _read_uscc, "town": _line, "employees": _read_employees, "contact": _line,
    "email": _read_email, "phone": _read_phone, "tags": read_tags, "tier": _read_tier, "part_group": _line,
    "locale": _read_language,
}  # fmt: skip


def read_value(column: str, text: str) -> Any:
    """A value typed into a form, by the rules of the list; None where it is empty. Raises InputError."""
    if not text.strip():
        return None
    return _read_trade(text, _trades()) if column == "sector" else _READERS[column](text) or None


def _trades() -> dict[str, str]:
    """Sector id by all its names."""
    found: dict[str, str] = {}
    for sector in served_sectors():
        title = serve(sector).sector.title
        for name in (sector, title.zh, title.en):
            found[_plain(name)] = found[_plain(traditional(name))] = sector
    return found


def _read_trade(text: str, trades: Mapping[str, str]) -> str:
    plain = _plain(text)
    sector = trades.get(plain) or trades.get(plain.removesuffix("行业")) or trades.get(plain.removesuffix("业"))
    if sector is None:
        raise InputError(N_("This trade is not known. The second sheet of the template lists the trades."))
    return sector


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


# ---- the same firm twice


def _mark_twins(rows: Sequence[RosterRow]) -> list[RosterRow]:
    """Rows of the same number or name: the second is a twin where both say the same, else it has a problem."""
    marked: list[RosterRow] = []
    by_number: dict[str, int] = {}
    by_name: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        number, key = row.data.get("uscc"), name_key(row.data.get("name", ""))
        first = by_number.get(number) if number else None
        if first is None:
            first = next(
                (n for n in by_name.get(key, ()) if key and _may_be_one(number, rows[n].data.get("uscc"))), None
            )
        if first is not None and row.data == rows[first].data and not row.problems:
            row = RosterRow(row.sheet, row.number, row.raw, row.data, row.problems, twin=first)
        elif first is not None:
            other = rows[first]
            text = N_("The same firm stands in row %(row)s with other particulars. Keep one of the two.")
            row.problems.append(
                Problem(row.sheet, row.number, 0, text, {"row": f"{other.sheet} {other.number}".strip()})
            )
        else:
            if number:
                by_number[number] = at
            by_name.setdefault(key, []).append(at)
        marked.append(row)
    return marked


def _may_be_one(number: str | None, other: str | None) -> bool:
    return not number or not other or number == other

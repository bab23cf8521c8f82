"""Write xlsx workbooks whose cells are never formulas. Every export of the application goes through here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.errors import TooLargeError

Cell = str | int | float | Decimal | bool | date | datetime | None

CHINA = ZoneInfo("Asia/Shanghai")
MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 1_048_576, 16_384, 32_767
_TOO_LARGE = "This list has more rows than a spreadsheet can hold."
_STARTERS = tuple("=+-@\t\r\n＝＋－＠|%")
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a header row that stays in sight, then rows, made as they are written. `widths` are in characters.

    A sheet that is sent out to be filled in is `editable`: what is typed stays text and becomes no date or number;
    `choices` are what a column (from 0) may be picked from, `shaded` the columns that only help reading, `frozen` the
    columns that stay in sight; `marks` holds the (row, column) of cells to be seen at once, counted from 0 under the
    header.
    """

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = field(default=())
    editable: bool = False
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    shaded: frozenset[int] = frozenset()
    frozen: int = 0
    marks: frozenset[tuple[int, int]] = frozenset()


def write_workbook(sheets: Sequence[Sheet], *, created: datetime | None = None) -> bytes:
    """The workbook as bytes, complete. Raises TooLargeError where a sheet or a text does not fit into the format."""
    target = BytesIO()
    stream_workbook(target, sheets, in_memory=True, created=created)
    return target.getvalue()


def stream_workbook(
    target: IO[bytes], sheets: Sequence[Sheet], *, in_memory: bool = False, created: datetime | None = None
) -> None:
    """Write the workbook to an open file, row by row: memory does not grow with the number of rows.

    With `created`, the moment that it says it was made, the same sheets give the same bytes. Complete or, with
    TooLargeError, of no use: whoever gives the file on does so only afterwards.
    """
    book = Workbook(
        target,
        {
            "in_memory": in_memory, "constant_memory": not in_memory, "strings_to_formulas": False,
            "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False,
        },
    )  # fmt: skip
    if created is not None:
        book.set_properties({"created": created})
    styles, marked = _Styles(book), _Styles(book, bg_color="#F6CFC2", border=1)
    titles: set[str] = set()
    for sheet in sheets:
        title = sheet_title(sheet.title, titles)
        titles.add(title.casefold())
        _write_sheet(book.add_worksheet(title), sheet, styles, marked)
    book.close()


def sheet_title(wanted: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """A title that the format allows: 31 characters, unique, and not read as a formula when it is referred to."""
    clean = "".join(char for char in wanted.translate(_FORBIDDEN_IN_TITLES) if unicodedata.category(char) != "Cc")
    base = clean.strip().lstrip("=+-@＝＋－＠|% ").strip()[:31] or "Sheet"
    title, number = base, 2
    while title.casefold() in taken or title.casefold() == "history":
        ending = f" {number}"
        title, number = base[: 31 - len(ending)] + ending, number + 1
    return title


class _Styles:
    """The formats of one workbook. `text` columns keep what looks like a formula as text also when it is edited."""

    def __init__(self, book: Workbook, **more: Any) -> None:
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self.head = book.add_format(head)
        self.head_quoted = book.add_format({**head, "quote_prefix": True})
        self.text = book.add_format({"text_wrap": True, "valign": "top", **more})
        self.quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True, **more})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left", **more})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left", **more})
        self.number = book.add_format({"valign": "top", **more})
        typed = {"text_wrap": True, "valign": "top", "num_format": "@"}
        self.typed = book.add_format(typed)
        self.typed_quoted = book.add_format({**typed, "quote_prefix": True})
        self.shaded = book.add_format({**typed, "bg_color": "#EEEEEE", "font_color": "#555555", "quote_prefix": True})


def _write_sheet(target: Worksheet, sheet: Sheet, styles: _Styles, marked: _Styles) -> None:
    for column, width in enumerate(sheet.widths):
        target.set_column(column, column, width, styles.typed if sheet.editable else None)
    if len(sheet.headers) > MAX_COLUMNS:
        raise TooLargeError(_TOO_LARGE)
    for column, header in enumerate(sheet.headers):
        _write_text(target, 0, column, header, styles.head, styles.head_quoted)
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        if number >= MAX_ROWS or len(row) > MAX_COLUMNS:
            raise TooLargeError(_TOO_LARGE)
        for column, value in enumerate(row):
            if isinstance(value, str) and sheet.editable:
                quoted = styles.shaded if column in sheet.shaded else styles.typed_quoted
                plain = styles.shaded if column in sheet.shaded else styles.typed
                _write_text(target, number, column, value, plain, quoted)
            else:
                _write_cell(target, number, column, value, marked if (number - 1, column) in sheet.marks else styles)
    for column, choices in sheet.choices.items():
        rule = {"validate": "list", "source": list(choices), "error_type": "warning"}
        target.data_validation(1, column, number + 200, column, rule)
    target.freeze_panes(1, sheet.frozen)
    if sheet.headers and number and not sheet.editable:
        target.autofilter(0, 0, number, len(sheet.headers) - 1)


def _write_cell(target: Worksheet, row: int, column: int, value: Cell, styles: _Styles) -> None:
    match value:
        case None:
            return
        case bool():
            target.write_boolean(row, column, value, styles.text)
        case datetime():
            local = value.astimezone(CHINA).replace(tzinfo=None) if value.tzinfo else value
            target.write_datetime(row, column, local, styles.moment)
        case date():
            target.write_datetime(row, column, datetime(value.year, value.month, value.day), styles.date)
        case int() | float() | Decimal():
            target.write_number(row, column, float(value) if isinstance(value, Decimal) else value, styles.number)
        case _:
            _write_text(target, row, column, str(value), styles.text, styles.quoted)


def _write_text(target: Worksheet, row: int, column: int, text: str, plain: Format, quoted: Format) -> None:
    if len(text) > MAX_TEXT:
        raise TooLargeError("A text is too long for a spreadsheet.")
    if target.write_string(row, column, text, quoted if text.lstrip().startswith(_STARTERS) else plain) != 0:
        raise TooLargeError("This list does not fit into a spreadsheet.")

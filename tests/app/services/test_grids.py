"""Lists as people hand them in: encodings, formulas, merged cells, long numbers, bombs. Read whole or refused."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from app.services.grids import MOST_ROWS, Cell, Grid, UnreadableError, read_grids


def xlsx(rows: list[list[object]], **cells: object) -> bytes:
    """A workbook with one sheet "名单"; `cells` by address."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    for row in rows:
        sheet.append(row)
    for address, value in cells.items():
        sheet[address] = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def texts(grid: Grid) -> list[tuple[int, list[str]]]:
    """Numbers and texts of the rows."""
    return [(line.number, [cell.text for cell in line.cells]) for line in grid.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_in_every_usual_encoding_and_separator(encoding: str, separator: str) -> None:
    text = f"企业名称{separator}镇街\r\n甲厂{separator}长安镇\r\n\r\n乙厂{separator}\r\n"
    grid = read_grids(text.encode(encoding))[0]
    assert texts(grid) == [(1, ["企业名称", "镇街"]), (2, ["甲厂", "长安镇"]), (4, ["乙厂", ""])]


def test_csv_rows_with_line_breaks_keep_the_number_of_their_first_line() -> None:
    grid = read_grids('名称,注\n甲,"一\n二"\n乙,三\n'.encode())[0]
    assert [line.number for line in grid.lines] == [1, 2, 4]


def test_formulas_are_reported_not_computed() -> None:
    grid = read_grids(xlsx([["甲"], ["=1+1"]]))[0]
    assert [line.cells[0].fault for line in grid.lines] == ["", "formula"]
    cells = read_grids('名称,值\n=cmd|calc,"=""123"""\n+8613800000000,-\n'.encode())[0]
    assert cells.lines[1].cells == (Cell("=cmd|calc", "formula"), Cell("123"))
    assert cells.lines[2].cells[0].fault == "", "a telephone number is no formula"


def test_merged_cells_are_reported_wherever_they_stand() -> None:
    book = Workbook()
    sheet = book.active
    sheet["B3"], sheet["C3"], sheet["B4"] = "甲", "乙", "丙"
    sheet.merge_cells("C3:C4")
    grid = read_grids(saved(book))[0]
    assert [(line.number, [c.fault for c in line.cells]) for line in grid.lines] == [
        (3, ["", "", "merged"]),
        (4, ["", "", "merged"]),
    ]


def test_long_numbers_that_excel_has_rounded_are_told_from_texts() -> None:
    row = read_grids(xlsx([[914403001922038216, "914403001922038216", 60, 1.5, True]]))[0].lines[0]
    assert [cell.fault for cell in row.cells] == ["number", "", "", "", ""]
    assert [cell.text for cell in row.cells[1:]] == ["914403001922038216", "60", "1.5", "TRUE"]
    assert read_grids(b"a\n9.14403E+17\n")[0].lines[1].cells[0].fault == "number"


def test_hidden_sheets_are_not_read() -> None:
    book = Workbook()
    book.active["A1"] = "seen"
    hidden = book.create_sheet("x")
    hidden["A1"], hidden.sheet_state = "unseen", "hidden"
    assert [texts(grid) for grid in read_grids(saved(book))] == [[(1, ["seen"])]]


def test_a_hundred_thousand_rows_are_refused_whole() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(100_000):
        sheet.append([f"厂{number}"])
    with pytest.raises(UnreadableError, match="10,000 rows"):
        read_grids(saved(book))
    with pytest.raises(UnreadableError, match="10,000 rows"):
        read_grids(b"a\n" * (MOST_ROWS + 1))


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    good = xlsx([["甲"]])
    for part, data, message in (
        ("xl/worksheets/sheet1.xml", b"<x>" + b" " * 200_000_000, "unpacks"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', "unpacks"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row", "cannot be read"),
        ("xl/workbook.xml", b"no xml", "cannot be read"),
    ):
        with pytest.raises(UnreadableError, match=message):
            read_grids(replaced(good, part, data))


def replaced(data: bytes, part: str, content: bytes) -> bytes:
    """The archive with one part replaced."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return target.getvalue()


def test_cells_far_apart_are_refused_before_the_gap_is_filled() -> None:
    with pytest.raises(UnreadableError, match="too far apart"):
        read_grids(xlsx([["甲"]], XFD1048576="乙"))


OTHERS = (
    b"", b" \n", b"PK\x03\x04 none", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0old", b"\x00\x01\x02" * 50, b"\x81\xff" * 9,
)  # fmt: skip


@pytest.mark.parametrize("data", OTHERS)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_grids(data)

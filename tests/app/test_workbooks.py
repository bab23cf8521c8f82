"""The author's workbook: complete, safe, readable; and what comes back is read right or refused by its place."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook as Book

from app.services import workbooks
from scoring.content.loader import ROOT, list_sectors, load_catalogue
from scoring.content.model import Text
from scoring.content.reading import Reading
from scoring.content.tables import Own, TableError
from scoring.versions import own_content

OWN = own_content("molds", ROOT)[0]
XLSX = workbooks.write(OWN, load_catalogue("molds"))


def read(data: bytes, name: str = "molds.xlsx", known: Own | None = None) -> Own:
    found = workbooks.read(data, name, known)
    return Reading(OWN).read(found.tables, partial=found.partial)


def changed(change: Callable[[Book], Any]) -> bytes:
    book = openpyxl.load_workbook(BytesIO(XLSX))
    change(book)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def column(sheet: Any, heading: str) -> int:
    return next(c.column for c in sheet[1] if str(c.value).startswith(heading))


def refused(data: bytes, known: Own | None = None) -> list[str]:
    with pytest.raises(TableError) as error:
        read(data, known=known)
    assert all(m.message.zh and m.message.en for m in error.value.misfits)
    return [m.say("zh") for m in error.value.misfits]


@pytest.mark.parametrize("trade", list_sectors())
def test_a_workbook_gives_back_every_trade_without_loss_and_to_the_byte(trade: str) -> None:
    own, versions = own_content(trade, ROOT)
    written = workbooks.write(own, load_catalogue(trade))
    found = workbooks.read(written, "x.xlsx")
    assert (again := Reading(own).read(found.tables)) == own
    assert workbooks.write(again, load_catalogue(trade)) == written
    assert found.trade == trade and set((found.versions or {}).items()) <= set(versions.items())


def test_a_workbook_is_good_to_work_in() -> None:
    book = openpyxl.load_workbook(BytesIO(XLSX))
    assert book.sheetnames[:3] == ["说明 Read me", "问题 Questions", "档位 Levels"]
    for sheet in book:
        assert sheet.freeze_panes and sheet["A1"].alignment.wrap_text, sheet.title
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    levels = book["档位 Levels"]
    assert levels.max_row == 1 + 5 * len(OWN.entries["questions"])
    assert [c.value for c in levels[2]][:3] == ["MOL-01", "MOL-01 报价与历史成本", 0]
    lists = {v.formula1 for s in book for v in s.data_validations.dataValidation}
    assert '"site,machine,seat,month,use"' in lists and '"是,否"' in lists
    prices = book["方案 Solutions"]
    assert prices.cell(2, column(prices, "费用 日期")).number_format == "@"


def test_a_workbook_saved_by_another_program_gives_the_same() -> None:
    assert read(changed(lambda book: None)) == OWN


def test_columns_may_be_moved_and_rows_left_empty() -> None:
    def change(book: Book) -> None:
        sheet = book["来源 Sources"]
        heads = [c.value for c in sheet[1]]
        for n, head in enumerate(reversed(heads), 1):
            sheet.cell(1, n).value = head
        book["问题 Questions"].insert_rows(3)

    assert read(changed(change)) == OWN


def test_an_id_merged_over_its_rows_is_read_right() -> None:
    assert read(changed(lambda book: book["档位 Levels"].merge_cells("A2:A6"))) == OWN


def test_a_month_that_became_a_date_is_read_right() -> None:
    def change(book: Book) -> None:
        sheet = book["方案 Solutions"]
        cell = sheet.cell(2, column(sheet, "费用 日期"))
        cell.value, cell.number_format = datetime(2026, 12, 1), "mmm-yy"

    assert read(changed(change)).entries["solutions"][0].cost.date == "2026-12"


def test_a_text_that_looks_like_a_formula_stays_text() -> None:
    first, *rest = OWN.entries["questions"]
    own = Own(
        OWN.sector, {**OWN.entries, "questions": (replace(first, hint=Text(zh="=1+1 是公式", en="@SUM(A1)")), *rest)}
    )
    data = workbooks.write(own, load_catalogue("molds"))
    assert read(data) == own
    sheets = zipfile.ZipFile(BytesIO(data))
    assert not any(b"<f>" in sheets.read(n) for n in sheets.namelist() if n.startswith("xl/worksheets"))


def set_cell(sheet: str, cell: str, value: object) -> Callable[[Book], Any]:
    return lambda book: setattr(book[sheet][cell], "value", value)


BAD: dict[str, tuple[Callable[[Book], Any], str]] = {
    "formula": (
        set_cell("档位 Levels", "F2", "=A1&B1"),
        "工作表“档位 Levels”，第 2 行，F“做法 中文（Behaviour, Chinese）” 列：这一格是公式",
    ),
    "error": (set_cell("方案 Solutions", "J2", "#REF!"), "这一格是错误值 #REF!"),
    "merged": (lambda b: b["档位 Levels"].merge_cells("F2:G3"), "F2:G3 是合并单元格"),
    "merged head": (lambda b: b["问题 Questions"].merge_cells("C1:D1"), "C1:D1 是合并单元格"),
    "missing column": (lambda b: b["档位 Levels"].delete_cols(6), "缺“做法 中文（Behaviour, Chinese）”这一列"),
    "missing sheet": (lambda b: b.remove(b["痛点 Pains"]), "工作表“痛点 Pains”：缺这张工作表"),
    "unknown column": (set_cell("问题 Questions", "AZ1", "备注"), "AZ“备注” 列：不认识这个列名"),
    "renamed column": (
        set_cell("问题 Questions", "C1", "短标题 中文（Short titel, Chinese）"),
        "是不是“短标题 中文（Short title, Chinese）”",
    ),
    "no heading": (set_cell("问题 Questions", "AZ3", "备注"), "这一列有内容却没有标题"),
    "twice": (set_cell("问题 Questions", "AZ1", "编号（Id）"), "这一列出现了两次"),
    "wrong choice": (set_cell("问题 Questions", "B2", "levels"), "B“题型（Kind）” 列：只能是其中一个：level"),
    "no number": (set_cell("方案 Solutions", "K2", "很多"), "K“费用 每年最低（Cost: Lowest a year）” 列：应是整数"),
    "too large": (set_cell("方案 Solutions", "K2", 99_000_000), "不能大于 50000000"),
    "bad date": (set_cell("方案 Solutions", "P2", "去年"), "格式不对，要写成 2026-11"),
    "no english": (set_cell("档位 Levels", "G2", None), "G“做法 英文（Behaviour, English）” 列：这一格必须填"),
    "bad id": (set_cell("页 Pages", "A2", "第一页"), "编号只能用英文字母"),
    "id twice": (set_cell("问题 Questions", "A3", "MOL-01"), "编号 MOL-01 第 2 行已经用了"),
    "unknown parent": (set_cell("档位 Levels", "A2", "MOL-91"), "没有编号为 MOL-91 的条目；是不是 MOL-0"),
    "level twice": (set_cell("档位 Levels", "C3", 0), "各档从 0 起一档一行，这里应是 1"),
    "no effect": (lambda b: [set_cell("提升 Raises", f"{c}2", None)(b) for c in "DEFGH"], "没写提升到哪里"),
    "no rows": (lambda b: b["提升 Raises"].delete_rows(2, 7), "没有写 raises"),
    "renamed sheet": (lambda b: setattr(b["方案 Solutions"], "title", "方案表"), "是不是改名成了“方案表”？改回来"),
    "empty sheet": (lambda b: b["档位 Levels"].delete_rows(1, 100), "工作表“档位 Levels”，第 1 行：没有列名"),
    "id gone": (set_cell("问题 Questions", "A2", "MOL-91"), "没有编号为 MOL-01 的条目（还有 4 行也是）；"),
    "date": (set_cell("档位 Levels", "F2", datetime(2026, 11, 5)), "把它变成了日期"),
    "day for a month": (set_cell("方案 Solutions", "P2", datetime(2026, 11, 5)), "要写成 2026-11"),
    "level 9": (set_cell("提升 Raises", "D2", 9), "写 1 到 4 的一个数"),
    "true": (set_cell("档位 Levels", "F2", True), "把它变成了 TRUE 或 FALSE"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_told_by_sheet_row_and_column(case: str) -> None:
    change, says = BAD[case]
    lines = refused(changed(change))
    assert any(says in line for line in lines), lines
    assert all(line.startswith("工作表“") for line in lines)


def test_all_mistakes_are_told_at_once() -> None:
    def change(book: Book) -> None:
        for case in ("formula", "wrong choice", "no number", "missing sheet"):
            BAD[case][0](book)

    assert len(refused(changed(change))) == 4


# CSV of one sheet


def as_csv(sheet: str, encoding: str, delimiter: str = ",", **changes: str) -> bytes:
    table = next(t for t in workbooks.read(XLSX, "x").tables if t.title == sheet)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    for row in table.rows:
        writer.writerow(["" if c is None else changes.get(str(c), c) for c in row])
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_one_sheet_is_read_in_the_encodings_of_chinese_programs(encoding: str, delimiter: str) -> None:
    data = as_csv("问题 Questions", encoding, delimiter, 报价与历史成本="报价和成本")
    new = read(data, "问题.csv", OWN)
    assert new.entries["questions"][0].title.zh == "报价和成本"
    assert new.entries["questions"][1:] == OWN.entries["questions"][1:] and new.sector == OWN.sector


def test_csv_of_every_sheet_that_has_rows_is_known_by_its_headings() -> None:
    for table in workbooks.read(XLSX, "x").tables:
        if len(table.rows) > 1:
            assert read(as_csv(table.title, "utf-8"), "x.csv", OWN) == OWN, table.title


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "文件是空的"), (b"hello,world\n1,2\n", "既不是 xlsx"), (b"\x89PNG\r\n\x1a\n\0\0\0", "不是表格文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧的 xls 格式，或加了密码"),
        (b"PK\x03\x04" + b"\0" * 100, "文件坏了"), (XLSX[: len(XLSX) // 2], "文件坏了"),
        (b"x" * 10_000_001, "超过 10 MB"), ("编号,题型\n".encode() + b"\xff\xfe\xff", "不是表格文件"),
    ],
    ids=["empty", "other csv", "picture", "old xls", "broken", "cut off", "huge", "no encoding"],
)  # fmt: skip
def test_a_file_that_is_something_else_is_refused(data: bytes, says: str) -> None:
    (line,) = refused(data, OWN)
    assert says in line


def archive(files: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in files.items():
            book.writestr(name, data)
    return target.getvalue()


def test_another_archive_a_bomb_and_a_broken_workbook_are_refused() -> None:
    assert "不是 xlsx 表格" in refused(archive({"word/document.xml": b"<x/>"}))[0]
    bomb = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 70_000_000})
    assert len(bomb) < 1_000_000 and "太大" in refused(bomb)[0]
    assert "打不开" in refused(archive({"xl/workbook.xml": b"<x/>"}))[0]


def test_a_cell_far_out_is_refused_and_a_format_far_out_is_not() -> None:
    assert "最多 20000 行" in refused(changed(set_cell("问题 Questions", "A900000", "x")))[0]

    def style(book: Book) -> None:
        book["问题 Questions"]["XFD900000"].number_format = "@"

    assert read(changed(style)) == OWN


def test_csv_without_a_trade_asks_for_it() -> None:
    assert "--sector" in refused(as_csv("问题 Questions", "utf-8"))[0]

"""Workbooks: cells that look like formulas stay text, numbers stay numbers, nothing is dropped silently."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.errors import TooLargeError
from app.services.spreadsheets import Sheet, sheet_title, write_workbook

NAUGHTY = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1+1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0",
    "http://example.test/", "{=1}", "<img src=x onerror=1>",
]  # fmt: skip


@pytest.mark.parametrize("text", NAUGHTY)
def test_case_07_formulas_stay_text_in_values_and_headers(text: str) -> None:
    data = write_workbook([Sheet(title=text, headers=[text, "n"], rows=[[text, -3], [text, Decimal("41.625")]])])
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    cells = [sheet["A1"], sheet["A2"], sheet["A3"]]
    assert [cell.data_type for cell in cells] == ["s"] * 3
    assert [cell.value.replace("_x000D_", "\r") for cell in cells] == [text] * 3
    assert (sheet["B2"].value, sheet["B3"].value) == (-3, 41.625)
    assert not sheet.title.startswith(tuple("=+-@\t\r＝＋－＠"))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"hyperlink" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("", "Sheet"),
        ("====", "Sheet"),
        ("a/b:c", "a b c"),
        ("History", "History 2"),
        ("长" * 40, "长" * 31),
        ("=1+1", "1+1"),
    ],
)
def test_titles_fit_the_format(wanted: str, title: str) -> None:
    assert sheet_title(wanted) == title


def test_titles_are_unique_however_long() -> None:
    data = write_workbook([Sheet(title="x" * 50, headers=["a"], rows=[]) for _ in range(12)])
    assert len(set(load_workbook(BytesIO(data)).sheetnames)) == 12


@pytest.mark.parametrize("rows", [25, 26, 1000, 1001])
def test_case_30_all_rows_are_there(rows: int) -> None:
    data = write_workbook([Sheet("x", ["n"], [[n] for n in range(rows)])])
    sheet = load_workbook(BytesIO(data), read_only=True).worksheets[0]
    assert [value for (value,) in sheet.iter_rows(min_row=2, values_only=True)] == list(range(rows))


def test_too_long_a_text_is_refused_not_cut() -> None:
    with pytest.raises(TooLargeError):
        write_workbook([Sheet("x", ["a"], [["x" * 32_768]])])


def test_not_a_number_is_refused() -> None:
    with pytest.raises(TypeError):
        write_workbook([Sheet("x", ["a"], [[float("nan")]])])


def test_days_are_days() -> None:
    data = write_workbook([Sheet("x", ["day"], [[date(2025, 3, 1)]])])
    assert load_workbook(BytesIO(data)).worksheets[0]["A2"].value.date() == date(2025, 3, 1)

"""The author's workbook: a trade's content as xlsx, and back from xlsx, or from CSV of one sheet.

What a file claims to be does not count, what it is does. Sizes are bounded before anything is unpacked; a formula or a
merged cell is told by its place, never read as what it might mean.
"""

from __future__ import annotations

import csv
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from app.services.spreadsheets import Sheet, write_workbook
from scoring.content import cells
from scoring.content.catalogue import Catalogue
from scoring.content.cells import Cell
from scoring.content.headings import CHOICES, kind_words
from scoring.content.model import Text
from scoring.content.plan import load_plan
from scoring.content.tables import Misfit, Own, Place, Table, TableError, letter, plain_name, to_tables

GUIDE, IDS = "说明 Read me", "编号 Ids"
FORMAT = "1"
MAX_BYTES, MAX_UNPACKED, MAX_ROWS, MAX_COLUMNS = 10_000_000, 60_000_000, 20_000, 200
_MADE = datetime(2026, 1, 1)  # said of every workbook: the same content gives the same bytes
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_TRADE, _VERSIONS, _FORMAT = "行业编号 Trade", "导出时的版本 Versions exported", "格式 Format"


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a file holds: its tables; the trade and versions it was exported from, where it says so (xlsx does).

    `partial` is CSV: one sheet alone.
    """

    tables: list[Table]
    trade: str | None = None
    versions: dict[str, str] | None = None
    partial: bool = False


# writing


def write(own: Own, catalogue: Catalogue) -> bytes:
    """The workbook of a trade: how it is used, the content sheet by sheet, and the ids that may be referred to.

    The same content gives the same bytes.
    """
    trade = own.sector.id
    versions = {n: v for n, v in catalogue.versions.items() if n in (trade, f"solutions/{trade}")}
    sheets = [_guide(trade, versions), *map(_sheet, to_tables(own)), _ids(catalogue)]
    return write_workbook(sheets, created=_MADE)


def _sheet(table: Table) -> Sheet:
    columns = table.columns
    return Sheet(
        title=table.title,
        headers=[str(h) for h in table.rows[0]],
        rows=table.rows[1:],
        widths=[c.width for c in columns],
        editable=True,
        choices={n: cells.choices(c) for n, c in enumerate(columns) if cells.choices(c)},
        shaded=frozenset(n for n, c in enumerate(columns) if c.kind == "note"),
        frozen=1 + any(c.kind == "note" for c in columns) if columns and columns[0].kind == "word" else 0,
    )


_HOW_TO = (
    (
        "改哪里", "在各工作表里直接改、加行、删行。列名和工作表名不要改。灰色的“只看不改”列只帮您认行，导入时不读。",
        "Where", "Edit, add and delete rows in the sheets. Leave the names of columns and sheets alone. Grey columns "
        "only help you to know the row; they are not read back.",
    ),
    (
        "中英文", "每段文字都有中文和英文两列，两列都要填。英文里不要有中文，括号和引号里除外。",
        "Two languages", "Every text has a Chinese and an English column, both to be filled in. English texts hold no "
        "Chinese except in parentheses or quotation marks.",
    ),
    (
        "档位", "“档位”表里每题五行，档从 0 到 4。一句话写清平常怎么做，不写买了什么，"
        "相邻两档只差一件看得见的事。1 档起要写凭据。",
        "Levels", "Five rows a question, levels 0 to 4. One sentence says what people do on a normal day, not what was "
        "bought; neighbours differ in one thing that can be seen. From level 1 on, name the record that proves it.",
    ),
    (
        "一格几项", "一格里有几项的（题号、来源、条件），每项一行：按 Alt+Enter 换行，也可以用逗号隔开。",
        "Several in a cell", "Where a cell holds several things (ids, sources, conditions), one a line: Alt+Enter makes"
        " a new line; commas work too.",
    ),
    (
        "条件", "写法：C10>=2（题的等级）、own_design=true（企业情况）、any(a;b) 任一、all(a;b) 全部。几行都要成立。"
        "“什么情况下”一列里，一行是一种情况，同一行用 & 连接的要同时成立。",
        "Conditions", "C10>=2 (level of a topic), own_design=true (a fact), any(a;b), all(a;b); all lines must hold. "
        "In “When” a line is a case, and what & joins in it must hold together.",
    ),
    (
        "编号", "编号不要改，改了旧答案就对不上。非改不可时，把原来的编号填进“原来的编号”。"
        "能引用的编号都在“编号 Ids”表里。",
        "Ids", "Leave ids alone: stored answers hang on them. If you must change one, put the old into “Former id”. "
        "The sheet “编号 Ids” lists all ids that you may refer to.",
    ),
    (
        "公式与合并", "不要用公式，也不要合并单元格。从别处粘贴时选“只粘贴值”。",
        "Formulas, merging", "Use no formulas and no merged cells; paste as values.",
    ),
    (
        "注释", "内容文件（YAML）里以 # 开头的注释不属于内容，导入产生的新版本里没有它们。",
        "Comments", "Comments (#) in the content files are no content; a version made by import has none.",
    ),
    (
        "下一步", "存盘后：content import 检查并写成新版本，"
        "content preview 看企业看到的样子，content diff 看改了什么。",
        "Next", "Save, then: content import checks it and writes a new version, content preview shows what a firm "
        "sees, content diff says what changed.",
    ),
)  # fmt: skip


def _guide(trade: str, versions: dict[str, str]) -> Sheet:
    rows: list[list[Cell]] = [[zh, text, en, english] for zh, text, en, english in _HOW_TO]
    stood = "\n".join(f"{name}: {version}" for name, version in versions.items())
    rows += [[_TRADE, trade, "", ""], [_VERSIONS, stood, "", ""], [_FORMAT, FORMAT, "", ""]]
    headers = ["怎么用这个工作簿", "说明", "How to use this workbook", "Explanation"]
    return Sheet(GUIDE, headers, rows, widths=(18, 60, 20, 60), editable=True)


def _ids(catalogue: Catalogue) -> Sheet:
    rows: list[list[Cell]] = []
    for kind, entries in (
        ("questions", catalogue.questions), ("facts", catalogue.facts), ("solutions", catalogue.solutions),
        ("sources", catalogue.sources),
    ):  # fmt: skip
        for name, entry in entries.items():
            title: Text = getattr(entry, "title", None) or entry.text  # type: ignore[union-attr]
            topic = catalogue.topic_of.get(name, name) if kind == "questions" else ""
            rows.append([f"{kind_words(kind).zh} {kind_words(kind).en}", name, topic, title.zh, title.en])
    for guard in catalogue.guards.values():
        rows += [["规则标签 tag", tag, "", guard.text.zh, guard.text.en] for tag in guard.tags]
    rows += [["方案任务 task", str(n), "", title.zh, title.en] for n, title in load_plan().tasks.items()]
    rows += [["可选值 choice", name, "", words.zh, words.en] for name, words in CHOICES.items()]
    headers = ["种类 Kind", "编号 Id", "条件里写 In conditions", "中文", "English"]
    return Sheet(IDS, headers, rows, widths=(16, 26, 16, 50, 50), editable=True, shaded=frozenset(range(5)), frozen=2)


# reading


def read(data: bytes, name: str, known: Own | None = None) -> Workbook:
    """The tables of a file. `known` is the trade whose sheets CSV may hold. Raises TableError."""
    if len(data) > MAX_BYTES:
        raise _refuse(
            name, f"文件超过 {MAX_BYTES // 1_000_000} MB；删掉图片和空行再存",
            f"is larger than {MAX_BYTES // 1_000_000} MB; delete pictures and empty rows and save again",
        )  # fmt: skip
    if not data:
        raise _refuse(name, "文件是空的；重新导出再改", "is empty; export again and edit it")
    if data.startswith(_OLE):
        raise _refuse(
            name, "是旧的 xls 格式，或加了密码；去掉密码，另存为 xlsx",
            "is in the old xls format or has a password; save it as xlsx without one",
        )  # fmt: skip
    return _read_xlsx(data, name) if data.startswith(_ZIP) else _read_csv(data, name, known)


def _refuse(name: str, zh: str, en: str) -> TableError:
    return TableError([Misfit(Place(""), Text(zh=f"{name}：{zh}", en=f"{name}: {en}"))])


def _read_xlsx(data: bytes, name: str) -> Workbook:
    # Loaded here, so that no other command waits for it.
    from openpyxl import load_workbook  # noqa: PLC0415

    _check_archive(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(data), keep_links=False)
    except Exception as error:  # a broken file fails in many ways
        raise _refuse(
            name, "打不开，可能没有存完整；用表格软件打开，另存为 xlsx 再试",
            "cannot be opened, it may be damaged; open it in a spreadsheet program and save it as xlsx again",
        ) from error  # fmt: skip
    tables = [_table(sheet) for sheet in book.worksheets]
    guide = next((t for t in tables if plain_name(t.title) == plain_name(GUIDE)), None)
    told = {str(row[0]): str(row[1] or "") for row in guide.rows if len(row) > 1} if guide else {}
    kept = [t for t in tables if plain_name(t.title) not in (plain_name(GUIDE), plain_name(IDS))]
    if told.get(_FORMAT, FORMAT) != FORMAT:
        raise _refuse(name, "是别的版本导出的；重新导出", "was exported by another release; export again")
    return Workbook(kept, told.get(_TRADE) or None, dict(_versions(told.get(_VERSIONS, ""))) or None)


def _versions(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        package, _colon, version = line.partition(":")
        if version.strip().isdecimal():
            yield package.strip(), version.strip()


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()}
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _refuse(name, "文件坏了，没有存完整；重新存一次", "is damaged; save it again") from error
    if "xl/workbook.xml" not in names:
        raise _refuse(name, "不是 xlsx 表格；导出一份再改", "is no xlsx workbook; export one and edit it")
    if unpacked > MAX_UNPACKED:
        raise _refuse(
            name, "里面的内容太大；删掉不用的行、列和工作表再存",
            "unpacks to too much; delete unused rows, columns and sheets and save again",
        )  # fmt: skip


def _table(sheet: Any) -> Table:
    """The filled cells of a sheet; cells that only carry a format do not count."""
    filled = {place: cell for place, cell in sheet._cells.items() if cell.value is not None}
    height, width = max((r for r, _ in filled), default=0), max((c for _, c in filled), default=0)
    if height > MAX_ROWS or width > MAX_COLUMNS:
        raise TableError(
            [
                Misfit(
                    Place(sheet.title),
                    Text(
                        zh=f"内容排到了 {letter(width - 1)}{height}，太大；最多 {MAX_ROWS} 行 {MAX_COLUMNS} 列",
                        en=f"reaches to {letter(width - 1)}{height}; at most {MAX_ROWS} rows and {MAX_COLUMNS} columns",
                    ),
                )
            ]
        )
    rows: list[list[Cell]] = [[None] * width for _ in range(height)]
    broken: dict[tuple[int, int], Text] = {}
    for (row, column), cell in filled.items():
        rows[row - 1][column - 1] = _value(cell)
        if cell.data_type == "f":
            broken[row - 1, column - 1] = Text(
                zh="这一格是公式；复制后选“只粘贴值”，换成文字或数", en="holds a formula; paste it as a value instead"
            )
        elif cell.data_type == "e":
            broken[row - 1, column - 1] = Text(
                zh=f"这一格是错误值 {cell.value}；改成文字或数",
                en=f"holds the error {cell.value}; put a text or number",
            )
    merged = tuple(
        (m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1)
        for m in sheet.merged_cells.ranges
        if m.min_row <= height and m.min_col <= width
    )
    return Table(sheet.title, rows, merged=merged, broken=broken)


def _value(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, datetime) and "d" not in str(cell.number_format).lower():
        return f"{value:%Y-%m}"  # a month that the program took for a date
    if isinstance(value, str | int | float | bool | datetime):
        return value
    return str(value)


def _read_csv(data: bytes, name: str, known: Own | None) -> Workbook:
    if known is None:
        raise _refuse(
            name, "不是 xlsx。若是 CSV，用 --sector 说明是哪个行业",
            "is no xlsx; if it is CSV, name its trade with --sector",
        )  # fmt: skip
    text = _decoded(data, name)
    best: tuple[int, Table | None, list[list[str]]] = (0, None, [])
    for delimiter in ",;\t":
        try:
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        if len(rows) > MAX_ROWS or max(map(len, rows), default=0) > MAX_COLUMNS:
            raise _refuse(name, f"最多 {MAX_ROWS} 行 {MAX_COLUMNS} 列", f"holds more than {MAX_ROWS} rows")
        heads = {plain_name(h) for h in rows[0]} if rows else set()
        for table in to_tables(known):
            hits = len(heads & {plain_name(str(h)) for h in table.rows[0]})
            if hits > best[0]:
                best = (hits, table, rows)
    if best[1] is None or best[0] < len(best[1].rows[0]) / 2:
        raise _refuse(
            name, "既不是 xlsx，也不是本行业某张工作表的 CSV：第一行要是导出时的列名",
            "is neither xlsx nor CSV of one of the trade's sheets: its first row holds the headings as exported",
        )  # fmt: skip
    return Workbook([Table(best[1].title, best[2])], known.sector.id, partial=True)


def _decoded(data: bytes, name: str) -> str:
    """The text of a CSV file: UTF-8, UTF-16 with its mark, or GBK (GB 18030) as Chinese programs write it."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refuse(
        name,
        "不是表格文件；存成 xlsx，或 UTF-8、GBK 的 CSV",
        "is no spreadsheet; save it as xlsx, or as CSV in UTF-8 or GBK",
    )

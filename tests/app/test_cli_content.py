"""The workshop's commands: one clear line per problem, exit status 2, nothing written; else a new version."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from scoring.content import loader
from scoring.content.loader import ROOT, load_catalogue
from scoring.content.published import changed_versions, publish

FIRST = "老板看看产品图，凭经验说一个价，报完怎么算的没留下。"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site's content: one trade, published."""
    root = tmp_path / "content"
    for name in ("common", "shared", "frameworks", "sectors/molds", "solutions/common", "solutions/molds"):
        shutil.copytree(ROOT / name, root / name)
    publish(root)
    monkeypatch.setattr(loader, "ROOT", root)
    return root


@pytest.fixture
def book(app: Flask, content: Path, tmp_path: Path) -> Path:
    """The workbook of that trade, just exported."""
    path = tmp_path / "molds.xlsx"
    assert run(app, "export", "molds", str(path))[0] == 0
    return path


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = app.test_cli_runner().invoke(args=("content", *arguments))
    return done.exit_code, done.stdout, done.stderr


def edit(path: Path, *changes: tuple[str, str, object]) -> Path:
    """Put values into cells: (sheet, cell, value)."""
    workbook = openpyxl.load_workbook(path)
    for sheet, cell, value in changes:
        workbook[sheet][cell] = value
    workbook.save(path)
    return path


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


ANCHOR = ("档位 Levels", "F2", "老板看一眼图就报价，怎么算的没留下。")
PRICE = ("方案 Solutions", "L2", 700)


def test_what_was_exported_and_not_changed_gives_no_version(app: Flask, content: Path, book: Path) -> None:
    before = snapshot(content)
    assert run(app, "import", str(book))[:2] == (0, "和现有内容完全一样，没有写新版本\n")
    assert snapshot(content) == before


def test_a_newcomer_changes_an_anchor_and_a_price(app: Flask, content: Path, book: Path) -> None:
    status, out, err = run(app, "import", str(edit(book, ANCHOR, PRICE)))
    assert (status, err) == (0, "") and "sectors/molds/v2" in out and "solutions/molds/v2" in out
    assert changed_versions(content) == [] and "#" in out
    new = load_catalogue("molds", root=content)
    assert new.questions["MOL-01"].anchors[0].text.zh == ANCHOR[2] and new.solutions["MOL-S1"].cost.high == 700
    status, out, _ = run(app, "diff", "molds@1", "molds@2")
    assert status == 0
    assert f"· 档位 0 · 做法 · 中文：“{FIRST}” 改为 “{ANCHOR[2]}”" in out and "每年最高：“600” 改为 “700”" in out
    assert "保留 48 题，换编号 0 题，作废 0 题，新增 0 题" in out and "保留 MOL-01 报价与历史成本：文字有改动" in out
    _, english, _ = run(app, "diff", "molds@1", str(content / "sectors/molds/v2"), "--lang", "en")
    assert "keep 48, map 0, drop 0, new 0" in english and "wording changed, please look again" in english
    assert "Nothing has changed" in run(app, "diff", "molds@2", "molds@2", "--lang", "en")[1]


def test_a_second_import_of_the_same_workbook_goes_on_with_its_version(app: Flask, content: Path, book: Path) -> None:
    assert run(app, "import", str(edit(book, ANCHOR)))[0] == 0
    status, out, _ = run(app, "import", str(edit(book, PRICE)))
    assert status == 0 and "solutions/molds/v2" in out and not (content / "sectors/molds/v3").exists()
    assert load_catalogue("molds", root=content).questions["MOL-01"].anchors[0].text.zh == ANCHOR[2]


def test_a_workbook_from_before_a_published_version_does_not_undo_it(app: Flask, content: Path, book: Path) -> None:
    assert run(app, "import", str(edit(shutil.copy(book, book.with_name("b.xlsx")), ANCHOR)))[0] == 0  # type: ignore[arg-type]
    publish(content)
    before = snapshot(content)
    status, _, err = run(app, "import", str(edit(book, PRICE)))
    assert status == 2 and "molds@1" in err and "molds@2" in err and snapshot(content) == before
    assert run(app, "import", str(book), "--over-newer")[0] == 0


@pytest.mark.parametrize(
    ("change", "says", "english"),
    [
        (("档位 Levels", "G3", "typed 中文"), "第 3 行，G“做法 英文（Behaviour, English）” 列：英文里有中文", "row 3"),
        (
            ("页 Pages", "D2", "MOL-05\nC10"), "工作表“页 Pages”，第 2 行，D“依次问哪些题（Questions in order）” 列：",
            "sheet “页 Pages”, row 2, column D",
        ),
        (("例子 Examples", "A2", "C20"), "列：没有编号为 C20 的题；是不是 scene_quality？", "is it scene_quality?"),
        (("方案 Solutions", "AC2", "C99>=1"), "AC“开始的前提（Needs）” 列：C99>=1：没有题 C99", "no topic C99"),
        (("档位 Levels", "F2", "=1+1"), "这一格是公式", "holds a formula"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_cell_and_nothing_is_written(
    app: Flask, content: Path, book: Path, change: tuple[str, str, object], says: str, english: str
) -> None:
    before, path = snapshot(content), str(edit(book, change))
    status, out, err = run(app, "import", path)
    assert (status, out) == (2, "") and says in err and "什么都没有写" in err
    assert english in run(app, "import", path, "--lang", "en")[2]
    assert snapshot(content) == before


def test_into_a_new_folder_the_whole_content_is_copied(app: Flask, content: Path, book: Path, tmp_path: Path) -> None:
    before, target = snapshot(content), tmp_path / "draft"
    assert run(app, "import", str(edit(book, ANCHOR)), "--into", str(target))[0] == 0
    assert snapshot(content) == before
    assert {k: v for k, v in snapshot(target).items() if "/v2/" not in k} == before
    assert load_catalogue("molds", root=target).versions["molds"] == "2"
    assert "solutions/molds/v2" in run(app, "import", str(edit(book, PRICE)), "--into", str(target))[1]
    status, out, _ = run(app, "diff", str(content), str(target), "--sector", "molds")
    assert status == 0 and "档位 0" in out
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").touch()
    assert run(app, "import", str(book), "--into", str(tmp_path / "other"))[0] == 2


def test_a_half_finished_version_is_written_only_as_a_draft_elsewhere(
    app: Flask, content: Path, book: Path, tmp_path: Path
) -> None:
    path, target = str(edit(book, ("页 Pages", "D2", "MOL-05\nC10"))), tmp_path / "draft"
    assert run(app, "import", path, "--into", str(target))[0] == 2 and not target.exists()
    assert run(app, "import", path, "--draft")[0] == 2
    status, out, err = run(app, "import", path, "--into", str(target), "--draft")
    assert status == 0 and "sectors/molds/v2" in out and "页 Pages" in err
    mended = edit(book, ("页 Pages", "D2", "MOL-05\nscene_production_control\nC10\nC19\nscene_scheduling"), ANCHOR)
    status, out, err = run(app, "import", str(mended), "--into", str(target))
    assert (status, err) == (0, "") and "换掉" in out


def test_csv_of_one_sheet_changes_that_sheet(app: Flask, content: Path, tmp_path: Path) -> None:
    path = tmp_path / "来源.csv"
    path.write_bytes("编号（Id）,名称 中文（Title, Chinese）\n".encode("gbk"))
    assert run(app, "import", str(path), "--sector", "molds")[0] == 2
    heads = '编号（Id）,"名称 中文（Title, Chinese）","名称 英文（Title, English）"'
    heads += ",级别（Grade）,地址（Address）,日期（Date）"
    path.write_bytes(f"{heads}\nM01,机床报价,Quotes,C,example.com,2026-11\n".encode("gbk"))
    assert run(app, "import", str(path), "--sector", "molds")[0] == 0
    assert load_catalogue("molds", root=content).sources["M01"].title.zh == "机床报价"
    assert "--sector" in run(app, "import", str(path))[2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("export", "nowhere", "x.xlsx"), "没有这个行业；有：molds"),
        (("export", "molds", "/nowhere/x.xlsx"), "存不了文件"),
        (("import", "/nowhere.xlsx"), "没有这个文件；看看文件名"), (("import", "/"), "读不了"),
        (("diff", "molds@1", "molds@9"), "没有这个版本；最新是 1"),
        (("diff", "molds", "molds@1"), "写成 行业@版本"), (("preview", "nowhere"), "没有这个行业"),
        (("export", "molds", "x.xlsx", "--root", "/"), "不是内容文件夹"),
    ],
)  # fmt: skip
def test_bad_arguments_give_one_line(app: Flask, content: Path, arguments: tuple[str, ...], says: str) -> None:
    status, out, err = run(app, *arguments)
    assert (status, out) == (2, "") and says in err and err.count("\n") == 1
    assert all(ord(c) < 0x2E80 for c in run(app, *arguments, "--lang", "en")[2])


def test_a_broken_file_is_told_by_its_place(app: Flask, content: Path, tmp_path: Path) -> None:
    file = content / "sectors/molds/v1/questions.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("kind: level", "kind: lvel", 1), encoding="utf-8")
    for command in (
        ("export", "molds", str(tmp_path / "x.xlsx")),
        ("preview", "molds"),
        ("diff", "molds@1", "molds@1"),
    ):
        status, _, err = run(app, *command)
        assert status == 2 and "sectors/molds/v1/questions.yaml: questions[0] (MOL-01).kind" in err
    assert not (tmp_path / "x.xlsx").exists()

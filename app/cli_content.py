"""`flask --app wsgi content …`: the workshop of those who know a trade. No database, no account.

Exit status 2 with one line per problem on standard error, and nothing written.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.services import workbooks
from app.web.preview.install import serve_preview
from scoring.content import loader
from scoring.content.catalogue import Catalogue
from scoring.content.difference import Difference, compare
from scoring.content.headings import describe
from scoring.content.loader import list_sectors, load_catalogue, load_draft, numbers
from scoring.content.reading import Reading, locate
from scoring.content.tables import Misfit, Own, TableError
from scoring.errors import ContentError, Fault
from scoring.versions import Proposal, own_content, propose, published_versions, try_out, write

MOST_LINES = 60
_language = click.option(
    "--lang", default="zh", show_default=True, type=click.Choice(["zh", "en"]), help="Language of what is said."
)


@click.group("content")
def content() -> None:
    """Export, edit, import, preview and compare the content of a trade."""


@content.command("export")
@click.argument("sector")
@click.argument("out", metavar="OUT.xlsx")
@click.option("--root", default=None, metavar="DIR", help="Folder with the content (default: that of the site).")
@_language
@with_appcontext
def export(sector: str, out: str, root: str | None, lang: str) -> None:
    """Write everything that belongs to one trade into a workbook."""
    place = _root(root, lang)
    _known(sector, place, lang)
    target = Path(out)
    if target.is_dir() or not target.absolute().parent.is_dir():
        _stop(
            lang,
            f"{out}：这里存不了文件；写一个已有文件夹里的文件名",
            f"{out}: is no place for a file; name one in a folder that is there",
        )
    try:
        own, _versions = own_content(sector, place)
        data = workbooks.write(own, load_draft(sector, place)[0])
    except ContentError as error:
        _faults(error.faults)
    _write(target, data, lang)
    _say(lang, f"已写出 {out}", f"wrote {out}")


@content.command("import")
@click.argument("file", metavar="FILE.xlsx")
@click.option("--into", default=None, metavar="DIR", help="Folder to write into, made from the content if it is new.")
@click.option("--sector", default=None, help="The trade; needed for CSV of one sheet.")
@click.option("--draft", is_flag=True, help="Write a half-finished version for the preview; needs --into.")
@click.option("--over-newer", is_flag=True, help="Import though a newer version was made since the export.")
@_language
@with_appcontext
def import_(file: str, into: str | None, sector: str | None, draft: bool, over_newer: bool, lang: str) -> None:
    """Check a workbook (xlsx, or CSV of one sheet) and write what changed as a new version. All or nothing."""
    if draft and into is None:
        _stop(lang, "--draft 要和 --into 一起用", "--draft goes with --into")
    base, fresh = _target(into, lang)
    try:
        data = Path(file).read_bytes()
    except FileNotFoundError:
        _stop(lang, f"{file}：没有这个文件；看看文件名和文件夹", f"{file}: no such file; see its name and folder")
    except OSError as error:
        why = error.strerror
        _stop(lang, f"{file}：读不了（{why}）；换一个文件", f"{file}: cannot be read ({why}); choose another file")
    try:
        known = own_content(sector, base)[0] if sector and _known(sector, base, lang) else None
        book = workbooks.read(data, Path(file).name, known)
        trade = _trade(book, sector, base, lang)
        old = own_content(trade, base)[0]
        if not over_newer:
            _not_outdated(book, published_versions(trade, base), lang)
        reading = Reading(old)
        new = reading.read(book.tables, partial=book.partial)
    except TableError as error:
        _misfits(error.misfits, lang)
    except ContentError as error:
        _faults(error.faults)
    if new.sector.id != trade:
        _stop(
            lang,
            f"工作表“行业 Trade”：行业编号应是 {trade}，不是 {new.sector.id}；改回来，或重新导出",
            f"sheet “行业 Trade”: the trade's id is {trade}, not {new.sector.id}; put it back, or export again",
        )
    proposals = propose(old, new, base)
    if not proposals:
        _say(lang, "和现有内容完全一样，没有写新版本", "the same as the present content; no new version")
        return
    _check_and_write(proposals, new, reading, base, fresh, draft, lang)


def _check_and_write(
    proposals: list[Proposal], new: Own, reading: Reading, base: Path, fresh: Path | None, draft: bool, lang: str
) -> None:
    trial = try_out(proposals, new, base)
    if trial.faults:
        found = [locate(reading, fault, new) for fault in trial.faults]
        if not draft:
            _misfits(found, lang)
        for misfit in found:
            click.echo(misfit.say(lang), err=True)
    target = base if fresh is None else fresh
    try:
        if fresh is None:
            write(proposals, base)
        else:
            _copy_with(proposals, base, fresh)
    except OSError as error:
        _unwritable(target, error, lang)
    for proposal in proposals:
        place = target / proposal.folder
        if proposal.replaces:
            _say(lang, f"已换掉还没发布的 {place}", f"replaced {place}, not published yet")
        else:
            _say(lang, f"已写成新版本 {place}", f"wrote the new version {place}")
    mine = [w for w in trial.warnings if any(w.startswith(p.package) for p in proposals)]
    for warning in (*mine, *map(str, trial.before)):
        click.echo(warning, err=True)
    _say(
        lang,
        "文件里的注释（#）不属于内容，新版本里没有。检查：python -m scoring check；发布：make publish",
        "Comments (#) of the files are no content and are not in it. Check: python -m scoring check; "
        "publish: make publish",
    )


def _copy_with(proposals: list[Proposal], base: Path, fresh: Path) -> None:
    """A copy of the content with the proposals in it; it appears complete or not at all."""
    draft = fresh.with_name(f".{fresh.name[:80]}.{secrets.token_hex(4)}")
    try:
        shutil.copytree(base, draft)
        write(proposals, draft)
        os.replace(draft, fresh)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@content.command("preview")
@click.argument("sector")
@click.option("--root", default=None, metavar="DIR", help="Folder with the content (default: that of the site).")
@click.option(
    "--port", default=8010, show_default=True, type=click.IntRange(0, 65535), help="Local port; 0 takes a free one."
)
@_language
@with_appcontext
def preview(sector: str, root: str | None, port: int, lang: str) -> None:
    """Show the questionnaire of a trade as a firm sees it, on this machine only. Nothing is stored."""
    place = _root(root, lang)
    _known(sector, place, lang)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def ready(used: int) -> None:
        address = f"http://127.0.0.1:{used}/?lang={lang}"
        _say(lang, f"预览：{address} ，按 Ctrl+C 结束", f"preview: {address} , Ctrl+C ends it")

    try:
        serve_preview(app, lambda: load_draft(sector, place), port, ready)
    except ContentError as error:
        _faults(error.faults)
    except OSError as error:
        _stop(
            lang, f"--port：{port} 用不了（{error.strerror}）；换一个",
            f"--port: {port} cannot be used ({error.strerror}); choose another",
        )  # fmt: skip
    except KeyboardInterrupt:
        pass


@content.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--sector", default=None, help="The trade, where A or B is a whole content folder.")
@click.option("--root", default=None, metavar="DIR", help="Folder with the content (default: that of the site).")
@_language
@with_appcontext
def diff(old: str, new: str, sector: str | None, root: str | None, lang: str) -> None:
    """Say what changed between two versions and which stored answers stay valid.

    A and B are a trade and version (molds@1), the folder of a version (…/sectors/molds/v2), or a content folder.
    """
    place = _root(root, lang)
    before, after = _version(old, sector, place, lang), _version(new, sector, place, lang)
    if before.sector.id != after.sector.id:
        _stop(
            lang,
            f"{before.sector.id} 和 {after.sector.id} 是两个行业；比较同一个行业的两个版本",
            f"{before.sector.id} and {after.sector.id} are two trades; compare two versions of one",
        )
    for line in _told(compare(before, after), lang):
        click.echo(line)


def _told(difference: Difference, lang: str) -> Iterable[str]:
    zh = lang != "en"
    a, b = (" ".join(f"{n}@{v}" for n, v in c.versions.items()) for c in (difference.before, difference.after))
    yield f"{a}\n→ {b}\n"
    if difference.is_empty:
        yield "没有改动，答案都有效。" if zh else "Nothing has changed; all answers stay valid."
        return
    yield "旧答案怎么办" if zh else "What becomes of stored answers"
    counts = {fate: len(difference.of(fate)) for fate in ("keep", "map", "drop", "new")}
    yield (
        f"  保留 {counts['keep']} 题，换编号 {counts['map']} 题，作废 {counts['drop']} 题，新增 {counts['new']} 题"
        if zh
        else f"  keep {counts['keep']}, map {counts['map']}, drop {counts['drop']}, new {counts['new']} (questions)"
    )
    names = {"keep": "保留", "map": "换编号", "drop": "作废", "new": "新增"} if zh else {}
    for found in difference.fates:
        reason = found.reason(lang)
        if reason:
            name = names.get(found.fate, found.fate)
            yield f"  {name} {describe(found.question, lang)}{'：' if zh else ': '}{reason}"
    yield ("\n改了什么" if zh else "\nWhat has changed")
    for change in difference.changes:
        yield f"  {change.say(lang)}"


# what the commands share


def _version(text: str, sector: str | None, root: Path, lang: str) -> Catalogue:
    """The content that a word of `diff` names."""
    trade, at, number = text.partition("@")
    if at and number.isdigit() and not Path(text).exists():
        _known(trade, root, lang)
        return _load(trade, _stood(trade, int(number), root, text, lang), root, lang)
    folder = Path(text).resolve()
    kind, name, version = folder.parent.parent.name, folder.parent.name, folder.name
    if folder.is_dir() and kind in ("sectors", "solutions") and version[:1] == "v" and version[1:].isdigit():
        return _load(name, _stood(name, int(version[1:]), folder.parents[2], text, lang), folder.parents[2], lang)
    if not (folder / "sectors").is_dir():
        _stop(
            lang,
            f"{text}：写成 行业@版本（molds@1）、版本文件夹，或内容文件夹",
            f"{text}: name a trade and version (molds@1), the folder of a version, or a content folder",
        )
    if sector is None:
        _stop(lang, f"{text}：用 --sector 说明是哪个行业", f"{text}: name the trade with --sector")
    _known(sector, folder, lang)
    return _load(sector, {}, folder, lang)


def _stood(trade: str, number: int, root: Path, text: str, lang: str) -> dict[str, str]:
    """The versions of a trade's two packages when its files stood at a number: in each the newest up to it."""
    found, newest = {}, 0
    for package, folder in ((trade, f"sectors/{trade}"), (f"solutions/{trade}", f"solutions/{trade}")):
        there = [int(n) for n in numbers(root / folder)]
        newest = max([newest, *there])
        if fitting := [n for n in there if n <= number]:
            found[package] = str(max(fitting))
    if not 1 <= number <= newest or trade not in found:
        _stop(
            lang,
            f"{text}：没有这个版本；最新是 {newest}",
            f"{text}: no such version; the newest is {newest}",
        )
    return found


def _load(trade: str, versions: dict[str, str], root: Path, lang: str) -> Catalogue:
    try:
        return load_catalogue(trade, versions, root)
    except KeyError:
        _known(trade, root, lang)
        raise
    except ContentError as error:
        _faults(error.faults)


def _root(root: str | None, lang: str) -> Path:
    place = loader.ROOT if root is None else Path(root).resolve()
    if not (place / "sectors").is_dir():
        _stop(
            lang,
            f"{place}：不是内容文件夹（里面没有 sectors）；换一个，或用还没有的文件夹",
            f"{place}: is no content folder (no sectors in it); name another, or a new one",
        )
    return place


def _target(into: str | None, lang: str) -> tuple[Path, Path | None]:
    """(content to start from, folder to copy it to first): a new or empty folder becomes a copy of the site's."""
    if into is None:
        return _root(None, lang), None
    place = Path(into).resolve()
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return _root(None, lang), place
    return _root(into, lang), None


def _known(sector: str, root: Path, lang: str) -> bool:
    known = list_sectors(root)
    if sector not in known:
        listed = ", ".join(known)
        _stop(
            lang,
            f"{sector[:40]}：没有这个行业；有：{listed}",
            f"{sector[:40]}: no such trade; known: {listed}",
        )
    return True


def _trade(book: workbooks.Workbook, sector: str | None, root: Path, lang: str) -> str:
    if sector is None and book.trade is None:
        _stop(
            lang,
            "看不出是哪个行业（“说明”表里没有）；用 --sector 说明",
            "the workbook does not say its trade (sheet “说明 Read me”); name it with --sector",
        )
    if sector and book.trade and sector != book.trade:
        _stop(
            lang,
            f"工作簿是 {book.trade} 的，--sector 却是 {sector}",
            f"the workbook is of {book.trade}, but --sector says {sector}",
        )
    trade = sector or book.trade or ""
    _known(trade, root, lang)
    return trade


def _not_outdated(book: workbooks.Workbook, published: dict[str, str], lang: str) -> None:
    """Refuse a workbook that stems from before the newest published version: it would undo what changed since."""
    for name, version in (book.versions or {}).items():
        present = published.get(name, version)
        if int(present) > int(version):
            _stop(
                lang,
                f"工作簿导出于 {name}@{version}，现在已发布 {name}@{present}，导入会丢掉其中的改动。"
                "重新导出再改；确实要盖过去，加 --over-newer",
                f"the workbook was exported from {name}@{version}, and {name}@{present} is published by now, whose "
                "changes would be lost. Export again; or add --over-newer to import all the same",
            )


def _write(target: Path, data: bytes, lang: str) -> None:
    """The file appears complete or not at all."""
    draft = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(data)
        os.replace(draft, target)
    except OSError as error:
        _unwritable(target, error, lang)
    finally:
        draft.unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError, lang: str) -> NoReturn:
    _stop(
        lang, f"{target}：写不了（{error.strerror}）；换一个能写的文件夹",
        f"{target}: cannot be written ({error.strerror}); choose a folder that can",
    )  # fmt: skip


def _say(lang: str, zh: str, en: str) -> None:
    click.echo(en if lang == "en" else zh)


def _stop(lang: str, zh: str, en: str) -> NoReturn:
    _refuse([en if lang == "en" else zh])


def _misfits(misfits: Sequence[Misfit], lang: str) -> NoReturn:
    lines = [m.say(lang) for m in misfits[:MOST_LINES]]
    if (rest := len(misfits) - MOST_LINES) > 0:
        lines.append(f"… and {rest} more" if lang == "en" else f"……还有 {rest} 处")
    nothing = "Nothing was written. Mend this and import again." if lang == "en" else "什么都没有写。改好再导入。"
    _refuse([*lines, nothing])


def _faults(faults: Sequence[Fault]) -> NoReturn:
    _refuse(map(str, faults[:MOST_LINES]))


def _refuse(lines: Iterable[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    raise SystemExit(2)

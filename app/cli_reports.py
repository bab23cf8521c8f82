"""`flask --app wsgi report FILE OUT.pdf --lang zh|zh-Hant|en`: the diagnosis report of an answers file, without a
database."""

from __future__ import annotations

import json
import os
import secrets
import sys
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from app.i18n import LANGUAGES, translations_for
from scoring.answers import load_json, sector_of
from scoring.content.loader import list_sectors, load_catalogue
from scoring.errors import AnswerError, Problem
from scoring.result import assess

_CHINA = ZoneInfo("Asia/Shanghai")


@click.command("report")
@click.argument("file")
@click.argument("out", metavar="OUT.pdf")
@click.option(
    "--lang", default="zh", show_default=True, type=click.Choice(list(LANGUAGES)), help="Language of the report."
)
@click.option("--date", "on", default=None, metavar="YYYY-MM-DD", help="Date on the report (default: today).")
@with_appcontext
def report(file: str, out: str, lang: str, on: str | None) -> None:
    """Write the diagnosis report of an answers FILE (- for standard input) as PDF. Needs no database."""
    try:
        day = date.fromisoformat(on) if on else datetime.now(_CHINA).date()
    except ValueError:
        _stop(2, f"--date: {on!r} is not a date of the form 2026-03-18")
    target = Path(out)
    if target.is_dir() or not target.absolute().parent.is_dir():
        _stop(2, f"{out}: is no place for a file; name a PDF file in a folder that exists")
    try:
        raw = load_json(_read(file))
        sector = sector_of(raw)
        if sector not in list_sectors():
            known = ", ".join(list_sectors())
            raise AnswerError(
                [Problem("unknown_sector", "firm.sector", f"no content for {sector[:40]!r}; known: {known}")]
            )
        catalogue = load_catalogue(sector)
        result = assess(raw, catalogue)
    except AnswerError as error:
        shown = "standard input" if file == "-" else file
        _stop(2, *(f"{shown}: {problem} [{problem.code}]" for problem in error.problems))
    # Drawing is loaded here, so that no other command waits for it.
    from app.reports import fonts  # noqa: PLC0415
    from app.reports.assemble import Issue, assemble  # noqa: PLC0415
    from app.reports.render import render  # noqa: PLC0415

    folder = current_app.extensions["config"].fonts
    if not fonts.is_prepared(folder):
        click.echo("preparing the fonts, about half a minute, once …", err=True)
    try:
        ready = fonts.load(folder)
    except fonts.FontError as error:
        _stop(1, str(error))
    data = render(assemble(result, raw, catalogue, lang, translations_for(lang), Issue(day)), ready)
    _write(target, data)
    official = result["official"]
    click.echo(
        json.dumps(
            {"file": out, "bytes": len(data), "level": official["level"], "score": official["score"]},
            ensure_ascii=False,
        )
    )


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        _stop(2, f"{name}: cannot be read: {error.strerror}")


def _write(target: Path, data: bytes) -> None:
    """The file appears complete or not at all."""
    draft = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(data)
        os.replace(draft, target)
    except OSError as error:
        _stop(2, f"{target}: cannot be written: {error.strerror}")
    finally:
        draft.unlink(missing_ok=True)


def _stop(status: int, *lines: str) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    raise SystemExit(status)

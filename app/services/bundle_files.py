"""What a bundle is made of: the ZIP and the names in it, the table of its firms, the list of what is inside.

The same firms with the same results give the same bytes: order, dates and texts come from the results alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from app.errors import N_
from app.files import open_file
from app.i18n import content_text, language, language_code, translations_for
from app.i18n import gettext as _
from app.queries.bundles import Entry
from app.reports.wording import DIMENSIONS, Words
from app.services.names import clean_name
from app.services.reports import report_name
from app.services.spreadsheets import CHINA, Cell, Sheet, stream_workbook
from scoring import load_catalogue
from scoring.content.serving import serve, served_sectors

ENDED = N_("no longer lets you in; not named here")
NOT_SUBMITTED = N_("has not submitted a round yet")
NOT_BUILT = N_("its report could not be built; order it by itself to see whether it goes now")
NO_FILE = N_("the file of its report is missing")
LONGEST_NAME = 100
_PIECE = 256 * 1024
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""What a workbook says it was made at: it is not part of what it says."""


@dataclass(slots=True)
class Told:
    """What is in a bundle and what is not, as it is written. Firms are numbered by their place in the selection."""

    rows: list[list[Cell]] = field(default_factory=list)
    files: list[tuple[int, str, str]] = field(default_factory=list)
    left_out: list[tuple[int, str, str]] = field(default_factory=list)
    newest: datetime = _MADE

    def add(self, number: int, entry: Entry, file: str = "") -> None:
        """This firm is in the table, and with a file in the ZIP."""
        self.rows.append([number, *_row(entry), file])
        self.newest = max(self.newest, entry.submitted_at)
        if file:
            self.files.append((number, entry.name, file))

    def leave_out(self, number: int, name: str, reason: str) -> None:
        """This firm is not; `reason` is a message id. Nobody out of reach has a name."""
        self.left_out.append((number, name, _(reason)))


@contextmanager
def writing_zip(target: IO[bytes]) -> Iterator[ZipFile]:
    """A ZIP that grows on the disk; names are UTF-8 and marked so, as Windows expects."""
    with ZipFile(target, "w") as archive:
        yield archive


def add_report(archive: ZipFile, number: int, most: int, entry: Entry) -> str:
    """Copy the report of a firm, piece by piece; returns its name in the ZIP. Raises NotFoundError."""
    assert entry.report is not None and entry.report.file_key is not None
    name = numbered(number, most, report_name(entry.name, entry.round, entry.report.locale, entry.basis))
    with open_file(entry.report.file_key) as source:
        _add(archive, name, entry.submitted_at, source, ZIP_STORED)
    return name


def add_table(archive: ZipFile, told: Told) -> None:
    """The table as a workbook."""
    with TemporaryFile() as file:
        write_table(file, told)
        file.seek(0)
        _add(archive, f"00 {_('Table of the firms')}.xlsx", told.newest, file, ZIP_STORED)


def add_contents(archive: ZipFile, told: Told, table: bool) -> None:
    """What is inside and what is not, as plain text that every editor on Windows opens."""
    lines = [
        _("Contents"),
        "",
        _("All reports rest on what the firms say of themselves, unless their cover names who verified them."),
        _("This is not the official determination."),
        "",
        _("Reports: %(number)s", number=len(told.files)),
        *(f"{number}  {name}" for number, _firm, name in told.files),
    ]
    if table:
        lines += ["", f"00 {_('Table of the firms')}.xlsx"]
    if told.left_out:
        lines += ["", _("Left out: %(number)s", number=len(told.left_out))]
        lines += [
            f"{number}  {' '.join(part for part in (name, reason) if part)}" for number, name, reason in told.left_out
        ]
    data = "\r\n".join([*lines, ""]).encode("utf-8-sig")
    with archive.open(_info(f"00 {_('Contents')}.txt", told.newest, ZIP_DEFLATED), "w") as target:
        target.write(data)


def write_table(target: IO[bytes], told: Told) -> None:
    """The table, and below it on a sheet of its own who was left out."""
    sheets = [
        Sheet(_("Firms"), _headers(), told.rows, (6, 30, 18, 14, 10, 8, 12, 8, 10, 10, 8, 12, 16, *[10] * 14), frozen=2)
    ]
    if told.left_out:
        sheets.append(Sheet(_("Left out"), [_("No."), _("Firm"), _("Reason")], told.left_out, (6, 30, 50)))
    stream_workbook(target, sheets, created=_MADE)


def numbered(number: int, most: int, name: str) -> str:
    """A name that no other firm of the bundle has: the number, then the name. `most` is the last number."""
    return clean_name(f"{number:0{max(3, len(str(most)))}} {name}", LONGEST_NAME)


def _add(archive: ZipFile, name: str, at: datetime, source: IO[bytes], how: int) -> None:
    with archive.open(_info(name, at, how), "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, _PIECE)


def _info(name: str, at: datetime, how: int) -> ZipInfo:
    """An entry dated by the round, not by the moment of writing, and alike on every system."""
    info = ZipInfo(name, at.astimezone(CHINA).timetuple()[:6])
    info.compress_type, info.create_system, info.external_attr = how, 3, 0o644 << 16
    return info


def _headers() -> list[str]:
    words = _words()
    return [
        _("No."), _("Firm"), _("Trade"), _("Town"), _("Employees"), _("Round"), _("Submitted on"),
        _("Level claimed"), _("Score claimed"), _("Overall index"), _("Level verified"), _("Verified on"),
        _("Verified by"), *(words.say(title) for title in DIMENSIONS.values()), _("Points missing to the next level"),
        _("Scenes missing"), _("Starred scenes missing"), _("First steps"), _("File"),
    ]  # fmt: skip


def _row(entry: Entry) -> list[Cell]:
    level, verified_at, by = entry.verified or (None, None, None)
    points, scenes, starred = entry.gate or (None, None, None)
    catalogue = load_catalogue(entry.sector, entry.content)
    steps = [content_text(catalogue.solutions[step].title) for step in entry.steps if step in catalogue.solutions]
    return [
        entry.name, _trade(entry.sector), entry.town, entry.employees, entry.round, _day(entry.submitted_at),
        entry.level, entry.score, entry.overall, level, _day(verified_at), by,
        *(entry.dimensions.get(name) for name in DIMENSIONS), None if points is None else float(points), scenes,
        starred, ("; " if language() == "en" else "；").join(steps),
    ]  # fmt: skip


def _day(at: datetime | None) -> Cell:
    return None if at is None else at.astimezone(CHINA).date()


def _trade(sector: str) -> str:
    return content_text(serve(sector).sector.title) if sector in served_sectors() else sector


def _words() -> Words:
    code = language_code()
    return Words(code, translations_for(code), serve("general"))

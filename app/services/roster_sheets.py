"""Workbooks around a coordinator's list: template, the list itself, and a handed-in list with its mistakes marked."""

from __future__ import annotations

from collections.abc import Sequence

from app.i18n import content_text
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.queries.invitees import RosterEntry
from app.services.rosters import COLUMNS, Problem, Roster
from app.services.spreadsheets import CHINA, Cell, Sheet
from scoring.content.serving import serve, served_sectors

STAGE_NAMES = {
    "listed": lazy("On the list"),
    "invited": lazy("Invited"),
    "opened": lazy("Opened"),
    "joined": lazy("Joined"),
    "started": lazy("Begun"),
    "half": lazy("Half done"),
    "submitted": lazy("Handed in"),
    "verified": lazy("Verified on site"),
}
LANGUAGES = {"zh": "简体", "zh-Hant": "繁體", "en": "English"}


def template_sheets() -> list[Sheet]:
    """An empty list with one made-up firm under its headings, and a sheet that explains the columns."""
    example: dict[str, Cell] = {
        "name": "示例精密模具有限公司", "uscc": "", "town": "长安镇", "sector": trade("molds"), "employees": 60,
        "contact": "陈厂长", "email": "chen@example.com", "phone": "13800000000", "tags": "核心、出口", "tier": 1,
        "part_group": "塑胶模具", "locale": "简体",
    }  # fmt: skip
    hints = {
        "name": _("Needed. As on the business licence."),
        "uscc": _("18 characters. By it a firm is found again, whatever its name. Format the column as text."),
        "town": _("For the comparison by towns."),
        "sector": _("One of: %(trades)s", trades=" · ".join(trade(sector) for sector in served_sectors())),
        "employees": _("A whole number."),
        "contact": _("Whom letters are addressed to."),
        "email": _("For invitations and reminders. Without it the firm gets a printed letter."),
        "phone": _("For you only; nothing is sent to it."),
        "tags": _("Up to ten, divided by commas."),
        "tier": _("1 delivers to the chain leader, 2 to tier 1, up to 9."),
        "part_group": _("What the firm delivers."),
        "locale": " · ".join(LANGUAGES.values()),
    }
    titles = [_(column.title) for column in COLUMNS]
    widths = [column.width for column in COLUMNS]
    return [
        Sheet(_("Firms"), titles, [[example[column.id] for column in COLUMNS]], widths),
        Sheet(_("Columns"), [_("Column"), _("What to enter")], [[_(c.title), hints[c.id]] for c in COLUMNS], (26, 90)),
    ]


def roster_sheet(entries: Sequence[RosterEntry]) -> list[Sheet]:
    """The list as it is, in columns that can be taken in again."""
    titles = [*(_(column.title) for column in COLUMNS), _("How far"), _("Last step"), _("Mail")]
    rows: list[list[Cell]] = [
        [
            e.name, e.uscc, e.town, trade(e.sector) if e.sector else "", e.employees, e.contact, e.email, e.phone,
            "、".join(e.tags), e.tier, e.part_group, LANGUAGES[e.locale], str(STAGE_NAMES[e.stage]),
            e.last_at.astimezone(CHINA).date() if e.last_at else None, mail_state(e),
        ]
        for e in entries
    ]  # fmt: skip
    return [Sheet(_("Firms"), titles, rows, [*(column.width for column in COLUMNS), 14, 12, 16])]


def mail_state(entry: RosterEntry) -> str:
    """Why no mail reaches a firm; empty where nothing is in the way."""
    if entry.unsubscribed:
        return _("wants no mails")
    if entry.bounced:
        return _("mail came back")
    return "" if entry.email or entry.invitee_id is None else _("no address")


def marked_sheets(roster: Roster, problems: Sequence[Problem]) -> list[Sheet]:
    """The list as it was handed in, each wrong cell marked and each wrong row explained in a last column."""
    by_row: dict[tuple[str, int], list[Problem]] = {}
    for problem in problems:
        by_row.setdefault((problem.sheet, problem.row), []).append(problem)
    sheets = []
    for sheet in roster.sheets:
        lines = [row for row in roster.rows if row.sheet == sheet.title]
        width = max([len(sheet.headings), *(len(row.raw) for row in lines)])
        headings = [*sheet.headings, *[""] * (width - len(sheet.headings))]
        rows: list[list[Cell]] = []
        marks: set[tuple[int, int]] = set()
        for at, row in enumerate(lines):
            found = by_row.get((row.sheet, row.number), [])
            marks |= {(at, problem.column if problem.column else 0) for problem in found}
            text = " ".join(problem_text(problem) for problem in found)
            rows.append([row.number, *row.raw, *[""] * (width - len(row.raw)), text])
        titles = [_("Row"), *headings, _("What is wrong")]
        sheets.append(Sheet(sheet.title or _("Firms"), titles, rows, [6, *[18] * width, 80], marks=frozenset(marks)))
    return sheets


def problem_text(problem: Problem) -> str:
    """A problem in words, with its cell or row: "B7: …", "row 7: …"."""
    place = problem.cell if problem.column else _("row %(row)s", row=problem.row)
    return f"{place}: {_(problem.text, **problem.values)}"


def trade(sector: str) -> str:
    """The name of a trade."""
    return content_text(serve(sector).sector.title) if sector in served_sectors() else sector

"""Finished values for the preview of an import: what will happen to each row, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import LANGUAGES, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.models.imports import Import
from app.models.invitees import split_tags
from app.services.imports import Plan, PlannedRow
from app.services.roster_sheets import problem_text
from app.services.rosters import BY_ID
from app.web.clusters.wording import cluster_name
from app.web.names import sector_name

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One wrong cell."""

    sheet: str
    text: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: where it stands, which firm, what becomes of it. `similar` is asked about, by `value`."""

    place: str
    name: str
    kind: str
    detail: str
    similar: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What taking in a file would do."""

    cluster_id: UUID
    cluster: str
    file: str
    finding: str
    counts: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    errors: tuple[ErrorRow, ...]
    more_errors: str
    similar: tuple[PreviewRow, ...]
    rows: tuple[PreviewRow, ...]
    more_rows: str
    digest: str
    ready: bool
    urls: dict[str, str]


def present_preview(cluster: Cluster, row: Import, plan: Plan) -> PreviewPage:
    """The plan in words. Every error and every question is told; of the plain rows the first ones."""
    values: dict[str, Any] = {"cluster_id": cluster.id, "import_id": row.id}
    wrong = len({(p.sheet, p.row) for p in plan.problems})
    plain = [r for r in plan.rows if r.similar is None and r.kind != "errors"]
    asked = [_present_row(plan, r) for r in plan.rows if r.similar is not None]
    return PreviewPage(
        cluster_id=cluster.id,
        cluster=cluster_name(cluster),
        file=row.file_name,
        finding=_finding(plan, wrong),
        counts=tuple((label, plan.counts[kind]) for kind, label in _labels().items()),
        notes=_notes(plan),
        errors=tuple(ErrorRow(p.sheet, problem_text(p)) for p in plan.problems[:MOST_SHOWN]),
        more_errors=_more(len(plan.problems)),
        similar=tuple(asked),
        rows=tuple(_present_row(plan, r) for r in plain[:MOST_SHOWN]),
        more_rows=_more(len(plain)),
        digest=plan.digest,
        ready=not plan.problems and plan.counts["new"] + plan.counts["updated"] > 0,
        urls={
            "confirm": url_for("members.confirm", **values),
            "give_up": url_for("members.give_up", **values),
            "errors": url_for("members.errors", **values),
            "upload": url_for("members.upload", cluster_id=cluster.id),
        },
    )


def _labels() -> dict[str, str]:
    return {
        "new": _("New"),
        "updated": _("To change"),
        "same": _("Unchanged"),
        "duplicate": _("Twice in the file"),
        "errors": _("Wrong"),
    }


def _finding(plan: Plan, wrong: int) -> str:
    if wrong:
        return ngettext(
            "%(num)s row is wrong, so nothing can be taken in yet.",
            "%(num)s rows are wrong, so nothing can be taken in yet.",
            wrong,
        )
    if not plan.counts["new"] + plan.counts["updated"]:
        return _("All of this is on the list already.")
    new, changed = plan.counts["new"], plan.counts["updated"]
    if not changed:
        return ngettext("%(num)s firm will be new on the list.", "%(num)s firms will be new on the list.", new)
    if not new:
        return ngettext("%(num)s firm of the list will change.", "%(num)s firms of the list will change.", changed)
    return _("%(new)s firms will be new on the list, %(changed)s will change.", new=new, changed=changed)


def _notes(plan: Plan) -> tuple[str, ...]:
    notes = []
    unknown = list(dict.fromkeys(name for sheet in plan.roster.sheets for name in sheet.unknown))
    if unknown:
        notes.append(_("These columns are left out: %(names)s", names=" · ".join(unknown[:20])))
    if plan.roster.skipped:
        notes.append(_("These sheets have no list: %(names)s", names=" · ".join(plan.roster.skipped[:20])))
    return tuple(notes)


def _more(number: int) -> str:
    return ngettext("And %(num)s more.", "And %(num)s more.", number - MOST_SHOWN) if number > MOST_SHOWN else ""


def _present_row(plan: Plan, planned: PlannedRow) -> PreviewRow:
    row = plan.roster.rows[planned.at]
    place = _("row %(row)s", row=f"{row.sheet} {row.number}".strip())
    name = row.data.get("name", "")
    match planned.kind:
        case "updated":
            changes = planned.changes or {}
            detail = " · ".join(
                f"{_(BY_ID[c].title)}: {_shown(c, old)} → {_shown(c, new)}" for c, (old, new) in changes.items()
            )
        case "duplicate" if row.twin is not None:
            first = plan.roster.rows[row.twin]
            detail = _("the same as row %(row)s, left out", row=f"{first.sheet} {first.number}".strip())
        case "new" if planned.member is not None:
            detail = _("has joined already; now it is on the list too")
        case "new":
            detail = " · ".join(_shown(c, value) for c, value in row.data.items() if c not in ("name", "locale"))
        case _:
            detail = ""
    similar = planned.similar[1] if planned.similar else ""
    return PreviewRow(place, name, _labels()[planned.kind], detail, similar, str(planned.at))


def _shown(column: str, value: Any) -> str:
    if value in (None, ""):
        return "–"
    if column == "tags":
        return "、".join(split_tags(str(value)))
    if column == "sector":
        return sector_name(str(value))
    return LANGUAGES.get(str(value), str(value)) if column == "locale" else str(value)

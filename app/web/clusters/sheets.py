"""The workbook of a cluster: the same firms as the page, and no more."""

from __future__ import annotations

from datetime import datetime

from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.queries.clusters import Picture, Standing
from app.services.spreadsheets import CHINA, Cell, Sheet
from app.web.clusters.presenters import missing_text, summary_text
from app.web.clusters.table import Wish, arrange
from app.web.clusters.wording import cluster_name
from app.web.names import dimension_name, sector_name
from scoring.content.model import DIMENSIONS


def sheets(cluster: Cluster, picture: Picture, wish: Wish, at: datetime) -> list[Sheet]:
    """The same firms as the page, in the same order, and what may be said of the others."""
    headers = [
        _("Firm"), _("Trade"), _("Town"), _("Level"), _("Score"), _("Still missing"), _("Overall index"),
        *(dimension_name(d) for d in DIMENSIONS),
        _("Evidence"), _("Round"), _("Submitted"), _("Kind"),
    ]  # fmt: skip
    rows = [_sheet_row(s) for s in arrange(picture.standings, wish)]
    summary: list[list[Cell]] = [
        [_("Cluster"), cluster_name(cluster)],
        [_("As of"), at],
        [_("Firms that have joined"), picture.members],
        [_("Firms by name"), len(picture.standings)],
        [_("Firms without a name"), picture.hidden],
        [_("Mean"), summary_text(picture)],
        [
            _("Kind"),
            _("All results are self-assessed, following the national index; none is an official determination."),
        ],
    ]
    return [
        Sheet(_("Firms"), headers, rows, (28, 14, 14, 7, 8, 26, 8, *([9] * len(DIMENSIONS)), 10, 7, 12, 14)),
        Sheet(_("About"), [_("What"), _("Value")], summary, (26, 60)),
    ]


def _sheet_row(s: Standing) -> list[Cell]:
    known: list[Cell] = [s.name, sector_name(s.sector), s.town]
    if s.score is None:
        return [*known, None, None, _("not submitted yet")]
    return [
        *known, s.level, s.score, missing_text(s.gate), s.index, *(s.dimensions.get(d) for d in DIMENSIONS),
        s.evidence, s.round,
        s.submitted_at.astimezone(CHINA).date() if s.submitted_at else None, _("self-assessed"),
    ]  # fmt: skip

"""Words for columns, sizes, cells and released figures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.i18n import ngettext
from app.models.clusters import Cluster
from app.queries.releases import Release
from app.services.spreadsheets import Cell
from app.web.clusters.wording import cluster_name
from app.web.figures import one_decimal, points, rounded_points
from app.web.names import dimension_name, sector_name, size_name
from scoring.cohort import SIZE_BANDS, Figure
from scoring.content.model import DIMENSIONS
from scoring.content.serving import serve, served_sectors

_COLUMNS = {
    "name": lazy("Firm"), "sector": lazy("Trade"), "town": lazy("Town"), "size": lazy("Size"),
    "level": lazy("Level"), "score": lazy("Score"), "missing": lazy("Still missing"), "index": lazy("Overall index"),
    "spread": lazy("Spread"), "evidence": lazy("Evidence"), "verified": lazy("Kind"),
    "change": lazy("Change of score"), "submitted": lazy("Submitted"),
}  # fmt: skip


def column_name(column: str) -> str:
    """The heading of a column."""
    return dimension_name(column) if column in DIMENSIONS else str(_COLUMNS[column])


def labels() -> dict[str, str]:
    """The words of a workbook, taken along where it is made later."""
    return {
        **{name: str(text) for name, text in _COLUMNS.items()},
        **{name: dimension_name(name) for name in DIMENSIONS},
        **{f"sector:{sector}": sector_name(sector) for sector in served_sectors()},
        **{f"size:{band}": size_name(band) for band in ("", *map(str, SIZE_BANDS))},
        "firms": _("Firms"), "about": _("About"), "what": _("What"), "value": _("Value"),
        "not submitted": _("not submitted yet"), "self-assessed": _("self-assessed"),
        "verified level": _("verified on site at level"), "highest": _("highest level"),
        "points": _("pts."), "scenes": _("scenes"), "starred": "★",
    }  # fmt: skip


def about(cluster: Cluster, release: Release, chosen: str, at: datetime) -> list[list[Cell]]:
    """The second sheet of a workbook: of whom, chosen how, when, and what may be said of the others."""
    figure = release.whole
    return [
        [_("Cluster"), cluster_name(cluster)],
        [_("As of"), f"{at:%Y-%m-%d}"],
        [_("Chosen"), chosen or _("All firms")],
        [_("Firms that have joined"), release.members],
        [_("Firms by name"), release.named],
        [_("Firms without a name"), release.members - release.named],
        [_("Mean"), "" if figure is None else mean_text(figure)],
        [
            _("Kind"),
            _("All results are self-assessed, following the national index; none is an official determination."),
        ],
    ]


def mean_text(figure: Figure) -> str:
    """The mean score that may be shown, and of whom; empty where there is none."""
    score = figure.means.get("score")
    if score is None:
        return ""
    if figure.hidden:
        return _(
            "Mean score of %(number)s firms: %(score)s, %(hidden)s of them without a name. "
            "Firms without a name are counted only in groups of five.",
            number=figure.number,
            score=points(score),
            hidden=figure.hidden,
        )
    return ngettext(
        "Score of the %(num)s firm with a name: %(score)s.",
        "Mean score of the %(num)s firms with a name: %(score)s.",
        figure.number,
        score=one_decimal(score),
    )


def score_text(score: Decimal | None) -> str:
    """A score to one decimal, never rounded up to a gate that it misses."""
    if score is None:
        return "–"
    return one_decimal(rounded_points(score, [Decimal(gate.score) / 1000 for gate in serve("general").edition.gates]))

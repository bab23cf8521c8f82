"""Groups of firms: what the release rule lets be said of trades, sizes and towns, dimensions and scenes alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.i18n import content_text, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.queries.releases import Release
from app.web.clusters.wording import cluster_name
from app.web.comparison.firms import Value, heat_value
from app.web.figures import join, points
from app.web.names import cell_name, dimension_name, sector_name
from scoring.cohort import Cell, Figure
from scoring.content.model import DIMENSIONS
from scoring.content.serving import serve


@dataclass(frozen=True, slots=True)
class Group:
    """A row: a group, of how many firms, its values. `depth` is how far it is set in."""

    name: str
    depth: int
    count: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A heat map of groups."""

    headings: tuple[str, ...]
    rows: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """The page."""

    name: str
    answer: str
    sub: str
    figures: Table
    dimensions: Table
    scenes: Table
    legend: tuple[tuple[int, str], ...]


def present_groups(cluster: Cluster, results: Release, scenes: Release) -> GroupsPage:
    """`results` and `scenes` are the two families of released figures."""
    catalogue = serve("general")
    titles = {scene: content_text(catalogue.questions[scene].title) for scene in catalogue.edition.scenes}
    return GroupsPage(
        name=cluster_name(cluster),
        answer=_answer(scenes.whole, titles),
        sub=_sub(scenes.whole),
        figures=Table(
            (_("Score"), _("Middle half"), _("Overall index"), _("Spread"), _("Evidence")),
            _rows(results.figures, ("score", "", "index", "spread", "evidence")),
        ),
        dimensions=Table(tuple(map(dimension_name, DIMENSIONS)), _rows(results.figures, DIMENSIONS, heat=True)),
        scenes=Table(tuple(titles.values()), _rows(scenes.figures, tuple(titles), heat=True, names_known=False)),
        legend=tuple((n, f"{n * 20}–{n * 20 + 19 if n < 4 else 100}") for n in range(5)),
    )


def _answer(figure: Figure | None, titles: Mapping[str, str]) -> str:
    if figure is None or not figure.means:
        return _("Scenes can be compared from five firms on.")
    low = sorted((value, scene) for scene, value in figure.means.items() if scene in titles)[:2]
    return _("Furthest behind: %(scenes)s.", scenes=join([titles[scene] for _value, scene in low]))


def _sub(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return _(
        "Of %(number)s firms that agreed to averages. Scenes are answers, so they are shown of groups only, "
        "never of one firm.",
        number=figure.number,
    )


def _rows(
    figures: Mapping[Cell, Figure], names: Sequence[str], *, heat: bool = False, names_known: bool = True
) -> tuple[Group, ...]:
    found = []
    trades = {sector: sector_name(sector) for sector in {cell[0] for cell in figures if cell}}
    for cell, figure in figures.items():
        if cell and figures.get(cell[:-1]) == figure:
            continue  # the wider group is the very same firms
        name = cell_name(cell, trades[cell[0]] if cell else "")
        values = tuple(_value(figure, measure, heat) for measure in names)
        found.append(Group(name, len(cell), _count(figure, names_known), values))
    return tuple(found)


def _count(figure: Figure, names_known: bool) -> str:
    text = ngettext("%(num)s firm", "%(num)s firms", figure.number)
    if not figure.hidden or not names_known:
        return text
    return text + ngettext(", %(num)s unnamed", ", %(num)s unnamed", figure.hidden)


def _value(figure: Figure, name: str, heat: bool) -> Value:
    if not name:
        quartiles = figure.quartiles.get("score")
        return Value("–" if quartiles is None else f"{_plain(quartiles[0])}–{_plain(quartiles[2])}", "num")
    mean = figure.means.get(name)
    if heat:
        return heat_value(mean)
    return Value("–" if mean is None else points(mean), "num")


def _plain(value: Decimal) -> str:
    return f"{value:.0f}"

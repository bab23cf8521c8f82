"""The table of the firms by name: finished values for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for

from app.i18n import content_text, day, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.queries.clusters import Standing
from app.queries.releases import Release
from app.services.comparison import (
    AT_ONCE,
    BASES,
    FIGURES,
    GATES,
    HEAT_COLUMNS,
    PAGE,
    STAGES,
    View,
    arrange,
)  # fmt: skip
from app.services.links import absolute_url
from app.web.charts import Distribution, distribution
from app.web.clusters.presenters import missing_text
from app.web.clusters.wording import cluster_name
from app.web.comparison.wording import column_name, mean_text, score_text
from app.web.figures import one_decimal, phrases, signed
from app.web.names import sector_name, size_name
from app.web.tables import Heading, Link, Option
from scoring.cohort import SIZE_BANDS
from scoring.content.model import DIMENSIONS
from scoring.content.serving import serve

LEVELS = range(5)


@dataclass(frozen=True, slots=True)
class Value:
    """A cell of the table: a text, the classes of its colour, a level for its brick mark. `x` stands for nothing."""

    text: str
    classes: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One firm."""

    id: str
    name: str
    url: str
    facts: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A select of the form."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FirmsPage:
    """The page."""

    name: str
    answer: str
    sub: str
    levels: Distribution
    levels_title: str
    views: tuple[Link, ...]
    filters: tuple[Filter, ...]
    search: str
    filtered: bool
    columns: tuple[Option, ...]
    dimensions: tuple[Option, ...]
    sort: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    count: str
    pages: tuple[Link, ...]
    shown: frozenset[str]
    heat: bool
    legend: tuple[tuple[int, str], ...]
    export_url: str
    export_note: str
    side_url: str
    address: str
    clear_url: str


def present_firms(cluster: Cluster, standings: Sequence[Standing], release: Release, view: View) -> FirmsPage:
    """One page of the table; everything else is of all firms that match."""
    chosen = arrange(standings, view)
    pages = max(1, -(-len(chosen) // PAGE))
    number = min(view.page, pages)
    shown = chosen[(number - 1) * PAGE : number * PAGE]
    edition = serve("general").edition
    counts = Counter(s.level for s in chosen if s.level is not None)
    figure = release.whole
    return FirmsPage(
        name=cluster_name(cluster),
        answer=_answer(chosen, counts),
        sub="" if figure is None else mean_text(figure),
        levels=distribution([counts[n] for n in LEVELS], [content_text(edition.level_name(n)) for n in LEVELS]),
        levels_title=ngettext(
            "Where the %(num)s firm of this view stands", "Where the %(num)s firms of this view stand", counts.total()
        ),
        views=_views(cluster, view),
        filters=_filters(standings, view),
        search=view.filters.get("q", ""),
        filtered=bool(view.filters),
        columns=tuple(Option(c, column_name(c), c in view.columns) for c in FIGURES),
        dimensions=tuple(Option(c, column_name(c), c in view.columns) for c in DIMENSIONS),
        sort=view.values().get("sort", ""),
        headings=tuple(_heading(cluster, view, c) for c in ("name", *view.columns)),
        rows=_rows(shown, view),
        count=_count(chosen, number, len(shown)),
        pages=_pages(cluster, view, number, pages),
        shown=frozenset(view.columns),
        heat=any(c in DIMENSIONS for c in view.columns),
        legend=tuple((n, f"{n * 20}–{n * 20 + 19 if n < 4 else 100}") for n in LEVELS),
        export_url=url_for("comparison.export", cluster_id=cluster.id, **view.values()),
        export_note=_("made in the background") if len(chosen) > AT_ONCE else "",
        side_url=url_for("comparison.side", cluster_id=cluster.id),
        address=absolute_url("comparison.show", cluster_id=cluster.id, **view.values()),
        clear_url=url_for("comparison.show", cluster_id=cluster.id),
    )


def _answer(chosen: Sequence[Standing], counts: Counter[int]) -> str:
    if not counts:
        return _("No result to see yet.") if not chosen else _("None of these firms has submitted yet.")
    level, most = counts.most_common(1)[0]
    near = sum(1 for s in chosen if s.missed == 1)
    where = ngettext(
        "%(num)s firm by name, at level %(level)s.",
        "%(num)s firms by name, more at level %(level)s than at any other.",
        counts.total(),
        level=level,
    )
    if not near:
        return where
    return where + ngettext(
        " %(num)s is one gate short of the next level.", " %(num)s are one gate short of the next level.", near
    )


def _count(chosen: Sequence[Standing], number: int, shown: int) -> str:
    if len(chosen) == shown:
        return ngettext("%(num)s firm", "%(num)s firms", len(chosen))
    first = (number - 1) * PAGE + 1
    return _("%(first)s to %(last)s of %(all)s firms", first=first, last=first + shown - 1, all=len(chosen))


def _url(cluster: Cluster, view: View, **changes: Any) -> str:
    return url_for("comparison.show", cluster_id=cluster.id, **view.values(**changes))


def _views(cluster: Cluster, view: View) -> tuple[Link, ...]:
    """Views that most coordinators want, as the links that they are."""
    known = (
        (_("All figures"), View()),
        (_("Heat map of dimensions"), View(columns=HEAT_COLUMNS)),
        (_("Short of scenes"), View(filters={"gate": "scenes"})),
        (_("Little evidence"), View(sort="evidence", rising=True)),
        (_("Fallen most"), View(sort="change", rising=True, filters={"stage": "again"})),
        (_("Not submitted yet"), View(sort="name", rising=True, filters={"stage": "none"})),
    )
    here = view.values()
    return tuple(Link(label, _url(cluster, one), one.values() == here) for label, one in known)


def _filters(standings: Sequence[Standing], view: View) -> tuple[Filter, ...]:
    sectors = sorted({s.sector for s in standings})
    towns = sorted({s.town for s in standings if s.town})
    bands = [str(low) for low in SIZE_BANDS if any(s.size_band == str(low) for s in standings)]
    bands += ["0"] if any(not s.size_band for s in standings) else []
    tags = sorted({tag for s in standings for tag in s.tags})
    gates = {"score": _("Score"), "scenes": _("Scenes"), "starred": _("Starred scenes")}
    bases = {"verified": _("verified on site"), "claimed": _("self-assessed only")}
    stages = {"none": _("not submitted yet"), "first": _("submitted once"), "again": _("submitted again")}

    def select(name: str, label: str, values: Sequence[str], text: Callable[[str], str]) -> Filter:
        chosen = view.filters.get(name, "")
        return Filter(
            name,
            label,
            (Option("", _("All"), not chosen), *(Option(v, text(v), v == chosen) for v in values)),
        )

    return (
        *([select("sector", _("Trade"), sectors, sector_name)] if len(sectors) > 1 else []),
        select("town", _("Town"), towns, str),
        select("size", _("Size"), bands, lambda v: size_name("" if v == "0" else v)),
        select("level", _("Level"), [str(n) for n in LEVELS], lambda v: _("Level %(level)s", level=v)),
        select("gate", _("Held back by"), GATES, gates.__getitem__),
        select("stage", _("Stage"), STAGES, stages.__getitem__),
        select("basis", _("Kind"), BASES, bases.__getitem__),
        *([select("tag", _("Tag"), tags, str)] if tags else []),
    )


def filters_text(view: View) -> str:
    """The filters of a view in words, for a workbook."""
    said = []
    for name, value in view.filters.items():
        match name:
            case "sector":
                said.append(sector_name(value))
            case "size":
                said.append(size_name("" if value == "0" else value))
            case "level":
                said.append(_("Level %(level)s", level=value))
            case _:
                said.append(value)
    return phrases(said)


def _heading(cluster: Cluster, view: View, column: str) -> Heading:
    label = column_name(column)
    here = view.sort == column
    rising = not view.rising if here else column in ("name", "town", "sector")
    url = _url(cluster, view, sort=column if rising else f"-{column}") + "#firms"
    return Heading(label, url, ("ascending" if view.rising else "descending") if here else "")


def _rows(shown: Sequence[Standing], view: View) -> tuple[Row, ...]:
    with_sector = "sector" not in view.columns
    return tuple(
        Row(
            str(s.firm_id),
            s.name,
            url_for("results.show", assessment_id=s.assessment_id) if s.assessment_id else "",
            " · ".join(p for p in (sector_name(s.sector) if with_sector else "", s.town) if p),
            tuple(_value(s, column) for column in view.columns),
        )
        for s in shown
    )


def _value(s: Standing, column: str) -> Value:
    if column in DIMENSIONS:
        return Value("") if s.level is None else heat_value(s.dimensions.get(column))
    match column:
        case "sector":
            return Value(sector_name(s.sector))
        case "town":
            return Value(s.town)
        case "size":
            return Value(size_name(s.size_band))
    if s.score is None:
        return Value(_("not submitted yet") if column == "missing" else "")
    match column:
        case "level":
            return Value(str(s.level), level=s.level)
        case "score":
            return Value(score_text(s.score), "num")
        case "missing":
            return Value(missing_text(s.gate))
        case "index" | "spread":
            return Value(one_decimal(s.index if column == "index" else s.spread), "num")
        case "evidence":
            return Value("–" if s.evidence is None else f"{s.evidence:.0f}%", "num")
        case "verified":
            if s.verified_at is not None:
                return Value(_("level %(level)s verified, %(day)s", level=s.verified_level, day=day(s.verified_at)))
            return Value(_("self-assessed"))
        case "change":
            return Value("–" if s.change is None else signed(s.change), "num")
    return Value(day(s.submitted_at), "num")


def heat_value(points: Decimal | float | None) -> Value:
    """Points from 0 to 100 in the colour of their fifth; a dash where too little was answered."""
    return Value("", "x") if points is None else Value(f"{points:.0f}", f"lv{min(4, int(points // 20))}")


def _pages(cluster: Cluster, view: View, number: int, pages: int) -> tuple[Link, ...]:
    """First, last, and the pages around this one."""
    if pages == 1:
        return ()
    near = sorted({1, pages, *(n for n in range(number - 2, number + 3) if 1 <= n <= pages)})
    return tuple(Link(str(n), _url(cluster, view, page=n if n > 1 else None) + "#firms", n == number) for n in near)

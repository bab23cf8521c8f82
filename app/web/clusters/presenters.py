"""Finished values for the coordinator's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import content_text, day, language, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.queries.clusters import Picture, Standing
from app.web.charts import Distribution, distribution, percent
from app.web.clusters.table import Wish, arrange, mean, next_gate
from app.web.clusters.wording import cluster_facts, cluster_name, shown_code
from app.web.figures import one_decimal, points, rounded_points
from app.web.names import dimension_name, sector_name
from scoring.content.catalogue import Edition
from scoring.content.model import DIMENSIONS
from scoring.content.serving import serve

LEVELS = range(5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the funnel: a label, a length, a number."""

    label: str
    width: str
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that sorts. `order` is the value of aria-sort, empty where the table is not in its order."""

    label: str
    url: str
    order: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class DimensionCell:
    """A dimension's points with the class of its colour; no points where too little was answered."""

    value: str
    classes: str


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One firm of the table."""

    name: str
    url: str
    facts: str
    level: int | None
    score: str
    missing: str
    cells: tuple[DimensionCell, ...]
    index: str
    evidence: str
    submitted: str


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """How a cluster stands, as its coordinator may see it."""

    cluster_id: UUID
    name: str
    facts: str
    demo: bool
    finding: str
    more: str
    funnel: tuple[Bar, ...]
    levels: Distribution
    levels_title: str
    gates: tuple[Bar, ...]
    hidden_note: str
    summary: str
    headings: tuple[Heading, ...]
    rows: tuple[FirmRow, ...]
    means: FirmRow | None
    count: str
    sectors: tuple[Option, ...]
    towns: tuple[Option, ...]
    sort: str
    export_url: str
    letter_url: str
    reset_url: str
    legend: tuple[tuple[int, str], ...]
    code: str


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    """One of several clusters."""

    name: str
    facts: str
    members: str
    url: str


def present_choices(clusters: Sequence[Cluster], members: Mapping[Any, int]) -> tuple[ClusterChoice, ...]:
    """The clusters of a coordinator."""
    return tuple(
        ClusterChoice(
            cluster_name(c),
            cluster_facts(c),
            ngettext("%(num)s firm", "%(num)s firms", members.get(c.id, 0)),
            url_for("clusters.show", cluster_id=c.id),
        )
        for c in clusters
    )


def present_cluster(cluster: Cluster, picture: Picture, wish: Wish) -> ClusterPage:
    """The page of a cluster. Figures above the table are of all its firms, whatever the filters say."""
    edition = serve("general").edition
    done = [s for s in picture.standings if s.level is not None]
    shown = arrange(picture.standings, wish)
    counts = Counter(s.level for s in done)
    return ClusterPage(
        cluster_id=cluster.id,
        name=cluster_name(cluster),
        facts=cluster_facts(cluster),
        demo=cluster.demo,
        finding=_finding(done),
        more=_more(picture, done),
        funnel=_funnel(picture, len(done)),
        levels=distribution([counts[n] for n in LEVELS], [content_text(edition.level_name(n)) for n in LEVELS]),
        levels_title=ngettext(
            "Where the %(num)s firm stands that you see by name",
            "Where the %(num)s firms stand that you see by name",
            len(done),
        ),
        gates=_gates(done),
        hidden_note=_hidden_note(picture),
        summary=summary_text(picture),
        headings=_headings(cluster, wish),
        rows=tuple(_row(s, edition, with_sector=len({s.sector for s in picture.standings}) > 1) for s in shown),
        means=_means(shown),
        count=ngettext("%(num)s firm", "%(num)s firms", len(shown)),
        sectors=_options(sorted({s.sector for s in picture.standings}), wish.sector, sector_name),
        towns=_options(sorted({s.town for s in picture.standings if s.town}), wish.town, str),
        sort=wish.values().get("sort", ""),
        export_url=url_for("clusters.export", cluster_id=cluster.id, **_query(wish.values())),
        letter_url=url_for("clusters.letter", cluster_id=cluster.id),
        reset_url=url_for("accounts.print_reset_link"),
        legend=tuple((n, f"{n * 20}–{n * 20 + 19 if n < 4 else 100}") for n in LEVELS),
        code=shown_code(cluster.code),
    )


def _finding(done: Sequence[Standing]) -> str:
    if not done:
        return _("No result to see yet.")
    level, number = Counter(s.level for s in done).most_common(1)[0]
    gate = _blocking(done)
    if number * 2 <= len(done):
        return gate or _("The firms stand at very different levels.")
    where = _("Most firms stand at level %(level)s.", level=level)
    return f"{where}{'' if language() == 'zh' else ' '}{gate}" if gate else where


def _blocking(done: Sequence[Standing]) -> str:
    gates = _count_gates(done)
    if not any(gates.values()):
        return ""
    first = max(gates, key=lambda name: gates[name])
    return {
        "scenes": _("Too few scenes hold most of them back."),
        "score": _("Too low a score holds most of them back."),
        "starred": _("Too few starred scenes hold most of them back."),
    }[first]


def _count_gates(done: Sequence[Standing]) -> dict[str, int]:
    gates = [gate for s in done if s.official and (gate := next_gate(s.official)) is not None]
    return {
        "scenes": sum(gate["scenes_missing"] > 0 for gate in gates),
        "score": sum(Decimal(gate["score_missing"]) > 0 for gate in gates),
        "starred": sum(gate["starred_missing"] > 0 for gate in gates),
    }


def _more(picture: Picture, done: Sequence[Standing]) -> str:
    return _(
        "%(members)s firms have joined, %(named)s of them show their results by name, "
        "%(done)s of these have submitted.",
        members=picture.members,
        named=len(picture.standings),
        done=len(done),
    )


def _funnel(picture: Picture, done: int) -> tuple[Bar, ...]:
    most = max(picture.members, 1)
    return tuple(
        Bar(label, percent(count, most), count, note)
        for label, count, note in (
            (_("Joined"), picture.members, ""),
            (_("By name"), len(picture.standings), ""),
            (_("Submitted"), done, _("of those that show their name")),
        )
    )


def _gates(done: Sequence[Standing]) -> tuple[Bar, ...]:
    labels = {"scenes": _("Too few scenes"), "score": _("Score too low"), "starred": _("Too few starred")}
    counts = _count_gates(done)
    return tuple(
        Bar(labels[name], percent(counts[name], max(len(done), 1)), counts[name])
        for name in sorted(counts, key=lambda name: -counts[name])
    )


def _hidden_note(picture: Picture) -> str:
    if not picture.hidden:
        return _("One brick is one firm. All are self-assessed.")
    return (
        _("One brick is one firm. All are self-assessed.")
        + ("" if language() == "zh" else " ")
        + ngettext(
            "%(num)s more firm has not agreed to be named and is in no chart and no table.",
            "%(num)s more firms have not agreed to be named and are in no chart and no table.",
            picture.hidden,
        )
    )


def summary_text(picture: Picture) -> str:
    """The mean that may be shown, and of whom; empty where there is none."""
    summary = picture.summary
    if summary is None:
        return ""
    if summary.hidden:
        return _(
            "Mean score of %(number)s firms: %(score)s, %(hidden)s of them without a name. "
            "Firms without a name are counted only in groups of five.",
            number=summary.number,
            score=points(summary.score),
            hidden=summary.hidden,
        )
    return ngettext(
        "Score of the %(num)s firm with a name: %(score)s.",
        "Mean score of the %(num)s firms with a name: %(score)s.",
        summary.number,
        score=one_decimal(summary.score),
    )


def _headings(cluster: Cluster, wish: Wish) -> tuple[Heading, ...]:
    columns = [
        ("name", _("Firm")), ("level", _("Level")), ("score", _("Score")), ("", _("Still missing")),
        *((d, dimension_name(d)) for d in DIMENSIONS),
        ("index", _("Overall index")), ("evidence", _("Evidence")), ("submitted", _("Submitted")),
    ]  # fmt: skip
    return tuple(_heading(cluster, wish, name, label) for name, label in columns)


def _heading(cluster: Cluster, wish: Wish, name: str, label: str) -> Heading:
    if not name:
        return Heading(label, "", "")
    here = wish.sort == name
    rising = not wish.rising if here else name == "name"
    sort = name if rising else f"-{name}"
    url = url_for("clusters.show", cluster_id=cluster.id, _anchor="firms", **_query(wish.values(sort=sort)))
    return Heading(label, url, ("ascending" if wish.rising else "descending") if here else "")


def _row(standing: Standing, edition: Edition, *, with_sector: bool) -> FirmRow:
    sector = sector_name(standing.sector) if with_sector else ""
    facts = " · ".join(part for part in (sector, standing.town) if part)
    if standing.score is None or standing.official is None:
        cells = tuple(DimensionCell("", "") for _name in DIMENSIONS)
        return FirmRow(standing.name, "", facts, None, "", _("not submitted yet"), cells, "", "", "")
    gates = [Decimal(gate.score) / 1000 for gate in edition.gates]
    return FirmRow(
        name=standing.name,
        url=url_for("results.show", assessment_id=standing.assessment_id),
        facts=facts,
        level=standing.level,
        score=one_decimal(rounded_points(standing.score, gates)),
        missing=missing_text(standing.official),
        cells=tuple(_cell((standing.dimensions or {}).get(name)) for name in DIMENSIONS),
        index=one_decimal(standing.index),
        evidence="–" if standing.evidence is None else f"{standing.evidence:.0%}",
        submitted=day(standing.submitted_at),
    )


def missing_text(official: Mapping[str, Any]) -> str:
    """What separates a firm from the next level, in short: points, scenes, starred scenes."""
    gate = next_gate(official)
    if gate is None:
        return _("highest level")
    parts = []
    if Decimal(gate["score_missing"]) > 0:
        parts.append(_("%(value)s p", value=_up(gate["score_missing"])))
    if gate["scenes_missing"] > 0:
        parts.append(_("%(value)s s", value=gate["scenes_missing"]))
    if gate["starred_missing"] > 0:
        parts.append(_("%(value)s★", value=gate["starred_missing"]))
    return " · ".join(parts)


def _up(value: str) -> str:
    """Missing points to one decimal, rounded up: what is missing is never shown as nothing."""
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_CEILING):f}"


def _cell(value: float | None) -> DimensionCell:
    if value is None:
        return DimensionCell("", "x")
    return DimensionCell(f"{value:.0f}", f"lv{min(4, int(value // 20))}")


def _means(shown: Sequence[Standing]) -> FirmRow | None:
    done = [s for s in shown if s.score is not None]
    if len(done) < 2:
        return None
    dimensions = [mean([(s.dimensions or {}).get(name) for s in done]) for name in DIMENSIONS]
    return FirmRow(
        name=ngettext("Mean of %(num)s firm", "Mean of %(num)s firms", len(done)),
        url="",
        facts="",
        level=None,
        score=one_decimal(mean([s.score for s in done])),
        missing="",
        cells=tuple(DimensionCell("–" if v is None else f"{v:.0f}", "") for v in dimensions),
        index=one_decimal(mean([s.index for s in done])),
        evidence="",
        submitted="",
    )


def _options(values: Sequence[str], chosen: str, label: Any) -> tuple[Option, ...]:
    return (Option("", _("All"), not chosen), *(Option(v, label(v), v == chosen) for v in values))


def _query(values: dict[str, str]) -> dict[str, Any]:
    """Query values for `url_for`."""
    return dict(values)

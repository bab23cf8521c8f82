"""Finished values for the cluster pages and for the workbook that says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for

from app.i18n import day, language, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster, Coordinator
from app.models.firms import Membership
from app.queries.clusters import Picture, Standing
from app.services.links import absolute_url
from app.services.spreadsheets import Cell, Sheet
from app.web.accounts.presenters import qr_svg
from app.web.charts import Distribution, distribution, percent
from app.web.clusters.table import Wish, arrange, mean, next_gate
from app.web.figures import join, one_decimal, points, rounded_points
from app.web.names import dimension_name
from scoring.content.catalogue import Edition
from scoring.content.loader import list_sectors, load_catalogue
from scoring.content.model import DIMENSIONS

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


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter that invites firms to join."""

    cluster: str
    coordinators: str
    code: str
    link: str
    site: str
    qr: str
    url: str


@dataclass(frozen=True, slots=True)
class JoinPage:
    """A cluster as somebody sees it who holds its code."""

    cluster: str
    facts: str
    coordinators: str
    firms: tuple[tuple[str, str], ...]
    create_url: str
    register_url: str
    sign_in_url: str
    signed_in: bool


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


def cluster_name(cluster: Cluster) -> str:
    """The name in the reader's language."""
    return cluster.name_en if cluster.name_en and language() == "en" else cluster.name


def cluster_facts(cluster: Cluster) -> str:
    """Trade and town in one line."""
    return " · ".join(part for part in (sector_name(cluster.sector) if cluster.sector else "", cluster.town) if part)


def sector_name(sector: str) -> str:
    """The name of a trade; its id where the content is not there (any more)."""
    return load_catalogue(sector).sector.title.get(language()) if sector in list_sectors() else sector


def present_cluster(cluster: Cluster, picture: Picture, wish: Wish) -> ClusterPage:
    """The page of a cluster. Figures above the table are of all its firms, whatever the filters say."""
    edition = load_catalogue("general").edition
    done = [s for s in picture.standings if s.level is not None]
    shown = arrange(picture.standings, wish)
    counts = Counter(s.level for s in done)
    return ClusterPage(
        name=cluster_name(cluster),
        facts=cluster_facts(cluster),
        demo=cluster.demo,
        finding=_finding(done),
        more=_more(picture, done),
        funnel=_funnel(picture, len(done)),
        levels=distribution([counts[n] for n in LEVELS], [edition.level_name(n).get(language()) for n in LEVELS]),
        levels_title=ngettext(
            "Where the %(num)s firm stands that you see by name",
            "Where the %(num)s firms stand that you see by name",
            len(done),
        ),
        gates=_gates(done),
        hidden_note=_hidden_note(picture),
        summary=_summary(picture),
        headings=_headings(cluster, wish),
        rows=tuple(_row(s, edition) for s in shown),
        means=_means(shown),
        count=ngettext("%(num)s firm", "%(num)s firms", len(shown)),
        sectors=_options(sorted({s.sector for s in picture.standings}), wish.sector, sector_name),
        towns=_options(sorted({s.town for s in picture.standings if s.town}), wish.town, str),
        sort=wish.values().get("sort", ""),
        export_url=url_for("clusters.export", cluster_id=cluster.id, **wish.values()),
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
        "%(members)s firms have joined, %(named)s of them show their results by name, %(done)s of these have submitted.",
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
    return _("One brick is one firm. All are self-assessed.") + ("" if language() == "zh" else " ") + ngettext(
        "%(num)s more firm has not agreed to be named and is in no chart and no table.",
        "%(num)s more firms have not agreed to be named and are in no chart and no table.",
        picture.hidden,
    )


def _summary(picture: Picture) -> str:
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
        ("index", _("Index")), ("evidence", _("Evidence")), ("submitted", _("Submitted")),
    ]  # fmt: skip
    return tuple(_heading(cluster, wish, name, label) for name, label in columns)


def _heading(cluster: Cluster, wish: Wish, name: str, label: str) -> Heading:
    if not name:
        return Heading(label, "", "")
    here = wish.sort == name
    rising = not wish.rising if here else name == "name"
    sort = name if rising else f"-{name}"
    url = url_for("clusters.show", cluster_id=cluster.id, _anchor="firms", **wish.values(sort=sort))
    return Heading(label, url, ("ascending" if wish.rising else "descending") if here else "")


def _row(standing: Standing, edition: Edition) -> FirmRow:
    facts = " · ".join(part for part in (sector_name(standing.sector), standing.town) if part)
    if standing.score is None or standing.official is None:
        cells = tuple(DimensionCell("", "") for _name in DIMENSIONS)
        return FirmRow(standing.name, facts, None, "", _("not submitted yet"), cells, "", "", "")
    gates = [Decimal(gate.score) / 1000 for gate in edition.gates]
    return FirmRow(
        name=standing.name,
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
    """What separates a firm from the next level, in short."""
    gate = next_gate(official)
    if gate is None:
        return _("highest level")
    parts = []
    if Decimal(gate["score_missing"]) > 0:
        parts.append(_("%(value)s points", value=points(gate["score_missing"])))
    if gate["scenes_missing"] > 0:
        parts.append(ngettext("%(num)s scene", "%(num)s scenes", gate["scenes_missing"]))
    if gate["starred_missing"] > 0:
        parts.append(ngettext("%(num)s starred", "%(num)s starred", gate["starred_missing"]))
    return _(", ").join(parts)


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


def sheets(cluster: Cluster, picture: Picture, wish: Wish, at: datetime) -> list[Sheet]:
    """The same firms as the page, in the same order, and what may be said of the others."""
    headers = [
        _("Firm"), _("Trade"), _("Town"), _("Level"), _("Score"), _("Still missing"), _("Index"),
        *(dimension_name(d) for d in DIMENSIONS),
        _("Evidence"), _("Round"), _("Submitted"), _("Kind"),
    ]  # fmt: skip
    rows = [_sheet_row(s) for s in arrange(picture.standings, wish)]
    summary = [
        [_("Cluster"), cluster_name(cluster)],
        [_("As of"), at],
        [_("Firms that have joined"), picture.members],
        [_("Firms by name"), len(picture.standings)],
        [_("Firms without a name"), picture.hidden],
        [_("Mean"), _summary(picture)],
        [_("Kind"), _("All results are self-assessed, following the national index; none is an official determination.")],
    ]
    return [
        Sheet(_("Firms"), headers, rows, (28, 14, 14, 7, 8, 26, 8, *([9] * len(DIMENSIONS)), 10, 7, 12, 14)),
        Sheet(_("About"), [_("What"), _("Value")], summary, (26, 60)),
    ]


def _sheet_row(s: Standing) -> list[Cell]:
    known: list[Cell] = [s.name, sector_name(s.sector), s.town]
    if s.score is None or s.official is None:
        return [*known, None, None, _("not submitted yet")]
    dimensions = s.dimensions or {}
    return [
        *known, s.level, s.score, missing_text(s.official), s.index, *(dimensions.get(d) for d in DIMENSIONS),
        None if s.evidence is None else round(s.evidence, 3), s.round,
        s.submitted_at.date() if s.submitted_at else None, _("self-assessed"),
    ]  # fmt: skip


def shown_code(code: str) -> str:
    """A code in two halves, as it is printed."""
    half = (len(code) + 1) // 2
    return f"{code[:half]} {code[half:]}" if len(code) > 5 else code


def present_letter(cluster: Cluster, coordinators: Sequence[Coordinator]) -> Letter:
    """The letter with code and QR code."""
    link = absolute_url("clusters.invited", code=cluster.code)
    return Letter(
        cluster=cluster_name(cluster),
        coordinators=join([c.user.display_name for c in coordinators if c.user.name]),
        code=shown_code(cluster.code),
        link=link,
        site=absolute_url("clusters.enter_code"),
        qr=qr_svg(link),
        url=url_for("clusters.show", cluster_id=cluster.id),
    )


def present_invited(
    cluster: Cluster, coordinators: Sequence[Coordinator], memberships: Sequence[Membership], *, signed_in: bool, path: str
) -> JoinPage:
    """What a firm should know before it joins; `memberships` are those that may join for their firm."""
    create = url_for("firms.create", cluster=cluster.code)
    return JoinPage(
        cluster=cluster_name(cluster),
        facts=cluster_facts(cluster),
        coordinators=join([c.user.name for c in coordinators if c.user.name]),
        firms=tuple(
            (m.firm.name, url_for("clusters.join", firm_id=m.firm_id, code=cluster.code)) for m in memberships
        ),
        create_url=create,
        register_url=url_for("accounts.register", next=create),
        sign_in_url=url_for("accounts.sign_in", next=path),
        signed_in=signed_in,
    )

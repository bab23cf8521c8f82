"""Finished values for the coordinator's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from flask import url_for

from app.i18n import content_text, language, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.models.programmes import Programme
from app.queries.clusters import Picture, Standing
from app.web.charts import Distribution, distribution, percent
from app.web.clusters.wording import cluster_facts, cluster_name, shown_code
from app.web.figures import join, one_decimal, points
from app.web.joint import about, finding, title, yuan
from app.web.names import dimension_name
from scoring.content.model import DIMENSIONS, Solution
from scoring.content.serving import serve

LEVELS = range(5)
WEAKEST = 3
MOST_TOGETHER = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the funnel: a label, a length, a number."""

    label: str
    width: str
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """What the joint programme buys for several firms: a solution, how many take it, what it costs each of them."""

    solution: str
    firms: str
    each: str


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """How a cluster stands, as its coordinator may see it."""

    cluster_id: UUID
    name: str
    facts: str
    demo: bool
    finding: tuple[str, ...]
    more: str
    funnel: tuple[Bar, ...]
    levels: Distribution
    levels_title: str
    gates: tuple[Bar, ...]
    hidden_note: str
    summary: str
    named: bool
    weakest: str
    todo: str
    advice: str
    advice_more: str
    advice_url: str
    together: tuple[Together, ...]
    compare_url: str
    letter_url: str
    reset_url: str
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


def present_cluster(
    cluster: Cluster, picture: Picture, programme: Programme | None, solutions: Mapping[str, Solution]
) -> ClusterPage:
    """The page of a cluster; `programme` is the joint one worked out last, `solutions` what it may buy."""
    edition = serve("general").edition
    payload = (programme.payload or {}) if programme else {}
    advice = finding(payload) if programme else _("Work out what to buy together: it has not been done yet.")
    done = [s for s in picture.standings if s.level is not None]
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
        named=bool(picture.standings),
        weakest=_weakest(done),
        todo=advice if programme is None or sum(payload["lifted"]) else "",
        advice=advice,
        advice_more=f"{title(programme)} · {about(programme)}" if programme else "",
        advice_url=url_for("programmes.show", cluster_id=cluster.id, programme_id=programme.id)
        if programme
        else url_for("programmes.index", cluster_id=cluster.id),
        together=_together(payload.get("programmes", ()), solutions),
        compare_url=url_for("comparison.show", cluster_id=cluster.id),
        letter_url=url_for("clusters.letter", cluster_id=cluster.id),
        reset_url=url_for("accounts.print_reset_link"),
        code=shown_code(cluster.code),
    )


def _finding(done: Sequence[Standing]) -> tuple[str, ...]:
    """The headline, by sentences: the level most of them stand at, and the gates that most of them miss."""
    if not done:
        return (_("No result to see yet."),)
    level, number = Counter(s.level for s in done).most_common(1)[0]
    where = (
        _("Most firms stand at level %(level)s.", level=level)
        if number * 2 > len(done)
        else _("Level %(level)s is the most common.", level=level)
    )
    missing = _missing(done)
    return (where, missing) if missing else (where,)


def _missing(done: Sequence[Standing]) -> str:
    """What more than half of the firms miss for their next level; empty where no gate stops so many."""
    missed = {gate for gate, number in _count_gates(done).items() if number * 2 > len(done)}
    if "scenes" in missed:  # who lacks starred scenes mostly lacks scenes: one word for both
        return (
            _("Most lack points and scenes for the next.") if "score" in missed else _("Most lack scenes for the next.")
        )
    if "score" in missed:
        return _("Most lack points for the next.")
    return _("Most lack starred scenes for the next.") if missed else ""


def _weakest(done: Sequence[Standing]) -> str:
    """The three dimensions in which the firms with a name are furthest behind, weakest first."""
    means = []
    for dimension in DIMENSIONS:
        known = [value for s in done if (value := s.dimensions.get(dimension)) is not None]
        if known:
            means.append((sum(known) / len(known), dimension))
    if not means:
        return ""
    return _("Weakest: %(dimensions)s.", dimensions=join([dimension_name(d) for _mean, d in sorted(means)[:WEAKEST]]))


def _together(programmes: Sequence[Mapping[str, Any]], solutions: Mapping[str, Solution]) -> tuple[Together, ...]:
    most = sorted(programmes, key=lambda entry: -entry["number"])[:MOST_TOGETHER]
    return tuple(
        Together(
            content_text(solutions[e["solution"]].title) if e["solution"] in solutions else e["solution"],
            ngettext("%(num)s firm", "%(num)s firms", e["number"]),
            yuan(-(-e["price"][1] // e["number"])),
        )
        for e in most
        if e["number"]
    )


def _count_gates(done: Sequence[Standing]) -> dict[str, int]:
    gates = [s.gate for s in done if s.gate is not None]
    return {
        "scenes": sum(scenes > 0 for _score, scenes, _starred in gates),
        "score": sum(Decimal(score) > 0 for score, _scenes, _starred in gates),
        "starred": sum(starred > 0 for _score, _scenes, starred in gates),
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


def missing_text(gate: tuple[str, int, int] | None) -> str:
    """What separates a firm from the next level, in short: points, scenes, starred scenes."""
    if gate is None:
        return _("highest level")
    score, scenes, starred = gate
    parts = []
    if Decimal(score) > 0:
        parts.append(_("%(value)s p", value=_up(score)))
    if scenes > 0:
        parts.append(_("%(value)s s", value=scenes))
    if starred > 0:
        parts.append(_("%(value)s★", value=starred))
    return " · ".join(parts)


def _up(value: str) -> str:
    """Missing points to one decimal, rounded up: what is missing is never shown as nothing."""
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_CEILING):f}"

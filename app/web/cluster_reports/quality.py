"""Which answers a consultant should look at first, and how well the questions of a dimension go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from app.i18n import day, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.queries.quality import Flagged
from app.web.clusters.wording import cluster_name
from app.web.names import dimension_name, sector_name
from scoring.content.model import DIMENSIONS
from scoring.content.serving import serve
from scoring.reliability import NEED_FIRMS, reliability

MOST = 50
GOOD, FAIR = 0.8, 0.7
"""From here on the mean of a dimension's questions says something: clearly, just about."""
LOOK = 5
"""The weight of flags from which a look pays."""
_URGENCY = {
    "same_answer": 8, "networked_above_digital": 5, "systems_above_scenes": 4, "unmet_need": 3, "machines_differ": 2,
    "systems_below_scenes": 2, "no_evidence": 1,
}  # fmt: skip
"""How much a flag weighs in the order of visits: what contradicts itself before what is only not shown."""


@dataclass(frozen=True, slots=True)
class Look:
    """A firm to visit, with the reasons."""

    name: str
    facts: str
    submitted: str
    evidence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension: the two figures, how many questions and firms, and what that means."""

    name: str
    alpha: str
    omega: str
    topics: str
    firms: int
    verdict: str


@dataclass(frozen=True, slots=True)
class QualityPage:
    """The page."""

    name: str
    answer: str
    sub: str
    firms: tuple[Look, ...]
    more: str
    dimensions: tuple[Dimension, ...]
    too_few: str
    report_url: str


def present_quality(
    cluster: Cluster, flagged: Sequence[Flagged], levels: Sequence[Mapping[str, int | None]]
) -> QualityPage:
    """`flagged` are the named firms with a result, `levels` those of anonymous firms."""
    urgent = sorted((f for f in flagged if _weight(f) >= LOOK), key=lambda f: (-_weight(f), f.name))
    return QualityPage(
        name=cluster_name(cluster),
        answer=_answer(len(urgent), len(flagged)),
        sub=_(
            "Flags are questions, not verdicts: nothing was lowered or left out because of them. Which answers they "
            "are about only the firm and the consultant it lets in can see."
        ),
        firms=tuple(
            Look(
                f.name,
                " · ".join(part for part in (sector_name(f.sector), f.town) if part),
                day(f.created_at),
                "–" if f.evidence is None else f"{f.evidence:.0f} %",
                flag_reasons(f.flags),
            )
            for f in urgent[:MOST]
        ),
        more=ngettext("%(num)s more firm", "%(num)s more firms", len(urgent) - MOST) if len(urgent) > MOST else "",
        dimensions=_dimensions(cluster, levels),
        too_few=_(
            "These figures need %(need)s firms that agreed to averages and have a result. So far there are %(number)s.",
            need=NEED_FIRMS,
            number=len(levels) - len(levels) % 5,
        )
        if len(levels) < NEED_FIRMS
        else "",
        report_url=url_for("cluster_reports.show", cluster_id=cluster.id),
    )


def _answer(urgent: int, of: int) -> str:
    if not of:
        return _("No result to look at yet.")
    if not urgent:
        return _("No answer of the named firms stands out.")
    return ngettext(
        "At %(urgent)s of %(num)s named firm a look at the answers would pay.",
        "At %(urgent)s of %(num)s named firms a look at the answers would pay.",
        of,
        urgent=urgent,
    )


def _weight(firm: Flagged) -> int:
    return sum(_URGENCY.get(kind, 1) * min(n, 5) for kind, n in firm.flags.items())


def flag_reasons(flags: Mapping[str, int]) -> tuple[str, ...]:
    """Numbers of flags by kind in words, what contradicts itself first."""
    return tuple(_reason(kind, n) for kind, n in sorted(flags.items(), key=lambda one: -_URGENCY.get(one[0], 1)))


def _reason(kind: str, number: int) -> str:
    words: dict[str, Callable[[], str]] = {
        "unmet_need": lambda: ngettext(
            "%(num)s claim without what it builds on", "%(num)s claims without what they build on", number
        ),
        "no_evidence": lambda: ngettext(
            "%(num)s claim for which no record was named", "%(num)s claims for which no record was named", number
        ),
        "networked_above_digital": lambda: _("more machines in the network than digital ones"),
        "machines_differ": lambda: _("two different numbers of machines"),
        "systems_above_scenes": lambda: _("more systems than the scenes show"),
        "systems_below_scenes": lambda: _("fewer systems than the scenes show"),
        "same_answer": lambda: _("the same answer everywhere"),
    }
    return words[kind]() if kind in words else _("another flag")


def _dimensions(cluster: Cluster, levels: Sequence[Mapping[str, int | None]]) -> tuple[Dimension, ...]:
    catalogue = serve(cluster.sector or "general")
    found = []
    for name in DIMENSIONS:
        topics = [t.id for t in catalogue.topics.values() if t.dimension == name and t.levelled]
        measured = reliability(levels, topics)
        if measured is None:
            continue
        sure = measured.alpha if measured.omega is None else min(measured.alpha, measured.omega)
        found.append(
            Dimension(
                dimension_name(name),
                f"{measured.alpha:.2f}",
                "–" if measured.omega is None else f"{measured.omega:.2f}",
                ngettext("%(num)s question", "%(num)s questions", len(measured.topics)),
                measured.firms,
                _verdict(sure),
            )
        )
    return tuple(found)


def _verdict(value: float) -> str:
    if value >= GOOD:
        return _("The questions measure one thing; its points can be compared.")
    if value >= FAIR:
        return _("Good enough to compare groups; for a single firm look at the questions, too.")
    return _("The questions ask about several things; read them one by one, not as one figure.")

"""The suppliers as a chain leader looks at them: ready for orders or not, by tier and part group; what most lack.

Whether a single firm meets a single requirement is an answer, so what is met and lacking is said of groups only (the
release rule's figures). By name a supplier is placed by the points it agreed to show: its dimensions, of which those
count that the leader's requirements speak of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from app.i18n import content_text, ngettext
from app.i18n import gettext as _
from app.models.clusters import Cluster
from app.queries.chain import Place
from app.queries.clusters import Standing
from app.queries.releases import CHAIN, Release
from app.web.charts import percent
from app.web.clusters.wording import cluster_name
from app.web.figures import nouns, points, yuan_text
from app.web.names import form_name, sector_name, size_name
from scoring.chain import provisions, requirements
from scoring.cohort import Figure
from scoring.content.catalogue import Catalogue
from scoring.content.serving import serve, served_sectors

READY, NEARLY = 60, 40
"""Mean points from which a supplier stands among the first or the second."""
MOST_OFFERS = 8
MOST_GROUPS = 12
MOST_FIRMS = 50


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the leader asks; the share of suppliers that lack it."""

    title: str
    text: str
    lack: str
    width: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A solution that the leader could provide."""

    title: str
    form: str
    helps: str
    price: str


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade with a chain leader: how ready its suppliers are, what they lack, what would help."""

    title: str
    answer: str
    groups: tuple[tuple[str, str, str, str], ...]
    asked: tuple[Requirement, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Suppliers of a tier, part group, town or size: how many stand where."""

    name: str
    counts: tuple[int, ...]
    widths: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Split:
    """The named suppliers split one way."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier by name."""

    name: str
    url: str
    facts: str
    tier: str
    points: str
    width: str
    band: str


@dataclass(frozen=True, slots=True)
class ChainPage:
    """The page."""

    name: str
    answer: str
    sub: str
    trades: tuple[Trade, ...]
    bands: tuple[str, ...]
    splits: tuple[Split, ...]
    suppliers: tuple[Supplier, ...]
    more: str
    table_url: str
    none: str


def present_chain(
    cluster: Cluster, standings: Sequence[Standing], places: Mapping[UUID, Place], scenes: Release
) -> ChainPage:
    """`scenes` are the released figures of answers, `places` what the coordinator's list says of firms."""
    strategic = {s: c for s in served_sectors() if (c := serve(s)).chain}
    trades = [
        _trade(catalogue, figure, scenes.figures)
        for sector, catalogue in strategic.items()
        if (figure := scenes.figures.get((sector,))) is not None and CHAIN in figure.means
    ]
    suppliers = [(s, _points(s, strategic[s.sector])) for s in standings if s.sector in strategic]
    bands = (_("ahead"), _("on the way"), _("at the start"), _("no result yet"))
    splits = _splits(suppliers, places)
    shown = sorted((one for one in suppliers if one[1] is not None), key=lambda one: (-(one[1] or 0), one[0].name))
    return ChainPage(
        name=cluster_name(cluster),
        answer=_answer(trades, suppliers),
        sub=_(
            "A chain leader is the large customer that pulls its suppliers along. What it asks before it places an "
            "order, and how many meet it."
        ),
        trades=tuple(trades),
        bands=bands,
        splits=splits,
        suppliers=tuple(_supplier(s, value, places.get(s.firm_id, Place()), bands) for s, value in shown[:MOST_FIRMS]),
        more=ngettext("%(num)s more firm", "%(num)s more firms", len(shown) - MOST_FIRMS)
        if len(shown) > MOST_FIRMS
        else "",
        table_url=url_for("comparison.show", cluster_id=cluster.id),
        none="" if trades or suppliers else _none(scenes, cluster),
    )


def _none(scenes: Release, cluster: Cluster) -> str:
    if cluster.sector and not serve(cluster.sector).chain:
        return _("In this trade small firms pool rather than follow a chain leader. The joint programmes are for them.")
    return _("No firm of a trade with a chain leader has a result yet.")


def _answer(trades: Sequence[Trade], suppliers: Sequence[tuple[Standing, float | None]]) -> str:
    if len(trades) == 1:
        return trades[0].answer
    done = [value for _standing, value in suppliers if value is not None]
    if not done:
        return _("Ready for a chain leader's order")
    ahead = sum(value >= READY for value in done)
    return ngettext(
        "%(ahead)s of %(num)s named supplier is ahead.", "%(ahead)s of %(num)s named suppliers are ahead.",
        len(done), ahead=ahead,
    )  # fmt: skip


def _trade(catalogue: Catalogue, figure: Figure, figures: Mapping[tuple[str, ...], Figure]) -> Trade:
    sector = catalogue.sector.id
    asked = requirements(catalogue, figure.means)
    groups = [
        (_inside(cell), str(f.number), f"{points(f.means[CHAIN])} %",
         percent(f.means[CHAIN]))
        for cell, f in figures.items()
        if len(cell) > 1 and cell[0] == sector and CHAIN in f.means and figures.get(cell[:-1]) != f
    ]  # fmt: skip
    return Trade(
        title=sector_name(sector),
        answer=_(
            "On average a supplier meets %(share)s %% of what is asked.", share=points(figure.means[CHAIN])
        ),
        groups=tuple(groups[:MOST_GROUPS]),
        asked=tuple(
            Requirement(
                _title(catalogue, one.topic), content_text(one.text), f"{points(100 - one.met)} %",
                percent(100 - one.met),
            )
            for one in asked
        ),
        offers=tuple(
            Offer(
                content_text(offer.solution.title),
                form_name(offer.solution.form),
                nouns(dict.fromkeys(_title(catalogue, topic) for topic in offer.topics)),
                yuan_text(*offer.first_year),
            )
            for offer in provisions(catalogue, asked)[:MOST_OFFERS]
        ),
    )  # fmt: skip


def _inside(cell: tuple[str, ...]) -> str:
    return " · ".join([size_name(cell[1]), *(town or "–" for town in cell[2:])])


def _title(catalogue: Catalogue, topic: str) -> str:
    return content_text(catalogue.questions[catalogue.topics[topic].items[0]].title)


# ---- by name


def _points(standing: Standing, catalogue: Catalogue) -> float | None:
    """Mean points over the dimensions that the leader's requirements speak of; None without a result."""
    asked = dict.fromkeys(catalogue.topics[c.topics[0][0]].dimension for _requirement, c in catalogue.chain)
    known = [value for d in asked if (value := standing.dimensions.get(d)) is not None]
    return sum(known) / len(known) if known else None


def _band(value: float | None) -> int:
    return 3 if value is None else 0 if value >= READY else 1 if value >= NEARLY else 2


def _splits(suppliers: Sequence[tuple[Standing, float | None]], places: Mapping[UUID, Place]) -> tuple[Split, ...]:
    def place(s: Standing) -> Place:
        return places.get(s.firm_id, Place())

    ways: list[tuple[str, Callable[[Standing], object], Callable[[object], str]]] = [
        (_("By tier"), lambda s: place(s).tier, lambda tier: _("Tier %(number)s", number=tier)),
        (_("By part group"), lambda s: place(s).part_group or None, str),
    ]
    found = [split for title, key, name in ways if (split := _split(title, suppliers, key, name)) is not None]
    if not found:
        found = [
            split
            for title, key in ((_("By town"), lambda s: s.town or None), (_("By size"), lambda s: s.size_band or None))
            if (split := _split(title, suppliers, key, size_name if title == _("By size") else str)) is not None
        ]
    return tuple(found)


def _split(
    title: str,
    suppliers: Sequence[tuple[Standing, float | None]],
    key: Callable[[Standing], object],
    name: Callable[..., str],
) -> Split | None:
    groups: dict[object, Counter[int]] = {}
    for standing, value in suppliers:
        groups.setdefault(key(standing), Counter())[_band(value)] += 1
    known = sorted((g for g in groups if g is not None), key=lambda g: (isinstance(g, str) and not g.isdigit(), str(g)))
    if not known:
        return None
    most = max(sum(counts.values()) for counts in groups.values())
    rows = []
    for group in [*known[:MOST_GROUPS], *([None] if None in groups else [])]:
        counts = groups[group]
        rows.append(
            Row(
                _("not stated") if group is None else name(group),
                tuple(counts[n] for n in range(4)),
                tuple(percent(counts[n], most) for n in range(4)),
                sum(counts.values()),
            )
        )
    return Split(title, tuple(rows))


def _supplier(s: Standing, value: float | None, place: Place, bands: Sequence[str]) -> Supplier:
    return Supplier(
        name=s.name,
        url=url_for("results.show", assessment_id=s.assessment_id),
        facts=" · ".join(part for part in (sector_name(s.sector), s.town) if part),
        tier=" · ".join(
            part for part in (_("Tier %(number)s", number=place.tier) if place.tier else "", place.part_group) if part
        ),
        points=f"{value:.0f}",
        width=percent(value or 0),
        band=bands[_band(value)],
    )

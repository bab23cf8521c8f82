"""Finished values for the front page and the page about the method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from app.i18n import content_text, number
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.web.charts import Rung, ladder
from app.web.layout import is_open
from scoring.content.catalogue import Edition
from scoring.content.serving import serve, served_sectors

LINES: Mapping[str, str] = {
    "electronics": lazy("Board assembly, connectors, cables"),
    "appliances": lazy("Small appliances, contract makers"),
    "automotive": lazy("Parts and assemblies"),
    "pharma": lazy("Medicines, medical devices"),
    "chemicals": lazy("Coatings, additives, daily chemicals"),
    "equipment": lazy("Special machines, automation"),
    "displays": lazy("Modules, backlights, sets"),
    "textiles": lazy("Garments, dyeing, home textiles"),
    "injection": lazy("Plastic parts, toys, housings"),
    "molds": lazy("Plastic, die-casting and stamping moulds"),
    "hardware": lazy("Stamping, die casting, locks"),
}
"""What belongs to a trade, in a few words; a trade without an entry shows its name alone."""

KINDS = (
    ("traditional", lazy("Traditional clusters"), lazy("small firms move together")),
    ("strategic", lazy("Strategic clusters"), lazy("following the chain leader")),
)


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade that one can pick."""

    id: str
    title: str
    line: str
    url: str


@dataclass(frozen=True, slots=True)
class TradeGroup:
    """Trades of one kind of cluster."""

    id: str
    title: str
    line: str
    trades: tuple[Trade, ...]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The front page. `quick_url` is None where there is no quick look."""

    groups: tuple[TradeGroup, ...]
    other: Trade | None
    trades: tuple[Trade, ...]
    quick_url: str | None
    rungs: tuple[Rung, ...]
    example: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PointsRow:
    """Points of one group of the index."""

    section: str | None
    rows: int
    title: str
    points: str


@dataclass(frozen=True, slots=True)
class GateRow:
    """What one level asks for."""

    level: int
    name: str
    score: str
    scenes: int
    starred: int


@dataclass(frozen=True, slots=True)
class SceneRow:
    """One of the scenes."""

    title: str
    starred: bool


@dataclass(frozen=True, slots=True)
class MethodPage:
    """The page about the method, read from the edition of the index in force."""

    edition: str
    points: tuple[PointsRow, ...]
    gates: tuple[GateRow, ...]
    scenes: tuple[SceneRow, ...]
    confirmed: bool


def present_front() -> FrontPage:
    """The front page with the trades that have content."""
    trades = {kind: [] for kind in ("traditional", "strategic", "general")}  # type: dict[str, list[Trade]]
    for sector_id in served_sectors():
        sector = serve(sector_id).sector
        line = _("Common questions, works just as well") if sector.kind == "general" else str(LINES.get(sector_id, ""))
        url = url_for("home.start", sector=sector_id)
        trades[sector.kind].append(Trade(sector_id, content_text(sector.title), line, url))
    return FrontPage(
        groups=tuple(
            TradeGroup(kind, str(title), str(line), tuple(trades[kind])) for kind, title, line in KINDS if trades[kind]
        ),
        other=next(iter(trades["general"]), None),
        trades=tuple(trade for kind in trades.values() for trade in kind),
        quick_url=url_for("quick.start") if is_open("quick.start") else None,
        rungs=ladder(level_names(), 1, course=15),
        example=(
            (_("Score"), number(Decimal("36.4"), 1), _("of 100")),
            (_("To level 2"), _("3.6 points, 2 scenes")),
            (_("Do this first"), _("Part scanning")),
            (_("First-year cost"), _("8,000 to 30,000 yuan"), _("estimate")),
        ),
    )


def present_method() -> MethodPage:
    """Points, scenes and gates as the index in force has them."""
    catalogue = serve("general")
    edition = catalogue.edition
    return MethodPage(
        edition=content_text(edition.title),
        points=tuple(
            PointsRow(
                section=content_text(section.title) if n == 0 else None,
                rows=len(section.groups),
                title=content_text(group.title),
                points=_milli(group.points),
            )
            for section in edition.sections
            for n, group in enumerate(section.groups)
        ),
        gates=tuple(
            GateRow(g.level, content_text(g.name), _milli(g.score), g.scenes, g.starred) for g in edition.gates
        ),
        scenes=tuple(
            SceneRow(content_text(catalogue.questions[scene].title), starred)
            for scene, starred in edition.scenes.items()
        ),
        confirmed=edition.gate_status == "read",
    )


def level_names(edition: Edition | None = None) -> tuple[str, ...]:
    """Names of the levels 0 to 4 in the reader's language."""
    edition = edition or serve("general").edition
    return tuple(content_text(edition.level_name(level)) for level in range(5))


def _milli(points: int) -> str:
    return number(Decimal(points) / 1000)

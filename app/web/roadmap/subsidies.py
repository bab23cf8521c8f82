"""Subsidies beside the cost: what may be applied for, with date and source; never part of a figure of the route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.i18n import gettext as _
from app.web.figures import clauses, sentences
from app.web.results.reading import Reading
from app.web.results.route import money
from scoring.content.model import Subsidy


@dataclass(frozen=True, slots=True)
class SubsidyLine:
    """One rule. `expired` rules are shown as such."""

    title: str
    cities: str
    text: str
    ceiling: str
    dates: str
    source: str
    expired: bool


@dataclass(frozen=True, slots=True)
class Subsidies:
    """Rules of the firm's own city, and all others; `known` tells that the city shows in the town it gave."""

    own: tuple[SubsidyLine, ...]
    others: tuple[SubsidyLine, ...]


def present_subsidies(reading: Reading, level: int, today: date) -> Subsidies:
    """`level` is what the route reaches: ceilings of that level are named."""
    town = reading.result.assessment.firm.town
    own: list[SubsidyLine] = []
    others: list[SubsidyLine] = []
    for subsidy in reading.catalogue.subsidies.values():
        (own if subsidy.holds_in(town) else others).append(_line(reading, subsidy, level, today))
    return Subsidies(tuple(own), tuple(others))


def _line(reading: Reading, subsidy: Subsidy, level: int, today: date) -> SubsidyLine:
    expired = subsidy.until is not None and subsidy.until < today.isoformat()
    dates = [_("Rule of %(date)s.", date=subsidy.date) if subsidy.date else ""]
    if subsidy.until:
        dates.append(
            _("Expired on %(date)s.", date=subsidy.until) if expired else _("Until %(date)s.", date=subsidy.until)
        )
    dates.append(_("As known in %(month)s.", month=subsidy.checked))
    sources = [reading.catalogue.sources[s] for s in subsidy.source]
    return SubsidyLine(
        title=reading.text(subsidy.title),
        cities=reading.text(subsidy.cities),
        text=reading.text(subsidy.text),
        ceiling=_ceiling(subsidy, level),
        dates=sentences(dates),
        source=clauses(f"{reading.text(s.title)} ({s.grade})" for s in sources),
        expired=expired,
    )


def _ceiling(subsidy: Subsidy, level: int) -> str:
    ceiling = subsidy.ceiling(level)
    if ceiling is not None:
        return _("Ceiling at level %(level)s: %(money)s.", level=level, money=money(ceiling))
    if subsidy.level is not None and level < subsidy.level:
        return _("Asks for level %(level)s; this route ends below it.", level=subsidy.level)
    return ""

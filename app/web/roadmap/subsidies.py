"""Subsidies beside the cost: what may be applied for, with date and source; never part of a figure of the route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.i18n import gettext as _
from app.web.figures import clauses, nouns, sentences
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
        here = any(city.zh in town or city.en.lower() in town.lower() for city in subsidy.cities)
        (own if here else others).append(_line(reading, subsidy, level, today))
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
        cities=nouns(reading.text(city) for city in subsidy.cities),
        text=reading.text(subsidy.text),
        ceiling=_ceiling(subsidy, level),
        dates=sentences(dates),
        source=clauses(f"{reading.text(s.title)} ({s.grade})" for s in sources),
        expired=expired,
    )


def _ceiling(subsidy: Subsidy, level: int) -> str:
    if level in subsidy.ceilings:
        return _("Ceiling at level %(level)s: %(money)s.", level=level, money=money(subsidy.ceilings[level]))
    if subsidy.level is not None and level < subsidy.level:
        return _("Asks for level %(level)s; this route ends below it.", level=subsidy.level)
    return ""

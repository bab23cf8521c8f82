"""Other ways to the same goal in a table, and in one line each what would change the route."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from app.i18n import gettext as _
from app.services.roadmaps import Ways
from app.web.figures import clauses
from app.web.results.reading import Reading
from app.web.results.route import duration, goal_name, money, titles
from app.web.roadmap.wishes import Asked


@dataclass(frozen=True, slots=True)
class Way:
    """One other way; `instead` says why there are no figures, `url` leads to the route with these solutions settled."""

    name: str
    cost: str = ""
    time: str = ""
    steps: str = ""
    instead: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class WaysPage:
    """The page of the other ways. `changes` are (step, what happens if it gets dearer, what happens without it)."""

    title: str
    answer: str
    rows: tuple[Way, ...]
    changes: tuple[tuple[str, str, str], ...]
    worst: str
    back_url: str


def present_ways(reading: Reading, asked: Asked, route: dict[str, Any], ways: Ways) -> WaysPage:
    """`route` and `ways` are the engine's for the same wish."""
    goal = goal_name(reading, route["goal"])
    back = url_for("roadmap.show", assessment_id=reading.result.assessment_id)
    query = asked.address()
    optimal = route["status"] == "optimal"
    return WaysPage(
        title=_("Other ways to %(goal)s", goal=goal),
        answer=_("Other ways, and what would change the route") if optimal else _("There is no route to compare with."),
        rows=tuple(_rows(reading, asked, route, ways, back)) if optimal else (),
        changes=tuple(_changes(reading, route, ways.sensitivity)) if optimal else (),
        worst=_worst(reading, route, ways.sensitivity["worst_unknown"]) if optimal else "",
        back_url=f"{back}?{query}" if query else back,
    )


def _rows(reading: Reading, asked: Asked, route: dict[str, Any], ways: Ways, back: str) -> list[Way]:
    chosen = sorted(step["solution"] for step in route["steps"])
    others = ways.alternatives
    kinds = [
        (_("The next cheapest"), route["runner_up"]),
        (_("The quickest"), others["fastest"]),
        (_("The fewest contracts"), others["fewest"]),
        (_("Nothing bought outright: rented, shared or pooled"), others["rented"]),
    ]
    if others["staffed"]:  # else nothing waits for another year
        kinds.insert(1, (_("With somebody placed for it, so that no system waits a year"), others["staffed"]))
    rows = [
        Way(
            _("This route"),
            money(route["cost_per_year"]),
            duration(route["days"]),
            titles(reading, [s["solution"] for s in route["steps"]]),
        )
    ]
    for name, way in kinds:
        if way is None:
            rows.append(Way(name, instead=_("there is none under these conditions")))
        elif sorted(way["solutions"]) == chosen:
            rows.append(Way(name, instead=_("is this route")))
        else:
            url = f"{back}?{replace(asked, fixed=tuple(way['solutions'])).address(by='')}"
            rows.append(
                Way(
                    name,
                    money(way["cost_per_year"]),
                    duration(way["days"]),
                    _difference(reading, chosen, way["solutions"]),
                    url=url,
                )
            )
    return rows


def _difference(reading: Reading, chosen: list[str], other: list[str]) -> str:
    """What another set takes and leaves of the route."""
    added, dropped = [s for s in other if s not in chosen], [s for s in chosen if s not in other]
    parts = [
        _("also: %(titles)s", titles=titles(reading, added)) if added else "",
        _("not: %(titles)s", titles=titles(reading, dropped)) if dropped else "",
    ]
    return clauses(part for part in parts if part)


def _changes(reading: Reading, route: dict[str, Any], found: dict[str, Any]) -> list[tuple[str, str, str]]:
    cost = route["cost_per_year"]
    lines = []
    for step in route["steps"]:
        name = step["solution"]
        dearer = found["price_30"].get(name)
        without = _("not computed: you have signed it")
        if not step["fixed"]:
            without = _without(reading, route, found["without"].get(name), cost)
        title = reading.text(reading.catalogue.solutions[name].title)
        lines.append((f"{step['order']}. {title}", _dearer(dearer) if dearer else "–", without))
    return lines


def _dearer(found: dict[str, Any]) -> str:
    cost = found["cost_per_year"]
    if cost is None:
        return _("the goal is out of reach within your budget")
    if found["changes"]:
        return _("another set becomes the cheapest, for %(money)s", money=money(cost))
    return _("the route stays and costs %(money)s", money=money(cost))


def _without(reading: Reading, route: dict[str, Any], instead: int | None, cost: int) -> str:
    if instead is None:
        return _("%(goal)s is out of reach", goal=goal_name(reading, route["goal"]))
    if instead == cost:
        return _("another set reaches it for the same money")
    return _("it costs %(money)s, %(more)s more", money=money(instead), more=money(instead - cost))


def _worst(reading: Reading, route: dict[str, Any], worst: dict[str, Any]) -> str:
    if worst["status"] == "unreachable":
        return _(
            "If everything that you did not state turns out against you, the goal is out of reach. State it first."
        )
    if sorted(worst.get("solutions", ())) == sorted(s["solution"] for s in route["steps"]):
        return _("Even if everything that you did not state turns out against you, the route stays as it is.")
    return _(
        "If everything that you did not state turns out against you, it takes %(money)s: %(titles)s.",
        money=money(worst["cost_per_year"]),
        titles=titles(reading, worst["solutions"]),
    )

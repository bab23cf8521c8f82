"""How far can I get? The cheapest route in a sentence, its steps in order, or what is missing where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.i18n import gettext as _
from app.i18n import language, ngettext
from app.web.figures import join, nouns, points, sentences, yuan_text
from app.web.names import dimension_name, level_name
from app.web.results.reading import Reading

MONTH = 30.4
IN_DAYS = 60
YEAR = 365


@dataclass(frozen=True, slots=True)
class Stop:
    """One step on the timeline: when, what, for how much, and where the firm stands when it ends."""

    number: int
    solution: str
    title: str
    when: str
    cost: str
    total: str
    level: int
    level_name: str
    score: str
    goal: bool


@dataclass(frozen=True, slots=True)
class RouteHead:
    """The answer in one sentence, and what stands below it. `stops` is empty where there is nothing to do."""

    answer: str
    sub: tuple[str, ...]
    status: str
    start_level: int
    start_name: str
    start_score: str
    stops: tuple[Stop, ...]


def present_route(reading: Reading, route: dict[str, Any]) -> RouteHead:
    """`route` is the engine's, for the answers of this reading."""
    steps = route["steps"]
    last = max((s["end_day"] for s in steps), default=0)
    say: Callable[[Reading, dict[str, Any]], tuple[str, tuple[str, ...]]] = {
        "optimal": _optimal, "already_there": _already_there, "unreachable": _unreachable,
    }[route["status"]]  # fmt: skip
    answer, sub = say(reading, route)
    return RouteHead(
        answer,
        sub,
        route["status"],
        reading.level,
        level_name(reading.catalogue, reading.level),
        points(reading.score),
        tuple(_stop(reading, step, step["end_day"] == last) for step in steps),
    )


def goal_name(reading: Reading, goal: dict[str, Any]) -> str:
    """What a route aims at, as a thing that is reached; in Chinese with a blank before a figure."""
    if goal["kind"] == "level":
        return (" " if language() == "zh" else "") + _("level %(level)s", level=goal["level"])
    if goal["kind"] == "dimension":
        return _("%(points)s points more in %(name)s", points=goal["points"], name=dimension_name(goal["name"]))
    if goal["kind"] == "chain":
        return _("all that a chain leader asks of a supplier")
    return _("level %(level)s in every scene of %(field)s", level=goal["level"], field=field_name(goal["name"]))


def field_name(field: str) -> str:
    """The name of a field of scenes."""
    return {
        "lifecycle": _("product and customer"),
        "production": _("production"),
        "supply": _("the supply chain"),
        "decision": _("management"),
    }[field]


def duration(days: int) -> str:
    """How long it takes: in days up to two months, then in months."""
    if days < IN_DAYS:
        return ngettext("%(num)s day", "%(num)s days", days)
    return ngettext("about %(num)s month", "about %(num)s months", round(days / MONTH))


def titles(reading: Reading, solutions: list[str]) -> str:
    """Names of solutions in a row."""
    return nouns(reading.text(reading.catalogue.solutions[s].title) for s in solutions)


def money(amount: int) -> str:
    """One exact sum."""
    return yuan_text(amount, amount)


def _stop(reading: Reading, step: dict[str, Any], goal: bool) -> Stop:
    after = step["after"]
    return Stop(
        number=step["order"],
        solution=step["solution"],
        title=reading.text(reading.catalogue.solutions[step["solution"]].title),
        when=_("Day %(start)s to %(end)s", start=step["start_day"], end=step["end_day"]),
        cost=yuan_text(*step["price"]),
        total=_("by day %(day)s at most %(money)s in total", day=step["end_day"], money=money(after["cost"])),
        level=after["level"],
        level_name=level_name(reading.catalogue, after["level"]),
        score=points(after["score"]),
        goal=goal,
    )


def _optimal(reading: Reading, route: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    many = len(route["steps"])
    cheapest = (
        _("nothing cheaper does under your conditions")
        if _limited(route)
        else _("nothing cheaper in the catalogue does")
    )
    proof = {
        "cost": cheapest,
        "days": _("nothing in the catalogue takes fewer days of work"),
        "number": _("no smaller number of solutions in the catalogue does"),
    }[route["wish"]["by"]]
    answer = ngettext(
        "This one solution, for at most %(money)s, takes you to %(goal)s in %(time)s; %(proof)s.",
        "These %(num)s solutions, in this order, for at most %(money)s, take you to %(goal)s in %(time)s; %(proof)s.",
        many,
        money=_counted(route),
        goal=goal_name(reading, route["goal"]),
        time=duration(route["days"]),
        proof=proof,
    )
    return answer, tuple(filter(None, (_proven(route), _next_best(reading, route), _slow(reading, route))))


def _counted(route: dict[str, Any]) -> str:
    """The price of a route and what is counted in it: where it runs longer, the first year is each step's own."""
    if route["days"] <= YEAR:
        return _("%(money)s in the first year", money=money(route["cost_per_year"]))
    return _("%(money)s for the first twelve months of each", money=money(route["cost_per_year"]))


def _proven(route: dict[str, Any]) -> str:
    said = [_("This is computed over all solutions that fit your answers, and proven; it is not a ranking.")]
    if not any(step["fixed"] for step in route["steps"]):
        said.append(_("Without any one of the steps it falls short."))
    if _limited(route):
        said.append(_("It holds under the conditions that you set."))
    return sentences(said)


def _limited(route: dict[str, Any]) -> bool:
    """Whether the reader set conditions that may rule out something cheaper."""
    wish = route["wish"]
    return wish["budget"] is not None or wish["most"] is not None or bool(wish["without"] or wish["with"])


def _next_best(reading: Reading, route: dict[str, Any]) -> str:
    other = route["runner_up"]
    if not other or route["wish"]["by"] != "cost":
        return ""
    more = other["cost_per_year"] - route["cost_per_year"]
    if not more:
        return _("Another set costs the same: %(titles)s.", titles=titles(reading, other["solutions"]))
    return _("The next cheapest set costs %(money)s more.", money=money(more))


def _slow(reading: Reading, route: dict[str, Any]) -> str:
    """Why a route takes more than a year, where the rule on new systems a year does it."""
    few = (reading.payload["capabilities"].get("C04") or 0) < 2
    if route["days"] <= YEAR or not few or "G13" not in reading.catalogue.guards:
        return ""
    return _(
        "It runs over more than one year: until somebody is placed to look after them, no more than two new systems "
        "start in a year."
    )


def _already_there(reading: Reading, route: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    goal = goal_name(reading, route["goal"])
    top = route["goal"]["kind"] == "level" and route["goal"]["level"] == len(reading.catalogue.edition.gates)
    sub = _("There is no level above it.") if top else _("Choose something further, and we look for the way there.")
    return _("You have reached %(goal)s already; nothing has to be bought for it.", goal=goal), (sub,)


def _unreachable(reading: Reading, route: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    goal, missing = route["goal"], route["missing"]
    answer = _("You cannot get to %(goal)s this way yet.", goal=goal_name(reading, goal))
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for entry in missing:
        by_reason.setdefault(entry["because"], []).append(entry)
    said = [_reason(route, because, [short(goal, e) for e in found], found[0]) for because, found in by_reason.items()]
    return answer, (*said, _nearest(reading, route))


def _reason(route: dict[str, Any], because: str, gaps: list[str], entry: dict[str, Any]) -> str:
    what, wish = join(gaps), route["wish"]
    if because == "catalogue":
        return _("Missing even at best: %(what)s. No set of solutions in the catalogue brings more.", what=what)
    if because == "without":
        return _("Missing even at best: %(what)s. What you ruled out would bring it.", what=what)
    if because == "budget":
        first = _("Within %(money)s is missing: %(what)s.", money=money(wish["budget"]), what=what)
        least = entry["least"]
        return sentences([first, _("It takes at least %(money)s.", money=money(least)) if least else ""])
    first = ngettext(
        "With %(num)s solution at most is missing: %(what)s.",
        "With %(num)s solutions at most is missing: %(what)s.",
        wish["most"],
        what=what,
    )
    least = entry["least"]
    more = ngettext("It takes at least %(num)s solution.", "It takes at least %(num)s solutions.", least or 0)
    return sentences([first, more if least else ""])


def short(goal: dict[str, Any], entry: dict[str, Any]) -> str:
    """How far one gate of a goal is away, as a thing that is missing."""
    gate, by = entry["gate"], entry["short"]
    if gate == "score":
        return _("%(points)s points", points=points(by))
    if gate == "dimension":
        return _("%(points)s index points in %(name)s", points=by, name=dimension_name(goal["name"]))
    if gate == "chain":
        return ngettext("one requirement of the chain leader", "%(num)s requirements of the chain leader", by)
    if gate == "starred":
        return ngettext(
            "%(num)s starred scene at level %(level)s", "%(num)s starred scenes at level %(level)s", by,
            level=goal["level"],
        )  # fmt: skip
    return ngettext("%(num)s scene at level %(level)s", "%(num)s scenes at level %(level)s", by, level=goal["level"])


def _nearest(reading: Reading, route: dict[str, Any]) -> str:
    near = route["nearest"]
    if not near["solutions"]:
        return _("The nearest you come is where you stand.")
    return _(
        "The nearest you come: level %(level)s with %(points)s points, for at most %(money)s in the first year, "
        "with %(titles)s.",
        level=near["level"],
        points=points(near["score"]),
        money=money(near["cost_per_year"]),
        titles=titles(reading, near["solutions"]),
    )

"""The cheapest route to a goal: which solutions, in which order, from when to when, for how much. Proven or refused.

`route(document, catalogue, wish)` gives a JSON-able dict (contract, part 2). Money is whole yuan of the first year at
the upper end of the price band; days count from the start of the route, upper ends; days 0-364 are its first year.

    {"from": 1,                     official level now
     "target": 2,                   the level aimed at; null for the other goals
     "goal": {"kind": "level", "level": 2, "name": "", "points": 0},      kind: level · dimension · chain · scenes
     "wish": {"budget": null, "most": null, "parallel": 2, "without": [], "with": [], "by": "cost"},
     "status": "optimal",           already_there · unreachable
     "cost_per_year": 54000, "price": [21000, 54000], "running": [..], "one_off": [..],     sums over the steps
     "days": 75,                    the day on which the last step ends
     "steps": [{"order": 1, "solution": "COM-S3", "cost_per_year": 6000, "price": [2000, 6000], "running": [..],
                "one_off": [..], "count": 18, "typical_count": false, "start_day": 0, "days": 10, "end_day": 10,
                "form": "saas", "pool": "H", "shared": false, "fixed": false,
                "why": ["duty:dust", "fixed", "gate:score", "need:MOL-S2"],
                "needs": [{"condition": "C10>=2", "by": ["COM-S1"]}],     what earlier steps had to bring about first
                "raises": {"C20": [1, 2]},                                beyond the steps that end before it
                "after": {"level": 1, "score": "38.5", "cost": 6000},     when it ends: all that has ended by then
                "check": ["layout_stable=true"]}],                        conditions on facts that are not stated
     "duties": [...],               as in a result: owed by law, never a step
     "after": {"level": 2, "score": "46.1", "gates": {...}},
     "runner_up": {"cost_per_year": 58000, "days": 80, "solutions": [...]} or null,
     "missing": [{"gate": "score", "short": "3.5", "because": "catalogue"}],      only where unreachable
     "nearest": {"level": 1, "score": "36.5", "cost_per_year": 30000, "solutions": [...], "gates": {...}}}

`status` already_there has no steps; unreachable has no `cost_per_year` and no steps. `gate` is score, scenes or starred
for a level, else dimension, chain or scenes; `because` is catalogue, without (what was ruled out would help), budget or
max_solutions, and for the last two `least` is the smallest budget or number that would do with the other limit as it
is (null where that alone does not help). `why`: gate:G, without it gate G would fail; need:S, without it S could not
start; fixed; duty:D, it is a remedy of that open duty.

`alternatives` gives {"staffed", "fastest", "fewest", "rented"}, each {"cost_per_year", "days", "solutions"} or null.
"staffed" is the cheapest way that also places the people whom G13 asks for, so that no system waits for another year;
null where that ends no sooner. "fastest" ends first of four ways: the cheapest and the one with the fewest days of work
in sum, each with and without those people. "fewest" has the fewest solutions, which is the fewest contracts. "rented"
buys no hardware alone: software as a service, shared centres, services and training, or what is commonly bought by a
pool (pool H).

`sensitivity` gives {"price_30": {S: {"cost_per_year", "changes"}}, "without": {S: cost or null}, "worst_unknown":
{"status", "level", "cost_per_year", "solutions"}}: each step dearer by 30 %, each step ruled out, and every condition
on a fact that is not stated taken as not met (unanswered items count as nothing already).

G12 limits first steps only; a route is limited by its budget. What is taken as not applicable stays so.

Each raises WishError for a wish that cannot be meant, and RouteError where the simulation does not confirm the route.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from math import ceil, inf
from typing import Any

from scoring.answers import Document
from scoring.content.catalogue import Catalogue
from scoring.content.model import Solution
from scoring.duties import duties
from scoring.official import standing
from scoring.route.goals import Goal, gaps
from scoring.route.programme import Programme
from scoring.route.reach import Reach
from scoring.route.schedule import Slot, schedule, staffing
from scoring.route.search import Chosen, Search
from scoring.route.shortfall import shortfall
from scoring.route.steps import confirm, reached, steps
from scoring.route.wish import Wish, check, check_fixed

DEARER = (13, 10)
RENTED_FORMS = ("saas", "shared", "service", "training")


def next_level(document: Document, catalogue: Catalogue) -> Goal:
    """The goal of a firm that names none: the next official level, or the highest where it is reached."""
    edition = catalogue.edition
    return Goal("level", min(standing(document, edition).level + 1, edition.gates[-1].level))


def route(document: Document, catalogue: Catalogue, wish: Wish) -> dict[str, Any]:
    """The cheapest route of a firm, or why there is none. The shape stands above."""
    firm = _Firm(document, catalogue, wish)
    if firm.arrived:
        return firm.head("already_there") | {"cost_per_year": 0, "days": 0, "steps": [], "runner_up": None}
    best = firm.search.best_two()
    if not best:
        return firm.head("unreachable") | {"steps": [], "runner_up": None} | shortfall(firm.search, wish)
    slots = firm.slots(best[0])
    found = steps(firm.reach, wish.goal, slots, firm.remedies, wish.fixed)
    return firm.head("optimal") | {
        "cost_per_year": sum(s["cost_per_year"] for s in found),
        **{k: [sum(s[k][0] for s in found), sum(s[k][1] for s in found)] for k in ("price", "running", "one_off")},
        "days": max(s.end for s in slots),
        "steps": found,
        "after": reached(firm.reach, best[0]),
        "runner_up": firm.brief(best[1]) if len(best) > 1 else None,
    }


def alternatives(document: Document, catalogue: Catalogue, wish: Wish) -> dict[str, Any]:
    """Other ways to the same goal under the same limits."""
    rented = [s.id for s in catalogue.solutions.values() if is_rented(s)]
    quick = replace(wish, by="days")
    cheapest, staffed = (_other(document, catalogue, wish, staffed=people) for people in (False, True))
    ways = [cheapest, staffed, *(_other(document, catalogue, quick, staffed=people) for people in (False, True))]
    sooner = cheapest and staffed and staffed["days"] < cheapest["days"]
    fewest = _other(document, catalogue, replace(wish, by="number"))
    return {
        "staffed": staffed if sooner else None,
        "fastest": min((w for w in ways if w), key=lambda w: (w["days"], w["cost_per_year"]), default=None),
        "fewest": fewest,
        "rented": _other(document, catalogue, wish, rented),
    }


def is_rented(solution: Solution) -> bool:
    """Whether it asks a firm to buy no hardware alone."""
    return solution.form in RENTED_FORMS or solution.pool == "H"


def sensitivity(document: Document, catalogue: Catalogue, wish: Wish) -> dict[str, Any]:
    """What would change the cheapest route: a dearer step, a step ruled out, unstated facts at their worst."""
    firm = _Firm(document, catalogue, wish)
    best = (None if firm.arrived else firm.search.best()) or ()
    prices = firm.search.prices
    cost = sum(prices[n] for n in best)
    without: dict[str, int | None] = {}
    dearer: dict[str, dict[str, Any]] = {}
    for name in best:
        other = None if name in wish.fixed else firm.search.solve(prices, [firm.search.without([name])])
        instead = without[name] = sum(prices[n] for n in other) if other else None
        more = cost - prices[name] + ceil(prices[name] * DEARER[0] / DEARER[1])
        changes = (wish.budget is not None and more > wish.budget) or (instead is not None and instead < more)
        dearer[name] = {"cost_per_year": instead if changes else more, "changes": changes}
    return {"price_30": dearer, "without": without, "worst_unknown": _worst(document, catalogue, wish)}


def _worst(document: Document, catalogue: Catalogue, wish: Wish) -> dict[str, Any]:
    firm = _Firm(document, catalogue, wish, unstated=False)
    best = firm.search.best() if not firm.arrived and firm.possible else None
    status = "already_there" if firm.arrived else "optimal" if best else "unreachable"
    found = firm.brief(best) if best else {"cost_per_year": 0 if firm.arrived else None, "solutions": []}
    level = reached(firm.reach, best or ())["level"]
    return {"status": status, "level": level, **found}


def _other(
    document: Document, catalogue: Catalogue, wish: Wish, only: Collection[str] | None = None, staffed: bool = False
) -> dict[str, Any] | None:
    """A best way among `only` these solutions; `staffed`: it also places the people whom G13 asks for."""
    firm = _Firm(document, catalogue, wish, only)
    if firm.arrived or not firm.possible or (staffed and not firm.staff()):
        return None
    best = firm.search.best()
    return firm.brief(best) if best else None


class _Firm:
    """One firm and its wish, checked, with the programme. `only` limits the catalogue; `unstated` as in `reduced`."""

    def __init__(
        self,
        document: Document,
        catalogue: Catalogue,
        wish: Wish,
        only: Collection[str] | None = None,
        unstated: bool = True,
    ) -> None:
        check(wish, document, catalogue)
        self.document, self.catalogue, self.wish = document, catalogue, wish
        allowed = [n for n in catalogue.plans if n not in wish.without and (only is None or n in only)]
        self.reach = Reach(document, catalogue, allowed, unstated)
        if only is None and unstated:
            check_fixed(wish, self.reach)
        self.arrived = not gaps(wish.goal, document, document, catalogue)
        self.possible = wish.fixed <= self.reach.plans.keys()
        self.search = Search(Programme(self.reach), wish.goal, wish.by)
        self.search.limit(wish.budget, wish.most)
        self.search.fixed = wish.fixed & self.reach.plans.keys()
        self.owed = duties(document, catalogue, self.reach.start)
        self.remedies: dict[str, list[str]] = {}
        for duty in self.owed:
            for name in () if duty["notice"] else catalogue.duties[duty["id"]].remedies:
                self.remedies.setdefault(name, []).append(duty["id"])

    def staff(self) -> bool:
        """Asks the programme for what lifts G13, so that systems need not wait for another year."""
        made = self.search.programme.final(staffing(self.reach))
        if made is False or made is True:
            return False
        self.search.limits.append(({made: 1}, 1, inf))
        return True

    def head(self, status: str) -> dict[str, Any]:
        goal = self.wish.goal
        return {
            "from": standing(self.document, self.catalogue.edition).level,
            "target": goal.level if goal.kind == "level" else None,
            "goal": asdict(goal),
            "wish": self.wish.shown(),
            "status": status,
            "duties": self.owed,
            "after": reached(self.reach, ()),
        }

    def slots(self, chosen: Chosen) -> list[Slot]:
        return schedule(self.reach, self.reach.order(chosen)[0], self.wish.parallel, self.remedies)

    def brief(self, chosen: Chosen) -> dict[str, Any]:
        slots = self.slots(chosen)
        names = [s.solution for s in slots]
        confirm(self.reach, self.wish.goal, names)
        cost = sum(self.search.prices[n] for n in chosen)
        return {"cost_per_year": cost, "days": max(s.end for s in slots), "solutions": names}

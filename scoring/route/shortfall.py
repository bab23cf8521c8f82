"""Why a goal cannot be reached, and how near the firm can come to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scoring.official import standing
from scoring.route.goals import Goal, measured, shown
from scoring.route.goals import gaps as lacking
from scoring.route.programme import Programme
from scoring.route.reach import Reach
from scoring.route.search import Chosen, Search
from scoring.route.steps import reached
from scoring.route.wish import Wish


def shortfall(search: Search, wish: Wish) -> dict[str, Any]:
    """`missing` and `nearest` of a route that is unreachable."""
    near = _nearest(search, wish, wish.budget, wish.most)
    reach = search.reach
    cost = sum(search.prices[n] for n in near)
    nearest = {**reached(reach, near), "cost_per_year": cost, "solutions": reach.order(near)[0]}
    free = _limited(search, wish, None, None)
    none = free.solve(search.prices) is None
    missing = _by_catalogue(search, wish) if none else _by_limits(search, wish, near)
    return {"missing": missing, "nearest": nearest}


def _limited(
    search: Search, wish: Wish, budget: int | None, most: int | None, goal: Goal | None = None, aim: bool = True
) -> Search:
    made = Search(search.programme, goal or search.goal, aim=aim)
    made.fixed = wish.fixed
    made.limit(budget, most)
    return made


def _nearest(search: Search, wish: Wish, budget: int | None, most: int | None) -> Chosen:
    """The set that comes nearest: the highest level, then the score (or the row of the goal), then the price."""
    reach, goal = search.reach, wish.goal
    tries: list[tuple[Goal, bool]] = [(goal, False)]
    if goal.kind == "level":
        at = standing(reach.document, reach.catalogue.edition).level
        tries = [(replace(goal, level=n), True) for n in range(goal.level - 1, at, -1)] + tries
    for aimed, asked in tries:
        made = _limited(search, wish, budget, most, aimed, asked)
        gate = made.gates[0]
        found = made.most(gate)
        if found and (asked or found[1] > measured(goal, gate, reach.document, reach.document, reach.catalogue)):
            return found[0]
    return ()


def _by_catalogue(search: Search, wish: Wish) -> list[dict[str, Any]]:
    """How far each gate alone stays out of reach at any price; where each can be had but not all, what then lacks."""
    reach = search.reach
    because = "without" if wish.without and _reachable(reach, replace(wish, without=frozenset())) else "catalogue"
    found: dict[str, Any] = {}
    made = _limited(search, wish, None, None, aim=False)
    for demand in made.gates:
        best = made.most(demand) if demand.least > 0 else None
        after = reach.after(best[0] if best else ())
        gaps = lacking(search.goal, reach.document, after, reach.catalogue)
        if demand.gate in gaps and demand.least > 0:
            found[demand.gate] = gaps[demand.gate]
    if not found:
        near = _nearest(search, wish, None, None)
        found = dict(lacking(search.goal, reach.document, reach.after(near), reach.catalogue))
    return [{"gate": g, "short": shown(g, s), "because": because} for g, s in found.items()]


def _reachable(reach: Reach, wish: Wish) -> bool:
    wider = Reach(reach.document, reach.catalogue)
    made = Search(Programme(wider), wish.goal)
    made.fixed = wish.fixed
    return wish.fixed <= set(wider.plans) and made.solve(made.prices) is not None


def _by_limits(search: Search, wish: Wish, near: Chosen) -> list[dict[str, Any]]:
    """What lacks at the nearest state, for each limit that stands in the way, with the least that would do."""
    gaps = lacking(search.goal, search.reach.document, search.reach.after(near), search.reach.catalogue)
    one = dict.fromkeys(search.prices, 1)
    reasons = []
    for because, key, alone, other in (
        ("budget", search.prices, (wish.budget, None), (None, wish.most)),
        ("max_solutions", one, (None, wish.most), (wish.budget, None)),
    ):
        if alone == (None, None):
            continue
        found = _limited(search, wish, *other).solve(key)
        if found is not None or _limited(search, wish, *alone).solve(search.prices) is None:
            reasons.append((because, None if found is None else sum(key[n] for n in found)))
    return [
        {"gate": g, "short": shown(g, s), "because": because, "least": least}
        for because, least in reasons
        for g, s in gaps.items()
    ]

"""The steps of a route as they are shown, each confirmed by the simulation and shown to be needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.conditions import MISSING, NA
from scoring.effects import simulate
from scoring.errors import CannotStart
from scoring.official import decimal, gates, standing
from scoring.route.goals import Goal, gaps
from scoring.route.reach import Reach
from scoring.route.schedule import Slot


class RouteError(RuntimeError):
    """The simulation does not confirm a route: a fault of the program."""


def steps(
    reach: Reach, goal: Goal, slots: Sequence[Slot], remedies: Mapping[str, Sequence[str]], fixed: frozenset[str]
) -> list[dict[str, Any]]:
    """The `steps` of a route by start. `remedies`: open duties by solution. Raises RouteError."""
    names = [s.solution for s in slots]
    confirm(reach, goal, names)
    raises = _raises(reach, slots)
    found = []
    for order, slot in enumerate(slots, 1):
        name, cost = slot.solution, reach.prices[slot.solution]
        solution = reach.plans[name].solution
        why = _why(reach, goal, names, name)
        if not why and name not in fixed:
            raise RouteError(f"{name} is not needed for {goal}")
        ended = [s.solution for s in slots if s.end <= slot.end]
        at = standing(reach.after(ended), reach.catalogue.edition)
        found.append(
            {
                "order": order,
                "solution": name,
                "cost_per_year": cost.first_year[1],
                "price": list(cost.first_year),
                "running": list(cost.running),
                "one_off": list(cost.one_off),
                "count": cost.count,
                "typical_count": cost.typical,
                "start_day": slot.start,
                "days": slot.end - slot.start,
                "end_day": slot.end,
                "form": solution.form,
                "pool": solution.pool,
                "shared": solution.shared,
                "fixed": name in fixed,
                "why": [*(f"duty:{d}" for d in remedies.get(name, ())), *(["fixed"] if name in fixed else []), *why],
                "needs": _needs(reach, slots, slot, raises),
                "raises": raises[name],
                "after": {
                    "level": at.level,
                    "score": decimal(at.score),
                    "cost": sum(reach.prices[n].first_year[1] for n in ended),
                },
                "check": _unstated(reach, name, [s.solution for s in slots if s.end <= slot.start]),
            }
        )
    return found


def confirm(reach: Reach, goal: Goal, names: Sequence[str]) -> None:
    """Raises RouteError unless the simulation, in this order, reaches the goal and ends where the route says."""
    try:
        after = simulate(reach.document, reach.catalogue, names)
    except CannotStart as error:
        raise RouteError(str(error)) from error
    lacking = gaps(goal, reach.document, after, reach.catalogue)
    if lacking or after != reach.after(names):
        raise RouteError(f"the simulation of {', '.join(names)} lacks {lacking}")


def reached(reach: Reach, names: Sequence[str]) -> dict[str, Any]:
    """Level, score and gates with these solutions in effect."""
    edition = reach.catalogue.edition
    at = standing(reach.after(names), edition)
    return {"level": at.level, "score": decimal(at.score), "gates": gates(edition, at)}


def _why(reach: Reach, goal: Goal, names: Sequence[str], name: str) -> list[str]:
    """Gates that fail without this step, and steps that could then not start."""
    others = [n for n in names if n != name]
    order, stuck = reach.order(others)
    failing = gaps(goal, reach.document, reach.after(others), reach.catalogue)
    before, with_it = reach.levels(order), reach.levels([*order, name])
    waits = [n for n in others if n in stuck and len(reach.unmet(n, with_it)) < len(reach.unmet(n, before))]
    if not failing and not waits:  # it makes way for them before machines are connected
        waits = [n for n in others if n in stuck]
    return [*(f"gate:{g}" for g in failing), *(f"need:{n}" for n in waits)]


def _raises(reach: Reach, slots: Sequence[Slot]) -> dict[str, dict[str, list[int]]]:
    """What each step raises beyond those that end before it: topic → [from, to]."""
    found: dict[str, dict[str, list[int]]] = {}
    done: list[str] = []
    for slot in sorted(slots, key=lambda s: s.end):
        before, after = reach.levels(done), reach.levels([*done, slot.solution])
        done.append(slot.solution)
        found[slot.solution] = {
            topic: [max(_level(before[topic]), 0), to]
            for topic, to in after.items()
            if to != NA and to > max(_level(before[topic]), 0)
        }
    return found


def _level(level: int) -> int:
    return MISSING if level == NA else level


def _needs(
    reach: Reach, slots: Sequence[Slot], slot: Slot, raises: Mapping[str, Mapping[str, list[int]]]
) -> list[dict[str, Any]]:
    """Conditions of a step that did not hold at the start, and the earlier steps that brought them about."""
    plan = reach.plans[slot.solution]
    earlier = sorted((s for s in slots if s.end <= slot.start), key=lambda s: s.end)
    found = []
    for condition in [*(c for _, unless in plan.guards for c in unless), *plan.needs]:
        if condition.test(reach.start, reach.document.facts) is not False:
            continue
        topics = {topic for topic, _, _ in condition.topics}
        by: list[str] = []
        for n, s in enumerate(earlier, 1):
            if topics & raises[s.solution].keys():
                by.append(s.solution)
            if condition.test(reach.levels([e.solution for e in earlier[:n]]), reach.document.facts) is not False:
                break
        found.append({"condition": condition.text, "by": by})
    return found


def _unstated(reach: Reach, name: str, done: Sequence[str]) -> list[str]:
    """Conditions that hang on facts which the firm has not stated."""
    plan, levels = reach.plans[name], reach.levels(done)
    conditions = [*plan.applies, *(c for _, unless in plan.guards for c in unless), *plan.needs]
    return list(dict.fromkeys(c.text for c in conditions if c.test(levels, reach.document.facts) is None))

"""When the steps of a route start: what each needs, how many projects the firm carries at once, and G13.

G13: while nobody is placed to get systems used (C04 below its limit), at most two new systems start in a year of the
route; software, apps and boxes count. The schedule comes after the choice and never makes a route unreachable: a start
only moves later, into the next year where it must. Remedies of an open legal duty, and what they wait for, start first.
Of a few ways to put waiting steps in order the first is taken unless another ends clearly sooner: groundwork (codes, a
plan, rules, people) before systems, what is soon done before what takes long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from scoring.conditions import parse_all
from scoring.recommend import SYSTEM_FORMS
from scoring.route.reach import Clause, Reach, holds, reduced

YEAR = 365
PER_YEAR = 2
RULE = "G13"
SLACK = 1.1  # a calendar that ends this much later is taken for its better order

Rule = Callable[[str], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Slot:
    """A step in time: days from the start of the route, `end` excluded."""

    solution: str
    start: int
    end: int


def schedule(reach: Reach, order: Sequence[str], parallel: int, first: Collection[str]) -> list[Slot]:
    """The slots of these solutions by start. `order`: one in which they can start; `first`: remedies, before others."""
    plan = _Plan(reach, order, parallel)
    place = {n: i for i, n in enumerate(order)}
    first = plan.with_what_they_wait_for(first)
    tail = plan.tails()
    least = max([0, *tail.values(), -(-sum(plan.days.values()) // parallel)])
    rules: tuple[Rule, ...] = (
        lambda n: (n not in first, n not in plan.people, plan.system(n), plan.days[n], place[n]),
        lambda n: (n not in first, n not in plan.people, -tail[n], place[n]),
        lambda n: (n not in first, -tail[n], -plan.days[n], place[n]),
        lambda n: (n not in first, place[n]),
    )
    best: list[Slot] = []
    for rule in rules:
        slots = plan.listed(rule)
        if slots and plan.keeps_order(slots) and (not best or _last(slots) * SLACK < _last(best)):
            best = slots
        if best and _last(best) <= least * SLACK:
            break
    return best or plan.in_turn()


def staffing(reach: Reach) -> list[Clause]:
    """What G13 asks for before more systems may start in a year; nothing where the trade has no such rule."""
    guard = reach.catalogue.guards.get(RULE)
    return reduced(parse_all(guard.unless), reach.document.facts) or [] if guard else []


def _last(slots: Sequence[Slot]) -> int:
    return max((s.end for s in slots), default=0)


class _Plan:
    """What the rules of the calendar need to know of a chosen set."""

    def __init__(self, reach: Reach, order: Sequence[str], parallel: int) -> None:
        self.reach, self.order, self.parallel = reach, order, parallel
        self.days = {n: reach.plans[n].solution.days[1] for n in order}
        guard = reach.catalogue.guards.get(RULE)
        self.per_year = max(1, int(guard.limits.get("per_year", PER_YEAR))) if guard else len(order)
        self.unless = staffing(reach)
        asked = {topic for clause in self.unless for topic, _ in clause}
        self.people = {n for n in order if asked & self._raised(n)}

    def _raised(self, name: str) -> set[str]:
        return {self.reach.catalogue.topic_of[item] for item, _, _ in self.reach.plans[name].raises}

    def tails(self) -> dict[str, int]:
        """Days from the start of each step to the end of the longest row of steps that wait for it."""
        tail: dict[str, int] = {}
        for i in range(len(self.order) - 1, -1, -1):
            name = self.order[i]
            raised = self._raised(name)
            after = [n for n in self.order[i + 1 :] if raised & self._waits_for(n)]
            tail[name] = self.days[name] + max((tail[n] for n in after), default=0)
        return tail

    def with_what_they_wait_for(self, first: Collection[str]) -> set[str]:
        """These steps, and the earlier ones that raise what they need."""
        found = {n for n in self.order if n in first}
        for i in range(len(self.order) - 1, -1, -1):
            raised = self._raised(self.order[i])
            if any(n in found and raised & self._waits_for(n) for n in self.order[i + 1 :]):
                found.add(self.order[i])
        return found

    def _waits_for(self, name: str) -> set[str]:
        return {topic for clause in self.reach.unmet(name, self.reach.start) for topic, _ in clause}

    def listed(self, rule: Rule) -> list[Slot]:
        """Whatever can start does, the first by the rule; then on to the next end or the next year."""
        slots: list[Slot] = []
        waiting, now = list(self.order), 0
        while waiting:
            running = sum(s.end > now for s in slots)
            levels = self._finished(slots, now)
            ready = [n for n in waiting if not self.reach.unmet(n, levels)]
            for name in sorted(ready, key=rule):
                if running < self.parallel and self._allowed(name, slots, now, levels):
                    slots.append(Slot(name, now, now + self.days[name]))
                    waiting.remove(name)
                    running += 1
            if not ready and not running:
                return []  # only where C32 came in between; `in_turn` finds a way
            now = _next(slots, now)
        return slots

    def in_turn(self) -> list[Slot]:
        """Starts in the order given, none before the one ahead of it."""
        slots: list[Slot] = []
        now = 0
        for name in self.order:
            while True:
                levels = self._finished(slots, now)
                room = sum(s.end > now for s in slots) < self.parallel
                if room and not self.reach.unmet(name, levels) and self._allowed(name, slots, now, levels):
                    break
                now = _next(slots, now)
            slots.append(Slot(name, now, now + self.days[name]))
        return slots

    def keeps_order(self, slots: Sequence[Slot]) -> bool:
        """Whether they can also be simulated in the order of their starts: false only where C32 comes in between."""
        if not self.reach.opens:
            return True
        names = [s.solution for s in slots]
        return all(not self.reach.unmet(n, self.reach.levels(names[:i])) for i, n in enumerate(names))

    def _finished(self, slots: Sequence[Slot], now: int) -> dict[str, int]:
        return self.reach.levels(s.solution for s in slots if s.end <= now)

    def _allowed(self, name: str, slots: Sequence[Slot], now: int, levels: dict[str, int]) -> bool:
        """G13 on the day of a start."""
        if not self.system(name) or all(holds(c, levels) for c in self.unless):
            return True
        year = now // YEAR
        return sum(self.system(s.solution) and s.start // YEAR == year for s in slots) < self.per_year

    def system(self, name: str) -> bool:
        """Whether it is a new system in the sense of G13."""
        return self.reach.plans[name].solution.form in SYSTEM_FORMS


def _next(slots: Sequence[Slot], now: int) -> int:
    """The next day on which something may change: a project ends or a year begins."""
    return min([*(s.end for s in slots if s.end > now), (now // YEAR + 1) * YEAR])

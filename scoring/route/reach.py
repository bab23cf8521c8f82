"""What a firm can start, and where it then stands: the states that sets of solutions lead to, judged by the simulation.

Conditions hang on levels and facts. Facts do not change on the way, so here each condition is reduced to clauses of
levels: every clause must hold, a clause holds when one of its (topic, level) pairs does.

Effects only raise, so a set of solutions can start in some order exactly when starting whatever can start leaves none
over. One thing goes the other way: the security of connected machines (C32) is "na", which meets every condition,
until the first solution that connects machines takes effect. So the others start first, then the one that connects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from scoring.answers import Document
from scoring.capability import capability_levels
from scoring.conditions import MISSING, NA, Condition, is_topic
from scoring.content.catalogue import Catalogue, Plan
from scoring.costs import Price, price
from scoring.effects import SECURED, apply

Pair = tuple[str, int]
Clause = tuple[Pair, ...]


def reduced(conditions: Iterable[Condition], facts: Mapping[str, object], unstated: bool = True) -> list[Clause] | None:
    """The clauses of levels left when the facts are known; None where the facts alone already fail.

    `unstated`: whether a fact that is not stated counts as met (a guard stays silent) or as not met.
    """
    left = []
    for condition in conditions:
        for clause in condition.clauses:
            pairs: list[Pair] = []
            for name, operator, value in clause:
                if is_topic(name):
                    pairs.append((name, value))
                    continue
                has = facts.get(name)
                if unstated if has is None else _compare(has, operator, value):
                    break
            else:
                if not pairs:
                    return None
                left.append(tuple(pairs))
    return left


def _compare(has: object, operator: str, value: object) -> bool:
    if operator == "=":
        return has == value
    if operator == "!=":
        return has != value
    return bool(has >= value if operator == ">=" else has < value)  # type: ignore[operator]


class Reach:
    """A firm before its route. `plans`: every solution that could start at some time; `clauses`: when it can.

    `unstated` as in `reduced`; `only` limits the catalogue to these ids.
    """

    def __init__(
        self, document: Document, catalogue: Catalogue, only: Collection[str] | None = None, unstated: bool = True
    ) -> None:
        self.document, self.catalogue = document, catalogue
        self.start = capability_levels(document, catalogue)
        self.opens = self.start.get(SECURED) == NA
        self._states: dict[frozenset[str], tuple[Document, dict[str, int]]] = {}
        self.clauses: dict[str, list[Clause]] = {}
        for name, plan in catalogue.plans.items():
            if only is not None and name not in only:
                continue
            clauses = self._clauses(plan, unstated)
            if clauses is not None and self._raises(plan):
                self.clauses[name] = clauses
        started = self._ever()
        self.clauses = {name: c for name, c in self.clauses.items() if name in started}
        self.plans: dict[str, Plan] = {name: catalogue.plans[name] for name in self.clauses}
        self.prices: dict[str, Price] = {
            name: price(plan.solution.cost, document.facts, catalogue) for name, plan in self.plans.items()
        }

    def after(self, chosen: Iterable[str]) -> Document:
        """The document with these solutions in effect."""
        return self._state(frozenset(chosen))[0]

    def levels(self, chosen: Iterable[str]) -> dict[str, int]:
        """Capability levels with these solutions in effect."""
        return self._state(frozenset(chosen))[1]

    def unmet(self, name: str, levels: Mapping[str, int]) -> list[Clause]:
        """The clauses that keep a solution from starting at these levels."""
        return [c for c in self.clauses[name] if not holds(c, levels)]

    def order(self, chosen: Collection[str]) -> tuple[list[str], set[str]]:
        """(an order in which they can start, those that cannot start whatever the order)."""
        return min(self._orders(chosen), key=lambda tried: len(tried[1]))

    def barriers(self, chosen: Collection[str], blocked: Collection[str]) -> list[tuple[set[str], set[str]]]:
        """(B, H) one by one: all of B start only where a solution of H is there too; what blocks this set.

        H is as small as can be found: whatever lies outside of it, even all together, does not let B start. As what
        starts from a set also starts from a wider one, this speaks of every set without H.
        """
        alone = [name for name in sorted(blocked) if not self._starts({name}, chosen)]
        if alone:
            return [({name}, self._openers({name}, chosen)) for name in alone]
        both = set(chosen)  # each of them can start, but not all: connecting machines for one shuts out another
        for name in sorted(chosen):
            if not self._starts(both - {name}, chosen):
                both.remove(name)
        return [(both, self._openers(both, chosen))]

    def _orders(self, chosen: Collection[str]) -> Iterator[tuple[list[str], set[str]]]:
        """As `order`, for each solution that may be the first to connect machines."""
        listed = [name for name in self.plans if name in chosen]
        if not self.opens or not any(self.connects(name) for name in listed):
            yield self._chain([], listed)
            return
        closed, _ = self._chain([], [name for name in listed if not self.connects(name)])
        levels = self.levels(closed)
        ready = [n for n in listed if self.connects(n) and not self.unmet(n, levels)]
        first = [n for n in ready if self._asks_security(n)] or ready[:1]
        if not first:
            yield closed, set(listed) - set(closed)
        for name in first:  # once machines are connected, the others find C32 at 0
            yield self._chain([*closed, name], [n for n in listed if n not in closed and n != name])

    def _starts(self, names: Collection[str], within: Collection[str]) -> bool:
        """Whether all of these start in some order of what lies within."""
        return any(not blocked.intersection(names) for _, blocked in self._orders(within))

    def _openers(self, names: set[str], chosen: Collection[str]) -> set[str]:
        """What lies outside of a widest set around `chosen` from which `names` still do not start."""
        within = {*chosen}
        for name in self.plans:
            if name not in within and not self._starts(names, within | {name}):
                within.add(name)
        return set(self.plans) - within

    def connects(self, name: str) -> bool:
        return self.catalogue.plans[name].solution.connects_machines

    def _state(self, chosen: frozenset[str]) -> tuple[Document, dict[str, int]]:
        known = self._states.get(chosen)
        if known is None:
            plans = [plan for name, plan in self.catalogue.plans.items() if name in chosen]
            document = apply(self.document, self.catalogue, plans)
            known = self._states[chosen] = document, capability_levels(document, self.catalogue)
        return known

    def _clauses(self, plan: Plan, unstated: bool) -> list[Clause] | None:
        if any(not unless for _, unless in plan.guards):
            return None
        asked = [*plan.applies, *(c for _, unless in plan.guards for c in unless), *plan.needs]
        return reduced(asked, self.document.facts, unstated)

    def _raises(self, plan: Plan) -> bool:
        """G16: not where none of its sector topics applies."""
        own = [self.start.get(self.catalogue.topic_of[i], NA) for i in plan.sector_items]
        return not own or any(level != NA for level in own)

    def _asks_security(self, name: str) -> bool:
        return any(t == SECURED for c in self.clauses[name] for t, _ in c)

    def _ever(self) -> set[str]:
        """Every solution that could start if all did that can; what "na" meets stays met."""
        started: set[str] = set()
        while True:
            levels = self.levels(started)
            if self.opens:
                levels = {**levels, SECURED: NA}
            new = {
                n for n, clauses in self.clauses.items() if n not in started and all(holds(c, levels) for c in clauses)
            }
            if not new:
                return started
            started |= new

    def _chain(self, begun: list[str], waiting: list[str]) -> tuple[list[str], set[str]]:
        started, waiting = list(begun), list(waiting)
        while waiting:
            levels = self.levels(started)
            ready = [n for n in waiting if not self.unmet(n, levels)]
            if not ready:
                break
            started += ready
            waiting = [n for n in waiting if n not in ready]
        return started, set(waiting)


def holds(clause: Clause, levels: Mapping[str, int]) -> bool:
    return any(levels.get(topic, MISSING) >= level for topic, level in clause)

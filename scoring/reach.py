"""What a firm can start, and where it then stands: the states that sets of solutions lead to, judged by the simulation.

Conditions hang on levels and facts. Facts do not change on the way, so here each condition is reduced to clauses of
levels: every clause must hold, a clause holds when one of its (topic, level) pairs does.

Effects only raise, so a set of solutions can start in some order exactly when starting whatever can start leaves none
over. One thing goes the other way: the security of connected machines (C32) is "na", which meets every condition,
until the first solution that connects machines takes effect. So the others start first, then the one that connects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from scoring.answers import Document
from scoring.capability import capability_levels
from scoring.conditions import MISSING, NA, Condition, is_topic
from scoring.content.catalogue import Catalogue, Plan
from scoring.costs import Price, price
from scoring.effects import SECURED, SYSTEMS, apply

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
        listed = [name for name in self.plans if name in chosen]
        if not self.opens or not any(self.connects(name) for name in listed):
            return self._chain([], listed)
        closed, rest = self._chain([], [name for name in listed if not self.connects(name)])
        levels = self.levels(closed)
        ready = [n for n in listed if self.connects(n) and not self.unmet(n, levels)]
        first = [n for n in ready if self._asks_security(n)] or ready[:1]
        best: tuple[list[str], set[str]] = closed, set(listed) - set(closed)
        for name in first:  # once machines are connected, the others find C32 at 0
            tried = self._chain([*closed, name], [n for n in listed if n not in closed and n != name])
            if len(tried[1]) < len(best[1]):
                best = tried
        return best

    def barrier(self, started: Collection[str], blocked: Collection[str]) -> tuple[set[str], set[str]]:
        """(B, H): solutions that wait for each other, and those outside of which one must come for all of B to start.

        B is as small as can be found. Falls back to "not exactly this set" where C32 is what they wait for.
        """
        levels = self.levels(started)
        helpers: dict[str, set[str]] = {}
        for name in blocked:
            waits = [c for c in self.unmet(name, levels) if not (self.opens and any(t == SECURED for t, _ in c))]
            if not waits:
                everything = {*started, *blocked}
                return everything, set(self.plans) - everything
            found = [self._helpers(clause, bool(started)) - {name} - set(started) for clause in waits]
            helpers[name] = min(found, key=lambda h: (len(h & set(blocked)), len(h)))
        reaches = [_closure(name, helpers) for name in sorted(blocked)]
        circle = min(reaches, key=len)
        outside: set[str] = set().union(*(helpers[name] for name in circle)) - circle
        return circle, outside

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

    def _helpers(self, clause: Clause, begun: bool) -> set[str]:
        """Every solution that could, alone or with others, bring this clause about."""
        topics = {t for t, _ in clause}
        systems = self.catalogue.topic_of.get(SYSTEMS)
        while True:
            if systems in topics:
                if not begun:
                    return set(self.plans)  # the first solution, whichever it is, brings the claim up to the scenes
                topics |= {self.catalogue.topic_of[s] for s in self.catalogue.edition.scenes}
            found, wider = set(), set(topics)
            for name, plan in self.plans.items():
                for item, _, given in plan.raises:
                    if self.catalogue.topic_of[item] in topics:
                        found.add(name)
                        wider |= {a[0] for c in given for a in c.topics}
            if wider == topics:
                break
            topics = wider
        if self.opens and SECURED in topics:
            found |= {name for name in self.plans if self.connects(name)}
        return found


def holds(clause: Clause, levels: Mapping[str, int]) -> bool:
    return any(levels.get(topic, MISSING) >= level for topic, level in clause)


def _closure(name: str, helpers: Mapping[str, set[str]]) -> set[str]:
    seen, queue = {name}, [name]
    while queue:
        for other in helpers[queue.pop()]:
            if other in helpers and other not in seen:
                seen.add(other)
                queue.append(other)
    return seen

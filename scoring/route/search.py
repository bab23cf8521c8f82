"""The cheapest set of solutions that a programme allows: exact, with ties broken the same way everywhere.

Prices, days and counts are whole numbers and the solver leaves no gap. Ties are broken by solving again with the value
found as a bound, never by weights so large that floating point would blur them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import gcd, inf
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from scoring.route.goals import By, Demand, Goal, demands, gaps, measured
from scoring.route.programme import Programme, Row

Chosen = tuple[str, ...]  # ids, sorted
OPTIMAL, INFEASIBLE = 0, 2
BITS = 20
SWAPS = 20  # exchanges tried for a first bound
EXACT = 10**8  # weights of the solver stay below
TIED = 4  # so many sets that are equal in every key are listed one by one


ROUNDS = 40
"""How often a set is taken back before a search gives up; 20 have been seen to be enough."""


class SolverError(RuntimeError):
    """The solver gave neither an optimum nor a proof that there is none, or the simulation speaks against it."""


class Search:
    """Solves one programme for one goal. `keys`: what is minimised, one after the other, as weights of solutions; `key`
    is what comes first of all, `keys` hold it and the finer ones in as few as are exact."""

    def __init__(self, programme: Programme, goal: Goal, by: By = "cost", aim: bool = True) -> None:
        """`aim` False: the gates of the goal are measured, not asked for."""
        self.programme, self.goal, self.reach, self.aim = programme, goal, programme.reach, aim
        self.gates = demands(goal, programme)
        self.demands: list[Row] = [(d.row, d.least, inf) for d in self.gates if d.least > 0] if aim else []
        solution = {name: plan.solution for name, plan in self.reach.plans.items()}
        self.prices = {name: p.first_year[1] for name, p in self.reach.prices.items()}
        self.days = {name: s.days[1] for name, s in solution.items()}
        number = dict.fromkeys(solution, 1)
        longer = sum(self.days.values()) + 1
        keys: dict[By, tuple[dict[str, int], ...]] = {
            "cost": (self.prices, {n: longer + d for n, d in self.days.items()}),  # number first, then days
            "days": (self.days, self.prices, number),
            "number": (number, self.prices, self.days),
        }
        self.key = keys[by][0]
        self.keys = _merged(keys[by])
        self.places = {n: i for i, n in enumerate(sorted(self.reach.catalogue.plans), 1) if n in solution}
        self.cuts: list[Row] = []
        self.limits: list[Row] = []
        self.fixed: frozenset[str] = frozenset()

    def limit(self, budget: int | None = None, most: int | None = None) -> None:
        """Bounds on the sum of prices and on the number of solutions; None for no bound."""
        self.limits = []
        if budget is not None:
            self.limits.append(self._sum(self.prices, budget))
        if most is not None:
            self.limits.append(self._sum(dict.fromkeys(self.prices, 1), most))

    def best(self) -> Chosen | None:
        """The best set: by the keys one after the other, then the one with the earlier ids."""
        found = self.solve(self.keys[0])
        return found and self._first([found], [], 0)

    def best_two(self) -> list[Chosen]:
        """The best set, and the second: the best of those that do not contain it, see `second`."""
        found = self.solve(self.keys[0])
        if found is None:
            return []
        other = self.second(found)
        if other is None:
            return [found]
        least = self.value(self.key, found)
        if self.value(self.key, other) > least:
            return [found, other]
        best = self._first([found, other], [self._sum(self.key, least)], 0)
        if best == other:
            return [best, self.second(best, least) or found]
        return [best, other if best == found else min(found, other, key=self._by_places)]

    def second(self, best: Chosen, least: int | None = None) -> Chosen | None:
        """Of the sets that do not contain the best one: by the first key, then number, then the lower sum of places
        of its ids. In one solve: the weights stay small enough to be exact, or the later ones are left out.

        `least`: the value of the first key, where it is known."""
        finer = [dict.fromkeys(self.key, 1), self.places]
        weights, *_ = _merged(finer if least is not None else [self.key, *finer])
        rows = self._near(self.key, best) if least is None else [self._sum(self.key, least)]
        return self.solve(weights, [self.without(best), *rows])

    def _by_places(self, chosen: Chosen) -> tuple[object, ...]:
        """The order of `second` among sets that are equal in the first key."""
        return len(chosen), self.value(self.places, chosen), chosen

    def _first(self, known: Sequence[Chosen], rows: Sequence[Row], level: int) -> Chosen:
        """The best set within `rows`, which settle the keys before `level`. `known`: one or more that they allow."""
        key, last = self.keys[level], level == len(self.keys) - 1
        while True:
            least = min(self.value(key, k) for k in known)
            tied = [k for k in known if self.value(key, k) == least]
            further = self.solve(key, [*rows, self._sum(key, least), *map(self.without, tied)])
            value = inf if further is None else self.value(key, further)
            if further is None or value > least:  # within the tolerance of the solver
                return min(tied, key=self._rank)
            known = [*tied, further]
            if value == least and len(known) > (TIED if last else 1):
                rows = [*rows, self._sum(key, least)]
                return self._by_ids(rows) if last else self._first(known, rows, level + 1)

    def _near(self, key: Mapping[str, int], best: Chosen) -> list[Row]:
        """A bound on the second best: what it comes to when one solution is exchanged for one that raises the like.

        It spares the solver most of its search, and is left out where no exchange is found soon.
        """
        raised = {n: {item for item, _, _ in plan.raises} for n, plan in self.reach.plans.items()}
        pairs = sorted(
            (key[new] - key[old], old, new)
            for old in best
            if old not in self.fixed
            for new in raised
            if new not in best and key[new] >= key[old] and raised[new] & raised[old]
        )
        excluded = {n: set(plan.solution.excludes) for n, plan in self.reach.plans.items()}
        for more, old, new in pairs[:SWAPS]:
            swapped = tuple(n for n in best if n != old)
            if any(new in excluded[n] or n in excluded[new] for n in swapped):
                continue
            chosen = (*swapped, new)
            columns = {self.programme.x[n] for n in chosen}
            if any(sum(w for c, w in row.items() if c in columns) > most for row, _, most in self.limits):
                continue
            lacking = gaps(self.goal, self.reach.document, self.reach.after(chosen), self.reach.catalogue)
            if not lacking and not self.reach.order(chosen)[1]:
                return [self._sum(key, self.value(key, best) + more)]
        return []

    def without(self, chosen: Collection[str]) -> Row:
        """A row that forbids a set and whatever contains it."""
        return {self.programme.x[n]: 1 for n in chosen}, -inf, len(chosen) - 1

    def _by_ids(self, rows: Sequence[Row]) -> Chosen:
        """Of sets that are equal in every key the one with the earlier ids; `rows` allow some."""
        names, chosen = sorted(self.programme.x), set[str]()
        for block in (names[i : i + BITS] for i in range(0, len(names), BITS)):
            found = self.solve({n: -(1 << (BITS - 1 - i)) for i, n in enumerate(block)}, rows)
            if found is None:
                raise SolverError("no set within bounds that one was found in")
            rows = [*rows, *self._exactly(block, found)]
            chosen.update(n for n in block if n in found)
        return tuple(sorted(chosen))

    def _rank(self, chosen: Chosen) -> tuple[object, ...]:
        return (*(self.value(key, chosen) for key in self.keys), chosen)

    def _exactly(self, block: Sequence[str], found: Chosen) -> list[Row]:
        return [({self.programme.x[n]: 1}, float(n in found), float(n in found)) for n in block]

    def _sum(self, key: Mapping[str, int], most: int) -> Row:
        return {self.programme.x[n]: w for n, w in key.items()}, -inf, most

    def value(self, key: Mapping[str, int], chosen: Chosen) -> int:
        """The sum of a key over a set."""
        return sum(key[n] for n in chosen)

    def solve(self, key: Mapping[str, int], rows: Sequence[Row] = ()) -> Chosen | None:
        """A set of least weight that reaches the goal and can start in some order; None where there is none."""
        objective = {self.programme.x[n]: w for n, w in key.items()}
        for _ in range(ROUNDS):
            values = self.optimum(objective, [*self.demands, *rows])
            if values is None:
                return None
            chosen = self.chosen(values)
            if self.startable(chosen) and self.believed(chosen):
                return chosen
        raise SolverError(f"no proof after {ROUNDS} rounds")

    def most(self, demand: Demand) -> tuple[Chosen, int] | None:
        """(a cheapest set of those that bring a demand's row to the most, that most); None where no set is allowed."""
        rows: list[Row] = []
        found = self._true({c: -w for c, w in demand.row.items()}, demand, rows)
        if found is None:
            return None
        value = measured(self.goal, demand, self.reach.document, self.reach.after(found), self.reach.catalogue)
        if demand.row:
            rows.append((demand.row, value, inf))
        prices = {self.programme.x[n]: w for n, w in self.prices.items()}
        return self._true(prices, demand, rows) or found, value

    def _true(self, objective: Mapping[int, int], demand: Demand, rows: list[Row]) -> Chosen | None:
        """A best set whose row of a demand is no higher in the programme than in the simulation; adds to the rows."""
        while True:
            values = self.optimum(objective, [*self.demands, *rows])
            if values is None:
                return None
            chosen = self.chosen(values)
            if not (self.startable(chosen) and self.believed(chosen)):
                continue
            claimed = round(sum(w * values[c] for c, w in demand.row.items()))
            after = self.reach.after(chosen)
            true = measured(self.goal, demand, self.reach.document, after, self.reach.catalogue)
            if claimed <= true:
                return chosen
            row, least = self._beyond(chosen)
            most = sum(map(abs, demand.row.values()))
            doubt = {c: -most * w for c, w in row.items()}
            rows.append((_plus(demand.row, doubt), -inf, true + most * (1 - least)))

    def startable(self, chosen: Chosen) -> bool:
        """Whether they can start in some order; adds rows that forbid what keeps them from it."""
        _, blocked = self.reach.order(chosen)
        if not blocked:
            return True
        x = self.programme.x
        for names, openers in self.reach.barriers(chosen, blocked):
            self.cuts.append(({x[n]: -1 for n in names} | {x[n]: 1 for n in openers}, 1 - len(names), inf))
        return False

    def believed(self, chosen: Chosen) -> bool:
        """Whether the simulation confirms the goal; if not, adds a row that asks for something beyond this set."""
        if not self.aim or not gaps(self.goal, self.reach.document, self.reach.after(chosen), self.reach.catalogue):
            return True
        within = set(chosen)
        for name in self.reach.plans:  # the more it holds without reaching the goal, the more the row forbids
            if not self.reach.connects(name) or not self.reach.opens:
                after = self.reach.after(within | {name})
                if gaps(self.goal, self.reach.document, after, self.reach.catalogue):
                    within.add(name)
        self.cuts.append((*self._beyond(within), inf))
        return False

    def _beyond(self, within: Collection[str]) -> tuple[dict[int, int], int]:
        """(row, least) that ask for a solution outside of these, as all that lies within brings no more than they do.

        Where they connect machines and so turn C32 from "na" to 0, less may be more: then the row only speaks of sets
        that do so too.
        """
        row = {c: 1 for n, c in self.programme.x.items() if n not in within}
        if not self.reach.opens or not any(self.reach.connects(n) for n in within):
            return row, 1
        return _plus(row, {int(self.programme.opened): -1}), 0

    def chosen(self, values: np.ndarray) -> Chosen:
        return tuple(sorted(n for n, c in self.programme.x.items() if values[c] > 0.5))

    def optimum(self, objective: Mapping[int, int], rows: Sequence[Row]) -> np.ndarray | None:
        """Values of the columns at an optimum of the programme with these rows; None where none is feasible."""
        model = self.model(objective, rows)
        if model is None:
            return None
        result = milp(**model)
        if result.status == INFEASIBLE:
            return None
        if result.status != OPTIMAL:
            raise SolverError(f"the solver ended with: {result.message}")
        values: np.ndarray = result.x
        return values

    def model(self, objective: Mapping[int, int], rows: Sequence[Row]) -> dict[str, Any] | None:
        """What `scipy.optimize.milp` takes; None where a row without columns fails already."""
        size = len(self.programme.binary)
        every = [*self.programme.rows, *self.cuts, *self.limits, *rows]
        if any(not row and (low > 0 or high < 0) for row, low, high in every):
            return None
        cost, lower = np.zeros(size), np.zeros(size)
        for column, weight in objective.items():
            cost[column] = weight
        for name in self.fixed:
            lower[self.programme.x[name]] = 1
        filled = [row for row in every if row[0]]
        ends = np.cumsum([0, *(len(row) for row, _, _ in filled)], dtype=np.int32)
        weights = np.array([w for row, _, _ in filled for w in row.values()], dtype=float)
        columns = np.array([c for row, _, _ in filled for c in row], dtype=np.int32)
        matrix = csr_array((weights, columns, ends), shape=(len(filled), size))
        lows = np.array([low for _, low, _ in filled], dtype=float)
        highs = np.array([high for _, _, high in filled], dtype=float)
        return {
            "c": cost,
            "integrality": np.array(self.programme.binary, dtype=np.uint8),
            "bounds": Bounds(lower, np.ones(size)),
            "constraints": LinearConstraint(matrix, lows, highs),
            "options": {"mip_rel_gap": 0},
        }


def _merged(keys: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """As few keys that say the same: one after the other as one, while the weights stay small enough to be exact."""
    found: list[dict[str, int]] = []
    for key in keys:
        unit = gcd(*key.values()) or 1
        step = sum(key.values()) // unit + 1
        closer = {n: w * step + key[n] // unit for n, w in found[-1].items()} if found else {}
        if found and max(closer.values(), default=0) <= EXACT:
            found[-1] = closer
        else:
            found.append({n: w // unit for n, w in key.items()})
    return found


def _plus(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    return {c: one.get(c, 0) + other.get(c, 0) for c in (*one, *(c for c in other if c not in one))}

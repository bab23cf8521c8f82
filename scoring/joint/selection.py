"""Which firm takes which of its lifting sets: the mixed-integer programme of a joint programme over known columns.

One binary variable for each column (a firm and a set), one for each solution and price tier. What a tier saves counts
only while as many firms take the solution as the tier asks for. HiGHS works under a limit of nodes, which makes what it
finds the same everywhere, and of time, which only a machine far too slow would meet.

With `open_ends` a firm may also take "some set that is not known", at the least such a set can cost and with every
solution counted that it could hold: that is a relaxation, so what it allows is a bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from scoring.joint.lifting import Lifting
from scoring.joint.pooling import FULL, Tier, reached

Taken = dict[int, tuple[str, ...]]  # firm by its place → its set
TIMEOUT = 20.0  # seconds; the limit of nodes ends the search long before
SCALE = 100_000  # hundredths of a yuan in a unit of the solver: thousands of yuan
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen. `most`: no choice lifts more firms than this; `least`: none that lifts as many costs less
    (hundredths of a yuan). `open`: firms whose choice is a set not known yet."""

    taken: Taken
    most: int
    least: int
    open: tuple[int, ...] = ()


def spent(firms: Sequence[Lifting], taken: Taken, tiers: Mapping[str, tuple[Tier, ...]]) -> int | None:
    """What a choice costs in hundredths of a yuan, upper ends; None where a solution has too few firms to be had."""
    total = 0
    for name, users in users_of(taken).items():
        tier = reached(tiers[name], len(users))
        if tier is None:
            return None
        total += sum(tier.high(firms[i].list[name]) for i in users)
    return total


def users_of(taken: Taken) -> dict[str, list[int]]:
    """The firms that take each solution, in order."""
    found: dict[str, list[int]] = {}
    for i in sorted(taken):
        for name in taken[i]:
            found.setdefault(name, []).append(i)
    return dict(sorted(found.items()))


class Selector:
    """The programme over all columns known at the time. Budgets and costs are hundredths of a yuan."""

    def __init__(
        self,
        firms: Sequence[Lifting],
        tiers: Mapping[str, tuple[Tier, ...]],
        nodes: int,
        *,
        open_ends: bool = False,
    ) -> None:
        self.firms, self.nodes = firms, nodes
        self.columns = [(i, chosen) for i, f in enumerate(firms) for chosen in f.found]
        self.ends = [i for i, f in enumerate(firms) if f.rest is not None] if open_ends else []
        could: dict[str, set[int]] = {}
        for i, chosen in self.columns:
            for name in chosen:
                could.setdefault(name, set()).add(i)
        for i in self.ends:
            for name in firms[i].list:
                could.setdefault(name, set()).add(i)
        used = {name for _, chosen in self.columns for name in chosen}
        self.could = {name: could[name] for name in sorted(used)}
        self.tiers = {n: tuple(t for t in tiers[n] if t.firms <= len(could[n])) for n in self.could}
        self._number()
        self._rows()

    def _number(self) -> None:
        """Places of the variables: columns, open ends, tiers in force, spending at list price by tier."""
        self.first_end = len(self.columns)
        self.first_tier = self.first_end + len(self.ends)
        self.pairs = [(n, t) for n, steps in self.tiers.items() for t in steps]
        self.first_spend = self.first_tier + len(self.pairs)
        self.size = self.first_spend + len(self.pairs)

    def _rows(self) -> None:
        rows: list[tuple[dict[int, float], float, float]] = []
        by_firm: dict[int, dict[int, float]] = {}
        taking: dict[str, dict[int, float]] = {n: {} for n in self.could}
        spending: dict[str, dict[int, float]] = {n: {} for n in self.could}
        for j, (i, chosen) in enumerate(self.columns):
            by_firm.setdefault(i, {})[j] = 1
            for name in chosen:
                taking[name][j] = -1
                spending[name][j] = -self.firms[i].list[name] * FULL / SCALE
        for e, i in enumerate(self.ends, self.first_end):
            by_firm.setdefault(i, {})[e] = 1
            for name in self.firms[i].list:
                if name in taking:
                    taking[name][e] = -1
        rows += [(row, -inf, 1) for row in by_firm.values()]
        places: dict[str, list[tuple[int, int, Tier]]] = {n: [] for n in self.could}
        for k, (name, tier) in enumerate(self.pairs):
            places[name].append((self.first_tier + k, self.first_spend + k, tier))
        self.cost: dict[int, float] = {
            e: (self.firms[i].rest or 0) / SCALE for e, i in enumerate(self.ends, self.first_end)
        }
        for name, there in places.items():
            most = sum(self.firms[i].list[name] for i in self.could[name]) * FULL / SCALE
            rows.append(({**spending[name], **{s: 1.0 for _, s, _ in there}}, 0, 0))
            if there:
                rows.append(({y: 1.0 for y, _, _ in there}, -inf, 1))
            for y, s, tier in there:
                rows.append(({s: 1.0, y: -most}, -inf, 0))
                if tier.firms > 1:
                    rows.append(({**taking[name], y: float(tier.firms)}, -inf, 0))
                self.cost[s] = (FULL - tier.percent[0]) / FULL
        self.rows = rows

    def most(self, budget: int | None) -> Selection:
        """The most firms within the budget, and of these choices one that costs least."""
        if not self.columns:
            return Selection({}, 0, 0)
        counted = dict.fromkeys(range(self.first_tier), -1.0)
        limits = [] if budget is None else [(self.cost, -inf, budget / SCALE)]
        found = self._solve(counted, limits)
        values, bound = found if found else (np.zeros(self.size), -float(len(self.firms)))
        most = min(len(self.firms), floor(-bound + TOLERANCE))
        number = round(float(values[: self.first_tier].sum()))
        cheaper = self._solve(self.cost, [*limits, (dict.fromkeys(range(self.first_tier), 1.0), number, inf)])
        if cheaper is not None:
            values = cheaper[0]
        least = floor(cheaper[1] * SCALE + TOLERANCE) if cheaper is not None else 0
        taken = {self.columns[j][0]: self.columns[j][1] for j in range(self.first_end) if values[j] > 0.5}
        ends = tuple(i for e, i in enumerate(self.ends, self.first_end) if values[e] > 0.5)
        return Selection(taken, most, least, ends)

    def _solve(
        self, objective: Mapping[int, float], limits: Sequence[tuple[Mapping[int, float], float, float]]
    ) -> tuple[np.ndarray, float] | None:
        """(values, bound) of a least objective; None where nothing was found within the limits of the search."""
        every = [row for row in [*self.rows, *limits] if row[0]]
        cost = np.zeros(self.size)
        for place, weight in objective.items():
            cost[place] = weight
        starts = np.cumsum([0, *(len(row) for row, _, _ in every)], dtype=np.int32)
        weights = np.array([w for row, _, _ in every for w in row.values()], dtype=float)
        places = np.array([c for row, _, _ in every for c in row], dtype=np.int32)
        whole = np.ones(self.size, dtype=np.uint8)
        whole[self.first_spend :] = 0
        upper = np.ones(self.size)
        upper[self.first_spend :] = inf
        result = milp(
            c=cost,
            integrality=whole,
            bounds=Bounds(np.zeros(self.size), upper),
            constraints=LinearConstraint(
                csr_array((weights, places, starts), shape=(len(every), self.size)),
                np.array([low for _, low, _ in every], dtype=float),
                np.array([high for _, _, high in every], dtype=float),
            ),
            options={"mip_rel_gap": 0, "node_limit": self.nodes, "time_limit": TIMEOUT},
        )
        if result.x is None:
            return None
        bound = result.mip_dual_bound if result.mip_dual_bound is not None else -inf
        return result.x, float(bound)

"""The sets of solutions that lift one firm to its goal and of which no part does: the columns of a joint programme.

They come from the route's own programme, the cheapest first, so each is confirmed by the simulation. Weights are
positive, hence no part of a set that is found reaches the goal too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.answers import Document
from scoring.content.catalogue import Catalogue
from scoring.joint.pooling import Tier
from scoring.route.goals import Goal, gaps
from scoring.route.programme import Programme
from scoring.route.reach import Reach
from scoring.route.search import Search

Chosen = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm of a joint programme. `key` names it in the result; its catalogue is that of its trade."""

    key: str
    document: Document
    catalogue: Catalogue


class Lifting:
    """The lifting sets of one firm found so far. Prices are hundredths of a yuan, upper ends.

    `best`: the lowest price of each solution in any tier. `rest`: no set that is not in `found` costs less than this at
    these prices; None once every set is found.
    """

    def __init__(self, firm: Firm, goal: Goal, allowed: Collection[str]) -> None:
        self.firm, self.goal = firm, goal
        self.reach = Reach(firm.document, firm.catalogue, allowed)
        self.search = Search(Programme(self.reach), goal)
        self.list = {n: p.first_year[1] for n, p in self.reach.prices.items()}
        self.found: list[Chosen] = []
        self.best: dict[str, int] = {}
        self.rest: int | None = 0

    @property
    def lacking(self) -> dict[str, int | Fraction]:
        """What the goal lacks with all in effect that can ever start; empty where they only exclude each other."""
        return gaps(self.goal, self.firm.document, self.reach.after(self.reach.plans), self.firm.catalogue)

    def begin(self, tiers: Mapping[str, tuple[Tier, ...]]) -> bool:
        """Takes the lowest prices and finds the cheapest set at them; False where no set lifts this firm."""
        self.best = {n: min(t.high(price) for t in tiers[n]) for n, price in self.list.items()}
        return self.further()

    def further(self) -> bool:
        """Finds the cheapest set at the lowest prices of those not found yet; False where there is none."""
        chosen = self.search.solve(self.best, [self.search.without(c) for c in self.found]) if self.best else None
        if chosen is None:
            self.rest = None
            return False
        self.found.append(chosen)
        self.rest = self.cost(chosen, self.best)
        return True

    def cheapest(self, prices: Mapping[str, int]) -> bool:
        """Finds the cheapest set at these prices; True where it is new."""
        chosen = self.search.solve({n: prices[n] for n in self.list})
        if chosen is None or chosen in self.found:
            return False
        self.found.append(chosen)
        return True

    def cost(self, chosen: Chosen, prices: Mapping[str, int]) -> int:
        return sum(prices[n] for n in chosen)

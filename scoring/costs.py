"""What a solution costs a firm, in whole yuan, as a band [low, high]. Exact integers: prices steer the route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from scoring.content.catalogue import Catalogue
from scoring.content.model import Cost

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Price:
    """`running` a year and `one_off` once, each [low, high]; `first_year` is their sum.

    `typical`: the count is the trade's, not the firm's.
    """

    count: int
    typical: bool
    running: tuple[int, int]
    one_off: tuple[int, int]

    @property
    def first_year(self) -> tuple[int, int]:
        return self.running[0] + self.one_off[0], self.running[1] + self.one_off[1]


def price(cost: Cost, facts: Mapping[str, Any], catalogue: Catalogue) -> Price:
    """The price for a firm with these facts. The count is the firm's own, else the trade's typical size, at least 1."""
    count, typical = 1, False
    if isinstance(cost.count_from, int):
        count = cost.count_from
    else:
        stated = facts.get(cost.count_from)
        typical = stated is None
        count = max(1, ceil(catalogue.sector.typical.get(cost.count_from, 1) if stated is None else stated))
    times = count * MONTHS if cost.unit == "month" else count
    once = (0, 0)
    if cost.one_off:
        n = count if cost.one_off.per == "unit" else 1
        once = (cost.one_off.low * n, cost.one_off.high * n)
    return Price(count, typical, (cost.low * times, cost.high * times), once)

"""The cheapest route of one firm: goal and wish → programme → search → calendar and steps, confirmed by the simulation.

`goals` and `wish` say what is asked, `reach` what the firm can start, `programme` is the mixed-integer model, `search`
solves it, `shortfall` tells why there is no route, `schedule` and `steps` make the calendar; `cheapest` holds the shape
of the result.
"""

from __future__ import annotations

from scoring.route.cheapest import alternatives, is_rented, next_level, route, sensitivity
from scoring.route.goals import By, Goal, dimension, gaps
from scoring.route.search import SolverError
from scoring.route.steps import RouteError
from scoring.route.wish import PARALLEL, Wish, WishError

__all__ = [
    "PARALLEL", "By", "Goal", "RouteError", "SolverError", "Wish", "WishError", "alternatives", "dimension",
    "gaps", "is_rented", "next_level", "route", "sensitivity",
]  # fmt: skip

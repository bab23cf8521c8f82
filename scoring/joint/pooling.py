"""Prices of a joint programme: who buys, rents or runs a solution together pays less, by the number of firms.

Prices stay exact: they are counted in hundredths of a yuan, as a per cent of a whole price is a whole number of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.content.catalogue import Catalogue
from scoring.content.model import Pool, Solution

FULL = 100
RENTED, TAUGHT = ("saas", "app"), ("service", "training")


@dataclass(frozen=True, slots=True)
class Tier:
    """From `firms` on, `percent` off the list price: (cautious, hopeful)."""

    firms: int
    percent: tuple[int, int]

    def high(self, price: int) -> int:
        """The upper end of a list price (yuan) in this tier, in hundredths of a yuan."""
        return price * (FULL - self.percent[0])

    def low(self, price: int) -> int:
        """The lower end likewise."""
        return price * (FULL - self.percent[1])


ALONE = Tier(1, (0, 0))


def kind(solution: Solution) -> str:
    """What a joint programme of a solution is: shared (a centre), rented (a platform), bought, or taught."""
    if solution.shared or solution.form == "shared":
        return "shared"
    return "rented" if solution.form in RENTED else "taught" if solution.form in TAUGHT else "bought"


def tiers(solution: Solution, catalogue: Catalogue, *, alone: bool = True) -> tuple[Tier, ...]:
    """The tiers of a solution, the dearest first; `alone`: it may also be bought by one firm, at its list price.

    A solution without a pool (L, or none for its form) has no joint tier.
    """
    pool = pool_of(solution, catalogue)
    joint = [Tier(t.firms, t.percent) for t in pool.tiers] if pool else []
    return tuple([ALONE, *joint] if alone else joint)


def pool_of(solution: Solution, catalogue: Catalogue) -> Pool | None:
    """What the content says of having a solution together; None where it says nothing."""
    form = "shared" if kind(solution) == "shared" else solution.form
    return next((p for p in catalogue.pools if form in p.forms and solution.pool in p.pools), None)


def reached(steps: Sequence[Tier], firms: int) -> Tier | None:
    """The tier that so many firms reach; None where they are too few for any."""
    return max((t for t in steps if t.firms <= firms), key=lambda t: t.firms, default=None)


def next_after(steps: Sequence[Tier], firms: int) -> Tier | None:
    """The tier that more firms would reach; None at the top."""
    return min((t for t in steps if t.firms > firms), key=lambda t: t.firms, default=None)

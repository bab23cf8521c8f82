"""The coordinator's table: which firms, in which order. Plain values in and out; unknown wishes are ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.queries.clusters import Standing
from scoring.content.model import DIMENSIONS

_KEYS: dict[str, Callable[[Standing], Any]] = {
    "name": lambda s: s.name.casefold(),
    "level": lambda s: None if s.level is None or s.score is None else (s.level, s.score),
    "score": lambda s: s.score,
    "index": lambda s: s.index,
    "evidence": lambda s: s.evidence,
    "submitted": lambda s: s.submitted_at,
}
SORTS = (*_KEYS, *DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the coordinator asked for: an order and two filters, checked against what there is."""

    sort: str = "level"
    rising: bool = False
    sector: str = ""
    town: str = ""

    def values(self, **changes: str) -> dict[str, str]:
        """The wish as query values, without what is the default; `changes` replace some."""
        sort = "" if (self.sort, self.rising) == ("level", False) else self.sort if self.rising else f"-{self.sort}"
        wanted = {"sort": sort, "sector": self.sector, "town": self.town, **changes}
        return {name: value for name, value in wanted.items() if value}


def read_wish(args: Mapping[str, str], standings: Sequence[Standing]) -> Wish:
    """The wish in a query string; whatever does not exist here is the default. `sort` is "-score" or "score"."""
    sort = args.get("sort", "")
    name = sort.removeprefix("-")
    known = name in SORTS
    sector, town = args.get("sector", ""), args.get("town", "")
    return Wish(
        sort=name if known else "level",
        rising=known and not sort.startswith("-"),
        sector=sector if any(s.sector == sector for s in standings) else "",
        town=town if any(s.town == town for s in standings) else "",
    )


def arrange(standings: Sequence[Standing], wish: Wish) -> list[Standing]:
    """The firms that match, in order; those without a value stand last either way, ties by name."""
    key: Callable[[Standing], Any] = _KEYS.get(wish.sort) or (lambda s: s.dimensions.get(wish.sort))
    chosen = [
        s for s in standings if wish.sector in ("", s.sector) and wish.town in ("", s.town)
    ]  # fmt: skip
    chosen.sort(key=lambda s: (s.name.casefold(), str(s.firm_id)))
    with_value = [s for s in chosen if key(s) is not None]
    with_value.sort(key=key, reverse=not wish.rising)
    return with_value + [s for s in chosen if key(s) is None]


def mean(values: Sequence[Decimal | float | None]) -> float | None:
    """The mean of what is there; None of nothing."""
    there = [float(v) for v in values if v is not None]
    return sum(there) / len(there) if there else None

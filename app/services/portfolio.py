"""Which firms of a consultant are shown, in which order, on which page. Plain values; unknown wishes are ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.queries.access import today
from app.queries.engagements import STAGES, Advised

PER_PAGE = 50


def _by_visit(firm: Advised, day: date) -> tuple[int, int]:
    """Visits to come, nearest first; then firms without a day; then visits past, last one first."""
    if firm.visit_on is None:
        return 1, 0
    return (0, firm.visit_on.toordinal()) if firm.visit_on >= day else (2, -firm.visit_on.toordinal())


SORTS: dict[str, Callable[[Advised, date], Any]] = {
    "visit": _by_visit,
    "name": lambda firm, _day: firm.name.casefold(),
    "stage": lambda firm, _day: STAGES.index(firm.stage),
    "level": lambda firm, _day: (-1, 0) if firm.level is None else (firm.level, firm.score),
    "verified": lambda firm, _day: -1 if firm.verified_level is None else firm.verified_level,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the consultant wants to see. `sort` is one of SORTS."""

    search: str = ""
    stage: str = ""
    town: str = ""
    sector: str = ""
    sort: str = "visit"
    rising: bool = True
    page: int = 1

    def values(self, **changes: Any) -> dict[str, Any]:
        """The wish as query values, without what is the default; `changes` replace some."""
        sort = "" if (self.sort, self.rising) == ("visit", True) else self.sort if self.rising else f"-{self.sort}"
        wanted = {
            **self.filters, "sort": sort, "page": "" if self.page == 1 else self.page, **changes,
        }  # fmt: skip
        return {name: value for name, value in wanted.items() if value}

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the list, as query values."""
        wanted = {"q": self.search, "stage": self.stage, "town": self.town, "sector": self.sector}
        return {name: value for name, value in wanted.items() if value}


def read_wish(args: Mapping[str, str]) -> Wish:
    """The wish in a query string or a form. `sort` is "-stage" or "stage"."""
    sort = args.get("sort", "")
    name = sort.removeprefix("-")
    page = args.get("page", "")
    stage = args.get("stage", "")
    return Wish(
        search=args.get("q", "").strip()[:100],
        stage=stage if stage in STAGES else "",
        town=args.get("town", "")[:200],
        sector=args.get("sector", "")[:64],
        sort=name if name in SORTS else "visit",
        rising=name not in SORTS or not sort.startswith("-"),
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
    )


def choose(firms: Sequence[Advised], wish: Wish) -> list[Advised]:
    """The firms that match, in order; ties by name."""
    words = wish.search.casefold()
    day = today()
    chosen = [
        firm
        for firm in firms
        if wish.stage in ("", firm.stage)
        and wish.town in ("", firm.town)
        and wish.sector in ("", firm.sector)
        and words in f"{firm.name} {firm.town}".casefold()
    ]
    chosen.sort(key=lambda firm: firm.name.casefold())
    chosen.sort(key=lambda firm: SORTS[wish.sort](firm, day), reverse=not wish.rising)
    return chosen


def cut(chosen: Sequence[Advised], page: int) -> tuple[Sequence[Advised], int, int]:
    """(the firms of a page, its number, number of pages); a page too far is the last."""
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(page, pages)
    return chosen[(page - 1) * PER_PAGE : page * PER_PAGE], page, pages

"""Which firms of the list are shown, in which order, on which page. Plain values; unknown wishes are ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.queries.invitees import STAGES, RosterEntry

PER_PAGE = 50
_OLD = datetime(2000, 1, 1, tzinfo=UTC)
SORTS: dict[str, Callable[[RosterEntry], Any]] = {
    "name": lambda e: e.name.casefold(),
    "town": lambda e: e.town,
    "stage": lambda e: STAGES.index(e.stage),
    "last": lambda e: e.last_at or _OLD,
    "tier": lambda e: e.tier or 10,
}
MAIL = ("none", "bounced", "unsubscribed")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the coordinator asked for. `stage` shows firms that stand just there; `mail` those no mail reaches."""

    search: str = ""
    stage: str = ""
    town: str = ""
    tag: str = ""
    mail: str = ""
    sort: str = "name"
    rising: bool = True
    page: int = 1

    def values(self, **changes: Any) -> dict[str, Any]:
        """The wish as query values, without what is the default; `changes` replace some."""
        sort = "" if (self.sort, self.rising) == ("name", True) else self.sort if self.rising else f"-{self.sort}"
        wanted = {
            "q": self.search, "stage": self.stage, "town": self.town, "tag": self.tag, "mail": self.mail, "sort": sort,
            "page": "" if self.page == 1 else self.page, **changes,
        }  # fmt: skip
        return {name: value for name, value in wanted.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Whether some firms may be left out."""
        return any((self.search, self.stage, self.town, self.tag, self.mail))


def read_wish(args: Mapping[str, str]) -> Wish:
    """The wish in a query string. `sort` is "-stage" or "stage"."""
    sort = args.get("sort", "")
    name = sort.removeprefix("-")
    page = args.get("page", "")
    stage, mail = args.get("stage", ""), args.get("mail", "")
    return Wish(
        search=args.get("q", "").strip()[:100],
        stage=stage if stage in STAGES else "",
        town=args.get("town", "")[:200],
        tag=args.get("tag", "")[:60],
        mail=mail if mail in MAIL else "",
        sort=name if name in SORTS else "name",
        rising=name not in SORTS or not sort.startswith("-"),
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
    )


def choose(entries: Sequence[RosterEntry], wish: Wish) -> list[RosterEntry]:
    """The firms that match, in order; ties by name."""
    words = wish.search.casefold()
    chosen = [
        e
        for e in entries
        if wish.stage in ("", e.stage)
        and wish.town in ("", e.town)
        and (not wish.tag or wish.tag in e.tags)
        and (not wish.mail or _mail_of(e) == wish.mail)
        and (not words or words in f"{e.name} {e.uscc or ''} {e.contact} {e.email or ''} {e.phone or ''}".casefold())
    ]
    chosen.sort(key=SORTS["name"])
    chosen.sort(key=SORTS[wish.sort], reverse=not wish.rising)
    return chosen


def _mail_of(entry: RosterEntry) -> str:
    if entry.unsubscribed:
        return "unsubscribed"
    if entry.bounced:
        return "bounced"
    return "" if entry.email or entry.invitee_id is None else "none"


def cut(chosen: Sequence[RosterEntry], page: int) -> tuple[Sequence[RosterEntry], int, int]:
    """(the firms of a page, its number, number of pages); a page too far is the last."""
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(page, pages)
    return chosen[(page - 1) * PER_PAGE : page * PER_PAGE], page, pages

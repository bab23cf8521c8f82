"""What a viewer may be told of joint programmes: firms that show their name one by one, the others as whole groups.

The rule is that of `scoring.cohort`: hidden firms stand in blocks that are kept, and a block enters a figure whole or
not at all. So two figures, of whichever programmes, budgets and days, differ by firms with a name and by whole blocks.
A price tier counts only the firms that are shown to take part; so no price tells of a hidden firm, and what is shown is
never cheaper than what was computed. What the counted hidden firms need beside, each block in another mixture, is one
sum over whole blocks (`rest`, at list price), so that the totals are the money of all firms that are counted as lifted.

Nothing that rests on answers goes out: no levels, no conditions; of a named firm only which solutions, in which order,
at which price.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.cohort import NEED
from scoring.joint.pooling import ALONE, FULL, Tier, next_after, reached

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a brief tells of a firm: the trade, the size band and the town; empty where unknown."""

    sector: str = ""
    size: str = ""
    town: str = ""


def released(found: Row, blocks: Mapping[str, Hashable], about: Mapping[str, About]) -> dict[str, Any]:
    """What may be kept and shown of a result of `joint`. `blocks`: the block of each firm that shows no name; all
    firms of a block were computed with.

    Shape: as in `joint`, numbers of firms as [with a name, without], with `hidden` (a number) beside the named `firms`
    of each programme, `brief` of each programme for suppliers, `rest` (prices), and `plans`, `left` of named firms.
    """
    whole = _Blocks(blocks)
    lifted = [p["key"] for p in found["plans"]]
    rows = (*found["programmes"], *found["alone"])
    entries = [_programme(e, whole, about) for e in rows]
    rest = _rest(rows, whole.within(lifted), whole)
    shown = {e["solution"]: e for e in entries}
    keys = {p["key"] for p in (*found["plans"], *found["left"])} | set(found["already"])
    return {
        "target": found["target"],
        "budget": found["budget"],
        "firms": whole.number(keys),
        "already": whole.number(found["already"]),
        "lifted": whole.number(lifted),
        "more": found["bound"] - found["lifted"],
        "price": _sum([*(e["price"] for e in entries), rest]),
        "list": _sum([*(e["list"] for e in entries), rest]),
        "rest": rest,
        "programmes": [e for e in entries if e["tier"] is not None],
        "alone": [e for e in entries if e["tier"] is None and e["number"]],
        "plans": [_plan(p, shown) for p in found["plans"] if p["key"] not in blocks],
        "left": [
            {k: r[k] for k in ("key", "from", "because", "price", "solutions", "short") if k in r}
            for r in found["left"]
            if r["key"] not in blocks
        ],
        "waiting": {
            because: whole.number(r["key"] for r in found["left"] if r["because"] == because)
            for because in ("budget", "catalogue")
        },
        "curve": [
            {"budget": p["budget"], "lifted": sum(whole.number(p["keys"])), "more": p["bound"] - p["lifted"]}
            for p in found["curve"]
        ],
    }


class _Blocks:
    """The blocks of the firms that show no name."""

    def __init__(self, blocks: Mapping[str, Hashable]) -> None:
        self.of = blocks
        self.sizes = Counter(blocks.values())

    def within(self, keys: Iterable[str]) -> set[str]:
        """The hidden firms among these that may be counted: those whose whole block is among them."""
        there = {k for k in keys if k in self.of}
        numbers = Counter(self.of[k] for k in there)
        return {k for k in there if numbers[self.of[k]] == self.sizes[self.of[k]] >= NEED}

    def number(self, keys: Iterable[str]) -> list[int]:
        """[firms with a name, of the others as many as may be counted]."""
        listed = list(keys)
        return [sum(k not in self.of for k in listed), len(self.within(listed))]


def _programme(entry: Row, whole: _Blocks, about: Mapping[str, About]) -> dict[str, Any]:
    counted = whole.within(f["key"] for f in entry["firms"])
    seen = [f for f in entry["firms"] if f["key"] not in whole.of]
    others = [f for f in entry["firms"] if f["key"] in counted]
    steps = (ALONE, *(Tier(t["firms"], (t["percent"][0], t["percent"][1])) for t in entry["tiers"]))
    number = len(seen) + len(others)
    tier = reached(steps, number) or ALONE
    further = next_after(steps, number)
    firms = [
        {"key": f["key"], "price": _price(f["list"], tier), "list": f["list"], "ready": f["ready"], "first": f["first"]}
        for f in seen
    ]
    everybody = [*firms, *({"price": _price(f["list"], tier), "list": f["list"]} for f in others)]
    return {
        "solution": entry["solution"],
        "kind": entry["kind"],
        "form": entry["form"],
        "number": number,
        "hidden": len(others),
        "ready": sum(f["ready"] for f in (*seen, *others)),
        "tier": None if tier == ALONE else {"firms": tier.firms, "percent": list(tier.percent)},
        "next": further and {"firms": further.firms, "percent": list(further.percent), "more": further.firms - number},
        "price": _sum(f["price"] for f in everybody),
        "list": _sum(f["list"] for f in everybody),
        "firms": firms,
        "brief": _brief(seen, others, whole, about) if number >= NEED else None,
    }


def _rest(rows: Sequence[Row], counted: Container[str], whole: _Blocks) -> list[int]:
    """What the hidden firms that are counted as lifted need beside what the programmes show of them."""
    prices = []
    for row in rows:
        shown = whole.within(f["key"] for f in row["firms"])
        prices += [f["list"] for f in row["firms"] if f["key"] in counted and f["key"] not in shown]
    return _sum(prices)


def _price(listed: Sequence[int], tier: Tier) -> list[int]:
    return [tier.low(listed[0]) // FULL, -(-tier.high(listed[1]) // FULL)]


def _plan(plan: Row, shown: Mapping[str, Row]) -> dict[str, Any]:
    """The steps of a named firm at the prices that are shown."""
    key = plan["key"]
    prices = {
        s["solution"]: next(f["price"] for f in shown[s["solution"]]["firms"] if f["key"] == key) for s in plan["steps"]
    }
    return {
        "key": key,
        "from": plan["from"],
        "level": plan["level"],
        "days": plan["days"],
        "price": _sum(prices.values()),
        "list": plan["list"],
        "steps": [
            {
                "solution": s["solution"],
                "price": prices[s["solution"]],
                "start_day": s["start_day"],
                "end_day": s["end_day"],
                "first": sorted({by for need in s["needs"] for by in need["by"]}),
            }
            for s in plan["steps"]
        ],
    }


def _brief(seen: Sequence[Row], others: Sequence[Row], whole: _Blocks, about: Mapping[str, About]) -> dict[str, Any]:
    """Demand without a name: a supplier sees no firm, so every line stands for five firms or more.

    For the coordinator, who knows the named ones, the others enter a line in whole blocks too.
    """
    keys = [f["key"] for f in (*seen, *others)]
    return {
        "firms": len(keys),
        "count": sum(f["count"] for f in (*seen, *others)),
        "ready": sum(f["ready"] for f in (*seen, *others)),
        **{
            name: _lines({k: getattr(about[k], field) for k in keys}, whole)
            for name, field in (("sectors", "sector"), ("sizes", "size"), ("towns", "town"))
        },
    }


def _lines(labels: Mapping[str, str], whole: _Blocks) -> list[list[Any]]:
    """[[label], number] by size, from the label of each firm; what is too small for a line of its own stands in one
    with [] as its labels."""
    lines = []
    for label in sorted({*labels.values()} - {""}):
        number = sum(whole.number(k for k, own in labels.items() if own == label))
        if number >= NEED:
            lines.append(([label], number))
    rest = len(labels) - sum(n for _, n in lines)
    lines.sort(key=lambda line: (-line[1], line[0]))
    while lines and 0 < rest < NEED:
        rest += lines.pop()[1]
    return [[label, n] for label, n in [*lines, *([([], rest)] if rest else [])]]


def _sum(prices: Iterable[Sequence[int]]) -> list[int]:
    pairs = list(prices)
    return [sum(p[0] for p in pairs), sum(p[1] for p in pairs)]

"""What a viewer may be told of joint programmes: firms that show their name one by one, the others as whole groups.

The rule is that of `scoring.cohort`: a figure holds none of the firms that the viewer does not see, or whole groups of
five of them, first come first. A price tier counts only the firms that are shown to take part; so no price tells of a
hidden firm, and what is shown is never cheaper than what was computed. Totals are sums of what is shown.

Nothing that rests on answers goes out: no levels, no conditions; of a named firm only which solutions, in which order,
at which price.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.cohort import NEED, counted
from scoring.joint.pooling import ALONE, FULL, Tier, next_after, reached

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a brief tells of a firm: the trade, the size band and the town; empty where unknown."""

    sector: str = ""
    size: str = ""
    town: str = ""


def released(found: Row, named: Container[str], about: Mapping[str, About]) -> dict[str, Any]:
    """What may be kept and shown of a result of `joint`. `named`: keys of the firms that show their name.

    The order of the keys is that in which firms came. Shape: as in `joint`, with `hidden` (a number) beside the named
    `firms` of each programme, `brief` of each programme for suppliers, and `plans`, `left` of named firms only.
    """
    entries = [_programme(e, named, about) for e in (*found["programmes"], *found["alone"])]
    shown = {e["solution"]: e for e in entries}
    plans = [_plan(p, shown) for p in found["plans"] if p["key"] in named]
    lifted = _number((p["key"] for p in found["plans"]), named)
    keys = {p["key"] for p in (*found["plans"], *found["left"])} | set(found["already"])
    return {
        "target": found["target"],
        "budget": found["budget"],
        "firms": _number(sorted(keys), named),
        "already": _number(found["already"], named),
        "lifted": lifted,
        "more": found["bound"] - found["lifted"],
        "price": _sum(e["price"] for e in entries),
        "list": _sum(e["list"] for e in entries),
        "programmes": [e for e in entries if e["tier"] is not None],
        "alone": [e for e in entries if e["tier"] is None and e["number"]],
        "plans": plans,
        "left": [
            {k: r[k] for k in ("key", "from", "because", "price", "solutions", "short") if k in r}
            for r in found["left"]
            if r["key"] in named
        ],
        "waiting": {
            because: _number((r["key"] for r in found["left"] if r["because"] == because), named)
            for because in ("budget", "catalogue")
        },
        "curve": [
            {"budget": p["budget"], "lifted": sum(_number(p["keys"], named)), "more": p["bound"] - p["lifted"]}
            for p in found["curve"]
        ],
    }


def _number(keys: Iterable[str], named: Container[str]) -> list[int]:
    """[firms with a name, of the others as many as may be counted]."""
    listed = list(keys)
    seen = sum(k in named for k in listed)
    return [seen, counted(len(listed) - seen)]


def _programme(entry: Row, named: Container[str], about: Mapping[str, About]) -> dict[str, Any]:
    seen = [f for f in entry["firms"] if f["key"] in named]
    others = [f for f in entry["firms"] if f["key"] not in named]
    others = others[: counted(len(others))]
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
        "brief": _brief(seen, others, about) if number >= NEED else None,
    }


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


def _brief(seen: Sequence[Row], others: Sequence[Row], about: Mapping[str, About]) -> dict[str, Any]:
    """Demand without a name: a supplier sees no firm, so every line stands for five firms or more.

    For the coordinator, who knows the named ones, the others enter a line in whole groups too.
    """
    return {
        "firms": len(seen) + len(others),
        "count": sum(f["count"] for f in (*seen, *others)),
        "ready": sum(f["ready"] for f in (*seen, *others)),
        **{
            name: _lines(
                [getattr(about[f["key"]], field) for f in seen], [getattr(about[f["key"]], field) for f in others]
            )
            for name, field in (("sectors", "sector"), ("sizes", "size"), ("towns", "town"))
        },
    }


def _lines(seen: Sequence[str], others: Sequence[str]) -> list[list[Any]]:
    """[[labels], number] by size; what is too small for a line of its own stands in one with [] as its labels."""
    numbers = {label: seen.count(label) + counted(others.count(label)) for label in sorted({*seen, *others})}
    lines = [([label] if label else [], n) for label, n in numbers.items() if n >= NEED and label]
    rest = len(seen) + len(others) - sum(n for _, n in lines)
    lines.sort(key=lambda line: (-line[1], line[0]))
    while lines and 0 < rest < NEED:
        rest += lines.pop()[1]
    return [[labels, n] for labels, n in [*lines, *([([], rest)] if rest else [])]]


def _sum(prices: Iterable[Sequence[int]]) -> list[int]:
    pairs = list(prices)
    return [sum(p[0] for p in pairs), sum(p[1] for p in pairs)]

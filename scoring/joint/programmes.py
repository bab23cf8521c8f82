"""Joint programmes: what firms buy, rent or run together so that most of them reach a level for the money.

`joint(firms, wish)` gives a JSON-able dict. Money is whole yuan of the first year; a price is [hopeful low end,
cautious upper end], and a budget limits the sum of the upper ends over all firms. Firms go by their keys, in order.

    {"target": 2,                        the level aimed at; null: each firm's next one
     "budget": 500000,                   or null
     "firms": 200, "already": [key ..],  already at the target or above
     "lifted": 57, "bound": 58,          no choice of programmes lifts more than `bound`
     "proven": false,                    lifted = bound
     "price": [310000, 498200], "list": 571000,        over all firms lifted; `list` without any pool
     "least": 481000,                    no choice that lifts as many costs less than this
     "programmes": [{"solution": "COM-S25", "kind": "rented", "form": "saas", "pool": "H",
                     "tier": {"firms": 10, "percent": [15, 30]},
                     "next": {"firms": 30, "percent": [20, 35], "more": 12},                  or null
                     "tiers": [..],                                                  all of them, by firms
                     "price": [..], "list": [..], "count": 340,                      units in all
                     "firms": [{"key": .., "price": [..], "list": [..], "count": 18, "ready": false,
                                "first": ["COM-S1"]}]}],     not ready: what this firm has to have in place first
     "alone": [..],                      the same entries, for what too few firms need; at list price
     "plans": [{"key": .., "from": 1, "level": 2, "score": "46.1", "price": [..], "list": .., "days": 75,
                "steps": [{"solution", "price", "list", "start_day", "end_day", "needs": [{"condition", "by"}],
                           "raises"}]}],
     "left": [{"key": .., "from": 0, "because": "budget", "price": 61000, "solutions": [..]},
              {"key": .., "from": 0, "because": "catalogue", "short": {"score": "3.5"}}],
     "curve": [{"budget": 100000, "lifted": 12, "bound": 12, "cost": 98000, "keys": [..]}]}

What is chosen for a firm is a set of solutions of which no part reaches its target: nobody buys for the sake of
others' price. The lifting sets come from the route's programme; one variable for each of them and for each solution and
price tier, solved by HiGHS. While the sets are few enough all that matter are listed, and the choice is exact. Else it
is the best over the sets that were looked at, and `bound` says how far from the best it can be: what the firms with the
cheapest routes would allow if everybody paid the lowest price that so many firms can reach.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Any

from scoring.duties import duties
from scoring.errors import Problem
from scoring.joint.lifting import Firm, Lifting
from scoring.joint.pooling import ALONE, FULL, Tier, kind, next_after, reached, tiers
from scoring.joint.selection import Selection, Selector, Taken, spent, users_of
from scoring.official import standing
from scoring.route.goals import Goal, shown
from scoring.route.schedule import schedule
from scoring.route.steps import reached as state_after
from scoring.route.steps import steps
from scoring.route.wish import PARALLEL, WishError

ROUNDS = (1, 4, 1)  # further firms that a tier is hoped for, by round
EFFORT = 400  # further lifting sets that are listed to prove a choice best
NODES = 400
POINTS = 14  # of the curve
SMALL = 16  # solutions within a firm's reach: so few that all its lifting sets can be listed
NEAR = 1.5  # firms dearer than this times the last one that fits are not looked at again

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class JointWish:
    """`target`: an official level, None for each firm's next; `budget`: yuan of all firms together, None for no limit.

    `only`: the solutions that may become programmes, None for all with a pool; `without`: ruled out altogether;
    `alone`: a firm may also buy by itself, at list price.
    """

    target: int | None = None
    budget: int | None = None
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    alone: bool = True


def joint(firms: Sequence[Firm], wish: JointWish, progress: Progress = lambda _percent: None) -> dict[str, Any]:
    """The joint programmes of these firms. `progress` is told per cent. Raises WishError."""
    check(firms, wish)
    ordered = sorted(firms, key=lambda f: f.key)
    at = {f.key: standing(f.document, f.catalogue.edition).level for f in ordered}
    goals = {
        f.key: Goal("level", at[f.key] + 1 if wish.target is None else wish.target)
        for f in ordered
        if at[f.key] < (len(f.catalogue.edition.gates) if wish.target is None else wish.target)
    }
    search = _Joint([f for f in ordered if f.key in goals], goals, wish, progress)
    best = search.choose()
    progress(80)
    curve = search.curve(best)
    progress(90)
    return {
        "target": wish.target,
        "budget": wish.budget,
        "firms": len(ordered),
        "already": [f.key for f in ordered if f.key not in goals],
        **search.shown(best),
        "curve": curve,
    }


def check(firms: Sequence[Firm], wish: JointWish) -> None:
    """Raises WishError with everything that is wrong with a wish."""
    problems = []
    if len({f.key for f in firms}) < len(firms):
        problems.append(Problem("malformed", "firms", "two firms have the same key"))
    top = min((len(f.catalogue.edition.gates) for f in firms), default=4)
    if wish.target is not None and not 1 <= wish.target <= top:
        problems.append(
            Problem("out_of_range", "target", f"there is no level {wish.target}; levels go from 1 to {top}")
        )
    if wish.budget is not None and wish.budget < 0:
        problems.append(Problem("out_of_range", "budget", "the budget is below 0; enter 0 or more yuan"))
    known = {name for f in firms for name in f.catalogue.plans}
    for item, names in (("only", wish.only or frozenset()), ("without", wish.without)):
        for name in sorted(names - known):
            problems.append(Problem("unknown_solution", item, f"no solution {name!r} in the trades of these firms"))
    if problems:
        raise WishError(problems)


class _Joint:
    """The search: lifting sets by firm, tiers that can be reached, the choice, and how it is shown."""

    def __init__(self, firms: list[Firm], goals: Mapping[str, Goal], wish: JointWish, progress: Progress) -> None:
        self.wish, self.progress, self.budget = wish, progress, None if wish.budget is None else wish.budget * FULL
        self.tiers: dict[str, tuple[Tier, ...]] = {}
        for firm in firms:
            for name, plan in firm.catalogue.plans.items():
                pooled = wish.only is None or name in wish.only
                found = tiers(plan.solution, firm.catalogue, alone=wish.alone)
                self.tiers.setdefault(name, found if pooled else tuple(t for t in found if t == ALONE))
        self.offered = dict(self.tiers)
        self.everyone: list[Lifting] = []
        self._build(firms, goals)

    def _build(self, firms: list[Firm], goals: Mapping[str, Goal]) -> None:
        """The lifting of each firm, with the tiers that enough firms can reach; and its cheapest set at these."""
        most = len(firms)
        while True:
            offered = {n for n, steps in self.tiers.items() if steps and n not in self.wish.without}
            self.everyone = [Lifting(f, goals[f.key], offered) for f in firms]
            could: dict[str, int] = {}
            for lifting in self.everyone:
                for name in lifting.list:
                    could[name] = could.get(name, 0) + 1
            kept = {n: tuple(t for t in self.tiers[n] if t.firms <= min(most, could[n])) for n in could}
            lost = any(not steps for steps in kept.values())
            self.tiers = {n: steps for n, steps in kept.items() if steps}
            if lost:
                continue
            self.firms = []
            for n, lifting in enumerate(self.everyone, 1):
                if lifting.begin(self.tiers):
                    self.firms.append(lifting)
                self.progress(5 + 35 * n // len(self.everyone))
            self.least = [f.rest or 0 for f in self.firms]
            allowed = self.greedy(self.budget)
            if allowed >= most or not any(t.firms > max(allowed, 1) for steps in self.tiers.values() for t in steps):
                return
            most = max(allowed, 1)

    def greedy(self, budget: int | None) -> int:
        """How many firms fit at most: the cheapest at the lowest prices."""
        left, count = budget, 0
        for cost in sorted(self.least):
            if left is not None and cost > left:
                break
            left = None if left is None else left - cost
            count += 1
        return count

    def choose(self) -> Selection:
        """The choice within the budget."""
        best = self.select(Selector(self.firms, self.tiers, NODES), self.budget)
        for turn, hoped in enumerate(ROUNDS):
            found = self._again(best.taken, hoped)
            self.progress(45 + 10 * turn)
            if not found:
                continue
            best = self.better(best, self.select(Selector(self.firms, self.tiers, NODES), self.budget))
        return self._closed(best)

    def _again(self, taken: Taken, hoped: int) -> bool:
        """Looks for each firm's cheapest set at the prices of this choice and `hoped` firms more; True where one is
        new."""
        users = {name: set(there) for name, there in users_of(taken).items()}
        dearest = max((self.least[i] for i in taken), default=0)
        new = False
        for i, firm in enumerate(self.firms):
            if self.budget is not None and self.least[i] > NEAR * dearest and taken:
                continue
            prices = {}
            for name, listed in firm.list.items():
                tier = reached(self.tiers[name], len(users.get(name, set()) - {i}) + hoped)
                prices[name] = tier.high(listed) if tier else firm.best[name]
            new |= firm.cheapest(prices)
        return new

    def _closed(self, best: Selection) -> Selection:
        """Where firms have few solutions: lists further lifting sets of those that could do with one, until none could
        or the effort is spent."""
        bound, effort = max(self.greedy(self.budget), len(best.taken)), EFFORT
        small = all(len(f.list) <= SMALL for f in self.firms)
        while small:
            wide = self.select(Selector(self.firms, self.tiers, NODES, open_ends=True), self.budget)
            bound = max(min(bound, wide.most), len(best.taken))
            if not wide.open:
                best = self.better(best, wide)
            cost = spent(self.firms, best.taken, self.tiers) or 0
            if bound == len(best.taken) and wide.least > cost - FULL:
                return replace(best, most=bound, least=cost)
            if not wide.open or effort < len(wide.open):
                break
            for i in wide.open:
                self.firms[i].further()
            effort -= len(wide.open)
            best = self.better(best, self.select(Selector(self.firms, self.tiers, NODES), self.budget))
        return replace(best, most=bound, least=self.cheapest(len(best.taken)))

    def cheapest(self, number: int) -> int:
        """What so many firms cost at least: the cheapest at the lowest prices."""
        return sum(sorted(self.least)[:number])

    def select(self, selector: Selector, budget: int | None) -> Selection:
        """A selection whose exact cost keeps to the budget: the solver's tolerance is taken back where it mattered."""
        limit = budget
        while True:
            found = selector.most(limit)
            cost = spent(self.firms, found.taken, self.tiers)
            if found.open or limit is None or (cost is not None and cost <= (budget or 0)):
                return found
            if cost is None or limit <= 0:
                return replace(found, taken={}, open=())
            limit -= max(1, cost - (budget or 0))

    def better(self, one: Selection, other: Selection) -> Selection:
        """The one that lifts more firms, then the cheaper."""
        costs = [spent(self.firms, s.taken, self.tiers) or 0 for s in (one, other)]
        return other if (len(other.taken), -costs[1]) > (len(one.taken), -costs[0]) else one

    def curve(self, best: Selection) -> list[dict[str, Any]]:
        """Firms lifted against the budget, from a few budgets up to that which lifts everybody who can be lifted."""
        if not self.firms:
            return []
        selector = Selector(self.firms, self.tiers, NODES // 4)
        everybody = self.select(selector, None) if self.budget is not None else best
        top = -(-(spent(self.firms, everybody.taken, self.tiers) or 0) // FULL)
        budgets = sorted({*_round_steps(top), *([] if self.wish.budget is None else [self.wish.budget])})
        points = []
        before = Selection({}, 0, 0)
        for n, budget in enumerate(budgets):
            if budget == self.wish.budget:
                found = best
            elif budget >= top:
                found = everybody
            else:
                found = self.select(selector, budget * FULL)
            before = self.better(before, found)
            self.progress(80 + 10 * n // len(budgets))
            bound = self.greedy(budget * FULL)
            if budget == self.wish.budget:
                bound = min(bound, best.most)
            points.append(
                {
                    "budget": budget,
                    "lifted": len(before.taken),
                    "bound": max(bound, len(before.taken)),
                    "cost": -(-(spent(self.firms, before.taken, self.tiers) or 0) // FULL),
                    "keys": [self.firms[i].firm.key for i in sorted(before.taken)],
                }
            )
        return points

    # how it is shown

    def shown(self, best: Selection) -> dict[str, Any]:
        users = users_of(best.taken)
        at = {n: reached(self.tiers[n], len(there)) or ALONE for n, there in users.items()}
        plans = [self._plan(i, best.taken[i], at) for i in sorted(best.taken)]
        waits = {
            (p["key"], s["solution"]): sorted({by for need in s["needs"] for by in need["by"]})
            for p in plans
            for s in p["steps"]
            if s["needs"]
        }
        entries = [self._entry(name, there, at[name], waits) for name, there in users.items()]
        entries.sort(key=lambda e: (-len(e["firms"]), e["solution"]))
        cost = spent(self.firms, best.taken, self.tiers) or 0
        return {
            "lifted": len(best.taken),
            "bound": best.most,
            "proven": best.most == len(best.taken),
            "price": [sum(p["price"][0] for p in plans), -(-cost // FULL)],
            "list": sum(p["list"] for p in plans),
            "least": -(-best.least // FULL),
            "programmes": [e for e in entries if e["tier"] is not None],
            "alone": [e for e in entries if e["tier"] is None],
            "plans": plans,
            "left": self._left(best.taken, users),
        }

    def _plan(self, i: int, chosen: Collection[str], at: Mapping[str, Tier]) -> dict[str, Any]:
        """The steps of one firm, confirmed by the simulation."""
        lifting = self.firms[i]
        reach, firm = lifting.reach, lifting.firm
        remedies: dict[str, list[str]] = {}
        for duty in duties(firm.document, firm.catalogue, reach.start):
            for name in () if duty["notice"] else firm.catalogue.duties[duty["id"]].remedies:
                remedies.setdefault(name, []).append(duty["id"])
        slots = schedule(reach, reach.order(chosen)[0], PARALLEL, remedies)
        found = steps(reach, lifting.goal, slots, remedies, frozenset())
        after = state_after(reach, tuple(chosen))
        priced = {s["solution"]: self._price(i, s["solution"], at[s["solution"]]) for s in found}
        return {
            "key": firm.key,
            "from": standing(firm.document, firm.catalogue.edition).level,
            "level": after["level"],
            "score": after["score"],
            "price": _sum(priced.values()),
            "list": sum(lifting.list[n] for n in chosen),
            "days": max(s.end for s in slots),
            "steps": [
                {
                    "solution": s["solution"],
                    "price": priced[s["solution"]],
                    "list": s["cost_per_year"],
                    "start_day": s["start_day"],
                    "end_day": s["end_day"],
                    "needs": s["needs"],
                    "raises": s["raises"],
                }
                for s in found
            ],
        }

    def _price(self, i: int, name: str, tier: Tier) -> list[int]:
        low, high = self.firms[i].reach.prices[name].first_year
        return [tier.low(low) // FULL, -(-tier.high(high) // FULL)]

    def _entry(
        self, name: str, users: Sequence[int], tier: Tier, waits: Mapping[tuple[str, str], list[str]]
    ) -> dict[str, Any]:
        solution = self.firms[users[0]].firm.catalogue.solutions[name]
        further = next_after(self.offered[name], len(users))
        there = [
            {
                "key": self.firms[i].firm.key,
                "price": self._price(i, name, tier),
                "list": list(self.firms[i].reach.prices[name].first_year),
                "count": self.firms[i].reach.prices[name].count,
                "ready": (self.firms[i].firm.key, name) not in waits,
                "first": waits.get((self.firms[i].firm.key, name), []),
            }
            for i in users
        ]
        return {
            "solution": name,
            "kind": kind(solution),
            "form": solution.form,
            "pool": solution.pool,
            "tier": None if tier == ALONE else {"firms": tier.firms, "percent": list(tier.percent)},
            "next": further
            and {"firms": further.firms, "percent": list(further.percent), "more": further.firms - len(users)},
            "price": _sum(e["price"] for e in there),
            "list": _sum(e["list"] for e in there),
            "tiers": [{"firms": t.firms, "percent": list(t.percent)} for t in self.offered[name] if t != ALONE],
            "count": sum(e["count"] for e in there),
            "firms": there,
        }

    def _left(self, taken: Taken, users: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
        """Who is not lifted: because of the budget, with the cheapest way beside this choice; or out of reach."""
        found = []
        for i, lifting in enumerate(self.firms):
            if i in taken:
                continue
            prices = {
                n: (reached(self.tiers[n], len(users.get(n, ())) + 1) or self.tiers[n][0]).high(p)
                for n, p in lifting.list.items()
            }
            chosen = min(lifting.found, key=lambda c: (lifting.cost(c, prices), c))
            cost = -(-lifting.cost(chosen, prices) // FULL)
            about = {"because": "budget", "price": cost, "solutions": lifting.reach.order(chosen)[0]}
            found.append((lifting, about))
        for lifting in self.everyone:
            if not lifting.found:
                short = {gate: shown(gate, gap) for gate, gap in lifting.lacking.items()}
                found.append((lifting, {"because": "catalogue", "short": short}))
        rows = [
            {"key": f.firm.key, "from": standing(f.firm.document, f.firm.catalogue.edition).level, **about}
            for f, about in found
        ]
        return sorted(rows, key=lambda r: str(r["key"]))


def _sum(prices: Any) -> list[int]:
    pairs = list(prices)
    return [sum(p[0] for p in pairs), sum(p[1] for p in pairs)]


def _round_steps(top: int) -> list[int]:
    """A few round budgets up to `top`, the last of them enough for it."""
    if top <= 0:
        return [0]
    raw = top / POINTS
    unit = 10 ** floor(log10(raw)) if raw >= 1 else 1
    step = next(int(unit * n) for n in (1, 2, 2.5, 5, 10) if unit * n >= raw and unit * n == int(unit * n))
    return [step * n for n in range(1, ceil(top / step) + 1)]

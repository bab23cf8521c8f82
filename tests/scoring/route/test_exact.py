"""The route against the enumeration of every set of solutions, by the simulation alone."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from scoring.answers import read
from scoring.capability import capability_levels
from scoring.content.loader import load_catalogue
from scoring.content.model import DIMENSIONS
from scoring.costs import price
from scoring.effects import apply, blocked
from scoring.official import decimal, standing
from scoring.route import Wish, WishError, route
from scoring.route.goals import Goal, gaps
from tests.scoring import personas
from tests.scoring.catalogues import Case, case

Names = frozenset[str]


class Enumeration:
    """Every set that can start in some order, reached one solution at a time; nothing is taken as monotone."""

    def __init__(self, made: Case) -> None:
        self.made, self.wish = made, made.wish
        self.catalogue, self.document = made.catalogue, made.document
        plans = self.catalogue.plans
        self.price = {
            n: price(p.solution.cost, self.document.facts, self.catalogue).first_year[1] for n, p in plans.items()
        }
        self.days = {n: p.solution.days[1] for n, p in plans.items()}
        self.after = {frozenset(): self.document}
        queue: list[Names] = [frozenset()]
        for done in queue:
            levels = capability_levels(self.after[done], self.catalogue)
            for name, plan in plans.items():
                wider = done | {name}
                if name in done or wider in self.after or blocked(plan, levels, self.document.facts) != (None, []):
                    continue
                self.after[wider] = apply(self.document, self.catalogue, [plans[n] for n in plans if n in wider])
                queue.append(wider)

    def allowed(self, *, budget: bool = True) -> list[Names]:
        wish, solutions = self.wish, self.catalogue.solutions
        clash = {frozenset((n, o)) for n, s in solutions.items() for o in s.excludes if o != n}
        return [
            names
            for names in self.after
            if names
            and wish.fixed <= names
            and not wish.without & names
            and not any(pair <= names for pair in clash)
            and (not budget or wish.budget is None or self.cost(names) <= wish.budget)
            and (not budget or wish.most is None or len(names) <= wish.most)
        ]

    def cost(self, names: Names) -> int:
        return sum(self.price[n] for n in names)

    def arrives(self, names: Names) -> bool:
        return not gaps(self.wish.goal, self.document, self.after[names], self.catalogue)

    def rank(self, names: Names) -> tuple[object, ...]:
        cost, number, days = self.cost(names), len(names), sum(self.days[n] for n in names)
        keys = {"cost": (cost, number, days), "days": (days, cost, number), "number": (number, cost, days)}
        return (*keys[self.wish.by], sorted(names))

    def best(self) -> list[Names]:
        """Every set that reaches the goal within the limits, the best first."""
        return sorted((n for n in self.allowed() if self.arrives(n)), key=self.rank)

    def second(self, names: Names) -> tuple[int, int, int]:
        """What the runner-up is least in: the first key, number, places of the ids."""
        places = sorted(self.price)
        return self.rank(names)[0], len(names), sum(places.index(n) for n in names)

    def nearest(self) -> tuple[int, int, int]:
        """(level, score in thousandths, cost) of the best state within the limits."""
        edition = self.catalogue.edition
        seen = [(standing(self.after[n], edition), self.cost(n)) for n in [frozenset(), *self.allowed()]]
        level, score, cost = max((at.level, at.score, -cost) for at, cost in seen)
        return level, score, -cost


def compare(made: Case) -> str:
    try:
        found = route(made.document, made.catalogue, made.wish)
    except WishError as error:
        return refused(made, error)
    if found["status"] == "already_there":
        assert not gaps(made.wish.goal, made.document, made.document, made.catalogue)
        return "already_there"
    every = Enumeration(made)
    best = every.best()
    assert found["status"] == ("optimal" if best else "unreachable")
    if not best:
        assert found["missing"] and not found["steps"]
        if made.wish.goal.kind == "level":
            level, score, cost = every.nearest()
            near = found["nearest"]
            assert (near["level"], near["score"], near["cost_per_year"]) == (level, decimal(score), cost)
        return "unreachable"
    assert frozenset(s["solution"] for s in found["steps"]) == best[0]
    assert found["cost_per_year"] == every.cost(best[0])
    others = [every.second(n) for n in best if not best[0] <= n]
    assert (found["runner_up"] and every.second(frozenset(found["runner_up"]["solutions"]))) == min(
        others, default=None
    )
    return "optimal"


def refused(made: Case, error: WishError) -> str:
    codes = {p.code for p in error.problems}
    if codes == {"guarded"}:
        assert not any(made.wish.fixed <= n and not made.wish.without & n for n in Enumeration(made).after)
    return "refused"


@pytest.mark.parametrize("block", range(10))
def test_a_thousand_small_catalogues(block):
    seen = [compare(case(seed, 8)) for seed in range(100 * block, 100 * block + 100)]
    assert seen.count("optimal") >= 15
    assert seen.count("unreachable") >= 10


@pytest.mark.parametrize("seed", range(20))
def test_catalogues_of_fourteen(seed):
    compare(case(10_000 + seed, 14))


@pytest.mark.parametrize("block", range(2))
def test_every_dimension_as_the_goal(block):
    seen = []
    for seed in range(20_000 + 75 * block, 20_075 + 75 * block):
        made = case(seed, 8)
        random = Random(seed)
        goal = Goal("dimension", name=random.choice(sorted(DIMENSIONS)), points=random.randint(1, 15))
        seen.append(compare(replace(made, wish=replace(made.wish, goal=goal))))
    assert seen.count("optimal") >= 10
    assert seen.count("unreachable") >= 10


def test_a_circle_that_many_others_might_help_is_settled():
    firm = next(c for c in personas.read("personas.yaml") if c["name"].startswith("P03"))
    catalogue = load_catalogue(firm["sector"])
    document = read(personas.document(firm), catalogue)
    found = route(document, catalogue, Wish(Goal("dimension", name="quality", points=10)))
    assert found["status"] == "optimal"
    assert found["runner_up"] is None  # every other set contains this one

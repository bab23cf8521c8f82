"""Joint programmes against the enumeration of every choice of lifting sets, by the simulation alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, product
from random import Random

import pytest

from scoring.content.model import Pool, PoolTier
from scoring.joint import Firm, JointWish, joint
from scoring.official import standing
from scoring.route import Goal, Wish, route
from tests.scoring.catalogues import TEXT, Case, _document, _pool, base, case
from tests.scoring.route.test_exact import Enumeration

MOST_CHOICES = 30_000
FORMS = ("saas", "box", "app", "shared", "service", "training")
Names = frozenset[str]


def some_firms(seed: int) -> tuple[list[Firm], JointWish]:
    """Firms of one small catalogue, with tiers that two to four firms reach."""
    seed, made = next(found for found in ((s, case(s, 6)) for s in count(1000 * seed)) if can_be_lifted(found[1]))
    random = Random(seed)
    pool = _pool(random, base())
    tiers = tuple(PoolTier(n, (10 * n - random.choice([0, 7]), 10 * n)) for n in sorted(random.sample([2, 3, 4], 2)))
    pools = tuple(
        Pool(form, (form,), ("H", "M"), tiers, TEXT, "estimate", "2026-11") for form in FORMS if random.random() < 0.8
    )
    catalogue = replace(made.catalogue, pools=pools)
    documents = [made.document]
    for _ in range(random.randint(2, 5)):
        other = _document(random, catalogue, pool)
        some = {n: a for n, a in other.answers.items() if n in pool["items"] and random.random() < 0.3}
        facts = other.facts if random.random() < 0.5 else made.document.facts
        documents.append(replace(made.document, facts=facts, answers={**made.document.answers, **some}))
    firms = [Firm(f"F{n}", document, catalogue) for n, document in enumerate(documents)]
    budget = None if random.random() < 0.3 else random.choice([3_000, 8_000, 20_000])
    without = random.sample(sorted(catalogue.plans), 1) if random.random() < 0.3 else []
    wish = JointWish(made.wish.goal.level, budget, without=frozenset(without), alone=random.random() < 0.7)
    return firms, wish


def can_be_lifted(made: Case) -> bool:
    if made.wish.goal.kind != "level" or standing(made.document, made.catalogue.edition).level >= made.wish.goal.level:
        return False
    return route(made.document, made.catalogue, Wish(made.wish.goal))["status"] == "optimal"


def lifting_sets(firm: Firm, wish: JointWish) -> list[Names]:
    """Every set that lifts a firm and no part of which does."""
    goal = Goal("level", wish.target or 0)
    every = Enumeration(Case(firm.document, firm.catalogue, Wish(goal)))
    lifting = [n for n in every.allowed() if every.arrives(n) and not n & wish.without]
    return [n for n in lifting if not any(other < n for other in lifting)]


def cost(choice: dict[int, Names], firms: list[Firm], prices: list[dict[str, int]], wish: JointWish) -> int | None:
    """In hundredths of a yuan; None where a solution has too few firms to be had."""
    total = 0
    for name in {n for names in choice.values() for n in names}:
        users = [i for i, names in choice.items() if name in names]
        solution = firms[0].catalogue.solutions[name]
        percents = [0] if wish.alone else []
        for pool in firms[0].catalogue.pools:
            form = "shared" if solution.shared else solution.form
            if form in pool.forms and solution.pool in pool.pools:
                percents += [t.percent[0] for t in pool.tiers if t.firms <= len(users)]
        if not percents:
            return None
        total += sum(prices[i][name] * (100 - max(percents)) for i in users)
    return total


def best(firms: list[Firm], wish: JointWish) -> tuple[int, int] | None:
    """(firms lifted, cost) of the best choice; None where there are too many to try."""
    below = [f for f in firms if standing(f.document, f.catalogue.edition).level < (wish.target or 0)]
    sets = [lifting_sets(f, wish) for f in below]
    prices = [Enumeration(Case(f.document, f.catalogue, Wish(Goal("level", wish.target or 0)))).price for f in below]
    number = 1
    for found in sets:
        number *= len(found) + 1
    if number > MOST_CHOICES:
        return None
    top = (0, 0)
    for picked in product(*([None, *found] for found in sets)):
        choice = {i: names for i, names in enumerate(picked) if names is not None}
        spent = cost(choice, below, prices, wish)
        if spent is not None and (wish.budget is None or spent <= wish.budget * 100):
            top = max(top, (len(choice), -spent))
    return top[0], -top[1]


def compare(seed: int) -> str:
    firms, wish = some_firms(seed)
    expected = best(firms, wish)
    if expected is None:
        return "large"
    found = joint(firms, wish)
    lifted, least = expected
    assert (found["lifted"], found["price"][1]) == (lifted, -(-least // 100))
    assert found["bound"] == lifted and found["proven"]
    assert found["least"] == found["price"][1]
    return "lifted" if lifted else "none"


@pytest.mark.parametrize("block", range(4))
def test_small_clusters_are_chosen_exactly(block):
    seen = [compare(seed) for seed in range(40 * block, 40 * block + 40)]
    assert seen.count("lifted") >= 20

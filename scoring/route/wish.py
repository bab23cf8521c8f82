"""What a firm asks of a route, and what cannot be meant by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scoring.answers import Document
from scoring.content.catalogue import Catalogue
from scoring.content.model import DIMENSIONS
from scoring.effects import blocked
from scoring.errors import Problem
from scoring.official import standing
from scoring.route.goals import By, Goal, dimension
from scoring.route.reach import Reach

PARALLEL = 2
MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """`budget`: yuan of the first year, upper ends; `most`: number of solutions; `parallel`: projects at a time."""

    goal: Goal = field(default_factory=Goal)
    budget: int | None = None
    most: int | None = None
    parallel: int = PARALLEL
    without: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    by: By = "cost"

    def shown(self) -> dict[str, Any]:
        return {
            "budget": self.budget,
            "most": self.most,
            "parallel": self.parallel,
            "without": sorted(self.without),
            "with": sorted(self.fixed),
            "by": self.by,
        }


class WishError(ValueError):
    """A wish that cannot be meant; each of `problems` has the field of the wish as its item.

    Codes: unknown_goal, unknown_solution, out_of_range, target_below, contradiction, guarded.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def check(wish: Wish, document: Document, catalogue: Catalogue) -> None:
    """Raises WishError with everything that is wrong with a wish in itself."""
    problems = [*_goal(wish.goal, document, catalogue), *_numbers(wish), *_solutions(wish, catalogue)]
    if problems:
        raise WishError(problems)


def check_fixed(wish: Wish, reach: Reach) -> None:
    """Raises WishError where a fixed solution can never start, or the fixed ones alone go beyond the limits.

    `reach` is that of the firm without what is ruled out.
    """
    problems = []
    levels = reach.levels(reach.plans)
    for name in sorted(wish.fixed - set(reach.plans)):
        guard, unmet = blocked(reach.catalogue.plans[name], levels, reach.document.facts)
        rule = f" (rule {guard})" if guard else ""
        why = f"not met, whatever comes before: {', '.join(unmet)}" if unmet else "it raises nothing in this firm"
        if guard and not unmet:
            why = "it is never proposed"
        problems.append(Problem("guarded", "with", f"{name} cannot start{rule}: {why}; take it out", (name,)))
    cost = sum(reach.prices[n].first_year[1] for n in wish.fixed if n in reach.prices)
    if wish.budget is not None and cost > wish.budget:
        text = f"the fixed solutions alone cost {cost:,} yuan, the budget is {wish.budget:,}; raise it or fix fewer"
        problems.append(Problem("contradiction", "budget", text))
    if problems:
        raise WishError(problems)


def _goal(goal: Goal, document: Document, catalogue: Catalogue) -> Iterator[Problem]:
    top = len(catalogue.edition.gates)
    if goal.kind in ("level", "scenes") and not 1 <= goal.level <= top:
        yield Problem("out_of_range", "target", f"there is no level {goal.level}; levels go from 1 to {top}")
        return
    if goal.kind == "level":
        at = standing(document, catalogue.edition).level
        if goal.level < at:
            above = f"choose {at + 1} to {top}" if at < top else "there is none above"
            yield Problem("target_below", "target", f"the firm stands at level {at} already; {above}")
    elif goal.kind == "scenes":
        fields = list(dict.fromkeys(catalogue.edition.scene_fields.values()))
        if goal.name not in fields:
            yield Problem("unknown_goal", "goal", f"no field of scenes {goal.name!r}; known: {', '.join(fields)}")
    elif goal.kind == "chain":
        if not catalogue.chain:
            yield Problem("unknown_goal", "goal", f"{catalogue.sector.id} has no chain leader's requirements")
    else:
        known = {t.dimension for t in catalogue.topics.values() if t.levelled}
        if goal.name not in known:
            listed = ", ".join(d for d in DIMENSIONS if d in known)
            yield Problem("unknown_goal", "goal", f"no dimension {goal.name!r}; known: {listed}")
        elif goal.points < 1:
            yield Problem("out_of_range", "goal", "a dimension is lifted by 1 point or more")
        elif dimension(goal.name, document, catalogue) + goal.points > MOST_POINTS:
            has = float(dimension(goal.name, document, catalogue))
            yield Problem("out_of_range", "goal", f"{goal.name} stands at {has:.1f} of {MOST_POINTS}; ask for less")


def _numbers(wish: Wish) -> Iterator[Problem]:
    if wish.budget is not None and wish.budget < 0:
        yield Problem("out_of_range", "budget", "the budget is below 0; enter 0 or more yuan")
    if wish.most is not None and wish.most < 1:
        yield Problem("out_of_range", "most", "at least 1 solution; leave it out for no limit")
    if wish.parallel < 1:
        yield Problem("out_of_range", "parallel", "at least 1 project at a time")


def _solutions(wish: Wish, catalogue: Catalogue) -> Iterator[Problem]:
    known = True
    for item, names in (("without", wish.without), ("with", wish.fixed)):
        for name in sorted(names - set(catalogue.plans)):
            known = False
            listed = ", ".join(catalogue.plans)
            yield Problem("unknown_solution", item, f"no solution {name!r} for {catalogue.sector.id}; known: {listed}")
    for name in sorted(wish.fixed & wish.without):
        yield Problem("contradiction", "with", f"{name} is both fixed and ruled out; choose one", (name,))
    if wish.most is not None and 1 <= wish.most < len(wish.fixed):
        yield Problem("contradiction", "most", f"{len(wish.fixed)} solutions are fixed, at most {wish.most} allowed")
    fixed = sorted(wish.fixed) if known else []
    for i, one in enumerate(fixed):
        for other in fixed[i + 1 :]:
            if other in catalogue.solutions[one].excludes or one in catalogue.solutions[other].excludes:
                yield Problem("contradiction", "with", f"{one} and {other} exclude each other; fix one", (one, other))

"""What a route promises beyond being the cheapest: its calendar, limits and reasons, and the same answer always."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scoring import load_catalogue
from scoring.answers import ANSWERED, Document, read
from scoring.content.catalogue import Catalogue
from scoring.costs import price
from scoring.effects import simulate
from scoring.official import decimal, standing
from scoring.recommend import SYSTEM_FORMS
from scoring.result import score
from scoring.route import Goal, Wish, WishError, alternatives, is_rented, next_level, route, sensitivity
from tests.scoring import personas
from tests.scoring.catalogues import case

PERSONAS = {c["name"][:3]: c for c in personas.read("personas.yaml")}


def persona(name: str) -> tuple[Document, Catalogue]:
    catalogue = load_catalogue(PERSONAS[name]["sector"])
    return read(personas.document(PERSONAS[name]), catalogue), catalogue


def solved(start: int, count: int, *, status: str = "optimal") -> list[tuple[Any, dict[str, Any]]]:
    """Cases of these numbers whose route has this status, with the route."""
    found = []
    for seed in range(start, start + count):
        made = case(seed, 8)
        try:
            way = route(made.document, made.catalogue, made.wish)
        except WishError:
            continue
        if way["status"] == status:
            found.append((made, way))
    assert len(found) > count // 12
    return found


@pytest.mark.parametrize("golden", personas.read("routes.yaml"), ids=lambda g: g["name"])
def test_golden(golden):
    document, catalogue = persona(golden["name"][:3])
    wish = Wish(
        next_level(document, catalogue), **golden["wish"] | {"fixed": frozenset(golden["wish"].get("fixed", ()))}
    )
    found = route(document, catalogue, wish)
    steps = [s["solution"] for s in found["steps"]]
    seen = found | {"level": found["after"]["level"]}
    assert {key: seen.get(key) for key in golden["expect"]} == golden["expect"]
    if "steps" in golden:
        assert [[s["solution"], s["start_day"], s["end_day"]] for s in found["steps"]] == golden["steps"]
    assert all(found[key] <= most for key, most in golden.get("within", {}).items())
    assert "starts_with" not in golden or steps[0] == golden["starts_with"]
    for before, after in golden.get("order", []):
        one, other = (next(s for s in found["steps"] if s["solution"] == n) for n in (before, after))
        assert one["end_day"] <= other["start_day"]
        assert f"need:{after}" in one["why"]
        assert any(n["by"] == [before] for n in other["needs"])
    short = golden.get("short_by")
    assert not short or all(short.items() <= m.items() for m in found["missing"])


@pytest.mark.parametrize("name", PERSONAS)
def test_the_score_of_the_simulated_firm_is_that_of_the_route(name):
    document, catalogue = persona(name)
    found = route(document, catalogue, Wish(next_level(document, catalogue)))
    steps = found["steps"]
    after = score(simulate(document, catalogue, [s["solution"] for s in steps]), catalogue)
    assert after["official"]["level"] == found["after"]["level"] == found["target"]
    assert after["official"]["score"] == found["after"]["score"]
    assert after["official"]["gates"] == found["after"]["gates"]
    last = max(steps, key=lambda s: s["end_day"])
    assert last["after"] == {
        "level": found["after"]["level"], "score": found["after"]["score"], "cost": found["cost_per_year"],
    }  # fmt: skip
    assert found["cost_per_year"] == sum(s["cost_per_year"] for s in steps)
    for s in steps:
        cost = price(catalogue.solutions[s["solution"]].cost, document.facts, catalogue)
        assert (s["price"], s["cost_per_year"]) == (list(cost.first_year), cost.first_year[1])
    raised = [r for s in steps for t, r in s["raises"].items() if t == "C07"]
    assert all(one[1] == other[0] for one, other in zip(raised, raised[1:], strict=False))
    assert [d["id"] for d in found["duties"]] == [d["id"] for d in score(document, catalogue)["duties"]]


def test_the_calendar_keeps_to_needs_parallel_projects_and_two_systems_a_year():
    waits = 0
    for made, found in solved(20_000, 150):
        steps, catalogue = found["steps"], made.catalogue
        for step in steps:
            start = step["start_day"]
            running = [s for s in steps if s["start_day"] <= start < s["end_day"]]
            assert len(running) <= made.wish.parallel
            ended = [s["solution"] for s in sorted(steps, key=lambda s: s["order"]) if s["end_day"] <= start]
            if not catalogue.plans[step["solution"]].solution.connects_machines:
                simulate(made.document, catalogue, [*ended, step["solution"]])
            waits += bool(step["needs"])
        for year in range(found["days"] // 365 + 1):
            begun = [s for s in steps if s["start_day"] // 365 == year and s["form"] in SYSTEM_FORMS]
            if len(begun) > 2:
                third = sorted(begun, key=lambda s: s["start_day"])[2]
                ended = [s["solution"] for s in steps if s["end_day"] <= third["start_day"]]
                staffed = score(simulate(made.document, catalogue, ended), catalogue)["capabilities"]["C04"]
                assert staffed is None or staffed >= 2
    assert waits > 3


@pytest.mark.parametrize("waits", [False, True])
def test_a_remedy_of_an_open_duty_starts_first_after_what_it_waits_for(waits):
    document, catalogue = persona("P04")
    ways = route(document, catalogue, Wish(next_level(document, catalogue)))
    late = [s for s in ways["steps"] if bool(s["needs"]) == waits][-1]
    opened = ways["duties"][0]["id"]
    duty = replace(catalogue.duties[opened], remedies=(late["solution"],))
    law = replace(catalogue, duties=catalogue.duties | {opened: duty})
    steps = route(document, law, Wish(next_level(document, catalogue)))["steps"]
    remedy = next(s for s in steps if s["solution"] == late["solution"])
    before = [by for n in remedy["needs"] for by in n["by"]]
    assert remedy["why"][0] == f"duty:{opened}"
    assert remedy["start_day"] == max((s["end_day"] for s in steps if s["solution"] in before), default=0)
    assert bool(before) == waits
    assert all(s["start_day"] == 0 for s in steps if s["solution"] in before)


@pytest.mark.parametrize("name", ["P01", "P04"])
def test_a_larger_budget_never_gives_a_worse_route(name):
    document, catalogue = persona(name)
    goal = next_level(document, catalogue)
    free = route(document, catalogue, Wish(goal))["cost_per_year"]
    ways = [
        route(document, catalogue, Wish(goal, budget=b)) for b in (0, free // 2, free - 1, free, free + 1, 2 * free)
    ]
    assert [w["status"] for w in ways] == ["unreachable"] * 3 + ["optimal"] * 3
    assert {w["cost_per_year"] for w in ways[3:]} == {free}
    assert {m["least"] for w in ways[:3] for m in w["missing"]} == {free}
    near = [(w["nearest"]["level"], float(w["nearest"]["score"])) for w in ways[:3]]
    assert near == sorted(near)


def test_a_better_start_never_costs_more():
    """Every level, tick and rate at least as good, facts and what does not apply the same, the target the same."""
    compared = 0
    for made, found in solved(30_000, 150):
        if made.wish.goal.kind == "dimension" or made.wish.by != "cost":
            continue
        answers = dict(made.document.answers)
        for n, (item, held) in enumerate(answers.items()):
            if held.state == ANSWERED and held.counted is not None and held.value < 4 and n % 3 == 0:
                answers[item] = held._replace(value=held.value + 1, counted=held.counted + 1)
        better = replace(made.document, answers=answers)
        try:
            other = route(better, made.catalogue, replace(made.wish, fixed=frozenset()))
        except WishError as error:
            assert [p.code for p in error.problems] == ["target_below"]
            continue
        assert other["cost_per_year"] <= found["cost_per_year"]
        compared += 1
    assert compared > 10


def test_the_order_in_which_content_lists_solutions_changes_nothing():
    for made, found in solved(40_000, 60):
        plans = dict(reversed(made.catalogue.plans.items()))
        turned = replace(made.catalogue, plans=plans, solutions={n: p.solution for n, p in plans.items()})
        again = route(made.document, turned, made.wish)
        assert {s["solution"] for s in again["steps"]} == {s["solution"] for s in found["steps"]}
        assert again["cost_per_year"] == found["cost_per_year"]
        assert route(made.document, made.catalogue, made.wish) == found


def test_what_is_missing_names_the_least_that_would_do():
    for made, _ in solved(50_000, 80):
        for by, limit, because in (("cost", "budget", "budget"), ("number", "most", "max_solutions")):
            wish = replace(made.wish, by=by, fixed=frozenset(), budget=None, most=None)
            best = route(made.document, made.catalogue, wish)
            least = best["cost_per_year"] if by == "cost" else len(best["steps"])
            if least == 1:
                continue
            tight = route(made.document, made.catalogue, replace(wish, **{limit: least - 1}))
            assert tight["status"] == "unreachable"
            assert {(m["because"], m["least"]) for m in tight["missing"]} == {(because, least)}
            assert len({m["gate"] for m in tight["missing"]}) == len(tight["missing"])


def test_sensitivity_is_what_solving_again_gives():
    for made, _ in solved(60_000, 60):
        wish = replace(made.wish, by="cost", fixed=frozenset(), budget=None)
        best = route(made.document, made.catalogue, wish)
        told = sensitivity(made.document, made.catalogue, wish)
        assert list(told["without"]) == sorted(s["solution"] for s in best["steps"])
        for step in best["steps"]:
            name = step["solution"]
            again = route(made.document, made.catalogue, replace(wish, without=wish.without | {name}))
            assert told["without"][name] == again.get("cost_per_year")
            dear = -(-step["cost_per_year"] * 13 // 10)
            solution = made.catalogue.solutions[name]
            cost = replace(solution.cost, low=1, high=dear, one_off=None)
            plan = replace(made.catalogue.plans[name], solution=replace(solution, cost=cost))
            dearer = replace(made.catalogue, plans=made.catalogue.plans | {name: plan})
            assert told["price_30"][name]["cost_per_year"] == route(made.document, dearer, wish)["cost_per_year"]


def test_alternatives_are_what_they_are_called():
    document, catalogue = persona("P01")
    wish = Wish(next_level(document, catalogue))
    best, other = route(document, catalogue, wish), alternatives(document, catalogue, wish)
    assert other["staffed"]["days"] < best["days"] and other["staffed"]["cost_per_year"] >= best["cost_per_year"]
    assert other["fastest"]["days"] <= other["staffed"]["days"]
    assert len(other["fewest"]["solutions"]) <= len(best["steps"])
    assert all(is_rented(catalogue.solutions[n]) for n in other["rented"]["solutions"])
    for way in other.values():
        after = simulate(document, catalogue, way["solutions"])
        assert standing(after, catalogue.edition).level == 2


def test_facts_at_their_worst_may_close_a_way():
    document, catalogue = persona("P05")
    wish = Wish(next_level(document, catalogue))
    unstated = sensitivity(document, catalogue, wish)["worst_unknown"]
    assert unstated["status"] == "optimal"
    assert unstated["cost_per_year"] >= route(document, catalogue, wish)["cost_per_year"]


def test_other_goals():
    document, catalogue = persona("P01")
    lifted = route(document, catalogue, Wish(Goal("dimension", name="production", points=10)))
    after = simulate(document, catalogue, [s["solution"] for s in lifted["steps"]])
    before, now = (score(d, catalogue)["index"]["dimensions"]["production"]["score"] for d in (document, after))
    assert (lifted["status"], lifted["target"]) == ("optimal", None) and now - before >= 10 - 0.1
    scenes = route(document, catalogue, Wish(Goal("scenes", 2, "production")))
    after = simulate(document, catalogue, [s["solution"] for s in scenes["steps"]])
    of_field = [s for s, field in catalogue.edition.scene_fields.items() if field == "production"]
    assert all(after.answers[s].value >= 2 for s in of_field)


def test_who_is_there_needs_no_step():
    document, catalogue = persona("P04")
    found = route(document, catalogue, Wish(Goal("level", 2)))
    assert (found["status"], found["steps"], found["cost_per_year"]) == ("already_there", [], 0)
    assert found["after"]["score"] == decimal(standing(document, catalogue.edition).score)


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        (Wish(Goal("level", 5)), ("out_of_range", "target")),
        (Wish(Goal("level", 1)), ("target_below", "target")),
        (Wish(Goal("level", 3), budget=-1), ("out_of_range", "budget")),
        (Wish(Goal("level", 3), most=0), ("out_of_range", "most")),
        (Wish(Goal("level", 3), parallel=0), ("out_of_range", "parallel")),
        (Wish(Goal("level", 3), without=frozenset({"NO-S1"})), ("unknown_solution", "without")),
        (Wish(Goal("level", 3), fixed=frozenset({"NO-S1"})), ("unknown_solution", "with")),
        (Wish(Goal("level", 3), fixed=frozenset({"COM-S5"}), without=frozenset({"COM-S5"})), ("contradiction", "with")),
        (Wish(Goal("level", 3), fixed=frozenset({"COM-S5", "COM-S6"}), most=1), ("contradiction", "most")),
        (Wish(Goal("level", 3), fixed=frozenset({"COM-S5"}), budget=1000), ("contradiction", "budget")),
        (Wish(Goal("level", 3), fixed=frozenset({"TEX-S1"})), ("guarded", "with")),
        (Wish(Goal("dimension", name="magic", points=5)), ("unknown_goal", "goal")),
        (Wish(Goal("dimension", name="quality", points=500)), ("out_of_range", "goal")),
        (Wish(Goal("scenes", 2, "kitchen")), ("unknown_goal", "goal")),
        (Wish(Goal("chain")), ("unknown_goal", "goal")),
    ],
    ids=lambda value: value[0] + "-" + value[1] if isinstance(value, tuple) else "",
)
def test_a_wish_that_cannot_be_meant(wish, problem):
    document, catalogue = persona("P04")
    with pytest.raises(WishError) as caught:
        route(document, catalogue, wish)
    assert [(p.code, p.item) for p in caught.value.problems] == [problem]

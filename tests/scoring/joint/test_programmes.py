"""Joint programmes of believable firms: what must hold whatever the numbers are."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

import pytest

from scoring.answers import read
from scoring.content.loader import load_catalogue
from scoring.effects import simulate
from scoring.joint import Firm, JointWish, WishError, joint
from scoring.official import standing
from scoring.samples import make_document

BUDGET = 500_000


@cache
def firms(number: int = 12, *trades: str) -> tuple[Firm, ...]:
    random = Random(3)
    found = []
    for n in range(number):
        catalogue = load_catalogue((trades or ("molds", "hardware"))[n % len(trades or "ab")])
        found.append(Firm(f"F{n:02}", read(make_document(catalogue, random), catalogue), catalogue))
    return tuple(found)


@cache
def found(**wish: Any) -> dict[str, Any]:
    return joint(firms(), JointWish(**{"target": 2, "budget": BUDGET, **wish}))


def test_each_plan_is_confirmed_by_the_simulation():
    by_key = {f.key: f for f in firms()}
    assert found()["plans"]
    for plan in found()["plans"]:
        firm = by_key[plan["key"]]
        after = simulate(firm.document, firm.catalogue, [s["solution"] for s in plan["steps"]])
        assert standing(after, firm.catalogue.edition).level >= 2
        assert plan["from"] < 2 <= plan["level"]


def test_money_adds_up_and_keeps_to_the_budget():
    result = found()
    entries = [*result["programmes"], *result["alone"]]
    assert result["price"][1] <= BUDGET
    assert sum(p["list"] for p in result["plans"]) == sum(e["list"][1] for e in entries) == result["list"]
    for entry in entries:
        assert entry["price"][0] <= entry["price"][1] <= entry["list"][1]
        percent = entry["tier"]["percent"][0] if entry["tier"] else 0
        for firm in entry["firms"]:
            assert firm["price"][1] == -(-firm["list"][1] * (100 - percent) // 100)
    # each price is rounded up to a yuan
    assert abs(sum(e["price"][1] for e in entries) - result["price"][1]) <= sum(len(e["firms"]) for e in entries)


def test_a_programme_has_the_firms_that_its_tier_asks_for_and_names_the_next():
    for entry in found()["programmes"]:
        assert len(entry["firms"]) >= entry["tier"]["firms"] >= 5
        if entry["next"]:
            assert entry["next"]["more"] == entry["next"]["firms"] - len(entry["firms"]) > 0
    assert all(e["tier"] is None for e in found()["alone"])


def test_every_firm_is_somewhere_once():
    result = found()
    listed = [*result["already"], *(p["key"] for p in result["plans"]), *(r["key"] for r in result["left"])]
    assert sorted(listed) == [f.key for f in firms()]
    assert result["lifted"] == len(result["plans"]) <= result["bound"]
    assert result["proven"] == (result["lifted"] == result["bound"])


def test_who_is_not_ready_is_told_what_comes_first():
    waiting = 0
    for entry in (*found(budget=None)["programmes"], *found(budget=None)["alone"]):
        for firm in entry["firms"]:
            plan = next(p for p in found(budget=None)["plans"] if p["key"] == firm["key"])
            order = [s["solution"] for s in plan["steps"]]
            assert firm["ready"] == (not firm["first"])
            assert all(order.index(name) < order.index(entry["solution"]) for name in firm["first"])
            waiting += not firm["ready"]
    assert waiting


def test_more_money_never_lifts_fewer():
    curve = found()["curve"]
    assert [p["budget"] for p in curve] == sorted({p["budget"] for p in curve})
    numbers = [p["lifted"] for p in curve]
    assert numbers == sorted(numbers)
    assert all(p["lifted"] <= p["bound"] and p["cost"] <= p["budget"] for p in curve)
    assert next(p for p in curve if p["budget"] == BUDGET)["lifted"] == found()["lifted"]
    assert numbers[-1] == found(budget=None)["lifted"] == found(budget=None)["bound"]


def test_the_order_in_which_firms_are_given_changes_nothing():
    turned = joint(firms()[::-1], JointWish(2, BUDGET))
    assert json.dumps(turned) == json.dumps(found())


def test_without_buying_alone_there_are_programmes_only():
    result = found(alone=False, budget=None)
    assert not result["alone"]
    assert result["lifted"] <= found(budget=None)["lifted"]


def test_what_is_ruled_out_is_not_bought_and_only_what_may_be_pooled_is():
    used = {e["solution"] for e in found()["programmes"]}
    assert used
    first = min(used)
    without = found(without=frozenset({first}))
    assert all(e["solution"] != first for e in (*without["programmes"], *without["alone"]))
    assert {e["solution"] for e in found(only=frozenset({first}))["programmes"]} <= {first}


def test_next_levels_differ_by_firm():
    result = joint(firms(), JointWish(None, BUDGET))
    assert all(p["level"] == p["from"] + 1 or p["level"] > p["from"] for p in result["plans"])
    assert len({p["from"] for p in result["plans"]}) > 1


def test_what_the_catalogue_cannot_do_is_told_with_the_gap():
    result = joint(firms(), JointWish(4, None))
    short = [r for r in result["left"] if r["because"] == "catalogue"]
    assert short and any(r["short"] for r in short)


def test_nobody_and_everybody_there():
    assert joint((), JointWish(2, BUDGET))["lifted"] == 0
    result = joint(firms(), JointWish(1, 0))
    assert result["lifted"] == 0 and result["curve"] is not None


@pytest.mark.parametrize(
    ("wish", "item"),
    [
        (JointWish(5), "target"),
        (JointWish(0), "target"),
        (JointWish(2, -1), "budget"),
        (JointWish(2, without=frozenset({"NO-S1"})), "without"),
        (JointWish(2, only=frozenset({"NO-S1"})), "only"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused(wish, item):
    with pytest.raises(WishError) as error:
        joint(firms(), wish)
    assert [p.item for p in error.value.problems] == [item]


def test_two_firms_with_one_key_are_refused():
    with pytest.raises(WishError, match="same key"):
        joint([firms()[0], firms()[0]], JointWish(2))

"""What a coordinator is told of joint programmes never tells of fewer than five firms without a name."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.joint import About, released

TIERS = [{"firms": 5, "percent": [10, 20]}, {"firms": 10, "percent": [20, 40]}]
SOLUTION = "COM-S1"
TOWNS = ("长安镇", "横沥镇", "小榄镇")


def keys(named: int, hidden: int) -> tuple[list[str], set[str]]:
    """Keys in the order of coming, those with a name and without mixed."""
    seen = {f"{2 * n:03}:n" for n in range(named)}
    return sorted(seen | {f"{2 * n + 1:03}:h" for n in range(hidden)}), seen


def result(listed: list[str], *, price: int = 1000, left: list[str] | None = None) -> dict[str, Any]:
    """What `joint` gives where all of these take one solution."""
    firms = [
        {"key": k, "list": [price, price * 2 + n], "price": [1, 1], "count": 3, "ready": n % 2 == 0, "first": []}
        for n, k in enumerate(listed)
    ]
    entry = {
        "solution": SOLUTION, "kind": "rented", "form": "saas", "pool": "H", "tier": TIERS[-1], "next": None,
        "tiers": TIERS, "price": [0, 0], "list": [0, 0], "count": 3 * len(firms), "firms": firms,
    }  # fmt: skip
    step = {"solution": SOLUTION, "start_day": 0, "end_day": 9, "needs": [], "raises": {"C20": [1, 2]}}
    plans = [{"key": f["key"], "from": 1, "level": 2, "days": 9, "list": f["list"][1], "steps": [step]} for f in firms]
    return {
        "target": 2, "budget": None, "already": [], "lifted": len(firms), "bound": len(firms) + 1, "plans": plans,
        "programmes": [entry], "alone": [],
        "left": [{"key": k, "from": 0, "because": "budget", "price": 5, "solutions": [SOLUTION]} for k in left or ()],
        "curve": [{"budget": 10, "lifted": len(firms), "bound": len(firms), "keys": listed}],
    }  # fmt: skip


def shown(named: int, hidden: int, **values: Any) -> dict[str, Any]:
    listed, seen = keys(named, hidden)
    about = {k: About("molds", "20", TOWNS[n % 3]) for n, k in enumerate(listed)}
    return released(result(listed, **values), seen, about)


COUNT = st.integers(0, 23)


@given(COUNT, COUNT)
def test_case_04_hidden_firms_are_none_or_whole_groups_in_every_figure(named, hidden):
    out = shown(named, hidden)
    for seen, others in (out["firms"], out["lifted"], out["already"], out["waiting"]["budget"]):
        assert others % 5 == 0 and others <= hidden
        assert seen <= named
    for entry in (*out["programmes"], *out["alone"]):
        assert entry["hidden"] % 5 == 0
        assert entry["number"] == named + entry["hidden"]


@given(COUNT, st.integers(0, 4))
def test_four_firms_without_a_name_leave_no_trace_at_all(named, hidden):
    """Neither number, nor money, nor the tier, nor the curve differ from a cluster without them."""
    listed, seen = keys(named, hidden)
    about = {k: About("molds", "20", "长安镇") for k in listed}
    everybody = released(result(listed), seen, about)
    prices = {f["key"]: f["list"] for f in result(listed)["programmes"][0]["firms"]}
    alone = result(sorted(seen))
    for firm in alone["programmes"][0]["firms"]:
        firm["list"] = prices[firm["key"]]
        firm["ready"] = next(f["ready"] for f in result(listed)["programmes"][0]["firms"] if f["key"] == firm["key"])
    for plan in alone["plans"]:
        plan["list"] = prices[plan["key"]][1]
    assert released(alone, seen, about) == everybody


@given(COUNT, st.integers(5, 20))
def test_a_newcomer_changes_nothing_until_the_next_group_is_full(named, hidden):
    before, after = shown(named, hidden), shown(named, hidden + 1)
    if (hidden + 1) % 5:
        assert before["lifted"] == after["lifted"]
        assert before["curve"] == after["curve"]
        for one, other in zip(before["programmes"], after["programmes"], strict=True):
            assert {k: v for k, v in one.items() if k != "brief"} | {"ready": 0, "firms": 0, "price": 0, "list": 0} == {
                k: v for k, v in other.items() if k != "brief"
            } | {"ready": 0, "firms": 0, "price": 0, "list": 0}


@given(COUNT, COUNT)
def test_named_rows_are_of_named_firms_and_hold_no_answers(named, hidden):
    out = shown(named, hidden, left=["900:h", "902:h"])
    text = str(out)
    assert ":h" not in text
    assert "raises" not in text and "C20" not in text


@given(COUNT, COUNT)
def test_a_brief_has_no_line_of_fewer_than_five(named, hidden):
    for entry in shown(named, hidden)["programmes"]:
        brief = entry["brief"]
        assert brief["firms"] >= 5
        for name in ("sectors", "sizes", "towns"):
            assert all(number >= 5 for _labels, number in brief[name])
            assert sum(number for _labels, number in brief[name]) == brief["firms"]


def test_the_tier_counts_only_firms_that_are_shown():
    assert shown(8, 4)["programmes"][0]["tier"]["firms"] == 5  # twelve in truth
    assert shown(8, 5)["programmes"][0]["tier"]["firms"] == 10
    assert shown(3, 4)["programmes"] == []
    assert shown(3, 4)["alone"][0]["number"] == 3

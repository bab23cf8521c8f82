"""What a coordinator is told of joint programmes never tells of fewer than five firms without a name."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.joint import About, released

TIERS = [{"firms": 5, "percent": [10, 20]}, {"firms": 10, "percent": [20, 40]}]
SOLUTION, OTHER = "COM-S1", "COM-S2"
TOWNS = ("长安镇", "横沥镇", "小榄镇")


def keys(named: int, hidden: int) -> tuple[list[str], dict[str, int]]:
    """Keys in the order of coming, those with a name and without mixed; the blocks of the latter, five by five."""
    blocks = {f"{2 * n + 1:03}:h": n // 5 for n in range(hidden)}
    return sorted({f"{2 * n:03}:n" for n in range(named)} | blocks.keys()), blocks


def entry(solution: str, listed: list[str], *, price: int = 1000) -> dict[str, Any]:
    """A programme that these firms take part in, at a price that differs from firm to firm."""
    firms = [
        {"key": k, "list": [price, price * 2 + int(k[:3])], "price": [1, 1], "count": 3, "ready": True, "first": []}
        for k in listed
    ]
    return {
        "solution": solution, "kind": "rented", "form": "saas", "pool": "H", "tier": TIERS[-1], "next": None,
        "tiers": TIERS, "price": [0, 0], "list": [0, 0], "count": 3 * len(firms), "firms": firms,
    }  # fmt: skip


def result(listed: list[str], *others: str, left: list[str] | None = None) -> dict[str, Any]:
    """What `joint` gives where all of these take one solution, and the `others` a second one."""
    programmes = [entry(SOLUTION, listed), *([entry(OTHER, list(others), price=7000)] if others else [])]
    step = {"solution": SOLUTION, "start_day": 0, "end_day": 9, "needs": [], "raises": {"C20": [1, 2]}}
    plans = [
        {"key": f["key"], "from": 1, "level": 2, "days": 9, "list": f["list"][1], "steps": [step]}
        for f in programmes[0]["firms"]
    ]
    return {
        "target": 2, "budget": None, "already": [], "lifted": len(listed), "bound": len(listed) + 1, "plans": plans,
        "programmes": programmes, "alone": [],
        "left": [{"key": k, "from": 0, "because": "budget", "price": 5, "solutions": [SOLUTION]} for k in left or ()],
        "curve": [{"budget": 10, "lifted": len(listed), "bound": len(listed), "keys": listed}],
    }  # fmt: skip


def about(listed: list[str]) -> dict[str, About]:
    return {k: About("molds", "20", TOWNS[n % 3]) for n, k in enumerate(listed)}


def shown(named: int, hidden: int, **values: Any) -> dict[str, Any]:
    listed, blocks = keys(named, hidden)
    return released(result(listed, **values), blocks, about(listed))


COUNT = st.integers(0, 23)
BLOCKS = st.integers(0, 4)


@given(COUNT, BLOCKS, st.data())
def test_case_04_a_block_is_in_every_figure_whole_or_not_at_all(named, number, data):
    """Whoever takes part: the figures are those of the named firms and of the blocks that are there whole."""
    listed, blocks = keys(named, 5 * number)
    some = data.draw(st.lists(st.sampled_from(listed), unique=True)) if listed else []
    there = Counter(blocks[k] for k in some if k in blocks)
    whole = {k for k in some if k not in blocks or there[blocks[k]] == 5}
    out = released(result(some), blocks, about(listed))
    assert sum(out["lifted"]) == len(whole)
    assert out["curve"][0]["lifted"] == len(whole)
    for one in (*out["programmes"], *out["alone"]):
        assert (one["number"], one["hidden"]) == (len(whole), sum(k in blocks for k in whole))
        assert one["list"][1] == sum(2000 + int(k[:3]) for k in whole)
    assert out["rest"] == [0, 0]


@given(COUNT, st.integers(0, 4))
def test_firms_of_a_broken_block_leave_no_trace_at_all(named, hidden):
    """Neither number, nor money, nor the tier, nor the curve differ from a cluster without them."""
    listed, blocks = keys(named, hidden)
    seen = [k for k in listed if k not in blocks]
    assert released(result(seen), {}, about(listed)) == released(result(listed), blocks, about(listed))


def test_the_totals_are_the_money_of_all_firms_that_are_counted():
    """What only some firms of a block need is in the total, at list price, and in no programme."""
    listed, blocks = keys(6, 5)
    out = released(result(listed, "000:n", "001:h", "003:h"), blocks, about(listed))
    assert out["lifted"] == [6, 5]
    assert [(e["solution"], e["hidden"]) for e in (*out["programmes"], *out["alone"])] == [(SOLUTION, 5), (OTHER, 0)]
    assert out["rest"] == [14000, 28004]
    assert out["list"][1] == sum(e["list"][1] for e in (*out["programmes"], *out["alone"])) + 28004


def test_a_block_that_is_not_lifted_whole_costs_nothing():
    listed, blocks = keys(6, 5)
    out = released(result([k for k in listed if k != "009:h"], "001:h"), blocks, about(listed))
    assert (out["lifted"], out["rest"]) == ([6, 0], [0, 0])


@given(COUNT, COUNT)
def test_named_rows_are_of_named_firms_and_hold_no_answers(named, hidden):
    text = str(shown(named, hidden, left=["900:n"]))
    assert ":h" not in text
    assert "raises" not in text and "C20" not in text


@given(COUNT, BLOCKS)
def test_a_brief_has_no_line_of_fewer_than_five(named, number):
    for one in shown(named, 5 * number)["programmes"]:
        brief = one["brief"]
        assert brief["firms"] >= 5
        for name in ("sectors", "sizes", "towns"):
            assert all(count >= 5 for _labels, count in brief[name])
            assert sum(count for _labels, count in brief[name]) == brief["firms"]


def test_a_line_of_a_brief_holds_whole_blocks_only():
    """Five of one town by name and two blocks of mixed towns: the hidden ones stand among "others"."""
    listed, blocks = keys(5, 10)
    places = {k: About("molds", "20", TOWNS[0] if k not in blocks else TOWNS[int(k[:3]) % 4 // 2]) for k in listed}
    out = released(result(listed), blocks, places)
    assert out["programmes"][0]["brief"]["towns"] == [[[TOWNS[0]], 5], [[], 10]]


def test_the_tier_counts_only_firms_that_are_shown():
    assert shown(8, 4)["programmes"][0]["tier"]["firms"] == 5  # twelve in truth
    assert shown(8, 5)["programmes"][0]["tier"]["firms"] == 10
    assert shown(3, 4)["programmes"] == []
    assert shown(3, 4)["alone"][0]["number"] == 3

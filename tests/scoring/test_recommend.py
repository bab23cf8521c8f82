"""Needs, guards, prices and duties: what is proposed, and what is not, in the words of the contract (part 3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from scoring import assess
from scoring.answers import read
from scoring.conditions import parse_all
from scoring.content.model import Cost, Effect, OneOff
from scoring.costs import price
from scoring.effects import CannotStart, simulate
from scoring.recommend import above
from scoring.result import score
from tests.scoring.rules import HERE, MOLDS, plan, raw, with_plans


@pytest.mark.parametrize(("has", "starts"), [(2, True), (1, False), ("unknown", False), (None, False), ("na", True)])
def test_a_need_is_met_by_na_and_not_by_what_is_unanswered_or_unknown(has, starts):
    catalogue = with_plans(plan("A", {"MOL-05": Effect(to=2)}, needs=("MOL-04>=2",)))
    shown = assess(raw({} if has is None else {"MOL-04": has}), catalogue)
    assert [r["solution"] for r in shown["recommendations"]] == (["A"] if starts else [])
    assert shown["excluded"] == ([] if starts else [{"solution": "A", "guard": None, "unmet": ["MOL-04>=2"]}])


def test_a_need_is_met_after_an_earlier_step_and_only_after_it():
    catalogue = with_plans(
        plan("A", {"MOL-05": Effect(to=2)}), plan("B", {"MOL-01": Effect(to=2)}, needs=("MOL-05>=2",))
    )
    document = read(raw(), catalogue)
    assert score(simulate(document, catalogue, ["A", "B"]), catalogue)["capabilities"]["MOL-01"] == 2
    with pytest.raises(CannotStart) as refused:
        simulate(document, catalogue, ["B", "A"])
    assert (refused.value.solution, refused.value.unmet) == ("B", ["MOL-05>=2"])


@pytest.mark.parametrize(("volume", "value", "levels", "guard"), [
    (5000, None, True, None), (4999, 200, True, None), (None, None, True, None), (4999, None, True, None),
    (4999, 199, True, ["any(daily_volume>=5000;unit_value>=200)"]), (9000, 500, False, ["C20>=2"]),
])  # fmt: skip
def test_a_guard_on_facts_excludes_when_they_are_stated_and_is_silent_otherwise(volume, value, levels, guard):
    rule = MOLDS.guards["G2"]
    watched = replace(plan("A", {"MOL-08": Effect(to=2)}), guards=(("G2", parse_all(rule.unless)),))
    profile = {k: v for k, v in (("daily_volume", volume), ("unit_value", value)) if v is not None}
    shown = assess(raw({"scene_quality": 2 if levels else 1}, profile), with_plans(watched))
    assert shown["excluded"] == ([{"solution": "A", "guard": "G2", "unmet": guard}] if guard else [])
    if not guard:
        unsettled = volume in (None, 4999) and value is None
        assert ("any(daily_volume>=5000;unit_value>=200)" in shown["recommendations"][0]["check"]) == unsettled


def test_a_guard_without_conditions_always_forbids():
    forbidden = replace(plan("A", {"MOL-05": Effect(to=2)}), guards=(("G11", ()),))
    catalogue = with_plans(forbidden)
    assert assess(raw(), catalogue)["excluded"] == [{"solution": "A", "guard": "G11", "unmet": []}]
    with pytest.raises(CannotStart, match="A cannot start \\(guard rule G11\\): it is never proposed"):
        simulate(read(raw(), catalogue), catalogue, ["A"])


def test_g16_removes_what_raises_nothing_or_is_not_meant_for_the_firm():
    useless = plan("A", {"MOL-05": Effect(to=2)})
    for_electrodes = plan("B", {"MOL-04": Effect(to=2), "C10": Effect(to=2)})
    shown = assess(raw({"MOL-05": 3, "MOL-04": "na"}), with_plans(useless, for_electrodes))
    assert shown["recommendations"] == []
    assert [(e["solution"], e["guard"]) for e in shown["excluded"]] == [("A", "G16"), ("B", "G16")]
    for_designers = replace(plan("C", {"MOL-05": Effect(to=2)}), applies=parse_all(["own_design=true"]))
    for profile, listed in (({"own_design": True}, ["C"]), ({}, ["C"]), ({"own_design": False}, [])):
        assert [r["solution"] for r in assess(raw({}, profile), with_plans(for_designers))["recommendations"]] == listed


def test_g13_does_not_shorten_the_list_and_ten_do():
    items = ["MOL-01", "MOL-02", "MOL-03", "MOL-05", "MOL-06", "MOL-07", "MOL-08", "MOL-09", "C10", "C12", "C19", "C21"]
    many = [plan(f"P{n}", {item: Effect(to=2)}) for n, item in enumerate(items)]
    shown = assess(raw({"talent": []}), with_plans(*many))
    assert [r["rank"] for r in shown["recommendations"]] == list(range(1, 11))
    listed = {r["solution"] for r in shown["recommendations"]}
    assert {e["solution"] for e in shown["excluded"]} == {p.solution.id for p in many} - listed
    assert len(shown["excluded"]) == 2


def cost(**more: Any) -> Cost:
    start = {
        "unit": "site",
        "low": 100,
        "high": 300,
        "basis": HERE,
        "source": (),
        "date": "2026-11",
        "status": "estimate",
    }
    return Cost(**{**start, **more})


@pytest.mark.parametrize(
    ("given", "facts", "first_year"),
    [
        (cost(), {}, (100, 300)),
        (cost(unit="month"), {}, (1200, 3600)),
        (cost(unit="use", count_from=7), {}, (700, 2100)),
        (cost(unit="machine", count_from="machines"), {"machines": 4}, (400, 1200)),
        (cost(unit="machine", count_from="machines"), {"machines": 0}, (100, 300)),
        (cost(unit="machine", count_from="machines"), {}, (2000, 6000)),  # 20 machines are typical
        (cost(unit="seat", count_from="design_seats"), {"design_seats": Decimal("2.5")}, (300, 900)),
        (cost(one_off=OneOff(low=50, high=60)), {}, (150, 360)),
        (cost(unit="machine", count_from="machines", one_off=OneOff(low=50, high=60)), {"machines": 3}, (350, 960)),
        (
            cost(unit="machine", count_from="machines", one_off=OneOff(low=50, high=60, per="unit")),
            {"machines": 3},
            (450, 1080),
        ),
        (cost(unit="month", one_off=OneOff(low=50, high=60, per="unit")), {}, (1250, 3660)),
    ],
    ids=str,
)
def test_the_first_year_counts_units_months_and_one_offs_whole(given, facts, first_year):
    assert price(given, facts, MOLDS).first_year == first_year


@pytest.mark.parametrize(
    ("revenue", "excluded", "hint"),
    [
        (None, False, False),
        (Decimal("19.9999"), True, True),
        (20, False, True),
        (Decimal("39.9999"), False, True),
        (40, False, False),
        (0, True, True),
    ],
)
def test_a_first_step_above_one_percent_of_revenue_is_not_proposed_and_above_half_a_hint_stands(
    revenue, excluded, hint
):
    firm = {} if revenue is None else {"revenue_wan": revenue}
    shown = assess(raw(**firm), with_plans(plan("A", {"MOL-05": Effect(to=2)})))
    assert [e["guard"] for e in shown["excluded"]] == (["G12"] if excluded else [])
    if not excluded:
        assert shown["recommendations"][0]["above_hint"] == hint
        assert ("revenue_wan" in shown["recommendations"][0]["check"]) == (revenue is None)


def test_the_share_of_revenue_is_exact():
    two_thousand = price(cost(high=2000), {}, MOLDS)
    assert not above(two_thousand, {"revenue_wan": Decimal("20")}, Decimal("0.01"))
    assert above(two_thousand, {"revenue_wan": Decimal("19.99999999999999999999")}, Decimal("0.01"))


def test_remedies_of_an_open_duty_come_first_and_know_no_price_limit():
    duty = next(d for d in MOLDS.compiled_duties if not d.duty.notice)
    owed = replace(duty, duty=replace(duty.duty, remedies=("B",)), cases=(parse_all(["own_design=true"]),))
    catalogue = replace(
        with_plans(plan("A", {"MOL-05": Effect(to=2)}), plan("B", {"MOL-01": Effect(to=1)})),
        compiled_duties=(owed,), duties={owed.duty.id: owed.duty},
    )  # fmt: skip
    shown = assess(raw({}, {"own_design": True}, revenue_wan=1), catalogue)
    assert [r["solution"] for r in shown["recommendations"]] == ["B"]
    assert f"duty:{owed.duty.id}" in shown["recommendations"][0]["because"]
    assert [r["solution"] for r in assess(raw({}, {"own_design": True}), catalogue)["recommendations"]] == ["B", "A"]
    assert assess(raw({}, {}), catalogue)["duties"] == []


def test_a_duty_names_only_what_speaks_for_it():
    duty = MOLDS.compiled_duties[0]
    either = replace(duty, cases=(parse_all(["any(own_design=true;lifting=true)", "C30<2"]),))
    catalogue = replace(MOLDS, compiled_duties=(either,))
    (owed,) = assess(raw({"scene_safety": 0}, {"lifting": True}), catalogue)["duties"]
    assert owed["because"] == ["profile:lifting=true", "C30:0"]
    for unanswered in ({}, {"scene_safety": "unknown"}):
        assert assess(raw(unanswered, {"lifting": True}), catalogue)["duties"] == []

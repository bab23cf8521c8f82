"""What answers become after solutions take effect, in the words of the contract (part 3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.answers import read
from scoring.capability import capability_levels
from scoring.content.model import Effect
from scoring.effects import apply, gains
from tests.scoring.rules import MOLDS, after, plan, raw, result


def test_a_level_climbs_at_most_two_from_where_it_started_however_many_solutions():
    four, three = plan("A", {"MOL-05": Effect(to=4)}), plan("B", {"MOL-05": Effect(to=3)})
    for start, reached in ((None, 2), ("unknown", 2), (0, 2), (1, 3), (2, 4), (4, 4), ("na", None)):
        answers = {} if start is None else {"MOL-04": start}
        four_here = replace(four, raises=(("MOL-04", Effect(to=4), ()),))
        assert after(raw(answers), four_here, three)["capabilities"]["MOL-04"] == reached, start


def test_the_start_is_the_level_after_the_evidence_rule_and_the_claim_stays():
    document = raw({"scene_quality": {"value": 4, "evidence": ""}})
    shown = after(document, plan("A", {"scene_quality": Effect(to=2)}))
    assert shown["capabilities"]["C20"] == 2
    assert (
        shown["official"]["scenes"]["4"]["count"] == 1 and shown["official"]["evidenced"]["scenes"]["2"]["count"] == 1
    )


def test_ticks_are_added_and_a_rate_ends_at_the_right_end_of_its_band():
    shown = after(
        raw(
            {
                "data_collection": ["finance"],
                "equipment_digital_rate": {"rate": 0.05},
                "equipment_networked_rate": {"rate": 0.9},
            }
        ),
        plan("A", {"data_collection": Effect(add=("quality",)), "equipment_digital_rate": Effect(band=3)}),
        plan("B", {"data_collection": Effect(add=("finance", "energy")), "equipment_networked_rate": Effect(band=2)}),
    )
    assert shown["official"]["points"]["data_collection"] == "2.1"
    assert (shown["capabilities"]["C08"], shown["official"]["points"]["equipment_digital_rate"]) == (2, "3")
    assert shown["capabilities"]["C09"] == 4


def test_a_single_choice_climbs_at_most_two_levels():
    lift = plan("A", {"plan_implementation": Effect(option="shared_with_peers")})
    reached = {
        s: after(raw({"plan_implementation": s}), lift)["capabilities"]["C01"]
        for s in ("none", "informed", "plan_made")
    }
    assert reached == {"none": 2, "informed": 3, "plan_made": 4}


@pytest.mark.parametrize(
    ("count", "claim", "derived"),
    [(0, "none", "none"), (1, "none", "one_link"), (2, "none", "two_or_more"), (12, "one_link", "two_or_more"),
     (13, "none", "most_over_80pct"), (15, "none", "most_over_80pct"), (16, "none", "all"),
     (1, "most_over_80pct", "most_over_80pct")],
)  # fmt: skip
def test_information_systems_follow_from_the_scenes_or_stay_as_claimed(count, claim, derived):
    scenes = dict.fromkeys(list(MOLDS.edition.scenes)[:count], Effect(to=2))
    document = raw({"information_systems": claim, **dict.fromkeys(MOLDS.edition.scenes, 1)})
    ended = apply(read(document, MOLDS), MOLDS, [plan("A", {**scenes, "C10": Effect(to=1)})])
    assert ended.answers["information_systems"].value == derived


def test_scenes_claimed_without_evidence_bring_no_information_systems():
    document = raw({s: {"value": 2, "evidence": ""} for s in MOLDS.edition.scenes})
    ended = apply(read(document, MOLDS), MOLDS, [plan("A", {"C10": Effect(to=1)})])
    assert "information_systems" not in ended.answers


def test_what_follows_from_the_scenes_is_a_gain_of_the_solution_that_lifts_them():
    document = read(raw({"information_systems": "none", **dict.fromkeys(MOLDS.edition.scenes, 1)}), MOLDS)
    levels = capability_levels(document, MOLDS)
    assert gains(plan("A", {"scene_quality": Effect(to=2)}), document, MOLDS, levels) == {"C20": (1, 2), "C07": (0, 1)}
    contradictory = read(raw({"information_systems": "none", "scene_finance": 3}), MOLDS)
    levels = capability_levels(contradictory, MOLDS)
    assert gains(plan("A", {"C10": Effect(to=1)}), contradictory, MOLDS, levels) == {"C10": (0, 1)}


def test_a_condition_on_the_final_state_is_met_by_another_solution_in_any_order():
    first = plan("A", {"MOL-05": Effect(to=2)})
    then = plan("B", {"MOL-01": Effect(to=3, **{"if": ("MOL-05>=2",)})})
    document = raw({"MOL-05": 1, "MOL-01": 2})
    assert after(document, then)["capabilities"]["MOL-01"] == 2
    assert after(document, then, first)["capabilities"]["MOL-01"] == 3
    assert after(document, first, then)["capabilities"]["MOL-01"] == 3


def test_conditions_chain_within_one_solution_and_on_what_follows_from_the_scenes():
    chain = plan("A", {
        "scene_quality": Effect(to=2),
        "scene_finance": Effect(to=2),
        "C10": Effect(to=2, **{"if": ("C07>=2",)}),
        "MOL-01": Effect(to=2, **{"if": ("C10>=2",)}),
    })  # fmt: skip
    document = raw({"scene_quality": 1, "scene_finance": 0, "C10": 1, "MOL-01": 0})
    shown = after(document, chain)["capabilities"]
    assert (shown["C07"], shown["C10"], shown["MOL-01"]) == (2, 2, 2)
    parsed = read(document, MOLDS)
    grown = gains(chain, parsed, MOLDS, capability_levels(parsed, MOLDS))
    assert grown == {"C20": (1, 2), "C27": (0, 2), "C07": (0, 2), "C10": (1, 2), "MOL-01": (0, 2)}


@pytest.mark.parametrize(
    ("profile", "answers"),
    [({"machines_connected": False}, {}), ({}, {"C32": "na"}), ({"machines_connected": False}, {"C32": 3})],
)
def test_a_solution_that_connects_machines_turns_their_security_from_na_to_nought(profile, answers):
    connect = plan("A", {"equipment_networked_rate": Effect(band=2)}, connects=True)
    document = raw(answers, profile)
    assert result(answers, profile)["states"]["C32"] == "na"
    shown = after(document, connect)
    assert shown["capabilities"]["C32"] == 0 and "C32" not in shown["states"]
    assert after(document, plan("B", {"equipment_networked_rate": Effect(band=2)}))["capabilities"]["C32"] is None
    secure = plan("C", {"C32": Effect(to=2)}, connects=True)
    parsed = read(document, MOLDS)
    assert gains(secure, parsed, MOLDS, capability_levels(parsed, MOLDS)) == {"C32": (0, 2)}
    assert gains(connect, parsed, MOLDS, capability_levels(parsed, MOLDS)) == {"C09": (0, 2)}


def test_a_security_level_that_is_known_stays_when_machines_are_connected():
    connect = plan("A", {"equipment_networked_rate": Effect(band=2)}, connects=True)
    assert after(raw({"C32": 2}), connect)["capabilities"]["C32"] == 2
    assert after(raw({}), connect)["capabilities"]["C32"] is None


def test_connecting_machines_takes_no_effect_back():
    secured = plan("A", {"MOL-06": Effect(to=2, **{"if": ("C32>=2",)})})
    connect = plan("B", {"equipment_networked_rate": Effect(band=2)}, connects=True)
    document = raw({"MOL-06": 1}, {"machines_connected": False})
    assert (
        after(document, secured)["capabilities"]["MOL-06"]
        == after(document, secured, connect)["capabilities"]["MOL-06"]
    )

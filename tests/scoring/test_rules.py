"""The words of the contract (part 3), one example each, on the real content unless a rule needs its own solutions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from scoring import asked, assess, load_catalogue
from scoring.answers import read
from scoring.capability import capability_levels
from scoring.conditions import parse_all
from scoring.content.catalogue import Catalogue, Plan
from scoring.content.model import Cost, Effect, OneOff, Solution, Text
from scoring.costs import price
from scoring.effects import CannotStart, apply, gains, simulate
from scoring.recommend import above
from scoring.result import score
from scoring.trace import UnknownNode, explain

MOLDS = load_catalogue("molds")
HERE = Text(zh="示例", en="Example")


def raw(
    answers: dict[str, Any] | None = None, profile: dict[str, Any] | None = None, sector: str = "molds", **firm: Any
) -> dict[str, Any]:
    return {"firm": {"sector": sector, "profile": profile or {}, **firm}, "answers": answers or {}}


def result(answers: dict[str, Any] | None = None, profile: dict[str, Any] | None = None, **firm: Any) -> dict[str, Any]:
    return assess(raw(answers, profile, **firm), load_catalogue(firm.get("sector", "molds")))


def capability(topic: str, **answers: Any) -> int | None:
    return result(answers)["capabilities"][topic]


def solution(name: str, raises: dict[str, Any], **more: Any) -> Solution:
    cost = Cost(unit="site", low=1000, high=2000, basis=HERE, source=(), date="2026-11", status="estimate")
    start = {"title": HERE, "what": HERE, "start": HERE, "days": (1, 5), "cost": cost, "form": "saas", "pool": "L"}
    return Solution(id=name, raises=raises, effect={"text": HERE}, plan_tasks=(6,), **{**start, **more})


def plan(
    name: str,
    raises: dict[str, Effect | list[Effect]],
    *,
    needs: tuple[str, ...] = (),
    connects: bool = False,
    catalogue: Catalogue = MOLDS,
) -> Plan:
    pairs = [(i, e) for i, es in raises.items() for e in (es if isinstance(es, list) else [es])]
    made = solution(name, {"C10": 1}, connects_machines=connects)
    own = tuple(i for i in raises if not catalogue.topics[catalogue.topic_of[i]].common)
    return Plan(
        solution=made, needs=parse_all(needs), applies=(), guards=(), pains=frozenset(), sector_items=own,
        raises=tuple((i, e, parse_all(e.given)) for i, e in pairs),
    )  # fmt: skip


def with_plans(*plans: Plan) -> Catalogue:
    return replace(MOLDS, plans={p.solution.id: p for p in plans}, solutions={p.solution.id: p.solution for p in plans})


def after(document: dict[str, Any], *plans: Plan) -> dict[str, Any]:
    return score(apply(read(document, MOLDS), MOLDS, plans), MOLDS)


# capability of scored items


@pytest.mark.parametrize(
    ("topic", "answers", "level"),
    [
        ("C01", {"plan_implementation": "none"}, 0),
        ("C01", {"plan_implementation": "informed"}, 1),
        ("C01", {"plan_implementation": "plan_made"}, 2),
        ("C01", {"plan_implementation": "point_projects"}, 3),
        ("C01", {"plan_implementation": "mode_change_with_results"}, 4),
        ("C01", {"plan_implementation": "shared_with_peers"}, 4),
        ("C02", {"management_mechanism": []}, 0),
        ("C02", {"management_mechanism": ["work_process"]}, 2),
        ("C02", {"management_mechanism": ["system_operation"]}, 1),
        ("C02", {"management_mechanism": ["work_process", "data_resources"]}, 3),
        (
            "C02",
            {"management_mechanism": ["work_process", "system_operation", "data_resources", "innovation_incentive"]},
            4,
        ),
        ("C04", {"talent": ["dedicated_staff", "performance_pay"]}, 2),
        (
            "C04",
            {
                "talent": [
                    "dedicated_staff",
                    "post_or_department",
                    "regular_training",
                    "performance_pay",
                    "tiered_development",
                ]
            },
            4,
        ),
        ("C06", {"network_build": []}, 0),
        ("C06", {"network_build": ["application_network"]}, 1),
        ("C06", {"network_build": ["shop_floor_network"]}, 2),
        ("C06", {"network_build": ["shop_floor_network", "application_network"]}, 3),
        ("C06", {"network_build": ["shop_floor_network", "application_network", "industrial_5g"]}, 4),
        ("C06", {"network_build": ["shop_floor_network", "application_network", "full_coverage_scalable"]}, 4),
        ("C06", {"network_build": ["industrial_5g", "full_coverage_scalable"]}, 1),
        ("C07", {"information_systems": "none"}, 0),
        ("C07", {"information_systems": "two_or_more"}, 2),
        ("C07", {"information_systems": "all"}, 4),
        ("C08", {"equipment_digital_rate": {"rate": 0.1}}, 0),
        ("C08", {"equipment_digital_rate": {"part": 11, "whole": 100}}, 1),
        ("C09", {"equipment_networked_rate": {"rate": 0.4}}, 2),
        ("C09", {"equipment_networked_rate": {"rate": 1}}, 4),
        ("C11", {"data_collection": []}, 0),
        ("C11", {"data_collection": ["finance"]}, 1),
        ("C11", {"data_collection": ["finance", "quality", "safety", "energy"]}, 2),
        ("C31", {"network_security": ["policy"], "data_security": []}, 0),
        ("C31", {"network_security": ["policy"], "data_security": ["policy"]}, 1),
        ("C31", {"network_security": ["policy", "boundary_control"], "data_security": ["policy"]}, 1),
        ("C31", {"network_security": ["policy", "products_or_services", "risk_assessment"]}, 1),
        ("C03", {"funding_rate": {"rate": 1}}, None),
        ("C34", {"pass_rate": "better", "energy_per_revenue": "better"}, None),
        ("C24", {"scene_warehousing": 3}, 3),
        ("scene_office", {"scene_office": 3}, 3),
    ],
    ids=str,
)
def test_capability_of_a_scored_item(topic, answers, level):
    assert capability(topic, **answers) == level


def test_the_scenes_lend_their_levels_to_the_topics_of_the_contract():
    scenes = [
        "decision",
        "C13",
        "product_design",
        "C14",
        "process_design",
        "C15",
        "purchasing",
        "C16",
        "scheduling",
        "C17",
        "production_control",
        "C18",
        "quality",
        "C20",
        "equipment",
        "C22",
        "warehousing",
        "C24",
        "marketing",
        "C25",
        "after_sales",
        "C26",
        "finance",
        "C27",
        "human_resources",
        "C28",
        "energy",
        "C29",
        "safety",
        "C30",
    ]
    assert {MOLDS.topic_of[f"scene_{s}"]: s for s in scenes[::2]} == dict(zip(scenes[1::2], scenes[::2], strict=True))


def test_every_topic_without_a_level_says_why():
    shown = result({"scene_quality": "unknown", "MOL-04": "na"}, {"own_design": True})
    assert {t for t, v in shown["capabilities"].items() if v is None} <= set(shown["states"])
    assert (shown["states"]["C20"], shown["states"]["MOL-04"], shown["states"]["C18"]) == (
        "unknown",
        "na",
        "unanswered",
    )
    spending = result({"funding_rate": {"rate": 0}})
    assert spending["states"]["C03"] == "no_level" and "funding_rate" not in spending["states"]


# evidence


def test_evidence_asked_and_not_given_counts_as_one_from_level_two():
    levels = {v: capability("C20", scene_quality={"value": v, "evidence": ""}) for v in range(5)}
    assert levels == {0: 0, 1: 1, 2: 1, 3: 1, 4: 1}
    assert capability("C20", scene_quality={"value": 3, "evidence": " \n"}) == 1
    assert capability("C20", scene_quality={"value": 3}) == capability("C20", scene_quality=3) == 3


def test_evidence_lowers_needs_and_guards_but_not_the_claimed_level():
    answers = {
        "C10": 1,
        "network_build": ["shop_floor_network"],
        "MOL-05": 0,
        "scene_product_design": {"value": 2, "evidence": ""},
    }
    shown = result(answers)
    assert shown["official"]["scenes"]["2"]["count"] == 1
    assert shown["official"]["evidenced"]["scenes"]["2"]["count"] == 0
    assert {"kind": "no_evidence", "item": "scene_product_design", "claimed": 2, "counted": 1} in shown["flags"]


# flags


def test_a_claim_more_than_one_above_an_unmet_need_is_flagged_and_not_lowered():
    shown = result({"C23": 3, "equipment_networked_rate": {"rate": 0.15}, "network_build": ["shop_floor_network"]})
    flags = [(f["item"], f["needs"], f["has"]) for f in shown["flags"] if f["claimed"] == 3]
    assert ("C23", "C09>=2", 1) in flags
    assert shown["capabilities"]["C23"] == 3


@pytest.mark.parametrize(
    ("has", "flagged"), [(0, True), (1, False), (2, False), ("unknown", True), (None, True), ("na", False)]
)
def test_needs_are_flagged_by_more_than_one_and_met_by_na(has, flagged):
    topic = replace(MOLDS.topics["MOL-05"], needs=parse_all(["MOL-04>=2"]), needs3=())
    catalogue = replace(MOLDS, topics={**MOLDS.topics, "MOL-05": topic})
    answers = {"MOL-05": 2, **({} if has is None else {"MOL-04": has})}
    flags = [f for f in assess(raw(answers), catalogue)["flags"] if f["kind"] == "unmet_need" and f["item"] == "MOL-05"]
    shown = {
        "kind": "unmet_need",
        "item": "MOL-05",
        "claimed": 2,
        "needs": "MOL-04>=2",
        "has": has if type(has) is int else None,
    }
    assert flags == ([shown] if flagged else [])


def test_further_needs_count_only_from_level_three():
    topic = replace(MOLDS.topics["MOL-05"], needs=(), needs3=parse_all(["MOL-04>=3"]))
    catalogue = replace(MOLDS, topics={**MOLDS.topics, "MOL-05": topic})
    flagged = {
        v: len([f for f in assess(raw({"MOL-05": v, "MOL-04": 0}), catalogue)["flags"] if f["kind"] == "unmet_need"])
        for v in (2, 3)
    }
    assert flagged == {2: 0, 3: 1}


def test_an_any_is_flagged_by_its_best_and_an_all_by_what_fails():
    def has(need: str) -> list[int | None]:
        topic = replace(MOLDS.topics["MOL-05"], needs=parse_all([need]), needs3=())
        catalogue = replace(MOLDS, topics={**MOLDS.topics, "MOL-05": topic})
        answers = {"MOL-05": 4, "MOL-04": 2, "MOL-06": 1, "C10": 0}
        return [f["has"] for f in assess(raw(answers), catalogue)["flags"] if f["item"] == "MOL-05"]

    assert has("any(MOL-06>=2;C10>=1)") == [1]
    assert has("all(MOL-04>=2;C10>=1)") == [0]
    assert has("any(MOL-06>=2;own_design=true)") == []


def test_contradicting_numbers_are_flags_and_never_errors():
    answers = {"equipment_digital_rate": {"part": 3, "whole": 10}, "equipment_networked_rate": {"part": 4, "whole": 10}}
    kinds = [(f["kind"], f["item"]) for f in result(answers, machines=12)["flags"]]
    assert ("networked_above_digital", "equipment_networked_rate") in kinds
    assert ("machines_differ", "equipment_digital_rate") in kinds and (
        "machines_differ",
        "equipment_networked_rate",
    ) in kinds
    kinds = [f["kind"] for f in result(answers, machines=10)["flags"]]
    assert "machines_differ" not in kinds


def test_a_firm_with_nothing_digital_gets_no_flag_for_answering_nought_everywhere():
    answers = {q.id: 0 for q in MOLDS.questions.values() if q.kind == "level"}
    assert result(answers)["flags"] == []


def test_scenes_that_are_switched_off_do_not_silence_the_check_of_systems():
    textiles = load_catalogue("textiles")
    off = {"branch": "sewing", "own_design": False, "holds_drawings": False}
    answers = {s: 0 for s in textiles.edition.scenes if s in asked(textiles, off)} | {"information_systems": "all"}
    assert len(answers) < 17
    assert "systems_above_scenes" in [f["kind"] for f in result(answers, off, sector="textiles")["flags"]]


# effects


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


# needs and guards


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


# money


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


# index


def test_a_dimension_with_under_half_of_its_topics_answered_is_null_and_named():
    by_dimension: dict[str, list[str]] = {}
    for topic in MOLDS.topics.values():
        if topic.levelled and topic.rule is None:
            by_dimension.setdefault(topic.dimension, []).append(topic.items[0])
    full = {
        d: items
        for d, items in by_dimension.items()
        if all(t.rule is None for t in MOLDS.topics.values() if t.levelled and t.dimension == d)
    }
    name, items = max(full.items(), key=lambda d: len(d[1]))
    assert len(items) >= 3
    half = -(-len(items) // 2)
    at_half = result(dict.fromkeys(items[:half], 4))["index"]["dimensions"][name]
    below = result(dict.fromkeys(items[: half - 1], 4))["index"]["dimensions"][name]
    assert at_half["score"] is not None and (at_half["answered"], at_half["of"]) == (half, len(items))
    assert below == {"score": None, "answered": half - 1, "of": len(items)}


def test_a_dimension_of_which_nothing_applies_is_named_and_not_assessable():
    topics = {t.id: t for t in MOLDS.topics.values() if t.dimension != "equipment" or t.id == "C23"}
    catalogue = replace(MOLDS, topics=topics)
    question = MOLDS.questions["C23"]
    allowed = replace(catalogue, questions={**MOLDS.questions, "C23": replace(question, na=HERE)})
    assert assess(raw({"C23": "na"}), allowed)["index"]["dimensions"]["equipment"] == {
        "score": None,
        "answered": 0,
        "of": 0,
    }


def test_emphasis_of_a_branch_counts_until_a_stated_fact_speaks_against_it():
    textiles = load_catalogue("textiles")
    branched = [e for e in textiles.emphasis if e[1]]
    assert branched
    answers = {q.id: 2 if i % 2 else 0 for i, q in enumerate(textiles.questions.values()) if q.kind == "level"}
    branches = {b: result(answers, {"branch": b}, sector="textiles")["index"]["overall"] for b in ("sewing", "dyeing")}
    assert branches["sewing"] != branches["dyeing"]


# range


def test_half_of_a_topic_answered_leaves_the_other_half_open_in_the_range():
    answers = {q.id: 0 for q in MOLDS.questions.values() if q.kind == "level"}
    open_half = result({**answers, "network_security": []})
    closed = result({**answers, "network_security": [], "data_security": []})
    low, high = open_half["index"]["range"]
    full = ["policy", "products_or_services", "risk_assessment", "inventory_and_verification"]
    best = {"network_build": [o.id for o in MOLDS.questions["network_build"].options], "data_security": full}
    assert low == closed["index"]["overall"] < high
    assert result({**answers, "network_security": [], **best})["index"]["overall"] <= high


# explanations


def test_everything_in_the_result_can_be_explained():
    document = read(
        raw({"scene_quality": {"value": 3, "evidence": ""}, "C10": 1, "funding_rate": {"rate": 0.2}}), MOLDS
    )
    shown = score(document, MOLDS)
    names = [*MOLDS.questions, *MOLDS.topics, *shown["official"]["sections"], *(f"gate:{n}" for n in "1234")]
    names += [f"dimension:{d}" for d in shown["index"]["dimensions"]] + ["official", "index", "score", "scenes"]
    assert [n for n in names if not explain(document, MOLDS, n).get("label")] == []
    for section, points in shown["official"]["sections"].items():
        assert explain(document, MOLDS, f"section:{section}")["value"] == points
    for item, points in shown["official"]["points"].items():
        assert explain(document, MOLDS, item)["value"] == points
    for name, dimension in shown["index"]["dimensions"].items():
        assert explain(document, MOLDS, f"dimension:{name}")["value"] == dimension["score"]
        assert explain(document, MOLDS, name)["value"] in (dimension["score"], shown["official"]["points"].get(name))
    assert "no evidence" in explain(document, MOLDS, "scene_quality")["rule"]
    assert explain(document, MOLDS, "C20")["value"] == 1
    with pytest.raises(UnknownNode):
        explain(document, MOLDS, "nope")


def test_parts_of_the_official_score_add_up_to_it():
    tree = explain(
        read(raw({"funding_rate": {"rate": 0.2}, "network_build": ["industrial_5g"]}), MOLDS), MOLDS, "score"
    )

    def total(node: dict[str, Any]) -> Decimal:
        inner = [total(part) for part in node.get("parts", ())]
        assert not inner or sum(inner) == Decimal(node["value"])
        return Decimal(node["value"])

    assert total(tree) == Decimal("3.875")

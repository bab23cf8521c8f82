"""Capability levels of scored items and the evidence rule, in the words of the contract (part 3)."""

from __future__ import annotations

import pytest

from tests.scoring.rules import MOLDS, capability, result


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

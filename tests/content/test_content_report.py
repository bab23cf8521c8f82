"""The content report: what arithmetic can tell about the content, and that each finding is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scoring import content_report as report
from scoring.content.catalogue import Catalogue
from scoring.content.loader import ROOT, list_sectors
from tests.content.test_checks import MOLDS, built, change, entry


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return report.content_report(ROOT, firms=600)


def test_every_trade_has_minutes_weights_and_levels(whole):
    assert list(whole["sectors"]) == list_sectors()
    for about in whole["sectors"].values():
        assert sum(about["levels"].values()) == 600 // len(list_sectors())
        assert sum(q["index_percent"] for q in about["questions"]) == pytest.approx(100, abs=0.5)
        assert sum(q["official_percent"] for q in about["questions"]) == pytest.approx(100)
        assert all(q["seconds"] > report.DECIDING_SECONDS for q in about["questions"])


def test_the_same_content_gives_the_same_report(whole):
    assert report.content_report(ROOT, firms=600) == whole


def test_made_up_firms_are_told_apart_and_the_questionnaire_is_short_enough(whole):
    assert [f for f in whole["findings"] if "is offered it" not in f and "never speaks" not in f] == []


def molds_report(catalogue: Catalogue) -> list[str]:
    seen = report._Seen()
    return list(report._findings("molds", report._sector(catalogue, 20, seen)))


def test_two_anchors_with_nearly_the_same_words_are_found():
    anchors = entry("questions", "MOL-05").anchors
    close = replace(anchors[2].text, zh=anchors[1].text.zh + "了")
    twins = change("questions", "MOL-05", anchors=(*anchors[:2], replace(anchors[2], text=close), *anchors[3:]))
    assert any(f.startswith("molds MOL-05: anchors 1 and 2 share 9") for f in molds_report(built(twins)))


def test_a_question_that_nothing_lifts_is_found():
    without = [s for s in MOLDS.entries["solutions"] if "MOL-05" not in s.raises]
    parsed = MOLDS._replace(entries={**MOLDS.entries, "solutions": without})
    assert "molds MOL-05: no solution lifts it to level 2" in molds_report(built(parsed))


def test_firms_that_all_stand_on_one_level_and_long_reading_are_found():
    about = {"minutes": 45.0, "alike": [], "never_raised": [], "levels": {"0": 0, "1": 100, "2": 0}}
    assert list(report._findings("molds", about)) == [
        "molds: reading and answering takes a firm about 45.0 minutes; 20 to 30 are wanted",
        "molds: 100 of 100 made-up firms stand at level 1; nothing tells them apart",
    ]


def test_a_solution_that_nobody_can_afford_and_a_rule_that_never_speaks_are_found():
    price = replace(entry("solutions", "MOL-S1").cost, low=40_000_000, high=50_000_000)
    seen = report._Seen()
    report._sector(built(change("solutions", "MOL-S1", cost=price)), 40, seen)
    assert "MOL-S1" in seen.solutions - seen.offered and "MOL-S2" in seen.offered
    assert seen.spoke & seen.speakable
    met = [replace(g, unless=("employees>=0",)) if g.id in seen.spoke else g for g in MOLDS.entries["guards"]]
    calm = report._Seen()
    report._sector(built(MOLDS._replace(entries={**MOLDS.entries, "guards": met})), 40, calm)
    assert seen.spoke & seen.speakable <= calm.speakable - calm.spoke


def test_what_few_firms_are_offered_is_told_apart_from_what_nobody_is():
    found = report._rarely(built(MOLDS), {"MOL-S1", "COM-S1", "UHD-S1"}, 100)
    assert found.keys() == {"MOL-S1"} and 1 <= found["MOL-S1"] <= 100
    price = replace(entry("solutions", "MOL-S1").cost, low=40_000_000, high=50_000_000)
    assert report._rarely(built(change("solutions", "MOL-S1", cost=price)), {"MOL-S1"}, 20) == {}

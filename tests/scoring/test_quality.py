"""Flags: what a human should look at before relying on the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring import asked, assess, load_catalogue
from scoring.conditions import parse_all
from tests.scoring.rules import MOLDS, raw, result


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

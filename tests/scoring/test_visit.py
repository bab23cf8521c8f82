"""What stands just below the next gate: a step up brings it nearer, and no other does."""

from __future__ import annotations

from typing import Any

import pytest

from scoring import assess, load_catalogue
from scoring.visit import near_items
from tests.scoring import personas

CASES = personas.read("personas.yaml")


def shown(case: dict[str, Any]) -> dict[str, Any]:
    """The answers of a persona, every level with proof."""
    document = personas.document(case)
    answers = {
        item: {"value": value, "evidence": "有"} if type(value) is int else value
        for item, value in document["answers"].items()
    }
    return {**document, "answers": answers}


def missing(document: dict[str, Any], level: int) -> tuple[int, int, bool]:
    """Scenes and starred scenes that the gate of a level lacks, and whether it lacks points."""
    gate = assess(document, load_catalogue(document["firm"]["sector"]))["official"]["gates"][str(level)]
    return gate["scenes_missing"], gate["starred_missing"], gate["score_missing"] != "0"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"][:3])
def test_scenes_near_a_gate_are_those_that_a_step_brings_nearer(case: dict[str, Any]) -> None:
    document = shown(case)
    catalogue = load_catalogue(document["firm"]["sector"])
    level = assess(document, catalogue)["official"]["level"] + 1
    before, near = missing(document, level), set(near_items(document, catalogue))
    for scene in catalogue.edition.scenes:
        given = document["answers"].get(scene)
        value = given["value"] if isinstance(given, dict) else 0
        if value == 4 or given == "na":
            assert scene not in near
            continue
        raised = {**document, "answers": {**document["answers"], scene: value + 1}}
        assert (scene in near) == (missing(raised, level) < before), scene


def test_a_claim_that_only_lacks_proof_stands_near() -> None:
    document = shown(next(case for case in CASES if case["name"].startswith("P04")))
    catalogue = load_catalogue(document["firm"]["sector"])
    scene = "scene_quality"
    document["answers"][scene] = {"value": 4, "evidence": "有"}
    assert scene not in near_items(document, catalogue)  # nothing stands above it
    for item in catalogue.edition.scenes:
        if isinstance(document["answers"].get(item), dict):
            document["answers"][item] = {**document["answers"][item], "evidence": ""}
    assert scene in near_items(document, catalogue)

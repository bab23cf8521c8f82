"""The cluster index, its range, and the explanation of every number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from scoring import assess, load_catalogue
from scoring.answers import read
from scoring.result import score
from scoring.trace import UnknownNode, explain
from tests.scoring.rules import HERE, MOLDS, raw, result


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


def test_half_of_a_topic_answered_leaves_the_other_half_open_in_the_range():
    answers = {q.id: 0 for q in MOLDS.questions.values() if q.kind == "level"}
    open_half = result({**answers, "network_security": []})
    closed = result({**answers, "network_security": [], "data_security": []})
    low, high = open_half["index"]["range"]
    full = ["policy", "products_or_services", "risk_assessment", "inventory_and_verification"]
    best = {"network_build": [o.id for o in MOLDS.questions["network_build"].options], "data_security": full}
    assert low == closed["index"]["overall"] < high
    assert result({**answers, "network_security": [], **best})["index"]["overall"] <= high


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

"""Reads persona and golden files: a firm described by capability levels becomes an answers document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scoring.content.catalogue import Catalogue
from scoring.content.loader import load_catalogue
from scoring.review import answer_at

GOLDEN = Path(__file__).parent / "golden"


def read(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((GOLDEN / name).read_text(encoding="utf-8"))


def document(case: dict[str, Any]) -> dict[str, Any]:
    """The answers document of a case: `default` level for every topic, `levels` by topic, `answers` as they are."""
    catalogue = load_catalogue(case["sector"])
    answers: dict[str, Any] = {}
    if "default" in case:
        for topic in catalogue.topics.values():
            level = case.get("levels", {}).get(topic.id, case["default"])
            for item in topic.items:
                answers[item] = "na" if level == "na" else plain(catalogue, item, level)
    answers |= case.get("answers", {})
    answers = {i: v for i, v in answers.items() if v is not None}
    firm = {"name": case["name"], "sector": case["sector"], **case.get("firm", {}), "profile": case.get("profile", {})}
    return {"firm": firm, "pains": case.get("pains", []), "answers": answers}


def plain(catalogue: Catalogue, item: str, level: int) -> Any:
    """The least raw answer that gives this capability level; trends stand at "unchanged"."""
    question = catalogue.questions[item]
    if question.kind == "trend":
        return "unchanged"
    answer = answer_at(catalogue, question, level)
    if question.kind == "rate":
        return {"rate": answer.value.part / answer.value.whole}
    if question.kind == "multiple":
        return sorted(answer.value)
    return answer.value

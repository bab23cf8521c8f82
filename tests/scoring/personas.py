"""Reads persona and golden files: a firm described by capability levels becomes an answers document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scoring.answers import Answer
from scoring.content.loader import load_catalogue
from scoring.content.model import Question
from scoring.review import answers_at

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
            if level == "na":
                answers |= dict.fromkeys(topic.items, "na")
            else:
                answers |= {i: plain(catalogue.questions[i], a) for i, a in answers_at(catalogue, topic, level).items()}
    answers |= case.get("answers", {})
    answers = {i: v for i, v in answers.items() if v is not None}
    firm = {"name": case["name"], "sector": case["sector"], **case.get("firm", {}), "profile": case.get("profile", {})}
    return {"firm": firm, "pains": case.get("pains", []), "answers": answers}


def plain(question: Question, answer: Answer) -> Any:
    """An answer as a document holds it; trends stand at "unchanged"."""
    if question.kind == "trend":
        return "unchanged"
    if question.kind == "rate":
        return {"rate": answer.value.part / answer.value.whole}
    return sorted(answer.value) if question.kind == "multiple" else answer.value

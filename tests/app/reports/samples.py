"""Answers files to make reports from: one firm of any trade, everything in it that a report can show."""

from __future__ import annotations

from typing import Any

from scoring.content.loader import load_catalogue

SIZES = {
    "molds": (60, 2800, 18),
    "textiles": (80, 2600, 66),
    "electronics": (120, 6000, 40),
    "appliances": (150, 9000, 52),
}


def answers(sector: str = "molds", *, name: str = "示例模具厂", evidence: bool = True, **firm: Any) -> dict[str, Any]:
    """A firm with levels 0 to 3, several without evidence, one unknown, one left out. Deterministic."""
    catalogue = load_catalogue(sector)
    employees, revenue, machines = SIZES.get(sector, (60, 2800, 18))
    given: dict[str, Any] = {}
    for number, (item, question) in enumerate(catalogue.questions.items()):
        if question.kind == "level":
            level = (0, 1, 1, 2, 1, 2, 0, 1, 2, 3)[number % 10]
            given[item] = level
            if evidence and level >= 2:
                given[item] = {
                    "value": level,
                    "evidence": "" if number % 4 == 0 else question.anchors[level].evidence.zh,
                }
        elif question.kind == "multiple":
            given[item] = [o.id for o in question.options][: len(question.options) // 2]
        elif question.kind == "rate":
            given[item] = {"part": 7, "whole": machines} if question.whole_fact else {"rate": 0.012}
        else:
            given[item] = question.options[min(1, len(question.options) - 1)].id
    levels = [i for i, q in catalogue.questions.items() if q.kind == "level"]
    given[levels[4]] = "unknown"
    del given[levels[9]]
    profile: dict[str, Any] = {}
    for fact in catalogue.facts.values():
        if fact.kind == "bool":
            profile[fact.id] = fact.id in (
                "own_design",
                "holds_drawings",
                "edm",
                "lifting",
                "trial_machine",
                "daily_backup",
                "own_cutting",
            )
        elif fact.kind == "choice":
            profile[fact.id] = fact.options[0].id
    return {
        "firm": {
            "name": name,
            "sector": sector,
            "employees": employees,
            "revenue_wan": revenue,
            "machines": machines,
            "profile": profile,
        }
        | firm,
        "pains": [p.number for p in catalogue.sector.pains[1:4]],
        "answers": given,
    }

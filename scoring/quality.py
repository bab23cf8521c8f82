"""What a human should look at before relying on the answers. Flags only: nothing is lowered or excluded.

Kinds: unmet_need · no_evidence · networked_above_digital · machines_differ · systems_below_scenes ·
systems_above_scenes · same_answer. A firm with nothing digital rightly answers 0 everywhere, so a run of
zeros is no flag.
"""

from __future__ import annotations

from typing import Any

from scoring.answers import ANSWERED, Document, Rate
from scoring.conditions import MISSING, NA, Condition, Levels, atom
from scoring.content.catalogue import Catalogue

SYSTEM_STEPS = ("none", "one_link", "two_or_more", "most_over_80pct", "all")
MIN_RUN = 15


def systems_option(scenes_at_2: int, scenes: int = 16) -> str:
    """The option of `information_systems` for a number of business links whose scene is at level 2 or above."""
    if scenes_at_2 >= scenes:
        return "all"
    if scenes_at_2 >= 13:
        return "most_over_80pct"
    return "two_or_more" if scenes_at_2 >= 2 else "one_link" if scenes_at_2 == 1 else "none"


def flags(document: Document, catalogue: Catalogue, levels: Levels) -> list[dict[str, Any]]:
    """The `flags` of a result, in the order of the questionnaire."""
    found = unmet_needs(catalogue, levels, document.facts)
    for item in catalogue.questions:
        answer = document.answers.get(item)
        if answer is None or item in document.off or answer.counted is None:
            continue
        if answer.counted < answer.value:
            found.append({"kind": "no_evidence", "item": item, "claimed": answer.value, "counted": answer.counted})
    found += _numbers(document)
    found += _systems(document, catalogue)
    found += _runs(document, catalogue)
    return found


def unmet_needs(catalogue: Catalogue, levels: Levels, facts: Any) -> list[dict[str, Any]]:
    """Claims of 2 (3) or more that stand more than one level above what an unmet need has."""
    found = []
    for topic in catalogue.topics.values():
        claimed = levels.get(topic.id, MISSING)
        if claimed < 2 or claimed == NA:
            continue
        for condition in topic.needs if claimed == 2 else topic.needs + topic.needs3:
            if condition.test(levels, facts) is False:
                has = _held(condition, levels, facts)
                if has is not None and claimed - max(has, 0) > 1:
                    shown = None if has == MISSING else has
                    found.append(
                        {
                            "kind": "unmet_need",
                            "item": topic.id,
                            "claimed": claimed,
                            "needs": condition.text,
                            "has": shown,
                        }
                    )
    return found


def _held(condition: Condition, levels: Levels, facts: Any) -> int | None:
    """The level that an unmet need has: of `any` the best, else the lowest that fails; None where only facts fail."""
    failing = [n for n, o, v in condition.topics if atom(n, o, v).test(levels, facts) is False]
    has = [levels.get(name, MISSING) for name in failing]
    return (max(has) if condition.text.startswith("any(") else min(has)) if has else None


def _numbers(document: Document) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    rates = {}
    for item in ("equipment_digital_rate", "equipment_networked_rate"):
        answer = document.answers.get(item)
        if answer and answer.state == ANSWERED and item not in document.off:
            rates[item] = answer.value
    if len(rates) == 2 and _above(rates["equipment_networked_rate"], rates["equipment_digital_rate"]):
        shown = {name: round(rate.part / rate.whole, 4) for name, rate in rates.items()}
        found.append({"kind": "networked_above_digital", "item": "equipment_networked_rate", "rates": shown})
    machines = document.facts.get("machines")
    for item in rates:
        value = document.answers[item].value
        if machines is not None and value.counted and value.whole != machines:
            found.append({"kind": "machines_differ", "item": item, "machines": int(document.facts["machines"])})
    return found


def _above(a: Rate, b: Rate) -> bool:
    return a.part * b.whole > b.part * a.whole


def _systems(document: Document, catalogue: Catalogue) -> list[dict[str, Any]]:
    claim = document.answers.get("information_systems")
    if claim is None or claim.state != ANSWERED:
        return []
    states = {s: document.state(s) for s in catalogue.edition.scenes}
    if not {"unanswered", "unknown"}.isdisjoint(states.values()):
        return []
    count = sum(1 for s, state in states.items() if state == ANSWERED and document.answers[s].value >= 2)
    gap = SYSTEM_STEPS.index(claim.value) - SYSTEM_STEPS.index(systems_option(count, len(states)))
    if abs(gap) < 2:
        return []
    kind = "systems_above_scenes" if gap > 0 else "systems_below_scenes"
    return [{"kind": kind, "item": "information_systems", "claimed": claim.value, "scenes_at_2": count}]


def _runs(document: Document, catalogue: Catalogue) -> list[dict[str, Any]]:
    levels = [
        a.value
        for i in catalogue.questions
        if (a := document.answers.get(i)) and a.counted is not None and i not in document.off
    ]
    if len(levels) >= MIN_RUN and levels[0] > 0 and len(set(levels)) == 1:
        return [{"kind": "same_answer", "item": "", "level": levels[0], "count": len(levels)}]
    return []

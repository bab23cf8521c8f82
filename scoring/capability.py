"""Capability levels 0-4 of every topic, by the rules that content states for scored items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.answers import ANSWERED, NOT_APPLICABLE, UNANSWERED, UNKNOWN, Answer, Document
from scoring.conditions import MISSING, NA
from scoring.content.catalogue import Catalogue, Topic
from scoring.content.model import Capability


def capability_levels(document: Document, catalogue: Catalogue) -> dict[str, int]:
    """Level by topic: 0-4, `NA` where it does not apply, `MISSING` where it is unanswered or unknown (see `conditions`)."""
    answers, off = document.answers, document.off
    levels: dict[str, int] = {}
    for topic in catalogue.topics.values():
        if not topic.levelled:
            continue
        if topic.rule is None:
            item = topic.items[0]
            if item in off:
                levels[topic.id] = NA
                continue
            answer = answers.get(item)
            if answer is None or answer.state == UNKNOWN:
                levels[topic.id] = MISSING
            elif answer.state == ANSWERED:
                levels[topic.id] = answer.counted  # type: ignore[assignment]
            else:
                levels[topic.id] = NA
        else:
            levels[topic.id] = _ruled(topic, topic.rule, answers, off, catalogue)
    return levels


def topic_state(document: Document, topic: Topic) -> str:
    """answered, unanswered, unknown or na; a topic of several questions is answered once one of them is."""
    states = [document.state(i) for i in topic.items]
    for state in (ANSWERED, UNKNOWN, UNANSWERED):
        if state in states:
            return state
    return NOT_APPLICABLE


def _ruled(topic: Topic, rule: Capability, answers: Mapping[str, Answer], off: frozenset[str], catalogue: Catalogue) -> int:
    given = [(i, a) for i in topic.items if i not in off and (a := answers.get(i)) is not None]
    values = [a.value for i, a in given if a.state == ANSWERED]
    if not values:
        applies = any(i not in off and (i not in answers or answers[i].state != NOT_APPLICABLE) for i in topic.items)
        return MISSING if applies else NA
    return ruled_level(topic, rule, values, catalogue)


def ruled_level(topic: Topic, rule: Capability, values: list[Any], catalogue: Catalogue) -> int:
    """The level that a rule gives to the answered values of a topic's items (at least one)."""
    if rule.rule == "band":
        return catalogue.edition.items[topic.items[0]].band(values[0].part, values[0].whole)
    if rule.rule == "option":
        return rule.levels[values[0]]
    ticks: set[str] | frozenset[str] = values[0]
    count = len(ticks) if len(values) == 1 else sum(map(len, values))
    if rule.rule == "steps":
        return sum(count >= n for n in rule.steps)
    if rule.rule == "cases":
        for case in rule.cases:
            if count >= case.count and all(o in ticks for o in case.has):
                return case.level
        return 0
    weighted = sum(rule.weights.get(o, 1) for v in values for o in v) if rule.weights else count
    return min(4, int(weighted * rule.each))

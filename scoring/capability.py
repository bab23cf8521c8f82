"""Capability levels 0-4 of every topic, by the rules that content states for scored items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.answers import ANSWERED, NOT_APPLICABLE, UNANSWERED, UNKNOWN, Answer, Document, Rate
from scoring.conditions import MISSING, NA
from scoring.content.catalogue import Catalogue, Topic
from scoring.content.model import Capability

MOST = 4
NOTHING: Mapping[str, Answer] = {}


def capability_levels(document: Document, catalogue: Catalogue) -> dict[str, int]:
    """Level by topic: 0-4, `NA` where it does not apply, `MISSING` where it is unanswered or unknown."""
    return {t.id: topic_level(t, document, catalogue) for t in catalogue.topics.values() if t.levelled}


def topic_level(topic: Topic, document: Document, catalogue: Catalogue, changed: Mapping[str, Answer] = NOTHING) -> int:
    """The level of one topic that can have one, with `changed` answers in place of the document's."""
    if topic.rule is not None:
        return _ruled(topic, topic.rule, document, catalogue, changed)
    item = topic.items[0]
    if item in document.off:
        return NA
    answer = changed.get(item) or document.answers.get(item)
    if answer is None or answer.state == UNKNOWN:
        return MISSING
    return NA if answer.counted is None else answer.counted


def best_levels(document: Document, catalogue: Catalogue, levels: Mapping[str, int]) -> dict[str, int]:
    """The levels if every unanswered or unknown question were answered at its best. `levels` are the present ones."""
    best = dict(levels)
    for topic in catalogue.topics.values():
        if not topic.levelled or levels[topic.id] == NA:
            continue
        missing = [i for i in topic.items if document.state(i) in (UNANSWERED, UNKNOWN)]
        if missing and topic.rule is None:
            best[topic.id] = MOST
        elif missing:
            full = {i: Answer(ANSWERED, _best(topic.rule, i, catalogue)) for i in missing}
            best[topic.id] = topic_level(topic, document, catalogue, full)
    return best


def _best(rule: Capability | None, item: str, catalogue: Catalogue) -> Any:
    question = catalogue.questions[item]
    if question.kind == "rate":
        return Rate(1, 1, False)
    if question.kind == "multiple":
        return frozenset(o.id for o in question.options)
    return max((o.id for o in question.options), key=lambda o: rule.levels.get(o, 0) if rule else 0)


def topic_state(document: Document, topic: Topic) -> str:
    """answered, unanswered, unknown or na; a topic of several questions is answered once one of them is."""
    states = [document.state(i) for i in topic.items]
    for state in (ANSWERED, UNKNOWN, UNANSWERED):
        if state in states:
            return state
    return NOT_APPLICABLE


def _ruled(
    topic: Topic, rule: Capability, document: Document, catalogue: Catalogue, changed: Mapping[str, Answer]
) -> int:
    given = [(changed.get(i) or document.answers.get(i)) for i in topic.items if i not in document.off]
    values = [a.value for a in given if a is not None and a.state == ANSWERED]
    if values:
        return ruled_level(topic, rule, values, catalogue)
    return MISSING if any(a is None or a.state == UNKNOWN for a in given) else NA


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

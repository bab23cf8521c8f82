"""Answers after solutions take effect (contract, part 3, "Effects"). The same engine then scores them like real ones.

A level item becomes `max(start, min(highest carried, start + 2))`; ticks add up; a rate becomes the right end of the band
carried; `information_systems` follows from the scenes. Conditions on the final state are met by repeating until nothing
changes: effects only ever raise, so this ends and the order of the solutions does not matter to the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scoring.answers import ANSWERED, NOT_APPLICABLE, Answer, Document, Rate
from scoring.capability import capability_levels, ruled_level
from scoring.conditions import NA, Levels
from scoring.content.catalogue import Catalogue, Plan
from scoring.content.model import Effect
from scoring.errors import CannotStart
from scoring.quality import SYSTEM_STEPS, systems_option

MAX_CLIMB = 2


def blocked(plan: Plan, levels: Levels, facts: Mapping[str, object]) -> tuple[str | None, list[str]]:
    """Why a solution cannot start: (guard id or None, unmet conditions). An empty list means that it can."""
    for condition in plan.applies:
        if condition.test(levels, facts) is False:
            return "G16", [condition.text]
    for guard, unless in plan.guards:
        unmet = [c.text for c in unless if c.test(levels, facts) is False]
        if unmet or not unless:
            return guard, unmet
    return None, [c.text for c in plan.needs if c.test(levels, facts) is False]


def simulate(document: Document, catalogue: Catalogue, solutions: Sequence[str]) -> Document:
    """The document after these solutions, started in this order. Raises CannotStart, or KeyError for an unknown id."""
    done: list[Plan] = []
    after = document
    for name in solutions:
        plan = catalogue.plans[name]
        guard, unmet = blocked(plan, capability_levels(after, catalogue), document.facts)
        if guard or unmet:
            raise CannotStart(name, unmet, guard)
        done.append(plan)
        after = apply(document, catalogue, done)
    return after


def apply(start: Document, catalogue: Catalogue, plans: Sequence[Plan]) -> Document:
    """The document after these plans, all in effect."""
    if not plans:
        return start
    off = start.off
    opened = "C32" in off and any(p.solution.connects_machines for p in plans)
    current = replace(start, off=off - {"C32"}, answers={**start.answers, "C32": Answer(ANSWERED, 0, 0)}) if opened else start
    base = current
    while True:
        levels = capability_levels(current, catalogue)
        after = _once(base, catalogue, plans, levels)
        if after.answers == current.answers:
            return after
        current = after


def _once(base: Document, catalogue: Catalogue, plans: Sequence[Plan], levels: Levels) -> Document:
    carried: dict[str, int] = {}
    ticks: dict[str, set[str]] = {}
    options: dict[str, str] = {}
    for plan in plans:
        for item, effect, given in plan.raises:
            if any(c.test(levels, base.facts) is False for c in given):
                continue
            if effect.to or effect.band:
                carried[item] = max(carried.get(item, 0), effect.to or effect.band or 0)
            elif effect.add:
                ticks.setdefault(item, set()).update(effect.add)
            elif effect.option:
                order = [o.id for o in catalogue.questions[item].options]
                options[item] = max(options.get(item, order[0]), effect.option, key=order.index)
    answers = dict(base.answers)
    for item, level in carried.items():
        if base.state(item) != NOT_APPLICABLE:
            answers[item] = _raised(base, catalogue, item, level)
    for item, added in ticks.items():
        if base.state(item) != NOT_APPLICABLE:
            before = base.answers.get(item)
            has = before.value if before and before.state == ANSWERED else frozenset()
            answers[item] = Answer(ANSWERED, has | added, None, before.evidence if before else None)
    for item, option in options.items():
        if base.state(item) != NOT_APPLICABLE:
            answers[item] = _option(base, catalogue, item, option)
    _systems(base, catalogue, answers)
    return replace(base, answers=answers)


def _raised(base: Document, catalogue: Catalogue, item: str, level: int) -> Answer:
    before = base.answers.get(item)
    held = before if before and before.state == ANSWERED else None
    question = catalogue.questions[item]
    if question.kind == "rate":
        scored = catalogue.edition.items[item]
        start = scored.band(held.value.part, held.value.whole) if held else 0
        to = min(level, start + MAX_CLIMB)
        if held and to <= start:
            return held
        return Answer(ANSWERED, Rate(*scored.bands[to], False), None, held.evidence if held else None)
    start = held.counted if held and held.counted is not None else 0
    to = max(start, min(level, start + MAX_CLIMB))
    if held and to <= start:
        return held
    return Answer(ANSWERED, max(to, held.value if held else 0), to, held.evidence if held else None)


def _option(base: Document, catalogue: Catalogue, item: str, option: str) -> Answer:
    """A single choice climbs like a level: at most two capability levels from where it started."""
    question = catalogue.questions[item]
    order = [o.id for o in question.options]
    before = base.answers.get(item)
    held = before.value if before and before.state == ANSWERED else order[0]
    rule = question.capability.levels if question.capability else {}
    limit = rule.get(held, 0) + MAX_CLIMB
    within = [o for o in order[: order.index(option) + 1] if rule.get(o, 0) <= limit]
    best = max([*within, held], key=order.index)
    return Answer(ANSWERED, best, None, before.evidence if before else None)


def _systems(base: Document, catalogue: Catalogue, answers: dict[str, Answer]) -> None:
    if "information_systems" not in catalogue.questions:
        return
    scenes = catalogue.edition.scenes
    count = sum(1 for s in scenes if s not in base.off and (a := answers.get(s)) and a.state == ANSWERED and a.value >= 2)
    derived = systems_option(count, len(scenes))
    before = base.answers.get("information_systems")
    held = before.value if before and before.state == ANSWERED else "none"
    if SYSTEM_STEPS.index(derived) > SYSTEM_STEPS.index(held):
        answers["information_systems"] = Answer(ANSWERED, derived, None, before.evidence if before else None)


def gains(plan: Plan, document: Document, catalogue: Catalogue, levels: Levels) -> dict[str, tuple[int, int]]:
    """Capability levels that this solution alone would raise from the present state: topic → (from, to).

    The same arithmetic as `apply`, on the touched topics only; a property test holds the two together.
    """
    result: dict[str, tuple[int, int]] = {}
    waiting = []
    values: dict[str, Any] = {}
    for item, effect, given in plan.raises:
        if given:
            waiting.append((item, effect, given))
        else:
            _gain(item, effect, document, catalogue, levels, values, result)
    while waiting:
        now = {**levels, **{t: to for t, (_, to) in result.items()}}
        ready = [w for w in waiting if all(c.test(now, document.facts) is not False for c in w[2])]
        if not ready:
            break
        for item, effect, _ in ready:
            _gain(item, effect, document, catalogue, levels, values, result)
        waiting = [w for w in waiting if w not in ready]
    return result


def _gain(
    item: str,
    effect: Effect,
    document: Document,
    catalogue: Catalogue,
    levels: Levels,
    values: dict[str, Any],
    result: dict[str, tuple[int, int]],
) -> None:
    topic = catalogue.topics[catalogue.topic_of[item]]
    start = levels.get(topic.id, NA)
    if start == NA or not topic.levelled:
        return
    start = max(start, 0)
    if effect.to is not None:
        to = min(effect.to, start + MAX_CLIMB)
    elif effect.band is not None:
        to = min(effect.band, start + MAX_CLIMB)
    else:
        before = document.answers.get(item)
        if effect.add:
            has = before.value if before and before.state == ANSWERED else frozenset()
            values[item] = has | frozenset(effect.add) | values.get(item, frozenset())
        else:
            values[item] = _option(document, catalogue, item, effect.option or "").value
        together = [
            values[i] if i in values else document.answers[i].value
            for i in topic.items
            if i in values or document.state(i) == ANSWERED
        ]
        to = ruled_level(topic, topic.rule, together, catalogue)  # type: ignore[arg-type]
    if to > max(start, result.get(topic.id, (0, 0))[1]):
        result[topic.id] = (start, to)

"""Answers after solutions take effect (contract, part 3, "Effects"). The same engine then scores them like real ones.

A level item becomes `max(start, min(highest carried, start + 2))`; ticks add up; a rate becomes the right end of the
band carried; `information_systems` follows from the scenes. Conditions on the final state are met by repeating until
nothing changes: effects only ever raise, so this ends and the order of the solutions does not matter to the result.

A topic that does not apply meets a condition, with one exception: C32, which any solution that connects machines turns
from "na" to 0, counts as 0 in the condition of an effect. Otherwise connecting machines could take another effect back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scoring.answers import ANSWERED, NOT_APPLICABLE, Answer, Document, Rate
from scoring.capability import capability_levels, topic_level
from scoring.conditions import NA, Levels
from scoring.content.catalogue import Catalogue, Plan
from scoring.errors import CannotStart
from scoring.quality import SYSTEM_STEPS, systems_option

MAX_CLIMB = 2
SECURED, SYSTEMS = "C32", "information_systems"


def raised_topics(catalogue: Catalogue, solution: str) -> list[str]:
    """Ids of the topics with a level that a solution can raise, in the order asked; none for an id that is unknown."""
    plan = catalogue.plans.get(solution)
    items = {item for item, *_rest in plan.raises} if plan else set()
    return [topic.id for topic in catalogue.topics.values() if topic.levelled and items & set(topic.items)]


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
    base = _opened(start, catalogue, plans)
    changed, _ = _effective(base, catalogue, plans, capability_levels(base, catalogue))
    _systems(base, catalogue, changed)
    return replace(base, answers={**base.answers, **changed})


def gains(plan: Plan, document: Document, catalogue: Catalogue, levels: Levels) -> dict[str, tuple[int, int]]:
    """Capability levels that this solution alone would raise from the present state: topic → (from, to).

    `levels` are those of the document. What `information_systems` follows from is a gain only where the solution itself
    brings more scenes into a system, not where the firm's own answers already contradict each other.
    """
    if not plan.solution.connects_machines and not _may_raise(plan, document, catalogue, levels):
        return {}
    base = _opened(document, catalogue, (plan,)) if plan.solution.connects_machines else document
    before = levels if base is document else {**levels, SECURED: 0}
    changed, after = _effective(base, catalogue, (plan,), before)
    found = {}
    for topic, to in after.items():
        start = max(before[topic], 0)
        if to > start:
            found[topic] = (start, to)
    if _more_scenes(base, catalogue, changed):
        _systems(base, catalogue, changed)
        if SYSTEMS in changed:
            derived = catalogue.topics[catalogue.topic_of[SYSTEMS]]
            start, to = max(before[derived.id], 0), topic_level(derived, base, catalogue, changed)
            if to > start:
                found[derived.id] = (start, to)
    return found


def _may_raise(plan: Plan, document: Document, catalogue: Catalogue, levels: Levels) -> bool:
    """Whether some effect could raise something, conditions left aside: a quick no for what stands there already."""
    for item, effect, _ in plan.raises:
        level = levels.get(catalogue.topic_of[item], NA)
        if level == NA:
            continue
        if effect.add:
            held = document.answers.get(item)
            if held is None or held.state != ANSWERED or not held.value.issuperset(effect.add):
                return True
        elif effect.option or (effect.to or effect.band or 0) > level:
            return True
    return False


def _more_scenes(base: Document, catalogue: Catalogue, changed: Mapping[str, Answer]) -> bool:
    """Whether some scene comes to 2 or above by these changes."""
    for scene, answer in changed.items():
        if scene in catalogue.edition.scenes and answer.counted is not None and answer.counted >= 2:
            before = base.answers.get(scene)
            if before is None or before.counted is None or before.counted < 2:
                return True
    return False


def _opened(start: Document, catalogue: Catalogue, plans: Sequence[Plan]) -> Document:
    """The start; where a plan connects machines and the security of connected machines was "na", that stands at 0."""
    if SECURED not in catalogue.questions or start.state(SECURED) != NOT_APPLICABLE:
        return start
    if not any(p.solution.connects_machines for p in plans):
        return start
    return replace(start, off=start.off - {SECURED}, answers={**start.answers, SECURED: Answer(ANSWERED, 0, 0)})


def _effective(
    base: Document, catalogue: Catalogue, plans: Sequence[Plan], levels: Levels
) -> tuple[dict[str, Answer], dict[str, int]]:
    """(answers that the plans change, levels of the topics they touch); `levels` are those of the base."""
    changed = _once(base, catalogue, plans, levels)
    touched = _levels(base, catalogue, changed)
    if not any(plan.conditional for plan in plans):
        return changed, touched
    while True:
        derived = dict(changed)
        _systems(base, catalogue, derived)
        after = _once(base, catalogue, plans, {**levels, **_levels(base, catalogue, derived)})
        if after == changed:
            return changed, touched
        changed, touched = after, _levels(base, catalogue, after)


def _levels(base: Document, catalogue: Catalogue, changed: Mapping[str, Answer]) -> dict[str, int]:
    """Levels of the topics that the changed answers belong to."""
    found: dict[str, int] = {}
    for item in changed:
        topic = catalogue.topics[catalogue.topic_of[item]]
        if topic.levelled and topic.id not in found:
            found[topic.id] = topic_level(topic, base, catalogue, changed)
    return found


def _once(base: Document, catalogue: Catalogue, plans: Sequence[Plan], levels: Levels) -> dict[str, Answer]:
    """Answers that the plans change, with conditions judged by these levels."""
    off, answered, facts = base.off, base.answers, base.facts
    seen: Levels | None = None
    carried: dict[str, int] = {}
    ticks: dict[str, set[str]] = {}
    options: dict[str, str] = {}
    for plan in plans:
        for item, effect, given in plan.raises:
            if given:
                if seen is None:
                    seen = {**levels, SECURED: 0} if levels.get(SECURED) == NA else levels
                if any(c.test(seen, facts) is False for c in given):
                    continue
            held = answered.get(item)
            if item in off or (held is not None and held.state == NOT_APPLICABLE):
                continue
            if held is not None and held.counted is not None and effect.to is not None and held.counted >= effect.to:
                continue  # stands there already
            if effect.to or effect.band:
                carried[item] = max(carried.get(item, 0), effect.to or effect.band or 0)
            elif effect.add:
                ticks.setdefault(item, set()).update(effect.add)
            elif effect.option:
                order = [o.id for o in catalogue.questions[item].options]
                options[item] = max(options.get(item, order[0]), effect.option, key=order.index)
    answers = {item: _raised(base, catalogue, item, level) for item, level in carried.items()}
    for item, added in ticks.items():
        before = base.answers.get(item)
        has = before.value if before and before.state == ANSWERED else frozenset()
        answers[item] = Answer(ANSWERED, has | added, None, before.evidence if before else None)
    for item, option in options.items():
        answers[item] = _option(base, catalogue, item, option)
    return answers


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


def _scenes_at_2(base: Document, catalogue: Catalogue, changed: Mapping[str, Answer]) -> int:
    """Business links whose scene stands at 2 or above, after the evidence rule."""
    count = 0
    for scene in catalogue.edition.scenes:
        answer = changed.get(scene) or base.answers.get(scene)
        count += answer is not None and answer.counted is not None and answer.counted >= 2 and scene not in base.off
    return count


def _systems(base: Document, catalogue: Catalogue, changed: dict[str, Answer]) -> None:
    """Adds `information_systems` to the changed answers where the scenes say more than the claim."""
    if SYSTEMS not in catalogue.questions:
        return
    derived = systems_option(_scenes_at_2(base, catalogue, changed), len(catalogue.edition.scenes))
    before = base.answers.get(SYSTEMS)
    held = before.value if before and before.state == ANSWERED else SYSTEM_STEPS[0]
    if SYSTEM_STEPS.index(derived) > SYSTEM_STEPS.index(held):
        changed[SYSTEMS] = Answer(ANSWERED, derived, None, before.evidence if before else None)

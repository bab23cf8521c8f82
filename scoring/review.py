"""The whole content on the bench: what `python -m scoring check` proves beyond form and references.

Faults make the content unusable (exit 2); warnings are places an author should look at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any

from scoring.answers import ANSWERED, Answer, Document, Rate, switched_off
from scoring.capability import capability_levels, topic_level
from scoring.conditions import Condition
from scoring.content.catalogue import Catalogue, Plan, Topic
from scoring.content.checks import NEVER_RAISED, texts_of
from scoring.content.loader import ROOT, list_sectors, load_catalogue
from scoring.content.model import Question
from scoring.content.plan import PLAN, load_plan
from scoring.content.published import changed_versions, digest, publish, version_folders
from scoring.content.selfchecks import FILE, FOLDER, SelfCheck, fitting_feeds, list_checks, load_check
from scoring.effects import apply, gains
from scoring.errors import ContentError, Fault
from scoring.quality import unmet_needs

SAME_SENTENCE = 0.85
MUST_REACH = 2
FEW = 6
CHAIN_ASKS = 5


def review(root: Path) -> dict[str, Any]:
    """Counts and warnings of all content below `root`. Raises ContentError with every fault."""
    faults: list[Fault] = []
    catalogues: dict[str, Catalogue] = {}
    for sector in list_sectors(root):
        try:
            catalogues[sector] = load_catalogue(sector, root=root)
        except ContentError as error:
            faults += [f for f in error.faults if f not in faults]
    if not catalogues and not faults:
        faults.append(Fault("sectors", "", "no trade found; expects sectors/<trade>/v1/sector.yaml"))
    else:
        faults += _plan(root, catalogues.values())
    for catalogue in catalogues.values():
        for prove in (believable_effects, startable, reachable_levels):
            faults += [f for f in prove(catalogue) if f not in faults]
    checks: dict[str, SelfCheck] = {}
    for name in list_checks(root):
        try:
            checks[name] = load_check(name, root=root)
        except ContentError as error:
            faults += error.faults
    for check in checks.values():
        for catalogue in catalogues.values():
            faults += [f for f in fitting_feeds(check, catalogue) if f not in faults]
    faults += copied_sentences(list(catalogues.values()), list(checks.values()))
    faults += changed_versions(root)
    if faults:
        raise ContentError(faults)
    trades = [c for c in catalogues.values() if c.sector.kind != "general"]
    return {
        "sectors": len(trades),
        "questions": {name: len(c.questions) for name, c in catalogues.items()},
        "solutions": len({s for c in catalogues.values() for s in c.solutions}),
        "languages": ["zh", "en"],
        "selfchecks": {name: len(check.questions) for name, check in checks.items()},
        "warnings": [
            *(str(w) for c in catalogues.values() for w in warnings(c)),
            *(str(w) for check in checks.values() for w in close_anchors(check)),
        ],
    }


# effects


def holder(catalogue: Catalogue, conditions: Sequence[Condition]) -> list[Document]:
    """Firms that hold these conditions and nothing else; one for each way of meeting an `any`."""
    ways: list[dict[str, int]] = [{}]
    facts: dict[str, Any] = {}
    for condition in conditions:
        for name, operator, value in condition.facts:
            if operator in ("=", ">="):
                facts.setdefault(name, value)
        levels = [(name, value) for name, operator, value in condition.topics if operator == ">="]
        if condition.text.startswith("any("):
            ways = [{**w, name: max(w.get(name, 0), value)} for w in ways for name, value in levels] or ways
        else:
            ways = [{**w, **{name: max(w.get(name, 0), value) for name, value in levels}} for w in ways]
    return [firm_at(catalogue, way, facts) for way in ways]


def firm_at(catalogue: Catalogue, levels: dict[str, int], facts: dict[str, Any] | None = None) -> Document:
    """A firm with these capability levels, 0 in every other topic, without evidence asked."""
    return Document("", catalogue.sector.id, facts or {}, (), _answers_at(catalogue, levels), frozenset())


def _answers_at(catalogue: Catalogue, levels: dict[str, int]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for topic in catalogue.topics.values():
        answers |= answers_at(catalogue, topic, levels.get(topic.id, 0))
    return answers


def answers_at(catalogue: Catalogue, topic: Topic, level: int) -> dict[str, Answer]:
    """The least answers to the questions of a topic that give it at least this capability level."""
    questions = [catalogue.questions[item] for item in topic.items]
    if questions[0].kind == "multiple":
        return _ticks_at(catalogue, topic, questions, level)
    return {q.id: _answer_at(catalogue, q, level) for q in questions}


def _answer_at(catalogue: Catalogue, q: Question, level: int) -> Answer:
    if q.kind == "level":
        return Answer(ANSWERED, level, level)
    if q.kind == "rate":
        end = catalogue.edition.items[q.id].bands[level]
        return Answer(ANSWERED, Rate(*(end if level else (0, 1)), False))
    rule = q.capability.levels if q.capability else {}
    order = [o.id for o in q.options]
    return Answer(ANSWERED, next((o for o in order if rule.get(o, 0) >= level), order[0]))


def _ticks_at(catalogue: Catalogue, topic: Topic, questions: list[Question], level: int) -> dict[str, Answer]:
    """Ticks over all questions of the topic: of few options the best choice, of many as many as needed in order."""
    boxes = [(q.id, o.id) for q in questions for o in q.options]
    sizes = range(len(boxes) + 1)
    choices = (c for n in sizes for c in (combinations(boxes, n) if len(boxes) <= FEW else [tuple(boxes[:n])]))
    found: list[tuple[int, dict[str, Answer]]] = []
    for choice in choices:
        answers = {q.id: Answer(ANSWERED, frozenset(o for i, o in choice if i == q.id)) for q in questions}
        document = Document("", catalogue.sector.id, {}, (), answers, frozenset())
        reached = topic_level(topic, document, catalogue)
        if reached == level:
            return answers
        if reached > level or len(choice) == len(boxes):
            found.append((reached, answers))
    return min(found, key=lambda f: (f[0] < level, f[0]))[1]


def believable_effects(catalogue: Catalogue) -> Iterator[Fault]:
    """A firm that holds only a solution's needs gets no flag after it, and a raise to 3 or more has its gate."""
    for plan in catalogue.plans.values():
        for firm in holder(catalogue, plan.needs):
            before = capability_levels(firm, catalogue)
            after = capability_levels(apply(firm, catalogue, [plan]), catalogue)
            own = {catalogue.topic_of[item] for item, _, _ in plan.raises}
            raised = {t for t in own if after.get(t, 0) > before.get(t, 0)}
            for flag in unmet_needs(catalogue, after, firm.facts):
                if flag["item"] in raised:
                    message = (
                        f"lifts {flag['item']} to {flag['claimed']} though {flag['needs']} is not secured "
                        f"(has {flag['has'] or 0}); add the need or lower the effect"
                    )
                    yield Fault(_file(catalogue, plan), f"solutions {plan.solution.id}.raises", message)
        yield from _gate3(catalogue, plan)


def _gate3(catalogue: Catalogue, plan: Plan) -> Iterator[Fault]:
    reached: dict[str, int] = {}
    for item, effect, _ in plan.raises:
        topic = catalogue.topic_of[item]
        reached[topic] = max(reached.get(topic, 0), effect.to or effect.band or 0)
    for item, effect, given in plan.raises:
        level = effect.to or effect.band or 0
        if level < 3:
            continue
        held = {
            n: v for c in (*plan.needs, *given) for n, o, v in c.topics if o == ">=" and not c.text.startswith("any(")
        }
        levels = {t: max(held.get(t, 0), reached.get(t, 0)) for t in catalogue.topics}
        anys = [c.text for c in (*plan.needs, *given)]
        for need in catalogue.topics[catalogue.topic_of[item]].needs3:
            if need.test(levels, {}) is False and need.text not in anys:
                message = f"lifts {item} to {level} without {need.text} among its needs, effects or `if`; add it"
                yield Fault(_file(catalogue, plan), f"solutions {plan.solution.id}.raises", message)


def startable(catalogue: Catalogue) -> Iterator[Fault]:
    """Some firm that holds a solution's needs and guards gains by it, so that it can ever be recommended."""
    for plan in catalogue.plans.values():
        guards = [c for _, unless in plan.guards for c in unless]
        if any(not unless for _, unless in plan.guards):
            yield Fault(
                _file(catalogue, plan),
                f"solutions {plan.solution.id}.tags",
                "a guard rule always forbids it; take it out",
            )
            continue
        for firm in holder(catalogue, [*plan.needs, *guards, *plan.applies]):
            firm = replace(firm, off=switched_off(catalogue, firm.facts))
            if gains(plan, firm, catalogue, capability_levels(firm, catalogue)):
                break
        else:
            message = "a firm that meets its needs gains nothing by it; lower the needs or raise the effect"
            yield Fault(_file(catalogue, plan), f"solutions {plan.solution.id}", message)


def reachable_levels(catalogue: Catalogue) -> Iterator[Fault]:
    """Every scored item and scene can be raised by some solution to level 2 at least."""
    after = firm_at(catalogue, {})
    for _ in range(3):
        after = apply(after, catalogue, list(catalogue.plans.values()))
    levels = capability_levels(after, catalogue)
    for item in (*catalogue.edition.items, *catalogue.edition.scenes):
        topic = catalogue.topic_of[item]
        if item not in NEVER_RAISED and levels.get(topic, 0) < MUST_REACH:
            message = (
                f"no solution of {catalogue.sector.id} lifts it to level {MUST_REACH} "
                f"(reaches {levels.get(topic, 0)}); add one"
            )
            yield Fault("solutions", f"questions {item}", message)


def _file(catalogue: Catalogue, plan: Plan) -> str:
    return catalogue.origin[f"solutions:{plan.solution.id}"]


# texts


def _plan(root: Path, catalogues: Iterable[Catalogue]) -> list[Fault]:
    """Faults of the provincial plan's file."""
    try:
        plan = load_plan(root)
    except ContentError as error:
        return error.faults
    cited = all(plan.source in catalogue.sources for catalogue in catalogues)
    return [] if cited else [Fault(PLAN, "source", f"no source {plan.source}; add it to shared/v1/sources.yaml")]


def copied_sentences(catalogues: Sequence[Catalogue], checks: Sequence[SelfCheck] = ()) -> list[Fault]:
    """Sentences that stand in the own questions or solutions of two trades, or in a self-check and elsewhere."""
    seen: dict[str, tuple[str, str]] = {}
    faults: list[Fault] = []

    def look(owner: str, entry: Any, file: str) -> None:
        for place, text in texts_of(entry):
            for sentence in (text.zh, text.en):
                key = re.sub(r"\W+", "", sentence).lower()
                if len(key) < 16 or "evidence" in place or "basis" in place or "label" in place:
                    continue
                first = seen.setdefault(key, (owner, entry.id))
                if first[0] != owner:
                    message = f"the same sentence stands in {first[0]} {first[1]}; write it for this trade"
                    faults.append(Fault(file, f"{entry.id}.{place}", message))

    for c in catalogues:
        own: list[Any] = [q for q in c.questions.values() if not c.topics[q.topic].common]
        own += [s for s in c.solutions.values() if not s.id.startswith("COM-")]
        for entry in own:
            look(c.sector.id, entry, c.origin.get(f"questions:{entry.id}") or c.origin.get(f"solutions:{entry.id}", ""))
    for check in checks:
        for entry in (*check.questions, *check.moves, *check.keeps):
            look(check.id, entry, f"{FOLDER}/{check.id}/v{check.version}/{FILE}")
    return faults


def close_anchors(check: SelfCheck) -> Iterator[Fault]:
    """Neighbouring anchors of a self-check that hardly differ."""
    for q in check.questions:
        for n, (a, b) in enumerate(zip(q.anchors, q.anchors[1:], strict=False)):
            if SequenceMatcher(None, a.zh, b.zh).ratio() > SAME_SENTENCE:
                file = f"{FOLDER}/{check.id}/v{check.version}/{FILE}"
                yield Fault(file, f"{q.id}.anchors[{n + 1}]", "differs hardly from the anchor before")


def warnings(catalogue: Catalogue) -> Iterator[Fault]:
    """Neighbouring anchors that hardly differ, examples and chain requirements that are missing."""
    for q in catalogue.questions.values():
        if catalogue.topics[q.topic].common and catalogue.sector.kind != "general":
            continue
        for n, (a, b) in enumerate(zip(q.anchors, q.anchors[1:], strict=False)):
            if SequenceMatcher(None, a.text.zh, b.text.zh).ratio() > SAME_SENTENCE:
                yield Fault(
                    catalogue.origin[f"questions:{q.id}"],
                    f"{q.id}.anchors[{n + 1}]",
                    "differs hardly from the anchor before",
                )
    scenes = sum(i in catalogue.edition.scenes for i in catalogue.sector.examples)
    if catalogue.sector.kind != "general" and scenes < 8:
        yield Fault(
            f"sectors/{catalogue.sector.id}",
            "examples",
            f"only {scenes} scenes say what they mean in this trade; 8 are wanted",
        )
    if catalogue.sector.kind == "strategic" and len(catalogue.chain) < CHAIN_ASKS:
        yield Fault(
            f"sectors/{catalogue.sector.id}",
            "chain",
            f"says {len(catalogue.chain)} things that a chain leader asks of a supplier; {CHAIN_ASKS} are wanted",
        )


__all__ = ["changed_versions", "digest", "publish", "review", "version_folders"]

if __name__ == "__main__":
    sys.stdout.write("\n".join(publish(ROOT) or ["nothing new to publish"]) + "\n")

"""A self-check scored: the share in place, what to mend first, what may move, and what follows for the questionnaire.

Answers are 0 no, 1 partly, 2 in place, "na" or "unknown". As in the index, what is unanswered or unknown counts 0 and
what does not apply leaves. Shares are compared exactly; shown ones are rounded down, so that none lifts a band.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.answers import ANSWERED, NOT_APPLICABLE, UNANSWERED, UNKNOWN
from scoring.conditions import MISSING, NA, Condition, Levels, parse_all
from scoring.content.catalogue import Catalogue
from scoring.content.selfchecks import EFFORTS, MOST, CheckQuestion, SelfCheck
from scoring.errors import AnswerError, Problem
from scoring.feeds import follow, implied_levels

_KEYS = {"facts", "answers", "id", "comment"}


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers to one check: facts that are known, answers by question, and the questions that facts switch off."""

    facts: Mapping[str, bool]
    answers: Mapping[str, Any]
    off: frozenset[str]

    def state(self, item: str) -> str:
        """answered, unanswered, unknown or na."""
        given = self.answers.get(item)
        if item in self.off or given == NOT_APPLICABLE:
            return NOT_APPLICABLE
        if given is None:
            return UNANSWERED
        return UNKNOWN if given == UNKNOWN else ANSWERED

    def level(self, item: str) -> int:
        """0 to 2, `NA` where it does not apply, `MISSING` where it is unanswered or unknown."""
        state = self.state(item)
        return NA if state == NOT_APPLICABLE else int(self.answers[item]) if state == ANSWERED else MISSING


def parse_check_answer(question: CheckQuestion, raw: Any) -> int | str:
    """One raw answer. Raises AnswerError with one problem."""
    if raw == UNKNOWN:
        return UNKNOWN
    if raw == NOT_APPLICABLE:
        if question.na is None:
            message = '"na" is not allowed here; answer 0 if there is nothing, or "unknown"'
            raise AnswerError([Problem("na_not_allowed", question.id, message)])
        return NOT_APPLICABLE
    if type(raw) is not int:
        raise AnswerError([Problem("bad_type", question.id, f'expects a whole number 0 to {MOST}, "unknown" or "na"')])
    if not 0 <= raw <= MOST:
        raise AnswerError([Problem("out_of_range", question.id, f"expects 0 to {MOST}")])
    return raw


def switched_off(check: SelfCheck, facts: Mapping[str, Any]) -> frozenset[str]:
    """Questions that the facts switch off. An unset fact switches nothing off."""
    return frozenset(
        q.id for q in check.questions if any(c.test({}, facts) is False for c in parse_all(q.asked_if))
    )  # fmt: skip


def read(raw: Any, check: SelfCheck) -> Filled:
    """The typed form of {"facts": {…}, "answers": {…}}. Raises AnswerError with every problem found."""
    if not isinstance(raw, dict):
        raise AnswerError([Problem("malformed", "", 'expects an object {"facts": {…}, "answers": {…}}')])
    problems = [Problem("unknown_item", str(k), "unknown key; known: answers, facts") for k in raw if k not in _KEYS]
    parts: dict[str, Mapping[str, Any]] = {}
    for key in ("facts", "answers"):
        given = raw.get(key, {})
        if not isinstance(given, dict):
            problems.append(Problem("malformed", key, "expects an object"))
        parts[key] = given if isinstance(given, dict) else {}
    known_facts = {f.id for f in check.facts}
    facts: dict[str, bool] = {}
    for name, value in parts["facts"].items():
        if name not in known_facts:
            message = f"no such fact; known: {', '.join(sorted(known_facts))}"
            problems.append(Problem("unknown_item", f"facts.{name}", message))
        elif value is not None and value != UNKNOWN:
            if type(value) is bool:
                facts[name] = value
            else:
                problems.append(Problem("bad_type", f"facts.{name}", "expects true or false"))
    questions = {q.id: q for q in check.questions}
    answers: dict[str, Any] = {}
    for item, value in parts["answers"].items():
        if item not in questions:
            problems.append(Problem("unknown_item", item, f"no question of {check.id} has this id"))
            continue
        try:
            answers[item] = parse_check_answer(questions[item], value)
        except AnswerError as error:
            problems += error.problems
    if problems:
        raise AnswerError(problems)
    return Filled(facts, answers, switched_off(check, facts))


def score(filled: Filled, check: SelfCheck, catalogue: Catalogue) -> dict[str, Any]:
    """The result as JSON-able values. `catalogue` is any trade's: only common questions are read from it.

    `score` is None where nothing is answered; `band` then is the lowest. `measures` stand in the order to be done:
    by effort, an open legal duty first, then by risk (weight × what is missing), then the cheaper one.
    """
    levels = {q.id: filled.level(q.id) for q in check.questions}
    total, whole = _sum(check.questions, levels), _whole(check.questions, levels)
    duties = _duties(check, levels, filled.facts)
    owed = {item for duty in duties for item in duty["items"]}
    moved = {m.question for m in check.moves}
    followed = follow(check, levels, filled.facts)
    return {
        "check": check.id,
        "version": check.version,
        "score": _share(total, whole) if any(filled.state(i) == ANSWERED for i in levels) else None,
        "answered": sum(filled.state(i) == ANSWERED for i in levels),
        "of": sum(filled.state(i) != NOT_APPLICABLE for i in levels),
        "band": _band(check, total, whole, levels),
        "sections": {s.id: _section([check.question(i) for i in s.questions], filled, levels) for s in check.sections},
        "levels": {i: level if 0 <= level <= MOST else None for i, level in levels.items()},
        "states": {i: filled.state(i) for i in levels if filled.state(i) != ANSWERED},
        "duties": duties,
        "measures": _measures([q for q in check.questions if q.id not in moved], levels, owed, whole),
        "moves": _moves(check, levels, filled.facts),
        "keeps": _keeps(check, levels, filled.facts),
        "feeds": followed,
        "implies": implied_levels(followed, catalogue),
    }


def _sum(questions: Iterable[CheckQuestion], levels: Levels) -> int:
    return sum(q.weight * max(levels[q.id], 0) for q in questions if levels[q.id] != NA)


def _whole(questions: Iterable[CheckQuestion], levels: Levels) -> int:
    return sum(q.weight * MOST for q in questions if levels[q.id] != NA)


def _share(part: int, whole: int) -> float | None:
    """Per cent to one decimal, rounded down; None where nothing applies."""
    return None if whole == 0 else (1000 * part // whole) / 10


def _section(questions: list[CheckQuestion], filled: Filled, levels: Levels) -> dict[str, Any]:
    asked = [q for q in questions if levels[q.id] != NA]
    answered = sum(filled.state(q.id) == ANSWERED for q in asked)
    share = _share(_sum(asked, levels), _whole(asked, levels)) if answered else None
    return {"score": share, "answered": answered, "of": len(asked)}


def _band(check: SelfCheck, total: int, whole: int, levels: Levels) -> int:
    """The highest band whose share is reached and whose needs hold; a single open hole is not averaged away."""
    reached = [
        n for n, band in enumerate(check.bands)
        if 100 * total >= band.start * whole and all(c.test(levels, {}) is True for c in parse_all(band.needs))
    ]  # fmt: skip
    return max(reached, default=0) if whole else 0


def _duties(check: SelfCheck, levels: Levels, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The legal duties that answers leave open, with the questions whose measures mend them."""
    found = []
    for duty in check.duties:
        cases = [parse_all(case) for case in duty.when]
        open_cases = [case for case in cases if all(c.test(levels, facts) is True for c in case)]
        if open_cases:
            items = sorted({name for case in open_cases for c in case for name, _, _ in c.topics})
            found.append({"id": duty.id, "items": items, "because": [f"{i}:{levels[i]}" for i in items]})
    return found


def _measures(questions: list[CheckQuestion], levels: Levels, owed: set[str], whole: int) -> list[dict[str, Any]]:
    found = []
    for place, q in enumerate(questions):
        level = levels[q.id]
        if level == NA or level >= MOST:
            continue
        risk = q.weight * (MOST - max(level, 0))
        key = (EFFORTS.index(q.measure.effort), q.id not in owed, -risk, q.measure.high, place)
        entry = {
            "item": q.id, "effort": q.measure.effort, "duty": q.id in owed, "risk": risk, "gain": _share(risk, whole),
            "cost": [q.measure.low, q.measure.high], "known": level != MISSING,
        }  # fmt: skip
        found.append((key, entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _moves(check: SelfCheck, levels: Levels, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What may move: first what can, then what waits (with what it waits for), last what is there already."""
    found = []
    for move in check.moves:
        level = levels[move.question]
        unmet = _unmet(parse_all(move.needs), levels, facts)
        state = "there" if level == MOST else "later" if unmet else "ready"
        found.append({"id": move.id, "state": state, "level": level if 0 <= level <= MOST else None, "unmet": unmet})
    order = {m.id: m.order for m in check.moves}
    rank = {"ready": 0, "later": 1, "there": 2}
    return sorted(found, key=lambda m: (rank[m["state"]], order[m["id"]]))


def _keeps(check: SelfCheck, levels: Levels, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for keep in check.keeps:
        if any(c.test({}, facts) is False for c in parse_all(keep.asked_if)):
            continue
        unmet = _unmet(parse_all(keep.may_if), levels, facts)
        may = bool(keep.may_if) and not unmet
        found.append({"id": keep.id, "state": "may_go" if may else "stays", "unmet": unmet})
    return found


def _unmet(conditions: Iterable[Condition], levels: Levels, facts: Mapping[str, Any]) -> list[str]:
    """The conditions that do not hold for certain. A question that does not apply proves nothing here."""
    known = {item: MISSING if level == NA else level for item, level in levels.items()}
    return [c.text for c in conditions if c.test(known, facts) is not True]

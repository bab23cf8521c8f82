"""From a self-check to the main questionnaire: what follows for it, and what that would change in a draft.

A self-check may leave things open, so each statement has three values: it holds, it fails, or it is open. Only what
holds raises an answer; only what fails doubts one. Nothing is said where the facts switch it off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.answers import NOT_APPLICABLE, UNKNOWN
from scoring.capability import ruled_level
from scoring.conditions import MISSING, NA, Levels, parse_all
from scoring.content.catalogue import Catalogue
from scoring.content.model import Question
from scoring.content.selfchecks import MOST, Feed, SelfCheck

HOLDS, FAILS, OPEN, SILENT = "holds", "fails", "open", "silent"
UP, DOWN = "up", "down"


def follow(check: SelfCheck, levels: Levels, facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What follows by question of the main questionnaire; questions of which nothing can be said are left out.

    - multiple: {"kind": "add", "add": [options], "against": [options], "because": {option: [questions]}}
    - level: {"kind": "to", "level": n, "most": m, "because": [questions]}; m if all that is open were in place
    - single: {"kind": "option", "option": id, "because": [questions]}
    """
    found: dict[str, dict[str, Any]] = {}
    for item, feeds in check.feeds.items():
        states = [_state(feed, levels, facts) for feed in feeds]
        entry = _ticks(item, feeds, states, check) or _ladder(feeds, states) or _choice(feeds, states)
        if entry:
            found[item] = entry
    return found


def _state(feed: Feed, levels: Levels, facts: Mapping[str, Any]) -> str:
    conditions = parse_all(feed.given)
    switches = [c.test(levels, facts) for c in conditions if not c.topics]
    if False in switches:
        return SILENT
    resting = [c for c in conditions if c.topics]
    if feed.at_least:  # what does not apply is not there to be counted
        levels = {item: 0 if level == NA else level for item, level in levels.items()}
    elif all(levels[name] == NA for c in resting for name, _, _ in c.topics):
        return SILENT
    best = {item: MOST if level == MISSING else level for item, level in levels.items()}
    counted = resting if feed.at_least else conditions
    needed = feed.at_least or len(counted)
    sure = sum(c.test(levels, facts) is True for c in counted)
    hoped = sum(c.test(best, facts) is not False for c in counted)
    return HOLDS if sure >= needed else OPEN if hoped >= needed else FAILS


def _ticks(item: str, feeds: Sequence[Feed], states: Sequence[str], check: SelfCheck) -> dict[str, Any] | None:
    if not all(f.add for f in feeds):
        return None
    add = [f.add for f, s in zip(feeds, states, strict=True) if s == HOLDS]
    against = [f.add for f, s in zip(feeds, states, strict=True) if s == FAILS and item not in check.raise_only]
    if not add and not against:
        return None
    because = {f.add: _items(f) for f in feeds if f.add in (*add, *against)}
    return {"kind": "add", "add": add, "against": against, "because": because}


def _ladder(feeds: Sequence[Feed], states: Sequence[str]) -> dict[str, Any] | None:
    if not all(f.to for f in feeds) or states[0] in (OPEN, SILENT):
        return None
    level = next((n for n, s in enumerate(states) if s != HOLDS), len(states))
    most = next((n for n, s in enumerate(states) if s not in (HOLDS, OPEN)), len(states))
    because = [i for f in feeds[: level + 1] for i in _items(f)]
    return {"kind": "to", "level": level, "most": most, "because": list(dict.fromkeys(because))}


def _choice(feeds: Sequence[Feed], states: Sequence[str]) -> dict[str, Any] | None:
    held = [f for f, s in zip(feeds, states, strict=True) if f.option and s == HOLDS]
    return {"kind": "option", "option": held[-1].option, "because": _items(held[-1])} if held else None


def _items(feed: Feed) -> list[str]:
    return [name for c in parse_all(feed.given) for name, _, _ in c.topics]


def implied_levels(followed: Mapping[str, Mapping[str, Any]], catalogue: Catalogue) -> dict[str, int]:
    """The capability by topic (C31, C32, C07) if the main questionnaire said what follows and nothing else."""
    values: dict[str, list[Any]] = {}
    for item, entry in followed.items():
        value = {"add": frozenset(entry.get("add", ())), "to": entry.get("level"), "option": entry.get("option")}
        values.setdefault(catalogue.topic_of[item], []).append(value[entry["kind"]])
    found = {}
    for topic, given in values.items():
        rule = catalogue.topics[topic].rule
        found[topic] = given[0] if rule is None else ruled_level(catalogue.topics[topic], rule, given, catalogue)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One change that a draft could take over. `option` is the tick it is about, "" for a whole answer; `before` the
    answer that stands (None where there is none), `after` the one that would stand with this change alone."""

    item: str
    option: str
    before: Any
    after: Any
    direction: str
    because: tuple[str, ...]

    @property
    def id(self) -> str:
        """A name for forms: the question, and the tick with its sign."""
        sign = ("+" if self.direction == UP else "-") if self.option else ""
        return f"{self.item}{':' if self.option else ''}{sign}{self.option}"


def changes(
    followed: Mapping[str, Mapping[str, Any]], questions: Mapping[str, Question], answers: Mapping[str, Any]
) -> list[Change]:
    """What differs between what follows and the `answers` of a draft. Nothing is decided: `direction` says whether a
    change raises an answer or lowers it, and what was said not to apply counts as lowered by any other answer."""
    found: list[Change] = []
    for item, entry in followed.items():
        question, before = questions.get(item), answers.get(item)
        if question is None:
            continue
        if entry["kind"] == "add":
            found += _tick_changes(question, before, entry)
            continue
        change = _whole_change(question, before, entry)
        if change is not None:
            found.append(change)
    return found


def _tick_changes(question: Question, before: Any, entry: Mapping[str, Any]) -> list[Change]:
    ticked = before if isinstance(before, list) else []
    found = []
    for option, direction in ((o, d) for key, d in (("add", UP), ("against", DOWN)) for o in entry[key]):
        if (option in ticked) != (direction == UP):
            after = with_ticks(question, ticked, {option: direction})
            because = tuple(entry["because"][option])
            found.append(Change(question.id, option, before, after, direction, because))
    return found


def _whole_change(question: Question, before: Any, entry: Mapping[str, Any]) -> Change | None:
    because = tuple(entry["because"])
    nothing = before is None or before == UNKNOWN
    if entry["kind"] == "option":
        order = [o.id for o in question.options]
        if nothing or order.index(entry["option"]) > order.index(before):
            return Change(question.id, "", before, entry["option"], UP, because)
        return None
    level, most = entry["level"], entry["most"]
    if nothing or (before != NOT_APPLICABLE and before < level):
        return Change(question.id, "", before, level, UP, because)
    if before == NOT_APPLICABLE or before > most:
        return Change(question.id, "", before, level if before == NOT_APPLICABLE else most, DOWN, because)
    return None


def with_ticks(question: Question, ticked: Sequence[str], chosen: Mapping[str, str]) -> list[str]:
    """A list of ticks after some were added (UP) or taken away (DOWN), in the order of the question."""
    kept = {*ticked, *(o for o, d in chosen.items() if d == UP)} - {o for o, d in chosen.items() if d == DOWN}
    return [o.id for o in question.options if o.id in kept]

"""Conditions on capability levels and profile facts, as content writes them.

    C10>=2 · MOL-05<1 · own_dyeing=true · branch!=sewing · daily_volume>=5000 · any(a;b) · all(a;b)

A condition is compiled once into a function of `levels` and `facts`. Levels are numbers: 0-4, `NA` where the topic does
not apply, `MISSING` where it is unanswered or unknown. `>=` is met by NA and not by MISSING; `<` by neither. A fact
that is not stated makes its comparison `None` (neither true nor false), and `any`/`all` follow three-valued logic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

NA = 9
MISSING = -1

Levels = Mapping[str, int]
Facts = Mapping[str, Any]
Test = Callable[[Levels, Facts], "bool | None"]
Atom = tuple[str, str, Any]

_ATOM = re.compile(r"^([A-Za-z][A-Za-z0-9_-]*?)\s*(>=|<|!=|=)\s*([A-Za-z0-9_.-]+)$")
_TOPIC = re.compile(r"^([A-Z]{1,4}-?\d+|scene_office)$")


class ConditionError(ValueError):
    """A condition that cannot be read; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. `text` is how content writes it; `atoms` its comparisons as (name, operator, value).

    `clauses` say the same as "each of these clauses, of each clause at least one comparison".
    """

    text: str
    test: Test
    atoms: tuple[Atom, ...]
    clauses: tuple[tuple[Atom, ...], ...]

    @property
    def topics(self) -> list[tuple[str, str, int]]:
        return [a for a in self.atoms if is_topic(a[0])]

    @property
    def facts(self) -> list[tuple[str, str, Any]]:
        return [a for a in self.atoms if not is_topic(a[0])]


def is_topic(name: str) -> bool:
    """Whether a name in a condition is a capability topic (else it is a profile fact)."""
    return _TOPIC.match(name) is not None


def parse(text: str) -> Condition:
    """Compile one condition. Raises ConditionError."""
    text = text.strip()
    for word, combine in (("any", _any), ("all", _all)):
        if text.startswith(word + "(") and text.endswith(")"):
            parts = [parse(p) for p in _split(text[len(word) + 1 : -1])]
            if len(parts) < 2:
                raise ConditionError(f"{text}: {word}(…) needs two or more conditions, separated by ;")
            atoms = tuple(a for p in parts for a in p.atoms)
            clauses = (
                tuple(c for p in parts for c in p.clauses)
                if word == "all"
                else tuple(tuple(chain.from_iterable(row)) for row in product(*(p.clauses for p in parts)))
            )
            return Condition(text, combine([p.test for p in parts]), atoms, clauses)
    match = _ATOM.match(text)
    if not match:
        raise ConditionError(f"{text}: write TOPIC>=n, TOPIC<n, fact=value, any(a;b) or all(a;b)")
    name, operator, raw = match.groups()
    value: Any = {"true": True, "false": False}.get(raw, int(raw) if raw.isdigit() else raw)
    if is_topic(name) and (
        operator not in (">=", "<") or not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 4
    ):
        raise ConditionError(f"{text}: a topic is compared with >= or < and a level 0-4")
    return atom(name, operator, value, text)


def atom(name: str, operator: str, value: Any, text: str = "") -> Condition:
    """One comparison of a condition on its own."""
    one = ((name, operator, value),)
    return Condition(text or f"{name}{operator}{value}", _comparison(name, operator, value), one, (one,))


def _comparison(name: str, operator: str, value: Any) -> Test:
    if is_topic(name):
        return _at_least(name, value) if operator == ">=" else _below(name, value)
    return _fact(name, operator, value)


def parse_all(texts: Iterable[str]) -> tuple[Condition, ...]:
    return tuple(parse(t) for t in texts)


def _split(inner: str) -> Iterator[str]:
    depth, start = 0, 0
    for i, c in enumerate(inner):
        depth += (c == "(") - (c == ")")
        if c == ";" and depth == 0:
            yield inner[start:i]
            start = i + 1
    yield inner[start:]


def _at_least(topic: str, level: int) -> Test:
    return lambda levels, facts: levels.get(topic, MISSING) >= level


def _below(topic: str, level: int) -> Test:
    return lambda levels, facts: MISSING < levels.get(topic, MISSING) < level


def _fact(name: str, operator: str, value: Any) -> Test:
    def test(levels: Levels, facts: Facts) -> bool | None:
        has = facts.get(name)
        if has is None:
            return None
        if operator == "=":
            return bool(has == value)
        if operator == "!=":
            return bool(has != value)
        return bool(has >= value) if operator == ">=" else bool(has < value)

    return test


def _any(tests: list[Test]) -> Test:
    def test(levels: Levels, facts: Facts) -> bool | None:
        results = [t(levels, facts) for t in tests]
        return True if True in results else None if None in results else False

    return test


def _all(tests: list[Test]) -> Test:
    def test(levels: Levels, facts: Facts) -> bool | None:
        results = [t(levels, facts) for t in tests]
        return False if False in results else None if None in results else True

    return test

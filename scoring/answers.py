"""An answers document (contract, part 2) to typed answers, with every problem named.

0, unanswered, `na` and `unknown` are four different things: `Answer.state` says which.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from scoring.conditions import parse_all
from scoring.content.catalogue import FIRM_FACTS, Catalogue
from scoring.content.model import Fact, Question
from scoring.errors import AnswerError, Problem

ANSWERED, UNANSWERED, UNKNOWN, NOT_APPLICABLE = "answered", "unanswered", "unknown", "na"
MAX_TEXT = 20_000
MAX_NUMBER = 10**12
MAX_PAINS = 3
MAX_DIGITS = 60
_TOP = {"firm", "pains", "answers", "id", "comment"}
_FIRM = {"name", "sector", "employees", "revenue_wan", "machines", "profile", "town", "uscc", "id", "comment"}


class Rate(NamedTuple):
    """A share as two integers of equal scale; `counted` tells that part and whole were entered as numbers of things."""

    part: int
    whole: int
    counted: bool


class Answer(NamedTuple):
    """One answer. `value`: level int · option id · frozenset of option ids · Rate.

    `counted` is the level after the evidence rule (level questions only): a claim of 2 or more whose evidence was asked
    and not given counts as 1. `evidence` is None where none was asked.
    """

    state: str
    value: Any = None
    counted: int | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed answers document. `facts`: profile facts and the firm's numbers; `off`: questions they switch off."""

    name: str
    sector: str
    facts: Mapping[str, Any]
    pains: tuple[int, ...]
    answers: Mapping[str, Answer]
    off: frozenset[str]

    def state(self, item: str) -> str:
        """answered, unanswered, unknown or na; what is switched off is na whatever was answered."""
        if item in self.off:
            return NOT_APPLICABLE
        answer = self.answers.get(item)
        return answer.state if answer else UNANSWERED


class _Bad(Exception):
    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message


def load_json(text: str | bytes) -> Any:
    """JSON with exact decimals; NaN, infinities and duplicate keys are refused. Raises AnswerError (malformed).

    A number with more digits than can be scored is no fault of form: it is kept as one that no question accepts, so
    that the problem names its item.
    """

    def no_constant(name: str) -> Any:
        raise ValueError(f'{name} is not a number that can be scored; leave the item out or use "unknown"')

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
            raise ValueError(f"key {twice!r} stands twice; keep one")
        return result

    def whole(digits: str) -> Decimal | int:
        return int(digits) if len(digits) <= MAX_DIGITS else 10**MAX_DIGITS * (-1 if digits[0] == "-" else 1)

    def exact(digits: str) -> Decimal:
        try:
            return Decimal(digits) if len(digits) <= MAX_DIGITS else Decimal("NaN")
        except InvalidOperation:  # an exponent that no decimal can hold
            return Decimal("NaN")

    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(
            text.lstrip("\ufeff"),
            parse_float=exact,
            parse_int=whole,
            parse_constant=no_constant,
            object_pairs_hook=unique,
        )
    except UnicodeDecodeError as error:
        raise AnswerError([Problem("malformed", "", "is not UTF-8; save it as UTF-8")]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise AnswerError([Problem("malformed", where, f"is not JSON: {error.msg}")]) from error
    except RecursionError as error:
        raise AnswerError([Problem("malformed", "", "is nested too deeply")]) from error
    except ValueError as error:
        raise AnswerError([Problem("malformed", "", str(error))]) from error


def sector_of(document: Any) -> str:
    """The sector id of a raw document. Raises AnswerError if the document is no object or names no sector."""
    firm = document.get("firm") if isinstance(document, dict) else None
    if not isinstance(firm, dict):
        raise AnswerError([Problem("malformed", "firm", 'expects an object {"firm": {"sector": …}, "answers": {…}}')])
    sector = firm.get("sector")
    if not isinstance(sector, str):
        raise AnswerError(
            [Problem("unknown_sector", "firm.sector", "is missing; name a sector id as `list` prints them")]
        )
    return sector


def read(document: Any, catalogue: Catalogue) -> Document:
    """The typed form of a raw document for its sector's catalogue. Raises AnswerError with all problems found."""
    problems: list[Problem] = []
    firm = document["firm"]
    for key in (k for k in document if k not in _TOP):
        problems.append(Problem("unknown_item", str(key), f"unknown key; known: {', '.join(sorted(_TOP))}"))
    for key in (k for k in firm if k not in _FIRM):
        problems.append(Problem("unknown_item", f"firm.{key}", f"unknown key; known: {', '.join(sorted(_FIRM))}"))
    facts = _facts(firm, catalogue, problems)
    off = switched_off(catalogue, facts)
    raw_answers = document.get("answers", {})
    answers: dict[str, Answer] = {}
    if isinstance(raw_answers, dict):
        questions = catalogue.questions
        for item, raw in raw_answers.items():
            question = questions.get(item)
            if question is None:
                problems.append(
                    Problem(
                        "unknown_item",
                        item,
                        f"no question of {catalogue.sector.id} has this id; see `questions {catalogue.sector.id}`",
                    )
                )
                continue
            try:
                answers[item] = _answer(question, raw)
            except _Bad as bad:
                problems.append(Problem(bad.code, item, bad.message))
    else:
        problems.append(Problem("malformed", "answers", "expects an object of item id → answer"))
    pains = _pains(document.get("pains", []), catalogue, problems)
    name = firm.get("name", "")
    if not isinstance(name, str) or len(name) > MAX_TEXT:
        problems.append(Problem("bad_type", "firm.name", "expects a text"))
    if problems:
        raise AnswerError(problems)
    return Document(name, catalogue.sector.id, facts, pains, answers, off)


def switched_off(catalogue: Catalogue, facts: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the questions that the profile facts switch off. An unset fact switches nothing off."""
    return frozenset(
        item for item, conditions in catalogue.switches.items() if any(c.test({}, facts) is False for c in conditions)
    )


def open_facts(catalogue: Catalogue, given: Mapping[str, Any]) -> list[Fact]:
    """The profile facts that are asked, given the others: those whose conditions hold."""
    known = {name: value for name, value in given.items() if value not in (None, "unknown")}
    return [f for f in catalogue.facts.values() if all(c.test({}, known) is True for c in parse_all(f.ask_if))]


def parse_value(question: Question, raw: Any) -> Answer:
    """One raw answer (plain or wrapped as {"value", "evidence"}). Raises AnswerError with one problem."""
    try:
        return _answer(question, raw)
    except _Bad as bad:
        raise AnswerError([Problem(bad.code, question.id, bad.message)]) from None


def parse_fact(fact: Fact, raw: Any) -> Any:
    """One profile fact: bool, option id or whole number. Raises AnswerError with one problem."""
    try:
        return _fact(fact, raw)
    except _Bad as bad:
        raise AnswerError([Problem(bad.code, f"firm.profile.{fact.id}", bad.message)]) from None


def _answer(question: Question, raw: Any) -> Answer:
    evidence = None
    if type(raw) is dict and "value" in raw:
        evidence = raw.get("evidence")
        if len(raw) > (1 if evidence is None else 2) or not (evidence is None or isinstance(evidence, str)):
            raise _Bad("malformed", 'expects {"value": …, "evidence": "text"}')
        if evidence is not None:
            if len(evidence) > MAX_TEXT:
                raise _Bad("out_of_range", f"evidence is longer than {MAX_TEXT:,} characters; shorten it")
            evidence = evidence.strip()
        raw = raw["value"]
    if raw == "unknown":
        return Answer(UNKNOWN, None, None, evidence)
    if raw == "na":
        if question.na is None:
            raise _Bad("na_not_allowed", '"na" is not allowed here; answer 0 if there is nothing, or "unknown"')
        return Answer(NOT_APPLICABLE, None, None, evidence)
    value = _PARSERS[question.kind](question, raw)
    if question.kind == "level":
        return Answer(ANSWERED, value, 1 if evidence == "" and value >= 2 else value, evidence)
    return Answer(ANSWERED, value, None, evidence)


def _level(question: Question, raw: Any) -> int:
    if type(raw) is not int:
        raise _Bad(
            "bad_type", 'expects a level: a whole number 0 to 4, "unknown"' + (' or "na"' if question.na else "")
        )
    if not 0 <= raw <= 4:
        raise _Bad("out_of_range", f"level {_short(raw)} does not exist; use 0 to 4")
    return raw


def _option(question: Question, raw: Any) -> str:
    if not isinstance(raw, str):
        raise _Bad("bad_type", f"expects one option id: {_options(question)}")
    if all(raw != o.id for o in question.options):
        raise _Bad("unknown_option", f"no option {_short(raw)}; known: {_options(question)}")
    return raw


def _options_list(question: Question, raw: Any) -> frozenset[str]:
    if not isinstance(raw, list):
        raise _Bad("bad_type", f"expects a list of option ids (empty for none): {_options(question)}")
    known = {o.id for o in question.options}
    for x in raw:
        if not isinstance(x, str):
            raise _Bad("bad_type", f"expects option ids as texts: {_options(question)}")
        if x not in known:
            raise _Bad("unknown_option", f"no option {_short(x)}; known: {_options(question)}")
    chosen = frozenset(raw)
    if len(chosen) != len(raw):
        raise _Bad("malformed", "an option stands twice; keep one")
    return chosen


def _rate(question: Question, raw: Any) -> Rate:
    if type(raw) is not dict or set(raw) not in ({"part", "whole"}, {"rate"}):
        raise _Bad("bad_type", 'expects {"part": n, "whole": m} or {"rate": 0.35}')
    if "rate" in raw:
        rate = _number(raw["rate"], "rate")
        if not 0 <= rate <= 1:
            raise _Bad("out_of_range", "the rate lies between 0 and 1 (0.35 for 35 %)")
        return Rate(*rate.as_integer_ratio(), False)
    part, whole = _number(raw["part"], "part"), _number(raw["whole"], "whole")
    if part < 0:
        raise _Bad("out_of_range", "part is below 0; enter 0 or more")
    if whole < 1:
        raise _Bad("out_of_range", 'whole is below 1; where there are none, enter {"rate": 0}')
    if part > whole:
        raise _Bad("out_of_range", f"part {part} is larger than whole {whole}; change one of them")
    (a, b), (c, d) = part.as_integer_ratio(), whole.as_integer_ratio()
    return Rate(a * d, b * c, True)


def _number(raw: Any, name: str) -> Decimal | int:
    if type(raw) is bool or not isinstance(raw, int | float | Decimal):
        raise _Bad("bad_type", f"{name} expects a number")
    number: Decimal | int = Decimal(repr(raw)) if isinstance(raw, float) else raw
    if isinstance(number, Decimal):
        if number == 0:
            return 0
        if not number.is_finite() or number.adjusted() < -30 or len(number.as_tuple().digits) > MAX_DIGITS:
            raise _Bad("out_of_range", f"{name} is not a number that can be scored; round it")
    if not -MAX_NUMBER <= number <= MAX_NUMBER:
        raise _Bad("out_of_range", f"{name} is too large; at most {MAX_NUMBER:,}")
    return number


_PARSERS: dict[str, Callable[[Question, Any], Any]] = {
    "level": _level, "single": _option, "trend": _option, "multiple": _options_list, "rate": _rate,
}  # fmt: skip


def _options(question: Question) -> str:
    return ", ".join(o.id for o in question.options)


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, int) or value.bit_length() < 200 else "that large"
    return text if len(text) <= 40 else text[:40] + "…"


def _facts(firm: Mapping[str, Any], catalogue: Catalogue, problems: list[Problem]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for key in FIRM_FACTS:
        raw = firm.get(key)
        if raw is None or raw == "unknown":
            continue
        try:
            number = _number(raw, key)
            if number < 0 or (key != "revenue_wan" and number != int(number)):
                raise _Bad("out_of_range", f"expects a {'' if key == 'revenue_wan' else 'whole '}number of 0 or more")
            facts[key] = number
        except _Bad as bad:
            problems.append(Problem(bad.code, f"firm.{key}", bad.message))
    profile = firm.get("profile", {})
    if not isinstance(profile, dict):
        problems.append(Problem("malformed", "firm.profile", "expects an object of fact id → value"))
        return facts
    for name, raw in profile.items():
        fact = catalogue.facts.get(name)
        if fact is None:
            problems.append(
                Problem("unknown_item", f"firm.profile.{name}", f"no such fact; known: {', '.join(catalogue.facts)}")
            )
            continue
        if raw is None or raw == "unknown":
            continue
        try:
            facts[name] = _fact(fact, raw)
        except _Bad as bad:
            problems.append(Problem(bad.code, f"firm.profile.{name}", bad.message))
    return facts


def _fact(fact: Fact, raw: Any) -> Any:
    if fact.kind == "bool":
        if type(raw) is not bool:
            raise _Bad("bad_type", "expects true or false")
        return raw
    if fact.kind == "choice":
        if not isinstance(raw, str):
            raise _Bad("bad_type", "expects an option id")
        if all(raw != o.id for o in fact.options):
            raise _Bad("unknown_option", f"no option {_short(raw)}; known: {', '.join(o.id for o in fact.options)}")
        return raw
    number = _number(raw, fact.id)
    if not fact.low <= number <= fact.high:
        raise _Bad("out_of_range", f"expects a number from {fact.low:,} to {fact.high:,}")
    return number


def _pains(raw: Any, catalogue: Catalogue, problems: list[Problem]) -> tuple[int, ...]:
    if not isinstance(raw, list) or any(type(n) is not int for n in raw):
        problems.append(Problem("bad_type", "pains", "expects a list of pain numbers, the worst first"))
        return ()
    unknown = [n for n in raw if n not in catalogue.pains]
    if unknown:
        known = ", ".join(map(str, catalogue.pains))
        problems.append(
            Problem("unknown_option", "pains", f"no pain {_short(unknown[0])} in {catalogue.sector.id}; known: {known}")
        )
    if len(raw) > MAX_PAINS or len(set(raw)) != len(raw):
        problems.append(
            Problem("out_of_range", "pains", f"expects up to {MAX_PAINS} different numbers, the worst first")
        )
    return tuple(raw)

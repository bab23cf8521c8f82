"""What a consultant found on site, as answers that the engine scores like any others.

Nothing here overwrites a claim: the claimed document stays as it is, the verified one is a second document.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from scoring.answers import ANSWERED, Answer, parse_value
from scoring.content.model import Question

AGREED, UP, DOWN, NOT_SEEN = "agreed", "up", "down", "not_seen"


def verified_document(document: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The answers document with what was found: {item: {"verdict", "value"}}.

    What was seen counts with the value found, as evidenced. A level that could not be shown counts as asked for without
    evidence, so a claim of 2 or more counts as 1; a choice or number that could not be shown is not known, and gives no
    points. Items without a finding stay as the firm left them. The level that was verified is `official.evidenced` of
    this document's result.
    """
    answers = dict(document["answers"])
    for item, finding in findings.items():
        if finding["verdict"] == NOT_SEEN:
            claimed = _plain(answers.get(item))
            if type(claimed) is int:
                answers[item] = {"value": claimed, "evidence": ""}
            elif claimed not in (None, "na"):
                answers[item] = "unknown"
        else:
            answers[item] = {"value": finding["value"], "evidence": "seen"}
    return {**document, "answers": answers}


def direction(question: Question, claimed: Any, value: Any) -> str:
    """Whether a value found agrees with the claim or corrects it: "agreed", "up" or "down".

    Both are plain answer values of the contract; a claim may be None (unanswered). Levels compare by level, choices by
    their order (content lists them from the least to the most), ticks by their number, rates by their share. As many
    ticks, but others, is "down": something claimed was not there. No answer, "unknown" and "na" claim nothing and
    stand below every answer. Raises AnswerError where a value is none that the question takes.
    """
    before, after = _answer(question, claimed), _answer(question, value)
    low, high = _rank(question, before), _rank(question, after)
    if high != low:
        return UP if high > low else DOWN
    return DOWN if question.kind == "multiple" and before.value != after.value else AGREED


def _answer(question: Question, raw: Any) -> Answer:
    return Answer("") if raw is None else parse_value(question, raw)


def _rank(question: Question, answer: Answer) -> Fraction | int:
    if answer.state != ANSWERED:
        return -1
    match question.kind:
        case "level":
            return int(answer.value)
        case "multiple":
            return len(answer.value)
        case "rate":
            return Fraction(answer.value.part, answer.value.whole)
        case _:
            return [o.id for o in question.options].index(answer.value)


def _plain(raw: Any) -> Any:
    """The value of a raw answer without its evidence."""
    return raw["value"] if isinstance(raw, Mapping) and "value" in raw else raw

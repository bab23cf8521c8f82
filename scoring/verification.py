"""What a consultant found on site, as answers that the engine scores like any others.

Nothing here overwrites a claim: the claimed document stays as it is, the verified one is a second document. Either
scores to the contract's result of `score`, unchanged in form; the evidence rule does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.answers import ANSWERED, Answer, Document, parse_value, read
from scoring.content.catalogue import MILLI, Catalogue, Edition
from scoring.content.model import Question
from scoring.official import decimal, item_points, official, reached, standing

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


def summary(
    document: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]], catalogue: Catalogue
) -> dict[str, Any]:
    """The three results side by side, and what they rest on.

    `claimed`, `evidenced`, `verified` are views (see `view`); `of` questions are asked, `seen` of them with what was
    found there, `not_seen` could not be shown, `open` were not looked at; `up` and `down` of the seen were corrected.
    Raises AnswerError where the document or a value found cannot be read.
    """
    claimed = read(document, catalogue)
    verified = read(verified_document(document, findings), catalogue)
    said, found = (_official(parsed, catalogue) for parsed in (claimed, verified))
    asked = [item for item in catalogue.questions if item not in claimed.off]
    verdicts = [findings[item]["verdict"] for item in asked if item in findings]
    not_seen = verdicts.count(NOT_SEEN)
    return {
        "claimed": view(catalogue.edition, said),
        "evidenced": view(catalogue.edition, said["evidenced"]),
        "verified": view(catalogue.edition, found["evidenced"]),
        "of": len(asked),
        "seen": len(verdicts) - not_seen,
        "not_seen": not_seen,
        "open": len(asked) - len(verdicts),
        "up": verdicts.count(UP),
        "down": verdicts.count(DOWN),
    }


def view(edition: Edition, shown: Mapping[str, Any]) -> dict[str, Any]:
    """One view of a result: `level`, `score`, `scenes` of `shown` (the `official` part of a stored result or its
    `evidenced`), and `gate`: the next level with what it still takes, None at the top."""
    found = {name: shown[name] for name in ("level", "score", "scenes")}
    level = int(shown["level"]) + 1
    gate = next((g for g in edition.gates if g.level == level), None)
    if gate is None:
        return {**found, "gate": None}
    at = shown["scenes"][str(level)]
    return {
        **found,
        "gate": {
            "level": level,
            "score_missing": decimal(max(0, gate.score - int(Decimal(shown["score"]) * MILLI))),
            "scenes_missing": max(0, gate.scenes - at["count"]),
            "starred_missing": max(0, gate.starred - at["starred"]),
        },
    }


def deciding_items(document: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    """The items that carry the level shown with evidence: one step less in any one of them, and it is lost.

    One step is one level, one option, one band, or the tick with the most points. Nobody falls below level 0.
    """
    parsed, edition = read(document, catalogue), catalogue.edition
    at = standing(parsed, edition, evidenced=True)
    found = []
    for item in catalogue.questions:
        answer = parsed.answers.get(item)
        if answer is None or parsed.state(item) != ANSWERED:
            continue
        scenes, starred, score = list(at.scenes), list(at.starred), at.score
        if item in edition.scenes and answer.counted:
            scenes[answer.counted - 1] -= 1
            starred[answer.counted - 1] -= edition.scenes[item]
        elif item in edition.items:
            score -= _step(catalogue, item, answer)
        if reached(edition, score, tuple(scenes), tuple(starred)) < at.level:
            found.append(item)
    return tuple(found)


def _step(catalogue: Catalogue, item: str, answer: Answer) -> int:
    """The points of one step of a scored item, in milli."""
    scored = catalogue.edition.items[item]
    if scored.kind == "multiple":
        return max((scored.points[o] for o in answer.value), default=0)
    if scored.kind == "rate":
        band = scored.band(answer.value.part, answer.value.whole)
        return scored.band_points[band] - scored.band_points[max(0, band - 1)]
    options = [o.id for o in catalogue.questions[item].options]
    below = options[max(0, options.index(answer.value) - 1)]
    return item_points(scored, answer.value) - item_points(scored, below)


def _official(parsed: Document, catalogue: Catalogue) -> dict[str, Any]:
    return official(parsed, catalogue.edition, standing(parsed, catalogue.edition))


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

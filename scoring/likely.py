"""What a few answers suggest about all the others: an estimate for a quick look.

The range that is certain stays wide with a dozen answers, as everything unanswered may be nothing or the best. Here the
unanswered items of the official index are filled in as the answered ones are on average, once half a step lower and
once half a step higher. Trends stay unchanged, and the money spent gives no points to anybody (`funding_rate`).
"""

from __future__ import annotations

from math import ceil, floor
from typing import Any

from scoring.content.catalogue import Catalogue
from scoring.content.model import Question
from scoring.result import assess

HIGHEST = 4
HALF = 0.5
OPEN = (None, "na", "unknown")
NEVER = ("funding_rate",)


def likely_levels(document: dict[str, Any], catalogue: Catalogue) -> tuple[int, int]:
    """Lowest and highest official level that the answers suggest; the certain range where nothing is answered."""
    result = assess(document, catalogue)
    answers: dict[str, Any] = document.get("answers", {})
    known = [item for item in answers if answers[item] not in OPEN and item in catalogue.questions]
    levels = [level for item in known if (level := result["capabilities"].get(catalogue.topic_of[item])) is not None]
    certain: list[int] = result["official"]["range"]["level"]
    if not levels:
        return certain[0], certain[1]
    mean = sum(levels) / len(levels)
    low, high = (
        assess({**document, "answers": {**_rest(catalogue, known, near), **answers}}, catalogue)["official"]["level"]
        for near in (floor(max(0.0, mean - HALF)), ceil(min(HIGHEST, mean + HALF)))
    )
    return max(low, certain[0]), min(high, certain[1])


def _rest(catalogue: Catalogue, known: list[str], level: int) -> dict[str, Any]:
    """Every official item that is not known, answered as a firm of this level answers it."""
    official = (*catalogue.edition.items, *catalogue.edition.scenes)
    items = [item for item in official if item not in known and item not in NEVER]
    return {item: _value(catalogue.questions[item], level) for item in items if item in catalogue.questions}


def _value(question: Question, level: int) -> Any:
    share = level / HIGHEST
    options = [option.id for option in question.options]
    if question.kind == "level":
        return level
    if question.kind == "rate":
        return {"rate": share}
    if question.kind == "multiple":
        return options[: round(share * len(options))]
    if question.kind == "trend":
        return options[len(options) // 2]
    return options[round(share * (len(options) - 1))]

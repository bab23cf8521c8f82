"""What to look at first on a visit: the answers on which a level hangs, and those that stand just below the next.

One step of one answer at a time, scored by the same gates as the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from scoring.answers import ANSWERED, NOT_APPLICABLE, Answer, Document, Rate
from scoring.content.catalogue import Catalogue, Edition, ScoredItem
from scoring.content.model import Question
from scoring.official import Standing, item_points, standing

HOLDS, NEAR = "holds", "near"


def deciding(document: Document, catalogue: Catalogue) -> dict[str, str]:
    """Items that decide a gate, in the order asked: `holds` where one step down loses the level, `near` where one step
    up brings the next gate nearer (its score, or one of its scenes). What holds a level is not named as near."""
    edition = catalogue.edition
    at = standing(document, edition)
    found: dict[str, str] = {}
    for item in catalogue.questions:
        if item in document.off or (item not in edition.items and item not in edition.scenes):
            continue
        if any(standing(d, edition).level < at.level for d in _moved(document, catalogue, item, -1)):
            found[item] = HOLDS
        elif any(_closes(edition, at, standing(d, edition)) for d in _moved(document, catalogue, item, 1)):
            found[item] = NEAR
    return found


def _closes(edition: Edition, at: Standing, after: Standing) -> bool:
    """Whether less is missing to the next gate in scenes, or nothing any more in points."""
    gate = next((g for g in edition.gates if g.level == at.level + 1), None)
    if gate is None:
        return False
    n = gate.level - 1
    return (
        at.score < gate.score <= after.score
        or at.scenes[n] < min(gate.scenes, after.scenes[n])
        or at.starred[n] < min(gate.starred, after.starred[n])
    )


def _moved(document: Document, catalogue: Catalogue, item: str, step: int) -> Iterator[Document]:
    """The document with this answer one step lower (-1) or higher (1); none where there is no such step."""
    answer = document.answers.get(item)
    if answer is not None and answer.state == NOT_APPLICABLE:
        return
    value = answer.value if answer is not None and answer.state == ANSWERED else None
    question, scored = catalogue.questions[item], catalogue.edition.items.get(item)
    steps = _levels(value, step) if scored is None else _values(question, scored, value, step)
    for moved in steps:
        counted = moved if question.kind == "level" else None
        yield replace(document, answers={**document.answers, item: Answer(ANSWERED, moved, counted)})


def _levels(value: int | None, step: int) -> Iterable[int]:
    moved = (value or 0) + step
    return [moved] if 0 <= moved <= 4 else []


def _values(question: Question, scored: ScoredItem, value: Any, step: int) -> Iterable[Any]:
    """The values one step away: one tick, the next band of a rate, the next number of points."""
    match question.kind:
        case "multiple":
            ticked = frozenset(value or ())
            if step < 0:
                return [ticked - {option} for option in ticked]
            return [ticked | {o.id} for o in question.options if o.id not in ticked]
        case "rate":
            bands = len(scored.band_points)
            band = (scored.band(value.part, value.whole) if value is not None else 0) + step
            return [_rate_in(scored, band)] if 0 <= band < bands else []
    has = item_points(scored, value) if value is not None else 0
    others = {p for p in scored.points.values() if (p < has if step < 0 else p > has)}
    if not others:
        return []
    wanted = max(others) if step < 0 else min(others)
    return [next(option for option, points in scored.points.items() if points == wanted)]


def _rate_in(scored: ScoredItem, band: int) -> Rate:
    """Any share that lies in a band."""
    return next(Rate(n, 1000, False) for n in range(1001) if scored.band(n, 1000) == band)

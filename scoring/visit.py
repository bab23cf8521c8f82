"""What stands just below the next gate: one step of one answer at a time, scored by the same gates as the result.

What the present level hangs on: `scoring.verification.deciding_items`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from scoring.answers import ANSWERED, NOT_APPLICABLE, Answer, Document, Rate, read
from scoring.content.catalogue import Catalogue, Edition, ScoredItem
from scoring.content.model import Question
from scoring.official import Standing, item_points, standing


def near_items(document: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    """The items of which one step up brings the next level nearer: it closes the score or adds a missing scene.

    A claim that counts as 1 for want of evidence stands there, too. In the order asked.
    """
    parsed, edition = read(document, catalogue), catalogue.edition
    at = standing(parsed, edition, evidenced=True)
    items = [i for i in catalogue.questions if i not in parsed.off and (i in edition.items or i in edition.scenes)]
    return tuple(
        item
        for item in items
        if any(_closes(edition, at, standing(one, edition, evidenced=True)) for one in _raised(parsed, catalogue, item))
    )


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


def _raised(document: Document, catalogue: Catalogue, item: str) -> Iterable[Document]:
    """The document with this answer one step higher; none where there is no such step."""
    answer = document.answers.get(item)
    if answer is not None and answer.state == NOT_APPLICABLE:
        return []
    known = answer if answer is not None and answer.state == ANSWERED else None
    scored = catalogue.edition.items.get(item)
    if scored is None:
        level = (known.counted or 0) + 1 if known else 1
        steps: Iterable[Any] = [level] if level <= 4 else []
    else:
        steps = _values(catalogue.questions[item], scored, known.value if known else None)
    counts = scored is None
    return [
        replace(document, answers={**document.answers, item: Answer(ANSWERED, step, step if counts else None)})
        for step in steps
    ]


def _values(question: Question, scored: ScoredItem, value: Any) -> Iterable[Any]:
    """The values one step up: one more tick, the next band of a rate, the next number of points."""
    match question.kind:
        case "multiple":
            ticked = frozenset(value or ())
            return [ticked | {o.id} for o in question.options if o.id not in ticked]
        case "rate":
            band = (scored.band(value.part, value.whole) if value is not None else 0) + 1
            return [_rate_in(scored, band)] if band < len(scored.band_points) else []
    has = item_points(scored, value) if value is not None else 0
    more = [option for option, points in scored.points.items() if points > has]
    return [min(more, key=lambda option: scored.points[option])] if more else []


def _rate_in(scored: ScoredItem, band: int) -> Rate:
    """Any share that lies in a band."""
    return next(Rate(n, 1000, False) for n in range(1001) if scored.band(n, 1000) == band)

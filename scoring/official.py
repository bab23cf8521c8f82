"""The official index: points, scenes and gates, exact. A self-assessment aligned with the edition, not a determination.

Points are integers in thousandths (see `content.catalogue.MILLI`) until they are printed as decimal strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.answers import ANSWERED, NOT_APPLICABLE, Document
from scoring.content.catalogue import MILLI, Edition, ScoredItem

LEVELS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Standing:
    """Points per item in milli, their sum, and how many scenes and starred scenes stand at each level or above."""

    points: Mapping[str, int]
    score: int
    scenes: tuple[int, int, int, int]
    starred: tuple[int, int, int, int]
    level: int


def decimal(milli: int) -> str:
    """Milli-points as the shortest exact decimal: 41625 → "41.625", 40000 → "40"."""
    sign, milli = ("-", -milli) if milli < 0 else ("", milli)
    whole, rest = divmod(milli, MILLI)
    return f"{sign}{whole}.{rest:03d}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def item_points(item: ScoredItem, value: Any) -> int:
    """Points of one answered item in milli."""
    if item.kind == "multiple":
        return sum(item.points[o] for o in value)
    if item.kind == "rate":
        return item.band_points[item.band(value.part, value.whole)]
    return item.points[value]


def standing(document: Document, edition: Edition, *, evidenced: bool = False, missing: str = "low") -> Standing:
    """Where the firm stands.

    `evidenced` counts scenes after the evidence rule. `missing="high"` takes every unanswered or unknown item at its
    best instead of at nothing; "na" counts as nothing either way, as the index removes no item.
    """
    best = missing == "high"
    answers, off = document.answers, document.off
    points: dict[str, int] = {}
    for name, item in edition.items.items():
        answer = answers.get(name)
        if name in off:
            points[name] = 0
        elif answer is not None and answer.state == ANSWERED:
            points[name] = item_points(item, answer.value)
        else:
            points[name] = item.most if best and (answer is None or answer.state != NOT_APPLICABLE) else 0
    counts, stars = [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]
    for name, starred in edition.scenes.items():
        answer = answers.get(name)
        if name in off:
            level = 0
        elif answer is not None and answer.state == ANSWERED:
            level = answer.counted if evidenced else answer.value  # type: ignore[assignment]
        else:
            level = 4 if best and (answer is None or answer.state != NOT_APPLICABLE) else 0
        counts[level] += 1
        stars[level] += starred
    scenes = (sum(counts[1:]), sum(counts[2:]), counts[3] + counts[4], counts[4])
    starred_at = (sum(stars[1:]), sum(stars[2:]), stars[3] + stars[4], stars[4])
    score = sum(points.values())
    return Standing(points, score, scenes, starred_at, reached(edition, score, scenes, starred_at))


def reached(edition: Edition, score: int, scenes: tuple[int, ...], starred: tuple[int, ...]) -> int:
    """The highest level whose three gates hold; 0 where none does."""
    level = 0
    for gate in edition.gates:
        n = gate.level - 1
        if score >= gate.score and scenes[n] >= gate.scenes and starred[n] >= gate.starred:
            level = gate.level
    return level


def gates(edition: Edition, at: Standing) -> dict[str, dict[str, Any]]:
    """For each level: whether it is reached, and how much of each gate is missing."""
    result: dict[str, dict[str, Any]] = {}
    for gate in edition.gates:
        n = gate.level - 1
        score = max(0, gate.score - at.score)
        scenes = max(0, gate.scenes - at.scenes[n])
        starred = max(0, gate.starred - at.starred[n])
        result[str(gate.level)] = {
            "reached": not (score or scenes or starred),
            "score_missing": decimal(score),
            "scenes_missing": scenes,
            "starred_missing": starred,
        }
    return result


def official(document: Document, edition: Edition, at: Standing) -> dict[str, Any]:
    """The `official` part of a result (contract, part 2)."""
    best = standing(document, edition, missing="high")
    shown = standing(document, edition, evidenced=True) if _asked_for_evidence(document) else at
    sections = {s.id: sum(at.points[i] for g in s.groups for i in g.items) for s in edition.sections}
    return {
        "level": at.level,
        "score": decimal(at.score),
        "sections": {s: decimal(p) for s, p in sections.items()},
        "points": {i: decimal(p) for i, p in at.points.items()},
        "scenes": {str(n): {"count": at.scenes[n - 1], "starred": at.starred[n - 1]} for n in LEVELS},
        "gates": gates(edition, at),
        "range": {"level": [at.level, best.level], "score": [decimal(at.score), decimal(best.score)]},
        "evidenced": {
            "level": shown.level,
            "score": decimal(shown.score),
            "scenes": {str(n): {"count": shown.scenes[n - 1], "starred": shown.starred[n - 1]} for n in LEVELS},
        },
    }


def _asked_for_evidence(document: Document) -> bool:
    return any(a.evidence == "" for a in document.answers.values())

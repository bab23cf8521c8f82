"""What a route may aim at, as rows of the programme and as what a simulated state still lacks.

Goals: an official level, a dimension of the index lifted by some points, all that a chain leader asks of a supplier,
and every scene of one field (lifecycle, production, supply, decision) at a level. What does not apply to the firm is
not asked of it, save in the official index, which removes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any, Literal

from scoring.answers import ANSWERED, NOT_APPLICABLE, Document
from scoring.capability import capability_levels
from scoring.conditions import MISSING, NA
from scoring.content.catalogue import Catalogue
from scoring.effects import SECURED
from scoring.index import weights
from scoring.official import decimal, standing
from scoring.route.programme import Column, Programme
from scoring.route.reach import reduced

Kind = Literal["level", "dimension", "chain", "scenes"]
By = Literal["cost", "days", "number"]
TOP, PER_LEVEL = 4, 25


@dataclass(frozen=True, slots=True)
class Goal:
    """`level`: the official level, or that of the scenes of field `name`; `points` by which dimension `name` rises."""

    kind: Kind = "level"
    level: int = 0
    name: str = ""
    points: int = 0


@dataclass(frozen=True, slots=True)
class Demand:
    """One gate of a goal as a row: the weighted columns come to at least `least`."""

    gate: str
    row: dict[int, int]
    least: int


def lacks(goal: Goal, start: Document, after: Document, catalogue: Catalogue) -> dict[str, int | Fraction]:
    """What `after` lacks by gate, 0 or less where the gate holds: milli-points, numbers of scenes or requirements,
    index points."""
    if goal.kind == "level":
        at = standing(after, catalogue.edition)
        gate = catalogue.edition.gates[goal.level - 1]
        return {
            "score": gate.score - at.score,
            "scenes": gate.scenes - at.scenes[goal.level - 1],
            "starred": gate.starred - at.starred[goal.level - 1],
        }
    if goal.kind == "scenes":
        return {"scenes": sum(_claimed(after, s) < goal.level for s in _of_field(goal.name, after, catalogue))}
    if goal.kind == "chain":
        levels = capability_levels(after, catalogue)
        return {"chain": sum(c.test(levels, after.facts) is False for _, c in catalogue.chain)}
    wanted = dimension(goal.name, start, catalogue) + goal.points
    return {"dimension": wanted - dimension(goal.name, after, catalogue)}


def gaps(goal: Goal, start: Document, after: Document, catalogue: Catalogue) -> dict[str, int | Fraction]:
    """What `after` lacks, by gate, where it does. Empty: the goal is reached."""
    return {gate: short for gate, short in lacks(goal, start, after, catalogue).items() if short > 0}


def shown(gate: str, short: int | Fraction) -> Any:
    """A gap as it is printed: points as an exact decimal string, index points as a number, the rest as counts."""
    if gate == "score":
        return decimal(int(short))
    return ceil(short * 10) / 10 if gate == "dimension" else int(short)


def dimension(name: str, document: Document, catalogue: Catalogue) -> Fraction:
    """The exact score of a dimension; what is unanswered or unknown counts 0, what does not apply leaves."""
    total, weight = _weighed(name, document, catalogue)
    return Fraction(PER_LEVEL * total, weight) if weight else Fraction(0)


def demands(goal: Goal, programme: Programme) -> list[Demand]:
    """The rows of a goal, one for each gate."""
    if goal.kind == "level":
        return _level(goal.level, programme)
    if goal.kind == "dimension":
        return [_dimension(goal, programme)]
    catalogue, document = programme.catalogue, programme.reach.document
    if goal.kind == "scenes":
        scenes = [s for s in _of_field(goal.name, document, catalogue) if _claimed(document, s) < goal.level]
        columns = [programme.level(catalogue.topic_of[s], goal.level) for s in scenes]
    else:
        asked = [reduced([condition], document.facts) for _, condition in catalogue.chain]
        columns = [False if c is None else programme.final(c) for c in asked]
    row = dict[int, int]()
    for column in columns:
        if column is not True and column is not False:
            _add(row, column, 1)
    return [Demand(goal.kind, row, sum(column is not True for column in columns))]


def _level(level: int, programme: Programme) -> list[Demand]:
    catalogue, document = programme.catalogue, programme.reach.document
    edition = catalogue.edition
    gate = edition.gates[level - 1]
    at = standing(document, edition)
    certain, points = _points(programme)
    scenes: dict[int, int] = {}
    starred: dict[int, int] = {}
    for scene, star in edition.scenes.items():
        if _claimed(document, scene) >= level:
            continue
        if document.state(scene) == NOT_APPLICABLE:
            continue
        column = programme.level(catalogue.topic_of[scene], level)
        if column is not True and column is not False:
            _add(scenes, column, 1)
            if star:
                _add(starred, column, 1)
    return [
        Demand("score", points, gate.score - at.score - certain),
        Demand("scenes", scenes, gate.scenes - at.scenes[level - 1]),
        Demand("starred", starred, gate.starred - at.starred[level - 1]),
    ]


def _points(programme: Programme) -> tuple[int, dict[int, int]]:
    """(points that come with any solution, points by column) beyond what the firm has, in thousandths."""
    catalogue, document = programme.catalogue, programme.reach.document
    certain, row = 0, dict[int, int]()

    def gain(column: Column, points: int) -> None:
        nonlocal certain
        if column is True:
            certain += points
        elif column is not False and points:
            _add(row, column, points)

    for item, scored in catalogue.edition.items.items():
        question = catalogue.questions.get(item)
        if question is None or document.state(item) == NOT_APPLICABLE:
            continue
        answer = document.answers.get(item)
        held = answer.value if answer is not None and answer.state == ANSWERED else None
        if question.kind == "multiple":
            for option, points in scored.points.items():
                if held is None or option not in held:
                    gain(programme.tick(item, option), points)
        elif question.kind == "rate":
            topic = catalogue.topics[catalogue.topic_of[item]]
            if not topic.levelled:
                continue
            band = scored.band(held.part, held.whole) if held else 0
            for to in range(band + 1, TOP + 1):
                gain(programme.level(topic.id, to), scored.band_points[to] - scored.band_points[to - 1])
        elif question.kind == "single":
            order = [o.id for o in question.options]
            for rank in range(order.index(held) + 1 if held else 1, len(order)):
                gain(programme.option(item, rank), scored.points[order[rank]] - scored.points[order[rank - 1]])
    return certain, row


def _dimension(goal: Goal, programme: Programme) -> Demand:
    """25 × sum of weighted levels ≥ goal × sum of weights, in whole numbers; C32, once opened, joins the weights."""
    reach, catalogue = programme.reach, programme.catalogue
    heavy = weights(catalogue, reach.document.facts)
    total, weight = _weighed(goal.name, reach.document, catalogue)
    wanted = dimension(goal.name, reach.document, catalogue) + goal.points
    scale = wanted.denominator
    row: dict[int, int] = {}
    certain = 0
    for topic, start in reach.start.items():
        if catalogue.topics[topic].dimension != goal.name:
            continue
        heft = heavy.get(topic, 1)
        if start == NA:
            if topic != SECURED or programme.opened is False:
                continue
            _add(row, int(programme.opened), -wanted.numerator * heft)
        for to in range(1 if start == NA else max(start, 0) + 1, TOP + 1):
            column = programme.level(topic, to)
            if column is True:
                certain += heft
            elif column is not False:
                _add(row, column, PER_LEVEL * scale * heft)
    least = wanted.numerator * weight - PER_LEVEL * scale * (total + certain)
    return Demand("dimension", row, least)


def measured(goal: Goal, demand: Demand, start: Document, after: Document, catalogue: Catalogue) -> int:
    """What the row of a demand comes to by the simulation."""
    short = lacks(goal, start, after, catalogue)[demand.gate]
    if goal.kind == "dimension":
        wanted = dimension(goal.name, start, catalogue) + goal.points
        short *= wanted.denominator * _weighed(goal.name, after, catalogue)[1]
    return demand.least - int(short)


def _weighed(name: str, document: Document, catalogue: Catalogue) -> tuple[int, int]:
    heavy = weights(catalogue, document.facts)
    total = weight = 0
    for topic, level in capability_levels(document, catalogue).items():
        if level != NA and catalogue.topics[topic].dimension == name:
            total += heavy.get(topic, 1) * (0 if level == MISSING else level)
            weight += heavy.get(topic, 1)
    return total, weight


def _of_field(name: str, document: Document, catalogue: Catalogue) -> list[str]:
    fields = catalogue.edition.scene_fields
    return [s for s, field in fields.items() if field == name and document.state(s) != NOT_APPLICABLE]


def _claimed(document: Document, scene: str) -> int:
    answer = document.answers.get(scene)
    return answer.value if answer is not None and answer.state == ANSWERED and scene not in document.off else 0


def _add(row: dict[int, int], column: int, weight: int) -> None:
    row[column] = row.get(column, 0) + weight


__all__ = ["Demand", "Goal", "demands", "dimension", "gaps", "lacks", "measured", "shown"]

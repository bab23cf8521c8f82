"""How far suppliers are ready for a chain leader's order: what its trade asks for, who lacks what, what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.conditions import MISSING, NA, Levels
from scoring.content.catalogue import Catalogue
from scoring.content.model import Solution, Text
from scoring.costs import price


def chain(catalogue: Catalogue, levels: Levels) -> dict[str, Any] | None:
    """{"ready": n, "of": m, "missing": [{"topic", "wants", "has"}]}; None in a trade without a chain leader.

    What does not apply to the firm leaves `of`; an unanswered or unknown topic is missing, with `has` null.
    """
    if not catalogue.chain:
        return None
    missing, asked = [], 0
    for _, condition in catalogue.chain:
        [(topic, _, wants)] = condition.topics
        has = levels.get(topic, MISSING)
        if has == NA:
            continue
        asked += 1
        if has < wants:
            missing.append({"topic": topic, "wants": wants, "has": None if has == MISSING else has})
    return {"ready": asked - len(missing), "of": asked, "missing": missing}


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement of a chain leader and the percentage of a group of suppliers that meets it."""

    topic: str
    wants: int
    text: Text
    met: Decimal


@dataclass(frozen=True, slots=True)
class Provision:
    """A solution that carries suppliers up to some of the `topics` asked for; [low, high] yuan in the first year, for a
    firm of the trade's typical size."""

    solution: Solution
    topics: tuple[str, ...]
    first_year: tuple[int, int]


def requirements(catalogue: Catalogue, means: Mapping[str, Decimal]) -> list[Asked]:
    """The requirements of which `means` ("C12>=2" → percent that meet it) knows something, what most lack first."""
    found = []
    for requirement, condition in catalogue.chain:
        [(topic, _, wants)] = condition.topics
        met = means.get(f"{topic}>={wants}")
        if met is not None:
            found.append(Asked(topic, int(wants), requirement.text, met))
    return sorted(found, key=lambda one: one.met)


def provisions(catalogue: Catalogue, asked: Sequence[Asked], most: int = 5) -> list[Provision]:
    """Solutions that lift suppliers to one of the `most` requirements that are lacking most, cheapest first.

    A solution counts where its level, option or band reaches what is asked by itself, whatever the conditions.
    """
    wanted = {one.topic: one.wants for one in asked[:most] if one.met < 100}
    found = []
    for plan in catalogue.plans.values():
        topics = dict.fromkeys(
            topic
            for item, effect, _ in plan.raises
            if (topic := catalogue.topic_of[item]) in wanted and max(effect.to or 0, effect.band or 0) >= wanted[topic]
        )
        if topics:
            first_year = price(plan.solution.cost, {}, catalogue).first_year
            found.append(Provision(plan.solution, tuple(topics), first_year))
    return sorted(found, key=lambda one: (one.first_year[1], -len(one.topics), one.solution.id))

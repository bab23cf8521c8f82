"""Which tasks of the provincial plan a result has to do with: what its first steps and low topics serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.content.catalogue import Catalogue

LOW = 1  # a topic at this level or below still has the task before it


@dataclass(frozen=True, slots=True)
class Served:
    """One task: ids of the recommended solutions and of the low topics that serve it, in the result's order."""

    task: int
    solutions: tuple[str, ...]
    topics: tuple[str, ...]


def tasks_served(result: Mapping[str, Any], catalogue: Catalogue) -> tuple[Served, ...]:
    """The tasks that recommended solutions or low topics of `result` serve, by number."""
    solutions: dict[int, list[str]] = {}
    for entry in result["recommendations"]:
        for task in catalogue.solutions[entry["solution"]].plan_tasks:
            solutions.setdefault(task, []).append(entry["solution"])
    topics: dict[int, list[str]] = {}
    for name, level in result["capabilities"].items():
        if level is None or level > LOW or name not in catalogue.topics:
            continue
        items = catalogue.topics[name].items
        for task in sorted({task for item in items for task in catalogue.questions[item].plan_tasks}):
            topics.setdefault(task, []).append(name)
    return tuple(
        Served(task, tuple(solutions.get(task, ())), tuple(topics.get(task, ())))
        for task in sorted({*solutions, *topics})
    )

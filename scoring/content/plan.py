"""The provincial plan whose tasks (1 to 18) every question and solution serves: its number, titles and source."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from scoring.content.loader import ROOT, read_yaml, remedy
from scoring.content.model import STRICT, Id, Text
from scoring.errors import ContentError, Fault

PLAN = "frameworks/guangdong-plan-2021.yaml"
TASKS = range(1, 19)


@dataclass(frozen=True, slots=True, config=STRICT)
class Task:
    """One task of the plan, by its number."""

    number: int
    title: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Part:
    """A chapter of the plan with its tasks."""

    title: Text
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True, config=STRICT)
class ProvincialPlan:
    """Title, date and source of the plan, and its tasks by part. `source` is the id of a content source."""

    id: Id
    title: Text
    date: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    source: Id
    parts: tuple[Part, ...]

    @property
    def tasks(self) -> dict[int, Text]:
        """Titles by number, in the plan's order."""
        return {task.number: task.title for part in self.parts for task in part.tasks}


@lru_cache(maxsize=4)
def load_plan(root: Path = ROOT) -> ProvincialPlan:
    """The plan. Raises ContentError with what is wrong with its file."""
    return read_plan(root)


def read_plan(root: Path) -> ProvincialPlan:
    """As `load_plan`, from the file as it is now."""
    faults: list[Fault] = []
    raw = read_yaml(root / PLAN, root, faults)
    if faults:
        raise ContentError(faults)
    try:
        plan = TypeAdapter(ProvincialPlan).validate_python(raw)
    except ValidationError as error:
        places = ((".".join(map(str, e["loc"])), remedy(e)) for e in error.errors())
        raise ContentError([Fault(PLAN, place, message) for place, message in places]) from None
    if [task.number for part in plan.parts for task in part.tasks] != list(TASKS):
        raise ContentError([Fault(PLAN, "parts", f"the tasks are numbered 1 to {TASKS[-1]}, each once, in order")])
    return plan

"""Which tasks of the provincial plan the first steps serve, and which the low topics belong to."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import gettext as _
from app.web.figures import nouns
from app.web.results.reading import Reading
from scoring.content.plan import load_plan
from scoring.tasks import tasks_served


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task with the titles of solutions and topics that serve it; a dash where there is none."""

    number: int
    title: str
    solutions: str
    topics: str


@dataclass(frozen=True, slots=True)
class Tasks:
    """A folded table: one row for each task that has anything to do with this result."""

    note: str
    rows: tuple[TaskRow, ...]


def present_tasks(reading: Reading) -> Tasks | None:
    """None where neither a step nor a low topic serves a task."""
    plan = load_plan()
    titles = plan.tasks
    rows = tuple(
        TaskRow(
            found.task,
            reading.text(titles[found.task]),
            nouns(reading.text(reading.catalogue.solutions[name].title) for name in found.solutions) or "–",
            nouns(reading.title(name) for name in found.topics) or "–",
        )
        for found in tasks_served(reading.payload, reading.catalogue)
    )
    if not rows:
        return None
    note = _("%(plan)s, 2021: of use when applying for support.", plan=reading.text(plan.title))
    return Tasks(note, rows)

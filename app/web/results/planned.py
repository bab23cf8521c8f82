"""Planned against reached: the plan of an earlier round beside what this round stands at."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from app.i18n import content_text, day, ngettext
from app.i18n import gettext as _
from app.models.roadmaps import Roadmap, RoadmapStep, StepState
from app.web.figures import points, yuan_text
from app.web.names import level_name
from app.web.results.reading import Reading
from scoring import load_catalogue

DASH = "–"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a plan and how far it is. `since` is the day as a form field has it."""

    number: int
    solution: str
    title: str
    cost: str
    state: str
    state_name: str
    since: str
    day: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as planned and as reached."""

    name: str
    planned: str
    reached: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan; `rows` compare it with a later round where there is one."""

    answer: str
    sub: str
    steps: tuple[PlannedStep, ...]
    rows: tuple[Compared, ...]
    url: str


def state_names() -> dict[str, str]:
    """The states of a step in the reader's language, in the order of a list to choose from."""
    return {
        StepState.OPEN: _("not begun"),
        StepState.WORKING: _("in work"),
        StepState.DONE: _("finished"),
        StepState.DROPPED: _("dropped"),
    }


def present_planned(roadmap: Roadmap, later: Reading | None) -> Planned:
    """`later` is the reading of a round after the plan."""
    after, done = roadmap.route["after"], sum(s.state == StepState.DONE for s in roadmap.steps)
    all_steps = len(roadmap.steps)
    progress = ngettext(
        "%(done)s of %(num)s planned step is done.", "%(done)s of %(num)s planned steps are done.", all_steps, done=done
    )
    return Planned(
        answer=progress if later is None else _against(roadmap, later),
        sub=_("Your plan of %(day)s.", day=day(roadmap.adopted_at)) if later is None else progress,
        steps=tuple(_steps(roadmap)),
        rows=tuple(_compared(after, later)) if later else (),
        url=url_for("roadmap.plan", assessment_id=roadmap.assessment_id),
    )


def _against(roadmap: Roadmap, later: Reading) -> str:
    planned = int(roadmap.route["after"]["level"])
    if later.level >= planned:
        return _("Level %(planned)s was planned, level %(level)s is reached.", planned=planned, level=later.level)
    return _("Level %(planned)s was planned; level %(level)s is reached so far.", planned=planned, level=later.level)


def _compared(after: dict[str, object], later: Reading) -> list[Compared]:
    catalogue, level = later.catalogue, int(str(after["level"]))
    return [
        Compared(
            _("Level"),
            f"{level} {level_name(catalogue, level)}",
            f"{later.level} {level_name(catalogue, later.level)}",
        ),
        Compared(_("Score"), points(str(after["score"])), points(later.score)),
    ]


def _steps(roadmap: Roadmap) -> list[PlannedStep]:
    catalogue = load_catalogue(roadmap.assessment.sector, roadmap.assessment.versions)
    prices = {step["solution"]: step["price"] for step in roadmap.route["steps"]}
    names = state_names()

    def present(step: RoadmapStep) -> PlannedStep:
        known = catalogue.solutions.get(step.solution)
        return PlannedStep(
            number=step.position,
            solution=step.solution,
            title=content_text(known.title) if known else step.solution,
            cost=yuan_text(*prices[step.solution]),
            state=step.state,
            state_name=names[StepState(step.state)],
            since=step.since.isoformat() if step.since else "",
            day=day(step.since) if step.since else DASH,
        )

    return [present(step) for step in roadmap.steps]

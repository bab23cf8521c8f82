"""The page of the route put together: form, route, ways to buy, subsidies, plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from flask import url_for

from app.access.guard import may
from app.access.policy import Permission as P
from app.i18n import gettext as _
from app.i18n import ngettext
from app.models.base import now
from app.models.roadmaps import Roadmap
from app.services.spreadsheets import CHINA
from app.web.figures import one_decimal
from app.web.names import dimension_name, level_name
from app.web.results.planned import Planned, present_planned
from app.web.results.reading import Reading
from app.web.results.route import RouteHead, goal_name, present_route
from app.web.roadmap.stops import StepDetail, kind_of, present_steps
from app.web.roadmap.subsidies import Subsidies, present_subsidies
from app.web.roadmap.wishes import Asked, goal_value
from scoring.route import PARALLEL, Goal, dimension, gaps

QUARTERS, LEAST_LIFT = (25, 50, 75), 5
SCENE_LEVELS = (2, 3)
SLIDER_STEP, SLIDER_LEAST = 1_000, 100_000
SLIDER_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of the list of goals."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number with its slider. `errors` are sentences."""

    name: str
    label: str
    hint: str
    value: str
    low: int
    high: int
    step: int
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WishForm:
    """What can be asked for, with what was entered. `general` are errors of what is ticked at the steps."""

    action: str
    goals: tuple[tuple[str, tuple[Choice, ...]], ...]
    goal_errors: tuple[str, ...]
    numbers: tuple[NumberField, ...]
    by: str
    general: tuple[str, ...]
    last: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Ticked:
    """A solution that can be ticked as signed or ruled out."""

    solution: str
    title: str
    kind: str
    signed: bool
    ruled_out: bool


@dataclass(frozen=True, slots=True)
class RoadmapPage:
    """All of it. `plan` is the plan of this round, `adopt_url` is empty for who may not make one."""

    title: str
    firm: str
    head: RouteHead
    law: str
    steps: tuple[StepDetail, ...]
    ruled_out: tuple[Ticked, ...]
    rest: tuple[Ticked, ...]
    form: WishForm
    query: str
    usual: bool
    subsidies: Subsidies
    plan: Planned | None
    adopt_url: str
    ways_url: str
    data_url: str
    back_url: str


def present_roadmap(
    reading: Reading,
    asked: Asked,
    route: dict[str, Any],
    roadmap: Roadmap | None,
    entered: Asked | None = None,
    errors: dict[str, list[str]] | None = None,
) -> RoadmapPage:
    """`asked` is what `route` was computed for; `entered` what stands in the form, where that cannot be meant."""
    assessment = reading.result.assessment
    here: dict[str, Any] = {"assessment_id": assessment.id}
    query = asked.address()
    tail = f"?{query}" if query else ""
    head, ticks = present_route(reading, route), entered or asked
    in_route = {step["solution"] for step in route["steps"]}
    writes = may(P.ROADMAP_WRITE, assessment.firm_id)
    return RoadmapPage(
        title=_("%(firm)s: the route", firm=assessment.firm.name),
        firm=assessment.firm.name,
        head=head,
        law=_law(route),
        steps=present_steps(reading, route, head.stops, ticks.fixed, ticks.without),
        ruled_out=tuple(
            _ticked(reading, s, ticks) for s in ticks.without if s in reading.catalogue.plans and s not in in_route
        ),
        rest=tuple(_ticked(reading, s, ticks) for s in _others(reading, ticks, in_route)),
        form=_form(reading, route, ticks, errors or {}, query),
        query=query,
        usual=not query,
        subsidies=present_subsidies(reading, _reached(route), today()),
        plan=present_planned(roadmap, None) if roadmap else None,
        adopt_url=url_for("roadmap.adopt", **here) if writes and route["steps"] and not errors else "",
        ways_url=url_for("roadmap.ways", **here) + tail,
        data_url=url_for("roadmap.data", **here) + tail,
        back_url=url_for("results.show", **here),
    )


def today() -> date:
    """The day in China."""
    return now().astimezone(CHINA).date()


def _reached(route: dict[str, Any]) -> int:
    return int(route["nearest"]["level"] if route["status"] == "unreachable" else route["after"]["level"])


def _law(route: dict[str, Any]) -> str:
    owed = sum(not duty["notice"] for duty in route["duties"])
    if not owed:
        return ""
    return ngettext(
        "The law asks for one thing first; it is not a step of this route and comes before it.",
        "The law asks for %(num)s things first; they are no steps of this route and come before it.",
        owed,
    )


def _others(reading: Reading, asked: Asked, in_route: set[str]) -> list[str]:
    """Solutions outside the route that somebody might have signed or might not want, save those meant for others."""
    foreign = {e["solution"] for e in reading.payload["excluded"] if e["guard"]} - set(asked.fixed)
    known = reading.catalogue.plans
    return [s for s in known if s not in in_route and s not in foreign and s not in asked.without]


def _ticked(reading: Reading, name: str, asked: Asked) -> Ticked:
    solution = reading.catalogue.solutions[name]
    title = reading.text(solution.title)
    return Ticked(name, title, kind_of(solution), name in asked.fixed, name in asked.without)


def _form(
    reading: Reading, route: dict[str, Any], entered: Asked, errors: dict[str, list[str]], query: str
) -> WishForm:
    cost = route.get("cost_per_year") or (route.get("nearest") or {}).get("cost_per_year") or 0
    highest = max(SLIDER_LEAST, -(-2 * cost // 10_000) * 10_000)
    free = _("Empty: no limit.")
    fields = (
        ("budget", _("Budget of the first year (yuan)"), free, entered.budget, 0, highest, SLIDER_STEP),
        ("parallel", _("Projects at a time"), "", entered.parallel or str(PARALLEL), 1, 6, 1),
        ("most", _("Solutions at most"), free, entered.most, 1, max(SLIDER_NUMBER, len(route["steps"])), 1),
    )  # fmt: skip
    general = [said for name in ("with", "without") for said in errors.get(name, ())]
    return WishForm(
        action=url_for("roadmap.show", assessment_id=reading.result.assessment_id),
        goals=_goals(reading, Goal(**route["goal"]), entered.goal),
        goal_errors=tuple(errors.get("goal", ())),
        numbers=tuple(
            NumberField(name, label, hint, value, low, high, step, tuple(errors.get(name, ())))
            for name, label, hint, value, low, high, step in fields
        ),
        by=entered.by if entered.by != "cost" else "",
        general=tuple(general),
        last=query,
        wrong=bool(errors),
    )


def _goals(reading: Reading, goal: Goal, entered: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    chosen = entered or goal_value(goal)
    top = len(reading.catalogue.edition.gates)
    levels = [Goal("level", n) for n in range(min(reading.level + 1, top), top + 1)]
    others = [*_scenes(reading), *([Goal("chain")] if reading.catalogue.chain else [])]
    groups = [
        (_("A level"), [(goal_value(g), _level_label(reading, g.level)) for g in levels]),
        (_("Something else"), [(goal_value(g), _goal_label(reading, g)) for g in others]),
        (_("One dimension to its next quarter, the weakest first"), _lifts(reading)),
    ]
    if chosen not in {value for _title, entries in groups for value, _label in entries}:
        groups.append(
            (_("As entered"), [(chosen, _goal_label(reading, goal) if chosen == goal_value(goal) else chosen)])
        )
    return tuple(
        (title, tuple(Choice(v, label, v == chosen) for v, label in entries)) for title, entries in groups if entries
    )


def _scenes(reading: Reading) -> list[Goal]:
    """For each field of scenes the lowest level from 2 on that not all of them have, the top left out."""
    document, catalogue = reading.document, reading.catalogue
    found = []
    for field in dict.fromkeys(catalogue.edition.scene_fields.values()):
        goals = (Goal("scenes", level, field) for level in SCENE_LEVELS)
        found += [next((g for g in goals if gaps(g, document, document, catalogue)), None)]
    return [goal for goal in found if goal]


def _lifts(reading: Reading) -> list[tuple[str, str]]:
    """Each dimension up to the next quarter of its points, which is one level more in each of its topics."""
    known = dict.fromkeys(t.dimension for t in reading.catalogue.topics.values() if t.levelled)
    scores = {name: dimension(name, reading.document, reading.catalogue) for name in known}
    found = []
    for name, score in sorted(scores.items(), key=lambda entry: entry[1]):
        mark = next((m for m in QUARTERS if m >= score + LEAST_LIFT), None)
        if mark:
            goal = Goal("dimension", name=name, points=ceil(mark - score))
            label = _("%(name)s: from %(now)s to %(then)s points",
                      name=dimension_name(name), now=one_decimal(float(score)), then=mark)  # fmt: skip
            found.append((goal_value(goal), label))
    return found


def _level_label(reading: Reading, level: int) -> str:
    return _("Level %(level)s, %(name)s", level=level, name=level_name(reading.catalogue, level))


def _goal_label(reading: Reading, goal: Goal) -> str:
    name = goal_name(reading, {"kind": goal.kind, "level": goal.level, "name": goal.name, "points": goal.points})
    return name[:1].upper() + name[1:]

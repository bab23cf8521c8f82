"""Routes of submitted rounds, and the plans that firms make of them.

A route depends on the stored answers, the content that the round pins and the wish alone, so that what was found
once is kept in memory; nothing of the result is computed again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.access.scope import current_scope
from app.errors import N_, InputError
from app.extensions import db
from app.models.base import now
from app.models.results import Result
from app.models.roadmaps import Roadmap, RoadmapStep, StepState
from app.queries.results import get_published_result
from app.queries.roadmaps import find_roadmap, get_roadmap
from app.services import audit
from app.services.spreadsheets import CHINA
from scoring.answers import Document
from scoring.content.catalogue import Catalogue
from scoring.route import Wish, alternatives, route, sensitivity

KEPT = 256


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted round as the engine reads it. Its answers and content never change, so its result tells it apart."""

    result_id: UUID
    document: Document = field(compare=False, repr=False)
    catalogue: Catalogue = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ways:
    """Other ways to a goal, and what would change the route: the engine's `alternatives` and `sensitivity`."""

    alternatives: dict[str, Any]
    sensitivity: dict[str, Any]


@lru_cache(maxsize=KEPT)
def find_route(submitted: Submitted, wish: Wish) -> dict[str, Any]:
    """The engine's route; not to be changed by who reads it. Raises WishError."""
    return route(submitted.document, submitted.catalogue, wish)


@lru_cache(maxsize=KEPT)
def find_ways(submitted: Submitted, wish: Wish) -> Ways:
    """The other ways; not to be changed by who reads them. Raises WishError."""
    return Ways(
        alternatives(submitted.document, submitted.catalogue, wish),
        sensitivity(submitted.document, submitted.catalogue, wish),
    )


def adopt(assessment_id: UUID, query: str, found: dict[str, Any]) -> Roadmap:
    """Make a route the firm's plan, in place of the one there was; a step that is in both keeps its state.

    `query` is the wish as the page's address has it, `found` the route for it. Raises InputError where it has no
    steps, NotFoundError without a result.
    """
    result = get_published_result(assessment_id)
    if not found["steps"]:
        raise InputError(N_("There is no route to make a plan of. Change the conditions first."))
    db.session.execute(select(Result.id).where(Result.id == result.id).with_for_update())  # two clicks, one plan
    roadmap = find_roadmap(assessment_id)
    if roadmap is None:
        roadmap = Roadmap(firm_id=result.firm_id, assessment_id=assessment_id)
        db.session.add(roadmap)
    roadmap.wish, roadmap.route = query, found
    roadmap.adopted_by, roadmap.adopted_at = current_scope().user_id, now()
    known = {step.solution: step for step in roadmap.steps}
    roadmap.steps = [
        known.get(s["solution"]) or RoadmapStep(firm_id=result.firm_id, solution=s["solution"]) for s in found["steps"]
    ]
    for position, step in enumerate(roadmap.steps, 1):
        step.position = position
    audit.record("roadmap:adopt", roadmap.id, firm_id=result.firm_id)
    return roadmap


def give_up(assessment_id: UUID) -> None:
    """The plan no longer holds. Raises NotFoundError."""
    roadmap = get_roadmap(assessment_id)
    audit.record("roadmap:give_up", roadmap.id, firm_id=roadmap.firm_id)
    db.session.execute(delete(Roadmap).where(Roadmap.id == roadmap.id))


def mark_step(assessment_id: UUID, solution: str, state: StepState, since: date | None) -> RoadmapStep:
    """Say how far a step is, since which day (today where none is given). Raises InputError, NotFoundError."""
    roadmap = get_roadmap(assessment_id)
    step = next((s for s in roadmap.steps if s.solution == solution), None)
    if step is None:
        raise InputError(N_("This step is not in the plan any more. Look at the plan again."))
    today = now().astimezone(CHINA).date()
    if since is not None and since > today:
        raise InputError(N_("This day is still to come. Enter the day on which it happened."), field="since")
    step.state = state.value
    step.since = None if state is StepState.OPEN else since or today
    step.updated_by, step.updated_at = current_scope().user_id, now()
    audit.record("roadmap:mark_step", roadmap.id, firm_id=roadmap.firm_id, solution=solution, state=state.value)
    return step

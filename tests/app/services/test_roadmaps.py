"""Plans that firms make of their routes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.access.policy import Permission as P
from app.errors import InputError, NotFoundError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.base import now
from app.models.roadmaps import Roadmap, RoadmapStep, StepState
from app.queries.roadmaps import find_roadmap, find_roadmaps_until
from app.services import roadmaps
from app.services.spreadsheets import CHINA
from tests.app import factories as make
from tests.app.services.test_firms import acting
from tests.app.world import STEP, World


def found(*solutions: str) -> dict[str, Any]:
    """A route as far as a plan looks at it."""
    return {"status": "optimal", "steps": [{"solution": s} for s in solutions], "after": {"level": 2, "score": "41"}}


def test_a_new_plan_takes_the_place_of_the_old_one_and_keeps_what_is_done(app: Flask, world: World) -> None:
    with acting(app, world, "owner", P.ROADMAP_WRITE):
        roadmaps.mark_step(world.assessment_id, STEP, StepState.DONE, None)
        roadmaps.adopt(world.assessment_id, "budget=9000", found("COM-S2", STEP))
    with acting(app, world, "owner", P.ROADMAP_READ):
        plan = find_roadmap(world.assessment_id)
        assert plan is not None and plan.wish == "budget=9000"
        assert [(s.solution, s.state) for s in plan.steps] == [("COM-S2", "open"), (STEP, "done")]
        assert db.session.scalar(select(func.count(Roadmap.id))) == 1
        assert db.session.scalar(select(func.count(RoadmapStep.id))) == 2


def test_a_route_without_steps_is_no_plan(app: Flask, world: World) -> None:
    with acting(app, world, "owner", P.ROADMAP_WRITE), pytest.raises(InputError, match="no route"):
        roadmaps.adopt(world.assessment_id, "", found())


def test_a_draft_has_no_plan(app: Flask, world: World) -> None:
    with acting(app, world, "owner", P.ROADMAP_WRITE), pytest.raises(NotFoundError):
        roadmaps.adopt(world.draft_id, "", found(STEP))


def test_a_step_is_marked_with_a_day_and_opened_again(app: Flask, world: World) -> None:
    today = now().astimezone(CHINA).date()
    with acting(app, world, "member", P.ROADMAP_WRITE):
        step = roadmaps.mark_step(world.assessment_id, STEP, StepState.WORKING, date(2026, 1, 5))
        assert (step.state, step.since) == ("working", date(2026, 1, 5))
        assert step.updated_by == world.users["member"]
        assert roadmaps.mark_step(world.assessment_id, STEP, StepState.DROPPED, None).since == today
        assert roadmaps.mark_step(world.assessment_id, STEP, StepState.OPEN, today).since is None


@pytest.mark.parametrize(("solution", "ahead", "said"), [("COM-S9", 0, "not in the plan"), (STEP, 2, "still to come")])
def test_what_cannot_be_marked_is_told(app: Flask, world: World, solution: str, ahead: int, said: str) -> None:
    day = now().date() + timedelta(days=ahead) if ahead else None
    with acting(app, world, "owner", P.ROADMAP_WRITE), pytest.raises(InputError, match=said):
        roadmaps.mark_step(world.assessment_id, solution, StepState.DONE, day)


def test_giving_up_removes_plan_and_steps(app: Flask, world: World) -> None:
    with acting(app, world, "owner", P.ROADMAP_WRITE):
        roadmaps.give_up(world.assessment_id)
    with acting(app, world, "owner", P.ROADMAP_READ):
        assert find_roadmap(world.assessment_id) is None
        assert db.session.scalar(select(func.count(RoadmapStep.id))) == 0


def test_the_next_round_finds_the_plan_before_it(app: Flask, world: World) -> None:
    with acting(app, world, "owner", P.ROADMAP_READ):
        draft, first = (
            db.session.get_one(Assessment, world.draft_id),
            db.session.get_one(Assessment, world.assessment_id),
        )
        own, earlier = find_roadmaps_until(draft)
        assert own is None and earlier is not None and earlier.assessment_id == world.assessment_id
        assert [step.position for step in earlier.steps] == sorted(step.position for step in earlier.steps) != []
        assert find_roadmaps_until(first) == (earlier, None)


def test_case_02_a_foreign_plan_is_out_of_reach(app: Flask, world: World) -> None:
    with acting(app, world, "foreign", P.ROADMAP_WRITE), pytest.raises(NotFoundError):
        roadmaps.mark_step(world.assessment_id, STEP, StepState.DONE, None)


def test_deleting_a_firm_takes_its_plans_along(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.delete(db.session.get_one(make.Firm, world.firm_id))
    with make.writing(app):
        left = db.session.scalars(select(Roadmap.firm_id)).all()
        assert left == [world.other_firm_id]
        assert db.session.scalars(select(RoadmapStep.firm_id)).all() == [world.other_firm_id]

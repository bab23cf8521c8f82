"""Agreed actions: list, states, taken from the plan; reminders once a week at most."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import InputError, NotFoundError
from app.extensions import db
from app.jobs.actions import run
from app.models.actions import Action, ActionState
from app.models.engagements import Engagement
from app.models.messages import Message
from app.models.roadmaps import RoadmapStep
from app.services import actions
from app.services.actions import Agreed
from app.services.spreadsheets import CHINA
from tests.app import factories as make
from tests.app.services.rounds import acting
from tests.app.world import STEP, World

KNOWN = {STEP: "学一遍"}
NOON = datetime(2026, 5, 4, 12, tzinfo=CHINA)


@pytest.fixture(autouse=True)
def _nothing_agreed(app: Flask, world: World) -> None:
    """The firm begins with an empty list."""
    with make.writing(app):
        for row in db.session.scalars(select(Action)):
            db.session.delete(row)


def add(app: Flask, world: World, text: str, **values: object) -> UUID:
    with acting(app, world):
        return actions.add(world.assessment_id, Agreed(text, **values), KNOWN).id  # type: ignore[arg-type]


def rows(app: Flask, world: World) -> list[Action]:
    with make.writing(app):
        found = db.session.scalars(
            select(Action).where(Action.assessment_id == world.assessment_id).order_by(Action.position)
        ).all()
        for row in found:
            db.session.expunge(row)
        return list(found)


def test_actions_are_added_moved_changed_and_deleted(app: Flask, world: World) -> None:
    first, second, third = (add(app, world, text) for text in ("一", "二", "三"))
    with acting(app, world, "consultant"):
        actions.move(world.assessment_id, third, up=True)
        actions.move(world.assessment_id, first, up=True)
        actions.edit(world.assessment_id, second, Agreed("二\n改", "陈主管", date(2026, 6, 1), STEP), KNOWN)
    assert [r.text for r in rows(app, world)] == ["一", "三", "二 改"]
    with acting(app, world):
        actions.delete(world.assessment_id, first)
    assert [(r.text, r.owner, r.solution) for r in rows(app, world)] == [("三", "", ""), ("二 改", "陈主管", STEP)]


@pytest.mark.parametrize(
    "agreed",
    [Agreed(" "), Agreed("长" * 401), Agreed("x", solution="NO-S1"), Agreed("x", due_on=date(9999, 1, 1)),
     Agreed("x", owner="名" * 200)],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(app: Flask, world: World, agreed: Agreed) -> None:
    with pytest.raises(InputError), acting(app, world):
        actions.add(world.assessment_id, agreed, KNOWN)


def test_states_have_a_day_and_none_to_come(app: Flask, world: World) -> None:
    row = add(app, world, "一")
    with acting(app, world, "member"):
        actions.mark(world.assessment_id, row, ActionState.DONE, None)
    assert rows(app, world)[0].since == actions.today()
    with pytest.raises(InputError), acting(app, world):
        actions.mark(world.assessment_id, row, ActionState.DONE, actions.today() + timedelta(days=1))
    with acting(app, world):
        actions.mark(world.assessment_id, row, ActionState.OPEN, None)
    assert rows(app, world)[0].since is None
    with pytest.raises(NotFoundError), acting(app, world, "foreign"):
        actions.mark(world.assessment_id, row, ActionState.DONE, None)


def test_steps_of_the_plan_are_taken_over_once_with_their_days(app: Flask, world: World) -> None:
    with make.writing(app):
        plan = (
            db.session.scalars(
                select(RoadmapStep).where(RoadmapStep.firm_id == world.firm_id, RoadmapStep.solution == STEP)
            )
            .one()
            .roadmap
        )
        plan.adopted_at = datetime(2026, 3, 1, 20, tzinfo=CHINA)
    with acting(app, world, "consultant"):
        assert actions.take_over(world.assessment_id, KNOWN) == 1
    with acting(app, world, "consultant"):
        assert actions.take_over(world.assessment_id, KNOWN) == 0
    [row] = rows(app, world)
    assert (row.text, row.solution, row.due_on, row.state) == ("学一遍", STEP, date(2026, 3, 11), "open")
    with pytest.raises(NotFoundError), acting(app, world, "consultant"):
        actions.take_over(world.other_assessment_id, KNOWN)


# --- reminders


def reminders(app: Flask) -> list[Message]:
    with make.writing(app):
        found = db.session.scalars(select(Message).where(Message.kind == "action_reminder")).all()
        for row in found:
            db.session.expunge(row)
        return list(found)


def test_owner_and_consultant_are_reminded_once_a_week(app: Flask, world: World) -> None:
    day = NOON.date()
    add(app, world, "到期的事", due_on=day + timedelta(days=7))
    add(app, world, "过期的事", due_on=day - timedelta(days=3))
    add(app, world, "以后的事", due_on=day + timedelta(days=8))
    assert run(app, NOON) == 2
    told = reminders(app)
    assert {m.user_id for m in told} == {world.users["owner"], world.users["consultant"]}
    for message in told:
        assert "到期的事" in message.body and "过期的事" in message.body and "以后的事" not in message.body
        assert f"/assessments/{world.assessment_id}/actions" in message.body
    assert [run(app, NOON + timedelta(days=n)) for n in (0, 1, 6)] == [0, 0, 0]
    assert run(app, NOON + timedelta(days=7)) == 2


def test_nobody_is_reminded_at_night_nor_where_nothing_is_due(app: Flask, world: World) -> None:
    row = add(app, world, "一", due_on=NOON.date())
    assert run(app, NOON.replace(hour=3)) == 0
    with acting(app, world):
        actions.mark(world.assessment_id, row, ActionState.DONE, None)
    assert run(app, NOON) == 0 and not reminders(app)


def test_a_firm_switches_reminders_off(app: Flask, world: World) -> None:
    add(app, world, "一", due_on=NOON.date())
    with acting(app, world):
        actions.set_reminders(world.firm_id, wanted=False)
    assert run(app, NOON) == 0
    with acting(app, world):
        actions.set_reminders(world.firm_id, wanted=True)
    assert run(app, NOON) == 2


def test_a_consultant_whose_work_has_ended_is_told_nothing(app: Flask, world: World) -> None:
    add(app, world, "一", due_on=NOON.date())
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).until_on = NOON.date() - timedelta(days=1)
    assert run(app, NOON) == 1
    assert [m.user_id for m in reminders(app)] == [world.users["owner"]]

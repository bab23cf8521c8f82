"""Engagements below the web: asking without learning anything, agreeing, ending; what it opens and closes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.policy import Permission
from app.access.scope import system_scope
from app.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from app.extensions import db
from app.jobs import engagements as jobs
from app.models.base import now
from app.models.engagements import Engagement, EngagementRequest
from app.models.firms import Firm
from app.models.jobs import Job
from app.models.messages import Message
from app.models.users import User
from app.queries.access import CHINA, load_reach, today
from app.queries.engagements import list_own_requests, read_portfolio
from app.services import engagement_requests, engagements
from tests.app import factories as make
from tests.app.services.test_firms import acting, count
from tests.app.world import World

USCC = "91440101MA59E8XD4G"
SOON = timedelta(days=5)
NOON = datetime(2026, 5, 4, 12, tzinfo=CHINA)


def ask(app: Flask, world: World, typed: str, purpose: str = "想到现场看看", **values: date) -> UUID:
    """The consultant asks, and the job looks."""
    with acting(app, world, "consultant", Permission.ENGAGEMENT_ASK):
        request_id = engagement_requests.ask(typed, purpose, **values).id
    with make.writing(app):
        engagement_requests.open_request(request_id)
    return request_id


def ask_for(app: Flask, world: World, consultant: str, firm: str, invitee_id: UUID | None = None) -> None:
    """The coordinator asks, and the job looks."""
    with acting(app, world, "coordinator", Permission.ENGAGEMENT_ASK):
        row = engagement_requests.ask_for(world.cluster_id, consultant, firm, "请他帮忙诊断", invitee_id=invitee_id)
        request_id = row.id
    with make.writing(app):
        engagement_requests.open_request(request_id)


def of_other(app: Flask, world: World) -> list[Engagement]:
    """The engagements of the other firm, oldest first."""
    with app.app_context(), system_scope():
        query = select(Engagement).filter_by(firm_id=world.other_firm_id).order_by(Engagement.asked_at)
        return list(db.session.scalars(query))


def reached(app: Flask, world: World) -> frozenset[UUID]:
    """The firms that the consultant reaches now."""
    with app.app_context(), system_scope():
        return load_reach(world.users["consultant"], None).consultant_firm_ids


def seen_requests(app: Flask, world: World) -> list[tuple[str, str]]:
    """What the consultant sees of his requests: what he typed, and the firm's word where there is one."""
    with acting(app, world, "consultant", Permission.ADVICE_READ):
        return [(r.firm_typed, r.engagement.answer if r.engagement else "") for r in list_own_requests()]


def test_a_firm_is_asked_by_its_owner_or_its_number_and_told(app: Flask, world: World) -> None:
    ask(app, world, world.logins["foreign"], visit_on=today() + SOON)
    [row] = of_other(app, world)
    assert (row.agreed_at, row.asked_by, row.visit_on) == (None, "consultant", today() + SOON)
    with app.app_context(), system_scope():
        message = db.session.scalars(select(Message).filter_by(kind="engagement_asked")).one()
        assert message.user_id == world.users["foreign"] and "想到现场看看" in message.body
    assert world.other_firm_id not in reached(app, world)
    with make.writing(app):
        db.session.get_one(Firm, world.other_firm_id).uscc = USCC
    ask(app, world, f" {USCC.lower()} ")
    assert len(of_other(app, world)) == 1, "one open request of a pair"


@pytest.mark.parametrize("typed", [USCC, "nobody@example.com", "13800138000"])
def test_who_asks_for_an_unknown_firm_sees_the_same(app: Flask, world: World, typed: str) -> None:
    ask(app, world, typed)
    ask(app, world, world.logins["foreign"])
    plain = {typed if len(typed) != 11 else f"+86{typed}", world.logins["foreign"]}
    assert set(seen_requests(app, world)) == {(one, "") for one in plain}
    for again in (typed, world.logins["foreign"]):
        with pytest.raises(InputError, match="30 days"):
            ask(app, world, again)
    assert len(of_other(app, world)) == 1


@pytest.mark.parametrize("typed", ["", "模具厂", "91440101MA59E8XD4H", "1" * 18, "x" * 400, "<img src=x>"])
def test_what_is_neither_number_nor_login_is_refused(app: Flask, world: World, typed: str) -> None:
    with pytest.raises(InputError) as refused:
        ask(app, world, typed)
    assert refused.value.details["field"] == "firm"
    assert count(app, EngagementRequest) == 0


@pytest.mark.parametrize("purpose", ["", "  ", "\u202e", "长" * 501])
def test_a_request_says_what_for(app: Flask, world: World, purpose: str) -> None:
    with pytest.raises(InputError) as refused:
        ask(app, world, world.logins["foreign"], purpose)
    assert refused.value.details["field"] == "purpose"


def test_nobody_asks_more_than_twenty_firms_a_day(app: Flask, world: World) -> None:
    for number in range(20):
        ask(app, world, f"guess{number}@example.com")
    with pytest.raises(InputError, match="twenty"):
        ask(app, world, "one.more@example.com")


def test_only_a_consultant_asks_for_himself(app: Flask, world: World) -> None:
    with acting(app, world, "coordinator", Permission.ENGAGEMENT_ASK), pytest.raises(ForbiddenError):
        engagement_requests.ask(world.logins["foreign"], "看看")


def test_a_declined_consultant_is_not_heard_again_for_thirty_days(app: Flask, world: World) -> None:
    ask(app, world, world.logins["foreign"])
    [row] = of_other(app, world)
    with acting(app, world, "foreign", Permission.ENGAGEMENT_AGREE):
        engagements.decline(world.other_firm_id, row.id)
    assert count(app, Message, kind="engagement_declined") == 0, "without a word the asker is told nothing"
    assert seen_requests(app, world) == [(world.logins["foreign"], "")]
    with acting(app, world, "foreign", Permission.ENGAGEMENT_AGREE), pytest.raises(ConflictError):
        engagements.agree(world.other_firm_id, row.id)
    with make.writing(app):
        db.session.get_one(Firm, world.other_firm_id).uscc = USCC
    ask(app, world, USCC)
    assert len(of_other(app, world)) == 1
    with make.writing(app):
        db.session.get_one(Engagement, row.id).declined_at = now() - timedelta(days=31)
        for request in db.session.scalars(select(EngagementRequest)):
            request.asked_at = now() - timedelta(days=31)
    ask(app, world, USCC)
    assert len(of_other(app, world)) == 2


def test_a_word_with_the_no_reaches_the_consultant(app: Flask, world: World) -> None:
    ask(app, world, world.logins["foreign"])
    [row] = of_other(app, world)
    with acting(app, world, "foreign", Permission.ENGAGEMENT_AGREE):
        engagements.decline(world.other_firm_id, row.id, "明年再说")
    assert seen_requests(app, world) == [(world.logins["foreign"], "明年再说")]
    assert count(app, Message, kind="engagement_declined", user_id=world.users["consultant"]) == 1


def test_agreeing_opens_the_firm_until_the_day_and_not_longer(app: Flask, world: World) -> None:
    ask(app, world, world.logins["foreign"])
    [row] = of_other(app, world)
    with acting(app, world, "foreign", Permission.ENGAGEMENT_AGREE):
        engagements.agree(world.other_firm_id, row.id, until_on=today(), visit_on=today())
    assert world.other_firm_id in reached(app, world) and seen_requests(app, world) == []
    assert count(app, Message, kind="engagement_agreed", user_id=world.users["consultant"]) == 1
    with make.writing(app):
        db.session.get_one(Engagement, row.id).until_on = today() - timedelta(days=1)
    assert world.other_firm_id not in reached(app, world)
    with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE), pytest.raises(NotFoundError):
        engagements.set_visit(row.id, today())
    with acting(app, world, "foreign", Permission.ENGAGEMENT_AGREE):
        new = engagements.engage(world.other_firm_id, world.logins["consultant"])
        assert new.id != row.id and new.until_on == today() + engagements.USUAL
    assert world.other_firm_id in reached(app, world)


@pytest.mark.parametrize(
    ("until", "visit", "field"),
    [(-1, None, "until_on"), (900, None, "until_on"), (9, 10, "visit_on"), (9, -1, "visit_on")],
)
def test_days_that_cannot_be_are_refused(app: Flask, world: World, until: int, visit: int | None, field: str) -> None:
    days = {"until_on": today() + timedelta(days=until)}
    if visit is not None:
        days["visit_on"] = today() + timedelta(days=visit)
    with acting(app, world, "owner", Permission.ENGAGEMENT_AGREE), pytest.raises(InputError) as refused:
        engagements.agree(world.firm_id, world.engagement_id, **days)
    assert refused.value.details["field"] == field


def test_the_consultant_sets_the_day_and_the_owner_is_told(app: Flask, world: World) -> None:
    with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE):
        engagements.set_visit(world.engagement_id, today() + SOON)
        engagements.set_visit(world.engagement_id, today() + SOON)
    assert count(app, Message, kind="engagement_visit", user_id=world.users["owner"]) == 1
    with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE), pytest.raises(InputError):
        engagements.set_visit(world.engagement_id, today() - SOON)
    with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE):
        engagements.set_visit(world.engagement_id, None)
    assert count(app, Engagement, id=world.engagement_id, visit_on=None) == 1


def test_either_side_ends_it_at_once_and_the_other_is_told(app: Flask, world: World) -> None:
    with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE):
        engagements.leave(world.engagement_id)
    assert reached(app, world) == frozenset()
    assert count(app, Job, kind="bundles.withdraw", subject=str(world.firm_id)) == 1, "files with this firm go"
    assert count(app, Message, kind="engagement_ended", user_id=world.users["owner"]) == 1
    with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE), pytest.raises(NotFoundError):
        engagements.leave(world.engagement_id)
    with acting(app, world, "owner", Permission.ENGAGEMENT_AGREE):
        new_id = engagements.engage(world.firm_id, world.logins["consultant"]).id
    with acting(app, world, "owner", Permission.ENGAGEMENT_AGREE):
        engagements.end(world.firm_id, new_id)
        engagements.end(world.firm_id, new_id)
    assert reached(app, world) == frozenset()
    assert count(app, Message, kind="engagement_ended", user_id=world.users["consultant"]) == 1


def test_nobody_ends_or_changes_the_engagement_of_another(app: Flask, world: World) -> None:
    with make.writing(app):
        second = make.make_user("第二位顾问")
        make.give(second, "consultant")
        world.users["second"] = second.id
        firm = db.session.get_one(Firm, world.firm_id)
        other_id = make.make_engagement(firm, second).id
    for step in (engagements.leave, lambda one: engagements.set_visit(one, today())):
        with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE), pytest.raises(NotFoundError):
            step(other_id)
    with acting(app, world, "consultant", Permission.ENGAGEMENT_UPDATE):
        engagements.leave(world.engagement_id)
    with acting(app, world, "second", Permission.ADVICE_READ):
        assert [row.firm_id for row in read_portfolio()] == [world.firm_id], "the second one stays"


def test_a_coordinator_asks_for_members_of_the_own_cluster_only(app: Flask, world: World) -> None:
    with make.writing(app):
        outside = make.make_firm("外面的厂")
        make.make_membership(db.session.get_one(User, world.users["account"]), outside)
        outside_id = outside.id
    ask_for(app, world, world.logins["consultant"], world.logins["foreign"])
    ask_for(app, world, world.logins["consultant"], world.logins["account"])
    ask_for(app, world, "nobody@example.com", world.logins["foreign"])
    ask_for(app, world, world.logins["member"], world.logins["foreign"])
    [row] = of_other(app, world)
    assert (row.asked_by, row.asked_by_name, row.cluster_id) == ("coordinator", "coordinator", world.cluster_id)
    assert count(app, Engagement, firm_id=outside_id) == 0
    with acting(app, world, "coordinator", Permission.ENGAGEMENT_ASK):
        assert len(list_own_requests(world.cluster_id)) == 4


def test_a_coordinator_asks_a_firm_on_the_list_once_it_has_joined(app: Flask, world: World) -> None:
    invitee_id = world.extra["invitee_id"]
    assert isinstance(invitee_id, UUID)
    ask_for(app, world, world.logins["consultant"], "", invitee_id)
    assert of_other(app, world) == []
    with make.writing(app):
        db.session.scalars(
            select(make.ClusterMember).filter_by(firm_id=world.other_firm_id)
        ).one().invitee_id = invitee_id
        for request in db.session.scalars(select(EngagementRequest)):
            request.asked_at = now() - timedelta(days=31)
    ask_for(app, world, world.logins["consultant"], "", invitee_id)
    assert len(of_other(app, world)) == 1


def test_what_was_typed_is_not_kept_for_ever(app: Flask, world: World) -> None:
    old = ask(app, world, "nobody@example.com")
    with make.writing(app):
        db.session.get_one(EngagementRequest, old).asked_at = now() - timedelta(days=91)
    ask(app, world, "another@example.com")
    assert count(app, EngagementRequest) == 1


def last_day(app: Flask, world: World, until: date) -> None:
    """The engagement of the consultant ends on this day."""
    with make.writing(app):
        db.session.get_one(Engagement, world.engagement_id).until_on = until


def endings(app: Flask) -> list[Message]:
    """The reminders that engagements end."""
    with app.app_context(), system_scope():
        return list(db.session.scalars(select(Message).filter_by(kind="engagement_ending").order_by(Message.subject)))


def test_both_sides_are_reminded_once_two_weeks_before_the_last_day(app: Flask, world: World) -> None:
    last_day(app, world, NOON.date() + timedelta(days=14))
    assert jobs.run(app, NOON - timedelta(days=1)) == (0, 0), "not before its time"
    assert jobs.run(app, NOON.replace(hour=3)) == (0, 0), "nobody is written to at night"
    assert jobs.run(app, NOON) == (0, 2)
    told = endings(app)
    assert {message.user_id for message in told} == {world.users["owner"], world.users["consultant"]}
    addresses = {world.users["owner"]: f"/firms/{world.firm_id}/engagements/", world.users["consultant"]: "/advice/"}
    for message in told:
        assert "5月18日" in message.subject and f"{addresses[message.user_id]}{world.engagement_id}" in message.body
    assert [jobs.run(app, NOON + timedelta(days=n)) for n in (0, 1, 14)] == [(0, 0)] * 3
    with app.app_context(), system_scope():
        assert engagements.remind_of_end(world.engagement_id, NOON.date()) == 0, "a second worker writes nothing"


def test_a_later_day_is_reminded_of_anew(app: Flask, world: World) -> None:
    last_day(app, world, today() + timedelta(days=3))
    noon = datetime.combine(today(), NOON.timetz())
    assert jobs.run(app, noon) == (0, 2)
    with acting(app, world, "owner", Permission.ENGAGEMENT_AGREE):
        engagements.agree(world.firm_id, world.engagement_id, until_on=today() + timedelta(days=5))
    assert jobs.run(app, noon) == (0, 2)
    with acting(app, world, "owner", Permission.ENGAGEMENT_AGREE):
        engagements.agree(world.firm_id, world.engagement_id, until_on=today() + timedelta(days=50))
    assert jobs.run(app, noon) == (0, 0)


def test_what_has_run_out_is_closed_with_its_last_day_and_its_files_go(app: Flask, world: World) -> None:
    last_day(app, world, NOON.date())
    assert jobs.run(app, NOON) == (0, 2), "the last day belongs to it"
    assert jobs.run(app, NOON.replace(hour=0) + timedelta(days=1)) == (1, 0)
    assert jobs.run(app, NOON + timedelta(days=1)) == (0, 0)
    with app.app_context(), system_scope():
        row = db.session.get_one(Engagement, world.engagement_id)
        assert row.ended_at is not None and row.ended_at.astimezone(CHINA).date() == NOON.date()
        assert row.ended_by is None
        [order] = db.session.scalars(select(Job).filter_by(kind="bundles.withdraw"))
        assert (order.subject, order.payload) == (str(world.firm_id), {"user": str(world.users["consultant"])})
    assert reached(app, world) == frozenset()


def test_what_is_only_asked_or_already_over_is_left_alone(app: Flask, world: World) -> None:
    with make.writing(app):
        for row in db.session.scalars(select(Engagement)):
            row.until_on = NOON.date()
            if row.agreed_at is not None:
                row.ended_at = now()
    assert jobs.run(app, NOON) == jobs.run(app, NOON + timedelta(days=2)) == (0, 0)

"""Who runs a cluster: shares, deputies in their days, handing over, and what a deputy may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.policy import Permission
from app.access.scope import system_scope
from app.errors import ForbiddenError, InputError, NotFoundError
from app.extensions import db
from app.models.base import now
from app.models.clusters import Coordinator
from app.queries.access import load_reach
from app.queries.audit import list_cluster_events
from app.services import coordinators
from app.services.spreadsheets import CHINA
from tests.app.services.test_firms import acting
from tests.app.world import World

P = Permission.CLUSTER_UPDATE
TODAY = now().astimezone(CHINA).date()
DAY = timedelta(days=1)


def reaches(app: Flask, world: World, visitor: str) -> bool:
    """Whether this user coordinates the cluster today."""
    with app.app_context(), system_scope():
        return world.cluster_id in load_reach(world.users[visitor], None).cluster_ids


def place(app: Flask, world: World, visitor: str) -> Coordinator | None:
    """The place of a user in the cluster."""
    with app.app_context(), system_scope():
        return db.session.scalar(select(Coordinator).where(Coordinator.user_id == world.users[visitor]))


def test_a_colleague_coordinates_with_a_share_that_hides_nothing(app: Flask, world: World) -> None:
    with acting(app, world, "coordinator", P):
        coordinators.add_colleague(world.cluster_id, world.logins["account"], ["横沥镇", " 长安镇 ", "横沥镇", ""])
    row = place(app, world, "account")
    assert row is not None and row.towns == ["横沥镇", "长安镇"]
    assert reaches(app, world, "account")
    with app.app_context(), system_scope():
        assert world.firm_id in load_reach(world.users["account"], None).named_firm_ids


@pytest.mark.parametrize(
    ("first", "last", "today"), [(0, 0, True), (-3, 3, True), (1, 5, False), (-5, -1, False), (-1, 0, True)]
)
def test_a_deputy_reaches_the_cluster_in_his_days_only(
    app: Flask, world: World, first: int, last: int, today: bool
) -> None:
    with acting(app, world, "coordinator", P):
        coordinators.add_deputy(world.cluster_id, world.logins["account"], TODAY + first * DAY, TODAY + last * DAY)
    assert reaches(app, world, "account") is today


def test_a_deputy_changes_nothing_about_who_runs_it(app: Flask, world: World) -> None:
    with acting(app, world, "coordinator", P):
        coordinators.add_deputy(world.cluster_id, world.logins["account"], TODAY, TODAY)
    login = world.logins["consultant"]
    for change in (
        lambda: coordinators.add_colleague(world.cluster_id, login),
        lambda: coordinators.add_deputy(world.cluster_id, login, TODAY, TODAY),
        lambda: coordinators.hand_over(world.cluster_id, login),
        lambda: coordinators.remove(world.cluster_id, world.coordinator_id),
        lambda: coordinators.set_share(world.cluster_id, world.coordinator_id, []),
    ):
        with pytest.raises(ForbiddenError), acting(app, world, "account", P):
            change()
    with acting(app, world, "account", P):
        assert not coordinators.is_in_charge(world.cluster_id)


def test_handing_over_passes_place_and_share_on_and_ends_the_own_deputies(app: Flask, world: World) -> None:
    with acting(app, world, "coordinator", P):
        coordinators.set_share(world.cluster_id, world.coordinator_id, ["横沥镇"])
        coordinators.add_deputy(world.cluster_id, world.logins["account"], TODAY, TODAY)
        coordinators.hand_over(world.cluster_id, world.logins["consultant"])
    row = place(app, world, "consultant")
    assert row is not None and row.towns == ["横沥镇"]
    assert [reaches(app, world, who) for who in ("coordinator", "account", "consultant")] == [False, False, True]


def test_the_last_one_stays(app: Flask, world: World) -> None:
    with pytest.raises(ForbiddenError), acting(app, world, "coordinator", P):
        coordinators.remove(world.cluster_id, world.coordinator_id)
    with acting(app, world, "coordinator", P):
        coordinators.add_colleague(world.cluster_id, world.logins["account"])
        coordinators.remove(world.cluster_id, world.coordinator_id)
    assert not reaches(app, world, "coordinator")


def test_bad_input_is_refused(app: Flask, world: World) -> None:
    own, other = world.logins["coordinator"], world.logins["account"]
    for change in (
        lambda: coordinators.add_colleague(world.cluster_id, "nobody@example.com"),
        lambda: coordinators.add_colleague(world.cluster_id, own),
        lambda: coordinators.add_colleague(world.cluster_id, other, [f"镇{n}" * 10 for n in range(90)]),
        lambda: coordinators.add_deputy(world.cluster_id, own, TODAY, TODAY),
        lambda: coordinators.add_deputy(world.cluster_id, other, TODAY, TODAY - DAY),
        lambda: coordinators.add_deputy(world.cluster_id, other, TODAY, TODAY + 400 * DAY),
        lambda: coordinators.hand_over(world.cluster_id, own),
    ):
        with pytest.raises(InputError), acting(app, world, "coordinator", P):
            change()
    assert place(app, world, "account") is None


def test_another_cluster_is_out_of_reach(app: Flask, world: World) -> None:
    with pytest.raises(NotFoundError), acting(app, world, "coordinator", P):
        coordinators.add_colleague(world.firm_id, world.logins["account"])
    with pytest.raises(NotFoundError), acting(app, world, "coordinator", P):
        list_cluster_events(world.firm_id, 1)


def test_what_was_done_is_in_the_log(app: Flask, world: World) -> None:
    with acting(app, world, "coordinator", P):
        coordinators.add_colleague(world.cluster_id, world.logins["account"])
        coordinators.set_share(world.cluster_id, world.coordinator_id, ["横沥镇"])
    with acting(app, world, "coordinator", P):
        kinds = {event.kind for event, _user in list_cluster_events(world.cluster_id, 1)}
    assert {"cluster:add_coordinator", "cluster:share"} <= kinds

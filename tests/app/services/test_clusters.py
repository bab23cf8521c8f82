"""Clusters below the web: joining, leaving, and what a coordinator may know of whom."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from app.access.policy import Permission
from app.access.scope import system_scope
from app.errors import InputError, NotFoundError
from app.extensions import db
from app.models.clusters import Cluster, Coordinator
from app.models.consents import ConsentKind
from app.models.firms import Firm
from app.queries.access import load_reach
from app.queries.clusters import Picture, count_members, get_cluster, read_picture
from app.services import clusters, consents, releases
from tests.app import factories as make
from tests.app.services.test_firms import acting
from tests.app.world import CANARY, World


def add_firm(app: Flask, world: World, score: int | None, *, named: bool = False, statistics: bool = True) -> UUID:
    """One more firm in the cluster, with a result of so many points."""
    with make.writing(app):
        firm = make.make_firm(f"{CANARY}{score}")
        make.join(db.session.get_one(Cluster, world.cluster_id), firm, named=named)
        if statistics:
            make.make_consent(firm, ConsentKind.STATISTICS)
        if score is not None:
            make.make_result(make.make_assessment(firm, submitted=True), score=Decimal(score), index_overall=Decimal(9))
        releases.form(world.cluster_id)
        return firm.id


def picture(app: Flask, world: World) -> Picture:
    """The cluster as its coordinator sees it."""
    with acting(app, world, "coordinator", Permission.CLUSTER_READ):
        return read_picture(world.cluster_id)


def without_members(seen: Picture) -> Picture:
    """A picture without the bare number of firms, which is open."""
    return replace(seen, members=0, hidden=0)


def test_firms_with_consent_are_seen_by_name_the_others_as_a_number(app: Flask, world: World) -> None:
    seen = picture(app, world)
    assert [s.firm_id for s in seen.standings] == [world.firm_id]
    assert (seen.members, seen.hidden) == (2, 1)
    assert CANARY not in repr(seen)


def test_case_04_below_five_hidden_firms_change_nothing_that_is_shown(app: Flask, world: World) -> None:
    before = without_members(picture(app, world))
    for score in (90, 91, 92, 93):
        add_firm(app, world, score)
        assert without_members(picture(app, world)) == before


def test_case_04_from_five_on_the_mean_says_of_how_many(app: Flask, world: World) -> None:
    for score in (90, 91, 92, 93, 94):
        add_firm(app, world, score)
    summary = picture(app, world).summary
    assert summary is not None
    assert (summary.number, summary.hidden) == (6, 5)
    assert summary.score == summary.score.to_integral_value()


def test_case_04_before_and_after_one_firm_joins_or_submits(app: Flask, world: World) -> None:
    for score in (40, 41, 42, 43, 44):
        add_firm(app, world, score)
    before = without_members(picture(app, world))
    add_firm(app, world, 99)
    add_firm(app, world, None)
    assert without_members(picture(app, world)) == before


def test_firms_that_did_not_agree_to_averages_are_in_none(app: Flask, world: World) -> None:
    before = without_members(picture(app, world))
    for score in (90, 91, 92, 93, 94, 95):
        add_firm(app, world, score, statistics=False)
    assert without_members(picture(app, world)) == before


def test_case_04_a_consent_for_another_cluster_does_not_count_here(app: Flask, world: World) -> None:
    """The coordinator of two clusters sees a firm by name only where it agreed."""
    with make.writing(app):
        other = make.make_cluster("第二集群")
        make.coordinate(other, make.make_user())
        db.session.add(make.Coordinator(cluster_id=other.id, user_id=world.users["coordinator"]))
        make.join(other, db.session.get_one(Firm, world.firm_id))
        other_id = other.id
    with acting(app, world, "coordinator", Permission.CLUSTER_READ):
        seen = read_picture(other_id)
    assert (list(seen.standings), seen.members, seen.hidden) == ([], 1, 1)


def test_case_04_firms_that_the_viewer_sees_through_another_cluster_hide_nobody(app: Flask, world: World) -> None:
    """Four of five hidden firms are named in another cluster of this coordinator: the mean would tell the fifth."""
    firm_ids = [add_firm(app, world, score) for score in (10, 20, 30, 40, 90)]
    summary = picture(app, world).summary
    assert summary is not None and summary.hidden == 5
    with make.writing(app):
        second = make.make_cluster("第二个集群")
        db.session.add(Coordinator(cluster_id=second.id, user_id=world.users["coordinator"]))
        for firm_id in firm_ids[:4]:
            make.join(second, db.session.get_one(Firm, firm_id), named=True)
    summary = picture(app, world).summary
    assert summary is not None and summary.hidden == 0


def test_withdrawing_a_consent_takes_the_firm_out_at_once(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.CONSENT_MANAGE):
        consents.withdraw_consent(world.firm_id, ConsentKind.NAMED_RESULTS, world.cluster_id)
    assert list(picture(app, world).standings) == []
    with app.app_context(), system_scope():
        assert load_reach(world.users["coordinator"], None).named_firm_ids == frozenset()


def test_joining_with_and_without_the_name(app: Flask, world: World) -> None:
    with acting(app, world, "foreign", Permission.CLUSTER_JOIN):
        clusters.join_cluster(world.other_firm_id, world.cluster_code.lower(), named=True)
    assert len(picture(app, world).standings) == 2
    with acting(app, world, "foreign", Permission.CLUSTER_JOIN):
        clusters.join_cluster(world.other_firm_id, world.cluster_code, named=False)
    assert len(picture(app, world).standings) == 1
    assert picture(app, world).members == 2


def test_leaving_ends_the_consent_and_coming_back_does_not_revive_it(app: Flask, world: World) -> None:
    with acting(app, world, "owner", Permission.CLUSTER_JOIN):
        clusters.leave_cluster(world.firm_id, world.cluster_id)
    assert picture(app, world).members == 1
    with acting(app, world, "owner", Permission.CLUSTER_JOIN):
        with pytest.raises(NotFoundError):
            clusters.leave_cluster(world.firm_id, world.cluster_id)
        clusters.join_cluster(world.firm_id, world.cluster_code, named=False)
    seen = picture(app, world)
    assert (len(seen.standings), seen.members) == (0, 2)


@pytest.mark.parametrize("code", ["", "UNKNOWN", "'; --", "x" * 300, "\x00"])
def test_an_unknown_code_is_refused(app: Flask, world: World, code: str) -> None:
    with acting(app, world, "owner", Permission.CLUSTER_JOIN), pytest.raises(InputError):
        clusters.join_cluster(world.firm_id, code, named=True)


def test_case_03_a_firm_out_of_reach_cannot_be_taken_into_a_cluster(app: Flask, world: World) -> None:
    with acting(app, world, "foreign", Permission.CLUSTER_JOIN), pytest.raises(NotFoundError):
        clusters.join_cluster(world.firm_id, world.cluster_code, named=True)


def test_a_cluster_of_somebody_else_is_not_there(app: Flask, world: World) -> None:
    with make.writing(app):
        other_id = make.make_cluster("别的集群").id
    with acting(app, world, "coordinator", Permission.CLUSTER_READ), pytest.raises(NotFoundError):
        get_cluster(other_id)
    with acting(app, world, "admin", Permission.CLUSTER_MANAGE):
        assert get_cluster(other_id).id == other_id


def test_deleted_firms_are_not_counted(app: Flask, world: World) -> None:
    with make.writing(app):
        db.session.get_one(Firm, world.other_firm_id).deleted_at = make.now()
    with acting(app, world, "coordinator", Permission.CLUSTER_READ):
        assert count_members([world.cluster_id]) == {world.cluster_id: 1}


def test_a_coordinator_who_is_removed_sees_nothing_more(app: Flask, world: World) -> None:
    with acting(app, world, "admin", Permission.CLUSTER_MANAGE):
        clusters.remove_coordinator(world.cluster_id, world.coordinator_id)
    with app.app_context(), system_scope():
        assert load_reach(world.users["coordinator"], None).cluster_ids == frozenset()

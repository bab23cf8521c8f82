"""Blocks of hidden firms below the web: formed by a job, kept, and safe against subtraction over time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.policy import Permission
from app.extensions import db
from app.models.base import now
from app.models.clusters import Cluster, ClusterMember, Coordinator
from app.models.consents import Consent, ConsentKind
from app.models.firms import Firm
from app.models.jobs import Job
from app.models.releases import BlockMember, Family
from app.models.results import Result
from app.queries.releases import PATIENCE, read_release
from app.services import assessments, clusters, consents, releases
from scoring.cohort import Figure
from tests.app import factories as make
from tests.app.services.test_clusters import add_firm
from tests.app.services.test_firms import acting
from tests.app.world import World


def whole(app: Flask, world: World, family: Family = Family.RESULTS) -> Figure | None:
    """The figure of the whole cluster as its coordinator gets it."""
    with acting(app, world, "coordinator", Permission.CLUSTER_READ):
        return read_release(world.cluster_id, family).whole


def hidden(app: Flask, world: World) -> int:
    figure = whole(app, world)
    return 0 if figure is None else figure.hidden


@pytest.fixture
def five(app: Flask, world: World) -> list[UUID]:
    """Five hidden firms in one block, with 10 to 90 points."""
    return [add_firm(app, world, score) for score in (10, 30, 50, 70, 90)]


def resubmit(app: Flask, world: World, firm_id: UUID, score: int) -> None:
    """A firm's next round."""
    with make.writing(app):
        firm = db.session.get_one(Firm, firm_id)
        number = len(db.session.scalars(select(Result).where(Result.firm_id == firm_id)).all()) + 1
        make.make_result(make.make_assessment(firm, number=number, submitted=True), score=Decimal(score))
        releases.form(world.cluster_id)


def test_a_leaver_takes_the_block_along_and_a_newcomer_does_not_fill_it(
    app: Flask, world: World, five: list[UUID]
) -> None:
    assert hidden(app, world) == 5
    alone = whole(app, world)
    with make.writing(app):
        row = db.session.scalars(select(ClusterMember).where(ClusterMember.firm_id == five[2])).one()
        row.left_at = now()
    assert hidden(app, world) == 0
    for score in (1, 2, 3, 4):
        add_firm(app, world, score)
        assert hidden(app, world) == 0
    add_firm(app, world, 5)
    figure = whole(app, world)
    assert figure is not None and figure.hidden == 5 and figure != alone


@pytest.mark.parametrize("end", ["named", "no statistics", "deleted", "purged"])
def test_whoever_drops_out_of_the_hidden_ends_the_figure_of_his_block(
    app: Flask, world: World, five: list[UUID], end: str
) -> None:
    with make.writing(app):
        firm = db.session.get_one(Firm, five[0])
        if end == "named":
            make.make_consent(firm, ConsentKind.NAMED_RESULTS, world.cluster_id)
        elif end == "no statistics":
            consent = db.session.scalars(select(Consent).where(Consent.firm_id == firm.id)).one()
            consent.withdrawn_at = now()
        elif end == "deleted":
            firm.deleted_at = now()
        else:
            db.session.delete(firm)
        releases.form(world.cluster_id)
    assert hidden(app, world) == 0


def test_who_shows_its_name_and_hides_again_changes_nothing(app: Flask, world: World, five: list[UUID]) -> None:
    before = whole(app, world)
    with make.writing(app):
        consent = make.make_consent(db.session.get_one(Firm, five[0]), ConsentKind.NAMED_RESULTS, world.cluster_id)
        db.session.flush()
        releases.form(world.cluster_id)
        consent.withdrawn_at = now()
        db.session.flush()
        releases.form(world.cluster_id)
    assert whole(app, world) == before


def test_a_second_submission_waits_until_the_whole_block_has_one(app: Flask, world: World, five: list[UUID]) -> None:
    before = whole(app, world)
    for firm_id in five[:4]:
        resubmit(app, world, firm_id, 100)
        assert whole(app, world) == before
    resubmit(app, world, five[4], 100)
    after = whole(app, world)
    assert before is not None and after is not None
    assert (before.hidden, after.hidden) == (5, 5)
    assert after.means["score"] > before.means["score"]


def test_a_result_that_waited_long_joins_firms_of_another_town(app: Flask, world: World) -> None:
    with make.writing(app):
        cluster = db.session.get_one(Cluster, world.cluster_id)
        for town in ("长安镇", "横沥镇"):
            for number in range(6):
                firm = make.make_firm(town=town, employees=50)
                make.join(cluster, firm)
                make.make_consent(firm, ConsentKind.STATISTICS)
                if number < 3:
                    make.make_result(make.make_assessment(firm, submitted=True, employees=50))
        db.session.flush()
        assert releases.form(world.cluster_id) == 0
        assert releases.form(world.cluster_id, now() + PATIENCE - timedelta(hours=1)) == 0
        assert releases.form(world.cluster_id, now() + PATIENCE + timedelta(hours=1)) == 2  # results, scenes
    with acting(app, world, "coordinator", Permission.CLUSTER_READ):
        figures = read_release(world.cluster_id).figures
    assert [cell for cell, figure in figures.items() if figure.hidden] == [(), ("molds",), ("molds", "20")]


def test_blocks_of_two_clusters_are_not_subtracted_from_each_other(app: Flask, world: World, five: list[UUID]) -> None:
    """Four of the five are hidden in a second cluster of the same coordinator, with a fifth of their own there."""
    with make.writing(app):
        second = make.make_cluster("第二集群")
        db.session.add(Coordinator(cluster_id=second.id, user_id=world.users["coordinator"]))
        extra = make.make_firm("另一家")
        make.make_consent(extra, ConsentKind.STATISTICS)
        make.make_result(make.make_assessment(extra, submitted=True))
        for firm_id in five[:4]:
            make.join(second, db.session.get_one(Firm, firm_id))
        make.join(second, extra)
        releases.form(second.id)
        second_id = second.id
    with acting(app, world, "coordinator", Permission.CLUSTER_READ):
        assert read_release(second_id).whole is None
        first = read_release(world.cluster_id).whole
        assert first is not None and first.hidden == 5


def test_the_brief_release_says_the_same_of_the_whole(app: Flask, world: World, five: list[UUID]) -> None:
    with acting(app, world, "coordinator", Permission.CLUSTER_READ):
        full, brief = read_release(world.cluster_id), read_release(world.cluster_id, brief=True)
    assert full.whole is not None and brief.whole is not None
    assert (full.whole.number, full.whole.hidden) == (brief.whole.number, brief.whole.hidden) == (6, 5)
    assert brief.whole.means == {name: full.whole.means[name] for name in ("score", "index")}


def test_scenes_are_answers_so_that_a_named_firm_is_hidden_too(app: Flask, world: World) -> None:
    for score in (10, 20, 30):
        add_firm(app, world, score, named=True)
    with make.writing(app):
        for firm_id in db.session.scalars(select(Firm.id)):
            if not db.session.scalars(
                select(Consent).where(Consent.firm_id == firm_id, Consent.kind == "statistics")
            ).all():
                make.make_consent(db.session.get_one(Firm, firm_id), ConsentKind.STATISTICS)
        releases.form(world.cluster_id)
    figure = whole(app, world, Family.SCENES)
    assert figure is not None
    assert (figure.number, figure.hidden) == (5, 5)
    assert "scene_quality" in figure.means and "score" not in figure.means


def test_submitting_and_consenting_look_for_blocks(app: Flask, world: World) -> None:
    """Through the services: a submission, a join and a withdrawn name each end in a job for the cluster."""

    def jobs() -> int:
        with make.writing(app):
            return len(db.session.scalars(select(Job).where(Job.kind == "releases.form", Job.state == "done")).all())

    with acting(app, world, "owner", Permission.ASSESSMENT_SUBMIT):
        assessments.submit(world.draft_id, truth_confirmed=True)
    assert jobs() == 1
    with acting(app, world, "owner", Permission.CONSENT_MANAGE):
        consents.withdraw_consent(world.firm_id, ConsentKind.NAMED_RESULTS, world.cluster_id)
    assert jobs() == 2
    with acting(app, world, "owner", Permission.CLUSTER_JOIN):
        clusters.join_cluster(world.firm_id, world.cluster_code, named=False)
    assert jobs() > 2


def test_forming_twice_forms_once(app: Flask, world: World, five: list[UUID]) -> None:
    with make.writing(app):
        assert releases.form(world.cluster_id) == 0
        rows = db.session.scalars(select(BlockMember)).all()
        assert {row.firm_id for row in rows if row.family == Family.RESULTS} == set(five)
        assert {row.of for row in rows} == {5}

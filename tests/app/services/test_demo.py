"""Demo data: the same for the same seed, marked everywhere, never beside real accounts or at a public address."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from flask_security.utils import verify_password
from sqlalchemy import func, select

from app.access.policy import Permission
from app.access.scope import acting_as, narrow
from app.errors import InputError
from app.extensions import db
from app.models.assessments import Assessment
from app.models.base import now
from app.models.campaigns import Campaign
from app.models.clusters import Cluster, ClusterMember
from app.models.firms import Firm
from app.models.invitees import Invitee
from app.models.results import Result
from app.models.users import User
from app.queries.access import load_reach, today
from app.queries.actions import list_actions
from app.queries.campaigns import read_sent
from app.queries.diagnoses import find_diagnosis
from app.queries.engagements import read_portfolio
from app.queries.invitees import read_roster
from app.queries.users import find_user
from app.queries.verifications import find_open_verification, find_verified
from app.services.demo import MANY, make_demo
from app.services.engagements import AHEAD
from app.services.verifications import readiness
from scoring.content.loader import list_sectors
from tests.app import factories as make


def levels(app: Flask, **options: int) -> list[tuple[str, int, Decimal]]:
    """Names, rounds and scores of a fresh demo, which is rolled back."""
    rows: list[tuple[str, int, Decimal]] = []
    with pytest.raises(ZeroDivisionError), make.writing(app):
        make_demo(**options)
        db.session.flush()
        query = select(Firm.name, Assessment.number, Result.score).join(Assessment, Assessment.firm_id == Firm.id)
        found = db.session.execute(query.join(Result).order_by(Firm.name, Assessment.number, Result.basis))
        rows.extend((name, number, score) for name, number, score in found)
        _ = 1 / 0
    return rows


def test_the_same_seed_gives_the_same_firms_and_results(app: Flask) -> None:
    first = levels(app, firms=6, seed=3)
    assert first == levels(app, firms=6, seed=3)
    assert first != levels(app, firms=6, seed=4)


def test_all_trades_and_roles_are_there_and_all_of_it_is_marked(app: Flask) -> None:
    with make.writing(app):
        logins = make_demo(firms=18)
    with make.writing(app):
        assert set(db.session.scalars(select(Firm.sector))) == set(list_sectors())
        for model in (Firm, User, Cluster):
            assert db.session.scalar(select(func.count()).select_from(model).where(model.demo.is_(False))) == 0
        assert all(name.startswith("示例") for name in db.session.scalars(select(Firm.name)))
        roles = set()
        for entry in logins:
            user = find_user(entry.login)
            assert user is not None
            assert verify_password(entry.password, user.password)
            roles |= {str(role) for role in load_reach(user.id, None).roles}
        assert roles == {"account", "owner", "member", "coordinator", "consultant", "admin"}
        drafts = db.session.scalars(select(Assessment.number).where(Assessment.status == "draft")).all()
        assert sorted(drafts) == [1, 2, 2, 2]  # the owner's; of firms 4, 10 and 16 a second one


def test_each_cluster_has_an_open_round_with_firms_at_every_step(app: Flask) -> None:
    with make.writing(app):
        make_demo(firms=24)
    with make.writing(app):
        for cluster in db.session.scalars(select(Cluster)):
            (campaign,) = db.session.scalars(select(Campaign).where(Campaign.cluster_id == cluster.id))
            assert campaign.opens_on < now().date() < campaign.closes_on
            picture = read_roster(cluster.id, campaign)
            assert {"listed", "invited", "opened", "joined", "submitted"} <= {entry.stage for entry in picture.entries}
            numbers = [stage.count for stage in picture.funnel]
            assert numbers == sorted(numbers, reverse=True)
            assert any(entry.bounced for entry in picture.entries)
            assert all(entry.name.startswith("示例") for entry in picture.entries)
            assert read_sent(campaign.id).to["campaign_invitation"]


def test_a_second_call_changes_nothing(app: Flask) -> None:
    with make.writing(app):
        make_demo(firms=2)
    with make.writing(app):
        assert make_demo(firms=5) == []
        assert db.session.scalar(select(func.count(Firm.id))) == 2


def test_real_accounts_are_left_alone(app: Flask) -> None:
    with make.writing(app):
        make.make_user()
    with make.writing(app), pytest.raises(InputError, match="real accounts"):
        make_demo(firms=2)


def test_a_public_address_is_refused(app: Flask) -> None:
    settings = app.extensions["config"]
    app.extensions["config"] = replace(settings, base_url="https://check.example.com")
    try:
        with make.writing(app), pytest.raises(InputError, match="BASE_URL"):
            make_demo(firms=2)
    finally:
        app.extensions["config"] = settings


def test_the_command_prints_one_login_a_role_once(app: Flask) -> None:
    run = app.test_cli_runner()
    first = run.invoke(args=["demo", "--firms", "2"])
    assert first.exit_code == 0
    assert first.stdout.count("@demo.example") == 6
    again = run.invoke(args=["demo"])
    assert (again.exit_code, again.stdout.count("@demo.example")) == (0, 0)


def test_the_command_refuses_with_one_line_and_status_2(app: Flask) -> None:
    with make.writing(app):
        make.make_user()
    refused = app.test_cli_runner().invoke(args=["demo", "--firms", "2"])
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert len(refused.stderr.strip().splitlines()) == 1


def test_many_firms_give_eleven_clusters_with_lists(app: Flask) -> None:
    with make.writing(app):
        logins = make_demo(firms=MANY)
    assert "chain leader" in [entry.role for entry in logins]
    with make.writing(app):
        clusters = db.session.scalars(select(Cluster)).all()
        assert len(clusters) == 11
        assert len({cluster.code for cluster in clusters}) == 11
        members = select(ClusterMember.cluster_id).join(Invitee, Invitee.id == ClusterMember.invitee_id)
        assert set(db.session.scalars(members)) == {cluster.id for cluster in clusters}
        tiers = (
            select(Invitee.tier).join(Cluster, Cluster.id == Invitee.cluster_id).where(Cluster.sector == "equipment")
        )
        assert {*db.session.scalars(tiers)} <= {1, 2, 3}
        assert {*db.session.scalars(select(Assessment.number))} == {1, 2}
        assert len(set(db.session.scalars(select(Result.level)))) >= 3


def test_the_consultant_finds_firms_at_every_step_of_his_work(app: Flask) -> None:
    with make.writing(app):
        make_demo()
        user = find_user("consultant@demo.example")
        assert user is not None
        scope = narrow(load_reach(user.id, None), Permission.ADVICE_READ)
    with app.app_context(), acting_as(scope):
        firms = {firm.stage: firm for firm in read_portfolio()}
        assert set(firms) == {"agreed", "submitted", "changes", "actions"}
        whole, objecting = firms["actions"], firms["changes"]
        assert (whole.actions, whole.overdue, whole.verified_level is None) == (2, 1, False)
        assert whole.assessment_id is not None and objecting.assessment_id is not None
        diagnosis = find_diagnosis(whole.assessment_id)
        assert diagnosis is not None and diagnosis.signed_at is not None
        assert all(len(diagnosis.texts[language]["findings"]) >= 4 for language in ("zh", "en"))
        assert [action.state for action in list_actions(whole.assessment_id)] == ["done", "open", "open"]
        settled, open_one = find_verified(whole.assessment_id), find_open_verification(objecting.assessment_id)
        for row in (settled, open_one):
            assert row is not None
            assert {finding.verdict for finding in row.findings} >= {"agreed", "down"}
            assert [finding.reply for finding in row.findings].count("objected") == 1
        assert open_one is not None and readiness(open_one).ready, "the consultant may settle what the firm has seen"
        ends = firms["submitted"].until_on
        assert ends is not None and ends - today() < AHEAD
